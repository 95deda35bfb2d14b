//! What the words of a text carry from piece to piece, until nothing more is carried.

use std::collections::HashMap;

use super::imports::{Imported, imported};
use super::needles::{Needles, Roots, Seen};
use super::pieces::{Pieces, Token};
use super::sketch::{Imports, Wait};
use crate::fix::python::is_stdlib;
use crate::model::python::blocking::DEPTH;

/// What a word carries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Carries {
    /// Something that has, or makes what has, functions that block.
    pub(super) object: Roots,
    /// Such a function.
    pub(super) function: bool,
    /// What is imported, or something that was made of it.
    pub(super) imports: Imports,
}

/// Words are followed from chunk to chunk this far; what goes on behind that is not known.
const MOST_ROUNDS: usize = 16;

impl<'t> Pieces<'t> {
    /// Say which words are imported, and what they carry.
    pub(super) fn import(
        &mut self,
        text: &'t str,
        known: &HashMap<&'t str, usize>,
        needles: &Needles,
        seen: &Seen,
        carries: &mut [Carries],
    ) {
        for import in imported(text) {
            let (dotted, name) = match import {
                Imported::Unsure => {
                    self.unsure = true;
                    continue;
                }
                Imported::Star(module) => {
                    self.unsure |= !needles.active(seen, first_word(module)).is_empty();
                    (module.to_owned(), "*")
                }
                Imported::Module { bound, .. } | Imported::Name { bound, .. } => {
                    (import.dotted().unwrap_or_default(), bound)
                }
            };
            let word = known.get(name).copied();
            let root = needles.active(seen, first_word(&dotted));
            if !root.is_empty() {
                let last = dotted.rsplit('.').next().unwrap_or_default();
                if let Some(word) = word {
                    carries[word].object.add(root);
                    carries[word].function |= needles.last(seen, last).meets(root)
                        || !needles.active(seen, last).is_empty() && dotted.contains('.');
                }
            }
            if dotted.starts_with('.') || !is_stdlib(&dotted) {
                match word {
                    Some(word) => carries[word].imports.put(self.imports.len()),
                    // Any name may come from there.
                    None => self.everywhere.put(self.imports.len()),
                }
                self.imports.push((name.to_owned(), dotted));
            }
        }
    }

    /// Bind what stands on a line on which something is bound, until nothing more is.
    pub(super) fn carry(&mut self, last: &[Roots], carries: &mut [Carries]) {
        // What is bound in functions, to which no other piece comes.
        let mut own = vec![Carries::default(); carries.len()];
        for _ in 0..MOST_ROUNDS {
            let mut more = false;
            for piece in &self.list {
                let tokens = &self.tokens[piece.tokens.clone()];
                // From the second time on, what a line binds that comes later is known.
                let mut again = true;
                while std::mem::take(&mut again) {
                    for line in tokens.chunk_by(|a, b| a.line == b.line) {
                        let held = held(line, last, carries, &own);
                        if held == Carries::default() {
                            continue;
                        }
                        for token in line.iter().filter(|token| token.binds) {
                            let outer = piece.shows(token);
                            let of = if outer { &mut *carries } else { &mut own };
                            let changed = of[token.word].add(held);
                            again |= changed;
                            more |= changed && outer;
                        }
                    }
                }
                for token in tokens.iter().filter(|token| token.binds) {
                    own[token.word] = Carries::default();
                }
            }
            if !more {
                return;
            }
        }
        self.unsure = true;
    }

    /// Let what is waited for count where it is called.
    pub(super) fn follow(&mut self) {
        let mut by_name: HashMap<usize, Vec<(usize, bool)>> = HashMap::new();
        for (at, piece) in self.list.iter().enumerate() {
            for name in &piece.defines {
                by_name
                    .entry(name.word)
                    .or_default()
                    .push((at, name.is_method));
            }
        }
        for _ in 0..DEPTH {
            for at in 0..self.list.len() {
                let mut wait = Wait::default();
                for token in &self.tokens[self.list[at].tokens.clone()] {
                    let of = by_name.get(&token.word).into_iter().flatten();
                    for (other, is_method) in of {
                        if *other != at && !token.defined && (token.dotted || !is_method) {
                            wait.add(self.list[*other].wait);
                        }
                    }
                }
                self.list[at].wait.add(wait);
            }
        }
    }
}

impl Carries {
    /// Whether this is more than before.
    fn add(&mut self, other: Carries) -> bool {
        let before = *self;
        self.object.add(other.object);
        self.function |= other.function;
        self.imports.add(other.imports);
        *self != before
    }
}

/// What is mentioned on a line.
fn held(line: &[Token], last: &[Roots], carries: &[Carries], own: &[Carries]) -> Carries {
    let mut held = Carries::default();
    let mut named = Roots::default();
    for token in line.iter().filter(|token| !token.defined) {
        let (outer, own) = (carries[token.word], own[token.word]);
        held.object.add(outer.object);
        held.object.add(own.object);
        held.imports.add(outer.imports);
        held.imports.add(own.imports);
        if !token.called {
            held.function |= outer.function || own.function || token.builtin;
            named.add(last[token.word]);
        }
    }
    held.function |= held.object.meets(named);
    held
}

/// Whether a piece may call something that blocks.
pub(super) fn hot(tokens: &[Token], last: &[Roots], carries: &[Carries]) -> bool {
    let mut object = Roots::default();
    let mut called = Roots::default();
    for token in tokens.iter().filter(|token| !token.defined) {
        if token.builtin || carries[token.word].function {
            return true;
        }
        object.add(carries[token.word].object);
        called.add(last[token.word]);
    }
    object.meets(called)
}

/// What a piece mentions of what is imported.
pub(super) fn mentioned(tokens: &[Token], carries: &[Carries]) -> Imports {
    let mut imports = Imports::default();
    for token in tokens.iter().filter(|token| !token.defined) {
        imports.add(carries[token.word].imports);
    }
    imports
}

fn first_word(dotted: &str) -> &str {
    dotted.split('.').next().unwrap_or_default()
}
