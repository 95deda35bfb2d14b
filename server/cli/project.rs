//! The project around the checked files.

use std::path::Path;

use harden_engine::project::Workspace;

use super::walk::{Entry, Walk};
use crate::files::{Held, Tree, absolute, checkout};

/// The project of a walk, whose questions are answered from disk, and from what is held instead. A file that is named alone
/// speaks of the folder that it lies in.
pub(super) fn workspace(walk: &Walk, held: &Held) -> Workspace {
    let explicit = walk.entries.iter().filter(|entry| entry.explicit);
    let folders = explicit.map(|entry| {
        let file = absolute(&walk.base, &entry.relative);
        checkout(file.parent().unwrap_or(Path::new("/")))
    });
    let mut roots: Vec<_> = folders.collect();
    if walk.entries.iter().any(|entry| !entry.explicit) {
        roots.push(checkout(&walk.base));
    }
    roots.sort();
    roots.dedup();
    let tree = Tree::new(walk.base.clone(), roots.clone(), held.clone());
    let whole = walk
        .folders
        .iter()
        .any(|folder| folder.as_os_str().is_empty());
    Workspace::new(if whole && roots == [walk.base.clone()] {
        let files = walk.entries.iter().map(|entry| entry.relative.clone());
        tree.walked(files.collect())
    } else {
        tree
    })
}

/// Files that no name tells to be Dockerfiles, and that compose files name as such: added to those that are checked.
pub(crate) fn add_dockerfiles(walk: &mut Walk, project: &Workspace) {
    let yaml = |entry: &Entry| {
        let extension = entry.relative.extension();
        extension.is_some_and(|kind| kind == "yml" || kind == "yaml")
    };
    // Without compose files there is nobody to ask.
    if !walk.entries.iter().any(yaml) {
        return;
    }
    for path in project.named_dockerfiles().iter() {
        let known = walk.entries.iter().any(|entry| entry.relative == *path);
        let asked = walk.folders.iter().any(|folder| path.starts_with(folder));
        if !known && asked && !path.starts_with("..") && path.is_relative() {
            walk.entries.push(Entry {
                path: absolute(&walk.base, path),
                relative: path.clone(),
                explicit: false,
            });
        }
    }
    walk.entries.sort_by(|a, b| a.relative.cmp(&b.relative));
}
