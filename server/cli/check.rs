//! `harden check`.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use harden_engine::batch;
use harden_engine::check::Rules;
use harden_engine::config::Selector;
use harden_engine::document::Engine;
use harden_engine::file::File;
use harden_engine::fix::{self, View};
use harden_engine::output::json;
use harden_engine::project::NoProject;
use harden_engine::rule::{Finding, Fix, Owner, Place, Policy, Rule, Safety, Severity};
use harden_engine::rules;
use harden_engine::text::Span;
use rayon::prelude::*;
use serde::Serialize;

use super::pick::Level;
use super::read::{Unread, read};
use super::walk::{Entry, Walk, walk};
use super::{Failure, Outcome, text};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files and folders; the current folder when there is none
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Rules to check: names, beginnings of names, or ALL
    #[arg(long, value_delimiter = ',', value_name = "RULES")]
    select: Vec<String>,
    /// Rules to leave out
    #[arg(long, value_delimiter = ',', value_name = "RULES")]
    ignore: Vec<String>,
    /// Show only findings of this severity or a higher one
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "info")]
    min_severity: Level,
    /// Exit with 1 when there is a finding of this severity or a higher one
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "low")]
    fail_on: Level,
    /// Exit with 0 whatever is found
    #[arg(long)]
    exit_zero: bool,
    /// Read no harden.toml and no pyproject.toml
    #[arg(long)]
    no_config: bool,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Jsonl,
}

/// What one file came to.
#[derive(Debug, Default)]
struct Page {
    counts: [usize; 5],
    safe: usize,
    risky: usize,
    text: String,
    json: Vec<json::Finding>,
    unread: Option<NotRead>,
    checked: bool,
    /// A file that was asked for by name, and is of no kind that is known.
    strange: Option<String>,
}

#[derive(Debug, Serialize)]
struct NotRead {
    file: String,
    rule: &'static str,
    message: String,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let select = selectors(&arguments.select)?;
    let ignore = selectors(&arguments.ignore)?;
    let enabled = |rule: &&'static Rule| {
        let takes = |list: &[Selector]| list.iter().any(|selector| selector.takes(rule.name));
        (select.is_empty() || takes(&select)) && !takes(&ignore)
    };
    let engine = Engine::once(Rules::new(rules::all().filter(enabled)), Policy::default());
    let walk = walk(&arguments.paths)?;
    for message in &walk.failed {
        writeln!(anstream::stderr(), "harden: {message}")?;
    }
    let pages: Vec<Page> = walk
        .entries
        .par_iter()
        .map(|entry| page(arguments, &engine, &walk, entry))
        .collect();
    print(arguments, &pages)
}

fn selectors(names: &[String]) -> Result<Vec<Selector>, Failure> {
    let parsed: Result<_, _> = names.iter().map(|name| Selector::parse(name)).collect();
    parsed.map_err(Failure::Usage)
}

fn page(arguments: &Arguments, engine: &Engine, walk: &Walk, entry: &Entry) -> Page {
    let shown = entry.shown();
    let mut page = Page::default();
    let (text, findings, file) = match read(&entry.path) {
        Ok(read) => {
            let Some(file) = File::classify(&entry.relative, &read.text, walk.siblings(entry))
            else {
                page.strange = entry.explicit.then_some(shown);
                return page;
            };
            page.checked = true;
            let file = Arc::new(file);
            let (findings, _) = batch::check(engine, &NoProject, &file, &read.text);
            (read.text, findings, Some(file))
        }
        Err(unread) => {
            page.unread = Some(NotRead {
                file: shown.clone(),
                rule: unread.rule.name,
                message: unread.message.clone(),
            });
            (String::new(), problem(engine, unread), None)
        }
    };
    let findings: Vec<Finding> = findings
        .into_iter()
        .filter(|finding| finding.severity >= arguments.min_severity.severity())
        .collect();
    for finding in &findings {
        page.counts[finding.severity as usize] += 1;
        match finding.preferred().map(|fix| fix.safety) {
            Some(Safety::Safe) => page.safe += 1,
            Some(Safety::Unsafe) => page.risky += 1,
            None => {}
        }
    }
    let safety = |_: &Finding, fix: &Fix| fix.safety;
    if findings.is_empty() {
        return page;
    }
    if arguments.format == Format::Text {
        page.text = text::render(&shown, &text, &findings, safety);
    } else {
        let whole = file.map(|file| (batch::analyse(engine, &NoProject, &file, &text), file));
        let render = |fix: &Fix| match &whole {
            Some((analysis, file)) => fix::render(
                &View {
                    file,
                    text: &text,
                    parts: &analysis.parts().collect::<Vec<_>>(),
                },
                fix,
            ),
            None => Ok(Vec::new()),
        };
        page.json = json::findings(&shown, &text, &findings, render, safety);
    }
    page
}

/// A file that could not be read, as a finding.
fn problem(engine: &Engine, unread: Unread) -> Vec<Finding> {
    let enabled = engine
        .rules
        .list()
        .iter()
        .any(|rule| rule.name == unread.rule.name);
    let finding = Finding {
        rule: unread.rule,
        severity: unread.rule.severity,
        place: Place {
            owner: Owner::File,
            span: Span::default(),
        },
        message: unread.message,
        also: Vec::new(),
        related: Vec::new(),
        secrets: Vec::new(),
        fixes: Vec::new(),
    };
    if enabled { vec![finding] } else { Vec::new() }
}

fn print(arguments: &Arguments, pages: &[Page]) -> Result<Outcome, Failure> {
    for file in pages.iter().filter_map(|page| page.strange.as_ref()) {
        writeln!(
            anstream::stderr(),
            "harden: {file}: no rule reads files of this kind"
        )?;
    }
    let checked = pages.iter().filter(|page| page.checked).count();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match arguments.format {
        Format::Text => {
            let mut out = std::io::BufWriter::new(anstream::stdout().lock());
            for page in pages {
                out.write_all(page.text.as_bytes())?;
            }
            summary(&mut out, pages, checked)?;
            out.flush()?;
        }
        Format::Jsonl => {
            for finding in pages.iter().flat_map(|page| &page.json) {
                serde_json::to_writer(&mut out, finding).map_err(std::io::Error::from)?;
                writeln!(out)?;
            }
        }
        Format::Json => {
            let whole = serde_json::json!({
                "findings": pages.iter().flat_map(|page| &page.json).collect::<Vec<_>>(),
                "files": {
                    "checked": checked,
                    "unread": pages.iter().filter_map(|page| page.unread.as_ref()).collect::<Vec<_>>(),
                },
                "advisories": {},
            });
            serde_json::to_writer_pretty(&mut out, &whole).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    let fails = Severity::ALL
        .iter()
        .filter(|severity| **severity >= arguments.fail_on.severity())
        .any(|severity| pages.iter().any(|page| page.counts[*severity as usize] > 0));
    Ok(if fails && !arguments.exit_zero {
        Outcome::Found
    } else {
        Outcome::Clean
    })
}

fn summary(out: &mut impl Write, pages: &[Page], checked: usize) -> Result<(), Failure> {
    let mut counts = [0; 5];
    for page in pages {
        for (sum, count) in counts.iter_mut().zip(page.counts) {
            *sum += count;
        }
    }
    let all: usize = counts.iter().sum();
    if all == 0 {
        writeln!(out, "{}: nothing found", plural(checked, "file"))?;
        return Ok(());
    }
    let (found, files) = (plural(all, "finding"), plural(checked, "file"));
    writeln!(out, "{found} in {files}: {}", text::tally(&counts))?;
    let safe: usize = pages.iter().map(|page| page.safe).sum();
    let risky: usize = pages.iter().map(|page| page.risky).sum();
    match (safe, risky) {
        (0, 0) => {}
        (0, risky) => writeln!(out, "{risky} fixable with `harden fix --unsafe-fixes`")?,
        (safe, 0) => writeln!(out, "{safe} fixable with `harden fix`")?,
        (safe, risky) => writeln!(
            out,
            "{safe} fixable with `harden fix`, {risky} more with --unsafe-fixes"
        )?,
    }
    Ok(())
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
