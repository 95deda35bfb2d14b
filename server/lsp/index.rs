//! The files of a folder that nobody has open, and what they show.
//!
//! A run looks at files in a worker and sends what it finds in portions. What a file's findings rest on in other files is
//! kept beside them, so that after a change only those are looked at again that may have changed.

use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use harden_engine::config::Problem;
use harden_engine::file::{File, Kind};
use harden_engine::project::{Heard, Workspace};
use harden_engine::rule::Finding;
use ropey::Rope;
use tower_lsp::lsp_types::Url;

use super::diagnostics::{self, Others, View};
use super::preferences::Preferences;
use super::publish::Fragment;
use super::pull::Report;
use super::support::Support;
use crate::cli::page::{Job, Page};
use crate::cli::pick::Book;
use crate::cli::project::add_dockerfiles;
use crate::cli::walk::{self, Entry, Walk, walk};
use crate::files::{Held, absolute};

/// What is known of a file that is not open.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) report: Report,
    /// Whether its name alone does not say what it is.
    pub(super) odd: bool,
    rests: Arc<Rests>,
}

/// On what of other files findings rest.
#[derive(Debug, Default)]
struct Rests {
    heard: Vec<Heard>,
    by_imports: bool,
    /// The file is there for what is wrong with it as a configuration.
    configuration: bool,
}

impl Rests {
    fn hold(&self, workspace: &Workspace, python: bool) -> bool {
        !(self.by_imports && python) && self.heard.iter().all(|heard| heard.holds(workspace))
    }
}

/// What has to be looked at.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// All files anew.
    pub(super) all: bool,
    /// Files may have come or gone.
    pub(super) walk: bool,
    /// These files have changed.
    pub(super) changed: HashSet<PathBuf>,
    /// Some file tells the others something else.
    pub(super) told: bool,
    /// A Python file does.
    pub(super) python: bool,
}

impl Wanted {
    pub(super) fn everything() -> Wanted {
        Wanted {
            all: true,
            walk: true,
            ..Wanted::default()
        }
    }

    fn is_empty(&self) -> bool {
        !self.all && !self.walk && !self.told && self.changed.is_empty()
    }
}

/// The index of one folder.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) files: BTreeMap<PathBuf, Known>,
    pub(super) wanted: Wanted,
    pub(super) running: bool,
    /// Whether all files have been looked at once.
    pub(super) complete: bool,
    stop: Arc<AtomicBool>,
}

impl Index {
    pub(super) fn waits(&self) -> bool {
        !self.running && !self.wanted.is_empty()
    }

    /// Whether what it says is about the files as they are.
    pub(super) fn settled(&self) -> bool {
        self.complete && !self.running && self.wanted.is_empty()
    }

    /// Look at everything anew, and do not bring to an end what is under way.
    pub(super) fn restart(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.wanted = Wanted::everything();
    }

    /// Take portions of what a run found.
    pub(super) fn take(&mut self, found: Vec<(PathBuf, Option<Known>)>) {
        for (path, known) in found {
            match known {
                Some(known) => self.files.insert(path, known),
                None => self.files.remove(&path),
            };
        }
    }

    pub(super) fn run(
        &mut self,
        folder: &Path,
        workspace: Arc<Workspace>,
        support: Support,
        open: HashSet<PathBuf>,
        preferences: Preferences,
    ) -> Run {
        self.running = true;
        self.stop = Arc::default();
        let known = self.files.iter();
        Run {
            folder: folder.to_owned(),
            workspace,
            support,
            open,
            preferences,
            wanted: std::mem::take(&mut self.wanted),
            known: known
                .map(|(path, known)| (path.clone(), known.rests.clone()))
                .collect(),
            stop: self.stop.clone(),
        }
    }
}

/// What a worker does for an index.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) folder: PathBuf,
    workspace: Arc<Workspace>,
    support: Support,
    /// Files that are open: what they show is not the index's business.
    open: HashSet<PathBuf>,
    preferences: Preferences,
    wanted: Wanted,
    known: BTreeMap<PathBuf, Arc<Rests>>,
    stop: Arc<AtomicBool>,
}

/// Where a run has got to.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) folder: PathBuf,
    /// `None`: the file shows nothing any more.
    pub(super) files: Vec<(PathBuf, Option<Known>)>,
    /// Files looked at, and how many there are.
    pub(super) done: (usize, usize),
    pub(super) last: bool,
}

/// Files in one portion.
const PORTION: usize = 32;

impl Run {
    pub(super) fn is_first(&self) -> bool {
        self.known.is_empty()
    }

    /// Send portions; the last one says that it is, whatever happens.
    pub(super) fn run(self, send: impl Fn(Found)) {
        let looked = catch_unwind(AssertUnwindSafe(|| self.look(&send)));
        if looked.is_err() {
            eprintln!("harden: the files of a folder were not looked at");
        }
        send(self.found(Vec::new(), (0, 0), true));
    }

    fn found(
        &self,
        files: Vec<(PathBuf, Option<Known>)>,
        done: (usize, usize),
        last: bool,
    ) -> Found {
        Found {
            folder: self.folder.clone(),
            files,
            done,
            last,
        }
    }

    fn look(&self, send: &impl Fn(Found)) {
        let Some((walk, gone)) = self.files() else {
            return;
        };
        let job = Job {
            walk,
            book: Book::plain(),
            project: self.workspace.clone(),
            held: Held::default(),
        };
        let mut portion: Vec<_> = gone.into_iter().map(|path| (path, None)).collect();
        let all = job.walk.entries.len();
        for (at, entry) in job.walk.entries.iter().enumerate() {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let page = catch_unwind(AssertUnwindSafe(|| self.file(&job, entry)));
            portion.push((entry.relative.clone(), page.unwrap_or_default()));
            if portion.len() >= PORTION {
                send(self.found(std::mem::take(&mut portion), (at + 1, all), false));
            }
        }
        portion.extend(self.configurations(&job));
        send(self.found(portion, (all, all), false));
    }

    /// The files to look at, and those that are gone.
    fn files(&self) -> Option<(Walk, Vec<PathBuf>)> {
        let wanted = &self.wanted;
        let holds = |path: &PathBuf| {
            let rests = self.known.get(path);
            let holds =
                |rests: &Arc<Rests>| !wanted.told || rests.hold(&self.workspace, wanted.python);
            !wanted.all && !wanted.changed.contains(path) && rests.is_some_and(holds)
        };
        if !wanted.walk {
            let again = self.known.keys().filter(|path| !holds(path));
            let paths = again.filter(|path| !self.open.contains(*path)).cloned();
            return Some((walk::some(&self.folder, paths), Vec::new()));
        }
        let folder = [self.folder.clone()];
        // A folder that is not there has no files.
        let mut walk = walk(&folder, Some(&self.folder)).ok()?;
        add_dockerfiles(&mut walk, &self.workspace);
        let there: HashSet<&Path> = walk.entries.iter().map(|entry| &*entry.relative).collect();
        let gone = self.known.iter().filter(|(path, rests)| {
            !there.contains(path.as_path()) && (wanted.all || !rests.configuration)
        });
        let gone = gone.map(|(path, _)| path.clone()).collect();
        walk.entries
            .retain(|entry| !self.open.contains(&entry.relative) && !holds(&entry.relative));
        Some((walk, gone))
    }

    fn file(&self, job: &Job, entry: &Entry) -> Option<Known> {
        let odd = File::classify(&entry.relative, "", &[]).is_none();
        match job.page(entry) {
            Page::Checked(page) => {
                let report = self.report(&entry.relative, &page.text, {
                    let settings = job.book.of(&absolute(&self.folder, &entry.relative));
                    page.findings
                        .iter()
                        .filter(move |finding| self.preferences.shows(&settings.config, finding))
                })?;
                // Of the texts that are nobody's business, only those that show something.
                let idle = page.file.kind == Kind::Text && page.findings.is_empty();
                Some(Known {
                    report,
                    odd: odd && !idle,
                    rests: Arc::new(Rests {
                        heard: page.heard,
                        by_imports: page.by_imports,
                        configuration: false,
                    }),
                })
            }
            Page::Unread(_, finding, _) => Some(Known {
                report: self.report(&entry.relative, "", finding.iter())?,
                odd,
                rests: Arc::default(),
            }),
            Page::Skipped { .. } => None,
        }
    }

    fn report<'f>(
        &self,
        path: &Path,
        text: &str,
        findings: impl Iterator<Item = &'f Finding>,
    ) -> Option<Report> {
        let others = Others {
            folder: &self.folder,
            workspace: &self.workspace,
        };
        let view = View {
            uri: &others.uri(path)?,
            rope: &Rope::from_str(text),
            support: self.support,
            others: Some(others),
        };
        let shown = findings.map(|finding| Fragment::new(&diagnostics::one(view, finding)));
        Some(Report::new(shown.collect()))
    }

    /// What is wrong with the configurations that hold for some file.
    fn configurations(&self, job: &Job) -> Vec<(PathBuf, Option<Known>)> {
        let faulty = job.book.faulty();
        let told = faulty.iter().filter_map(|settings| {
            let file = settings.found.file.as_ref()?;
            let path = file.strip_prefix(&self.folder).ok()?;
            let problems = settings.found.problems.iter().map(Problem::finding);
            let findings: Vec<Finding> = problems
                .filter(|finding| settings.config.judges(finding.rule))
                .collect();
            let known = Known {
                report: self.report(path, &settings.found.text, findings.iter())?,
                odd: false,
                rests: Arc::new(Rests {
                    configuration: true,
                    ..Rests::default()
                }),
            };
            Some((path.to_path_buf(), Some(known)))
        });
        told.collect()
    }
}

/// Where a file of a folder lies.
pub(super) fn uri(folder: &Path, path: &Path) -> Option<Url> {
    Url::from_file_path(folder.join(path)).ok()
}
