//! What Python fixes need elsewhere in their file: an import, a logger.

mod argument;
mod extra;
mod limit;
mod logger;
mod place;
mod stdlib;

pub use argument::{with_argument, without_argument};
pub(super) use extra::forbid_extra;
pub(super) use limit::limit;
pub use logger::logger;
pub(crate) use stdlib::is_stdlib;

use super::View;
use crate::model::python::{Binding, Found, Part, Value, lookup};
use crate::model::{self};
use crate::outside::{Outside, Table};
use crate::text::Edit;

/// The name by which `module` is known at all `uses` (absolute offsets), and the edits that make it known.
///
/// # Errors
/// Why it cannot be.
pub fn import(view: &View, module: &str, uses: &[usize]) -> Result<(String, Vec<Edit>), String> {
    let names = Names::new(view);
    let outside = Outside::new(&names.table);
    for (start, part, binding) in names.bindings() {
        let name = part.name(binding.name);
        let known = !binding.typing
            && matches!(&binding.value, Value::Import(known) if **known == *module)
            && matches!(lookup(&outside, name), Found::One(_, found) if found.digest == binding.digest);
        if known && names.reaches(start + binding.span.end as usize, name, uses) {
            return Ok((name.to_owned(), Vec::new()));
        }
    }
    if !names.is_free(&outside, module, module) || names.hidden(module, uses) {
        return Err(format!("`{module}` already names something else here"));
    }
    let edit = place::import(view, module);
    names.before(edit.span.start as usize, uses, "the imports")?;
    Ok((module.to_owned(), vec![edit]))
}

/// The name by which something of a module is known at all `uses`, and the edits that make it known.
///
/// # Errors
/// Why it cannot be.
pub fn import_from(
    view: &View,
    module: &str,
    name: &str,
    uses: &[usize],
) -> Result<(String, Vec<Edit>), String> {
    let names = Names::new(view);
    let outside = Outside::new(&names.table);
    let wanted = format!("{module}.{name}");
    for (start, part, binding) in names.bindings() {
        let bound = part.name(binding.name);
        let Value::Import(known) = &binding.value else {
            continue;
        };
        let rest = if **known == *wanted {
            ""
        } else if **known == *module {
            name
        } else {
            continue;
        };
        let known = !binding.typing
            && matches!(lookup(&outside, bound), Found::One(_, found) if found.digest == binding.digest);
        if known && names.reaches(start + binding.span.end as usize, bound, uses) {
            let dot = if rest.is_empty() { "" } else { "." };
            return Ok((format!("{bound}{dot}{rest}"), Vec::new()));
        }
    }
    if !names.is_free(&outside, name, &wanted) || names.hidden(name, uses) {
        return Err(format!("`{name}` already names something else here"));
    }
    let edit = place::import_from(view, module, name);
    names.before(edit.span.start as usize, uses, "the imports")?;
    Ok((name.to_owned(), vec![edit]))
}

/// The names of a file.
struct Names<'a> {
    view: &'a View<'a>,
    table: Table,
}

impl<'a> Names<'a> {
    fn new(view: &'a View<'a>) -> Names<'a> {
        let mut table = Table::default();
        view.parts.iter().for_each(|(_, part)| table.add(part));
        Names { view, table }
    }
    fn parts(&self) -> impl Iterator<Item = (usize, &'a Part)> {
        self.view
            .parts
            .iter()
            .filter_map(|(start, part)| match &**part {
                model::Part::Python(part) => Some((*start, part)),
                _ => None,
            })
    }
    /// The bindings of the module in the order of the text, as far as parts have one.
    fn bindings(&self) -> Vec<(usize, &'a Part, &'a Binding)> {
        let mut all: Vec<_> = self
            .parts()
            .flat_map(|(start, part)| part.bindings.iter().map(move |b| (start, part, b)))
            .collect();
        all.sort_by_key(|(start, _, binding)| start + binding.span.start as usize);
        all
    }
    /// Whether the module binds `name` to nothing, or only for type checkers to that very module.
    fn is_free(&self, outside: &Outside, name: &str, module: &str) -> bool {
        match lookup(outside, name) {
            Found::Nothing => true,
            Found::One(_, binding) => {
                binding.typing
                    && matches!(&binding.value, Value::Import(known) if **known == *module)
            }
            Found::Unknown => false,
        }
    }
    /// Whether a local name hides the module's at one of the uses.
    fn hidden(&self, name: &str, uses: &[usize]) -> bool {
        self.parts().any(|(start, part)| {
            part.locals.iter().any(|(local, span)| {
                part.name(*local) == name && {
                    let span = span.shifted(start).range();
                    uses.iter().any(|at| span.contains(at))
                }
            })
        })
    }
    /// Whether what is bound at `from` is known at all uses by its name.
    fn reaches(&self, from: usize, name: &str, uses: &[usize]) -> bool {
        self.before(from, uses, name).is_ok() && !self.hidden(name, uses)
    }
    /// Code outside of functions runs in the order of the text: what is bound at `from` must be bound by then.
    fn before(&self, from: usize, uses: &[usize], what: &str) -> Result<(), String> {
        let at_once = |at: &&usize| {
            !self.parts().any(|(start, part)| {
                part.functions
                    .iter()
                    .any(|function| function.span.shifted(start).range().contains(at))
            })
        };
        match uses.iter().filter(at_once).find(|at| **at < from) {
            Some(_) => Err(format!("this runs before {what}")),
            None => Ok(()),
        }
    }
}
