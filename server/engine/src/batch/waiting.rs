//! Functions of a file that hold up whoever calls them.

use std::collections::BTreeSet;

use crate::model::python;
use crate::model::python::blocking;
use crate::outside::Outside;

/// Names of functions that may hold up whoever calls them, by themselves or by way of functions of these names.
pub(super) fn waiting(
    parts: &[(&python::Part, Outside)],
    waits: &dyn Fn(&str) -> bool,
) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut calls: Vec<(&str, &str)> = Vec::new();
    let mut dotted = String::new();
    for (part, outside) in parts {
        let resolver = python::Resolver::new(part, outside);
        for call in part.calls.iter().filter(|call| !call.deferred) {
            let function = part.functions.get(call.function as usize);
            let Some(function) = function.filter(|function| !function.is_async) else {
                continue;
            };
            let name = part.slice(function.name);
            if resolver.dotted(call.callee, &mut dotted) {
                if waits(&dotted) {
                    names.insert(name.to_owned());
                }
            } else if let Some(path) = part.paths.get(call.callee as usize) {
                let callee = part.slice(path.span);
                calls.push((
                    name,
                    callee.rsplit(['.', ' ', '\n']).next().unwrap_or_default(),
                ));
            }
        }
    }
    for _ in 1..blocking::DEPTH {
        let more: Vec<String> = calls
            .iter()
            .filter(|(name, callee)| names.contains(*callee) && !names.contains(*name))
            .map(|(name, _)| (*name).to_owned())
            .collect();
        names.extend(more);
    }
    names
}
