//! `harden check` and `harden fix`.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use harden_engine::batch;
use harden_engine::config::Problem;
use harden_engine::fix::apply::{Choice, Fixed};
use harden_engine::fix::{View, diff, render};
use harden_engine::output::{Secrets, json, slashed};
use harden_engine::rule::{Finding, Fix, Severity};
use rayon::prelude::*;
use serde::Serialize;

use super::page::{Checked, Job, Page};
use super::pick::{self, Book, Level};
use super::project::workspace;
use super::summary::Summary;
use super::walk::walk;
use super::{Failure, Outcome, text};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files and folders; the current folder when there is none
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    pick: pick::Arguments,
    /// Show only findings of this severity or a higher one
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "info")]
    min_severity: Level,
    /// Exit with 1 when there is a finding of this severity or a higher one
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "low")]
    fail_on: Level,
    /// Exit with 0 whatever is found
    #[arg(long)]
    exit_zero: bool,
    /// Apply safe fixes, then show what is left
    #[arg(long)]
    fix: bool,
    /// Apply fixes that change behaviour, too
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show what fixes would change, and write nothing
    #[arg(long)]
    diff: bool,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, clap::Args)]
pub(super) struct FixArguments {
    /// Files and folders; the current folder when there is none
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    pick: pick::Arguments,
    /// Apply fixes that change behaviour, too
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show what would change, and write nothing
    #[arg(long)]
    diff: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Jsonl,
}

/// What is printed of one file.
#[derive(Debug, Default)]
struct Sheet {
    summary: Summary,
    text: String,
    json: Vec<json::Finding>,
    unread: Option<NotRead>,
    /// For stderr.
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct NotRead {
    file: String,
    message: String,
}

/// What is done with what is found.
#[derive(Debug, Clone, Copy)]
struct Mode {
    format: Format,
    least: Severity,
    write: bool,
    diff: bool,
    /// Only say what was fixed.
    quiet: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    if arguments.unsafe_fixes && !arguments.fix && !arguments.diff {
        let message = "--unsafe-fixes goes with --fix or --diff: alone it would change nothing";
        return Err(Failure::Usage(message.into()));
    }
    if arguments.diff && arguments.format != Format::Text {
        return Err(Failure::Usage(
            "--diff has no other format than text".into(),
        ));
    }
    let mode = Mode {
        format: arguments.format,
        least: arguments.min_severity.severity(),
        write: arguments.fix && !arguments.diff,
        diff: arguments.diff,
        quiet: false,
    };
    let wanted = arguments.fix || arguments.diff;
    let choice = wanted.then(|| choice(arguments.unsafe_fixes));
    let (summary, failed) = go(&arguments.paths, &arguments.pick, mode, choice)?;
    if failed {
        return Ok(Outcome::Failed);
    }
    let found = summary.reaches(arguments.fail_on.severity()) && !arguments.exit_zero;
    Ok(if found {
        Outcome::Found
    } else {
        Outcome::Clean
    })
}

pub(super) fn fix(arguments: &FixArguments) -> Result<Outcome, Failure> {
    let mode = Mode {
        format: Format::Text,
        least: Severity::Info,
        write: !arguments.diff,
        diff: arguments.diff,
        quiet: true,
    };
    let choice = Some(choice(arguments.unsafe_fixes));
    let (_, failed) = go(&arguments.paths, &arguments.pick, mode, choice)?;
    Ok(if failed {
        Outcome::Failed
    } else {
        Outcome::Clean
    })
}

fn choice(risky: bool) -> Choice {
    if risky { Choice::Unsafe } else { Choice::Safe }
}

/// Check all files and print them. Returns also whether something was left undone: a file that could not be written, a rule
/// that panicked.
fn go(
    paths: &[PathBuf],
    pick: &pick::Arguments,
    mode: Mode,
    choice: Option<Choice>,
) -> Result<(Summary, bool), Failure> {
    let book = Book::new(pick)?;
    let walk = walk(paths, None)?;
    let project = workspace(&walk)?;
    let job = Job {
        walk,
        book,
        project,
        choice,
    };
    let mut sheets: Vec<Sheet> = job
        .walk
        .entries
        .par_iter()
        .map(|entry| sheet(&job, mode, job.page(entry)))
        .collect();
    let faulty = job.book.faulty();
    sheets.extend(faulty.iter().filter_map(|settings| {
        let file = settings.found.file.as_ref()?;
        let shown = slashed(file.strip_prefix(&job.walk.base).unwrap_or(file));
        let findings = settings.found.problems.iter().map(Problem::finding);
        let findings = findings.filter(|finding| settings.config.judges(finding.rule));
        Some(show(mode, &shown, &settings.found.text, findings.collect()))
    }));
    for message in job
        .walk
        .failed
        .iter()
        .chain(sheets.iter().flat_map(|sheet| &sheet.notes))
    {
        writeln!(anstream::stderr(), "harden: {message}")?;
    }
    let summary = sheets
        .iter()
        .fold(Summary::default(), |sum, sheet| sum + sheet.summary);
    print(mode, &sheets, &summary)?;
    let panicked = job.book.panicked();
    if !panicked.is_empty() {
        let names = panicked.join(", ");
        writeln!(
            anstream::stderr(),
            "harden: not everything was checked: {names} failed"
        )?;
    }
    Ok((summary, summary.unwritten > 0 || !panicked.is_empty()))
}

fn sheet(job: &Job, mode: Mode, page: Page) -> Sheet {
    match page {
        Page::Skipped { strange } => Sheet {
            notes: strange
                .map(|file| format!("{file}: no rule reads files of this kind"))
                .into_iter()
                .collect(),
            ..Sheet::default()
        },
        Page::Unread(file, finding, message) => Sheet {
            unread: Some(NotRead {
                file: file.clone(),
                message,
            }),
            ..show(mode, &file, "", finding.into_iter().collect())
        },
        Page::Checked(page) => checked(job, mode, *page),
    }
}

/// A file with findings only: one that could not be read, or a configuration.
fn show(mode: Mode, path: &str, text: &str, mut findings: Vec<Finding>) -> Sheet {
    findings.retain(|finding| finding.severity >= mode.least);
    let mut sheet = Sheet::default();
    sheet.summary.count(&findings);
    let secrets = Secrets::default();
    match mode.format {
        Format::Text => sheet.text = text::render(path, text, &findings, &secrets),
        _ => sheet.json = json::findings(path, text, &findings, &secrets, |_| Ok(Vec::new())),
    }
    sheet
}

fn checked(job: &Job, mode: Mode, mut page: Checked) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.summary.checked = 1;
    if let Some(fixed) = &page.fixed {
        for made in &fixed.refused {
            let said = format!(
                "{}: {}: left out, it would break the file's syntax",
                page.path, made.rule
            );
            sheet.notes.push(said);
        }
        if mode.diff {
            let secrets = Secrets::new(&page.text, page.secrets.iter().copied());
            let shown = diff::unified(&page.path, &page.text, &fixed.text);
            sheet.text = secrets.hide_anywhere(&shown).into_owned();
        }
    }
    if mode.write {
        match page.write() {
            Ok(()) => {
                if let Some(Fixed {
                    text,
                    applied,
                    left,
                    ..
                }) = page.fixed.take()
                {
                    sheet.summary.fixed = applied.len();
                    if mode.quiet && !applied.is_empty() {
                        sheet.text = format!("{}: {} fixed\n", page.path, applied.len());
                    }
                    page.text = text;
                    page.findings = left;
                    page.secrets = job.secrets(&page);
                }
            }
            Err(error) => {
                sheet.summary.unwritten = 1;
                sheet
                    .notes
                    .push(format!("{}: not fixed: {error}", page.path));
            }
        }
    } else if let Some(fixed) = &page.fixed {
        sheet.summary.would = fixed.applied.len();
    }
    page.findings
        .retain(|finding| finding.severity >= mode.least);
    sheet.summary.count(&page.findings);
    if page.findings.is_empty() || mode.quiet || mode.diff {
        return sheet;
    }
    let secrets = Secrets::new(&page.text, page.secrets.iter().copied());
    if mode.format == Format::Text {
        sheet.text = text::render(&page.path, &page.text, &page.findings, &secrets);
        return sheet;
    }
    let parts = batch::surroundings(&page.file, &page.text, &page.findings);
    let view = View {
        file: &page.file,
        text: &page.text,
        parts: &parts,
    };
    let render = |fix: &Fix| render(&view, fix);
    sheet.json = json::findings(&page.path, &page.text, &page.findings, &secrets, render);
    sheet
}

fn print(mode: Mode, sheets: &[Sheet], summary: &Summary) -> Result<(), Failure> {
    match mode.format {
        Format::Text => {
            let mut out = BufWriter::new(anstream::stdout().lock());
            for sheet in sheets {
                out.write_all(sheet.text.as_bytes())?;
            }
            summary.write(&mut out, mode.quiet || mode.diff)?;
            out.flush()?;
        }
        Format::Jsonl => {
            let mut out = BufWriter::new(io::stdout().lock());
            for finding in sheets.iter().flat_map(|sheet| &sheet.json) {
                serde_json::to_writer(&mut out, finding).map_err(io::Error::from)?;
                writeln!(out)?;
            }
            out.flush()?;
        }
        Format::Json => {
            let mut out = BufWriter::new(io::stdout().lock());
            let whole = serde_json::json!({
                "findings": sheets.iter().flat_map(|sheet| &sheet.json).collect::<Vec<_>>(),
                "files": {
                    "checked": summary.checked,
                    "unread": sheets.iter().filter_map(|sheet| sheet.unread.as_ref()).collect::<Vec<_>>(),
                },
                "advisories": {},
            });
            serde_json::to_writer_pretty(&mut out, &whole).map_err(io::Error::from)?;
            writeln!(out)?;
            out.flush()?;
        }
    }
    Ok(())
}
