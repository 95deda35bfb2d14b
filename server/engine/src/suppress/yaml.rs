//! Comments and blocks of YAML, line by line.

use super::layout::{Block, text_block};
use crate::output::Lines;

/// What the last value of a line leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    /// A block scalar follows.
    Block,
    /// Deeper lines go on with the text.
    Plain,
    /// A string is not closed.
    Quote(u8),
}

struct Line {
    comment: Option<usize>,
    open: Open,
    /// Lines deeper than this column go on.
    parent: usize,
    /// Brackets that are open at the end.
    depth: usize,
}

/// Where comments start, and the scalars over several lines.
pub(super) fn scan(text: &str, lines: &Lines) -> (Vec<usize>, Vec<Block>) {
    let (mut starts, mut blocks) = (Vec::new(), Vec::new());
    let (mut row, mut from, mut depth) = (0, 0, 0);
    // The first line of the brackets that are open.
    let mut bracket = 0;
    while row < lines.count() {
        let line = lines.line(row);
        if from == 0 && depth > 0 && ends_brackets(line, indent(lines.line(bracket))) {
            depth = 0;
        }
        if depth == 0 {
            bracket = row;
        }
        let read = read(line, from, depth);
        starts.extend(read.comment.map(|at| lines.start(row) + at));
        (depth, from) = (read.depth, 0);
        let next = row + 1;
        row = match read.open {
            Open::Nothing => next,
            Open::Block => {
                let end = deeper(lines, next, |line| indent(line) > read.parent);
                blocks.push(Block {
                    head_open: true,
                    tail_open: false,
                    ..text_block(row, end - 1)
                });
                end
            }
            Open::Plain => {
                let end = deeper(lines, next, |line| {
                    let comment = line.trim_start().starts_with('#');
                    indent(line) > read.parent && !comment && !is_entry(line)
                });
                blocks.push(text_block(row, end - 1));
                if end == next {
                    next
                } else {
                    // Its last line may end with a comment.
                    let last = lines.line(end - 1);
                    let comment = last.find(" #").map(|at| lines.start(end - 1) + at + 1);
                    starts.extend(comment);
                    end
                }
            }
            Open::Quote(quote) => match close(lines, next, quote, read.parent) {
                Some((end, at)) => {
                    blocks.push(text_block(row, end));
                    from = at;
                    end
                }
                // Half-typed: it is closed where its line ends.
                None => {
                    blocks.push(Block {
                        tail_open: false,
                        ..text_block(row, row)
                    });
                    next
                }
            },
        };
    }
    debug_assert!(starts.iter().all(|at| text[*at..].starts_with('#')));
    (starts, blocks)
}

/// The line behind those that are blank or go on; blank ones at the end do not count.
fn deeper(lines: &Lines, from: usize, goes_on: impl Fn(&str) -> bool) -> usize {
    let mut end = from;
    for row in from..lines.count() {
        let line = lines.line(row);
        if line.trim().is_empty() {
            continue;
        }
        if !goes_on(line) {
            break;
        }
        end = row + 1;
    }
    end
}

/// The line and the column behind the quote that closes a string.
fn close(lines: &Lines, from: usize, quote: u8, parent: usize) -> Option<(usize, usize)> {
    for row in from..lines.count() {
        let line = lines.line(row);
        let blank = line.trim().is_empty();
        if !blank && indent(line) <= parent && !line.trim_start().starts_with(['"', '\'']) {
            return None;
        }
        if let Some(end) = string_end(line.as_bytes(), 0, quote) {
            return Some((row, end));
        }
    }
    None
}

fn indent(line: &str) -> usize {
    let line = line.trim_start_matches('\u{feff}');
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether a line looks like a key or an item outside of brackets that were never closed.
fn ends_brackets(line: &str, parent: usize) -> bool {
    indent(line) <= parent && is_entry(line)
}

/// Whether a line looks like a key or an item.
fn is_entry(line: &str) -> bool {
    let bare = line.trim_start();
    let key = bare
        .find([':', ' ', '#', '"', '\'', ']', '}', ','])
        .is_some_and(|at| bare[at..].starts_with(": ") || &bare[at..] == ":");
    key || bare.starts_with("- ")
}

/// Behind the quote that ends the text at `at`.
fn string_end(line: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    while at < line.len() {
        match line[at] {
            b'\\' if quote == b'"' => at += 1,
            byte if byte == quote && quote == b'\'' && line.get(at + 1) == Some(&quote) => at += 1,
            byte if byte == quote => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Read a line from a column on, with so many brackets open before it.
fn read(line: &str, from: usize, depth: usize) -> Line {
    let bytes = line.as_bytes();
    let blank = |at: usize| matches!(bytes.get(at), None | Some(b' ' | b'\t'));
    let mut found = Line {
        comment: None,
        open: Open::Nothing,
        parent: indent(line).saturating_sub(1),
        depth,
    };
    let mut at = from;
    if from == 0 && line.starts_with('\u{feff}') {
        at = 3;
    }
    while at < bytes.len() {
        let byte = bytes[at];
        let separate = at == 0 || blank(at - 1) || bytes[..at].ends_with("\u{feff}".as_bytes());
        match byte {
            b' ' | b'\t' => at += 1,
            b'#' if separate => {
                found.comment = Some(at);
                return found;
            }
            b'[' | b'{' => {
                found.depth += 1;
                at += 1;
            }
            b']' | b'}' if found.depth > 0 => {
                found.depth -= 1;
                at += 1;
            }
            b'"' | b'\'' if separate || b"[{,:".contains(&bytes[at - 1]) => {
                match string_end(bytes, at + 1, byte) {
                    Some(end) => {
                        if bytes.get(end) == Some(&b':') && blank(end + 1) && found.depth == 0 {
                            found.parent = at;
                        }
                        at = end;
                    }
                    None => {
                        found.open = Open::Quote(byte);
                        return found;
                    }
                }
            }
            _ if found.depth > 0 => at += 1,
            b'-' | b'?' | b':' if blank(at + 1) => {
                if byte != b':' {
                    found.parent = at;
                }
                at += 1;
            }
            b'&' | b'!' | b'*' => at += bytes[at..].iter().take_while(|b| **b != b' ').count(),
            b'|' | b'>' if is_block(&line[at..]) => {
                found.comment = line[at..].find(" #").map(|hash| at + hash + 1);
                found.open = Open::Block;
                return found;
            }
            _ => {
                let end = word_end(bytes, at);
                match bytes.get(end) {
                    Some(b':') => {
                        found.parent = at;
                        at = end + 1;
                        continue;
                    }
                    Some(_) => found.comment = Some(end),
                    None => found.open = Open::Plain,
                }
                return found;
            }
        }
    }
    found
}

/// `|`, `>-`, `|2+`, with nothing behind but a comment.
fn is_block(rest: &str) -> bool {
    let rest =
        rest[1..].trim_start_matches(['+', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    rest.is_empty()
        || rest.starts_with([' ', '\t']) && rest.trim().is_empty()
        || rest.trim_start().starts_with('#')
}

/// Where a plain text ends: at the colon of a key, at a comment, or with the line.
fn word_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b':' if matches!(bytes.get(at + 1), None | Some(b' ' | b'\t')) => return at,
            b'#' if matches!(bytes[at - 1], b' ' | b'\t') => return at,
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<&str>, Vec<(usize, usize)>) {
        let lines = Lines::new(text);
        let (starts, blocks) = scan(text, &lines);
        let comments = starts
            .iter()
            .map(|at| text[*at..].lines().next().unwrap_or(""));
        let blocks = blocks.iter().filter(|block| block.first < block.last);
        let blocks = blocks.map(|block| (block.first, block.last));
        (comments.collect(), blocks.collect())
    }

    #[test]
    fn scalars_over_lines_are_blocks() {
        let text = "a: |  # one\n  # text\n\n  b\nc: >-\n   d\n# two\ne: f\n  g # three\nh: 'i\n  # text' # four\nj: k # five\n  l: m\n";
        let (comments, blocks) = read(text);
        assert_eq!(comments, ["# one", "# two", "# three", "# four", "# five"]);
        assert_eq!(blocks, [(0, 3), (4, 5), (7, 8), (9, 10)]);
    }

    #[test]
    fn items_and_keys_end_a_scalar() {
        let text = "a:\n  - b\n  - c: |\n      # text\n    d: e\n  - 'f'\n  - |\n    # text\n  # one\ng: h\ni: j\n";
        assert_eq!(read(text), (vec!["# one"], vec![(2, 3), (6, 7)]));
    }

    #[test]
    fn brackets_go_on_with_comments() {
        let text =
            "a: [b, # one\n  'c # no', # two\n  d]\ne: {\nf: g # three\nh: \"i\nj: k # four\n";
        assert_eq!(read(text).0, ["# one", "# two", "# three", "# four"]);
        assert_eq!(read(text).1, []);
    }
}
