//! Comments by which other tools are silenced. They count where a finding carries one of that tool's ids.
//!
//! Semantics follow the tools. [`python`]: `# noqa`, `# ruff: noqa`, `# ruff: ignore` and the like as in Ruff's
//! documentation on error suppression, `# flake8: noqa` as flake8's, `# nosec` as Bandit's; what one of them silences is
//! silent, since they number alike. [`pylint`] and [`semgrep`]: where a message or rule of theirs is the same check.
//! `# type: ignore` and `# pragma: no cover` are about something else. [`dockerfile`]: hadolint's
//! `ignore`, `stage ignore` and `global ignore`, BuildKit's `check=skip=`, Tally's `ignore`, Checkov's `checkov:skip` and
//! Trivy's `trivy:ignore`. Here: what finders of secrets look for on the line of a secret, whatever the language.

mod dockerfile;
mod pylint;
mod python;
mod ruff;
mod semgrep;

use std::ops::{Range, RangeInclusive};

use super::checks::{Check, checks};
use super::layout::{Layout, brackets};
use crate::file::Language;
use crate::output::Lines;
use crate::rule::{Area, Finding};

/// What one comment silences; no ids are all of the tool's.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Silence {
    /// Ids as Ruff and flake8 write them, of which the beginning is enough.
    Noqa(Vec<String>),
    /// Ids as Ruff writes them in full.
    Ruff(Vec<String>),
    /// Ids as Bandit writes them.
    Nosec(Vec<String>),
    /// Ids of Ruff's that a message of pylint stands for.
    Pylint(Vec<&'static str>),
    /// Rules of semgrep.
    Semgrep(Vec<String>),
    /// Ids as BuildKit writes them.
    BuildKit(Vec<String>),
    /// Ids as they are.
    Ids(Vec<String>),
    Secret,
}

#[derive(Debug)]
pub(super) struct Foreign<'a> {
    text: &'a str,
    lines: &'a Lines<'a>,
    layout: &'a Layout,
    /// By 0-based line.
    marks: Vec<(usize, Silence)>,
    /// For findings that start on one of these lines.
    ranges: Vec<(Range<usize>, Silence)>,
    file: Vec<Silence>,
    /// Of Python, where a comment may count on more than its line.
    brackets: Vec<Range<usize>>,
    /// The lines that belong together, first and last; ordered, and apart from each other.
    joined: Vec<RangeInclusive<usize>>,
}

const WORDS: [&str; 21] = [
    "noqa",
    "Noqa",
    "NOQA",
    "nosec",
    "NoQA",
    "gitleaks:allow",
    "list secret",
    "list-secret",
    "list nextline",
    "trufflehog:ignore",
    "kingfisher:ignore",
    "secretlint-disable",
    "ruff:",
    "pylint:",
    "nosem",
    "hadolint",
    "check=",
    "check =",
    "checkov:skip",
    "tally",
    "trivy:ignore",
];

pub(super) fn mentioned(text: &str) -> bool {
    WORDS
        .iter()
        .any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

impl<'a> Foreign<'a> {
    pub(super) fn read(
        language: Language,
        text: &'a str,
        lines: &'a Lines<'a>,
        layout: &'a Layout,
    ) -> Foreign<'a> {
        let mut foreign = Foreign {
            text,
            lines,
            layout,
            marks: Vec::new(),
            ranges: Vec::new(),
            file: Vec::new(),
            brackets: Vec::new(),
            joined: Vec::new(),
        };
        foreign.secrets();
        foreign.semgrep();
        match language {
            Language::Dockerfile => foreign.dockerfile(),
            Language::Python => {
                foreign.join();
                foreign.python();
                foreign.pylint();
            }
            _ => {}
        }
        foreign
    }

    /// Find the lines that brackets, strings and backslashes hold together.
    fn join(&mut self) {
        self.brackets = brackets(self.text);
        let lines = |pair: &Range<usize>| self.covered(pair.clone());
        let mut held: Vec<RangeInclusive<usize>> = self.brackets.iter().map(lines).collect();
        let blocks = self.layout.blocks.iter();
        held.extend(blocks.map(|block| block.first..=block.last));
        held.retain(|lines| lines.start() < lines.end());
        held.sort_by_key(|lines| *lines.start());
        for lines in held {
            match self.joined.last_mut() {
                Some(before) if lines.start() <= before.end() => {
                    *before = *before.start()..=*before.end().max(lines.end());
                }
                _ => self.joined.push(lines),
            }
        }
    }

    /// The lines of the statement, or of the head of it, that a line belongs to.
    fn statement(&self, line: usize) -> RangeInclusive<usize> {
        let at = self.joined.partition_point(|lines| *lines.end() < line);
        let held = self.joined.get(at).filter(|lines| lines.contains(&line));
        held.cloned().unwrap_or(line..=line)
    }

    /// They look at the line as it is: where a language has no comment at its end, the words stand in the value.
    fn secrets(&mut self) {
        const HERE: &str = "secretlint-disable-line";
        const NEXT: &str = "secretlint-disable-next-line";
        for word in [
            "gitleaks:allow",
            "trufflehog:ignore",
            "kingfisher:ignore",
            HERE,
            NEXT,
            "pragma:",
        ] {
            for (at, _) in self.text.match_indices(word) {
                let line = self.lines.line_at(at);
                let mut ahead = Some(usize::from(word == NEXT));
                if word == "pragma:" {
                    ahead = allowlist(self.text[at + word.len()..].trim_start());
                }
                if let Some(ahead) = ahead {
                    self.marks.push((line + ahead, Silence::Secret));
                }
            }
        }
    }

    /// Whether some comment silences a finding.
    pub(super) fn silences(&self, finding: &Finding) -> bool {
        let span = finding.span();
        let first = self.lines.line_at(span.start as usize);
        let checks = checks(finding);
        let here = self.marks.iter().filter(|(line, mark)| match mark {
            Silence::Secret => {
                let secrets = finding.secrets.iter().map(|place| place.span);
                let mut spans = secrets.chain([span]);
                spans.any(|span| self.covered(span.range()).contains(line))
            }
            Silence::Nosec(_) => self.node(finding).contains(line),
            Silence::Semgrep(_) => *line == first,
            // A string over several lines has its comment behind the last one.
            _ => *line == first || self.layout.block(first).is_some_and(|b| b.last == *line),
        });
        let around = self.ranges.iter();
        let around = around.filter(|(range, _)| range.contains(&first));
        here.map(|(_, silence)| silence)
            .chain(around.map(|(_, silence)| silence))
            .chain(&self.file)
            .any(|silence| silence.takes(finding, &checks))
    }

    fn covered(&self, bytes: Range<usize>) -> RangeInclusive<usize> {
        let last = bytes.end.saturating_sub(1).max(bytes.start);
        self.lines.line_at(bytes.start)..=self.lines.line_at(last)
    }

    /// The lines of what Bandit reports a finding about: of a call all, with its arguments; of a clause and of a function
    /// all, with the body; of a password the whole statement.
    fn node(&self, finding: &Finding) -> RangeInclusive<usize> {
        let bytes = finding.span().range();
        let covered = self.covered(bytes.clone());
        let (text, lines) = (self.text, self.lines);
        if text[bytes.clone()].starts_with("except") {
            return *covered.start()..=python::suite_end(lines, *covered.end());
        }
        let is = |id: &str| finding.also.contains(&id);
        let statement = || self.statement(*covered.start());
        if is("B107") {
            let head = statement();
            return *head.start()..=python::suite_end(lines, *head.end());
        }
        if is("B105") {
            return statement();
        }
        let behind = text[bytes.end..].trim_start_matches([' ', '\t']);
        let own = text.len() - behind.len();
        let mut pairs = self.brackets.iter();
        let own = pairs.find(|pair| pair.start == own && behind.starts_with('('));
        let around = || {
            let within = |pair: &&Range<usize>| {
                let before = text[..pair.start].chars().next_back();
                let call = before.is_some_and(|c| c.is_alphanumeric() || "_)]".contains(c));
                call && text[pair.start..].starts_with('(')
                    && pair.start < bytes.start
                    && bytes.end <= pair.end
            };
            let pairs = self.brackets.iter().filter(within);
            pairs.max_by_key(|pair| pair.start)
        };
        own.or_else(around).map_or(covered.clone(), |pair| {
            let call = self.covered(pair.clone());
            *covered.start().min(call.start())..=*covered.end().max(call.end())
        })
    }
}

/// How many lines ahead detect-secrets is told to look away: `allowlist secret`, `allowlist nextline secret`.
fn allowlist(words: &str) -> Option<usize> {
    let rest = words
        .strip_prefix("allow")
        .or(words.strip_prefix("white"))?;
    let rest = rest.strip_prefix("list")?;
    let rest = rest.strip_prefix([' ', '-'])?;
    let (rest, ahead) = match rest.strip_prefix("nextline") {
        Some(rest) => (rest.strip_prefix([' ', '-'])?, 1),
        None => (rest, 0),
    };
    rest.starts_with("secret").then_some(ahead)
}

impl Silence {
    /// `checks` are those of the finding.
    fn takes(&self, finding: &Finding, checks: &[Check]) -> bool {
        let listed = |ids: &[String], id: &str| ids.is_empty() || ids.iter().any(|own| own == id);
        let ruff = |same: &dyn Fn(&str) -> bool| {
            let mut known = checks.iter().filter_map(|check| check.ruff.as_deref());
            known.any(same)
        };
        match self {
            Silence::Secret => !finding.secrets.is_empty(),
            Silence::Ids(ids) => ids.iter().any(|id| finding.also.contains(&id.as_str())),
            Silence::BuildKit(ids) => {
                let mut known = finding.also.iter().filter(|id| is_check(id));
                known.any(|known| listed(ids, known))
            }
            Silence::Nosec(ids) => {
                let mut known = checks.iter().filter_map(|check| check.bandit.as_deref());
                known.any(|known| listed(ids, known))
            }
            Silence::Ruff(ids) => ruff(&|known| listed(ids, known)) || blind(ids, checks),
            Silence::Noqa(ids) => {
                ruff(&|known| ids.is_empty() || ids.iter().any(|code| known.starts_with(code)))
                    || blind(ids, checks)
            }
            Silence::Pylint(ids) => ruff(&|known| ids.is_empty() || ids.contains(&known)),
            Silence::Semgrep(ids) if ids.is_empty() => finding.rule.area == Area::Security,
            Silence::Semgrep(ids) => {
                let mut known = ids.iter().flat_map(|id| semgrep::same(id));
                known.any(|known| known == finding.rule.name || ruff(&|id| id == known))
            }
        }
    }
}

/// Ruff finds BLE001 where a handler of everything neither logs nor raises, so whoever allows that allows to be silent.
fn blind(ids: &[String], checks: &[Check]) -> bool {
    let silent = ["S110", "S112"];
    let mut known = checks.iter().filter_map(|check| check.ruff.as_deref());
    ids.iter().any(|id| id == "BLE001") && known.any(|known| silent.contains(&known))
}

/// A check of BuildKit: `SecretsUsedInArgOrEnv`.
fn is_check(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_uppercase())
        && id.bytes().all(|byte| byte.is_ascii_alphabetic())
        && id.bytes().any(|byte| byte.is_ascii_lowercase())
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
