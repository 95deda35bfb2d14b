//! Requirements files: what their lines say, with spans.
//!
//! Sources: pip's requirements file format (`req_file.py` of pip 23 to 25), PEP 508 for requirements, PEP 503 for the
//! normal form of names. Versions and comparisons are `pep440_rs`'s. `${X}` is left as it is written.

mod declared;

use pep440_rs::{Operator, VersionSpecifier};

use crate::text::Span;
pub use declared::declared;

/// The reading of a chunk: any number of lines.
#[derive(Debug, Default, Clone, PartialEq, Eq, Hash)]
pub struct Part {
    pub broken: bool,
    pub lines: Vec<Line>,
}

/// A line that is neither blank nor a comment, continuations joined. Spans are relative to its part, and take in the
/// backslashes that they reach over.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Line {
    /// Without its comment.
    pub span: Span,
    pub what: What,
    /// All options of the line, in their order.
    pub options: Vec<Opt>,
    /// Comments stand between its continuations.
    pub commented: bool,
    /// Why pip does not read the line.
    pub problem: Option<Problem>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum What {
    Named(Requirement),
    /// A path or a URL without a name before it, or anything behind `-e`.
    Source(Source),
    /// Nothing but options: `-r base.txt`, `--index-url …`.
    Options,
    Unreadable,
}

/// `name[extra] >= 1, < 2 ; marker`, or `name @ url`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Requirement {
    /// As it is written.
    pub name: Text,
    /// In its normal form, by which names are equal.
    pub key: String,
    pub extras: Vec<Text>,
    /// The end of the name and its extras.
    pub behind: u32,
    pub specifiers: Vec<Specifier>,
    pub url: Option<Text>,
    pub marker: Option<Text>,
}

/// One comparison with a version.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Specifier {
    pub span: Span,
    /// The version as it is written, without the comparison.
    pub version: String,
    /// `None` where the version is none by PEP 440, which `===` allows.
    pub read: Option<VersionSpecifier>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Source {
    pub editable: bool,
    pub target: Text,
    /// In its normal form, where `#egg=` or a wheel's file name says it.
    pub key: Option<String>,
}

/// `--hash=sha256:…`. Short names are written out: `-r` is `requirement`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Opt {
    pub name: &'static str,
    /// The end of what stands before it.
    pub gap: u32,
    /// With its value.
    pub span: Span,
    pub value: Option<Text>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text {
    pub text: String,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Problem {
    pub message: String,
    pub span: Span,
}

impl Line {
    pub fn named(&self) -> Option<&Requirement> {
        match &self.what {
            What::Named(requirement) => Some(requirement),
            _ => None,
        }
    }

    /// The distribution that the line asks for, in the normal form of its name.
    pub fn key(&self) -> Option<&str> {
        match &self.what {
            What::Named(requirement) => Some(&requirement.key),
            What::Source(source) => source.key.as_deref(),
            _ => None,
        }
    }

    /// The values of an option: `hash`, `requirement` for the files that `-r` includes, `constraint`.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Text> {
        let named = self
            .options
            .iter()
            .filter(move |option| option.name == name);
        named.filter_map(|option| option.value.as_ref())
    }
}

impl Requirement {
    /// The comparison that lets one version in.
    pub fn pin(&self) -> Option<&Specifier> {
        self.specifiers.iter().find(|specifier| {
            let operator = specifier.read.as_ref().map(|read| *read.operator());
            // What cannot be read is a `===`.
            operator
                .is_none_or(|operator| matches!(operator, Operator::Equal | Operator::ExactEqual))
        })
    }
}

/// The normal form of a name (PEP 503): lower case, runs of `-`, `_` and `.` as one `-`.
pub fn normal(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            c => normal.push(c.to_ascii_lowercase()),
        }
    }
    normal
}
