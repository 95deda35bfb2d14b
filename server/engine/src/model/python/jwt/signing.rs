//! The algorithms with which tokens are signed.

use std::collections::BTreeSet;

use super::super::literal::content;
use super::super::resolve::last_name;
use super::{Does, argument, known};
use crate::model;
use crate::model::python::{Call, Resolver, ValueKind};
use crate::outside::{Key, Outside};

/// The algorithms with which the file signs tokens, as they are written: strings, and names of the module.
pub fn signed_with(outside: &Outside) -> Vec<String> {
    let mut all = BTreeSet::new();
    for (_, part) in outside.get(&Key::Signs) {
        if let model::Part::Python(part) = &**part {
            let resolver = Resolver::new(part, outside);
            all.extend(signs(&resolver, true));
        }
    }
    all.into_iter().collect()
}

/// The algorithms with which a part signs tokens; names of the module where those are wanted.
pub(crate) fn signs(resolver: &Resolver, named: bool) -> Vec<String> {
    let part = resolver.part;
    let mut all = Vec::new();
    for (at, record) in part.calls.iter().enumerate() {
        let path = part.paths.get(record.callee as usize);
        if path.is_none_or(|path| last_name(part.slice(path.span)) != "encode") {
            continue;
        }
        let name = resolver.name(record.callee).unwrap_or_default();
        let Some((_, Does::Encode)) = known(&name) else {
            continue;
        };
        let Some(call) = Call::new(resolver, at, &name) else {
            continue;
        };
        let Some(index) = argument(&call, "algorithm", Some(2)) else {
            let open = call
                .arguments
                .iter()
                .any(|one| one.kind == ValueKind::Splat);
            all.extend((!open && call.arguments.len() > 1).then(|| "\"HS256\"".to_owned()));
            continue;
        };
        let value = &call.arguments[index];
        let text = call.text(value.value);
        let record = &part.arguments[record.arguments.0 as usize + index];
        match record.kind {
            ValueKind::Str => all.push(text.to_owned()),
            ValueKind::Path(path) if named && resolver.is_global(path) => all.push(text.to_owned()),
            ValueKind::Path(path) => {
                let written = resolver.literal(path);
                let written = written.filter(|written| written.kind == ValueKind::Str);
                all.extend(written.map(|written| written.text(written.span).to_owned()));
            }
            _ => {}
        }
    }
    all.retain(|text| !content(text).is_some_and(|name| name.eq_ignore_ascii_case("none")));
    all
}
