//! Cutting a document into chunks, and cutting it again after an edit.
//!
//! A chunk is the unit of work: it is parsed, read and asked by itself. Cutting is lexical: [`next`] is one pure function
//! per language of the text from a boundary on, so that a boundary met again after an edit proves that the rest is equal.

pub mod ini;
pub mod python;
pub mod toml;
pub mod yaml;

use std::borrow::Cow;
use std::ops::Range;

use ropey::Rope;

use crate::file::Language;
use crate::work::Work;

/// What a cutter knows at a boundary; says what the chunk that starts there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    Python(python::State),
    Yaml(yaml::State),
    Ini,
    Toml,
}

impl State {
    /// The state at offset 0.
    pub fn start(language: Language) -> State {
        match language {
            Language::Python => State::Python(python::State::default()),
            Language::Yaml => State::Yaml(yaml::State::default()),
            Language::Ini => State::Ini,
            Language::Toml => State::Toml,
        }
    }
}

/// Where a chunk ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    pub end: usize,
    /// The state in which the next chunk starts.
    pub next: State,
    /// One past the last byte read to decide the end; `text.len() + 1` when the end of the text decided.
    pub reach: usize,
}

/// A piece of a document. Offsets are absolute bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    pub start: usize,
    pub end: usize,
    pub reach: usize,
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

/// The end of the chunk that starts at `start` in `state`. Pure; `start < text.len()`.
pub fn next(text: &str, start: usize, state: State) -> Cut {
    match state {
        State::Python(state) => python::next(text, start, state),
        State::Yaml(state) => yaml::next(text, start, state),
        State::Ini => ini::next(text, start),
        State::Toml => toml::next(text, start),
    }
}

/// The chunks of one document, in order, without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunks {
    language: Language,
    list: Vec<Chunk>,
}

impl Chunks {
    /// Cut a text afresh.
    pub fn cut(language: Language, text: &str, work: &mut Work) -> Chunks {
        let mut list = Vec::new();
        let (mut start, mut state) = (0, State::start(language));
        while start < text.len() {
            let cut = next(text, start, state);
            debug_assert!(cut.end > start && cut.end <= text.len());
            work.chunks_cut += 1;
            work.bytes_scanned += cut.reach.min(text.len()) - start;
            list.push(Chunk {
                start,
                end: cut.end,
                reach: cut.reach,
                state,
                hash: hash(&text[start..cut.end]),
            });
            (start, state) = (cut.end, cut.next);
        }
        Chunks { language, list }
    }

    /// The whole text as one chunk: what cutting is tested against.
    pub fn whole(language: Language, text: &str) -> Chunks {
        let chunk = Chunk {
            start: 0,
            end: text.len(),
            reach: text.len() + 1,
            state: State::start(language),
            hash: hash(text),
        };
        Chunks {
            language,
            list: if text.is_empty() {
                Vec::new()
            } else {
                vec![chunk]
            },
        }
    }

    /// Cut again after the bytes `edited` (of the old text) were replaced by `inserted` bytes; `source` is the new text.
    pub fn edit(
        &mut self,
        source: &(impl Source + ?Sized),
        _edited: Range<usize>,
        _inserted: usize,
        work: &mut Work,
    ) {
        *self = Chunks::cut(self.language, &source.slice(0..source.len()), work);
    }

    pub fn list(&self) -> &[Chunk] {
        &self.list
    }
}

pub(crate) fn hash(text: &str) -> u128 {
    xxhash_rust::xxh3::xxh3_128(text.as_bytes())
}
