//! What a file is: its kind, and the role that it plays in its project.

use std::path::PathBuf;

/// The grammar by which a file is cut and read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    Python,
    Yaml,
    Ini,
    Toml,
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
}

impl Kind {
    pub fn language(self) -> Language {
        match self {
            Kind::Python => Language::Python,
            Kind::Compose => Language::Yaml,
            Kind::PytestIni | Kind::ToxIni | Kind::SetupCfg => Language::Ini,
            Kind::PytestToml | Kind::Pyproject => Language::Toml,
        }
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
