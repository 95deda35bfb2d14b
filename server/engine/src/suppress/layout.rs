//! Where comments are, and where they cannot be: by a lexical scan, which tells them from strings without a tree.

use super::yaml;
use crate::chunk::dockerfile::{bodies, instructions};
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

/// Lines between which no comment can stand: a string, a block of YAML, the body of a heredoc, what a backslash continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    /// 0-based, as all lines here.
    pub(super) first: usize,
    pub(super) last: usize,
    /// A comment may stand at the end of the first line.
    pub(super) head_open: bool,
    /// A comment may stand at the end of the last line.
    pub(super) tail_open: bool,
}

#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) comments: Vec<Comment>,
    /// Ordered, and apart from each other.
    pub(super) blocks: Vec<Block>,
}

impl Layout {
    pub(super) fn read(language: Language, text: &str, lines: &Lines) -> Layout {
        let (starts, blocks) = match language {
            Language::Python => outside_strings(text, lines, true),
            Language::Toml => outside_strings(text, lines, false),
            Language::Yaml => yaml::scan(text, lines),
            Language::Dockerfile => dockerfile(text, lines),
            Language::Requirements => (behind_blanks(lines), continued(lines)),
            Language::Ini | Language::Dotenv => (own_lines(lines), Vec::new()),
            Language::Plain => (any_comments(lines), Vec::new()),
        };
        Layout {
            comments: comments(text, lines, starts),
            blocks: joined(blocks),
        }
    }

    /// The block that a line belongs to.
    pub(super) fn block(&self, line: usize) -> Option<&Block> {
        let at = self.blocks.partition_point(|block| block.last < line);
        self.blocks.get(at).filter(|block| block.first <= line)
    }
}

fn comments(text: &str, lines: &Lines, starts: Vec<usize>) -> Vec<Comment> {
    let mut comments: Vec<Comment> = starts
        .into_iter()
        .map(|start| {
            let line = lines.line_at(start);
            let begin = lines.start(line);
            let before = text[begin..start].trim_start_matches('\u{feff}');
            let own = before.trim().is_empty();
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

/// Blocks that share a line are one.
fn joined(mut blocks: Vec<Block>) -> Vec<Block> {
    blocks.retain(|block| block.first < block.last || !block.tail_open);
    blocks.sort_by_key(|block| (block.first, block.last));
    let mut joined: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks {
        match joined.last_mut() {
            Some(before) if block.first <= before.last => {
                if block.last >= before.last {
                    before.last = block.last;
                    before.tail_open = block.tail_open;
                }
                before.head_open &= block.first != before.first || block.head_open;
            }
            _ => joined.push(block),
        }
    }
    joined
}

type Scanned = (Vec<usize>, Vec<Block>);

/// Comments of Python, and of TOML, whose strings end where Python's would.
fn outside_strings(text: &str, lines: &Lines, python: bool) -> Scanned {
    let bytes = text.as_bytes();
    let (mut starts, mut blocks) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < bytes.len() {
        let found = memchr::memchr3(b'#', b'"', b'\'', &bytes[at..]);
        let next = found.map_or(bytes.len(), |found| at + found);
        let slashes = memchr::memchr_iter(b'\\', &bytes[at..next]).filter(|_| python);
        for slash in slashes.map(|slash| at + slash) {
            if matches!(bytes.get(slash + 1), Some(b'\n' | b'\r')) {
                let first = lines.line_at(slash);
                blocks.push(text_block(first, first + 1));
            }
        }
        match bytes.get(next) {
            None => break,
            Some(b'#') => {
                starts.push(next);
                at = line_end(bytes, next);
            }
            Some(quote) => {
                let (end, closed) = string_end(bytes, next, python || *quote == b'"');
                blocks.push(Block {
                    tail_open: closed,
                    ..text_block(
                        lines.line_at(next),
                        lines.line_at(end - usize::from(closed)),
                    )
                });
                at = end;
            }
        }
    }
    (starts, blocks)
}

/// A block behind which a comment may stand.
pub(super) fn text_block(first: usize, last: usize) -> Block {
    Block {
        first,
        last,
        head_open: false,
        tail_open: true,
    }
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |end| at + end)
}

/// Behind the string whose first quote is at `at`, and whether it is closed: a string of one line ends with its line, one of
/// several lines with the text.
fn string_end(bytes: &[u8], mut at: usize, escapes: bool) -> (usize, bool) {
    let quote = bytes[at];
    let triple = bytes[at..].starts_with(&[quote; 3]);
    at += if triple { 3 } else { 1 };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if escapes => at += 1 + usize::from(bytes[at..].starts_with(b"\\\r\n")),
            byte if byte == quote && !triple => return (at + 1, true),
            byte if byte == quote && bytes[at..].starts_with(&[quote; 3]) => return (at + 3, true),
            b'\n' | b'\r' if !triple => return (at, false),
            _ => {}
        }
        at += 1;
    }
    (bytes.len(), false)
}

/// The pairs of brackets of Python, each from its opening to behind its closing one; what is never closed is none.
pub(super) fn brackets(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let (mut pairs, mut open) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'#' => at = line_end(bytes, at),
            b'"' | b'\'' => {
                at = string_end(bytes, at, true).0;
                continue;
            }
            b'(' | b'[' | b'{' => open.push(at),
            close @ (b')' | b']' | b'}') => {
                let opening = |start: &usize| match close {
                    b')' => bytes[*start] == b'(',
                    b']' => bytes[*start] == b'[',
                    _ => bytes[*start] == b'{',
                };
                if let Some(own) = open.iter().rposition(opening) {
                    pairs.push(open[own]..at + 1);
                    open.truncate(own);
                }
            }
            _ => {}
        }
        at += 1;
    }
    pairs
}

/// Lines of their own, also between those of one instruction; in the body of a heredoc a `#` is text.
fn dockerfile(text: &str, lines: &Lines) -> Scanned {
    let bodies = bodies(text);
    let mut starts = own_lines(lines);
    starts.retain(|start| {
        let next = bodies.partition_point(|body| body.end <= *start);
        let within = bodies.get(next).is_some_and(|body| body.contains(start));
        text[*start..].starts_with('#') && !within
    });
    if bodies.is_empty() {
        return (starts, Vec::new());
    }
    let instructions = instructions(text);
    let block = |body: &std::ops::Range<usize>| {
        let line = lines.line_at(body.start);
        let at = instructions.partition_point(|(lines, _)| lines.end <= line);
        let (lines, _) = instructions.get(at)?;
        Some(Block {
            tail_open: false,
            ..text_block(lines.start, lines.end.saturating_sub(1))
        })
    };
    (starts, bodies.iter().filter_map(block).collect())
}

/// configparser has comments on their own lines only.
fn own_lines(lines: &Lines) -> Vec<usize> {
    let comment = |row: usize| {
        let line = lines.line(row);
        let bare = line.trim_start_matches('\u{feff}').trim_start();
        let start = lines.start(row) + line.len() - bare.len();
        bare.starts_with(['#', ';']).then_some(start)
    };
    (0..lines.count()).filter_map(comment).collect()
}

/// Comments as pip reads them: a `#` at the start of a line, or behind a blank.
fn behind_blanks(lines: &Lines) -> Vec<usize> {
    let comment = |row: usize| {
        let line = lines.line(row);
        let bare = line.trim_start_matches('\u{feff}');
        let mut signs = bare.match_indices('#').map(|(at, _)| at);
        let at = signs.find(|at| {
            bare[..*at]
                .chars()
                .next_back()
                .is_none_or(char::is_whitespace)
        })?;
        Some(lines.start(row) + line.len() - bare.len() + at)
    };
    (0..lines.count()).filter_map(comment).collect()
}

/// What begins a comment in one language or another, the longest first where two begin alike.
pub(super) const SIGNS: &[&str] = &["<!--", "//", "--", "/*", "#", ";", "%"];

/// Of a text whose language nobody knows: lines that begin as a comment does, and comments that are ours.
fn any_comments(lines: &Lines) -> Vec<usize> {
    let comment = |row: usize| {
        let line = lines.line(row);
        let bare = line.trim_start_matches('\u{feff}').trim_start();
        let lead = line.len() - bare.len();
        if SIGNS.iter().any(|sign| bare.starts_with(sign)) {
            return Some(lines.start(row) + lead);
        }
        let before = line[..line.find("harden:")?].trim_end();
        let sign = SIGNS.iter().find(|sign| before.ends_with(**sign))?;
        Some(lines.start(row) + before.len() - sign.len())
    };
    (0..lines.count()).filter_map(comment).collect()
}

fn continued(lines: &Lines) -> Vec<Block> {
    let open = |row: &usize| lines.line(*row).ends_with('\\');
    let rows = (0..lines.count()).filter(open);
    rows.map(|row| text_block(row, row + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(language: Language, text: &str) -> Layout {
        Layout::read(language, text, &Lines::new(text))
    }

    fn found(language: Language, text: &str) -> Vec<&str> {
        let comments = read(language, text).comments;
        let comments = comments.iter();
        comments
            .map(|comment| &text[comment.span.range()])
            .collect()
    }

    fn blocks(language: Language, text: &str) -> Vec<(usize, usize)> {
        let mut blocks = read(language, text).blocks;
        blocks.retain(|block| block.first < block.last);
        blocks
            .iter()
            .map(|block| (block.first, block.last))
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
        let pip = "a==1 # one\n# two\nb @ https://c/d#e=f\t# three #\n";
        assert_eq!(
            found(Language::Requirements, pip),
            ["# one", "# two", "# three #"]
        );
        assert_eq!(found(Language::Toml, "a = '#' # one"), ["# one"]);
        assert_eq!(found(Language::Toml, "a = 'C:\\' # one"), ["# one"]);
        assert_eq!(found(Language::Toml, "\u{feff}# one"), ["# one"]);
    }

    #[test]
    fn comments_above_comments_stand_above_the_same_line() {
        let layout = read(Language::Python, "# a\n# b\nx = 1 # c\n");
        let above: Vec<_> = layout
            .comments
            .iter()
            .map(|comment| comment.above)
            .collect();
        assert_eq!(above, [Some(2), Some(2), None]);
    }

    #[test]
    fn blocks_go_on_over_lines() {
        let python = "a = \"\"\"\nb\n\"\"\" + \\\r\n  'c'\nd = 'e\nf = 1\n";
        assert_eq!(blocks(Language::Python, python), [(0, 3)]);
        assert_eq!(blocks(Language::Python, "a = 'b\\\r\nc'\nd\n"), [(0, 1)]);
        assert_eq!(
            blocks(
                Language::Dockerfile,
                "FROM a\nRUN b <<E\nc\nE\nRUN d \\\n e\n"
            ),
            [(1, 3)]
        );
        assert_eq!(
            blocks(
                Language::Requirements,
                "a \\\n  --hash b \\\n  --hash c\nd\n"
            ),
            [(0, 2)]
        );
    }
}
