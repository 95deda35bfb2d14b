//! What a Python text does by its words alone: which of its functions may hold up whoever calls them.
//!
//! No tree is made. What is left out cannot wait; of the rest, only a closer look tells.

use std::collections::BTreeSet;

use super::needles::Needles;
use super::pieces::{Kind, Piece, Pieces, Token};
use crate::chunk::Chunk;

/// What a text tells by its words; no offsets.
#[derive(Debug, Hash)]
pub(crate) struct Sketch {
    pub(crate) leads: Vec<Lead>,
    /// Names that are bound to something that other names of the text are, or make.
    pub(crate) aliases: Vec<Alias>,
    /// What is bound, and its dotted name.
    pub(crate) imports: Vec<(String, String)>,
    /// There is more to it than words tell: anything may wait.
    pub(crate) unsure: bool,
}

/// A function that may wait.
#[derive(Debug, Hash)]
pub(crate) struct Lead {
    /// The name that the module binds: of a method, that of its class.
    pub(crate) of: String,
    /// `None` for `of` itself.
    pub(crate) method: Option<String>,
    pub(crate) wait: Wait,
}

/// What something may wait for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Wait {
    /// Something that blocks, in the text.
    pub(crate) here: bool,
    /// What is imported.
    pub(crate) imports: Imports,
}

/// Some of what a text imports: a bit for each of [`Sketch::imports`], the last one for all that are left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Imports([u64; 8]);

impl Imports {
    const LAST: usize = 8 * u64::BITS as usize - 1;

    pub(crate) fn of<'a, T>(&self, list: &'a [T]) -> impl Iterator<Item = &'a T> {
        let bits = *self;
        let list = list.iter().enumerate();
        list.filter_map(move |(at, import)| bits.has(at).then_some(import))
    }

    pub(super) fn is_empty(self) -> bool {
        self == Imports::default()
    }

    pub(super) fn has(self, at: usize) -> bool {
        let at = at.min(Self::LAST);
        self.0[at / 64] >> (at % 64) & 1 == 1
    }

    pub(super) fn put(&mut self, at: usize) {
        let at = at.min(Self::LAST);
        self.0[at / 64] |= 1 << (at % 64);
    }

    pub(super) fn add(&mut self, other: Imports) {
        let both = self.0.iter_mut().zip(other.0);
        both.for_each(|(bits, more)| *bits |= more);
    }

    pub(super) fn meets(self, other: Imports) -> bool {
        self.0.iter().zip(other.0).any(|(a, b)| a & b != 0)
    }
}

/// Names that are bound where something else is mentioned.
#[derive(Debug, Hash)]
pub(crate) struct Alias {
    pub(crate) names: BTreeSet<String>,
    /// Of those that lead anywhere.
    pub(crate) mentions: BTreeSet<String>,
    pub(crate) imports: Imports,
}

pub(crate) fn sketch(needles: &Needles, text: &str, chunks: &[Chunk]) -> Sketch {
    let pieces = Pieces::new(needles, text, chunks);
    let mut leads = Vec::new();
    for piece in &pieces.list {
        for name in &piece.defines {
            let lead = match (piece.kind, name.is_method) {
                _ if piece.wait == Wait::default() => continue,
                (Kind::Class, true) => (piece.class, Some(name.text.to_owned())),
                (Kind::Other, _) | (Kind::Function, false) => (name.text, None),
                (Kind::Class, false) | (Kind::Function, true) => continue,
            };
            leads.push(Lead {
                of: lead.0.to_owned(),
                method: lead.1,
                wait: piece.wait,
            });
        }
    }
    let of: BTreeSet<&str> = leads.iter().map(|lead| lead.of.as_str()).collect();
    let others = pieces.list.iter().filter(|piece| piece.kind == Kind::Other);
    let alias = |piece: &Piece| {
        let tokens = &pieces.tokens[piece.tokens.clone()];
        let words = |tokens: &mut dyn Iterator<Item = &Token>| -> BTreeSet<String> {
            tokens
                .map(|token| pieces.words[token.word].to_owned())
                .collect()
        };
        let leading = |token: &&Token| of.contains(pieces.words[token.word]);
        Alias {
            names: words(&mut tokens.iter().filter(|token| token.given && !token.dotted)),
            mentions: words(&mut tokens.iter().filter(leading)),
            imports: piece.wait.imports,
        }
    };
    let aliases = others.map(alias);
    let aliases = aliases.filter(|alias| {
        let empty = alias.mentions.is_empty() && alias.imports.is_empty();
        !empty && !alias.names.is_empty()
    });
    Sketch {
        aliases: aliases.collect(),
        leads,
        imports: pieces.imports,
        unsure: pieces.unsure,
    }
}

impl Wait {
    pub(super) fn add(&mut self, other: Wait) {
        self.here |= other.here;
        self.imports.add(other.imports);
    }
}
