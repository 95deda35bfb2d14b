//! What a file is: its kind, and the role that it plays in its project.

pub mod apart;
mod yaml;

use std::path::{Path, PathBuf};

use crate::model::token::is_looked_at;
use yaml::{has_services, is_in_workflows, is_template, is_workflow, prometheus};

/// The grammar by which a file is cut and read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    Python,
    Yaml,
    Ini,
    Toml,
    Dockerfile,
    Requirements,
    Dotenv,
    /// Text without a grammar of ours, line by line.
    Plain,
}

/// What a file is to its project. Name first, then content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Python,
    Compose,
    /// `pytest.ini` or `.pytest.ini`.
    PytestIni,
    ToxIni,
    SetupCfg,
    /// `pytest.toml` or `.pytest.toml` (pytest 9).
    PytestToml,
    Pyproject,
    Dockerfile,
    /// `requirements*.txt`, `requirements/*.txt`, `requirements.lock`, `constraints*.txt`.
    Requirements,
    /// `.env`, `.env.*`, `*.env`.
    Dotenv,
    /// A workflow of GitHub's: YAML in `.github/workflows`.
    Workflow,
    /// The configuration of a Prometheus server: YAML with `scrape_configs:` or `rule_files:`.
    Prometheus,
    /// Rules that record and alert: YAML with `groups:`.
    PrometheusRules,
    /// `uv.lock`, `poetry.lock`, `pdm.lock`, `pylock.toml`, `pylock.*.toml`.
    Lock,
    /// `Pipfile.lock`.
    PipfileLock,
    /// Any other text: what holds in whatever file.
    Text,
    /// `package.json` of npm and its kin.
    PackageJson,
    /// A coverage report in Cobertura's format, by the names that tools give it.
    CoverageXml,
    /// `.dockerignore`, `Dockerfile.dockerignore`.
    Dockerignore,
    /// `redis.conf`, `postgresql.conf`.
    ServerConf,
}

impl Kind {
    pub fn language(self) -> Language {
        match self {
            Kind::Python => Language::Python,
            Kind::Compose | Kind::Workflow | Kind::Prometheus | Kind::PrometheusRules => {
                Language::Yaml
            }
            Kind::PytestIni | Kind::ToxIni | Kind::SetupCfg => Language::Ini,
            Kind::PytestToml | Kind::Pyproject | Kind::Lock => Language::Toml,
            Kind::Dockerfile => Language::Dockerfile,
            Kind::Requirements => Language::Requirements,
            Kind::Dotenv => Language::Dotenv,
            Kind::PipfileLock => Language::Plain,
            Kind::Text => Language::Plain,
            Kind::PackageJson | Kind::CoverageXml => Language::Plain,
            Kind::Dockerignore | Kind::ServerConf => Language::Plain,
        }
    }
}

impl Kind {
    /// Whether files of this kind say which versions of which distributions are installed.
    pub fn says_versions(self) -> bool {
        matches!(
            self,
            Kind::Requirements | Kind::Pyproject | Kind::Lock | Kind::PipfileLock
        )
    }
}

/// Whether what a file describes reaches users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    Production,
    /// A bare `docker-compose.yml` beside a `*.prod*` file.
    Base,
    Development,
}

/// A file as its rules see it. Part of the key under which findings are kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct File {
    /// Relative to the workspace where there is one; `/` between the parts is made at output.
    pub path: PathBuf,
    pub kind: Kind,
    pub stage: Stage,
    /// Code under `tests/`, `test_*.py`, `conftest.py`: not the application.
    pub test: bool,
}

impl File {
    /// What the file at `path` is: by its name first, then by its content. `siblings` are the names of the files in its
    /// folder. `None` for a file that no rule reads.
    pub fn classify(path: &Path, text: &str, siblings: &[String]) -> Option<File> {
        let name = path.file_name()?.to_str()?;
        let kind = kind(path, name, text)?;
        Some(File::of_kind(path, name, kind, siblings))
    }

    /// What a file is, and no more.
    pub fn kind(path: &Path, text: &str) -> Option<Kind> {
        kind(path, path.file_name()?.to_str()?, text)
    }

    /// A file that a compose file names as a Dockerfile, whatever its own name says.
    pub fn dockerfile(path: &Path) -> Option<File> {
        let name = path.file_name()?.to_str()?;
        Some(File::of_kind(path, name, Kind::Dockerfile, &[]))
    }

    /// A file that no rule reads but those about any text; `None` for a name that even they pass over.
    pub fn text(path: &Path) -> Option<File> {
        let name = path.file_name()?.to_str()?;
        is_looked_at(path).then(|| File::of_kind(path, name, Kind::Text, &[]))
    }

    fn of_kind(path: &Path, name: &str, kind: Kind, siblings: &[String]) -> File {
        File {
            path: path.to_path_buf(),
            kind,
            stage: stage(path, name, kind, siblings),
            test: is_test(path, name, kind),
        }
    }

    /// Whether a file may be of a kind that some rule reads, as far as its name tells: of YAML, the text decides.
    pub fn concerns(path: &Path) -> bool {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let name = path.file_name().and_then(|name| name.to_str());
        matches!(extension, Some("yml" | "yaml" | "rules"))
            || name.is_some_and(|name| kind(path, name, "").is_some())
    }

    /// One sentence that says why the file has its stage.
    pub fn why_stage(&self) -> String {
        let name = self
            .path
            .file_name()
            .map(|name| name.to_string_lossy())
            .unwrap_or_default();
        match self.stage {
            Stage::Base => format!(
                "`{name}` counts as a base, since a production file that overrides it lies beside it."
            ),
            Stage::Development => {
                let why = match (development_folder(&self.path), development_token(&name)) {
                    (Some(folder), _) => format!("since it lies in `{folder}`"),
                    (None, Some(token)) => format!("since its name says \"{token}\""),
                    (None, None) => "by configuration".to_owned(),
                };
                let comma = if why.starts_with("since") { "," } else { "" };
                format!("`{name}` counts as development{comma} {why}.")
            }
            Stage::Production => match tokens(&name).find(|token| PRODUCTION.contains(&&**token)) {
                Some(token) => {
                    format!("`{name}` counts as production, since its name says \"{token}\".")
                }
                None => format!(
                    "`{name}` counts as production, since nothing in its name says that it is for development."
                ),
            },
        }
    }
}

const DEVELOPMENT: &[&str] = &[
    "dev",
    "devel",
    "development",
    "local",
    "override",
    "test",
    "tests",
    "testing",
    "ci",
    "e2e",
    "debug",
    "demo",
    "example",
    "examples",
    "sample",
    "backup",
    "bak",
    "template",
    "devcontainer",
];
/// Folders of what is not delivered, besides those that test or show. Words that a service's folder may be called, too
/// (`backup`, `template`), are none.
const DEVELOPMENT_FOLDERS: &[&str] = &["ci", "dev", "development"];
const PRODUCTION: &[&str] = &["prod", "production", "staging", "live", "deploy", "release"];

fn kind(path: &Path, name: &str, text: &str) -> Option<Kind> {
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "pytest.ini" | ".pytest.ini" => return Some(Kind::PytestIni),
        "pytest.toml" | ".pytest.toml" => return Some(Kind::PytestToml),
        "tox.ini" => return Some(Kind::ToxIni),
        "setup.cfg" => return Some(Kind::SetupCfg),
        "pyproject.toml" => return Some(Kind::Pyproject),
        "uv.lock" | "poetry.lock" | "pdm.lock" | "pylock.toml" => return Some(Kind::Lock),
        "pipfile.lock" => return Some(Kind::PipfileLock),
        "package.json" => return Some(Kind::PackageJson),
        "coverage.xml" | "cobertura.xml" | "cobertura-coverage.xml" => {
            return Some(Kind::CoverageXml);
        }
        "redis.conf" | "postgresql.conf" => return Some(Kind::ServerConf),
        _ if lower.ends_with(".dockerignore") => return Some(Kind::Dockerignore),
        _ => {}
    }
    if is_dockerfile(&lower) {
        return (!is_dockerfile_template(text)).then_some(Kind::Dockerfile);
    }
    let (stem, extension) = lower.rsplit_once('.').unwrap_or((&lower, ""));
    match extension {
        "py" | "pyw" => Some(Kind::Python),
        "yml" | "yaml" if is_in_workflows(path) => is_workflow(text).then_some(Kind::Workflow),
        "yml" | "yaml" => {
            let named = is_compose_stem(stem);
            let compose = (named || has_services(text)).then_some(Kind::Compose);
            let kind = compose.or_else(|| prometheus(text));
            kind.filter(|_| !is_template(text))
        }
        "rules" => prometheus(text).filter(|_| !is_template(text)),
        "" if is_python_script(text) => Some(Kind::Python),
        _ if is_requirements(path, stem, extension) => Some(Kind::Requirements),
        _ if is_dotenv(stem, extension) => Some(Kind::Dotenv),
        "toml" if stem.starts_with("pylock.") => Some(Kind::Lock),
        _ => None,
    }
}

/// `requirements-dev.txt`, `dev-requirements.txt`, `requirements/base.txt`, `requirements.lock`, `constraints.txt`.
fn is_requirements(path: &Path, stem: &str, extension: &str) -> bool {
    let folder = path.parent().and_then(Path::file_name);
    let named = ["requirements", "constraints"].iter().any(|word| {
        let before = stem.strip_suffix(word);
        stem.starts_with(word) || before.is_some_and(|before| before.ends_with(['-', '_', '.']))
    });
    match extension {
        "txt" => named || folder.is_some_and(|folder| folder == "requirements"),
        "lock" => stem == "requirements",
        _ => false,
    }
}

/// `.env`, `.env.local`, `production.env`; not `.env.py` or a template of another tool.
fn is_dotenv(stem: &str, extension: &str) -> bool {
    const OTHERS: &[&str] = &[
        "cjs", "erb", "j2", "jinja", "jinja2", "js", "json", "md", "mjs", "php", "ps1", "rb", "sh",
        "tpl", "ts",
    ];
    let below = stem == ".env" || stem.starts_with(".env.");
    extension == "env" || below && !OTHERS.contains(&extension)
}

/// `Dockerfile`, `Dockerfile.prod`, `api.Dockerfile`, `Containerfile`; not what lists files to ignore, nor documents and
/// scripts about one.
fn is_dockerfile(lower: &str) -> bool {
    let (first, last) = (
        lower.split('.').next().unwrap_or_default(),
        lower.rsplit('.').next().unwrap_or_default(),
    );
    let other = [
        "dockerignore",
        "md",
        "sh",
        "py",
        "j2",
        "jinja2",
        "jinja",
        "tmpl",
        "tpl",
        "template",
        "erb",
        "swp",
        "orig",
        "rej",
    ];
    (matches!(first, "dockerfile" | "containerfile") || last == "dockerfile")
        && !other.contains(&last)
}

/// Whether a template engine shapes the instructions: a line that begins with its braces, or a keyword or an image with them.
fn is_dockerfile_template(text: &str) -> bool {
    text.lines().any(|line| {
        let bare = line.trim_start();
        let mut words = bare.split_whitespace();
        // What a shell is given may hold braces that are meant: `docker ps --format '{{.ID}}'`.
        let plain = words.next().is_some_and(|word| {
            ["FROM", "COPY", "ADD", "WORKDIR", "USER", "EXPOSE"]
                .iter()
                .any(|keyword| word.eq_ignore_ascii_case(keyword))
        });
        bare.starts_with("{%") || bare.starts_with("{{") || plain && bare.contains("{{")
    })
}

/// `compose`, `docker-compose.prod`, `compose-dev`; not `composer`.
fn is_compose_stem(stem: &str) -> bool {
    let rest = stem.strip_prefix("docker-").unwrap_or(stem);
    rest.strip_prefix("compose")
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

/// Whether a file's name alone says that it is a compose file.
pub(crate) fn is_compose_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let stem = lower
        .strip_suffix(".yml")
        .or_else(|| lower.strip_suffix(".yaml"));
    stem.is_some_and(is_compose_stem)
}

/// Whether a file's name has a word for development in it.
pub(crate) fn says_development(name: &str) -> bool {
    development_token(name).is_some()
}

/// Whether a file's name says that it is what production adds to a base.
pub(crate) fn says_production(name: &str) -> bool {
    is_compose_name(name)
        && tokens(name).any(|token| matches!(&*token, "prod" | "production"))
        && !says_development(name)
}

/// Whether the name of an environment file says that it is for tests.
pub(crate) fn says_test(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    tokens(name).any(|token| matches!(&*token, "test" | "tests" | "testing" | "ci" | "e2e"))
}

fn is_python_script(text: &str) -> bool {
    text.starts_with("#!")
        && text
            .lines()
            .next()
            .is_some_and(|line| line.contains("python"))
}

/// The words of a file name, split where names are.
fn tokens(name: &str) -> impl Iterator<Item = String> {
    name.split(['.', '-', '_', ' '])
        .map(str::to_ascii_lowercase)
        .collect::<Vec<_>>()
        .into_iter()
}

/// The word of a name that says development. `override` yields to a word for production: `compose.prod.override.yml`.
fn development_token(name: &str) -> Option<String> {
    let production = tokens(name).any(|token| PRODUCTION.contains(&&*token));
    tokens(name).find(|token| {
        DEVELOPMENT.contains(&&**token) && !(production && token.as_str() == "override")
    })
}

/// The folder around a file that says development. It counts in a path relative to the workspace only, as for tests.
fn development_folder(path: &Path) -> Option<&str> {
    let folders = path.parent()?.components();
    let mut names = folders.filter_map(|part| part.as_os_str().to_str());
    names.find(|name| {
        let lower = name.to_ascii_lowercase();
        let known = DEVELOPMENT_FOLDERS.contains(&&*lower) || apart::folder(&lower).is_some();
        *name == ".devcontainer" || path.is_relative() && known
    })
}

fn stage(path: &Path, name: &str, kind: Kind, siblings: &[String]) -> Stage {
    let staged = [
        Kind::Compose,
        Kind::Dockerfile,
        Kind::Prometheus,
        Kind::PrometheusRules,
    ];
    if !staged.contains(&kind) {
        return Stage::Production;
    }
    if development_folder(path).is_some() || development_token(name).is_some() {
        return Stage::Development;
    }
    if kind != Kind::Compose {
        return Stage::Production;
    }
    let bare = matches!(
        name.to_ascii_lowercase().as_str(),
        "docker-compose.yml" | "docker-compose.yaml" | "compose.yml" | "compose.yaml"
    );
    let overridden = siblings.iter().any(|sibling| says_production(sibling));
    if bare && overridden {
        Stage::Base
    } else {
        Stage::Production
    }
}

/// Folders count in a path relative to the workspace only: where a checkout lies says nothing about its code.
fn is_test(path: &Path, name: &str, kind: Kind) -> bool {
    let named = kind == Kind::Python
        && (name == "conftest.py" || name.starts_with("test_") || name.ends_with("_test.py"));
    let folders = path.parent().filter(|_| path.is_relative());
    named
        || folders.is_some_and(|folders| {
            folders
                .components()
                .any(|part| part.as_os_str() == "tests" || part.as_os_str() == "test")
        })
}

#[cfg(test)]
mod tests;
