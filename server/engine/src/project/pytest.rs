//! pytest's markers and homes, across the files of a folder.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{Fact, Question, Source, View, Workspace};
use crate::file::Kind;
use crate::model::pytest::Config;
use crate::model::python::{Marker, markers_declared, markers_used};

/// The markers of one Python file, sorted, once each.
#[derive(Debug, Hash, Default)]
struct Markers {
    used: Vec<String>,
    declared: Vec<String>,
}

impl Fact for Markers {
    fn read(source: &Source) -> Option<Markers> {
        if !source.is(Kind::Python) || !source.text().contains("mark") {
            return None;
        }
        // Names are resolved through the imports, so their chunks are needed too.
        let parts = source.parts(Kind::Python, |chunk| {
            chunk.contains("mark") || chunk.contains("pytest")
        });
        Some(Markers {
            used: names(markers_used(&parts)),
            declared: names(markers_declared(&parts)),
        })
    }
}

/// The file is a home of pytest's configuration.
#[derive(Debug, Hash)]
struct Home;

impl Fact for Home {
    fn read(source: &Source) -> Option<Home> {
        let kind = source.file()?.kind;
        let is = match kind {
            Kind::PytestIni | Kind::PytestToml => true,
            Kind::Pyproject | Kind::ToxIni | Kind::SetupCfg => {
                source.text().contains("pytest")
                    && Config::read(kind, &source.parts(kind, |_| true)).is_some()
            }
            _ => false,
        };
        is.then_some(Home)
    }
}

/// Which markers do the Python files below a folder use? `None` where nobody can say.
#[derive(Debug)]
struct MarkersUsed(PathBuf);

impl Question for MarkersUsed {
    type Answer = Option<Vec<String>>;
    fn answer(&self, workspace: &Workspace) -> Option<Vec<String>> {
        (!workspace.is_alone()).then(|| below(workspace, &self.0, |markers| &markers.used))
    }
}

/// Which markers do the files below a folder declare by `addinivalue_line("markers", …)`?
#[derive(Debug)]
struct MarkersDeclared(PathBuf);

impl Question for MarkersDeclared {
    type Answer = Vec<String>;
    fn answer(&self, workspace: &Workspace) -> Vec<String> {
        below(workspace, &self.0, |markers| &markers.declared)
    }
}

/// From which file does pytest take its configuration in a folder?
#[derive(Debug)]
struct PytestHome(PathBuf);

impl Question for PytestHome {
    type Answer = Option<PathBuf>;
    fn answer(&self, workspace: &Workspace) -> Option<PathBuf> {
        let homes = PYTEST_HOMES.iter().map(|name| self.0.join(name));
        homes
            .into_iter()
            .find(|path| workspace.fact::<Home>(path).here().is_some())
    }
}

/// In the order in which pytest looks for them; the first one that is a home is the only one that is read.
const PYTEST_HOMES: &[&str] = &[
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
];

impl View<'_> {
    /// Names of the pytest markers used by Python files below `folder`, sorted, once each; `None` when nothing is known of
    /// other files, so that nothing is claimed of them.
    pub fn markers_used(&self, folder: &Path) -> Option<Vec<String>> {
        self.ask(MarkersUsed(folder.to_path_buf()))
    }
    /// Names of the markers that conftest files below `folder` declare by `addinivalue_line("markers", …)`.
    pub fn markers_declared(&self, folder: &Path) -> Vec<String> {
        self.ask(MarkersDeclared(folder.to_path_buf()))
    }
    /// The file from which pytest takes its configuration in `folder`; `None` when none is known.
    pub fn pytest_home(&self, folder: &Path) -> Option<PathBuf> {
        self.ask(PytestHome(folder.to_path_buf()))
    }
}

fn below(
    workspace: &Workspace,
    folder: &Path,
    of: impl Fn(&Markers) -> &Vec<String> + Sync,
) -> Vec<String> {
    let list = workspace.list();
    let paths: Vec<&PathBuf> = list
        .range(folder.to_path_buf()..)
        .take_while(|path| path.starts_with(folder))
        .filter(|path| path.extension().is_some_and(|kind| kind == "py"))
        .collect();
    let told: Vec<Vec<String>> = paths
        .into_par_iter()
        .filter_map(|path| Some(of(&*workspace.fact::<Markers>(path).here()?).clone()))
        .collect();
    let mut names: Vec<String> = told.into_iter().flatten().collect();
    names.sort();
    names.dedup();
    names
}

fn names(markers: Vec<Marker>) -> Vec<String> {
    let mut names: Vec<String> = markers.into_iter().map(|marker| marker.name).collect();
    names.sort();
    names.dedup();
    names
}
