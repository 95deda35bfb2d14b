//! One question that is asked of Dockerfiles and of compose files: does a container serve with a single process?

mod fixes;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::model::compose::{Deploy, Service, Text};
use crate::model::dockerfile::{Dockerfile, Stage};
use crate::model::server::{Home, Kind, Line, Script, Server, Workers, in_file, servers};
use crate::output::slashed;
use crate::path::join;
use crate::project::{Started, View};
use crate::rule::{Context, Place};
pub(crate) use fixes::offer;

/// What is wrong with the command of a container.
#[derive(Debug)]
pub(crate) struct Fault<'a> {
    pub(crate) server: Server<'a>,
    pub(crate) wrong: Wrong,
    /// What the script starts that is run.
    pub(crate) started: Option<Started>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// Its word.
    Reload(usize),
    Single,
    /// A server that is made for development.
    Development,
}

/// What is said around a command.
#[derive(Debug, Clone)]
pub(crate) struct Around<'a> {
    pub(crate) home: Home<'a>,
    /// Variables of the environment; `None` for a value that is not known.
    pub(crate) env: Vec<(String, Option<String>)>,
    /// Several containers are started.
    pub(crate) replicas: bool,
    pub(crate) deploy: Option<&'a Deploy>,
}

impl<'a> Around<'a> {
    /// For an image that is run by itself.
    pub(crate) fn of_image(file: &'a Dockerfile, stage: &'a Stage, context: PathBuf) -> Around<'a> {
        let variables = file.env(stage).into_iter();
        Around {
            home: Home {
                image: Some((file, stage)),
                context,
                workdir: None,
            },
            env: variables
                .map(|variable| (variable.name, variable.value))
                .collect(),
            replicas: false,
            deploy: None,
        }
    }

    /// For an image that is not built here; the folder is that of the file that runs it.
    pub(crate) fn of_folder(context: PathBuf) -> Around<'a> {
        Around {
            home: Home {
                image: None,
                context,
                workdir: None,
            },
            env: Vec::new(),
            replicas: false,
            deploy: None,
        }
    }

    /// With what a service says, in all its files.
    pub(crate) fn and_service(mut self, service: &'a Service, cx: &Context) -> Around<'a> {
        let files = service.env_file.iter().filter_map(|file| {
            let from = file.path.place.file().unwrap_or(&cx.file.path);
            Some(join(View::folder(from), &file.path.expanded()?))
        });
        for (name, value) in cx.project.serving_variables(files.collect()) {
            self.env.retain(|(known, _)| *known != name);
            self.env.push((name, value));
        }
        for variable in &service.environment {
            let known = variable.value.as_ref().map(Text::value);
            let known = known.filter(|value| !value.contains('$'));
            self.env.retain(|(name, _)| *name != variable.name);
            self.env
                .push((variable.name.clone(), known.map(Cow::into_owned)));
        }
        if let Some(folder) = service.working_dir.as_ref().and_then(Text::expanded) {
            self.home.workdir = Some(folder);
        }
        self.replicas = is_replicated(&service.deploy);
        self.deploy = Some(&service.deploy);
        self
    }

    fn variable(&self, name: &str) -> Option<&str> {
        let known = self.env.iter().find(|(known, _)| known == name)?;
        known.1.as_deref()
    }
}

/// Whether a variable asks for several workers, or for a number that is not known here.
fn asks_for_several((name, value): &(String, Option<String>)) -> bool {
    let one = |value: &str| matches!(value.trim(), "" | "0" | "1");
    matches!(&**name, "WEB_CONCURRENCY" | "UVICORN_WORKERS") && !value.as_deref().is_some_and(one)
}

fn is_replicated(deploy: &Deploy) -> bool {
    let several = |count: &Text| {
        let known = count
            .expanded()
            .and_then(|text| text.trim().parse::<u32>().ok());
        known.is_none_or(|count| count > 1)
    };
    let said = deploy.replicas.as_ref().or(deploy.scale.as_ref());
    deploy.global || said.is_some_and(several)
}

/// What is wrong with the commands of a container; the last one that serves counts.
pub(crate) fn fault<'a>(lines: &'a [Line], around: &Around, cx: &Context) -> Option<Fault<'a>> {
    let mut found = None;
    for server in servers(lines) {
        let optional = server.line.optional;
        let started = match server.kind {
            Kind::Script => started(&server, around, cx),
            _ => None,
        };
        match wrong(&server, started.as_ref(), around) {
            // A script that can start it otherwise is told how by the environment.
            None if optional => return None,
            Some(Wrong::Reload(_) | Wrong::Development) if optional => {}
            Some(wrong) => {
                found = Some(Fault {
                    server,
                    wrong,
                    started,
                });
            }
            None => {}
        }
    }
    found
}

fn wrong(server: &Server, started: Option<&Started>, around: &Around) -> Option<Wrong> {
    let several = around
        .env
        .iter()
        .chain(&server.line.assignments)
        .any(asks_for_several);
    let (development, single) = match server.kind {
        Kind::Flask | Kind::Django => (true, true),
        Kind::Script => {
            let run = started?.runs.last()?;
            (run.reload || !run.uvicorn, run.single && !several)
        }
        Kind::FastApi if server.command() == "dev" => (true, true),
        Kind::Gunicorn => (false, false),
        Kind::Uvicorn | Kind::Hypercorn | Kind::FastApi => {
            let single = match server.workers() {
                Workers::Silent => !several,
                Workers::One => true,
                Workers::More => false,
            };
            (false, single)
        }
    };
    match server.reload() {
        Some(at) if !development => Some(Wrong::Reload(at)),
        _ if around.replicas => None,
        _ if development => Some(Wrong::Development),
        _ => single.then_some(Wrong::Single),
    }
}

/// What the file starts that a command names.
fn started(server: &Server, around: &Around, cx: &Context) -> Option<Started> {
    let program = server.arg(server.program).text.as_str();
    let module = |name: &str| {
        let path = name.replace('.', "/");
        vec![
            format!("{path}.py"),
            format!("{path}/__main__.py"),
            format!("{path}/__init__.py"),
        ]
    };
    let paths = match (server.kind, server.script()) {
        (_, Some(Script::Module(name))) => module(name),
        (_, Some(Script::File(path))) => vec![path.to_owned()],
        (Kind::Django, None) => vec![program.to_owned()],
        (Kind::Flask, None) => match flask_app(server, around) {
            Some(app) => module(
                app.split(':')
                    .next()
                    .unwrap_or_default()
                    .trim_end_matches(".py"),
            ),
            None => vec!["wsgi.py".into(), "app.py".into()],
        },
        _ => return None,
    };
    let paths = paths.iter().flat_map(|path| around.home.sources(path));
    cx.project.starts(paths.collect())
}

/// What `--app` or `FLASK_APP` says.
fn flask_app<'a>(server: &'a Server, around: &'a Around) -> Option<&'a str> {
    let said = server
        .option("--app")
        .and_then(|option| option.value.as_ref());
    let said = said.filter(|value| !value.dynamic);
    said.map(|value| value.text.as_str())
        .or_else(|| around.variable("FLASK_APP"))
}

impl Fault<'_> {
    /// The word to look at.
    pub(crate) fn at(&self) -> usize {
        let workers = self.server.option("--workers");
        match (self.wrong, workers.and_then(|option| option.value.as_ref())) {
            (Wrong::Reload(at), _) => at,
            (Wrong::Single, Some(value)) => value.at,
            (Wrong::Single | Wrong::Development, _) => self.server.program,
        }
    }

    /// Where the server is started, when that is another file.
    pub(crate) fn related(&self) -> Option<(Place, String)> {
        let started = self.started.as_ref()?;
        let place = started.runs.last()?.place.clone();
        let path: Arc<Path> = started.path.as_path().into();
        Some((in_file(place, &path), "the server is started here".into()))
    }

    /// `platform` is a file that says that one process a container is usual.
    pub(crate) fn message(&self, platform: Option<&Path>) -> String {
        let name = self.server.name();
        if let Some(platform) = platform {
            return format!(
                "`{name}` serves with one process. `{}` says that containers are multiplied instead; elsewhere, start several \
                 workers.",
                slashed(platform)
            );
        }
        match self.wrong {
            Wrong::Reload(_) => format!(
                "`{name}` watches the code with `--reload`, which is for development: it serves with one process and restarts \
                 when a file changes. Remove it."
            ),
            Wrong::Single => format!(
                "`{name}` serves with one process: it uses one core, and whatever blocks or kills it stops every request. Start \
                 several workers."
            ),
            Wrong::Development if self.server.kind == Kind::Script => format!(
                "`{name}` starts a development server: it is made for one developer, and serves with one process. Serve with \
                 several workers."
            ),
            Wrong::Development => format!(
                "`{name}` is a development server: it is made for one developer, and serves with one process. Serve with \
                 several workers."
            ),
        }
    }
}
