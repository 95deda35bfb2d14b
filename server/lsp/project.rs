//! What documents may know of the other files of their folder: read from disk when it is first needed, the open buffers
//! instead of their files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use harden_engine::file::{File, Kind};
use harden_engine::project::{Facts, Workspace, facts};

use crate::cli::read::read;
use crate::cli::walk::walk;

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

/// The folders of which somebody wanted to know.
#[derive(Debug, Default)]
pub(super) struct Projects {
    known: HashMap<PathBuf, Arc<Workspace>>,
}

impl Projects {
    /// Whether a document of this kind asks about other files.
    pub(super) fn concerns(kind: Kind) -> bool {
        matches!(
            kind,
            Kind::PytestIni | Kind::PytestToml | Kind::ToxIni | Kind::SetupCfg | Kind::Pyproject
        )
    }

    /// Begin to know a folder. False if it was known already; otherwise somebody has to [`survey`] it.
    pub(super) fn begin(&mut self, folder: &Path) -> bool {
        let known = self.known.contains_key(folder);
        self.known.entry(folder.to_path_buf()).or_default();
        !known
    }

    pub(super) fn knows(&self, folder: &Path) -> bool {
        self.known.contains_key(folder)
    }

    pub(super) fn of(&self, member: Option<&Member>) -> Arc<Workspace> {
        member
            .and_then(|member| self.known.get(&member.folder).cloned())
            .unwrap_or_default()
    }

    /// Take what is now true of a file. Whether others must be asked again.
    pub(super) fn set(&mut self, member: &Member, facts: Facts) -> bool {
        self.known
            .get_mut(&member.folder)
            .is_some_and(|workspace| Arc::make_mut(workspace).set(&member.path, facts))
    }

    pub(super) fn complete(&mut self, folder: &Path) {
        if let Some(workspace) = self.known.get_mut(folder) {
            Arc::make_mut(workspace).set_complete();
        }
    }
}

/// What all files of a folder tell, read from disk. Takes long.
pub(super) fn survey(folder: &Path) -> Vec<(PathBuf, Facts)> {
    let Ok(walk) = walk(&[folder.to_path_buf()], None) else {
        return Vec::new();
    };
    walk.entries
        .iter()
        .filter_map(|entry| {
            // Only files that are what they are by their names tell anything.
            File::classify(&entry.relative, "", &[])
                .filter(|file| file.kind == Kind::Python || Projects::concerns(file.kind))?;
            let text = read(&entry.path).ok()?.text;
            let file = File::classify(&entry.relative, &text, &[])?;
            Some((entry.relative.clone(), facts(&file, &text)))
        })
        .collect()
}

/// What one file tells, read from disk; nothing when it is gone.
pub(super) fn from_disk(member: &Member) -> Facts {
    read(&member.folder.join(&member.path))
        .ok()
        .and_then(|read| {
            let file = File::classify(&member.path, &read.text, &[])?;
            Some(facts(&file, &read.text))
        })
        .unwrap_or_default()
}
