//! The folders that the client has open, as projects: open buffers instead of their files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use dashmap::DashMap;
use harden_engine::project::Workspace;
use ropey::Rope;

use crate::files::{Held, Tree};

/// A file of a folder that the client has open.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Member {
    pub(super) folder: PathBuf,
    /// Relative to the folder.
    pub(super) path: PathBuf,
}

impl Member {
    /// The member that lies at `path`, of the innermost of the folders that hold it.
    pub(super) fn new(path: &Path, folders: &[PathBuf]) -> Option<Member> {
        let folder = folders
            .iter()
            .filter(|folder| path.starts_with(folder))
            .max_by_key(|folder| folder.components().count())?;
        Some(Member {
            path: path.strip_prefix(folder).ok()?.to_path_buf(),
            folder: folder.clone(),
        })
    }
}

/// Tells projects of changes, those of one file in their order: workers may come in another one.
#[derive(Debug, Default)]
pub(super) struct Telling {
    last: DashMap<Member, Arc<Mutex<u64>>>,
}

impl Telling {
    /// Let `tell` speak for a file as it was at `moment`, unless something later has been said: then `None`.
    pub(super) fn tell(
        &self,
        member: &Member,
        moment: u64,
        tell: impl FnOnce() -> bool,
    ) -> Option<bool> {
        let last = self.last.entry(member.clone()).or_default().clone();
        // Who panicked had said nothing yet, or all.
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last > moment {
            return None;
        }
        *last = moment;
        Some(tell())
    }
}

#[derive(Debug)]
struct Folder {
    workspace: Arc<Workspace>,
    held: Held,
}

/// The folders in which somebody has a file open.
#[derive(Debug, Default)]
pub(super) struct Projects {
    known: HashMap<PathBuf, Folder>,
}

impl Projects {
    pub(super) fn of(&mut self, member: Option<&Member>) -> Arc<Workspace> {
        match member {
            Some(member) => self.folder(&member.folder).workspace.clone(),
            None => Arc::default(),
        }
    }

    /// A buffer counts instead of its file from now on.
    pub(super) fn hold(&mut self, member: &Member, rope: Rope) {
        let held = &self.folder(&member.folder).held;
        held.insert(member.path.clone(), rope);
    }

    /// The file on disk counts again. Somebody has to tell the project that it may have changed.
    pub(super) fn release(&mut self, member: &Member) {
        let held = &self.folder(&member.folder).held;
        held.remove(&member.path);
    }

    pub(super) fn at(&mut self, folder: &Path) -> Arc<Workspace> {
        self.folder(folder).workspace.clone()
    }

    /// Nobody has this folder open any more.
    pub(super) fn leave(&mut self, folder: &Path) {
        self.known.remove(folder);
    }

    fn folder(&mut self, folder: &Path) -> &Folder {
        self.known.entry(folder.to_path_buf()).or_insert_with(|| {
            let held = Held::default();
            let roots = vec![folder.to_path_buf()];
            let tree = Tree::new(folder.to_path_buf(), roots, held.clone());
            Folder {
                workspace: Arc::new(Workspace::new(tree)),
                held,
            }
        })
    }
}
