//! Which server a command line starts, seen through what only starts another command.

use super::options::{self, Opt};
use super::{Arg, Line};
use crate::syntax::shell;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Uvicorn,
    Hypercorn,
    /// `fastapi run` and `fastapi dev`.
    FastApi,
    /// `flask run`.
    Flask,
    /// `manage.py runserver`.
    Django,
    Gunicorn,
    /// `python main.py`, `python -m app`: what it starts is written there.
    Script,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Script<'a> {
    File(&'a str),
    Module(&'a str),
}

/// How many workers a command line asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Workers {
    /// Nothing is said.
    Silent,
    /// One or none.
    One,
    /// Several, or what is known only when the container runs.
    More,
}

/// A server that is started. Numbers are those of the line's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server<'a> {
    pub line: &'a Line,
    pub kind: Kind,
    /// The word that starts it all: `python` of `python -m uvicorn`, else the program.
    pub first: usize,
    /// `uvicorn`, `manage.py`, `main.py`.
    pub program: usize,
    pub options: Vec<Opt>,
    /// What is neither an option nor the value of one, behind the program.
    pub others: Vec<usize>,
}

/// The servers that command lines start, in their order.
pub fn servers(lines: &[Line]) -> Vec<Server<'_>> {
    lines.iter().filter_map(server).collect()
}

impl Server<'_> {
    pub fn arg(&self, at: usize) -> &Arg {
        &self.line.args[at]
    }
    pub fn option(&self, name: &str) -> Option<&Opt> {
        self.options.iter().rfind(|option| option.name == name)
    }
    /// The word that makes it watch the code.
    pub fn reload(&self) -> Option<usize> {
        self.option("--reload").map(|option| option.at)
    }
    pub fn workers(&self) -> Workers {
        let Some(option) = self.option("--workers") else {
            return Workers::Silent;
        };
        let Some(value) = &option.value else {
            return Workers::Silent;
        };
        match value.text.parse::<u32>() {
            Ok(0 | 1) => Workers::One,
            _ => Workers::More,
        }
    }
    /// `run` of `flask run`.
    pub fn command(&self) -> &str {
        self.others
            .first()
            .map_or("", |at| self.arg(*at).text.as_str())
    }
    /// What `uvicorn` and `hypercorn` serve.
    pub fn app(&self) -> Option<usize> {
        match self.kind {
            Kind::Uvicorn | Kind::Hypercorn => self.others.first().copied(),
            _ => None,
        }
    }
    /// What python is given to run.
    pub fn script(&self) -> Option<Script<'_>> {
        if self.kind != Kind::Script {
            return None;
        }
        let text = self.arg(self.program).text.as_str();
        let before = self
            .program
            .checked_sub(1)
            .map(|at| self.arg(at).text.as_str());
        Some(match before == Some("-m") {
            true => Script::Module(text),
            false => Script::File(text),
        })
    }
    /// As people call it.
    pub fn name(&self) -> String {
        match self.kind {
            Kind::Uvicorn => "uvicorn".into(),
            Kind::Hypercorn => "hypercorn".into(),
            Kind::Gunicorn => "gunicorn".into(),
            Kind::FastApi => format!("fastapi {}", self.command()),
            Kind::Flask => "flask run".into(),
            Kind::Django => format!("manage.py {}", self.command()),
            Kind::Script => self.arg(self.program).text.clone(),
        }
    }
}

fn server(line: &Line) -> Option<Server<'_>> {
    let from = start(&line.args, 0);
    known(line, from).or_else(|| {
        // An entrypoint that runs what it is given.
        let rest = start(&line.args, from + 1);
        let wrapper = line.args.get(from)?;
        let script = !wrapper.text.starts_with('-') && is_wrapper(&wrapper.text);
        script.then(|| known(line, rest)).flatten()
    })
}

fn is_wrapper(text: &str) -> bool {
    let name = shell::base(text);
    name.ends_with(".sh") || name.contains("entrypoint") || name.contains("entry-point")
}

fn known(line: &Line, from: usize) -> Option<Server<'_>> {
    let args = &line.args;
    let text = |at: usize| args.get(at).map(|arg| arg.text.as_str());
    let first = text(from)?;
    let (mut program, mut module) = (from, false);
    if is_python(shell::base(first)) {
        (program, module) = behind_python(args, from + 1)?;
    }
    let name = text(program)?;
    let kind = match (shell::base(name), module) {
        ("uvicorn", _) => Kind::Uvicorn,
        ("hypercorn", _) => Kind::Hypercorn,
        ("gunicorn", _) => Kind::Gunicorn,
        ("fastapi", _) => Kind::FastApi,
        ("flask", _) => Kind::Flask,
        ("django-admin", _) | ("django", true) => Kind::Django,
        ("manage.py", false) => Kind::Django,
        _ if program == from => return None,
        _ if module || name.ends_with(".py") => Kind::Script,
        _ => return None,
    };
    let (options, others) = options::read(kind, args, program + 1);
    let server = Server {
        line,
        kind,
        first: from,
        program,
        options,
        others,
    };
    let asks = ["--help", "--version", "-h"]
        .iter()
        .any(|name| server.option(name).is_some());
    let starts = match kind {
        Kind::FastApi => matches!(server.command(), "run" | "dev"),
        Kind::Flask => server.command() == "run",
        Kind::Django => matches!(server.command(), "runserver" | "runserver_plus"),
        _ => true,
    };
    (starts && !asks).then_some(server)
}

fn is_python(name: &str) -> bool {
    let rest = name.strip_prefix("python").or(name.strip_prefix("pypy"));
    rest.is_some_and(|rest| {
        rest.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    })
}

/// The script or the module that python is given, and whether it is a module.
fn behind_python(args: &[Arg], mut at: usize) -> Option<(usize, bool)> {
    loop {
        let text = args.get(at)?.text.as_str();
        match text {
            "-m" => {
                let module = args.get(at + 1)?.text.as_str();
                // They run a module or a file that is named behind them.
                if matches!(
                    module,
                    "debugpy" | "pdb" | "cProfile" | "coverage" | "trace"
                ) {
                    return None;
                }
                return Some((at + 1, true));
            }
            "-c" | "-" => return None,
            "-X" | "-W" => at += 2,
            _ if text.starts_with('-') => at += 1,
            _ => return Some((at, false)),
        }
    }
}

/// The word with which the command begins that does the work.
fn start(args: &[Arg], mut from: usize) -> usize {
    loop {
        let words: Vec<_> = args
            .get(from..)
            .unwrap_or_default()
            .iter()
            .map(Arg::word)
            .collect();
        let at = from + words.len() - shell::argv(&words).len();
        let after = runner(args, at);
        match after {
            Some(after) if after < args.len() => from = after,
            _ => return at,
        }
    }
}

/// Behind a tool that runs a command in an environment of its own.
fn runner(args: &[Arg], at: usize) -> Option<usize> {
    let text = |at: usize| args.get(at).map_or("", |arg| arg.text.as_str());
    let name = shell::base(text(at));
    let below = |command: &str| (text(at + 1) == command).then_some(at + 2);
    let after = match name {
        "poetry" | "uv" | "pipenv" | "pdm" | "rye" | "hatch" | "pixi" | "dotenv" | "doppler"
        | "infisical" | "conda" | "mamba" | "micromamba" => {
            let mut after = at + 1;
            while text(after).starts_with('-') {
                after += 1;
            }
            (text(after) == "run").then_some(after + 1)?
        }
        "opentelemetry-instrument"
        | "ddtrace-run"
        | "gosu"
        | "su-exec"
        | "catchsegv"
        | "xvfb-run" => at + 1,
        "newrelic-admin" => below("run-program")?,
        "aws-lambda-web-adapter" | "lambda-adapter" => at + 1,
        _ => return None,
    };
    let mut after = after;
    while text(after).starts_with('-') && after < args.len() {
        let option = text(after);
        after += 1;
        if option == "--" {
            break;
        }
        let valued = matches!(
            option,
            "-n" | "-p"
                | "--name"
                | "--prefix"
                | "--with"
                | "--extra"
                | "--group"
                | "--directory"
                | "--project"
                | "--python"
                | "--env-file"
                | "--config"
                | "--package"
                | "-c"
                | "-e"
                | "--env"
                | "--manifest-path"
                | "-f"
        ) && !text(after).is_empty();
        after += usize::from(valued);
    }
    if matches!(name, "gosu" | "su-exec") {
        after += 1;
    }
    Some(after)
}
