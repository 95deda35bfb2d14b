//! `--baseline FILE`: only what the file does not hold is shown.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use harden_engine::output::baseline::{Baseline as Known, Entry};
use harden_engine::output::slashed;
use harden_engine::rule::{Finding, Severity};
use harden_engine::rules::{self, config::invalid};

use super::Failure;
use super::page::Job;
use super::pick::absolute;
use super::print::Sheet;
use super::summary::plural;
use super::write::{Replacement, replace};
use crate::files::{self, relative};

/// Entries that are named when they are gone.
const MOST_NAMED: usize = 5;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// Show only findings that this file does not hold
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all findings to the baseline, and show none
    #[arg(long, requires = "baseline", conflicts_with = "diff")]
    pub(super) write_baseline: bool,
}

/// A baseline on disk.
#[derive(Debug)]
pub(super) struct Baseline {
    /// As it was named.
    path: PathBuf,
    /// Its folder, which its paths are relative to.
    folder: PathBuf,
    /// As it is now, if it is there.
    text: Option<String>,
    known: Known,
    pub(super) writes: bool,
}

/// A finding as a baseline says it.
#[derive(Debug)]
pub(super) struct Found {
    entry: Entry,
    known: bool,
    /// Not less than `--min-severity`.
    severe: bool,
}

impl Baseline {
    pub(super) fn read(arguments: &Arguments) -> Result<Option<Baseline>, Failure> {
        let Some(path) = &arguments.baseline else {
            return Ok(None);
        };
        let wrong = |message: &str| Failure::Usage(format!("{}: {message}", path.display()));
        let text = match fs::read_to_string(path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if !arguments.write_baseline {
                    return Err(wrong("no such baseline; --write-baseline makes it"));
                }
                None
            }
            Err(error) => return Err(wrong(&error.to_string())),
        };
        let known = text.as_deref().map(Known::read).transpose();
        let file = absolute(path)?;
        Ok(Some(Baseline {
            path: path.clone(),
            folder: file.parent().unwrap_or(&file).to_owned(),
            known: known
                .map_err(|message| wrong(&message))?
                .unwrap_or_default(),
            text,
            writes: arguments.write_baseline,
        }))
    }

    /// A path as the baseline names it; `path` is relative to `base`.
    pub(super) fn name(&self, base: &Path, path: &str) -> String {
        slashed(&relative(
            &self.folder,
            &files::absolute(base, Path::new(path)),
        ))
    }

    /// What was found in one file, and which of it is known.
    pub(super) fn compare(
        &self,
        file: &str,
        least: Severity,
        findings: &[Finding],
        prints: Vec<String>,
    ) -> (Vec<Found>, Vec<bool>) {
        let named = findings.iter().zip(prints);
        let entries: Vec<Entry> = named
            .map(|(finding, fingerprint)| Entry {
                file: file.to_owned(),
                rule: finding.rule.name.to_owned(),
                fingerprint,
            })
            .collect();
        let known = self.known.knows(&entries);
        let each = entries.into_iter().zip(findings).zip(&known);
        let found = each.map(|((entry, finding), known)| Found {
            entry,
            known: *known,
            severe: finding.severity >= least,
        });
        (found.collect(), known)
    }

    /// The entries that this run should have found and has not.
    pub(super) fn gone(&self, job: &Job, sheets: &[Sheet]) -> Vec<Entry> {
        self.left(job, sheets).0
    }

    /// Say what is gone.
    pub(super) fn note(&self, gone: &[Entry]) -> io::Result<()> {
        if gone.is_empty() {
            return Ok(());
        }
        let mut err = anstream::stderr();
        let (count, path) = (plural(gone.len(), "finding"), self.path.display());
        writeln!(err, "harden: note: {count} of {path} no longer there:")?;
        for Entry { file, rule, .. } in gone.iter().take(MOST_NAMED) {
            writeln!(err, "  {file}: {rule}")?;
        }
        if gone.len() > MOST_NAMED {
            writeln!(err, "  and {} more", gone.len() - MOST_NAMED)?;
        }
        writeln!(err, "  --write-baseline takes them out")
    }

    /// Write what was found, and keep what this run did not look at. Says what has changed.
    pub(super) fn write(&self, job: &Job, sheets: &[Sheet]) -> Result<(), Failure> {
        let (_, kept) = self.left(job, sheets);
        let found = sheets.iter().flat_map(|sheet| &sheet.found);
        let found = found.filter(|found| found.severe || found.known);
        let new = Known::new(found.map(|found| found.entry.clone()).chain(kept));
        let text = new.write();
        if self.text.as_ref() != Some(&text) {
            let file = Replacement {
                path: self.path.clone(),
                old: self.text.clone().map(String::into_bytes),
                new: text.into_bytes(),
            };
            let wrong = |(_, error)| Failure::Usage(format!("{}: {error}", self.path.display()));
            replace(&[file]).map_err(wrong)?;
        }
        let path = self.path.display();
        let (more, gone) = (
            new.without(&self.known).len(),
            self.known.without(&new).len(),
        );
        let count = plural(new.len(), "finding");
        writeln!(
            anstream::stdout(),
            "{path}: {count}, {more} new, {gone} gone"
        )?;
        Ok(())
    }

    /// The entries that were not found: those that are gone, and those that this run did not ask for.
    fn left(&self, job: &Job, sheets: &[Sheet]) -> (Vec<Entry>, Vec<Entry>) {
        let found = sheets.iter().flat_map(|sheet| &sheet.found);
        let left = self
            .known
            .without(&Known::new(found.map(|found| found.entry.clone())));
        if left.is_empty() {
            return (Vec::new(), Vec::new());
        }
        let base = &job.walk.base;
        let files: HashMap<String, &Path> = job
            .walk
            .entries
            .iter()
            .map(|entry| (self.name(base, &entry.shown()), entry.path.as_path()))
            .collect();
        let configs = job.book.files();
        let configs: HashSet<String> = configs
            .iter()
            .map(|file| slashed(&relative(&self.folder, file)))
            .collect();
        let asked = |entry: &&Entry| {
            let Some(rule) = rules::find(&entry.rule) else {
                return true;
            };
            let path = files.get(&entry.file).and_then(|path| absolute(path).ok());
            let enabled = path.map(|path| job.book.of(&path).config.enables(rule));
            let exists = || self.folder.join(&entry.file).exists();
            rule.name == invalid::RULE.name && configs.contains(&entry.file)
                || enabled.unwrap_or_else(|| !exists())
        };
        let (gone, kept): (Vec<_>, Vec<_>) = left.entries().partition(asked);
        let owned = |entries: Vec<&Entry>| entries.into_iter().cloned().collect();
        (owned(gone), owned(kept))
    }
}
