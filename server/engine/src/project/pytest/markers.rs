//! Markers, used and declared, across the files of a folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use strsim::osa_distance;

use crate::file::Kind;
use crate::model::pytest::markers;
use crate::model::python::{Marker, markers_declared, markers_used};
use crate::project::{Fact, Question, Source, View, Workspace};

/// The markers of its own that one Python file uses, and the words that it may name one by, sorted, once each.
#[derive(Debug, Hash, Default)]
struct Uses {
    used: Vec<String>,
    /// Strings of a file that looks markers up by their names.
    named: Vec<String>,
}

impl Fact for Uses {
    fn read(source: &Source) -> Option<Uses> {
        if !source.is(Kind::Python) || !source.text().contains("mark") {
            return None;
        }
        let text = source.text();
        // Names are resolved through the imports, so their chunks are needed too.
        let parts = match markers::mentions_own(text) {
            true => source.parts(Kind::Python, |chunk| {
                markers::mentions_own(chunk) || chunk.contains("import")
            }),
            false => Vec::new(),
        };
        let looks_up = [
            "add_marker",
            "closest_marker",
            "iter_markers",
            "keywords",
            "getattr(",
        ];
        let looks_up = looks_up.iter().any(|word| text.contains(word));
        let mut named = behind_marks(text);
        if looks_up {
            named.extend(strings(text));
        }
        Some(Uses {
            used: names(markers_used(&parts)),
            named: named.into_iter().map(str::to_owned).collect(),
        })
    }
}

/// The markers that one Python file declares; an empty name for a declaration that only running it would tell.
#[derive(Debug, Hash)]
struct Declares(Vec<String>);

impl Fact for Declares {
    fn read(source: &Source) -> Option<Declares> {
        if !source.text().contains("addinivalue_line") || !source.is(Kind::Python) {
            return None;
        }
        let parts = source.parts(Kind::Python, |chunk| chunk.contains("addinivalue_line"));
        Some(Declares(names(markers_declared(&parts))))
    }
}

/// What is between quotes and could be a marker's name.
fn strings(text: &str) -> BTreeSet<&str> {
    text.split(['"', '\''])
        .filter(|word| is_name(word))
        .collect()
}

/// Names of something that is called after marks: `add_to_marker.slow`.
fn behind_marks(text: &str) -> BTreeSet<&str> {
    let words = text.match_indices("mark").filter_map(|(at, _)| {
        let rest = &text[at..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
        let name = rest[end..].strip_prefix('.')?;
        let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        Some(&name[..end.unwrap_or(name.len())])
    });
    words.filter(|word| is_name(word)).collect()
}

fn is_name(word: &str) -> bool {
    word.len() <= 40
        && word.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Which markers do the Python files below a folder use? `None` where nobody can say.
#[derive(Debug)]
struct MarkersUsed(PathBuf);

impl Question for MarkersUsed {
    type Answer = Option<Vec<String>>;
    fn answer(&self, workspace: &Workspace) -> Option<Vec<String>> {
        (!workspace.is_alone()).then(|| {
            below(workspace, &self.0, |path| {
                let uses = workspace.fact::<Uses>(path).here();
                uses.map(|uses| uses.used.clone()).unwrap_or_default()
            })
        })
    }
}

/// Which words name a marker in the Python files below a folder that look markers up?
#[derive(Debug)]
struct MarkersNamed(PathBuf);

impl Question for MarkersNamed {
    type Answer = Vec<String>;
    fn answer(&self, workspace: &Workspace) -> Vec<String> {
        below(workspace, &self.0, |path| {
            let uses = workspace.fact::<Uses>(path).here();
            uses.map(|uses| uses.named.clone()).unwrap_or_default()
        })
    }
}

/// Which markers do the files below a folder declare by `addinivalue_line("markers", …)`?
#[derive(Debug)]
struct MarkersDeclared(PathBuf);

impl Question for MarkersDeclared {
    type Answer = Vec<String>;
    fn answer(&self, workspace: &Workspace) -> Vec<String> {
        workspace.declared_below(&self.0)
    }
}

/// What is known of a marker where it is used.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MarkerIs {
    /// Declared, or nobody can say.
    Known,
    Unknown {
        /// The nearest home of pytest's configuration.
        home: Option<PathBuf>,
        /// The folder of the unit.
        unit: PathBuf,
        /// A declared marker whose name is much like it.
        close: Option<String>,
    },
}

/// Is a marker declared that a file uses?
#[derive(Debug)]
struct WhatMarker {
    file: PathBuf,
    name: String,
}

struct DeclaredBelow(Vec<String>);

impl Workspace {
    fn declared_below(&self, folder: &Path) -> Vec<String> {
        let declared = || {
            DeclaredBelow(below(self, folder, |path| {
                let declares = self.fact::<Declares>(path).here();
                declares.map(|known| known.0.clone()).unwrap_or_default()
            }))
        };
        self.derived(folder, declared).0.clone()
    }
}

impl Question for WhatMarker {
    type Answer = MarkerIs;
    fn answer(&self, workspace: &Workspace) -> MarkerIs {
        let folders = self.file.ancestors().skip(1);
        let folders: Vec<&Path> = folders.filter(|folder| workspace.within(folder)).collect();
        let mut declared: BTreeSet<String> = BTreeSet::new();
        let mut home = None;
        let unit = workspace.unit(&self.file);
        let mut root = unit.clone();
        for folder in folders {
            // Where pytest is started decides which of the homes counts: each may.
            if let Some((path, told)) = workspace.pytest_homes(folder).into_iter().next() {
                declared.extend(told.markers.iter().cloned());
                home.get_or_insert(path);
                if unit.starts_with(folder) {
                    root = folder.to_path_buf();
                }
            }
        }
        if declared.contains(&self.name) {
            return MarkerIs::Known;
        }
        declared.extend(workspace.declared_below(&root));
        if declared.contains(&self.name) || declared.contains("") {
            return MarkerIs::Known;
        }
        // Of files that belong to no project, as in an installed package, the configuration is elsewhere.
        if home.is_none() && !workspace.is_unit(&unit) {
            return MarkerIs::Known;
        }
        let near = |known: &&str| {
            let distance = osa_distance(known, &self.name);
            distance <= 2 && distance * 3 < self.name.len()
        };
        let known = declared.iter().map(String::as_str);
        let close = known
            .chain(markers::BUILT_IN.iter().copied())
            .filter(near)
            .min_by_key(|known| osa_distance(known, &self.name));
        MarkerIs::Unknown {
            home,
            unit,
            close: close.map(str::to_owned),
        }
    }
}

impl View<'_> {
    /// Names of the markers that Python files below `folder` use and that neither pytest nor a well-known plugin declares,
    /// sorted, once each; `None` when nothing is known of
    /// other files, so that nothing is claimed of them.
    pub fn markers_used(&self, folder: &Path) -> Option<Vec<String>> {
        self.ask(MarkersUsed(folder.to_path_buf()))
    }
    /// Words by which Python files below `folder` may name a marker without using it, sorted, once each.
    pub fn markers_named(&self, folder: &Path) -> Vec<String> {
        self.ask(MarkersNamed(folder.to_path_buf()))
    }
    /// Names of the markers that Python files below `folder` declare by `addinivalue_line("markers", …)`; an empty one for
    /// a declaration that only running it would tell.
    pub fn markers_declared(&self, folder: &Path) -> Vec<String> {
        self.ask(MarkersDeclared(folder.to_path_buf()))
    }
    /// Whether a marker is declared that a file uses.
    pub fn marker(&self, file: &Path, name: &str) -> MarkerIs {
        if self.workspace.is_alone() {
            return MarkerIs::Known;
        }
        self.ask(WhatMarker {
            file: file.to_path_buf(),
            name: name.to_owned(),
        })
    }
}

/// What the Python files below a folder give, sorted, once each.
fn below(
    workspace: &Workspace,
    folder: &Path,
    of: impl Fn(&Path) -> Vec<String> + Sync,
) -> Vec<String> {
    let list = workspace.list();
    let paths: Vec<&PathBuf> = list
        .range(folder.to_path_buf()..)
        .take_while(|path| path.starts_with(folder))
        .filter(|path| path.extension().is_some_and(|kind| kind == "py"))
        .collect();
    let told: Vec<Vec<String>> = paths.into_par_iter().map(|path| of(path)).collect();
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
