//! `harden check` and `harden fix`.

use std::io::Write;
use std::path::PathBuf;

use harden_engine::config::Problem;
use harden_engine::fix::apply::Choice;
use harden_engine::output::slashed;
use harden_engine::rule::{Rule, Severity};
use harden_engine::rules::deps::known_vulnerability;
use rayon::prelude::*;

use super::advisories::{self, Tally};
use super::baseline::{self, Baseline};
use super::fix::{self, Fixes};
use super::page::{Checked, Job, Page};
use super::pick::{self, Book, Level};
use super::print::{Desk, End, Format, Mode, NotRead, Sheet, print};
use super::project::{add_dockerfiles, workspace};
use super::summary::{Summary, plural};
use super::walk::{Entry, walk};
use super::{Failure, Outcome};
use crate::files::{Held, absolute};

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
    /// How findings are printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    baseline: baseline::Arguments,
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
    if arguments.baseline.write_baseline && arguments.format != Format::Text {
        let message = "--write-baseline shows no findings: leave --format away";
        return Err(Failure::Usage(message.into()));
    }
    let mode = Mode {
        format: arguments.format,
        least: arguments.min_severity.severity(),
        diff: arguments.diff,
        quiet: false,
    };
    let wanted = arguments.fix || arguments.diff;
    let choice = wanted.then(|| choice(arguments.unsafe_fixes));
    let baseline = Baseline::read(&arguments.baseline)?;
    let writes = arguments.baseline.write_baseline;
    let (summary, failed) = go(&arguments.paths, &arguments.pick, mode, choice, baseline)?;
    if failed {
        return Ok(Outcome::Failed);
    }
    let found = summary.reaches(arguments.fail_on.severity());
    let found = found && !arguments.exit_zero && !writes;
    Ok(if found {
        Outcome::Found
    } else {
        Outcome::Clean
    })
}

pub(super) fn run_fix(arguments: &FixArguments) -> Result<Outcome, Failure> {
    let mode = Mode {
        format: Format::Text,
        least: Severity::Info,
        diff: arguments.diff,
        quiet: true,
    };
    let choice = Some(choice(arguments.unsafe_fixes));
    let (_, failed) = go(&arguments.paths, &arguments.pick, mode, choice, None)?;
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
    baseline: Option<Baseline>,
) -> Result<(Summary, bool), Failure> {
    let book = Book::new(pick)?;
    let mut walk = walk(paths, None)?;
    let held = Held::default();
    let project = workspace(&walk, &held);
    // Every compose file is read to find them.
    if book.reads_dockerfiles(&walk.base) {
        add_dockerfiles(&mut walk, &project);
    }
    let job = Job {
        project: project.into(),
        walk,
        book,
        held,
    };
    let desk = Desk {
        mode,
        base: job.walk.base.clone(),
        here: std::env::current_dir()?,
        baseline,
    };
    let mut fixes = choice.map_or_else(Fixes::default, |choice| {
        fix::plan(&job, choice, &|_, _| true)
    });
    let mut first = Sheet::default();
    if mode.diff {
        first.text = fixes.diffs(&job);
        let born = fixes.born.iter();
        let made = born.filter_map(|entry| fixes.made.get(&entry.relative));
        first.summary.would = made.map(Vec::len).sum();
    } else {
        first.summary.unwritten = fixes.write(&job);
    }
    first.notes.append(&mut fixes.notes);
    if mode.quiet && !mode.diff {
        let said = |(path, made)| {
            let what = if made { "made" } else { "changed" };
            format!("{}: {what}, since a fix needs it\n", slashed(path))
        };
        first.text = fixes.others().map(said).collect();
    }
    let mut sheets = vec![first];
    // What is only shown is not there to be checked.
    let born: &[Entry] = if mode.diff { &[] } else { &fixes.born };
    let pages = job.walk.entries.par_iter().chain(born);
    sheets.par_extend(pages.map(|entry| sheet(&job, &desk, &fixes, entry)));
    let faulty = job.book.faulty();
    sheets.extend(faulty.iter().filter_map(|settings| {
        let file = settings.found.file.as_ref()?;
        let shown = slashed(file.strip_prefix(&job.walk.base).unwrap_or(file));
        let findings = settings.found.problems.iter().map(Problem::finding);
        let findings = findings.filter(|finding| settings.config.judges(finding.rule));
        Some(Sheet::of(
            &desk,
            &shown,
            &settings.found.text,
            findings.collect(),
        ))
    }));
    for message in job
        .walk
        .failed
        .iter()
        .chain(sheets.iter().flat_map(|sheet| &sheet.notes))
    {
        writeln!(anstream::stderr(), "harden: {message}")?;
    }
    if job.book.asks_linters() {
        for (path, line) in job.project.faulty_ruff() {
            let message = "no TOML from here on, so not all is known that Ruff is told to ignore";
            writeln!(
                anstream::stderr(),
                "harden: {}:{line}: {message}",
                slashed(&path)
            )?;
        }
    }
    let summary = sheets
        .iter()
        .fold(Summary::default(), |sum, sheet| sum + sheet.summary);
    let panicked = job.book.panicked();
    let mut tally = Tally::default();
    for sheet in &sheets {
        tally.take(&sheet.dependencies);
    }
    if !tally.is_empty()
        && let Some(problem) = advisories::problem()
    {
        writeln!(anstream::stderr(), "harden: {problem}")?;
    }
    match &desk.baseline {
        Some(baseline) if baseline.writes => baseline.write(&job, &sheets)?,
        known => {
            let gone = known.as_ref().map(|known| known.gone(&job, &sheets));
            let gone = gone.unwrap_or_default();
            let end = End {
                summary,
                tally,
                panicked: &panicked,
                gone: gone.len(),
            };
            print(&desk, &job, &sheets, &end)?;
            if let Some(known) = known {
                known.note(&gone)?;
            }
        }
    }
    if mode.format != Format::Text && summary.known > 0 {
        let known = plural(summary.known, "finding");
        writeln!(anstream::stderr(), "harden: {known} in the baseline")?;
    }
    if !panicked.is_empty() {
        let names = panicked.join(", ");
        writeln!(
            anstream::stderr(),
            "harden: not everything was checked: {names} failed"
        )?;
    }
    Ok((summary, summary.unwritten > 0 || !panicked.is_empty()))
}

fn sheet(job: &Job, desk: &Desk, fixes: &Fixes, entry: &Entry) -> Sheet {
    match job.page(entry) {
        Page::Skipped { strange } => Sheet {
            notes: strange
                .map(|file| format!("{file}: no rule reads files of this kind"))
                .into_iter()
                .collect(),
            ..Sheet::default()
        },
        Page::Unread(file, finding, message) => Sheet {
            unread: Some(NotRead {
                file: desk.name(&file),
                message,
            }),
            ..Sheet::of(desk, &file, "", finding.into_iter().collect())
        },
        Page::Checked(page) => checked(job, desk, fixes, entry, *page),
    }
}

fn checked(job: &Job, desk: &Desk, fixes: &Fixes, entry: &Entry, mut page: Checked) -> Sheet {
    let mode = desk.mode;
    let mut sheet = Sheet::default();
    sheet.summary.checked = 1;
    let made = fixes.made.get(&entry.relative).map_or(0, Vec::len);
    if mode.diff {
        sheet.summary.would = made;
    } else {
        sheet.summary.fixed = made;
        if mode.quiet && made > 0 {
            sheet.text = format!("{}: {made} fixed\n", page.path);
        }
    }
    sheet.take(desk, &mut page, &job.project);
    let asked = |rule: &&Rule| std::ptr::eq(*rule, &known_vulnerability::RULE);
    let settings = job.book.of(&absolute(&job.walk.base, &entry.relative));
    if let Some(known) = &page.dependencies
        && settings.engine.rules.list().iter().any(asked)
    {
        sheet.dependencies = known.list.iter().map(|one| one.key.clone()).collect();
        if !known.unread.is_empty() {
            let places = match known.strange {
                true => "most lines are no requirements and".to_owned(),
                false => plural(known.unread.len(), "place"),
            };
            sheet.notes.push(format!(
                "{}: {places} could not be read, so what is required there was not held against advisories",
                page.path
            ));
        }
    }
    sheet
}
