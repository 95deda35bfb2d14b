//! A Python text by its words alone: what its chunks define, what they bind, and for what they may wait.
//!
//! Something that blocks is called by the last word of its name, in a chunk that also mentions the first one, or a word that
//! carries it: one that was imported from there, or bound where such a word stands.

use std::collections::HashMap;
use std::ops::Range;

use memchr::memmem;

use super::imports::{Imported, imported};
use super::lexical;
use super::needles::{Needles, Seen};
use super::sketch::{Imports, Wait};
use super::words;
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
    /// Behind a dot.
    pub(super) dotted: bool,
    /// It may be bound to something there.
    pub(super) binds: bool,
    /// It may be bound to something there, by whatever statement.
    pub(super) target: bool,
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
    pub(super) object: bool,
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
        let last: Vec<bool> = pieces
            .words
            .iter()
            .map(|word| needles.is_last(&seen, word))
            .collect();
        let mut carries = vec![Carries::default(); pieces.words.len()];
        for (at, word) in pieces.words.iter().enumerate() {
            carries[at].object = needles.is_active(&seen, word);
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
        let mut end = chunk.start;
        for found in words::all(body) {
            let (from, to) = (chunk.start + found.start, chunk.start + found.end);
            let word = &text[from..to];
            let gap = text[end..from].trim_ascii_end();
            let next = text[to..chunk.end]
                .trim_start_matches([' ', '\t'])
                .as_bytes();
            let is_class = last == "class";
            let defined = gap.is_empty() && (last == "def" || is_class);
            let binds = match next {
                [b'=', b'=', ..] => false,
                [b'=' | b':', ..] => !NOT_BOUND.contains(&word),
                _ => last == "as",
            };
            let target = match next {
                [b'=' | b':' | b',' | b')' | b']' | b'\\', ..] | [b'i', b'n', ..] => true,
                [
                    b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^' | b'<' | b'>',
                    rest @ ..,
                ] => rest.iter().take(2).any(|byte| *byte == b'='),
                _ => matches!(last, "as" | "for"),
            };
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
                dotted: gap.ends_with('.'),
                binds,
                target,
                called: next.first() == Some(&b'('),
                defined,
                builtin: needles.is_builtin(text, from, to),
            });
            (before, last) = (last, word);
            end = to;
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
                    self.unsure |= needles.is_active(seen, first_word(module));
                    (module.to_owned(), "*")
                }
                Imported::Module { bound, .. } | Imported::Name { bound, .. } => {
                    (import.dotted().unwrap_or_default(), bound)
                }
            };
            let word = known.get(name).copied();
            if needles.is_active(seen, first_word(&dotted)) {
                let last = dotted.rsplit('.').next().unwrap_or_default();
                if let Some(word) = word {
                    carries[word].object = true;
                    carries[word].function |= needles.is_last(seen, last)
                        || needles.is_active(seen, last) && dotted.contains('.');
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

    /// Bind what stands where something is bound, until nothing more is.
    fn carry(&mut self, last: &[bool], carries: &mut [Carries]) {
        for _ in 0..MOST_ROUNDS {
            let mut more = false;
            for piece in &self.list {
                let tokens = &self.tokens[piece.tokens.clone()];
                let object = tokens.iter().any(|token| carries[token.word].object);
                let function = tokens.iter().any(|token| {
                    let known = carries[token.word].function || token.builtin;
                    !token.called && (known || object && last[token.word])
                });
                let imports = mentioned(tokens, carries);
                if !object && !function && imports.is_empty() {
                    continue;
                }
                for token in tokens
                    .iter()
                    .filter(|token| token.binds && (token.dotted || piece.binds_all))
                {
                    let before = carries[token.word];
                    let now = &mut carries[token.word];
                    now.object |= object;
                    now.function |= function;
                    now.imports.add(imports);
                    more |= *now != before;
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

/// Whether a piece may call something that blocks.
fn hot(tokens: &[Token], last: &[bool], carries: &[Carries]) -> bool {
    let mut object = false;
    let mut called = false;
    for token in tokens.iter().filter(|token| !token.defined) {
        if token.builtin || carries[token.word].function {
            return true;
        }
        object |= carries[token.word].object;
        called |= last[token.word];
    }
    object && called
}

/// What a piece mentions of what is imported.
fn mentioned(tokens: &[Token], carries: &[Carries]) -> Imports {
    let mut imports = Imports::default();
    for token in tokens.iter().filter(|token| !token.defined) {
        imports.add(carries[token.word].imports);
    }
    imports
}

fn first_word(dotted: &str) -> &str {
    dotted.split('.').next().unwrap_or_default()
}

/// Words before a colon that are no names.
const NOT_BOUND: &[&str] = &["else", "except", "finally", "lambda", "try"];
