//! Options of a line: pip's own, for the whole file or for one requirement.

use std::ops::Range;

use super::Joined;
use crate::model::requirements::{Opt, Problem};

/// Long name, short name, and whether a value follows.
const KNOWN: &[(&str, &str, bool)] = &[
    ("hash", "", true),
    ("requirement", "r", true),
    ("constraint", "c", true),
    ("editable", "e", true),
    ("index-url", "i", true),
    ("pypi-url", "", true),
    ("extra-index-url", "", true),
    ("find-links", "f", true),
    ("no-index", "", false),
    ("no-binary", "", true),
    ("only-binary", "", true),
    ("prefer-binary", "", false),
    ("require-hashes", "", false),
    ("pre", "", false),
    ("trusted-host", "", true),
    ("use-feature", "", true),
    ("global-option", "", true),
    ("install-option", "", true),
    ("config-settings", "C", true),
    ("config-setting", "", true),
    // Of the `requirements` files that uv writes and reads.
    ("no-build-isolation", "", false),
];

pub(super) fn read(joined: &Joined, range: Range<usize>) -> (Vec<Opt>, Option<Problem>) {
    let (mut options, mut problem) = (Vec::new(), None);
    let mut words = words(joined, range).into_iter();
    while let Some(word) = words.next() {
        let text = &joined.text[word.clone()];
        let Some((name, own, takes)) = option(text) else {
            problem.get_or_insert_with(|| {
                joined.problem(word.clone(), format!("pip knows no option `{text}` here."))
            });
            continue;
        };
        let value = match own {
            Some(at) => Some(word.start + at..word.end),
            None if takes => words.next(),
            None => None,
        };
        if takes && value.as_ref().is_none_or(Range::is_empty) {
            let message = format!("The option `{text}` lacks its value.");
            problem.get_or_insert_with(|| joined.problem(word.clone(), message));
        }
        let end = value.as_ref().map_or(word.end, |value| value.end);
        let before = joined.text[..word.start].trim_end().len();
        let gap = match before {
            0 => joined.span(word.start..word.start).start,
            _ => joined.span(before - 1..before).end,
        };
        options.push(Opt {
            name,
            gap,
            span: joined.span(word.start..end),
            value: value.map(|value| joined.text(unquoted(joined, value))),
        });
    }
    (options, problem)
}

/// The long name, where in the word its value starts, and whether it takes one.
fn option(word: &str) -> Option<(&'static str, Option<usize>, bool)> {
    if let Some(long) = word.strip_prefix("--") {
        let (name, value) = match long.split_once('=') {
            Some((name, _)) => (name, Some(name.len() + 3)),
            None => (long, None),
        };
        let (name, _, takes) = KNOWN.iter().find(|(known, ..)| *known == name)?;
        return (*takes || value.is_none()).then_some((name, value, *takes));
    }
    let short = word.strip_prefix('-')?;
    let letter = short.get(..1)?;
    let (name, _, takes) = KNOWN.iter().find(|(_, known, _)| *known == letter)?;
    // `-rbase.txt` and `-r=base.txt`: the latter's `=` belongs to the value, to pip as well.
    let value = (short.len() > 1).then_some(2);
    Some((name, value, *takes))
}

/// Words between blanks; quotes keep blanks together, and belong to the word.
fn words(joined: &Joined, range: Range<usize>) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut quote = None;
    let mut open = false;
    for (at, c) in joined.text[range.clone()].char_indices() {
        let at = range.start + at;
        if quote.is_none() && c.is_whitespace() {
            open = false;
            continue;
        }
        match words.last_mut().filter(|_| open) {
            Some(word) => word.end = at + c.len_utf8(),
            None => words.push(at..at + c.len_utf8()),
        }
        open = true;
        match quote {
            Some(known) if known == c => quote = None,
            None if matches!(c, '\'' | '"') => quote = Some(c),
            _ => {}
        }
    }
    words
}

fn unquoted(joined: &Joined, range: Range<usize>) -> Range<usize> {
    let text = &joined.text[range.clone()];
    let quoted = |quote: char| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
    if quoted('\'') || quoted('"') {
        range.start + 1..range.end - 1
    } else {
        range
    }
}
