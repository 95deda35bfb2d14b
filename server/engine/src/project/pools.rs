//! Pools of database connections that a project's Python makes.

use std::path::{Path, PathBuf};

use memchr::memmem;

use super::{Fact, Question, Source, View, Workspace};
use crate::file::Kind;
use crate::model::Part;
use crate::model::python::{Call, Resolver, ValueKind};
use crate::outside::{Outside, Table};
use crate::rule::{Owner, Place};

/// One call that makes a pool.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pool {
    /// `create_engine`
    pub callee: String,
    /// The connections that it may hold; `None` where that is known only when it runs.
    pub size: Option<u32>,
    /// In words: `5 + 10`.
    pub formula: String,
    /// Of the callee.
    pub place: Place,
}

/// The pools of a file.
#[derive(Debug, Clone, Hash)]
struct Pools(Vec<Pool>);

/// SQLAlchemy's own, by its documentation.
const SIZE: u32 = 5;
const OVERFLOW: u32 = 10;
/// asyncpg's `max_size`.
const ASYNCPG: u32 = 10;

impl Fact for Pools {
    fn read(source: &Source) -> Option<Pools> {
        const WORDS: &[&str] = &["create_engine", "create_async_engine", "create_pool"];
        let text = source.text();
        let says = |word: &&str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
        if !source.is(Kind::Python) || !WORDS.iter().any(says) {
            return None;
        }
        let parts = source.parts(Kind::Python, |_| true);
        let mut table = Table::default();
        parts.iter().for_each(|(_, part)| table.add(part));
        let outside = Outside::new(&table);
        let mut pools = Vec::new();
        for (chunk, (_, part)) in (0..).zip(&parts) {
            let Part::Python(part) = &**part else {
                continue;
            };
            let resolver = Resolver::new(part, &outside);
            for (at, name) in resolver.calls() {
                let name = name.as_deref().unwrap_or_default();
                let (library, callee) = name.rsplit_once('.').unwrap_or_default();
                let sqlalchemy = library.starts_with("sqlalchemy") || library == "sqlmodel";
                let pool = match callee {
                    "create_engine" | "create_async_engine" if sqlalchemy => {
                        resolver.call(at).and_then(|call| engine(&call))
                    }
                    "create_pool" if library == "asyncpg" => resolver.call(at).map(|call| {
                        let size = number(&call, "max_size", ASYNCPG);
                        (size, shown(size))
                    }),
                    _ => None,
                };
                let call = pool.and_then(|pool| Some((pool, resolver.call(at)?)));
                pools.extend(call.map(|((size, formula), call)| Pool {
                    callee: callee.to_owned(),
                    size,
                    formula,
                    place: Place {
                        owner: Owner::Nth(chunk),
                        span: call.callee,
                    },
                }));
            }
        }
        (!pools.is_empty()).then_some(Pools(pools))
    }
}

/// The connections of an engine, and how they are reckoned; `None` for one that pools none, or is for SQLite.
fn engine(call: &Call) -> Option<(Option<u32>, String)> {
    let first = call.arguments.first();
    let url = first.filter(|first| first.kind == ValueKind::Str);
    let url = url.map(|url| call.text(url.value).trim_start_matches(['"', '\'']));
    if url.is_some_and(|url| url.starts_with("sqlite")) {
        return None;
    }
    let class = call
        .arguments
        .iter()
        .find(|argument| argument.keyword.as_deref() == Some("poolclass"));
    let class = class.map(|class| call.text(class.value));
    if class.is_some_and(|class| class.ends_with("NullPool") || class.ends_with("StaticPool")) {
        return None;
    }
    let (size, overflow) = (
        number(call, "pool_size", SIZE),
        number(call, "max_overflow", OVERFLOW),
    );
    let sum = size
        .zip(overflow)
        .map(|(size, overflow)| size.saturating_add(overflow));
    Some((sum, format!("{} + {}", shown(size), shown(overflow))))
}

fn shown(number: Option<u32>) -> String {
    number.map_or_else(|| "?".into(), |number| number.to_string())
}

/// A keyword's number; `None` where it is no plain one.
fn number(call: &Call, keyword: &str, usual: u32) -> Option<u32> {
    let mut arguments = call.arguments.iter();
    if arguments.any(|argument| argument.kind == ValueKind::Splat) {
        return None;
    }
    let said = call
        .arguments
        .iter()
        .find(|argument| argument.keyword.as_deref() == Some(keyword));
    match said {
        None => Some(usual),
        Some(said) => call.text(said.value).replace('_', "").parse().ok(),
    }
}

/// Which pools does the Python below a folder make? Not that of tests, migrations and scripts.
#[derive(Debug)]
struct Below(PathBuf);

impl Question for Below {
    type Answer = Vec<(PathBuf, Pool)>;
    fn answer(&self, workspace: &Workspace) -> Self::Answer {
        let list = workspace.list();
        let inside = list
            .range(self.0.clone()..)
            .take_while(|path| path.starts_with(&self.0))
            .filter(|path| is_application(path));
        let mut found = Vec::new();
        for path in inside {
            if let Some(pools) = workspace.fact::<Pools>(path).here() {
                found.extend(pools.0.iter().map(|pool| (path.clone(), pool.clone())));
            }
        }
        found
    }
}

fn is_application(path: &Path) -> bool {
    const OTHERS: &[&str] = &[
        "alembic",
        "docs",
        "examples",
        "migrations",
        "node_modules",
        "scripts",
        "test",
        "tests",
    ];
    let python = path.extension().is_some_and(|extension| extension == "py");
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let test = name == "conftest.py" || name.starts_with("test_") || name.ends_with("_test.py");
    let apart = || {
        path.components().any(|part| {
            let part = part.as_os_str().to_str().unwrap_or_default();
            OTHERS.contains(&part) || part.starts_with('.')
        })
    };
    python && !test && !apart()
}

impl View<'_> {
    /// The pools of connections that the application below a folder makes, with the files that make them.
    pub fn pools(&self, folder: &Path) -> Vec<(PathBuf, Pool)> {
        self.ask(Below(folder.to_path_buf()))
    }
}
