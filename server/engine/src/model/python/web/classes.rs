//! The classes of a file, told to others: what they rest on, what their fields are made of, what they do with extra fields.

use std::sync::Arc;

use super::super::blocking::facts::{Meaning, each, meanings};
use super::super::{ENCLOSING, FieldRecord, Part as Python, Resolver, Value};
use super::names::{inside, keyword, meant, names_in, pieces, types_in, uncommented, unquoted};
use super::{Extra, Ref};
use crate::model::Part;

/// The classes of a file, and what it imports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Classes {
    pub list: Vec<Class>,
    /// Names with what they mean by import.
    pub names: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Class {
    /// Qualified.
    pub path: String,
    /// In their order; nothing for one that no reader of one file can tell.
    pub bases: Vec<Option<Ref>>,
    pub extra: Option<Extra>,
    /// It has fields at all.
    pub filled: bool,
    /// Of what its fields are made.
    pub fields: Vec<Ref>,
    /// `table=True`: SQLModel checks nothing that it is given.
    pub table: bool,
    /// It configures itself as pydantic 1 wants it.
    pub old: bool,
}

/// The classes of a file of which all chunks are given.
pub(crate) fn classes(parts: &[(usize, Arc<Part>)]) -> Classes {
    let imports = meanings(parts, false).into_iter();
    let imports = imports.filter_map(|(name, meaning)| match meaning {
        Meaning::Dotted(dotted) => Some((name, dotted)),
        Meaning::Object(_) => None,
    });
    let mut classes = Classes {
        list: Vec::new(),
        names: imports.collect(),
    };
    // What the members say of the class that was cut before them.
    each(parts, |_, resolver| {
        let part = resolver.part;
        for record in &part.classes {
            let path = resolver.qualified(&record.path);
            let list = uncommented(inside(part.slice(record.list)));
            let list = &*list;
            let bases = pieces(list).filter(|piece| !is_keyword(piece));
            let base = |piece: &str| {
                let name = piece.split('[').next().unwrap_or_default();
                meant(resolver, name)
            };
            classes.list.push(Class {
                path,
                bases: bases.map(base).collect(),
                extra: keyword(list, "extra").map(extra_of),
                filled: false,
                fields: Vec::new(),
                table: keyword(list, "table") == Some("True"),
                old: false,
            });
        }
        for field in &part.fields {
            let path = if field.class == ENCLOSING {
                resolver.qualified("")
            } else {
                let path = part.class_path(field.class);
                resolver.qualified(path)
            };
            tell(&mut classes, resolver, field, &path);
        }
    });
    classes
}

/// What a field says of the class of a path.
fn tell(classes: &mut Classes, resolver: &Resolver, field: &FieldRecord, path: &str) {
    let part = resolver.part;
    let name = part.slice(field.name);
    let (of, old) = match path.strip_suffix(".Config") {
        Some(outer) if name == "extra" => (outer, true),
        _ => (path, false),
    };
    // Classes in the body of this one are known by their own names there.
    let own = |name: &str| format!("{of}.{name}");
    let inner: Vec<Ref> = names_in(part.slice(field.annotation))
        .filter(|name| classes.list.iter().any(|class| class.path == own(name)))
        .map(|name| Ref::own(own(name)))
        .collect();
    let mut list = classes.list.iter_mut().rev();
    let Some(class) = list.find(|class| class.path == of) else {
        return;
    };
    if old {
        class.old = true;
        class.extra = class.extra.or(Some(extra_of(part.slice(field.value))));
    } else if name == "model_config" {
        class.extra = class.extra.or_else(|| configured(resolver, field));
    } else if !field.annotation.is_empty() {
        let annotation = part.slice(field.annotation);
        if annotation.contains("ClassVar") {
            return;
        }
        class.filled = true;
        for meant in types_in(resolver, annotation).into_iter().chain(inner) {
            if !class.fields.contains(&meant) {
                class.fields.push(meant);
            }
        }
    }
}

fn is_keyword(piece: &str) -> bool {
    let name = piece.split('=').next().unwrap_or_default().trim();
    piece.contains('=') && name.chars().all(|c| c == '_' || c.is_alphanumeric())
}

/// What `model_config = …` says.
fn configured(resolver: &Resolver, field: &FieldRecord) -> Option<Extra> {
    config_says(resolver, &uncommented(resolver.part.slice(field.value)), 2)
}

/// What a configuration says that is written out: `ConfigDict(…)`, `{…}`, or the name of one of the file.
fn config_says(resolver: &Resolver, text: &str, hops: usize) -> Option<Extra> {
    let text = text.trim();
    if let Some(open) = text.find('(').filter(|_| text.ends_with(')')) {
        let callee = text[..open].trim();
        let last = callee.rsplit('.').next().unwrap_or_default();
        let list = inside(&text[open..]);
        let known = last == "dict" || last.ends_with("ConfigDict");
        let splat = pieces(list).any(|piece| piece.starts_with('*'));
        return match keyword(list, "extra") {
            Some(value) => Some(extra_of(value)),
            None if known && !splat => None,
            None => Some(Extra::Unknown),
        };
    }
    if text.starts_with('{') && text.ends_with('}') {
        let mut splat = false;
        let said = pieces(inside(text)).find_map(|piece| {
            splat |= piece.starts_with("**");
            let (name, value) = piece.split_once(':')?;
            (unquoted(name) == Some("extra")).then(|| extra_of(value))
        });
        return said.or(splat.then_some(Extra::Unknown));
    }
    let (Some(hops), super::super::Found::One(part, binding)) = (
        hops.checked_sub(1),
        super::super::lookup(resolver.outside, text),
    ) else {
        return Some(Extra::Unknown);
    };
    match assigned(part, binding.span, &binding.value) {
        Some(text) => config_says(resolver, &uncommented(text), hops),
        None => Some(Extra::Unknown),
    }
}

/// The text that a name of a module is assigned on its line or lines.
fn assigned<'p>(part: &'p Python, name: crate::text::Span, value: &Value) -> Option<&'p str> {
    if !matches!(value, Value::Call(_) | Value::Literal(..)) {
        return None;
    }
    let mut statements = part.statements.iter();
    let statement =
        statements.find(|statement| statement.span.range().contains(&(name.start as usize)))?;
    let text = part.slice(statement.span);
    text.split_once('=').map(|(_, value)| value)
}

/// `"forbid"`, `Extra.forbid`
pub(super) fn extra_of(value: &str) -> Extra {
    let value = value.trim();
    let word = unquoted(value).unwrap_or_else(|| value.rsplit('.').next().unwrap_or_default());
    match word {
        "forbid" => Extra::Forbid,
        "ignore" => Extra::Ignore,
        "allow" => Extra::Allow,
        _ => Extra::Unknown,
    }
}
