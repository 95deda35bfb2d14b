//! `# harden: ignore[…]`.

use std::ops::Range;

use jiff::civil::Date;

use super::layout::{Comment, Layout, SIGNS};
use crate::config::Selector;
use crate::text::Span;

/// What a directive applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reach {
    /// Findings that start on these lines, 0-based: one, or those of a text that goes on over several.
    Lines(Range<usize>),
    File,
}

/// A name within the brackets.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) name: String,
    pub(super) span: Span,
    /// The name with one of the commas beside it.
    pub(super) removal: Span,
    pub(super) selector: Result<Selector, String>,
    pub(super) used: bool,
}

#[derive(Debug)]
pub(super) struct Directive {
    pub(super) span: Span,
    /// What goes when the directive goes: its line where it stands alone.
    pub(super) removal: Span,
    pub(super) reach: Reach,
    pub(super) names: Vec<Mark>,
    /// The last day on which it holds; where it stands when it is no date.
    pub(super) until: Option<Result<Date, Span>>,
    /// Where one more name can be written, and what stands around it.
    pub(super) room: Option<(usize, [&'static str; 2])>,
}

const WORD: &str = "harden:";

/// Whether a text may hold a suppression of ours.
pub(crate) fn mentioned(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), WORD.as_bytes()).is_some()
}

pub(super) fn directives(text: &str, layout: &Layout) -> Vec<Directive> {
    let comments = layout.comments.iter();
    comments
        .filter_map(|comment| directive(text, comment, layout))
        .collect()
}

impl Directive {
    /// Whether a finding that starts on `line` is silenced; notes which names did it.
    pub(super) fn silences(&mut self, rule: &str, line: usize, today: Date) -> bool {
        let reaches = match &self.reach {
            Reach::File => true,
            Reach::Lines(lines) => lines.contains(&line),
        };
        let holds = match self.until {
            None => true,
            Some(Ok(last)) => today <= last,
            Some(Err(_)) => false,
        };
        if !reaches || !holds {
            return false;
        }
        let mut silenced = false;
        for mark in &mut self.names {
            if mark
                .selector
                .as_ref()
                .is_ok_and(|selector| selector.takes(rule))
            {
                mark.used = true;
                silenced = true;
            }
        }
        silenced
    }
}

fn directive(text: &str, comment: &Comment, layout: &Layout) -> Option<Directive> {
    let whole = &text[comment.span.range()];
    let word = whole.find(WORD)?;
    // Only the beginning of a comment, or of one behind another: not a sentence about it.
    let before = whole[..word].trim_end();
    let sign = SIGNS.iter().find(|sign| before.ends_with(**sign))?;
    let sign = before.len() - sign.len();
    let mut at = word + WORD.len();
    at += whole[at..].len() - whole[at..].trim_start().len();
    let rest = whole[at..].strip_prefix("ignore")?;
    let (rest, file) = match rest.strip_prefix("-file") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let base = comment.span.start as usize;
    let open = base + whole.len() - rest.len();
    let mut tail = rest;
    let mut names = Vec::new();
    let mut room = Some((open, ["[", "]"]));
    if let Some(list) = rest.strip_prefix('[') {
        let close = list.find(']').unwrap_or(list.len());
        names = marks(&list[..close], open + 1);
        room = match names.last() {
            Some(last) => Some((last.span.end as usize, [", ", ""])),
            None => Some((open + 1, ["", ""])),
        };
        // Half-typed.
        room = room.filter(|_| close < list.len());
        tail = list.get(close + 1..).unwrap_or_default();
    } else if rest.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_') {
        return None;
    }
    // Another tool's comment may follow.
    let end = base + whole.len() - tail.len() + tail.find(" #").unwrap_or(tail.len());
    let span = Span::new(base + sign, end);
    let until = tail[..end - (base + whole.len() - tail.len())]
        .split_whitespace()
        .find_map(|word| {
            let date = word
                .strip_prefix("until=")?
                .trim_end_matches([',', '.', ';', ')']);
            let start = word.as_ptr() as usize - text.as_ptr() as usize;
            Some(
                date.parse()
                    .map_err(|_| Span::new(start, start + word.len())),
            )
        });
    Some(Directive {
        span,
        removal: removal(text, comment, span),
        reach: match file {
            true => Reach::File,
            false => Reach::Lines(lines(comment, layout)),
        },
        names,
        until,
        room,
    })
}

/// A comment at either end of a text over several lines, or above it, is about all of it. One above is also about the
/// comments between, and itself: findings about a whole file stand at its first letter, whatever is there.
fn lines(comment: &Comment, layout: &Layout) -> Range<usize> {
    let line = comment.above.unwrap_or(comment.line);
    let block = layout.block(line).filter(|block| match comment.above {
        Some(above) => above == block.first,
        None => true,
    });
    match (block, comment.above) {
        (None, _) => comment.line..line + 1,
        (Some(block), Some(_)) => comment.line..block.last + 1,
        (Some(block), None) => block.first..block.last + 1,
    }
}

fn marks(list: &str, base: usize) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    let mut start = 0;
    for item in list.split(',') {
        let name = item.trim();
        let lead = item.len() - item.trim_start().len();
        if !name.is_empty() {
            let span = Span::new(base + start + lead, base + start + lead + name.len());
            // The first name goes with the comma behind it, each other with the one before it.
            let removal = if start == 0 {
                let behind = &list[item.len()..];
                let gap = behind.len() - behind.trim_start_matches([',', ' ']).len();
                Span::new(span.start as usize, base + item.len() + gap)
            } else {
                Span::new(base + start - 1, span.end as usize)
            };
            marks.push(Mark {
                name: name.to_owned(),
                span,
                removal,
                selector: Selector::parse(name),
                used: false,
            });
        }
        start += item.len() + 1;
    }
    marks
}

fn removal(text: &str, comment: &Comment, span: Span) -> Span {
    let (start, end) = (span.start as usize, span.end as usize);
    if span != comment.span {
        let gap = text[end..].len() - text[end..].trim_start_matches(' ').len();
        // Between two comments one blank stays before the second.
        return if start == comment.span.start as usize {
            Span::new(start, end + gap)
        } else {
            Span::new(text[..start].trim_end_matches([' ', '\t']).len(), end)
        };
    }
    let lead = text[..start].trim_end_matches([' ', '\t']).len();
    if comment.above.is_none() {
        return Span::new(lead, end);
    }
    let behind = &text[end..];
    let line_end = ["\r\n", "\n", "\r"]
        .into_iter()
        .find(|mark| behind.starts_with(mark))
        .map_or(0, str::len);
    Span::new(lead, end + line_end)
}
