//! Lines of an environment file.

use std::sync::Arc;

use crate::chunk::dotenv::{next, shape_of};
use crate::model::dotenv::{Entry, Part, Value};
use crate::text::Span;

pub(super) fn read(text: &Arc<str>) -> Part {
    let mut part = Part::default();
    let mut start = 0;
    while start < text.len() {
        let end = next(text, start).end;
        part.entries.extend(entry(&text[start..end], start));
        start = end;
    }
    part.broken = part.entries.iter().any(|entry| entry.problem.is_some());
    part
}

/// `None` for a blank line and a comment.
fn entry(raw: &str, base: usize) -> Option<Entry> {
    let shape = shape_of(raw);
    let line = raw.trim_end();
    let (key, key_end) = (shape.key.min(line.len()), shape.key_end.min(line.len()));
    let rest = &line[key..];
    if !shape.export && (rest.is_empty() || rest.starts_with('#')) {
        return None;
    }
    let value = shape.value.map(|at| value(raw, at, shape.close));
    let behind = line[key_end..].trim_start();
    let named = !raw[key..key_end].is_empty();
    let problem = match &value {
        _ if !named => Some("This line has no name before a `=`."),
        Some((_, problem)) => *problem,
        None if behind.is_empty() || behind.starts_with('#') => None,
        None if raw[..key_end].ends_with(':') => {
            Some("Only Docker Compose reads `KEY: value`. Write `KEY=value`.")
        }
        None => Some("This line has no `=` behind its name."),
    };
    let value = value.map(|(value, _)| Value {
        span: value.span.shifted(base),
        ..value
    });
    let end = match &value {
        Some(value) => value.outer().end as usize - base,
        None if problem.is_some() => line.len(),
        None => key_end,
    };
    Some(Entry {
        span: Span::new(start(raw).min(end), end).shifted(base),
        export: shape.export,
        key: raw[key..key_end].into(),
        key_span: Span::new(key, key_end).shifted(base),
        value,
        problem,
    })
}

fn start(raw: &str) -> usize {
    let bare = raw.trim_start_matches('\u{feff}').trim_start();
    raw.len() - bare.len()
}

/// The value at `at`, and what is wrong with it.
fn value(raw: &str, at: usize, close: Option<usize>) -> (Value, Option<&'static str>) {
    let quote = raw[at..].chars().next().filter(|c| matches!(c, '\'' | '"'));
    if let (Some(quote), Some(close)) = (quote, close) {
        let span = Span::new(at + 1, close - 1);
        let inner = &raw[span.range()];
        let text = match quote {
            '"' => unescape(inner),
            _ => inner.into(),
        };
        let quote = Some(quote);
        return (Value { text, span, quote }, None);
    }
    let end = raw[at..].find(['\n', '\r']);
    let end = end.map_or(raw.len(), |length| at + length);
    let text = raw[at..comment(&raw[..end], at)].trim_end();
    // An empty value stands right behind the `=`, so that a blank stays before its comment.
    let at = if text.is_empty() {
        raw[..at].trim_end().len()
    } else {
        at
    };
    let problem = quote.map(|_| "The quote of this value is not closed, or more follows it.");
    let value = Value {
        text: text.into(),
        span: Span::new(at, at + text.len()),
        quote: None,
    };
    (value, problem)
}

/// Where the comment behind an unquoted value starts: at a `#` behind a blank, be the value empty or not.
fn comment(line: &str, value: usize) -> usize {
    let mut hashes = line[value..].match_indices('#').map(|(at, _)| value + at);
    hashes
        .find(|at| line[..*at].ends_with([' ', '\t']))
        .unwrap_or(line.len())
}

/// The escapes that both readers know; others stay as they are.
fn unescape(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        let kind = if c == '\\' { rest.clone().next() } else { None };
        let known = match kind {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('a') => '\u{7}',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('v') => '\u{b}',
            Some(c @ ('\\' | '"')) => c,
            _ => {
                out.push(c);
                continue;
            }
        };
        out.push(known);
        rest.next();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Key, value as read, the bytes of the value, and `!` for a problem.
    fn shape(text: &str) -> Vec<String> {
        let part = read(&text.into());
        let said = |entry: &Entry| {
            assert_eq!(&text[entry.key_span.range()], entry.key);
            let value = entry.value.as_ref().map(|value| {
                assert!(value.outer().end <= entry.span.end.max(value.outer().end));
                format!("={:?} {}", value.text, &text[value.outer().range()])
            });
            let problem = entry.problem.map_or("", |_| " !");
            format!("{}{}{problem}", entry.key, value.unwrap_or_default())
        };
        part.entries.iter().map(said).collect()
    }

    /// What python-dotenv 1.2 gives for the same texts, but for the lines with a problem, of which it keeps nothing.
    #[test]
    fn entries_are_those_of_the_readers() {
        for (text, expected) in [
            (
                "\u{feff}A=1\r\nB = 2 # c\r\n",
                vec!["A=\"1\" 1", "B=\"2\" 2"],
            ),
            (
                "export A=b#c\n# no\n\nB=#x\n",
                vec!["A=\"b#c\" b#c", "B=\"#x\" #x"],
            ),
            ("A=\nB\nC=''", vec!["A=\"\" ", "B", "C=\"\" ''"]),
            ("A='a\\n$b' # c\n", vec!["A=\"a\\\\n$b\" 'a\\n$b'"]),
            (
                "A=\"x\ny\\n\\\"z\"\nB=1",
                vec!["A=\"x\\ny\\n\\\"z\" \"x\ny\\n\\\"z\"", "B=\"1\" 1"],
            ),
            ("A=it's\nB=a b\n", vec!["A=\"it's\" it's", "B=\"a b\" a b"]),
            ("A= # c\nB=#\n", vec!["A=\"\" ", "B=\"#\" #"]),
            ("A=1\rB=2", vec!["A=\"1\" 1", "B=\"2\" 2"]),
            ("exporter=1\nexport\n", vec!["exporter=\"1\" 1", "export"]),
            (
                "A=\"open\nB=\"x\"\n",
                vec!["A=\"\\\"open\" \"open !", "B=\"x\" \"x\""],
            ),
            ("A=\"x\" y\n", vec!["A=\"\\\"x\\\" y\" \"x\" y !"]),
            ("A: b\n=c\na b\n", vec!["A: !", " !", "a !"]),
        ] {
            assert_eq!(shape(text), expected, "{text:?}");
        }
    }
}
