//! Comments by which other tools are silenced. They count where a finding carries one of that tool's ids.
//!
//! Semantics follow the tools: `# noqa` and `# ruff: noqa` as in Ruff's documentation on error suppression, `# flake8: noqa`
//! as flake8's, `# nosec` as Bandit's (an unknown id makes it a blanket one), `gitleaks:allow` and
//! `pragma: allowlist secret` for findings that mark a secret. In Dockerfiles, hadolint's `ignore`, `stage ignore` and
//! `global ignore`, Checkov's `checkov:skip` and Trivy's `trivy:ignore`.

use std::ops::{Range, RangeInclusive};

use super::comments::Comment;
use crate::chunk::dockerfile::instructions;
use crate::file::Language;
use crate::rule::Finding;

/// What one comment silences; no ids are all of the tool's.
#[derive(Debug, PartialEq, Eq)]
enum Silence {
    /// Ids as Ruff and flake8 write them.
    Noqa(Vec<String>),
    /// Ids as Bandit writes them.
    Nosec(Vec<String>),
    /// Ids as they are.
    Ids(Vec<String>),
    Secret,
}

#[derive(Debug, Default)]
pub(super) struct Foreign {
    /// By 0-based line.
    lines: Vec<(usize, Silence)>,
    /// By ranges of them.
    ranges: Vec<(Range<usize>, Silence)>,
    file: Vec<Silence>,
}

const WORDS: [&str; 11] = [
    "noqa",
    "Noqa",
    "NOQA",
    "nosec",
    "NoQA",
    "gitleaks:allow",
    "allowlist secret",
    "ruff:",
    "hadolint",
    "checkov:skip",
    "trivy:ignore",
];

pub(super) fn mentioned(text: &str) -> bool {
    WORDS
        .iter()
        .any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

pub(super) fn read(language: Language, text: &str, comments: &[Comment]) -> Foreign {
    let mut foreign = Foreign::default();
    if language == Language::Dockerfile {
        foreign.dockerfile(text, comments);
    }
    for comment in comments {
        let words = &text[comment.span.range()];
        if words.contains("gitleaks:allow") || words.contains("pragma: allowlist secret") {
            foreign.lines.push((comment.line, Silence::Secret));
        }
        if language != Language::Python {
            continue;
        }
        let own = comment.above.is_some();
        if let Some(ids) = file_noqa(words) {
            if own {
                foreign.file.push(Silence::Noqa(ids));
            }
        } else if let Some((ids, whole)) = ruff_ignore(words) {
            if whole {
                foreign.file.push(Silence::Noqa(ids));
            } else {
                let line = comment.above.unwrap_or(comment.line);
                foreign.lines.push((line, Silence::Noqa(ids)));
            }
        } else if let Some(ids) = noqa(words) {
            foreign.lines.push((comment.line, Silence::Noqa(ids)));
        }
        if let Some(ids) = nosec(words) {
            foreign.lines.push((comment.line, Silence::Nosec(ids)));
        }
    }
    foreign
}

impl Foreign {
    fn dockerfile(&mut self, text: &str, comments: &[Comment]) {
        let instructions = instructions(text);
        for comment in comments {
            let words = text[comment.span.range()].trim_start_matches('#').trim();
            let Some((ids, reach)) = in_dockerfile(words) else {
                continue;
            };
            let below = instructions.partition_point(|(lines, _)| lines.end <= comment.line);
            let Some((lines, _)) = instructions.get(below).filter(|_| reach != Reach::File) else {
                if reach == Reach::File {
                    self.file.push(Silence::Ids(ids));
                }
                continue;
            };
            let end = match reach {
                Reach::Stage => {
                    let next = instructions[below + 1..].iter().find(|(_, from)| *from);
                    next.map_or(usize::MAX, |(lines, _)| lines.start)
                }
                _ => lines.end,
            };
            // Directly above: no comment of another sort, no blank line.
            if comment.above == Some(lines.start) || comment.line >= lines.start {
                self.ranges.push((lines.start..end, Silence::Ids(ids)));
            }
        }
    }

    /// Whether a finding that covers these lines is silenced.
    pub(super) fn silence(&self, finding: &Finding, lines: RangeInclusive<usize>) -> bool {
        let here = self.lines.iter().filter(|(line, _)| lines.contains(line));
        let around = self.ranges.iter();
        let around = around.filter(|(range, _)| range.contains(lines.start()));
        here.map(|(_, silence)| silence)
            .chain(around.map(|(_, silence)| silence))
            .chain(&self.file)
            .any(|silence| silence.takes(finding))
    }
}

impl Silence {
    fn takes(&self, finding: &Finding) -> bool {
        match self {
            Silence::Secret => !finding.secrets.is_empty(),
            Silence::Ids(ids) => finding
                .also
                .iter()
                .any(|id| ids.iter().any(|known| known == id)),
            Silence::Nosec(ids) => finding
                .also
                .iter()
                .filter(|id| is_bandit(id))
                .any(|id| ids.is_empty() || ids.iter().any(|known| known == id)),
            Silence::Noqa(ids) => finding
                .also
                .iter()
                .filter(|id| is_code(id) && !is_bandit(id))
                .any(|id| ids.is_empty() || ids.iter().any(|code| id.starts_with(code.as_str()))),
        }
    }
}

/// How far a comment in a Dockerfile reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Instruction,
    Stage,
    File,
}

/// The ids that a comment of a Dockerfile names, given without its `#`.
fn in_dockerfile(comment: &str) -> Option<(Vec<String>, Reach)> {
    if let Some(rest) = comment.strip_prefix("hadolint") {
        let rest = rest.trim_start();
        let (rest, reach) = match (rest.strip_prefix("global"), rest.strip_prefix("stage")) {
            (Some(rest), _) => (rest.trim_start(), Reach::File),
            (_, Some(rest)) => (rest.trim_start(), Reach::Stage),
            _ => (rest, Reach::Instruction),
        };
        let list = rest
            .strip_prefix("ignore")?
            .trim_start()
            .strip_prefix('=')?;
        let ids = list.split('#').next().unwrap_or_default().split(',');
        let ids: Vec<String> = ids.map(|id| id.trim().to_owned()).collect();
        // One word that is no code makes it a plain comment to hadolint.
        return ids.iter().all(|id| is_code(id)).then_some((ids, reach));
    }
    if let Some(list) = comment.strip_prefix("checkov:skip=") {
        let id = list.split([':', ' ']).next().unwrap_or_default();
        return Some((vec![id.to_owned()], Reach::File));
    }
    let id = comment.strip_prefix("trivy:ignore:")?;
    let id = id.split([' ', ':']).next().unwrap_or_default();
    // `AVD-DS-0002`, `DS-0002`, `DS002` are one.
    let digits = id
        .trim_start_matches("AVD-")
        .strip_prefix("DS")?
        .trim_start_matches('-');
    let number: u32 = digits.parse().ok()?;
    Some((vec![format!("DS-{number:04}")], Reach::Instruction))
}

/// Bandit's ids are B101 to B7xx; B0xx and B9xx are flake8-bugbear's.
fn is_bandit(id: &str) -> bool {
    id.strip_prefix('B').is_some_and(|number| {
        number.len() == 3
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && (b'1'..=b'7').contains(&number.as_bytes()[0])
    })
}

/// Letters, then digits: `S311`.
fn is_code(id: &str) -> bool {
    let digits = id.trim_start_matches(|c: char| c.is_ascii_uppercase());
    !digits.is_empty()
        && digits.len() < id.len()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The ids at the start of a list with commas or blanks between them.
fn codes(list: &str) -> Vec<String> {
    list.split(|c: char| c == ',' || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .map_while(|word| is_code(word).then(|| word.to_owned()))
        .collect()
}

/// What follows a word that a `#` stands before, with blanks between them.
fn behind<'a>(comment: &'a str, word: &str, exact: bool) -> Option<&'a str> {
    comment.match_indices('#').find_map(|(at, _)| {
        let rest = comment[at + 1..].trim_start();
        let start = rest.get(..word.len())?;
        let same = if exact {
            start == word
        } else {
            start.eq_ignore_ascii_case(word)
        };
        same.then(|| &rest[word.len()..])
    })
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

/// `# ruff: ignore[S311]` and `# ruff: file-ignore[S311]`.
fn ruff_ignore(comment: &str) -> Option<(Vec<String>, bool)> {
    let rest = behind(comment, "ruff:", true)?.trim_start();
    let (list, whole) = match rest.strip_prefix("file-ignore[") {
        Some(list) => (list, true),
        None => (rest.strip_prefix("ignore[")?, false),
    };
    let ids = codes(&list[..list.find(']')?]);
    (!ids.is_empty()).then_some((ids, whole))
}

fn nosec(comment: &str) -> Option<Vec<String>> {
    let rest = behind(comment, "nosec", true)?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let list = rest.split('#').next().unwrap_or_default();
    let words = list.split(|c: char| c == ',' || c.is_whitespace());
    Some(
        words
            .filter(|word| is_bandit(word))
            .map(str::to_owned)
            .collect(),
    )
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
            ruff_ignore("# ruff: ignore[S311] x"),
            Some((vec!["S311".into()], false))
        );
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
        assert_eq!(ids("# NOSEC"), None);
    }
}
