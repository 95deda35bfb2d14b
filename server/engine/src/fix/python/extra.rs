//! Models of pydantic's that forbid extra fields, by the configuration that they have, or by a new one.

use super::import_from;
use crate::fix::{View, insert, line_start, next_line};
use crate::model::Part;
use crate::model::python::blocking::facts::each;
use crate::model::python::web::{pieces, uncommented};
use crate::model::python::{Body, ENCLOSING};
use crate::text::{Edit, Span};

/// A class of the file. Spans are absolute.
#[derive(Debug, Default)]
struct Found {
    name: Span,
    list: Span,
    body: Body,
    /// The number of its part; the next ones may be its members.
    nth: usize,
    /// The value of `model_config`.
    config: Option<Span>,
    /// The first statement of a class `Config`, and the value of its `extra`.
    old: Option<Span>,
    extra: Option<Span>,
}

/// The edits by which the class of a path forbids extra fields.
///
/// # Errors
/// Why it cannot be.
pub(in crate::fix) fn forbid_extra(
    view: &View,
    class: &str,
    old: bool,
) -> Result<Vec<Edit>, String> {
    let Some(found) = find(view, class) else {
        return Err("the class is not where it was".into());
    };
    let text = view.text;
    let written = |span: Span| text.get(span.range()).unwrap_or_default();
    let put = |span: Span, text: String| vec![Edit { span, text }];
    if let Some(value) = argument(written(found.list), found.list, '=') {
        return Ok(put(value, forbidding(written(value))));
    }
    if let Some(value) = found.extra {
        return Ok(put(value, forbidding(written(value))));
    }
    if let Some(config) = found.config {
        let value = written(config);
        let (open, separator) = match value.find(['(', '{']) {
            Some(open) if value.as_bytes()[open] == b'{' && open == 0 => (open, ':'),
            Some(open) if value.ends_with(')') => (open, '='),
            _ => return Err("its configuration is made elsewhere".into()),
        };
        let start = config.start as usize + open;
        let list = Span::new(start, config.end as usize);
        if let Some(value) = argument(written(list), list, separator) {
            return Ok(put(value, forbidding(written(value))));
        }
        return Ok(vec![first_argument(text, list, separator)]);
    }
    if let Some(first) = found.old {
        let Some(indent) = indent(text, first.start as usize) else {
            return Err("its configuration stands on one line".into());
        };
        let line = format!("extra = \"forbid\"\n{indent}");
        return Ok(vec![insert(first.start as usize, line)]);
    }
    added(view, &found, old)
}

/// A new configuration, as the first thing behind the docstring.
fn added(view: &View, found: &Found, old: bool) -> Result<Vec<Edit>, String> {
    let text = view.text;
    let body = found.body;
    let empty = |span: Span| span.is_empty();
    let head = found.list.end.max(found.name.end) as usize;
    let on_head = |span: Span| !text[head..span.start as usize].contains('\n');
    let first = if empty(body.doc) {
        body.first
    } else {
        body.doc
    };
    if empty(first) {
        return Err("the class has no body yet".into());
    }
    let outer = indent(text, line_start(text, found.name.start as usize)).unwrap_or_default();
    let outer_line = &text[line_start(text, found.name.start as usize)..];
    let outer_width = outer_line.len() - outer_line.trim_start().len();
    let outer = if outer.is_empty() {
        &outer_line[..outer_width]
    } else {
        outer
    };
    let unit = if outer.contains('\t') { "\t" } else { "    " };
    let inner = match indent(text, first.start as usize) {
        Some(indent) if !on_head(first) => indent.to_owned(),
        _ => format!("{outer}{unit}"),
    };
    let idle = |span: Span| matches!(text.get(span.range()), Some("pass" | "..."));
    // Where the class is created.
    let uses = [first.start as usize];
    let (config, mut edits) = match old {
        true => (
            format!("class Config:\n{inner}{unit}extra = \"forbid\""),
            Vec::new(),
        ),
        false => {
            let (name, edits) = import_from(view, "pydantic", "ConfigDict", &uses)?;
            (format!("model_config = {name}(extra=\"forbid\")"), edits)
        }
    };
    let edit = if on_head(first) {
        if !(idle(first) && body.only) {
            return Err("its body stands on the line of its head".into());
        }
        let gap = text[..first.start as usize].trim_end().len();
        Edit {
            span: Span::new(gap, first.end as usize),
            text: format!("\n{inner}{config}"),
        }
    } else if !empty(body.doc) {
        if body.only && idle(body.first) {
            Edit {
                span: body.first,
                text: config,
            }
        } else {
            let at = body.doc.end as usize;
            let end = next_line(text, at);
            let line_end = at + text[at..end].trim_end_matches(['\r', '\n']).len();
            let rest = text.get(end..).unwrap_or_default();
            let blank = rest
                .lines()
                .next()
                .is_none_or(|line| line.trim().is_empty());
            let gap = if blank || empty(body.first) { "" } else { "\n" };
            insert(line_end, format!("\n\n{inner}{config}{gap}"))
        }
    } else if body.only && idle(first) {
        Edit {
            span: first,
            text: config,
        }
    } else {
        let at = above(text, first.start as usize, head);
        insert(at, format!("{inner}{config}\n\n"))
    };
    edits.push(edit);
    Ok(edits)
}

/// The start of the line of a statement, or of the comments directly above it, as far as they stand below the head.
fn above(text: &str, start: usize, head: usize) -> usize {
    let mut at = line_start(text, start);
    loop {
        let before = line_start(text, at.saturating_sub(1));
        if before <= head || before == at || !text[before..at].trim_start().starts_with('#') {
            return at;
        }
        at = before;
    }
}

fn find(view: &View, class: &str) -> Option<Found> {
    let mut found: Option<Found> = None;
    let config = format!("{class}.Config");
    each(view.parts, |nth, resolver| {
        let (part, nth) = (resolver.part, nth as usize);
        let start = view.parts[nth].0;
        let path = |class: u32| {
            let path = if class == ENCLOSING {
                ""
            } else {
                part.class_path(class)
            };
            resolver.qualified(path)
        };
        let absolute = |span: Span| match span.is_empty() {
            true => span,
            false => span.shifted(start),
        };
        for (at, record) in (0..).zip(&part.classes) {
            let path = path(at);
            // What stands behind the text of a header is none of it.
            let inside = |span: Span| (span.end as usize) <= part.text.len();
            let body = Body {
                doc: absolute(record.body.doc),
                first: absolute(
                    Some(record.body.first)
                        .filter(|s| inside(*s))
                        .unwrap_or_default(),
                ),
                only: record.body.only,
            };
            if path == class && found.is_none() {
                found = Some(Found {
                    name: absolute(record.name),
                    list: absolute(record.list),
                    body,
                    nth,
                    ..Found::default()
                });
            } else if path == config
                && let Some(found) = &mut found
            {
                found.old = Some(body.first).filter(|first| !first.is_empty());
            }
        }
        let Some(found) = &mut found else { return };
        for field in &part.fields {
            let of = path(field.class);
            match part.slice(field.name) {
                "model_config" if of == class => found.config = Some(absolute(field.value)),
                "extra" if of == config => found.extra = Some(absolute(field.value)),
                _ => {}
            }
        }
    });
    let mut found = found?;
    if found.body.first.is_empty() && found.body.doc.is_empty() {
        cut(view, &mut found);
    }
    Some(found)
}

/// How the body of a class begins that is cut at its members.
fn cut(view: &View, found: &mut Found) {
    let mut members = view.parts[found.nth + 1..]
        .iter()
        .filter_map(|(start, part)| {
            let Part::Python(part) = &**part else {
                return None;
            };
            let code = part.text.lines().find(|line| {
                let line = line.trim_start();
                !line.is_empty() && !line.starts_with('#')
            })?;
            let from = code.as_ptr() as usize - part.text.as_ptr() as usize;
            let from = from + (code.len() - code.trim_start().len());
            let end = part.text.trim_end().len();
            Some((Span::new(from, end).shifted(*start), &part.text[from..end]))
        });
    let Some((first, text)) = members.next() else {
        return;
    };
    let is_doc = ["\"", "'", "r\"", "r'", "R\"", "u\""]
        .iter()
        .any(|q| text.starts_with(q));
    if is_doc {
        found.body.doc = first;
        found.body.first = members.next().map_or(Span::default(), |(span, _)| span);
    } else {
        found.body.first = first;
    }
}

/// The value of `extra` in a list of arguments, of bases or of entries.
fn argument(list: &str, span: Span, separator: char) -> Option<Span> {
    let list = &*uncommented(list);
    let inner = list.get(1..list.len().checked_sub(1)?)?;
    let piece = pieces(inner).find(|piece| {
        let name = piece.split(separator).next().unwrap_or_default();
        piece.contains(separator) && name.trim().trim_matches(['"', '\'']) == "extra"
    })?;
    let (_, value) = piece.split_once(separator)?;
    let value = value.trim();
    let at = value.as_ptr() as usize - list.as_ptr() as usize;
    Some(Span::new(at, at + value.len()).shifted(span.start as usize))
}

/// `Extra.allow` becomes `Extra.forbid`, whatever else a string.
fn forbidding(value: &str) -> String {
    match value.rsplit_once('.') {
        Some((of, _)) if of.ends_with("Extra") => format!("{of}.forbid"),
        _ if value.starts_with('\'') => "'forbid'".into(),
        _ => "\"forbid\"".into(),
    }
}

/// `extra="forbid"` put in front of all arguments.
fn first_argument(text: &str, list: Span, separator: char) -> Edit {
    let at = list.start as usize + 1;
    let inner = &text[at..(list.end as usize).saturating_sub(1).max(at)];
    let new = match separator {
        ':' => "\"extra\": \"forbid\"",
        _ => "extra=\"forbid\"",
    };
    let solid = inner.len() - inner.trim_start().len();
    if inner.trim().is_empty() {
        return insert(at, new);
    }
    match inner[..solid].contains('\n') {
        true => insert(at, format!("{}{new},", &inner[..solid])),
        false => insert(at, format!("{new}, ")),
    }
}

/// The blanks before a place, where nothing else stands on its line before it.
fn indent(text: &str, at: usize) -> Option<&str> {
    let line = line_start(text, at);
    let before = text.get(line..at)?;
    before.trim().is_empty().then_some(before)
}
