//! What the functions of a file do, told to other files: no offsets, so that most edits change none of it.

use std::sync::Arc;

use super::super::class::Known;
use super::super::resolve::HOPS;
use super::super::{Resolver, Value};
use super::{Blocks, blocks, runs_there};
use crate::chunk::python::State;
use crate::fix::python::is_stdlib;
use crate::model::Part;
use crate::outside::{Outside, Table};
use crate::rule::{Owner, Place};

/// A function and what calling it runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Function {
    /// `f`, `A.f`; `f().g` for a function in a function.
    pub path: String,
    pub does: Vec<Does>,
}

/// One thing that a function does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Does {
    /// It calls something of this name, which blocks.
    Blocks(String, Blocks, Place),
    /// It calls a function of the file.
    Calls(String),
    /// It calls what may be a function of another file, by its dotted name.
    Imported(String),
}

/// What a name of a module means to those who import it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// Something of another module.
    Dotted(String),
    /// An object of a class of this file.
    Object(String),
}

/// The functions of a file of which all chunks are given that do something of interest.
pub fn functions(parts: &[(usize, Arc<Part>)]) -> Vec<Function> {
    let mut list = Vec::new();
    each(parts, |nth, resolver| {
        let part = resolver.part;
        let mut name = String::new();
        for (index, record) in (0..).zip(&part.functions) {
            if !runs_there(part, record) {
                continue;
            }
            let mut does = Vec::new();
            for call in &part.calls {
                if call.function != index || call.deferred || call.awaited {
                    continue;
                }
                name.clear();
                match resolver.path(resolver.asked(), call.callee, HOPS, &mut name) {
                    Known::Dotted => match blocks(&name) {
                        Some(blocks) => {
                            let place = Place {
                                owner: Owner::Nth(nth),
                                span: call.span,
                            };
                            does.push(Does::Blocks(name.clone(), blocks, place));
                        }
                        None if may_be_elsewhere(&name) => does.push(Does::Imported(name.clone())),
                        None => {}
                    },
                    Known::Function(at, function) => {
                        if let Some(called) = at.part.functions.get(function as usize) {
                            let path = resolver.own(at).of(&called.path);
                            does.push(Does::Calls(path.into_owned()));
                        }
                    }
                    _ => {}
                }
            }
            if !does.is_empty() {
                let path = resolver.own(resolver.asked()).of(&record.path).into_owned();
                list.push(Function { path, does });
            }
        }
    });
    list
}

/// What the names of a module mean that it does not define itself, sorted; those that it imports, or `all` others too.
pub fn meanings(parts: &[(usize, Arc<Part>)], all: bool) -> Vec<(String, Meaning)> {
    let mut list = Vec::new();
    each(parts, |_, resolver| {
        for binding in &resolver.part.bindings {
            let mut dotted = String::new();
            let meaning = match &binding.value {
                Value::Import(dotted) => Meaning::Dotted((**dotted).into()),
                _ if !all => continue,
                value => match resolver.value(resolver.asked(), value, HOPS, &mut dotted) {
                    Known::Dotted => Meaning::Dotted(dotted),
                    Known::Object(class) => Meaning::Object(class.path.into_owned()),
                    _ => continue,
                },
            };
            list.push((resolver.part.name(binding.name).to_owned(), meaning));
        }
    });
    list.sort_by(|a, b| a.0.cmp(&b.0));
    list
}

/// Whether a dotted name may mean something of the project.
pub(crate) fn may_be_elsewhere(dotted: &str) -> bool {
    dotted.starts_with('.') || dotted.contains('.') && !is_stdlib(dotted)
}

/// Visit every part with a resolver that knows the class that it is a member of.
pub(crate) fn each(parts: &[(usize, Arc<Part>)], mut visit: impl FnMut(u32, &Resolver)) {
    let mut classes: Vec<&str> = Vec::with_capacity(parts.len());
    let mut table = Table::default();
    for (_, part) in parts {
        let class = match &**part {
            Part::Python(python) => match python.state {
                State::Header => part.class_name(),
                State::Member(_) => classes.last().copied().unwrap_or_default(),
                State::Statement => "",
            },
            _ => "",
        };
        table.add_within(part, class);
        classes.push(class);
    }
    for (nth, ((_, part), class)) in (0..).zip(parts.iter().zip(&classes)) {
        if let Part::Python(part) = &**part {
            let outside = Outside::within(&table, class);
            visit(nth, &Resolver::new(part, &outside));
        }
    }
}
