//! `# pylint: disable=…`, where a message is a check of Ruff's that findings carry.
//!
//! Behind code it is about its line, on a line of its own about the rest of its block.

use super::{Foreign, Silence};

impl Foreign<'_> {
    pub(super) fn pylint(&mut self) {
        let layout = self.layout;
        for comment in &layout.comments {
            let words = &self.text[comment.span.range()];
            let Some((_, rest)) = words.split_once("pylint:") else {
                continue;
            };
            let rest = rest.trim_start();
            if rest.starts_with("skip-file") {
                self.file.push(Silence::Pylint(Vec::new()));
                continue;
            }
            let Some((word, list)) = rest.split_once('=') else {
                continue;
            };
            let list = list.split('#').next().unwrap_or_default();
            let list = list.split(';').next().unwrap_or_default();
            let Some(ids) = ids(list) else { continue };
            let own = comment.above.is_some();
            let column = comment.span.start as usize - self.lines.start(comment.line);
            match (word.trim_end(), own) {
                // All of them, anywhere, is the file.
                ("disable", _) if ids.is_empty() => self.file.push(Silence::Pylint(ids)),
                ("disable-next", _) => {
                    let next = comment.above.unwrap_or(comment.line + 1);
                    self.marks.push((next, Silence::Pylint(ids)));
                }
                ("disable", false) => self.marks.push((comment.line, Silence::Pylint(ids))),
                ("disable", true) if !self.goes_on(comment.line) => {
                    let end = self.left_of(comment.line + 1, column);
                    let end = self.enabled(comment.line, end, list);
                    self.ranges.push((comment.line..end, Silence::Pylint(ids)));
                }
                _ => {}
            }
        }
    }

    /// Whether the next line of code goes on with a statement that has begun above.
    fn goes_on(&self, line: usize) -> bool {
        let below = (line + 1..self.lines.count()).map(|row| self.lines.line(row).trim_start());
        let mut code = below.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let clauses = ["except", "else", "elif", "finally"];
        code.next()
            .is_some_and(|line| clauses.iter().any(|clause| line.starts_with(clause)))
    }

    /// Where `enable` names something of the list, before the end of the block.
    fn enabled(&self, from: usize, end: usize, list: &str) -> usize {
        let names = |row: &usize| {
            let line = self.lines.line(*row).trim_start();
            let rest = line.strip_prefix('#').map(str::trim_start);
            let rest = rest.and_then(|rest| rest.strip_prefix("pylint:"));
            let rest = rest.map(str::trim_start);
            let rest = rest.and_then(|rest| rest.strip_prefix("enable"));
            let same = |name: &str| name_of(list).any(|own| own == name);
            rest.is_some_and(|rest| name_of(rest.trim_start_matches([' ', '='])).any(same))
        };
        let to = end.min(self.lines.count());
        (from + 1..to).find(names).unwrap_or(end)
    }
}

fn name_of(list: &str) -> impl Iterator<Item = &str> {
    list.split(|c: char| c == ',' || c.is_whitespace())
        .filter(|name| !name.is_empty())
}

/// The codes that the messages of a list stand for: none for all, `None` where no message is known here.
fn ids(list: &str) -> Option<Vec<&'static str>> {
    let mut ids = Vec::new();
    for name in name_of(list) {
        if name == "all" {
            return Some(Vec::new());
        }
        let same = MESSAGES.iter().filter(|(names, _)| names.contains(&name));
        ids.extend(same.flat_map(|(_, codes)| codes.iter().copied()));
    }
    (!ids.is_empty()).then_some(ids)
}

/// Names and numbers of messages, old ones included, with the codes of the same check.
const MESSAGES: &[(&[&str], &[&str])] = &[
    (
        &[
            "broad-except",
            "broad-exception-caught",
            "W0703",
            "W0718",
            "bare-except",
            "W0702",
        ],
        &["S110", "S112", "BLE001"],
    ),
    (&["exec-used", "W0122"], &["S102"]),
    (&["eval-used", "W0123"], &["S307"]),
    (&["missing-timeout", "W3101"], &["S113"]),
];
