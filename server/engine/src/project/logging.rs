//! How the application of a unit logs.

use std::path::{Path, PathBuf};

use memchr::memmem;

use super::web::is_of_command;
use super::{Fact, Question, Source, View, Workspace};
use crate::batch::sketch_of;
use crate::file::Kind;
use crate::model::python::starts_application;

/// What a file of Python has to do with applications and their logs.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
struct Logs {
    /// It names something that writes JSON.
    json: bool,
    /// It makes an application, or starts a server.
    application: bool,
    /// What such a file imports, by dotted names.
    imports: Vec<String>,
}

/// Some words for logs in JSON.
#[derive(Debug, Hash)]
struct Structured;

const JSON: &[&str] = &[
    "JSONFormatter",
    "JSONRenderer",
    "JsonFormatter",
    "StackdriverJsonFormatter",
    "StdlibFormatter",
    "StructuredLogHandler",
    "aws_lambda_powertools",
    "ecs_logging",
    "google.cloud.logging",
    "google.cloud import logging",
    "json_formatter",
    "json_log_formatter",
    "json_logging",
    "jsonlogger",
    "opentelemetry.sdk._logs",
    "pythonjsonlogger",
    "serialize=True",
    "structlog",
];

fn says(text: &str, words: &[&str]) -> bool {
    let mut words = words.iter();
    words.any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// `class LogJsonLines(logging.Formatter)`
fn formats_json(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), "Formatter").any(|at| {
        let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
        let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
        text[start..end].to_lowercase().contains("json")
    })
}

impl Fact for Logs {
    fn read(source: &Source) -> Option<Logs> {
        let text = source.text();
        const WORDS: &[&str] = &["fastapi", "flask", "starlette", "celery", "uvicorn"];
        if !source.is(Kind::Python) {
            return None;
        }
        let application = says(text, WORDS) && starts_application(text);
        let imports = match application {
            true => sketch_of(text, false).imports,
            false => Vec::new(),
        };
        let logs = Logs {
            json: says(text, JSON) || formats_json(text),
            application,
            imports: imports.into_iter().map(|(_, dotted)| dotted).collect(),
        };
        (logs != Logs::default()).then_some(logs)
    }
}

impl Fact for Structured {
    fn read(source: &Source) -> Option<Structured> {
        let text = source.text();
        (says(text, JSON) || formats_json(text)).then_some(Structured)
    }
}

/// Does a file belong to an application that logs plain lines?
#[derive(Debug)]
struct LogsPlainly(PathBuf);

impl Question for LogsPlainly {
    type Answer = bool;
    fn answer(&self, workspace: &Workspace) -> bool {
        let unit = workspace.unit(&self.0);
        let plain = workspace.derived(&unit, || Plain(workspace.plain_files(&unit)));
        plain.0.contains(&self.0)
    }
}

/// The files of a unit that make its application, and what they import of it; none where something writes JSON.
struct Plain(Vec<PathBuf>);

impl Workspace {
    fn plain_files(&self, unit: &Path) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let application = self.application(unit);
        for path in &application {
            let Some(logs) = self.fact::<Logs>(path).here() else {
                continue;
            };
            if logs.json {
                return Vec::new();
            }
            if logs.application {
                files.push(path.clone());
                let imports = logs.imports.iter();
                let imported = imports.filter_map(|dotted| self.module(path, dotted));
                files.extend(imported.map(|found| found.0).filter(|path| sets_up(path)));
            }
        }
        let list = self.list();
        let mut configurations = list
            .range(unit.to_path_buf()..)
            .take_while(|path| path.starts_with(unit))
            .filter(|path| configures_logs(path));
        if configurations.any(|path| self.fact::<Structured>(path).here().is_some()) {
            return Vec::new();
        }
        let script = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "bin");
        files.retain(|path| application.contains(path) && !script(path) && !is_of_command(path));
        files
    }
}

/// Whether a module is one that sets an application up, by its name.
fn sets_up(path: &Path) -> bool {
    let words = [
        "log",
        "conf",
        "settings",
        "setup",
        "init",
        "main",
        "startup",
        "bootstrap",
    ];
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| words.iter().any(|word| name.contains(word)))
}

/// `logging.yaml`, `log_config.ini`
fn configures_logs(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| {
        let ends = [".yaml", ".yml", ".ini", ".conf", ".cfg", ".json", ".toml"];
        name.contains("log") && ends.iter().any(|end| name.ends_with(end))
    })
}

impl View<'_> {
    /// Whether a file makes an application of its unit that logs plain lines, or is imported by one that does.
    pub fn logs_plainly(&self, file: &Path) -> bool {
        !self.workspace.is_alone() && self.ask(LogsPlainly(file.to_path_buf()))
    }
}
