//! What Python files start when they are run: servers, with what they are given.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Fact, Question, Source, View, Workspace};
use crate::file::Kind;
use crate::model::Part;
use crate::model::python::{Call, Resolver, Value, ValueKind};
use crate::outside::{Outside, Table};
use crate::path::join;
use crate::rule::{Owner, Place};

/// What a Python file has to do with servers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Entry {
    runs: Vec<Run>,
    /// The module that `DJANGO_SETTINGS_MODULE` is set to.
    settings: Option<String>,
    /// Names of the module that hold a Flask application.
    flask: Vec<String>,
    /// Functions of the module that make an application.
    factories: Vec<String>,
}

/// A call that starts a server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Run {
    /// `uvicorn.run(…)`, else Flask's own `app.run(…)`.
    pub uvicorn: bool,
    /// `main:app`, or the name of a variable.
    pub app: Option<String>,
    pub host: Option<String>,
    pub port: Option<String>,
    /// One is said, or nothing.
    pub single: bool,
    pub reload: bool,
    /// It is given what no command line of gunicorn says.
    pub more: bool,
    /// Of the callee.
    pub place: Place,
}

/// What a script starts that a container runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Started {
    pub path: PathBuf,
    pub runs: Vec<Run>,
    /// `site.wsgi`, for a `manage.py`: the module of the project beside it.
    pub wsgi: Option<String>,
    /// The names that hold a Flask application, or the call that makes one.
    pub flask: Vec<String>,
}

impl Fact for Entry {
    fn read(source: &Source) -> Option<Entry> {
        const WORDS: &[&str] = &["uvicorn", "flask", "Flask", "DJANGO_SETTINGS_MODULE"];
        let text = source.text();
        if !source.is(Kind::Python) || !WORDS.iter().any(|word| text.contains(word)) {
            return None;
        }
        let parts = source.parts(Kind::Python, |_| true);
        let mut table = Table::default();
        parts.iter().for_each(|(_, part)| table.add(part));
        let outside = Outside::new(&table);
        let mut entry = Entry {
            settings: settings(text),
            ..Entry::default()
        };
        for (chunk, (_, part)) in (0..).zip(&parts) {
            let Part::Python(part) = &**part else {
                continue;
            };
            let resolver = Resolver::new(part, &outside);
            for (at, name) in resolver.calls() {
                let uvicorn = name.as_deref() == Some("uvicorn.run");
                if (uvicorn || name.as_deref() == Some("flask.Flask().run"))
                    && let Some(call) = resolver.call(at)
                {
                    entry.runs.push(run(&call, uvicorn, chunk));
                }
            }
            for binding in &part.bindings {
                let name = part.name(binding.name).to_owned();
                match &binding.value {
                    Value::Call(_)
                        if resolver.value_name(&binding.value).as_deref()
                            == Some("flask.Flask()") =>
                    {
                        entry.flask.push(name);
                    }
                    Value::Function(_) if matches!(&*name, "create_app" | "make_app") => {
                        entry.factories.push(format!("{name}()"));
                    }
                    _ => {}
                }
            }
        }
        Some(entry)
    }
}

fn run(call: &Call, uvicorn: bool, chunk: u32) -> Run {
    let mut run = Run {
        uvicorn,
        app: None,
        host: None,
        port: None,
        single: true,
        reload: false,
        more: false,
        place: Place {
            owner: Owner::Nth(chunk),
            span: call.callee,
        },
    };
    if !uvicorn {
        let object = call.text(call.callee).rsplit_once('.');
        run.app = object.map(|(name, _)| name.to_owned());
    }
    for (at, argument) in call.arguments.iter().enumerate() {
        let text = call.text(argument.value);
        let literal = match argument.kind {
            ValueKind::Str => text
                .strip_prefix(['"', '\''])
                .and_then(|text| text.strip_suffix(['"', '\'']))
                .map(str::to_owned),
            ValueKind::Number => Some(text.to_owned()),
            _ => None,
        };
        let keyword = match (argument.keyword.as_deref(), at, uvicorn) {
            (None, 0, true) => "app",
            (None, 0, false) => "host",
            (None, 1, false) => "port",
            (None, _, _) => "",
            (Some(keyword), _, _) => keyword,
        };
        match keyword {
            "app" if argument.kind == ValueKind::Str => run.app = literal,
            "app" if matches!(argument.kind, ValueKind::Path(_)) => run.app = Some(text.to_owned()),
            "host" => (run.host, run.more) = (literal.clone(), run.more || literal.is_none()),
            "port" => (run.port, run.more) = (literal.clone(), run.more || literal.is_none()),
            "workers" => {
                let one = matches!(text, "1" | "0") || argument.kind == ValueKind::None;
                run.single = one;
            }
            "reload" | "use_reloader" => run.reload = argument.kind == ValueKind::True,
            "debug" => run.reload |= argument.kind == ValueKind::True,
            "log_level" => {}
            // `**options` may hold anything.
            _ if argument.kind == ValueKind::Splat => (run.single, run.more) = (false, true),
            _ => run.more = true,
        }
    }
    run
}

/// The string behind the name of the variable: `setdefault("DJANGO_SETTINGS_MODULE", "site.settings")`.
fn settings(text: &str) -> Option<String> {
    let (_, behind) = text.split_once("DJANGO_SETTINGS_MODULE")?;
    let line = behind.split([')', '\n']).find(|part| {
        !part
            .trim_start_matches(['"', '\'', ',', ' ', '=', ']'])
            .is_empty()
    })?;
    let mut strings = line.split(['"', '\'']).filter(|part| {
        let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        part.contains('.') && part.chars().all(fine)
    });
    strings.next().map(str::to_owned)
}

/// What does the first of these files start that is there and has to do with servers?
#[derive(Debug)]
struct Starts(Vec<PathBuf>);

impl Question for Starts {
    type Answer = Option<Started>;
    fn answer(&self, workspace: &Workspace) -> Option<Started> {
        let there = self.0.iter().find(|path| workspace.has_file(path))?;
        let entry: Arc<Entry> = workspace.fact::<Entry>(there).here()?;
        let folder = there.parent().unwrap_or(Path::new(""));
        let wsgi = entry.settings.as_deref().and_then(|settings| {
            let packages = settings.match_indices('.').map(|(at, _)| &settings[..at]);
            let mut packages = packages.collect::<Vec<_>>();
            packages.reverse();
            let has = |package: &&&str| {
                let path = join(folder, &package.replace('.', "/"));
                workspace.has_file(&path.join("wsgi.py"))
            };
            packages
                .iter()
                .find(has)
                .map(|package| format!("{package}.wsgi"))
        });
        Some(Started {
            path: there.clone(),
            runs: entry.runs.clone(),
            wsgi,
            flask: [entry.flask.clone(), entry.factories.clone()].concat(),
        })
    }
}

impl View<'_> {
    /// What a script starts, given the paths at which it may lie; the first file that is there counts. `None` where it has
    /// nothing to do with servers, and where there is none.
    pub fn starts(&self, paths: Vec<PathBuf>) -> Option<Started> {
        self.ask(Starts(paths))
    }
}
