//! The file of what was imported.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use etcetera::BaseStrategy;
use harden_engine::model::advisories::{Advisories, Table};

/// Whoever sets it keeps what was imported elsewhere.
const FOLDER: &str = "HARDEN_CACHE_DIR";

/// What was found when somebody looked last.
#[derive(Debug, Clone)]
struct Found {
    advisories: Advisories,
    problem: Option<String>,
}

static FOUND: Mutex<Option<Found>> = Mutex::new(None);

pub(super) fn folder() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER).filter(|folder| !folder.is_empty()) {
        return Some(folder.into());
    }
    let known = etcetera::choose_base_strategy().ok()?;
    Some(known.cache_dir().join("harden"))
}

pub(super) fn file() -> Option<PathBuf> {
    Some(folder()?.join("advisories.tsv"))
}

/// All that is known of vulnerabilities, read when it is first asked for.
pub(crate) fn current() -> Advisories {
    found().advisories
}

/// Why what was imported is not used, if it is not.
pub(crate) fn problem() -> Option<String> {
    found().problem
}

/// Read the file anew.
pub(crate) fn look_again() {
    *known() = Some(look());
}

fn found() -> Found {
    known().get_or_insert_with(look).clone()
}

fn known() -> MutexGuard<'static, Option<Found>> {
    FOUND.lock().unwrap_or_else(PoisonError::into_inner)
}

fn look() -> Found {
    let bare = |problem| Found {
        advisories: Advisories::default(),
        problem,
    };
    let Some(path) = file() else {
        return bare(None);
    };
    let reason = match fs::read_to_string(&path) {
        Ok(text) => match Table::read(text) {
            Ok(table) => {
                return Found {
                    advisories: Advisories::with(table),
                    problem: None,
                };
            }
            Err(reason) => reason,
        },
        Err(error) if error.kind() == ErrorKind::NotFound => return bare(None),
        Err(error) => format!("cannot be read: {error}"),
    };
    bare(Some(format!(
        "{} {reason}; only the advisories that come with the program are used: run `harden advisories update`",
        path.display()
    )))
}

/// Put a text in the place of the file, wholly or not at all.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let new = folder.join(format!("advisories.{}.new", std::process::id()));
    let written = File::create(&new).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    let moved = written.and_then(|()| fs::rename(&new, path));
    if moved.is_err() {
        // What is half written is of no use to anybody.
        let _ = fs::remove_file(&new);
    }
    moved
}
