//! The facts that the checked files tell each other.

use std::path::PathBuf;

use harden_engine::file::{File, Kind};
use harden_engine::project::{Workspace, facts};
use rayon::prelude::*;

use super::Failure;
use super::read::read;
use super::walk::{Entry, Walk, walk};

/// Read the facts that the rules on pytest's configuration need. Without such a configuration nothing is read.
pub(super) fn workspace(walk: &Walk) -> Result<Workspace, Failure> {
    let mut workspace = Workspace::default();
    let homes: Vec<&Entry> = walk.entries.iter().filter(|entry| is_home(entry)).collect();
    if homes.is_empty() {
        return Ok(workspace);
    }
    // A configuration that is named alone speaks of the folder that it lies in.
    let folders: Vec<PathBuf> = homes
        .iter()
        .filter(|home| home.explicit)
        .map(|home| home.path.parent().map_or_else(PathBuf::new, PathBuf::from))
        .map(|folder| {
            if folder.as_os_str().is_empty() {
                PathBuf::from(".")
            } else {
                folder
            }
        })
        .collect();
    let beside = if folders.is_empty() {
        None
    } else {
        Some(self::walk(&folders, Some(&walk.base))?)
    };
    let mut entries: Vec<&Entry> = walk.entries.iter().collect();
    entries.extend(beside.iter().flat_map(|walk| &walk.entries));
    entries.sort_by(|a, b| a.relative.cmp(&b.relative));
    entries.dedup_by(|a, b| a.relative == b.relative);
    let all: Vec<_> = entries
        .into_par_iter()
        .filter_map(|entry| {
            let python = entry.path.extension().is_some_and(|kind| kind == "py");
            if !python && !is_home(entry) {
                return None;
            }
            let text = read(&entry.path).ok()?.text;
            let file = File::classify(&entry.relative, &text, &[])?;
            Some((entry, facts(&file, &text)))
        })
        .collect();
    for (entry, facts) in all {
        workspace.set(&entry.relative, facts);
    }
    workspace.set_complete();
    Ok(workspace)
}

/// Whether pytest may take its configuration from a file of this name.
fn is_home(entry: &Entry) -> bool {
    let kind = File::classify(&entry.relative, "", &[]).map(|file| file.kind);
    kind.is_some_and(|kind| !matches!(kind, Kind::Python | Kind::Compose))
}
