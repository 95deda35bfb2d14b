//! Dockerfile instructions, with the place of each of their words.
//!
//! Every byte of a chunk is comment, blank or instruction, and an instruction that BuildKit would refuse is read as far as
//! it goes. Source: BuildKit's `frontend/dockerfile/parser` and `shell` packages.

mod form;
mod json;
mod run;
mod word;

use std::ops::Range;
use std::sync::Arc;

use super::origin::Origin;
use super::shell;
use crate::chunk::dockerfile::{Outline, State, join, line, outline};
use crate::text::Span;
pub use word::{Modifier, Piece, Variable, Word};

/// The reading of one chunk: one instruction, or none at the end of a file.
#[derive(Debug, Default, Clone, PartialEq, Eq, Hash)]
pub struct Part {
    /// BuildKit would refuse an instruction.
    pub broken: bool,
    /// Only at the start of a file.
    pub directives: Vec<Directive>,
    pub instructions: Vec<Instruction>,
    /// The first line break of the text, by which new lines are written.
    pub newline: Option<&'static str>,
}

/// A parser directive: `# syntax=docker/dockerfile:1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Directive {
    /// In lower case.
    pub name: String,
    pub value: String,
    /// Of the line.
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Instruction {
    pub keyword: Keyword,
    /// Of the keyword.
    pub name: Span,
    /// The keyword is written in lower case.
    pub lower: bool,
    /// From the keyword to the end of its last line, of its last heredoc; without the break.
    pub span: Span,
    /// Behind the break of its last line: where another instruction may be put.
    pub end: u32,
    pub flags: Vec<Flag>,
    pub arguments: Arguments,
    pub heredocs: Vec<Heredoc>,
    /// BuildKit would refuse it.
    pub broken: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    User,
    Volume,
    Workdir,
    /// No instruction of Docker's.
    Unknown,
}

/// `--from=build`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Flag {
    /// Without the dashes.
    pub name: String,
    /// Quotes removed, variables as they are written.
    pub value: Option<String>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Arguments {
    /// Of FROM, COPY, ADD, EXPOSE, VOLUME, SHELL, USER, WORKDIR, STOPSIGNAL, MAINTAINER, `HEALTHCHECK NONE`, and of what is
    /// no instruction. USER, WORKDIR, STOPSIGNAL and MAINTAINER have one, which may hold blanks.
    Words(Vec<Word>),
    /// Of ENV, ARG and LABEL.
    Pairs(Vec<Pair>),
    /// Of RUN, CMD, ENTRYPOINT and `HEALTHCHECK CMD`.
    Run(Run),
    /// Of ONBUILD.
    Inner(Box<Instruction>),
}

/// `NAME=value`, `NAME value`, or a name alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pair {
    pub name: Word,
    pub value: Option<Word>,
    /// Of both.
    pub span: Span,
}

/// A command line.
#[derive(Debug, Default, Clone, PartialEq, Eq, Hash)]
pub struct Run {
    /// A JSON array, which no shell reads.
    pub exec: bool,
    /// Of the array, or of the text for the shell; empty when there is none.
    pub span: Span,
    /// The commands, also those of heredocs that a shell reads. Of an exec form, the first one is the array.
    pub script: shell::Script,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Heredoc {
    pub name: String,
    /// Of `<<EOF`.
    pub mark: Span,
    /// Whole lines.
    pub body: Span,
    /// Of the line that ends it, without its break.
    pub terminator: Span,
    /// Variables in it are expanded.
    pub expand: bool,
    /// Leading tabs are taken off.
    pub chomp: bool,
}

impl Instruction {
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name == name)
    }
    /// The words of instructions that have words.
    pub fn words(&self) -> &[Word] {
        match &self.arguments {
            Arguments::Words(words) => words,
            _ => &[],
        }
    }
    pub fn pairs(&self) -> &[Pair] {
        match &self.arguments {
            Arguments::Pairs(pairs) => pairs,
            _ => &[],
        }
    }
    pub fn run(&self) -> Option<&Run> {
        match &self.arguments {
            Arguments::Run(run) => Some(run),
            _ => None,
        }
    }
}

impl Keyword {
    fn of(word: &str) -> Keyword {
        let known = NAMES
            .iter()
            .find(|(name, _)| word.eq_ignore_ascii_case(name));
        known.map_or(Keyword::Unknown, |(_, keyword)| *keyword)
    }
    /// In upper case; empty for what is no instruction.
    pub fn name(self) -> &'static str {
        let known = NAMES.iter().find(|(_, keyword)| *keyword == self);
        known.map_or("", |(name, _)| name)
    }
}

const NAMES: &[(&str, Keyword)] = &[
    ("ADD", Keyword::Add),
    ("ARG", Keyword::Arg),
    ("CMD", Keyword::Cmd),
    ("COPY", Keyword::Copy),
    ("ENTRYPOINT", Keyword::Entrypoint),
    ("ENV", Keyword::Env),
    ("EXPOSE", Keyword::Expose),
    ("FROM", Keyword::From),
    ("HEALTHCHECK", Keyword::Healthcheck),
    ("LABEL", Keyword::Label),
    ("MAINTAINER", Keyword::Maintainer),
    ("ONBUILD", Keyword::Onbuild),
    ("RUN", Keyword::Run),
    ("SHELL", Keyword::Shell),
    ("STOPSIGNAL", Keyword::Stopsignal),
    ("USER", Keyword::User),
    ("VOLUME", Keyword::Volume),
    ("WORKDIR", Keyword::Workdir),
];

/// Read a chunk; a text of several instructions gives them all.
pub(super) fn read(mut state: State, text: &Arc<str>) -> Part {
    let mut part = Part {
        newline: text.find('\n').map(|at| match text[..at].ends_with('\r') {
            true => "\r\n",
            false => "\n",
        }),
        ..Part::default()
    };
    let mut at = 0;
    while at < text.len() {
        let found = outline(&text[at..], state);
        let directives = found.directives.iter();
        part.directives.extend(
            directives.filter_map(|range| directive(text, range.start + at..range.end + at)),
        );
        part.instructions.extend(instruction(text, at, &found));
        state = state.behind(&found);
        at += found.end;
    }
    part.broken = part
        .instructions
        .iter()
        .any(|instruction| instruction.broken);
    part
}

fn directive(text: &str, range: Range<usize>) -> Option<Directive> {
    let (name, value) = line::directive(&text[range.clone()])?;
    Some(Directive {
        name: name.to_ascii_lowercase(),
        value: value.into(),
        span: Span::new(range.start, range.end),
    })
}

/// A logical line: the text that was joined, and where its bytes lie in the chunk.
struct Logical<'a> {
    /// The chunk.
    chunk: &'a str,
    text: &'a str,
    origin: &'a Origin,
    escape: char,
}

impl Logical<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        self.origin.span(range)
    }
}

fn instruction(chunk: &str, base: usize, outline: &Outline) -> Option<Instruction> {
    if outline.line.is_empty() {
        return None;
    }
    let text = join(&chunk[base..], &outline.line);
    let mut origin = Origin::default();
    let mut length = 0;
    for range in &outline.line {
        if !range.is_empty() {
            origin.add(length, base + range.start);
            length += range.len();
        }
    }
    let last = base + outline.last;
    let heredocs = outline.heredocs.iter().map(|heredoc| Heredoc {
        name: heredoc.mark.name.clone(),
        mark: origin.span(heredoc.mark.at.clone()),
        body: Span::new(base + heredoc.body.start, base + heredoc.body.end),
        terminator: Span::new(
            base + heredoc.terminator.start,
            base + heredoc.terminator.end,
        ),
        expand: heredoc.mark.expand,
        chomp: heredoc.mark.chomp,
    });
    let logical = Logical {
        chunk,
        text: &text,
        origin: &origin,
        escape: char::from(outline.escape),
    };
    let mut instruction = form::read(&logical, 0, heredocs.collect(), 0);
    let start = instruction.name.start as usize;
    let end = chunk[..last].trim_end_matches(['\n', '\r']).len();
    instruction.span = Span::new(start.min(end), end);
    instruction.end = last as u32;
    instruction.broken |= outline.vain || outline.dangling;
    Some(instruction)
}
