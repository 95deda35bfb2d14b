//! Comments by which other tools are silenced. They count where a finding carries one of that tool's ids.
//!
//! Semantics follow the tools. [`python`]: `# noqa`, `# ruff: noqa`, `# ruff: ignore` and the like as in Ruff's
//! documentation on error suppression, `# flake8: noqa` as flake8's, `# nosec` as Bandit's. [`dockerfile`]: hadolint's
//! `ignore`, `stage ignore` and `global ignore`, BuildKit's `check=skip=`, Tally's `ignore`, Checkov's `checkov:skip` and
//! Trivy's `trivy:ignore`. Here: what finders of secrets look for on the line of a secret, whatever the language.

mod bandit;
mod dockerfile;
mod python;

use std::ops::{Range, RangeInclusive};

use super::layout::{Layout, brackets};
use crate::file::Language;
use crate::output::Lines;
use crate::rule::Finding;

/// What one comment silences; no ids are all of the tool's.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Silence {
    /// Ids as Ruff and flake8 write them.
    Noqa(Vec<String>),
    /// Ids as Bandit writes them.
    Nosec(Vec<String>),
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
    /// Where Bandit's comments are, which count on every line of a call.
    brackets: Vec<Range<usize>>,
}

const WORDS: [&str; 19] = [
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
        };
        foreign.secrets();
        match language {
            Language::Dockerfile => foreign.dockerfile(),
            Language::Python => foreign.python(),
            _ => {}
        }
        if foreign
            .marks
            .iter()
            .any(|(_, mark)| matches!(mark, Silence::Nosec(_)))
        {
            foreign.brackets = brackets(text);
        }
        foreign
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
        let here = self.marks.iter().filter(|(line, mark)| match mark {
            Silence::Secret => {
                let secrets = finding.secrets.iter().map(|place| place.span);
                let mut spans = secrets.chain([span]);
                spans.any(|span| self.covered(span.range()).contains(line))
            }
            Silence::Nosec(_) => self.node(span.range()).contains(line),
            // A string over several lines has its comment behind the last one.
            _ => *line == first || self.layout.block(first).is_some_and(|b| b.last == *line),
        });
        let around = self.ranges.iter();
        let around = around.filter(|(range, _)| range.contains(&first));
        here.map(|(_, silence)| silence)
            .chain(around.map(|(_, silence)| silence))
            .chain(&self.file)
            .any(|silence| silence.takes(finding))
    }

    fn covered(&self, bytes: Range<usize>) -> RangeInclusive<usize> {
        let last = bytes.end.saturating_sub(1).max(bytes.start);
        self.lines.line_at(bytes.start)..=self.lines.line_at(last)
    }

    /// The lines of what Bandit reports a finding about: of a call all, with its arguments; of a clause all, with its body.
    fn node(&self, bytes: Range<usize>) -> RangeInclusive<usize> {
        let covered = self.covered(bytes.clone());
        let (text, lines) = (self.text, self.lines);
        if text[bytes.clone()].starts_with("except") {
            return *covered.start()..=python::suite_end(lines, *covered.end());
        }
        let behind = text[bytes.end..].trim_start_matches([' ', '\t']);
        let own = text.len() - behind.len();
        let own = self.brackets.iter().find(|pair| pair.start == own);
        let around = || {
            let within = |pair: &&Range<usize>| {
                let before = text[..pair.start].chars().next_back();
                let call = before.is_some_and(|c| c.is_alphanumeric() || "_)]".contains(c));
                call && pair.start < bytes.start && bytes.end <= pair.end
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
    fn takes(&self, finding: &Finding) -> bool {
        let any = |of: fn(&str) -> bool, ids: &[String], same: fn(&str, &str) -> bool| {
            let mut known = finding.also.iter().filter(|id| of(id));
            known.any(|known| ids.is_empty() || ids.iter().any(|id| same(known, id)))
        };
        match self {
            Silence::Secret => !finding.secrets.is_empty(),
            Silence::Ids(ids) => !ids.is_empty() && any(|_| true, ids, |a, b| a == b),
            Silence::BuildKit(ids) => any(is_check, ids, |a, b| a == b),
            Silence::Nosec(ids) => any(bandit::is_id, ids, |a, b| a == b),
            Silence::Noqa(ids) => any(
                |id| is_code(id) && !bandit::is_id(id),
                ids,
                |known, code| known.starts_with(code),
            ),
        }
    }
}

/// Letters, then digits: `S311`.
fn is_code(id: &str) -> bool {
    let digits = id.trim_start_matches(|c: char| c.is_ascii_uppercase());
    !digits.is_empty()
        && digits.len() < id.len()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
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
