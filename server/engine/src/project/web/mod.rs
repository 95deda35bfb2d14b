//! Applications of the web, across the files of a unit: which classes are the bodies of requests, and which routes nothing
//! limits.

mod bodies;
mod chain;
mod edge;
mod limits;
mod settings;

use std::path::{Path, PathBuf};

use memchr::memmem;

use super::unit::is_apart;
use super::{Fact, Source, Workspace};
use crate::file::Kind;
use crate::model::python::web::{Classes, Places, Ref, Web, Words, classes, places, read};

pub use bodies::{Body, Other, Reached};
pub(super) use chain::is_of_command;
pub use limits::{Open, OpenRoute, Usable};

/// Names that lead to other names are followed this far.
const HOPS: usize = 4;

impl Fact for Web {
    fn read(source: &Source) -> Option<Web> {
        let text = source.text().as_bytes();
        const WORDS: &[&str] = &[
            "fastapi",
            "flask",
            "starlette",
            "slowapi",
            "router.",
            "register_blueprint",
            "add_middleware",
        ];
        let says = |word: &&str| memmem::find(text, word.as_bytes()).is_some();
        if !source.is(Kind::Python) || !WORDS.iter().any(says) {
            return None;
        }
        let words = Words::of(source.text());
        let web = read(&source.parts(Kind::Python, |chunk| words.wants(chunk)));
        (web != Web::default()).then_some(web)
    }
}

impl Fact for Classes {
    fn read(source: &Source) -> Option<Classes> {
        let python = source.is(Kind::Python);
        python.then(|| classes(&source.parts(Kind::Python, |_| true)))
    }
}

impl Fact for Places {
    fn read(source: &Source) -> Option<Places> {
        let python = source.is(Kind::Python);
        python.then(|| places(&source.parts(Kind::Python, |_| true)))
    }
}

impl Workspace {
    /// The Python files of a unit that are its application.
    pub(super) fn application(&self, unit: &Path) -> Vec<PathBuf> {
        let list = self.list();
        let inside = list
            .range(unit.to_path_buf()..)
            .take_while(|path| path.starts_with(unit))
            .filter(|path| path.extension().is_some_and(|extension| extension == "py"));
        inside
            .filter(|path| is_application(path.strip_prefix(unit).unwrap_or(path)))
            .filter(|path| !is_trial(path))
            .filter(|path| self.unit(path) == unit)
            .cloned()
            .collect()
    }

    /// The class that a file means by a name, where one of the project's files defines it.
    fn class_meant(&self, from: &Path, name: &Ref) -> Option<(PathBuf, String)> {
        let (mut file, mut path) = match name.own {
            true => (from.to_path_buf(), name.path.clone()),
            false => {
                let (file, rest) = self.module(from, &name.path)?;
                (file, rest.join("."))
            }
        };
        for _ in 0..HOPS {
            let classes = self.fact::<Classes>(&file).here()?;
            if classes.list.iter().any(|class| class.path == path) {
                return Some((file, path));
            }
            let (next, rest) = self.handed_on(&file, &classes, &path)?;
            (file, path) = (next, rest);
        }
        None
    }

    /// Where a name leads that a file only imports.
    fn handed_on(&self, file: &Path, classes: &Classes, path: &str) -> Option<(PathBuf, String)> {
        let (first, rest) = match path.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        let named = classes.names.iter().filter(|(known, _)| known == first);
        let dotted = |(_, dotted): &(String, String)| match rest {
            Some(rest) => format!("{dotted}.{rest}"),
            None => dotted.clone(),
        };
        let stars = classes.names.iter().filter(|(known, _)| known == "*");
        let star = |(_, module): &(String, String)| {
            let dot = if module.ends_with('.') { "" } else { "." };
            format!("{module}{dot}{path}")
        };
        let mut ways = named.map(dotted).chain(stars.map(star));
        ways.find_map(|dotted| {
            let (file, rest) = self.module(file, &dotted)?;
            (!rest.is_empty() && self.has_file(&file)).then(|| (file, rest.join(".")))
        })
    }
}

/// Whether a path of the project belongs to a test, a benchmark, an example, also where these have a manifest of their own.
pub(crate) fn is_trial(path: &Path) -> bool {
    const NAMES: &[&str] = &[
        "bench",
        "benchmark",
        "benchmarks",
        "cookbook",
        "cookbooks",
        "demo",
        "demos",
        "doc",
        "docs",
        "e2e",
        "example",
        "examples",
        "samples",
        "test",
        "testing",
        "tests",
        "tutorials",
    ];
    let folders = path.parent().into_iter().flat_map(Path::components);
    let mut names = folders.filter_map(|part| part.as_os_str().to_str());
    names.any(|name| {
        let ends = ["_tests", "-tests"].iter().any(|end| name.ends_with(end));
        ends || NAMES.contains(&name)
    })
}

/// Whether a path within a unit is one of its application: no test, no document, no example.
fn is_application(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let test = name == "conftest.py" || name.starts_with("test_") || name.ends_with("_test.py");
    let folder = path.parent().unwrap_or(Path::new(""));
    let others = folder.components().any(|part| {
        let name = part.as_os_str().to_str().unwrap_or_default();
        name.starts_with('.')
            || matches!(
                name,
                "bin"
                    | "cookbook"
                    | "cookbooks"
                    | "testing"
                    | "benchmarks"
                    | "scripts"
                    | "migrations"
                    | "tutorials"
            )
    });
    !test && !others && !is_apart(folder)
}
