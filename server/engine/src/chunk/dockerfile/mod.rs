//! Dockerfiles: a chunk for each instruction, with the comments above it and the blank lines below.
//!
//! Lines, continuations, comments and heredocs are those of BuildKit (`frontend/dockerfile/parser`), but for one: a heredoc
//! that never ends is taken for a plain line, so that typing `<<EOF` swallows nothing.

pub(crate) mod heredoc;
pub(crate) mod line;

use std::ops::Range;

use super::reader::Reader;
use super::{Cut, State as Any};
use heredoc::Mark;

/// What is known at the start of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct State {
    /// What continues a line: `\`, or a backtick where a directive says so.
    pub(crate) escape: u8,
    /// The start of the file: a byte order mark and directives may come.
    pub(crate) head: bool,
    /// Instructions above that looked for the end of a heredoc in vain.
    vain: u8,
}

impl Default for State {
    fn default() -> State {
        State {
            escape: b'\\',
            head: true,
            vain: 0,
        }
    }
}

impl State {
    /// The state behind a chunk.
    pub(crate) fn behind(self, outline: &Outline) -> State {
        State {
            escape: outline.escape,
            head: false,
            vain: self.vain + u8::from(outline.vain),
        }
    }
}

/// Each search in vain reads to the end of the file, so that their number must be bounded for the sum to be linear.
const MOST_VAIN: u8 = 32;

pub fn next(text: &str, start: usize, state: State) -> Cut {
    let outline = outline(&text[start..], state);
    Cut {
        end: start + outline.end,
        // What was sought in vain above is nothing to the reading.
        is: Any::Dockerfile(State { vain: 0, ..state }),
        next: Any::Dockerfile(state.behind(&outline)),
        reach: start + outline.reach,
        open: false,
    }
}

/// The lines of one chunk. Offsets are from its start.
#[derive(Debug)]
pub(crate) struct Outline {
    /// In force behind the directives.
    pub(crate) escape: u8,
    /// Lines of directives, without their breaks.
    pub(crate) directives: Vec<Range<usize>>,
    /// What the instruction's logical line is joined of; empty where there is none.
    pub(crate) line: Vec<Range<usize>>,
    /// The last line of the file asks to be continued.
    pub(crate) dangling: bool,
    pub(crate) heredocs: Vec<Heredoc>,
    /// A heredoc has no end.
    pub(crate) vain: bool,
    /// Behind the break of the instruction's last line.
    pub(crate) last: usize,
    /// Behind the blank lines.
    pub(crate) end: usize,
    reach: usize,
}

#[derive(Debug)]
pub(crate) struct Heredoc {
    pub(crate) mark: Mark,
    /// Whole lines.
    pub(crate) body: Range<usize>,
    /// Without its break.
    pub(crate) terminator: Range<usize>,
}

/// The outlines of a file's chunks, each with its start.
fn outlines(text: &str) -> impl Iterator<Item = (usize, Outline)> + '_ {
    let (mut at, mut state) = (0, State::default());
    std::iter::from_fn(move || {
        let start = at;
        let found = outline(text.get(at..).filter(|rest| !rest.is_empty())?, state);
        state = state.behind(&found);
        at += found.end;
        Some((start, found))
    })
}

/// The bodies of all heredocs of a file.
pub(crate) fn bodies(text: &str) -> Vec<Range<usize>> {
    let bodies = outlines(text).flat_map(|(at, found)| {
        let heredocs = found.heredocs.into_iter();
        heredocs.map(move |heredoc| at + heredoc.body.start..at + heredoc.body.end)
    });
    bodies.collect()
}

/// The lines of all instructions of a file, from 0, each with whether it is a `FROM`.
pub(crate) fn instructions(text: &str) -> Vec<(Range<usize>, bool)> {
    let (mut seen, mut row) = (0, 0);
    let mut line_of = |at: usize| {
        row += memchr::memchr_iter(b'\n', &text.as_bytes()[seen..at]).count();
        seen = at;
        row
    };
    let mut instructions = Vec::new();
    for (at, found) in outlines(text) {
        let Some(first) = found.line.first() else {
            continue;
        };
        let start = line_of(at + first.start);
        let word = &text[at + first.start..at + first.end];
        let from = word
            .get(..4)
            .is_some_and(|word| word.eq_ignore_ascii_case("FROM"));
        let broken = text[..at + found.last].ends_with('\n');
        let end = line_of(at + found.last) + usize::from(!broken);
        instructions.push((start..end, from));
    }
    instructions
}

/// The end of the last parser directive, where there is one.
pub(crate) fn directives_end(text: &str) -> Option<usize> {
    let (at, found) = outlines(text).next()?;
    Some(at + found.directives.last()?.end)
}

/// The parser directives of a file: names and values.
pub(crate) fn directives(text: &str) -> Vec<(&str, &str)> {
    let found = outlines(text).next();
    let lines = found.into_iter().flat_map(|(_, found)| found.directives);
    lines
        .filter_map(|range| line::directive(text.get(range)?))
        .collect()
}

/// The text of the lines, joined.
pub(crate) fn join(text: &str, line: &[Range<usize>]) -> String {
    line.iter().map(|range| &text[range.clone()]).collect()
}

pub(crate) fn outline(text: &str, state: State) -> Outline {
    let mut outline = Outline {
        escape: state.escape,
        directives: Vec::new(),
        line: Vec::new(),
        dangling: false,
        heredocs: Vec::new(),
        vain: false,
        last: 0,
        end: 0,
        reach: 0,
    };
    let mut reader = Reader::new(text);
    let mut at = 0;
    if state.head && reader.starts(0, "\u{feff}".as_bytes()) {
        at = '\u{feff}'.len_utf8();
    }
    at = outline.instruction(text, &mut reader, at, state.head);
    if state.vain < MOST_VAIN {
        at = outline.bodies(text, &mut reader, at);
    }
    outline.last = at;
    // Blank lines stay, so that typing some between two instructions changes one chunk.
    while at < text.len() {
        let first = reader.skip(at, |byte| matches!(byte, b' ' | b'\t' | b'\r'));
        match reader.at(first) {
            Some(b'\n') => at = first + 1,
            None => at = first,
            Some(_) => break,
        }
    }
    if at == text.len() {
        reader.at(at);
    }
    outline.end = at;
    outline.reach = reader.reach();
    outline
}

impl Outline {
    /// Read up to the end of the instruction's logical line.
    fn instruction(
        &mut self,
        text: &str,
        reader: &mut Reader,
        mut at: usize,
        mut head: bool,
    ) -> usize {
        while at < text.len() {
            let end = reader.next_line(at);
            let content = line::content(text, at..end);
            let bare = line::bare(text, content.clone());
            let line = &text[bare.clone()];
            at = end;
            head = head && self.directive(line, &bare);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut continued = self.take(text, bare);
            while continued && at < text.len() {
                let end = reader.next_line(at);
                let content = line::content(text, at..end);
                at = end;
                let bare = &text[line::bare(text, content.clone())];
                if !bare.is_empty() && !bare.starts_with('#') {
                    continued = self.take(text, content);
                }
            }
            self.dangling = continued;
            break;
        }
        at
    }

    /// Whether directives may follow.
    fn directive(&mut self, line: &str, at: &Range<usize>) -> bool {
        let Some((name, value)) = line::directive(line) else {
            return false;
        };
        if name.eq_ignore_ascii_case("escape") {
            match value {
                "`" => self.escape = b'`',
                "\\" => self.escape = b'\\',
                _ => {}
            }
        }
        self.directives.push(at.clone());
        true
    }

    /// Add a line; whether it is continued.
    fn take(&mut self, text: &str, content: Range<usize>) -> bool {
        let continued = line::continued(&text[content.clone()], self.escape);
        let end = continued.map_or(content.end, |length| content.start + length);
        self.line.push(content.start..end);
        continued.is_some()
    }

    /// Read the bodies of the heredocs that the line names.
    fn bodies(&mut self, text: &str, reader: &mut Reader, from: usize) -> usize {
        let named = |range: &Range<usize>| text[range.clone()].contains('<');
        if !self.line.iter().any(named) {
            return from;
        }
        let mut at = from;
        for mark in heredoc::marks(&join(text, &self.line)) {
            let body = at;
            let found = loop {
                if at >= text.len() {
                    reader.at(text.len());
                    break None;
                }
                let end = reader.next_line(at);
                let content = line::content(text, at..end);
                if mark.ends(&text[content.clone()]) {
                    break Some((content, end));
                }
                at = end;
            };
            let Some((terminator, end)) = found else {
                self.heredocs.clear();
                self.vain = true;
                return from;
            };
            self.heredocs.push(Heredoc {
                mark,
                body: body..at,
                terminator,
            });
            at = end;
        }
        at
    }
}
