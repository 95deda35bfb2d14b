//! The algorithms with which the code of a unit signs its tokens.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memchr::memmem;

use super::{Fact, Question, Source, View, Workspace, is_apart};
use crate::file::Kind;
use crate::model::Part;
use crate::model::python::{Resolver, jwt};
use crate::outside::{Outside, Table};

/// The algorithms that one file names, as strings.
#[derive(Debug, Hash)]
struct Signs(Vec<String>);

impl Fact for Signs {
    fn read(source: &Source) -> Option<Signs> {
        let text = source.text().as_bytes();
        let says = |word: &str| memmem::find(text, word.as_bytes()).is_some();
        if !source.is(Kind::Python) || !says("jwt") || !says("encode") {
            return None;
        }
        let parts = source.parts(Kind::Python, |_| true);
        let mut table = Table::default();
        parts.iter().for_each(|(_, part)| table.add(part));
        let outside = Outside::new(&table);
        let python = parts.iter().filter_map(|(_, part)| match &**part {
            Part::Python(part) => Some(jwt::signs(&Resolver::new(part, &outside), false)),
            _ => None,
        });
        let mut all: Vec<String> = python.flatten().collect();
        all.sort();
        all.dedup();
        (!all.is_empty()).then_some(Signs(all))
    }
}

/// What do the other files of the unit of this one sign tokens with?
#[derive(Debug)]
struct SignedAround(PathBuf);

impl Question for SignedAround {
    type Answer = Arc<BTreeSet<String>>;
    fn answer(&self, workspace: &Workspace) -> Self::Answer {
        let unit = workspace.unit(&self.0);
        let list = workspace.list();
        let inside = list
            .range(unit.clone()..)
            .take_while(|path| path.starts_with(&unit))
            .filter(|path| path.extension().is_some_and(|end| end == "py"))
            .filter(|path| **path != self.0);
        let mut all = BTreeSet::new();
        for path in inside {
            let below = path.strip_prefix(&unit).unwrap_or(path);
            if !below.parent().is_some_and(is_apart)
                && let Some(signs) = workspace.fact::<Signs>(path).here()
            {
                all.extend(signs.0.iter().cloned());
            }
        }
        Arc::new(all)
    }
}

impl View<'_> {
    /// The algorithms with which the other files of a file's unit sign tokens, as strings of Python.
    pub fn signed_around(&self, file: &Path) -> Arc<BTreeSet<String>> {
        if self.workspace.is_alone() {
            return Arc::default();
        }
        self.ask(SignedAround(file.to_path_buf()))
    }
}
