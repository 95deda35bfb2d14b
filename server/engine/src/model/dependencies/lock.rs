//! Lock files in TOML: `uv.lock`, `poetry.lock`, `pdm.lock`, `pylock.toml`.

use std::str::FromStr;
use std::sync::Arc;

use pep440_rs::Version;

use super::{Dependencies, Dependency, Form, Tool, Wants};
use crate::model::Part;
use crate::model::requirements::normal;
use crate::syntax::toml::{Data, Entry, Table};
use crate::text::Span;

pub(super) fn read(name: &str, parts: &[(usize, Arc<Part>)]) -> Dependencies {
    let mut all = Dependencies {
        form: Form::Lock(match name.to_ascii_lowercase().as_str() {
            "uv.lock" => Tool::Uv,
            "poetry.lock" => Tool::Poetry,
            "pdm.lock" => Tool::Pdm,
            _ => Tool::Pylock,
        }),
        ..Dependencies::default()
    };
    for (base, part) in parts {
        let Part::Toml(part) = &**part else { continue };
        if part.broken {
            all.unread.push(Span::new(*base, *base));
        }
        let is_package = |table: &&Table| matches!(&table.path[..], [name] if is_list(name));
        let mut tables = part.tables.iter().filter(is_package).peekable();
        let mut open: Option<Package> = None;
        for entry in &part.entries {
            while tables
                .next_if(|table| table.span.start < entry.span.start)
                .is_some()
            {
                all.list
                    .extend(open.take().and_then(|known| known.finish(*base)));
                open = Some(Package::default());
            }
            let [list, rest @ ..] = &entry.path[..] else {
                continue;
            };
            if !is_list(list) {
                continue;
            }
            all.hashed |= matches!(rest, [key, ..] if key.starts_with("hash"))
                || entry.value.raw.contains("sha256");
            if let (Some(package), [key]) = (&mut open, rest) {
                package.take(key, entry);
            }
        }
        all.list.extend(open.and_then(|known| known.finish(*base)));
    }
    all
}

fn is_list(name: &str) -> bool {
    matches!(name, "package" | "packages")
}

/// A package while it is read.
#[derive(Default)]
struct Package {
    name: Option<String>,
    version: Option<(String, Span)>,
    /// It is the project itself, a folder of it, or a repository.
    local: bool,
}

impl Package {
    fn take(&mut self, key: &str, entry: &Entry) {
        match (key, &entry.value.data) {
            ("name", Data::String(name)) => self.name = Some(name.clone()),
            ("version", Data::String(version)) => {
                self.version = Some((version.clone(), entry.value.span));
            }
            ("directory" | "vcs" | "archive", _) => self.local = true,
            _ => {}
        }
    }

    fn finish(self, base: usize) -> Option<Dependency> {
        let (version, span) = self.version.filter(|_| !self.local)?;
        let name = self.name?;
        let quoted = span.len() == version.len() + 2;
        let span = match quoted {
            true => Span::new(span.start as usize + 1, span.end as usize - 1),
            false => span,
        };
        Some(Dependency {
            key: normal(&name),
            wants: match Version::from_str(&version) {
                Ok(read) => Wants::One(read, version),
                Err(_) => Wants::Other,
            },
            name,
            span: span.shifted(base),
            hashes: Vec::new(),
            written: None,
        })
    }
}
