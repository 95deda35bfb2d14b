//! What can be done about a container that serves with a single process.

use crate::fix::server as edit;
use crate::model::compose::{Deploy, Text};
use crate::model::dockerfile::Dockerfile;
use crate::model::server::{Kind, Script};
use crate::project::{Run, Started};
use crate::rule::{Context, Draft, Fix, Intent, Safety};

use super::{Around, Fault, Wrong, flask_app, started};

/// Offer all that can be done about a fault.
pub(crate) fn offer(draft: Draft, fault: &Fault, around: &Around, cx: &Context) {
    let server = &fault.server;
    let Count { workers, why } = Count::of(around.deploy);
    let single = format!("Start {workers} workers{why}: `--workers {workers}`");
    match (fault.wrong, server.kind) {
        (Wrong::Reload(_), _) => {
            draft.fix(edit::fix("Remove `--reload`", edit::no_reload(server)));
        }
        (Wrong::Single, Kind::Uvicorn) => {
            let mut draft = draft;
            let own = |(name, _): &(String, Option<String>)| {
                name.starts_with("UVICORN_") && name != "UVICORN_WORKERS"
            };
            // gunicorn does not read these.
            if !around.env.iter().any(own) {
                let gunicorn = Gunicorn::of(around, cx);
                let plan = edit::gunicorn(server, workers, gunicorn.class);
                if let Some(plan) = plan {
                    let title = format!(
                        "Serve with gunicorn and {workers} workers{why} of `{}`{}",
                        gunicorn.class,
                        gunicorn.added()
                    );
                    draft = draft.fix(gunicorn.needed(edit::fix(title, plan)));
                }
            }
            draft.fix(edit::fix(single, edit::workers(server, workers)));
        }
        (Wrong::Single, Kind::Hypercorn | Kind::FastApi) => {
            draft.fix(edit::fix(single, edit::workers(server, workers)));
        }
        (Wrong::Development, Kind::FastApi) => {
            let title = format!("`fastapi run` with {workers} workers{why}");
            draft.fix(edit::fix(title, edit::workers(server, workers)));
        }
        (Wrong::Single | Wrong::Development, _) => {
            let gunicorn = Gunicorn::of(around, cx);
            let title = format!(
                "Serve with gunicorn and {workers} workers{why}{}",
                gunicorn.added()
            );
            let fix = match replaced(fault, around, cx, workers, &gunicorn) {
                Ok(plan) => gunicorn.needed(edit::fix(title, plan)),
                Err(reason) => Fix::new(title, Safety::Unsafe).disabled(reason),
            };
            draft.fix(fix);
        }
    }
}

/// A command for gunicorn in place of one that says by itself how it serves.
fn replaced(
    fault: &Fault,
    around: &Around,
    cx: &Context,
    workers: u32,
    gunicorn: &Gunicorn,
) -> Result<edit::Plan, String> {
    let server = &fault.server;
    let odd = || "the command says more than can be said to gunicorn".to_owned();
    match server.kind {
        Kind::Django => {
            let wsgi = started(server, around, cx).and_then(|started| started.wsgi);
            let wsgi = wsgi.ok_or("no `wsgi.py` was found beside the settings of `manage.py`")?;
            edit::django(server, workers, &wsgi).ok_or_else(odd)
        }
        Kind::Flask => {
            let app = flask_target(fault, around, cx)
                .ok_or("it is not known which name holds the application")?;
            let host = around.variable("FLASK_RUN_HOST").unwrap_or("127.0.0.1");
            let port = around.variable("FLASK_RUN_PORT").unwrap_or("5000");
            edit::flask(server, workers, &app, host, port).ok_or_else(odd)
        }
        _ => {
            let Some((started, run)) = fault.started.as_ref().and_then(only) else {
                return Err("the script starts several servers".into());
            };
            let app = target(server.script(), run, started)
                .ok_or("it is not known under which name gunicorn finds the application")?;
            if run.more {
                return Err("the script gives the server more than can be said to gunicorn".into());
            }
            let host = run.host.as_deref().unwrap_or("127.0.0.1");
            let usual = if run.uvicorn { "8000" } else { "5000" };
            let bind = format!("{host}:{}", run.port.as_deref().unwrap_or(usual));
            let class = run.uvicorn.then_some(gunicorn.class);
            edit::script(server, workers, &app, class, &bind).ok_or_else(odd)
        }
    }
}

fn only(started: &Started) -> Option<(&Started, &Run)> {
    match started.runs.as_slice() {
        [run] => Some((started, run)),
        _ => None,
    }
}

/// `module:app` of what a script serves.
fn target(script: Option<Script>, run: &Run, _started: &Started) -> Option<String> {
    let app = run.app.as_deref()?;
    if app.contains(':') {
        return Some(app.to_owned());
    }
    let name = app.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let module = match script? {
        Script::Module(name) => name,
        // gunicorn looks in the working directory, python beside the script.
        Script::File(path) => path
            .strip_prefix("./")
            .unwrap_or(path)
            .strip_suffix(".py")
            .filter(|module| !module.contains(['/', '.', '-']))?,
    };
    name.then(|| format!("{module}:{app}"))
}

/// `module:app` of what `flask run` serves.
fn flask_target(fault: &Fault, around: &Around, cx: &Context) -> Option<String> {
    let said = flask_app(&fault.server, around);
    if let Some((module, app)) = said.and_then(|said| said.split_once(':')) {
        let factory =
            (app.starts_with("create_") || app.starts_with("make_")) && !app.ends_with(')');
        return Some(format!("{module}:{app}{}", if factory { "()" } else { "" }));
    }
    let started = started(&fault.server, around, cx)?;
    let module = match said {
        Some(said) => said.trim_end_matches(".py").to_owned(),
        None => started.path.file_stem()?.to_str()?.to_owned(),
    };
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let app = started.flask.first()?;
    module.chars().all(fine).then(|| format!("{module}:{app}"))
}

/// How gunicorn comes to the container.
struct Gunicorn {
    class: &'static str,
    /// What the unit must require, where it does not yet.
    need: Option<Intent>,
    /// Why it cannot.
    obstacle: Option<String>,
}

impl Gunicorn {
    fn of(around: &Around, cx: &Context) -> Gunicorn {
        let folder = &around.home.context;
        let known = cx.project.gunicorn(folder);
        let installed = known.required
            || around
                .home
                .image
                .is_some_and(|(file, _)| installs(file, "gunicorn"));
        Gunicorn {
            class: match known.worker_package {
                true => "uvicorn_worker.UvicornWorker",
                false => "uvicorn.workers.UvicornWorker",
            },
            need: (!installed).then(|| Intent::Dependency {
                name: "gunicorn".into(),
                folder: folder.clone(),
            }),
            obstacle: known.obstacle.filter(|_| !installed),
        }
    }

    fn added(&self) -> &'static str {
        match self.need {
            Some(_) => "; gunicorn is added to the requirements",
            None => "",
        }
    }

    fn needed(&self, fix: Fix) -> Fix {
        match (&self.need, &self.obstacle) {
            _ if fix.disabled.is_some() => fix,
            (_, Some(obstacle)) => fix.disabled(format!("gunicorn must be installed: {obstacle}")),
            (Some(need), None) => fix.with(need.clone()),
            (None, None) => fix,
        }
    }
}

/// Whether a package is installed by name in some stage.
fn installs(file: &Dockerfile, package: &str) -> bool {
    file.stages.iter().any(|stage| {
        file.commands(stage).iter().any(|(_, command)| {
            let mut words = command.argv().iter().skip(1);
            words.any(|word| {
                let rest = word.text.strip_prefix(package);
                rest.is_some_and(|rest| {
                    !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || "-_/.".contains(c))
                })
            })
        })
    })
}

/// How many workers are started, and why so many.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Count {
    workers: u32,
    /// ` (2 × 1.5 CPUs + 1)`, or nothing.
    why: String,
}

/// What a worker needs at least.
const WORKER_MEMORY: u64 = 128 << 20;
/// Where no limit is known.
const USUAL: u32 = 4;

impl Count {
    /// For the container of a service; `None` where nothing is known of one.
    fn of(deploy: Option<&Deploy>) -> Count {
        let cpus = deploy.and_then(Deploy::cpu_limit).and_then(Text::expanded);
        let cpus = cpus.and_then(|text| text.trim().parse::<f64>().ok());
        let cpus = cpus.filter(|cpus| cpus.is_finite() && *cpus > 0.0);
        let memory = deploy.and_then(Deploy::memory_bytes);
        let (by_cpus, mut why) = match cpus {
            Some(cpus) => (
                (2.0 * cpus.min(1000.0)) as u32 + 1,
                format!(" (2 × {cpus} CPUs + 1)"),
            ),
            None => (USUAL, String::new()),
        };
        let mut workers = by_cpus;
        if let Some(memory) = memory {
            let held = u32::try_from(memory / WORKER_MEMORY).unwrap_or(u32::MAX);
            if held < by_cpus {
                workers = held;
                why = format!(" ({} MiB at 128 MiB each)", memory >> 20);
            }
        }
        if workers < 2 {
            workers = 2;
            why = " (the least that is more than one)".into();
        }
        Count { workers, why }
    }
}
