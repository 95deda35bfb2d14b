//! Cutting a document into chunks, and cutting it again after an edit.
//!
//! A chunk is the unit of work: it is parsed, read and asked by itself. Cutting is lexical: [`next`] is one pure function
//! per language of the text from a boundary on, so that a boundary met again after an edit proves that the rest is equal.

pub mod dockerfile;
pub mod dotenv;
mod edit;
pub mod ini;
pub mod plain;
pub mod python;
mod reader;
pub mod requirements;
pub mod toml;
pub mod yaml;

use std::borrow::Cow;
use std::ops::Range;

use ropey::Rope;

use crate::file::Language;
use crate::work::Work;

/// What a cutter knows at a boundary, and what a chunk turns out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    Python(python::State),
    Yaml(yaml::State),
    Ini,
    Toml,
    Dockerfile(dockerfile::State),
    Requirements,
    Dotenv,
    Plain,
}

impl State {
    /// The state at offset 0.
    pub fn start(language: Language) -> State {
        match language {
            Language::Python => State::Python(python::State::default()),
            Language::Yaml => State::Yaml(yaml::State::default()),
            Language::Ini => State::Ini,
            Language::Toml => State::Toml,
            Language::Dockerfile => State::Dockerfile(dockerfile::State::default()),
            Language::Requirements => State::Requirements,
            Language::Dotenv => State::Dotenv,
            Language::Plain => State::Plain,
        }
    }
}

/// Where a chunk ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    pub end: usize,
    /// What the chunk is.
    pub is: State,
    /// The state from which the next chunk is cut.
    pub next: State,
    /// One past the last byte read to decide all this; `text.len() + 1` if the end of the text was seen. A text that is
    /// equal up to here (and does not end before) is cut equally, whatever follows.
    pub reach: usize,
    /// A Python string of three quotes is open at the end of the text: a slip that only the whole text can place.
    pub open: bool,
}

/// A piece of a document. Offsets are absolute bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    pub start: usize,
    pub end: usize,
    /// See [`Cut::reach`]; absolute.
    pub reach: usize,
    /// The state from which it was cut.
    pub(crate) from: State,
    /// What it is: with its text, all that is needed to parse it.
    pub state: State,
    /// Of the text alone.
    pub hash: u128,
}

/// Text that can be read in pieces: a `str`, or a rope whose pieces are copied.
pub trait Source {
    fn len(&self) -> usize;
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The text of a range of bytes; both ends lie on character boundaries.
    fn slice(&self, range: Range<usize>) -> Cow<'_, str>;
    /// The largest character boundary at or below `offset`.
    fn floor(&self, offset: usize) -> usize;
}

impl Source for str {
    fn len(&self) -> usize {
        str::len(self)
    }
    fn slice(&self, range: Range<usize>) -> Cow<'_, str> {
        Cow::Borrowed(&self[range])
    }
    fn floor(&self, offset: usize) -> usize {
        self.floor_char_boundary(offset)
    }
}

impl Source for Rope {
    fn len(&self) -> usize {
        self.len_bytes()
    }
    fn slice(&self, range: Range<usize>) -> Cow<'_, str> {
        Cow::from(self.byte_slice(range))
    }
    fn floor(&self, offset: usize) -> usize {
        self.char_to_byte(self.byte_to_char(offset.min(self.len_bytes())))
    }
}

/// The end of the chunk that starts at `start` in `state`: a pure function of the text from `start` on, which is not empty.
pub fn next(text: &str, start: usize, state: State) -> Cut {
    cut(text, start, state, &[])
}

/// As [`next`], where strings of three quotes are taken to end at `stops`.
fn cut(text: &str, start: usize, state: State, stops: &[usize]) -> Cut {
    let cut = match state {
        State::Python(state) => python::next(text, start, state, stops),
        State::Yaml(state) => yaml::next(text, start, state),
        State::Ini => ini::next(text, start),
        State::Toml => toml::next(text, start),
        State::Dockerfile(state) => dockerfile::next(text, start, state),
        State::Requirements => requirements::next(text, start),
        State::Dotenv => dotenv::next(text, start),
        State::Plain => plain::next(text, start),
    };
    debug_assert!(cut.end > start && cut.end <= cut.reach && cut.reach <= text.len() + 1);
    debug_assert!(cut.end < text.len() || cut.reach > text.len());
    cut
}

/// The chunks of one document, in order, without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunks {
    language: Language,
    list: Vec<Chunk>,
    /// Cut with stops, which any edit may move.
    repaired: bool,
}

impl Chunks {
    /// Cut a text afresh.
    pub fn cut(language: Language, text: &str, work: &mut Work) -> Chunks {
        let mut chunks = Chunks {
            language,
            list: Vec::new(),
            repaired: false,
        };
        if !chunks.cut_with(text, &[], work) {
            chunks.repaired = true;
            chunks.list.clear();
            chunks.cut_with(text, &python::repair(text), work);
        }
        chunks
    }

    /// Whether it came to the end without an open string, or was told where strings stop.
    fn cut_with(&mut self, text: &str, stops: &[usize], work: &mut Work) -> bool {
        let (mut start, mut state) = (0, State::start(self.language));
        while start < text.len() {
            let cut = cut(text, start, state, stops);
            work.chunks_cut += 1;
            work.bytes_scanned += cut.reach.min(text.len()) - start;
            if cut.open && !self.repaired {
                return false;
            }
            self.list.push(Chunk {
                start,
                end: cut.end,
                reach: cut.reach,
                from: state,
                state: cut.is,
                hash: hash(&text[start..cut.end]),
            });
            (start, state) = (cut.end, cut.next);
        }
        true
    }

    /// The whole text as one chunk: what cutting is tested against.
    pub fn whole(language: Language, text: &str) -> Chunks {
        let chunk = Chunk {
            start: 0,
            end: text.len(),
            reach: text.len() + 1,
            from: State::start(language),
            state: State::start(language),
            hash: hash(text),
        };
        Chunks {
            language,
            // An edit of it is to be seen as an edit of all.
            repaired: true,
            list: if text.is_empty() {
                Vec::new()
            } else {
                vec![chunk]
            },
        }
    }

    /// Whether a string was left open, so that the cuts are a guess at what was meant, and every edit cuts afresh.
    pub fn repaired(&self) -> bool {
        self.repaired
    }

    pub fn list(&self) -> &[Chunk] {
        &self.list
    }
}

pub(crate) fn hash(text: &str) -> u128 {
    xxhash_rust::xxh3::xxh3_128(text.as_bytes())
}
