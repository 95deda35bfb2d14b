//! The project around the checked files.

use std::path::Path;

use harden_engine::project::Workspace;

use super::walk::Walk;
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
    Workspace::new(Tree::new(walk.base.clone(), roots, held.clone()))
}
