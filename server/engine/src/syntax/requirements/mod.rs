//! Lines of a requirements file, as pip reads them.

mod named;
mod options;

use std::ops::Range;
use std::sync::Arc;

use crate::chunk::requirements::next;
use crate::model::requirements::{Line, Part, Problem, Source, Text, What, normal};
use crate::text::Span;

pub(super) fn read(text: &Arc<str>) -> Part {
    let mut part = Part::default();
    let mut start = 0;
    while start < text.len() {
        let end = next(text, start).end;
        part.lines.extend(line(&text[start..end], start));
        start = end;
    }
    part.broken = part.lines.iter().any(|line| line.problem.is_some());
    part
}

/// A line with its continuations joined, and where each of its bytes stands.
#[derive(Debug, Default)]
struct Joined {
    text: String,
    places: Vec<u32>,
    commented: bool,
}

impl Joined {
    /// pip strips the backslashes of a line that goes on at both of its ends, and the comment of the whole.
    fn new(raw: &str, base: usize) -> Joined {
        let mut joined = Joined::default();
        let mut at = base;
        for line in raw.split_inclusive(['\n', '\r']) {
            let bare = line.trim_end_matches(['\n', '\r']);
            let bare = bare.trim_start_matches('\u{feff}');
            let mut from = at + (line.trim_end_matches(['\n', '\r']).len() - bare.len());
            at += line.len();
            let mut kept = bare;
            if bare.trim_start().starts_with('#') {
                joined.commented = true;
                // A blank before it makes it a comment of what stands above.
                joined.push(" ", from);
            } else if bare.ends_with('\\') {
                kept = bare.trim_start_matches('\\');
                from += bare.len() - kept.len();
                kept = kept.trim_end_matches('\\');
            }
            joined.push(kept, from);
        }
        let end = comment(&joined.text);
        let end = joined.text[..end].trim_end().len();
        joined.text.truncate(end);
        joined
    }

    fn push(&mut self, text: &str, at: usize) {
        self.places
            .extend((0..text.len()).map(|offset| (at + offset) as u32));
        self.text.push_str(text);
    }

    fn span(&self, range: Range<usize>) -> Span {
        let place = |at: usize| self.places.get(at).map_or(0, |place| *place as usize);
        match range.end.checked_sub(1).filter(|_| !range.is_empty()) {
            Some(last) => Span::new(place(range.start), place(last) + 1),
            None => Span::new(place(range.start), place(range.start)),
        }
    }

    fn text(&self, range: Range<usize>) -> Text {
        Text {
            text: self.text[range.clone()].into(),
            span: self.span(range),
        }
    }

    fn problem(&self, range: Range<usize>, message: impl Into<String>) -> Problem {
        Problem {
            message: message.into(),
            span: self.span(range),
        }
    }

    /// The range without the blanks at its ends.
    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let text = &self.text[range.clone()];
        let start = range.start + text.len() - text.trim_start().len();
        start..(range.start + text.trim_end().len()).max(start)
    }
}

/// Where the comment starts: at a `#` at the start or behind a blank.
fn comment(text: &str) -> usize {
    let mut hashes = text.match_indices('#').map(|(at, _)| at);
    let starts = |at: &usize| {
        text[..*at]
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace)
    };
    hashes.find(starts).unwrap_or(text.len())
}

/// `None` for a blank line and a comment.
fn line(raw: &str, base: usize) -> Option<Line> {
    let joined = Joined::new(raw, base);
    let all = joined.trimmed(0..joined.text.len());
    if all.is_empty() {
        return None;
    }
    // As pip has it: options start at the first word with a dash.
    let dash = |at: &usize| *at == all.start || joined.text[..*at].ends_with(' ');
    let mut dashes = joined.text[all.clone()]
        .match_indices('-')
        .map(|(at, _)| all.start + at);
    let split = dashes.find(dash).unwrap_or(all.end);
    let subject = joined.trimmed(all.start..split);
    let (options, mut problem) = options::read(&joined, split..all.end);
    let editable = options.iter().find(|option| option.name == "editable");
    let what = if !subject.is_empty() {
        match what(&joined, subject) {
            Ok(what) => what,
            Err(found) => {
                problem = Some(found);
                What::Unreadable
            }
        }
    } else if let Some(target) = editable.and_then(|option| option.value.clone()) {
        What::Source(source(target, true))
    } else if problem.is_some() {
        What::Unreadable
    } else {
        What::Options
    };
    Some(Line {
        span: joined.span(all),
        what,
        options,
        commented: joined.commented,
        problem,
    })
}

fn what(joined: &Joined, subject: Range<usize>) -> Result<What, Problem> {
    let text = &joined.text[subject.clone()];
    let word = text.find([' ', '\t', ';']).map_or(text, |end| &text[..end]);
    if is_source(word) {
        let target = subject.start..subject.start + word.len();
        let rest = joined.trimmed(target.end..subject.end);
        return match joined.text[rest.clone()].chars().next() {
            None => Ok(What::Source(source(joined.text(target), false))),
            Some(';') => {
                named::marker(joined, rest.start + 1..rest.end)?;
                Ok(What::Source(source(joined.text(target), false)))
            }
            Some(_) => Err(joined.problem(rest, "More follows a path or a URL than a marker.")),
        };
    }
    named::read(joined, subject).map(What::Named)
}

/// A path or a URL without `name @` before it.
fn is_source(word: &str) -> bool {
    const ARCHIVES: &[&str] = &[
        ".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tar.xz", ".tbz", ".txz",
    ];
    let before = word.split('@').next().unwrap_or_default();
    let lower = word.to_ascii_lowercase();
    before.contains("://")
        || before.starts_with("file:")
        || before.starts_with('.')
        || before.contains(['/', '\\'])
        || before == word && ARCHIVES.iter().any(|end| lower.ends_with(end))
}

fn source(target: Text, editable: bool) -> Source {
    let text = target.text.as_str();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let egg = text.split_once("#egg=").or(text.split_once("&egg="));
    let egg = egg.map(|(_, name)| name.split(|c: char| !is_name(c)).next().unwrap_or_default());
    let file = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let wheel = file
        .contains(".whl")
        .then(|| file.split('-').next().unwrap_or_default());
    let name = egg.or(wheel).filter(|name| !name.is_empty());
    Source {
        editable,
        key: name.map(normal),
        target,
    }
}
