//! The parts of a text that rendering its fixes needs, which are fewer than all.
//!
//! An import and a logger (`fix::python`) depend on four things: what the module binds, the outline of the module up to its
//! first definition, the chunks that are edited, and which definitions take a name that one of those bindings has or rests
//! on. A logger may also be held by a class, in whichever member makes it. A function or a method tells nothing else of the
//! module, so that most of a text is left out.

use std::collections::HashSet;
use std::sync::Arc;

use super::{heads, lexical};
use crate::chunk::{Chunk, Chunks, State, python};
use crate::file::{File, Language};
use crate::fix::intents;
use crate::model::Part;
use crate::model::python::{StatementKind, Value};
use crate::rule::{Finding, Intent};
use crate::syntax;
use crate::work::Work;

/// The parts with which the fixes of `findings` are rendered as with all parts, as long as what is left out has no syntax
/// error. None where no fix needs anything of the file but its own edits.
pub fn surroundings(file: &File, text: &str, findings: &[Finding]) -> Vec<(usize, Arc<Part>)> {
    let language = file.kind.language();
    let mut names: HashSet<String> = HashSet::new();
    let mut uses: Vec<usize> = Vec::new();
    // What a class says stands in whatever chunks it has.
    let mut whole = false;
    // A class holds its logger in whatever member makes it.
    let mut logger = false;
    let fixes = findings.iter().flat_map(|finding| &finding.fixes);
    for fix in fixes.filter(|fix| fix.disabled.is_none()) {
        let intents = intents(fix);
        if intents.is_empty() {
            continue;
        }
        uses.extend(fix.edits.iter().map(|edit| edit.place.span.start as usize));
        for intent in intents {
            match intent {
                Intent::Import(module) => drop(names.insert(module.to_string())),
                Intent::ImportFrom { module, name } => {
                    names.extend([module.clone(), name.clone()]);
                }
                Intent::ForbidExtra { .. } | Intent::Limit(_) => whole = true,
                Intent::Logger => {
                    logger = true;
                    names.extend(["logging", "logger", "_logger"].map(String::from));
                }
                // Needs of other files.
                _ => {}
            }
        }
    }
    if names.is_empty() && !whole || language != Language::Python {
        return Vec::new();
    }

    let chunks = Chunks::cut(language, text, &mut Work::default());
    let chunks = chunks.list();
    let mut parts: Vec<Option<Arc<Part>>> = vec![None; chunks.len()];
    for at in uses {
        let at = chunks.partition_point(|chunk| chunk.end <= at);
        read(text, chunks, &mut parts, at);
    }
    let mut outlined = false;
    for (at, chunk) in chunks.iter().enumerate() {
        if outlined && !whole && lexical::only_defines(chunk.state, slice(text, chunk)) {
            continue;
        }
        read(text, chunks, &mut parts, at);
        outlined |= parts[at].as_deref().is_some_and(has_definition);
    }
    for part in parts.iter().flatten() {
        bound(part, &mut names);
    }
    for (at, chunk) in chunks.iter().enumerate() {
        let mut defined = lexical::defined(chunk.state, slice(text, chunk));
        let makes = || {
            let text = slice(text, chunk);
            let words = ["ogger", "LOG", "getChild"];
            words.iter().any(|word| text.contains(word))
        };
        if parts[at].is_none() && (defined.any(|name| names.contains(name)) || logger && makes()) {
            read(text, chunks, &mut parts, at);
        }
    }
    // A member says nothing of its class without the header.
    let mut header = 0;
    for (at, chunk) in chunks.iter().enumerate() {
        match chunk.state {
            State::Python(python::State::Header) => header = at,
            State::Python(python::State::Member(_)) if parts[at].is_some() => {
                read(text, chunks, &mut parts, header);
            }
            _ => {}
        }
    }
    let read = chunks.iter().zip(parts);
    read.filter_map(|(chunk, part)| Some((chunk.start, part?)))
        .collect()
}

fn slice<'t>(text: &'t str, chunk: &Chunk) -> &'t str {
    &text[chunk.start..chunk.end]
}

fn read(text: &str, chunks: &[Chunk], parts: &mut [Option<Arc<Part>>], at: usize) {
    if let (Some(chunk), Some(part @ None)) = (chunks.get(at), parts.get_mut(at)) {
        let read = syntax::read(chunk.state, &slice(text, chunk).into(), &mut None);
        *part = Some(Arc::new(read));
    }
}

fn has_definition(part: &Part) -> bool {
    let Part::Python(part) = part else {
        return false;
    };
    let mut kinds = part.statements.iter().map(|statement| statement.kind);
    kinds.any(|kind| kind == StatementKind::Definition)
}

/// The names that a part binds, and those on which they rest.
fn bound(part: &Part, names: &mut HashSet<String>) {
    let Part::Python(part) = part else { return };
    for binding in &part.bindings {
        names.insert(part.name(binding.name).to_owned());
        if let Value::Path(path) | Value::Call(path) = binding.value {
            let mut rests = Vec::new();
            heads(part, path, &mut rests);
            names.extend(rests);
        }
    }
}
