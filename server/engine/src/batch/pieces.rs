//! A Python text by its words alone: what its chunks define, what they bind, and for what they may wait.
//!
//! Something that blocks is called by the last word of its name, in a chunk that also mentions the first one, or a word that
//! carries it: one that was imported from there, or bound where such a word stands.

use std::collections::HashMap;
use std::ops::Range;

use memchr::memmem;

use super::imports::{Imported, imported};
use super::lexical;
use super::needles::{Needles, Roots, Seen};
use super::sketch::{Imports, Wait};
use super::tokens::{self, Word};
use crate::chunk::python::State as Cut;
use crate::chunk::{Chunk, State};
use crate::fix::python::is_stdlib;
use crate::model::python::blocking::DEPTH;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A class, its header, or a member of it.
    Class,
    Function,
    Other,
}

#[derive(Debug)]
pub(super) struct Piece<'t> {
    pub(super) kind: Kind,
    pub(super) class: &'t str,
    pub(super) tokens: Range<usize>,
    /// Functions and classes; those that are never called from elsewhere left out.
    pub(super) defines: Vec<Defined<'t>>,
    pub(super) is_async: bool,
    /// Names of its own cannot be told from those of the module, or of the class.
    pub(super) binds_all: bool,
    pub(super) wait: Wait,
}

#[derive(Debug)]
pub(super) struct Defined<'t> {
    pub(super) text: &'t str,
    pub(super) word: usize,
    /// Only what something has is called by this name.
    pub(super) is_method: bool,
}

#[derive(Debug)]
pub(super) struct Token {
    pub(super) word: usize,
    /// The logical line of the piece.
    pub(super) line: u32,
    /// Behind a dot.
    pub(super) dotted: bool,
    /// It may be bound to something there, by whatever statement.
    pub(super) binds: bool,
    /// It is bound to something alone.
    pub(super) given: bool,
    /// It stands in the brackets of a call, so that only what is called knows it by this name.
    argument: bool,
    /// It stands in an import.
    imported: bool,
    /// It is called there.
    pub(super) called: bool,
    /// A function or a class of this name is defined there.
    pub(super) defined: bool,
    /// A builtin that blocks is meant, and may be called.
    pub(super) builtin: bool,
}

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

pub(super) struct Pieces<'t> {
    pub(super) list: Vec<Piece<'t>>,
    pub(super) words: Vec<&'t str>,
    pub(super) tokens: Vec<Token>,
    pub(super) imports: Vec<(String, String)>,
    /// What is imported without a name.
    everywhere: Imports,
    pub(super) unsure: bool,
    /// What each of the words carries.
    pub(super) carries: Vec<Carries>,
}

impl<'t> Pieces<'t> {
    pub(super) fn new(needles: &Needles, text: &'t str, chunks: &[Chunk]) -> Pieces<'t> {
        let mut pieces = Pieces {
            list: Vec::with_capacity(chunks.len()),
            words: Vec::new(),
            tokens: Vec::new(),
            imports: Vec::new(),
            everywhere: Imports::default(),
            unsure: false,
            carries: Vec::new(),
        };
        let seen = needles.seen(text);
        let mut known: HashMap<&'t str, usize> = HashMap::new();
        let mut class = "";
        for chunk in chunks {
            pieces.add(text, chunk, &mut known, &mut class, needles);
        }
        // By word: the last one of a name whose first one is there.
        let last: Vec<Roots> = pieces
            .words
            .iter()
            .map(|word| needles.last(&seen, word))
            .collect();
        let mut carries = vec![Carries::default(); pieces.words.len()];
        for (at, word) in pieces.words.iter().enumerate() {
            carries[at].object = needles.active(&seen, word);
        }
        pieces.import(text, &known, needles, &seen, &mut carries);
        pieces.carry(&last, &mut carries);
        for piece in &mut pieces.list {
            let tokens = &pieces.tokens[piece.tokens.clone()];
            piece.wait = Wait {
                here: hot(tokens, &last, &carries),
                imports: mentioned(tokens, &carries),
            };
            piece.wait.imports.add(pieces.everywhere);
        }
        pieces.carries = carries;
        pieces.follow();
        pieces
    }

    fn add(
        &mut self,
        text: &'t str,
        chunk: &Chunk,
        known: &mut HashMap<&'t str, usize>,
        class: &mut &'t str,
        needles: &Needles,
    ) {
        let body = &text[chunk.start..chunk.end];
        let start = self.tokens.len();
        let mut defines = Vec::new();
        let mut first = None;
        let (mut before, mut last) = ("", "");
        for found in tokens::words(text, chunk.start..chunk.end) {
            let (from, to) = (found.at.start, found.at.end);
            let word = &text[from..to];
            let next = text[to..chunk.end]
                .trim_start_matches([' ', '\t'])
                .as_bytes();
            let is_class = last == "class";
            let defined = found.behind.is_none() && (last == "def" || is_class);
            if KEYWORDS.binary_search(&word).is_ok() {
                (before, last) = (last, word);
                continue;
            }
            let place = *known.entry(word).or_insert_with(|| {
                self.words.push(word);
                self.words.len() - 1
            });
            if defined {
                let is_async = before == "async";
                first.get_or_insert((word, is_class));
                if !is_async {
                    defines.push(Defined {
                        text: word,
                        word: place,
                        is_method: false,
                    });
                }
            }
            self.tokens.push(Token {
                word: place,
                line: found.line,
                dotted: found.behind == Some(b'.'),
                binds: may_be_target(&text[found.first.clone()], &found, last, next),
                given: last == "as" || next.starts_with(b":") || is_assigned(next),
                argument: found.argument && !next.starts_with(b":="),
                imported: matches!(&text[found.first.clone()], "import" | "from"),
                called: next.first() == Some(&b'('),
                defined,
                builtin: needles.is_builtin(text, from, to),
            });
            (before, last) = (last, word);
        }
        let header = matches!(chunk.state, State::Python(Cut::Header));
        let kind = match (chunk.state, first) {
            (State::Python(Cut::Header | Cut::Member(_)), _) => Kind::Class,
            (_, Some((_, is_class))) if lexical::is_definition(body) => {
                if is_class {
                    Kind::Class
                } else {
                    Kind::Function
                }
            }
            _ => Kind::Other,
        };
        let whole = kind == Kind::Class && !matches!(chunk.state, State::Python(Cut::Member(_)));
        if whole && let Some((name, _)) = first {
            *class = name;
        }
        let own = |at: usize, name: &Defined| match kind {
            Kind::Class => !(whole && at == 0 && name.text == *class),
            Kind::Function => Some(name.text) != first.map(|(name, _)| name),
            Kind::Other => false,
        };
        for (at, name) in defines.iter_mut().enumerate() {
            name.is_method = own(at, name);
        }
        let member = body.trim_start();
        let function = ["def ", "async ", "@"]
            .iter()
            .any(|start| member.starts_with(start));
        self.list.push(Piece {
            kind,
            class: if kind == Kind::Class { class } else { "" },
            tokens: start..self.tokens.len(),
            defines,
            is_async: lexical::has_async(body),
            binds_all: match kind {
                Kind::Class => whole && !header || !function,
                Kind::Function => memmem::find(body.as_bytes(), b"global").is_some(),
                Kind::Other => true,
            },
            wait: Wait::default(),
        });
    }

    /// Say which words are imported, and what they carry.
    fn import(
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
    fn carry(&mut self, last: &[Roots], carries: &mut [Carries]) {
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
    fn follow(&mut self) {
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

impl Piece<'_> {
    /// Whether a word may be bound for others than the piece.
    pub(super) fn binds(&self, token: &Token) -> bool {
        let bound = token.defined || token.imported || token.binds;
        bound && self.shows(token)
    }

    fn shows(&self, token: &Token) -> bool {
        token.dotted || token.defined || self.binds_all && !token.argument
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
fn hot(tokens: &[Token], last: &[Roots], carries: &[Carries]) -> bool {
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
fn mentioned(tokens: &[Token], carries: &[Carries]) -> Imports {
    let mut imports = Imports::default();
    for token in tokens.iter().filter(|token| !token.defined) {
        imports.add(carries[token.word].imports);
    }
    imports
}

fn is_assigned(next: &[u8]) -> bool {
    next.starts_with(b"=") && !next.starts_with(b"==")
}

/// Whether a word may be bound to something: the first word of its line, the one before it, and what is behind.
fn may_be_target(first: &str, word: &Word, last: &str, next: &[u8]) -> bool {
    let compound = COMPOUND.contains(&first);
    match next {
        [b':', ..] => last == "as" || word.argument || !KEYWORDS.contains(&first),
        // The type of a name is none.
        [b'=', ..] => {
            let typed = word.behind == Some(b':') && (word.argument || !compound);
            is_assigned(next) && !typed
        }
        [b',' | b')' | b']', ..] => {
            !word.argument && !word.assigned && (!KEYWORDS.contains(&first) || compound)
        }
        [b'\\', ..] | [b'i', b'n', ..] => true,
        [
            b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^' | b'<' | b'>',
            rest @ ..,
        ] => rest.iter().take(2).any(|byte| *byte == b'='),
        _ => matches!(last, "as" | "for"),
    }
}

fn first_word(dotted: &str) -> &str {
    dotted.split('.').next().unwrap_or_default()
}

/// Words that are no names; sorted.
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// Words with which lines begin on which something may be bound behind a colon, or before one.
const COMPOUND: &[&str] = &[
    "async", "class", "def", "elif", "else", "except", "finally", "for", "if", "try", "while",
    "with",
];
