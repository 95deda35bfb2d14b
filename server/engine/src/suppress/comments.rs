//! Comments by a lexical scan: enough to tell them from strings, without a tree.

use crate::chunk::dockerfile::bodies;
use crate::file::Language;
use crate::output::Lines;
use crate::text::Span;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Comment {
    /// From its `#` (or `;`) to the end of the line.
    pub(super) span: Span,
    /// 0-based.
    pub(super) line: usize,
    /// For a comment on a line of its own: the line that it stands above.
    pub(super) above: Option<usize>,
}

pub(super) fn comments(language: Language, text: &str, lines: &Lines) -> Vec<Comment> {
    let starts = match language {
        Language::Python | Language::Toml => outside_strings(text),
        Language::Yaml => yaml(text, lines),
        Language::Dockerfile => dockerfile(text, lines),
        Language::Ini | Language::Requirements | Language::Dotenv => own_lines(lines),
    };
    let mut comments: Vec<Comment> = starts
        .into_iter()
        .map(|start| {
            let line = lines.line_at(start);
            let begin = lines.start(line);
            let own = text[begin..start].trim().is_empty();
            Comment {
                span: Span::new(start, begin + lines.line(line).len()),
                line,
                above: own.then_some(line + 1),
            }
        })
        .collect();
    // A comment above comments stands above what they stand above.
    for at in (1..comments.len()).rev() {
        let below = comments[at];
        let comment = &mut comments[at - 1];
        if comment.above == Some(below.line) && below.above.is_some() {
            comment.above = below.above;
        }
    }
    comments
}

/// Python's strings, and TOML's, which end where Python's would.
fn outside_strings(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut starts = Vec::new();
    let mut at = 0;
    while let Some(found) = bytes
        .get(at..)
        .and_then(|rest| memchr::memchr3(b'#', b'"', b'\'', rest))
    {
        at += found;
        if bytes[at] == b'#' {
            starts.push(at);
            at = line_end(bytes, at);
        } else {
            at = string_end(bytes, at);
        }
    }
    starts
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |end| at + end)
}

/// Behind the string whose first quote is at `at`. A string of one line ends with its line.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    let quote = bytes[at];
    let triple = bytes[at..].starts_with(&[quote; 3]);
    at += if triple { 3 } else { 1 };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            byte if byte == quote && !triple => return at + 1,
            byte if byte == quote && bytes[at..].starts_with(&[quote; 3]) => return at + 3,
            b'\n' if !triple => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn yaml(text: &str, lines: &Lines) -> Vec<usize> {
    let comment = |row: usize| {
        let line = lines.line(row);
        let mut quote = None;
        let mut before = ' ';
        for (at, c) in line.char_indices() {
            match (quote, c) {
                (None, '#') if before.is_whitespace() => return Some(lines.start(row) + at),
                // A quote opens a string only at the beginning of a value.
                (None, '"' | '\'') if before.is_whitespace() || "[{,:".contains(before) => {
                    quote = Some(c);
                }
                (Some(open), c) if c == open && before != '\\' => quote = None,
                _ => {}
            }
            before = c;
        }
        None
    };
    if memchr::memchr(b'#', text.as_bytes()).is_none() {
        return Vec::new();
    }
    (0..lines.count()).filter_map(comment).collect()
}

/// Lines of their own, also between those of one instruction; in the body of a heredoc a `#` is text.
fn dockerfile(text: &str, lines: &Lines) -> Vec<usize> {
    let bodies = bodies(text);
    let mut starts = own_lines(lines);
    starts.retain(|start| {
        let next = bodies.partition_point(|body| body.end <= *start);
        let within = bodies.get(next).is_some_and(|body| body.contains(start));
        text[*start..].starts_with('#') && !within
    });
    starts
}

/// configparser has comments on their own lines only.
fn own_lines(lines: &Lines) -> Vec<usize> {
    let comment = |row: usize| {
        let line = lines.line(row);
        let bare = line.trim_start();
        let start = lines.start(row) + line.len() - bare.len();
        bare.starts_with(['#', ';']).then_some(start)
    };
    (0..lines.count()).filter_map(comment).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(language: Language, text: &str) -> Vec<&str> {
        let lines = Lines::new(text);
        comments(language, text, &lines)
            .iter()
            .map(|comment| &text[comment.span.range()])
            .collect()
    }

    #[test]
    fn strings_are_no_comments() {
        let python = "a = '# no' # one\r\nb = \"\"\"\n# no\n\\\"\"\" # no\"\"\" # two\nc = 'open # no\nd # three";
        assert_eq!(
            found(Language::Python, python),
            ["# one", "# two", "# three"]
        );
        let yaml = "a: \"x # no\" # one\nb: it's#no\nc: don't # two\n# three";
        assert_eq!(found(Language::Yaml, yaml), ["# one", "# two", "# three"]);
        assert_eq!(
            found(Language::Ini, "a = b # no\n ; one\n# two"),
            ["; one", "# two"]
        );
        let dockerfile = "# one\nRUN a \\\n  # two\n  && b # no\n; no\nRUN <<E\n# no\nE\n# three\nCMD <<E\n# four";
        assert_eq!(
            found(Language::Dockerfile, dockerfile),
            ["# one", "# two", "# three", "# four"]
        );
        assert_eq!(found(Language::Toml, "a = '#' # one"), ["# one"]);
    }

    #[test]
    fn comments_above_comments_stand_above_the_same_line() {
        let text = "# a\n# b\nx = 1 # c\n";
        let lines = Lines::new(text);
        let above: Vec<_> = comments(Language::Python, text, &lines)
            .iter()
            .map(|comment| comment.above)
            .collect();
        assert_eq!(above, [Some(2), Some(2), None]);
    }
}
