//! What configuration files of servers say that are mounted into containers.

use std::path::{Path, PathBuf};

use super::{Fact, Known, Question, Source, View, Workspace};
use crate::model::conf::{Directive, directives};

/// The lines of a file that rules ask for; of others nothing is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Conf(pub Vec<Directive>);

/// Names that some rule asks for, or that bring more lines from elsewhere.
const WANTED: &[&str] = &[
    "maxmemory",
    "maxmemory-policy",
    "include",
    "include_dir",
    "include_if_exists",
    "shared_buffers",
    "work_mem",
    "max_connections",
    "superuser_reserved_connections",
];

impl Fact for Conf {
    fn read(source: &Source) -> Option<Conf> {
        Some(Conf::of(source.text()))
    }
}

impl Conf {
    pub fn of(text: &str) -> Conf {
        let mut lines = directives(text);
        lines.retain(|line| WANTED.contains(&&*line.name));
        Conf(lines)
    }
}

#[derive(Debug)]
struct Said(PathBuf);

impl Question for Said {
    type Answer = Known<Conf>;
    fn answer(&self, workspace: &Workspace) -> Known<Conf> {
        match workspace.within(&self.0) {
            true => workspace.fact::<Conf>(&self.0),
            false => Known::Missing,
        }
    }
}

impl View<'_> {
    /// What a configuration file says, line by line as far as some rule asks for it.
    pub fn conf(&self, path: &Path) -> Known<Conf> {
        self.ask(Said(path.to_path_buf()))
    }
}
