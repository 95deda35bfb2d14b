//! What was found → standard output, in the format that is wanted.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use harden_engine::batch;
use harden_engine::fix::{Rendered, View, preview};
use harden_engine::output::{Secrets, fingerprints, github, gitlab, json, junit, sarif, slashed};
use harden_engine::project::Workspace;
use harden_engine::rule::{Finding, Fix, Severity};
use serde::Serialize;

use super::advisories::{self, Tally};
use super::baseline::{self, Baseline};
use super::page::{Checked, Job};
use super::summary::Summary;
use super::{Failure, text};
use crate::files::absolute;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// One document
    Json,
    /// One finding a line
    Jsonl,
    /// SARIF 2.1.0, for GitHub code scanning and others
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// GitLab's code quality report
    Gitlab,
    /// JUnit's XML
    Junit,
}

impl Format {
    /// Read by a service that knows files by their path in the repository, which is where it runs.
    fn is_from_here(self) -> bool {
        !matches!(self, Format::Text | Format::Json | Format::Jsonl)
    }
    fn tells_fixes(self) -> bool {
        matches!(self, Format::Json | Format::Jsonl | Format::Sarif)
    }
}

/// What is printed of one file.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// As the format names it; empty for a file that was not looked at.
    pub(super) file: String,
    pub(super) summary: Summary,
    pub(super) text: String,
    pub(super) json: Vec<json::Finding>,
    pub(super) unread: Option<NotRead>,
    /// What was found, as a baseline says it, where there is one.
    pub(super) found: Vec<baseline::Found>,
    /// Distributions that were held against advisories.
    pub(super) dependencies: Vec<String>,
    /// For stderr.
    pub(super) notes: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct NotRead {
    pub(super) file: String,
    pub(super) message: String,
}

/// What is done with what is found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mode {
    pub(super) format: Format,
    pub(super) least: Severity,
    pub(super) diff: bool,
    /// Only say what was fixed.
    pub(super) quiet: bool,
}

/// What is the same for all sheets of a run.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) mode: Mode,
    /// The folder that paths are relative to, and the current one.
    pub(super) base: PathBuf,
    pub(super) here: PathBuf,
    pub(super) baseline: Option<Baseline>,
}

impl Desk {
    /// A path relative to the base as the format names it.
    pub(super) fn name(&self, path: &str) -> String {
        let below = !path.starts_with("../");
        if !self.mode.format.is_from_here() || self.base == self.here && below {
            return path.to_owned();
        }
        let absolute = absolute(&self.base, Path::new(path));
        slashed(absolute.strip_prefix(&self.here).unwrap_or(&absolute))
    }

    /// Whether a baseline takes the findings instead of the reader.
    fn writes(&self) -> bool {
        self.baseline.as_ref().is_some_and(|known| known.writes)
    }

    fn named(&self, mut findings: Vec<json::Finding>) -> Vec<json::Finding> {
        for finding in &mut findings {
            finding.each_file(|file| *file = self.name(file));
        }
        findings
    }
}

impl Sheet {
    /// A file with findings only: one that could not be read, or a configuration.
    pub(super) fn of(desk: &Desk, path: &str, text: &str, findings: Vec<Finding>) -> Sheet {
        let alone = Workspace::default();
        let mut sheet = Sheet::default();
        let secrets = Secrets::default();
        let (findings, prints) = sheet.keep(desk, path, text, findings, &secrets);
        if desk.writes() {
            return sheet;
        }
        if desk.mode.format == Format::Text {
            sheet.text = text::render(path, text, &findings, &secrets, &alone);
        } else {
            let none = |_: &Fix| Ok(Rendered::default());
            let made = json::findings(path, text, &findings, prints, &secrets, &alone, none);
            sheet.json = desk.named(made);
        }
        sheet
    }

    /// Count and render what is left in a page.
    pub(super) fn take(&mut self, desk: &Desk, page: &mut Checked, workspace: &Workspace) {
        let (path, text) = (&page.path, &page.text);
        let secrets = Secrets::new(text, page.secrets.iter().copied());
        let findings = std::mem::take(&mut page.findings);
        let (findings, prints) = self.keep(desk, path, text, findings, &secrets);
        let mode = desk.mode;
        if findings.is_empty() || mode.quiet || mode.diff || desk.writes() {
            return;
        }
        if mode.format == Format::Text {
            self.text = text::render(path, text, &findings, &secrets, workspace);
            return;
        }
        let tells = mode.format.tells_fixes();
        let parts = if tells {
            batch::surroundings(&page.file, text, &findings)
        } else {
            Vec::new()
        };
        let view = View {
            file: &page.file,
            text,
            parts: &parts,
            workspace,
        };
        let edits = |fix: &Fix| {
            if tells {
                preview(&view, fix)
            } else {
                Ok(Rendered::default())
            }
        };
        let made = json::findings(path, text, &findings, prints, &secrets, workspace, edits);
        self.json = desk.named(made);
    }

    /// The findings that are shown, counted, with their fingerprints. Those are of all findings, since which are shown
    /// must not change them.
    fn keep(
        &mut self,
        desk: &Desk,
        path: &str,
        text: &str,
        findings: Vec<Finding>,
        secrets: &Secrets,
    ) -> (Vec<Finding>, Vec<String>) {
        self.file = desk.name(path);
        let least = desk.mode.least;
        let mut known = Vec::new();
        if let Some(baseline) = &desk.baseline {
            let file = baseline.name(&desk.base, path);
            let prints = fingerprints(&file, text, &findings, secrets);
            (self.found, known) = baseline.compare(&file, least, &findings, prints);
        }
        let prints = if desk.mode.format == Format::Text {
            vec![String::new(); findings.len()]
        } else {
            fingerprints(&self.file, text, &findings, secrets)
        };
        known.resize(findings.len(), false);
        let all = findings.into_iter().zip(prints).zip(known);
        let severe = all.filter(|((finding, _), _)| finding.severity >= least);
        let (hidden, shown): (Vec<_>, Vec<_>) = severe.partition(|(_, known)| *known);
        self.summary.known = hidden.len();
        let (shown, prints): (Vec<_>, Vec<_>) = shown.into_iter().map(|(shown, _)| shown).unzip();
        self.summary.count(&shown);
        (shown, prints)
    }
}

/// What is printed last, and once.
#[derive(Debug)]
pub(super) struct End<'a> {
    pub(super) summary: Summary,
    pub(super) tally: Tally,
    /// Names of rules that panicked.
    pub(super) panicked: &'a [&'static str],
    /// Entries of the baseline that are not there any more.
    pub(super) gone: usize,
}

pub(super) fn print(desk: &Desk, job: &Job, sheets: &[Sheet], end: &End) -> Result<(), Failure> {
    let mode = desk.mode;
    let findings = || sheets.iter().flat_map(|sheet| &sheet.json);
    if mode.format == Format::Text {
        let mut out = BufWriter::new(anstream::stdout().lock());
        for sheet in sheets {
            out.write_all(sheet.text.as_bytes())?;
        }
        end.summary.write(&mut out, mode.quiet || mode.diff)?;
        if !end.tally.is_empty() && !mode.quiet && !mode.diff {
            let known = advisories::current();
            writeln!(out, "{}", end.tally.line(&known, job.book.today))?;
        }
        return Ok(out.flush()?);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    match mode.format {
        Format::Text => {}
        Format::Jsonl => {
            for finding in findings() {
                serde_json::to_writer(&mut out, finding).map_err(io::Error::from)?;
                writeln!(out)?;
            }
        }
        Format::Json => {
            let unread = sheets.iter().filter_map(|sheet| sheet.unread.as_ref());
            let mut whole = serde_json::json!({
                "findings": findings().collect::<Vec<_>>(),
                "files": {
                    "checked": end.summary.checked,
                    "unread": unread.collect::<Vec<_>>(),
                },
                "advisories": advisories::report(
                    &advisories::current(),
                    job.book.today,
                    Some(&end.tally),
                ),
            });
            if desk.baseline.is_some() {
                let known = end.summary.known;
                whole["baseline"] = serde_json::json!({ "known": known, "gone": end.gone });
            }
            serde_json::to_writer_pretty(&mut out, &whole).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Sarif => {
            let unread = sheets.iter().filter_map(|sheet| sheet.unread.as_ref());
            let report = sarif::Report {
                findings: findings().collect(),
                rules: job.book.rules(),
                unread: unread
                    .map(|unread| (unread.file.as_str(), unread.message.as_str()))
                    .collect(),
                failed: &job.walk.failed,
                panicked: end.panicked,
                baseline: desk.baseline.is_some(),
            };
            serde_json::to_writer(&mut out, &sarif::log(&report)).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Github => out.write_all(github(findings()).as_bytes())?,
        Format::Gitlab => {
            let issues = gitlab(findings());
            serde_json::to_writer_pretty(&mut out, &issues).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Junit => {
            let files = sheets.iter().filter(|sheet| !sheet.file.is_empty());
            let files = files.map(|sheet| (sheet.file.as_str(), sheet.json.iter().collect()));
            out.write_all(junit(files).as_bytes())?;
        }
    }
    Ok(out.flush()?)
}
