//! Recovery: tree-sitter-yaml turns its whole tree into an error when one line has a tab in its indentation, an indent on no
//! open level, or a second `: `. Such a line is blanked with spaces, so that every offset stays, and the text parsed again.

use tree_sitter::Tree;

use super::parse;

/// Blankings that are tried one after another.
const TRIES: usize = 3;
/// Above this many bytes the offending line is not searched for by parsing prefixes: a chunk is smaller, and a file that is
/// one chunk of this size must not cost a second.
const SEARCHED: usize = 256 * 1024;

/// The best tree of a text that has an error: that of the text without the lines that break it.
pub(super) fn mend(text: &[u8], broken: Tree) -> Tree {
    let mut text = text.to_vec();
    if untabbed(&mut text)
        && let Some(tree) = clean(&text)
    {
        return tree;
    }
    if text.len() > SEARCHED {
        return broken;
    }
    let lines = lines(&text);
    for _ in 0..TRIES {
        let line = first_failing(&text, &lines, 0);
        let doubled = doubled_colon(&text, &lines, line);
        let mut best: Option<(usize, Vec<u8>)> = None;
        for (first, last) in candidates(&text, &lines, line, doubled) {
            let mut mended = text.clone();
            blank(&mut mended, lines[first], lines[last + 1]);
            if let Some(tree) = clean(&mended) {
                return tree;
            }
            let reached = first_failing(&mended, &lines, line.saturating_sub(1));
            if best.as_ref().is_none_or(|(known, _)| *known < reached) {
                best = Some((reached, mended));
            }
        }
        let Some((_, mended)) = best else { break };
        text = mended;
    }
    // What precedes the first error is still worth reading.
    let line = first_failing(&text, &lines, 0);
    let end = text.len();
    blank(&mut text, lines[line], end);
    clean(&text).unwrap_or(broken)
}

fn clean(text: &[u8]) -> Option<Tree> {
    parse(text, None).filter(|tree| !tree.root_node().has_error())
}

/// Starts of the lines, and the end of the text.
fn lines(text: &[u8]) -> Vec<usize> {
    let mut starts = vec![0];
    starts.extend(memchr::memchr_iter(b'\n', text).map(|at| at + 1));
    if starts.last() != Some(&text.len()) {
        starts.push(text.len());
    }
    starts
}

/// The line that ends the shortest prefix that cannot be parsed, at or below `from`. Prefixes that end within a flow
/// collection fail as well though the whole would not, so a clean prefix is looked for a few lines further down.
fn first_failing(text: &[u8], lines: &[usize], from: usize) -> usize {
    let fails = |count: usize| clean(&text[..lines[count]]).is_none();
    let (mut good, mut bad) = (from, lines.len() - 1);
    loop {
        while bad - good > 1 {
            let middle = good.midpoint(bad);
            if fails(middle) {
                bad = middle;
            } else {
                good = middle;
            }
        }
        let further = (bad + 1..lines.len().min(bad + 9)).find(|count| !fails(*count));
        match further {
            Some(count) if count < lines.len() - 1 => {
                good = count;
                bad = lines.len() - 1;
            }
            _ => return bad - 1,
        }
    }
}

/// Ranges of lines to blank, the most likely first: single lines, then keys with all below them.
fn candidates(
    text: &[u8],
    lines: &[usize],
    line: usize,
    doubled: Option<usize>,
) -> Vec<(usize, usize)> {
    let is_blank = |line: usize| text[lines[line]..lines[line + 1]].trim_ascii().is_empty();
    let before = (0..line).rev().find(|line| !is_blank(*line));
    let single: Vec<usize> = [doubled, Some(line), before]
        .into_iter()
        .flatten()
        .collect();
    let mut found: Vec<_> = single.iter().map(|line| (*line, *line)).collect();
    for line in single {
        let last = deeper(text, lines, line);
        if last > line {
            found.push((line, last));
        }
    }
    found
}

/// The last of the lines below that are indented more than `line`.
fn deeper(text: &[u8], lines: &[usize], line: usize) -> usize {
    let indent = |line: usize| {
        let text = &text[lines[line]..lines[line + 1]];
        let blank = text.trim_ascii().is_empty();
        (!blank).then(|| text.len() - text.trim_ascii_start().len())
    };
    let own = indent(line).unwrap_or(0);
    let mut last = line;
    for next in line + 1..lines.len() - 1 {
        match indent(next) {
            Some(indent) if indent <= own => break,
            Some(_) => last = next,
            None => {}
        }
    }
    last
}

/// The last line up to `line` that has a second `: ` in a plain value.
fn doubled_colon(text: &[u8], lines: &[usize], line: usize) -> Option<usize> {
    (line.saturating_sub(1)..=line).rev().find(|line| {
        let text = text[lines[*line]..lines[line + 1]].trim_ascii();
        memchr::memmem::find(text, b": ").is_some_and(|at| {
            let value = text[at + 2..].trim_ascii_start();
            !matches!(
                value.first(),
                None | Some(b'"' | b'\'' | b'[' | b'{' | b'#' | b'|' | b'>')
            ) && memchr::memmem::find(value, b": ").is_some()
        })
    })
}

/// Make the indentation of lines that have a tab there parse: a tab counts as one space where that gives a clean tree (a
/// file indented with tabs alone), else the lines are blanked. False when there is no such line.
fn untabbed(text: &mut Vec<u8>) -> bool {
    let lines = lines(text);
    let mut spaced = text.clone();
    let mut tabbed = Vec::new();
    for pair in lines.windows(2) {
        let line = &mut spaced[pair[0]..pair[1]];
        let indent = line.len() - line.trim_ascii_start().len();
        let content = line.get(indent).is_some_and(|byte| *byte != b'#');
        if content && line[..indent].contains(&b'\t') {
            line[..indent].fill(b' ');
            tabbed.push((pair[0], pair[1]));
        }
    }
    if tabbed.is_empty() {
        return false;
    }
    if clean(&spaced).is_some() {
        *text = spaced;
    } else {
        for (start, end) in tabbed {
            blank(text, start, end);
        }
    }
    true
}

fn blank(text: &mut [u8], start: usize, end: usize) {
    for byte in &mut text[start..end] {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
}
