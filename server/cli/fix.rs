//! Fixing the files of a run together, since a fix of one may need another: all of a fix is written, or nothing of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use harden_engine::file::{File, Language};
use harden_engine::fix::apply::{Choice, Fixed, Made};
use harden_engine::fix::{diff, elsewhere};
use harden_engine::output::{Secrets, slashed};
use harden_engine::project::Content;
use rayon::prelude::*;
use ropey::Rope;

use super::Failure;
use super::page::{Job, Wanted};
use super::pick::Book;
use super::project::{add_dockerfiles, workspace};
use super::read::BOM;
use super::walk::{Entry, walk};
use super::write::{self, Replacement};
use crate::files::{Held, absolute};

/// Rounds after which files that still change each other are left as they are.
const MOST_ROUNDS: usize = 5;

/// What all fixes of a run come to. The texts that they make are held by the job.
#[derive(Debug, Default)]
pub(super) struct Fixes {
    files: BTreeMap<PathBuf, Change>,
    /// Files with fixes of their findings.
    pub(super) made: BTreeMap<PathBuf, Vec<Made>>,
    /// A file with a fix, and another one that the fix needs.
    ties: BTreeSet<(PathBuf, PathBuf)>,
    /// Files that were not there: as good as those that were, once they are written.
    pub(super) born: Vec<Entry>,
    pub(super) notes: Vec<String>,
}

#[derive(Debug)]
struct Change {
    /// `None`: the file is made.
    before: Option<String>,
    after: String,
}

/// A file that fixes have changed.
#[derive(Debug)]
pub(crate) struct Rewritten {
    /// Relative to the folder.
    pub(crate) path: PathBuf,
    /// `None`: the file is made.
    pub(crate) before: Option<String>,
    pub(crate) after: String,
    /// Fixes of its own findings. Without any, it is changed because those of other files need it.
    pub(crate) made: Vec<Made>,
}

/// What all safe fixes make of the files of a folder. The texts that are held count instead of those on disk; more are
/// held afterwards.
pub(crate) fn folder(folder: &Path, held: Held, wanted: Wanted) -> Result<Vec<Rewritten>, Failure> {
    let book = Book::plain();
    let mut walk = walk(&[folder.to_path_buf()], Some(folder))?;
    let project = workspace(&walk, &held);
    add_dockerfiles(&mut walk, &project);
    let job = Job {
        walk,
        book,
        project: project.into(),
        held,
    };
    let mut fixes = plan(&job, Choice::Safe, wanted);
    let files = std::mem::take(&mut fixes.files);
    let rewritten = files.into_iter().map(|(path, change)| Rewritten {
        made: fixes.made.remove(&path).unwrap_or_default(),
        before: change.before,
        after: change.after,
        path,
    });
    Ok(rewritten.collect())
}

/// Apply the wanted fixes of all files until nothing changes any more. Nothing is written.
pub(super) fn plan(job: &Job, choice: Choice, wanted: Wanted) -> Fixes {
    let mut fixes = Fixes::default();
    let mut changed: Option<BTreeSet<PathBuf>> = None;
    for _ in 0..MOST_ROUNDS {
        // What one Python file makes of another is too little to read them all again, and other files make nothing of texts
        // that are nobody's business.
        let asked = |entry: &&Entry| {
            changed.as_ref().is_none_or(|changed| {
                let read = File::concerns(&entry.relative)
                    && job.language(entry) != Some(Language::Python);
                changed.contains(&entry.relative) || read
            })
        };
        let entries: Vec<&Entry> = job
            .walk
            .entries
            .iter()
            .chain(&fixes.born)
            .filter(asked)
            .collect();
        let made: Vec<(Entry, Fixed)> = entries
            .par_iter()
            .filter_map(|entry| Some(((*entry).clone(), job.fixed(entry, choice, wanted)?)))
            .collect();
        let mut now: BTreeSet<PathBuf> = BTreeSet::new();
        for (entry, fixed) in made {
            fixes.take(job, &entry, fixed, &mut now);
        }
        if now.is_empty() {
            break;
        }
        fixes.bear(&job.walk.base);
        changed = Some(now);
    }
    fixes
}

impl Fixes {
    fn bear(&mut self, base: &Path) {
        let made = self.files.iter().filter(|(_, file)| file.before.is_none());
        let born = made.map(|(path, _)| Entry {
            path: absolute(base, path),
            relative: path.clone(),
            explicit: false,
        });
        self.born = born.collect();
    }

    fn take(&mut self, job: &Job, entry: &Entry, fixed: Fixed, changed: &mut BTreeSet<PathBuf>) {
        let path = &entry.relative;
        // Another file's fix has just written here: this one is made again, of what is there now.
        if changed.contains(path) {
            return;
        }
        for made in &fixed.refused {
            let (shown, rule) = (entry.shown(), made.rule);
            let note = format!("{shown}: {rule}: left out, it would break the file's syntax");
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        let mut took = self.hold(job, path, fixed.text, changed);
        if !fixed.needs.is_empty() {
            // Each fix was made only where its needs can be met; together they could still stand in each other's way.
            match elsewhere::render(&job.project, path, &fixed.needs) {
                Ok(others) => {
                    for other in others {
                        took |= self.hold(job, &other.path, other.after(), changed);
                        self.ties.insert((path.clone(), other.path));
                    }
                }
                Err(reason) => self.notes.push(format!("{}: {reason}", entry.shown())),
            }
        }
        if took {
            self.made
                .entry(path.clone())
                .or_default()
                .extend(fixed.applied);
        }
    }

    fn hold(
        &mut self,
        job: &Job,
        path: &Path,
        text: String,
        changed: &mut BTreeSet<PathBuf>,
    ) -> bool {
        let before = match job.project.content(path) {
            Content::Text(text) => Some(text.to_string()),
            Content::Strange(_) | Content::Missing => None,
        };
        if before.as_deref() == Some(&*text) {
            return false;
        }
        job.held.insert(path.to_path_buf(), Rope::from_str(&text));
        job.project.changed(path);
        changed.insert(path.to_path_buf());
        let change = self.files.entry(path.to_path_buf());
        let change = change.or_insert(Change {
            before,
            after: String::new(),
        });
        change.after = text;
        true
    }

    /// Write what was planned, and let go of what could not be written. Returns the number of those files.
    pub(super) fn write(&mut self, job: &Job) -> usize {
        let mut lost = 0;
        for group in self.groups() {
            let replacements = group.iter().filter_map(|path| {
                let change = self.files.get(path)?;
                let disk = absolute(&job.walk.base, path);
                let mark = if change.before.is_some() && write::is_marked(&disk) {
                    BOM
                } else {
                    ""
                };
                let bytes = |text: &str| format!("{mark}{text}").into_bytes();
                Some(Replacement {
                    path: disk,
                    old: change.before.as_deref().map(bytes),
                    new: bytes(&change.after),
                })
            });
            let replacements: Vec<Replacement> = replacements.collect();
            let Err((at, error)) = write::replace(&replacements) else {
                continue;
            };
            let failed = &group[at];
            for path in &group {
                let because = if path == failed {
                    error.to_string()
                } else {
                    format!("{}: {error}", slashed(failed))
                };
                self.notes
                    .push(format!("{}: not fixed: {because}", slashed(path)));
                self.files.remove(path);
                self.born.retain(|entry| entry.relative != *path);
                self.made.remove(path);
                job.held.remove(path);
                job.project.changed(path);
                lost += 1;
            }
        }
        lost
    }

    /// Files that are written together or not at all.
    fn groups(&self) -> Vec<Vec<PathBuf>> {
        let mut groups: Vec<BTreeSet<&PathBuf>> = self
            .files
            .keys()
            .map(|path| BTreeSet::from([path]))
            .collect();
        for (from, to) in &self.ties {
            let (tied, mut apart): (Vec<_>, Vec<_>) = groups
                .into_iter()
                .partition(|group| group.contains(from) || group.contains(to));
            apart.push(tied.into_iter().flatten().collect());
            groups = apart;
        }
        let groups = groups.into_iter().filter(|group| !group.is_empty());
        groups
            .map(|group| group.into_iter().cloned().collect())
            .collect()
    }

    /// Files that changed only because fixes of others need it, and whether each was made.
    pub(super) fn others(&self) -> impl Iterator<Item = (&Path, bool)> {
        let others = self
            .files
            .iter()
            .filter(|(path, _)| !self.made.contains_key(*path));
        others.map(|(path, change)| (path.as_path(), change.before.is_none()))
    }

    /// What would be changed, without the secrets of all files that are checked. Lets go of all texts.
    pub(super) fn diffs(&self, job: &Job) -> String {
        for path in self.files.keys() {
            job.held.remove(path);
            job.project.changed(path);
        }
        let pages = job.walk.entries.par_iter();
        let secrets: Vec<String> = pages
            .flat_map_iter(|entry| job.secret_texts(entry))
            .collect();
        let joined = secrets.join("\n");
        let mut at = 0;
        let spans = secrets.iter().map(|secret| {
            let start = at;
            at += secret.len() + 1;
            harden_engine::text::Span::new(start, start + secret.len())
        });
        let secrets = Secrets::new(&joined, spans.collect::<Vec<_>>());
        let mut all = String::new();
        for (path, change) in &self.files {
            let before = change.before.as_deref().unwrap_or("");
            let shown = diff::unified(&slashed(path), before, &change.after);
            all.push_str(&secrets.hide_anywhere(&shown));
        }
        all
    }
}
