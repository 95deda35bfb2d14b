//! `# noqa`, `# nosec` and Ruff's own comments.

use super::{Foreign, Silence, bandit, behind, is_code};
use crate::output::Lines;
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
            if let Some(ids) = file_noqa(words) {
                if own {
                    self.file.push(Silence::Noqa(ids));
                }
            } else if let Some((word, ids)) = of_ruff(words) {
                let column = comment.span.start as usize - self.lines.start(comment.line);
                match word {
                    Word::File => self.file.push(Silence::Noqa(ids)),
                    Word::Ignore => self.ignore(comment, ids),
                    Word::Disable if own => open.push((comment.line, column, ids)),
                    Word::Enable if own => {
                        let same = |of: &(usize, usize, Vec<String>)| of.1 == column && of.2 == ids;
                        if let Some(at) = open.iter().rposition(same) {
                            let (line, ..) = open.remove(at);
                            self.ranges.push((line..comment.line, Silence::Noqa(ids)));
                        }
                    }
                    Word::Disable | Word::Enable => {}
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
            self.ranges.push((line..end, Silence::Noqa(ids)));
        }
    }

    /// `# ruff: ignore` on a line of its own is about the statement below, with all its lines.
    fn ignore(&mut self, comment: &Comment, ids: Vec<String>) {
        let silence = Silence::Noqa(ids);
        let Some(first) = comment.above else {
            self.marks.push((comment.line, silence));
            return;
        };
        let start = self.lines.start(first);
        let end = self.lines.start(first + 1);
        let mut last = first;
        for pair in crate::suppress::layout::brackets(self.text) {
            if (start..end).contains(&pair.start) {
                last = last.max(self.lines.line_at(pair.end - 1));
            }
        }
        let block = self.layout.block(first).map_or(first, |block| block.last);
        self.ranges.push((first..last.max(block) + 1, silence));
    }

    /// The first line that ends the block of a comment: one with code left of it.
    fn left_of(&self, from: usize, column: usize) -> usize {
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

/// The ids at the start of a list with commas or blanks between them.
fn codes(list: &str) -> Vec<String> {
    list.split(|c: char| c == ',' || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .map_while(|word| is_code(word).then(|| word.to_owned()))
        .collect()
}

fn noqa(comment: &str) -> Option<Vec<String>> {
    listed(behind(comment, "noqa", false)?)
}

fn file_noqa(comment: &str) -> Option<Vec<String>> {
    let rest = behind(comment, "ruff:", false).or_else(|| behind(comment, "flake8:", false))?;
    let word = rest.trim_start();
    let noqa = word.get(..4)?.eq_ignore_ascii_case("noqa");
    noqa.then(|| listed(&word[4..])).flatten()
}

/// Nothing, or a colon and ids. A colon without ids silences nothing.
fn listed(rest: &str) -> Option<Vec<String>> {
    if let Some(list) = rest.trim_start().strip_prefix(':') {
        return Some(codes(list)).filter(|codes| !codes.is_empty());
    }
    (!rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')).then(Vec::new)
}

/// `# ruff: ignore[S311]` and its kin.
fn of_ruff(comment: &str) -> Option<(Word, Vec<String>)> {
    let rest = behind(comment, "ruff:", true)?.trim_start();
    let (name, list) = rest.split_once('[')?;
    let word = match name {
        "ignore" => Word::Ignore,
        "file-ignore" => Word::File,
        "disable" => Word::Disable,
        "enable" => Word::Enable,
        _ => return None,
    };
    let ids = codes(&list[..list.find(']')?]);
    (!ids.is_empty()).then_some((word, ids))
}

/// Ids, or names of Bandit's tests; where none of them is known, all are meant.
fn nosec(comment: &str) -> Option<Vec<String>> {
    let rest = behind(comment, "nosec", true)?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let list = rest.split('#').next().unwrap_or_default();
    let words = list.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let known = words.filter_map(|word| match bandit::is_id(word) {
        true => Some(word),
        false => bandit::id(word),
    });
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
            Some(vec!["S110".into(), "S112".into()])
        );
        assert_eq!(file_noqa("# flake8: noqa"), Some(Vec::new()));
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
