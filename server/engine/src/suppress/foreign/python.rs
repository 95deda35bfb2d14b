//! `# noqa`, `# nosec` and Ruff's own comments.

use super::{Foreign, Silence, behind, ruff};
use crate::output::Lines;
use crate::suppress::bandit;
use crate::suppress::checks::is_code;
use crate::suppress::layout::Comment;

/// A comment of Ruff's beside `# ruff: noqa`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// The line, or the statement below.
    Ignore,
    File,
    /// From here on.
    Disable,
    /// Up to here.
    Enable,
}

impl Foreign<'_> {
    pub(super) fn python(&mut self) {
        let layout = self.layout;
        // `disable` comments that no `enable` has ended: the line, the column, the codes.
        let mut open: Vec<(usize, usize, Vec<String>)> = Vec::new();
        for comment in &layout.comments {
            let words = &self.text[comment.span.range()];
            let own = comment.above.is_some();
            if let Some(silence) = file_noqa(words) {
                if own {
                    self.file.push(silence);
                }
            } else if let Some((word, ids)) = of_ruff(words) {
                let column = comment.span.start as usize - self.lines.start(comment.line);
                // What spans statements stands between them.
                let between = own && self.statement(comment.line).count() == 1;
                match word {
                    Word::Ignore => self.ignore(comment, ids),
                    Word::File if between && column == 0 => self.file.push(Silence::Ruff(ids)),
                    Word::Disable if between => open.push((comment.line, column, ids)),
                    Word::Enable if between => {
                        let same = |of: &(usize, usize, Vec<String>)| of.1 == column && of.2 == ids;
                        if let Some(at) = open.iter().rposition(same) {
                            let (line, ..) = open.remove(at);
                            self.ranges.push((line..comment.line, Silence::Ruff(ids)));
                        }
                    }
                    Word::File | Word::Disable | Word::Enable => {}
                }
            } else if let Some(ids) = noqa(words) {
                self.marks.push((comment.line, Silence::Noqa(ids)));
            }
            if let Some(ids) = nosec(words) {
                self.marks.push((comment.line, Silence::Nosec(ids)));
            }
        }
        for (line, column, ids) in open {
            let end = self.left_of(line + 1, column);
            self.ranges.push((line..end, Silence::Ruff(ids)));
        }
    }

    /// `# ruff: ignore` on a line of its own is about the statement below, or of one with a body its head; within brackets
    /// about the next line.
    fn ignore(&mut self, comment: &Comment, ids: Vec<String>) {
        let silence = Silence::Ruff(ids);
        let Some(next) = comment.above else {
            self.marks.push((comment.line, silence));
            return;
        };
        let code = |row: &usize| {
            let line = self.lines.line(*row).trim_start();
            !line.is_empty() && !line.starts_with('#')
        };
        let Some(next) = (next..self.lines.count()).find(code) else {
            return;
        };
        let within = self.statement(comment.line).contains(&next);
        let lines = match within {
            true => next..=next,
            false => self.statement(next),
        };
        let lines = *lines.start()..*lines.end() + 1;
        self.ranges.push((lines, silence));
    }

    /// The first line that ends the block of a comment: one with code left of it.
    pub(super) fn left_of(&self, from: usize, column: usize) -> usize {
        let ends = |row: &usize| {
            let line = self.lines.line(*row);
            let bare = line.trim_start();
            let inside = self
                .layout
                .block(*row)
                .is_some_and(|block| block.first < *row);
            let code = !bare.is_empty() && !bare.starts_with('#') && !inside;
            code && line.len() - bare.len() < column
        };
        (from..self.lines.count()).find(ends).unwrap_or(usize::MAX)
    }
}

/// The last line of what is indented below the line on which a clause ends.
pub(super) fn suite_end(lines: &Lines, head: usize) -> usize {
    let indent = |row: usize| {
        let line = lines.line(row);
        let bare = line.trim_start();
        (!bare.is_empty()).then_some(line.len() - bare.len())
    };
    let own = indent(head).unwrap_or_default();
    let mut end = head;
    for row in head + 1..lines.count() {
        match indent(row) {
            Some(indent) if indent <= own => break,
            Some(_) => end = row,
            None => {}
        }
    }
    end
}

/// The codes at the start of a list with commas, blanks or nothing between them.
fn codes(list: &str) -> Vec<String> {
    let words = list.split(|c: char| c == ',' || c.is_whitespace());
    let words = words.filter(|word| !word.is_empty());
    words.map_while(apart).flatten().collect()
}

/// `E501S311` are two.
fn apart(word: &str) -> Option<Vec<String>> {
    let mut codes = Vec::new();
    let mut rest = word;
    while !rest.is_empty() {
        let letters = rest.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let behind = letters.trim_start_matches(|c: char| c.is_ascii_digit());
        let (code, behind) = rest.split_at(rest.len() - behind.len());
        if !is_code(code) {
            return None;
        }
        codes.push(code.to_owned());
        rest = behind;
    }
    Some(codes)
}

fn noqa(comment: &str) -> Option<Vec<String>> {
    listed(behind(comment, "noqa", false)?)
}

/// Ruff wants its own name as it is, flake8 does not.
fn file_noqa(comment: &str) -> Option<Silence> {
    let (rest, exact) = match behind(comment, "ruff:", true) {
        Some(rest) => (rest, true),
        None => {
            let rest = behind(comment, "flake8", false)?;
            (rest.strip_prefix([':', '='])?, false)
        }
    };
    let word = rest.trim_start();
    let noqa = word.get(..4)?.eq_ignore_ascii_case("noqa");
    let ids = noqa.then(|| listed(&word[4..])).flatten()?;
    Some(match exact {
        true => Silence::Ruff(ids),
        false => Silence::Noqa(ids),
    })
}

/// Nothing, or a colon and ids. A colon without ids silences nothing, and so does a word that goes on.
fn listed(rest: &str) -> Option<Vec<String>> {
    if let Some(list) = rest.trim_start().strip_prefix(':') {
        return Some(codes(list)).filter(|codes| !codes.is_empty());
    }
    let ends = |c: char| c.is_whitespace() || c == '#';
    (rest.is_empty() || rest.starts_with(ends)).then(Vec::new)
}

/// `# ruff: ignore[S311]` and its kin; a rule may be given by its name, which Ruff knows in its preview.
fn of_ruff(comment: &str) -> Option<(Word, Vec<String>)> {
    let rest = behind(comment, "ruff:", true)?.trim_start();
    let (name, list) = rest.split_once('[')?;
    let word = match name.trim_end() {
        "ignore" => Word::Ignore,
        "file-ignore" => Word::File,
        "disable" => Word::Disable,
        "enable" => Word::Enable,
        _ => return None,
    };
    let list = &list[..list.find(']')?];
    let words = list.split(',').map(str::trim);
    let ids: Vec<String> = words
        .filter_map(|word| match is_code(word) {
            true => Some(word),
            false => ruff::code(word),
        })
        .map(str::to_owned)
        .collect();
    (!ids.is_empty()).then_some((word, ids))
}

/// Ids, or names of Bandit's tests; where none of them is known, all are meant.
fn nosec(comment: &str) -> Option<Vec<String>> {
    let rest = behind(comment, "nosec", true)?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let list = rest.split('#').next().unwrap_or_default();
    let words = list.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let known = words.filter_map(bandit::id);
    Some(known.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noqa_is_read_as_ruff_reads_it() {
        let ids = |text: &str| noqa(text).map(|ids| ids.join(" "));
        assert_eq!(ids("# noqa"), Some(String::new()));
        assert_eq!(
            ids("# NoQA: S311,BLE001 because"),
            Some("S311 BLE001".into())
        );
        assert_eq!(ids("# type: ignore # noqa:S311"), Some("S311".into()));
        assert_eq!(ids("# noqa - see above"), Some(String::new()));
        assert_eq!(ids("# noqa:"), None);
        assert_eq!(ids("# noqable"), None);
        assert_eq!(ids("# about noqa"), None);
        assert_eq!(
            file_noqa("# ruff: noqa: S110, S112"),
            Some(Silence::Ruff(vec!["S110".into(), "S112".into()]))
        );
        assert_eq!(file_noqa("# flake8: noqa"), Some(Silence::Noqa(Vec::new())));
        assert_eq!(file_noqa("# noqa"), None);
        assert_eq!(
            of_ruff("# ruff: ignore[S311] x"),
            Some((Word::Ignore, vec!["S311".into()]))
        );
        assert_eq!(
            of_ruff("# ruff: disable[S110, S112]"),
            Some((Word::Disable, vec!["S110".into(), "S112".into()]))
        );
        assert_eq!(of_ruff("# ruff: disable"), None);
    }

    #[test]
    fn nosec_is_read_as_bandit_reads_it() {
        let ids = |text: &str| nosec(text).map(|ids| ids.join(" "));
        assert_eq!(ids("# nosec"), Some(String::new()));
        assert_eq!(
            ids("# pragma: no cover # nosec B311, B110"),
            Some("B311 B110".into())
        );
        assert_eq!(ids("# nosec: B311 # why"), Some("B311".into()));
        assert_eq!(ids("# nosec blacklist"), Some(String::new()));
        assert_eq!(
            ids("# nosec try_except_pass, B112"),
            Some("B110 B112".into())
        );
        assert_eq!(ids("# nosec: B999 B311 as told"), Some("B311".into()));
        assert_eq!(ids("# NOSEC"), None);
    }
}
