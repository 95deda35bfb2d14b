//! Lines of requirements files.

use std::sync::Arc;

use super::{Dependencies, Dependency, Form, Style, Wants, Written, wants};
use crate::model::Part;
use crate::model::requirements::{Line, Requirement};
use crate::text::Span;

pub(super) fn read(name: &str, parts: &[(usize, Arc<Part>)]) -> Dependencies {
    let mut all = Dependencies {
        form: match name.to_ascii_lowercase().contains("constraint") {
            true => Form::Constraints,
            false => Form::Requirements,
        },
        ..Dependencies::default()
    };
    let mut read = 0;
    for (base, part) in parts {
        let Part::Requirements(part) = &**part else {
            continue;
        };
        for line in &part.lines {
            if line.problem.is_some() {
                all.unread.push(line.span.shifted(*base));
            } else {
                read += 1;
            }
            all.hashed |= line
                .options
                .iter()
                .any(|option| matches!(option.name, "hash" | "require-hashes"));
            let files = line.values("requirement").chain(line.values("constraint"));
            all.includes.extend(files.map(|file| file.text.clone()));
            all.list.extend(dependency(line, *base));
        }
    }
    // Prose of the same name: what looks like a requirement in it is a word on a line of its own.
    if all.unread.len() > read {
        all.strange = true;
        all.list.clear();
        all.hashed = false;
    }
    all
}

fn dependency(line: &Line, base: usize) -> Option<Dependency> {
    let named = line.named()?;
    let hashes = line.options.iter().filter(|option| option.name == "hash");
    let hashes = hashes.map(|option| Span::new(option.gap as usize, option.span.end as usize));
    let mut made = of_requirement(named, base);
    made.hashes = hashes.map(|span| span.shifted(base)).collect();
    // With the hashes the comments between them would go.
    if line.problem.is_some() || line.commented && !made.hashes.is_empty() {
        made.written = None;
    }
    Some(made)
}

/// A requirement that starts at `base` and stands there as it is read.
pub(super) fn of_requirement(named: &Requirement, base: usize) -> Dependency {
    let specifiers = named.specifiers.iter();
    let span = match (named.specifiers.first(), named.specifiers.last()) {
        (Some(first), Some(last)) => Span {
            start: first.span.start,
            end: last.span.end,
        },
        _ => named.name.span,
    };
    let wants = match &named.url {
        Some(_) => Wants::Other,
        None => wants(
            specifiers.map(|specifier| specifier.read.as_ref()),
            named.pin().map_or("", |pin| pin.version.as_str()),
        ),
    };
    let written = |span: Span, style| Written {
        span: span.shifted(base),
        style,
    };
    Dependency {
        key: named.key.clone(),
        name: named.name.text.clone(),
        span: span.shifted(base),
        written: match &wants {
            Wants::Any => Some(written(
                Span {
                    start: named.behind,
                    end: named.behind,
                },
                Style::Nothing,
            )),
            Wants::One(..) => Some(written(span, Style::Pin)),
            Wants::Some(_) => Some(written(span, style(named))),
            Wants::Other => None,
        },
        wants,
        hashes: Vec::new(),
    }
}

fn style(named: &Requirement) -> Style {
    let compatible = named.specifiers.iter().all(|specifier| {
        let read = specifier.read.as_ref();
        read.is_some_and(|read| *read.operator() == pep440_rs::Operator::TildeEqual)
    });
    match compatible {
        true => Style::Compatible,
        false => Style::Range,
    }
}
