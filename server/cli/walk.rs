//! `PATH…` → files to check, in a fixed order.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use harden_engine::file::File;
use harden_engine::output::slashed;
use ignore::{DirEntry, WalkBuilder, WalkState};

use super::Failure;
use super::pick::absolute;

/// A file that may concern some rule by its name: nearly every text.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// As it is opened.
    pub(crate) path: PathBuf,
    /// Relative to the base, where it lies below it.
    pub(crate) relative: PathBuf,
    /// Named by an argument: checked even when it is excluded.
    pub(crate) explicit: bool,
}

impl Entry {
    pub(crate) fn shown(&self) -> String {
        slashed(&self.relative)
    }
}

#[derive(Debug)]
pub(crate) struct Walk {
    pub(crate) base: PathBuf,
    pub(crate) entries: Vec<Entry>,
    /// The names of the files that lie in a folder of some entry.
    siblings: HashMap<PathBuf, Arc<Vec<String>>>,
    /// Folders that could not be read.
    pub(crate) failed: Vec<String>,
    /// The folders of which the entries are all that is there, relative to the base where they lie below it.
    pub(crate) folders: Vec<PathBuf>,
}

impl Walk {
    pub(crate) fn siblings(&self, entry: &Entry) -> &[String] {
        let folder = entry.path.parent().unwrap_or(Path::new(""));
        self.siblings
            .get(folder)
            .map_or(&[], |names| names.as_slice())
    }
}

/// Folders that hold nothing of the project's own.
const NEVER: [&str; 16] = [
    ".git",
    ".hg",
    ".svn",
    ".jj",
    ".venv",
    ".tox",
    ".nox",
    ".eggs",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".terraform",
    "__pycache__",
    "bower_components",
    "node_modules",
    "site-packages",
];

/// All files below the paths. Paths in output are relative to the only argument if that is a folder, else to the current
/// folder; to `base` if there is one.
pub(crate) fn walk(paths: &[PathBuf], base: Option<&Path>) -> Result<Walk, Failure> {
    let here = vec![PathBuf::from(".")];
    let paths = if paths.is_empty() { &here } else { paths };
    let base = match (base, paths) {
        (Some(base), _) => base.to_owned(),
        (None, [only]) if only.is_dir() => absolute(only)?,
        _ => std::env::current_dir()?,
    };
    let mut found: BTreeMap<PathBuf, Entry> = BTreeMap::new();
    let mut failed = Vec::new();
    let mut folders = Vec::new();
    for path in paths {
        let kind = fs::metadata(path).map_err(|error| {
            let reason = match error.kind() {
                io::ErrorKind::NotFound => "no such file or folder".to_owned(),
                _ => error.to_string(),
            };
            Failure::Usage(format!("{}: {reason}", path.display()))
        })?;
        if kind.is_dir() {
            folders.push(entry(&base, path.clone(), false)?.relative);
            for path in below(path, &mut failed) {
                let entry = entry(&base, path, false)?;
                found.entry(entry.relative.clone()).or_insert(entry);
            }
        } else {
            let entry = entry(&base, path.clone(), true)?;
            found.insert(entry.relative.clone(), entry);
        }
    }
    let entries: Vec<Entry> = found.into_values().collect();
    let siblings = siblings(&entries);
    failed.sort();
    Ok(Walk {
        base,
        entries,
        siblings,
        failed,
        folders,
    })
}

/// These files of a folder, by their paths relative to it, as [`walk`] would give them.
pub(crate) fn some(base: &Path, paths: impl IntoIterator<Item = PathBuf>) -> Walk {
    let entries = paths.into_iter().map(|relative| Entry {
        path: base.join(&relative),
        relative,
        explicit: false,
    });
    let entries: Vec<Entry> = entries.collect();
    Walk {
        base: base.to_owned(),
        siblings: siblings(&entries),
        entries,
        failed: Vec::new(),
        folders: Vec::new(),
    }
}

fn entry(base: &Path, path: PathBuf, explicit: bool) -> io::Result<Entry> {
    let absolute = absolute(&path)?;
    let relative = absolute.strip_prefix(base).unwrap_or(&absolute).to_owned();
    Ok(Entry {
        path,
        relative,
        explicit,
    })
}

/// The files of a folder that `.gitignore` does not name, and those that are read all the same.
fn below(folder: &Path, failed: &mut Vec<String>) -> Vec<PathBuf> {
    let files = Mutex::new(Vec::new());
    let errors = Mutex::new(Vec::new());
    let mut builder = WalkBuilder::new(folder);
    builder
        .hidden(false)
        .require_git(false)
        .filter_entry(enters);
    builder.build_parallel().run(|| {
        Box::new(|entry| {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {
                    let kept = ignored_but_read(entry.path());
                    push(&files, kept);
                }
                Ok(entry) => {
                    let wanted = entry.file_type().is_some_and(|kind| kind.is_file())
                        && (File::concerns(entry.path()) || File::text(entry.path()).is_some());
                    if wanted {
                        push(&files, [entry.into_path()]);
                    }
                }
                Err(error) => push(&errors, [error.to_string()]),
            }
            WalkState::Continue
        })
    });
    failed.extend(errors.into_inner().unwrap_or_default());
    files.into_inner().unwrap_or_default()
}

fn push<T>(to: &Mutex<Vec<T>>, items: impl IntoIterator<Item = T>) {
    // A worker that panicked leaves the list whole.
    to.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .extend(items);
}

fn enters(entry: &DirEntry) -> bool {
    entry.depth() == 0
        || !entry.file_type().is_some_and(|kind| kind.is_dir())
        || !entry
            .file_name()
            .to_str()
            .is_some_and(|name| NEVER.contains(&name))
            && !entry.path().join("pyvenv.cfg").exists()
}

/// Files whose secrets are why they are ignored by git, and reports, which are made anew each time.
fn ignored_but_read(folder: &Path) -> Vec<PathBuf> {
    let Ok(list) = fs::read_dir(folder) else {
        return Vec::new();
    };
    list.flatten()
        .filter(|entry| {
            entry.file_name().to_str().is_some_and(|name| {
                let read = name.starts_with(".env") || name == "coverage.xml";
                read && File::concerns(&entry.path())
            }) && entry.file_type().is_ok_and(|kind| kind.is_file())
        })
        .map(|entry| entry.path())
        .collect()
}

/// A file without extension whose first line names an interpreter.
pub(super) fn is_script(path: &Path) -> bool {
    let mut start = [0; 2];
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| !name.contains('.'))
        && fs::File::open(path)
            .and_then(|mut file| file.read_exact(&mut start))
            .is_ok()
        && start == *b"#!"
}

fn siblings(entries: &[Entry]) -> HashMap<PathBuf, Arc<Vec<String>>> {
    let mut names: HashMap<PathBuf, Arc<Vec<String>>> = HashMap::new();
    for entry in entries {
        let folder = entry.path.parent().unwrap_or(Path::new(""));
        if !names.contains_key(folder) {
            let at = if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            };
            let mut list: Vec<String> = fs::read_dir(at)
                .into_iter()
                .flatten()
                .flatten()
                .filter_map(|entry| entry.file_name().into_string().ok())
                .collect();
            list.sort();
            names.insert(folder.to_owned(), Arc::new(list));
        }
    }
    names
}
