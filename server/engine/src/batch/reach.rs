//! Which chunks tell for what the async functions of a text wait, by its words.

use std::collections::HashSet;

use super::needles::Needles;
use super::pieces::{Piece, Pieces};
use super::sketch::{Imports, Wait};
use super::{header_of, lexical};
use crate::chunk::Chunk;

/// Of each chunk, whether it is one of an async function that may wait for something that blocks, or may tell what that
/// function calls; empty if there is no such function. `waits` is asked of what is imported by its dotted name.
pub(super) fn reach(
    needles: &Needles,
    text: &str,
    chunks: &[Chunk],
    waits: &dyn Fn(&str) -> bool,
) -> Vec<bool> {
    let pieces = Pieces::new(needles, text, chunks);
    let mut all = Wait::default();
    for piece in pieces.list.iter().filter(|piece| piece.is_async) {
        all.add(piece.wait);
    }
    if pieces.unsure {
        return vec![true; chunks.len()];
    }
    let mut waiting = Imports::default();
    for (at, (_, dotted)) in pieces.imports.iter().enumerate() {
        if all.imports.has(at) && !waiting.has(at) && waits(dotted) {
            waiting.put(at);
        }
    }
    Reach::new(text, chunks, pieces, waiting).of_async()
}

struct Reach<'t> {
    text: &'t str,
    chunks: &'t [Chunk],
    pieces: Pieces<'t>,
    /// What is imported and may wait.
    waiting: Imports,
    /// By word: it is one of a function that may wait, or of what carries such a function.
    leads: Vec<bool>,
    /// By word: the pieces that hold it.
    holders: Vec<Vec<usize>>,
}

impl<'t> Reach<'t> {
    fn new(text: &'t str, chunks: &'t [Chunk], pieces: Pieces<'t>, waiting: Imports) -> Reach<'t> {
        let mut leads: Vec<bool> = pieces
            .carries
            .iter()
            .map(|carries| {
                !carries.object.is_empty() || carries.function || carries.imports.meets(waiting)
            })
            .collect();
        let mut holders = vec![Vec::new(); pieces.words.len()];
        let of_class = |piece: &&Piece| !piece.class.is_empty() && waits(piece, waiting);
        let classes = pieces.list.iter().filter(of_class);
        let classes: HashSet<&str> = classes.map(|piece| piece.class).collect();
        for (at, piece) in pieces.list.iter().enumerate() {
            for name in &piece.defines {
                let whole = !name.is_method && classes.contains(name.text);
                leads[name.word] |= whole || waits(piece, waiting);
            }
            for token in &pieces.tokens[piece.tokens.clone()] {
                leads[token.word] |= token.builtin;
                let holders: &mut Vec<usize> = &mut holders[token.word];
                if holders.last() != Some(&at) {
                    holders.push(at);
                }
            }
        }
        while lead_on(&pieces, &mut leads) {}
        Reach {
            text,
            chunks,
            pieces,
            waiting,
            leads,
            holders,
        }
    }

    fn of_async(&self) -> Vec<bool> {
        let mut reached = vec![false; self.chunks.len()];
        let list = self.pieces.list.iter().enumerate();
        let asking = list.filter(|(_, piece)| piece.is_async && waits(piece, self.waiting));
        let mut next: Vec<usize> = asking.map(|(at, _)| at).collect();
        if next.is_empty() {
            return Vec::new();
        }
        next.extend((0..self.chunks.len()).filter(|at| self.has_star(*at)));
        let mut followed = vec![false; self.pieces.words.len()];
        while let Some(at) = next.pop() {
            if std::mem::replace(&mut reached[at], true) {
                continue;
            }
            next.extend(header_of(self.chunks, at));
            for token in &self.pieces.tokens[self.pieces.list[at].tokens.clone()] {
                let word = token.word;
                if self.leads[word] && !std::mem::replace(&mut followed[word], true) {
                    let holders = self.holders[word].iter().copied();
                    next.extend(holders.filter(|holder| self.tells(*holder, word)));
                }
            }
        }
        reached
    }

    /// Whether a piece may say what a word means that it holds.
    fn tells(&self, at: usize, word: usize) -> bool {
        let piece = &self.pieces.list[at];
        let mut tokens = self.pieces.tokens[piece.tokens.clone()].iter();
        tokens.any(|token| token.word == word && piece.binds(token))
    }

    fn has_star(&self, at: usize) -> bool {
        let chunk = &self.chunks[at];
        lexical::may_bind(chunk.state, &self.text[chunk.start..chunk.end], "*")
    }
}

/// Let what is bound lead where something that leads stands on the line; whether that was new of anything.
fn lead_on(pieces: &Pieces, leads: &mut [bool]) -> bool {
    let mut more = false;
    for line in pieces.tokens.chunk_by(|a, b| a.line == b.line) {
        if line.iter().any(|token| leads[token.word]) {
            for token in line.iter().filter(|token| token.binds) {
                more |= !std::mem::replace(&mut leads[token.word], true);
            }
        }
    }
    more
}

/// Whether calling a piece may wait for something that blocks.
fn waits(piece: &Piece, waiting: Imports) -> bool {
    piece.wait.here || piece.wait.imports.meets(waiting)
}
