//! A Python text by its words alone: what its chunks define, what they bind, and for what they may wait.
//!
//! Something that blocks is called by the last word of its name, in a chunk that also mentions the first one, or a word that
//! carries it: one that was imported from there, or bound where such a word stands.

use std::collections::HashMap;
use std::ops::Range;

use memchr::memmem;

use super::carry::{Carries, hot, mentioned};
use super::lexical;
use super::needles::{Needles, Roots};
use super::sketch::{Imports, Wait};
use super::tokens::{self, Word};
use crate::chunk::python::State as Cut;
use crate::chunk::{Chunk, State};

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

pub(super) struct Pieces<'t> {
    pub(super) list: Vec<Piece<'t>>,
    pub(super) words: Vec<&'t str>,
    pub(super) tokens: Vec<Token>,
    pub(super) imports: Vec<(String, String)>,
    /// What is imported without a name.
    pub(super) everywhere: Imports,
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
}

impl Piece<'_> {
    /// Whether a word may be bound for others than the piece.
    pub(super) fn binds(&self, token: &Token) -> bool {
        let bound = token.defined || token.imported || token.binds;
        bound && self.shows(token)
    }

    pub(super) fn shows(&self, token: &Token) -> bool {
        token.dotted || token.defined || self.binds_all && !token.argument
    }
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
