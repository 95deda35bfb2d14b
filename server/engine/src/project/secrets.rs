//! What the application of a unit does about secrets that are missing or short.

use std::path::{Path, PathBuf};

use memchr::memmem;

use super::{Fact, Question, Source, View, Workspace};
use crate::file::Kind;
use crate::model::python::checks::{Checks, checks};

impl Fact for Checks {
    fn read(source: &Source) -> Option<Checks> {
        if !source.is(Kind::Python) {
            return None;
        }
        let checks = checks(source.text());
        (!checks.is_empty()).then_some(checks)
    }
}

/// The file is a module of Django's settings.
#[derive(Debug, Hash)]
struct Django;

impl Fact for Django {
    fn read(source: &Source) -> Option<Django> {
        let says = |word: &str| memmem::find(source.text().as_bytes(), word.as_bytes()).is_some();
        let django = says("INSTALLED_APPS") || says("ROOT_URLCONF");
        (source.is(Kind::Python) && django).then_some(Django)
    }
}

#[derive(Debug)]
struct SetsUpDjango(PathBuf);

impl Question for SetsUpDjango {
    type Answer = bool;
    fn answer(&self, workspace: &Workspace) -> bool {
        workspace.fact::<Django>(&self.0).here().is_some()
    }
}

/// What all files of a unit's application do.
struct Together(Checks);

/// What is done about a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Checked {
    /// Something raises when there is none.
    pub present: bool,
    /// Something raises when it has fewer characters; 0 for nothing.
    pub least: u32,
}

#[derive(Debug)]
struct IsChecked {
    file: PathBuf,
    /// In lower case.
    names: Vec<String>,
}

impl Question for IsChecked {
    type Answer = Checked;
    fn answer(&self, workspace: &Workspace) -> Checked {
        let unit = workspace.unit(&self.file);
        let all = workspace.derived(&unit, || {
            let mut all = Checks::default();
            for path in workspace.application(&unit) {
                if let Some(checks) = workspace.fact::<Checks>(&path).here() {
                    all.add(&checks);
                }
            }
            Together(all.joined())
        });
        Checked {
            present: all.0.has(&self.names),
            least: all.0.least(&self.names),
        }
    }
}

impl View<'_> {
    /// Whether a file is a module of Django's settings.
    pub fn sets_up_django(&self, file: &Path) -> bool {
        self.ask(SetsUpDjango(file.to_path_buf()))
    }

    /// What the application of a file's unit, the file included, does about a secret of these names. Nothing is known of a
    /// file that is alone.
    pub fn checked_secret<'n>(
        &self,
        file: &Path,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Option<Checked> {
        if self.workspace.is_alone() {
            return None;
        }
        let names = names.into_iter().map(str::to_lowercase);
        let mut names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
        names.sort();
        names.dedup();
        Some(self.ask(IsChecked {
            file: file.to_path_buf(),
            names,
        }))
    }
}
