//! Dependencies in `pyproject.toml`.

use std::sync::Arc;

use super::requirements::of_requirement;
use super::{Dependencies, Dependency, Form, poetry};
use crate::chunk::State;
use crate::model::Part;
use crate::syntax;
use crate::syntax::toml::{Data, Entry, Value};

pub(super) fn read(parts: &[(usize, Arc<Part>)]) -> Dependencies {
    let mut all = Dependencies {
        form: Form::Pyproject,
        ..Dependencies::default()
    };
    for (base, part) in parts {
        let Part::Toml(part) = &**part else { continue };
        if part.broken {
            all.unread.push(crate::text::Span::new(*base, *base));
        }
        for entry in &part.entries {
            of_entry(entry, *base, &mut all.list);
        }
    }
    all
}

fn of_entry(entry: &Entry, base: usize, list: &mut Vec<Dependency>) {
    let path: Vec<&str> = entry.path.iter().map(String::as_str).collect();
    match path[..] {
        ["project", "dependencies"]
        | ["project", "optional-dependencies", _]
        | ["dependency-groups", _]
        | [
            "tool",
            "uv",
            "dev-dependencies" | "constraint-dependencies" | "override-dependencies",
        ]
        | ["tool", "pdm", "dev-dependencies", _]
        | [
            "tool",
            "hatch",
            "envs",
            _,
            "dependencies" | "extra-dependencies",
        ] => texts(&entry.value, base, list),
        ["tool", "poetry", "dependencies" | "dev-dependencies", name]
        | ["tool", "poetry", "group", _, "dependencies", name] => {
            list.extend(poetry::dependency(name, &entry.value, entry.span, base));
        }
        [
            "tool",
            "poetry",
            "dependencies" | "dev-dependencies",
            name,
            "version",
        ]
        | [
            "tool",
            "poetry",
            "group",
            _,
            "dependencies",
            name,
            "version",
        ] => list.extend(poetry::dependency(name, &entry.value, entry.span, base)),
        _ => {}
    }
}

/// The strings of a list, each a requirement.
fn texts(value: &Value, base: usize, list: &mut Vec<Dependency>) {
    let Data::Array(items) = &value.data else {
        return;
    };
    for item in items {
        let Data::String(text) = &item.data else {
            continue;
        };
        let part = syntax::read(State::Requirements, &Arc::from(text.as_str()), &mut None);
        let Part::Requirements(part) = part else {
            continue;
        };
        let [line] = &part.lines[..] else { continue };
        let Some(named) = line.named().filter(|_| line.problem.is_none()) else {
            continue;
        };
        list.push(match inner(item, text) {
            Some(start) => of_requirement(named, base + start),
            // Escapes: only the whole can be pointed at.
            None => Dependency {
                span: item.span.shifted(base),
                written: None,
                ..of_requirement(named, base)
            },
        });
    }
}

/// Where the text of a string starts that is written as it is read.
pub(super) fn inner(value: &Value, text: &str) -> Option<usize> {
    let quotes = (value.raw.len().checked_sub(text.len())?) / 2;
    let within = value.raw.get(quotes..value.raw.len() - quotes)?;
    (within == text && quotes > 0).then_some(value.span.start as usize + quotes)
}
