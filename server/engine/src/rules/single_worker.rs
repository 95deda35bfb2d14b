//! One question that is asked of Dockerfiles and of compose files: does a container serve with a single process?

use crate::fix::server as edit;
use crate::model::compose::{Deploy, Merged, Text};
use crate::model::server::{Kind, Line, Server, Workers, servers};
use crate::rule::{Context, Draft};

/// What is wrong with the command of a container.
#[derive(Debug)]
pub(crate) struct Fault<'a> {
    pub(crate) server: Server<'a>,
    pub(crate) wrong: Wrong,
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Around {
    /// A variable of the environment sets the number of workers.
    pub(crate) concurrency: bool,
    /// Several containers are started.
    pub(crate) replicas: bool,
}

/// Names of variables that set the number of workers.
const CONCURRENCY: &[&str] = &["WEB_CONCURRENCY", "UVICORN_WORKERS"];

/// Whether a variable asks for several workers, or for a number that is not known here.
pub(crate) fn asks_for_several(name: &str, value: Option<&str>) -> bool {
    let one = |value: &str| matches!(value.trim(), "" | "0" | "1");
    CONCURRENCY.contains(&name) && !value.is_some_and(one)
}

impl Around {
    /// What a service says, in all its files.
    pub(crate) fn of_service(merged: &Merged) -> Around {
        let service = &merged.service;
        let variables = &service.environment;
        Around {
            concurrency: variables.iter().any(|variable| {
                let value = variable.value.as_ref().map(|value| value.value());
                asks_for_several(&variable.name, value.as_deref())
            }),
            replicas: is_replicated(&service.deploy),
        }
    }
}

fn is_replicated(deploy: &Deploy) -> bool {
    let several = |count: &Text| {
        let known = count.expanded().and_then(|text| text.trim().parse::<u32>().ok());
        known.is_none_or(|count| count > 1)
    };
    let said = deploy.replicas.as_ref().or(deploy.scale.as_ref());
    deploy.global || said.is_some_and(several)
}

/// What is wrong with the commands of a container; the last one that serves counts.
pub(crate) fn fault<'a>(lines: &'a [Line], around: Around) -> Option<Fault<'a>> {
    let mut found = None;
    for server in servers(lines) {
        let several = around.concurrency
            || server
                .line
                .assignments
                .iter()
                .any(|(name, value)| asks_for_several(name, value.as_deref()));
        let optional = server.line.optional;
        match wrong(&server, several, around.replicas) {
            // A script that can start it otherwise is told how by the environment.
            None if optional => return None,
            Some(Wrong::Reload(_) | Wrong::Development) if optional => {}
            Some(wrong) => found = Some(Fault { server, wrong }),
            None => {}
        }
    }
    found
}

fn wrong(server: &Server, several: bool, replicas: bool) -> Option<Wrong> {
    let development = match server.kind {
        Kind::Flask | Kind::Django => true,
        Kind::FastApi => server.command() == "dev",
        Kind::Script => return None,
        Kind::Uvicorn | Kind::Hypercorn | Kind::Gunicorn => false,
    };
    if development {
        return (!replicas).then_some(Wrong::Development);
    }
    if let Some(at) = server.reload() {
        return Some(Wrong::Reload(at));
    }
    let single = match server.workers() {
        Workers::Silent => !several,
        Workers::One => true,
        Workers::More => false,
    };
    (single && !replicas && server.kind != Kind::Gunicorn).then_some(Wrong::Single)
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

    pub(crate) fn message(&self) -> String {
        let name = self.server.name();
        match self.wrong {
            Wrong::Reload(_) => format!(
                "`{name}` watches the code with `--reload`, which is for development: it serves with one process and restarts \
                 when a file changes. Remove it."
            ),
            Wrong::Single => format!(
                "`{name}` serves with one process: it uses one core, and whatever blocks or kills it stops every request. Start \
                 several workers."
            ),
            Wrong::Development => format!(
                "`{name}` is a development server: it serves with one process and reloads the code. Serve with several workers."
            ),
        }
    }
}

/// How many workers are started, and why so many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) workers: u32,
    /// ` (2 × 1.5 CPUs + 1)`, or nothing.
    pub(crate) why: String,
}

/// What a worker needs at least.
const WORKER_MEMORY: u64 = 128 << 20;
/// Where no limit is known.
const USUAL: u32 = 4;

impl Count {
    /// For the container of a service; `None` where nothing is known of one.
    pub(crate) fn of(deploy: Option<&Deploy>) -> Count {
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

/// Report all that can be done about a fault.
pub(crate) fn fixes<'d>(mut draft: Draft<'d>, fault: &Fault, count: &Count, _cx: &Context) -> Draft<'d> {
    let server = &fault.server;
    let Count { workers, why } = count;
    match fault.wrong {
        Wrong::Reload(_) => draft.fix(edit::fix("Remove `--reload`", edit::no_reload(server))),
        Wrong::Single => {
            let class = "uvicorn.workers.UvicornWorker";
            if let Some(plan) = edit::gunicorn(server, *workers, class) {
                let title = format!("Serve with gunicorn and {workers} workers of `{class}`{why}");
                draft = draft.fix(edit::fix(title, plan));
            }
            let title = format!("Start {workers} workers{why}: `--workers {workers}`");
            draft.fix(edit::fix(title, edit::workers(server, *workers)))
        }
        Wrong::Development if server.kind == Kind::FastApi => {
            let title = format!("`fastapi run` with {workers} workers{why}");
            draft.fix(edit::fix(title, edit::workers(server, *workers)))
        }
        Wrong::Development => draft,
    }
}
