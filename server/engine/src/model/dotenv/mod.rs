//! Environment files: what their lines say, with spans.
//!
//! Sources: compose-go's `dotenv` and python-dotenv 1.x, where they agree. `${X}` in values is left as it is written.

pub mod secret;

use std::sync::Arc;

use super::Part as AnyPart;
use crate::rule::{Owner, Place};
use crate::text::Span;

/// An environment file as a whole.
#[derive(Debug, Default)]
pub struct File {
    /// In order, each with the number of its chunk.
    pub entries: Vec<(u32, Entry)>,
}

impl File {
    pub fn read(parts: &[(usize, Arc<AnyPart>)]) -> File {
        let parts = (0..).zip(parts);
        let entries = parts.flat_map(|(at, (_, part))| match &**part {
            AnyPart::Dotenv(part) => part
                .entries
                .iter()
                .map(|entry| (at, entry.clone()))
                .collect(),
            _ => Vec::new(),
        });
        File {
            entries: entries.collect(),
        }
    }

    /// A span of the chunk of this number.
    pub fn place(chunk: u32, span: Span) -> Place {
        Place {
            owner: Owner::Nth(chunk),
            span,
        }
    }
}

/// The reading of a chunk: any number of entries.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Part {
    pub broken: bool,
    pub entries: Vec<Entry>,
}

/// A line that is neither blank nor a comment, or the lines of one quoted value. Spans are relative to its part.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    /// From the key (or `export`) to the end of the value, without a comment behind it.
    pub span: Span,
    /// Written `export KEY=value`, so that a shell can read the file, too.
    pub export: bool,
    /// Empty for a line that cannot be read.
    pub key: String,
    pub key_span: Span,
    /// `None` for a key alone, which passes the variable of the environment on.
    pub value: Option<Value>,
    /// Why the line is not read, or not by all.
    pub problem: Option<&'static str>,
}

/// What stands behind the `=`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Value {
    /// What it says: without quotes, the escapes of double quotes resolved.
    pub text: String,
    /// Without quotes.
    pub span: Span,
    /// `'` or `"`.
    pub quote: Option<char>,
}

impl Value {
    /// With the quotes.
    pub fn outer(&self) -> Span {
        let quote = u32::from(self.quote.is_some());
        Span {
            start: self.span.start - quote,
            end: self.span.end + quote,
        }
    }
}
