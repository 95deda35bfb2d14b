//! The names in folders, looked up once for each state of the project.

use std::path::Path;
use std::sync::Arc;

use super::Workspace;

/// The names in a folder, sorted, and whether each is a folder.
#[derive(Debug, Default)]
pub struct Listing(Vec<(String, bool)>);

impl Listing {
    /// Names of files.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.of(false)
    }

    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.of(true)
    }

    fn of(&self, folders: bool) -> impl Iterator<Item = &str> {
        let names = self.0.iter().filter(move |(_, is)| *is == folders);
        names.map(|(name, _)| name.as_str())
    }

    pub fn has_file(&self, name: &str) -> bool {
        self.find(name) == Some(false)
    }

    /// Whether there is something of this name, and whether that is a folder.
    fn find(&self, name: &str) -> Option<bool> {
        let at = self
            .0
            .binary_search_by(|(known, _)| known.as_str().cmp(name));
        at.ok().map(|at| self.0[at].1)
    }
}

/// `None` where there is no such folder.
struct Listed(Option<Arc<Listing>>);

impl Workspace {
    /// The names in a folder, those of files included that somebody has open and has not saved yet.
    pub fn folder(&self, path: &Path) -> Option<Arc<Listing>> {
        let list = || Listed(self.look_into(path).map(|list| Arc::new(Listing(list))));
        self.derived(path, list).0.clone()
    }

    /// Whether what is known of the folders around a file is wrong about whether it is there.
    pub(super) fn is_news(&self, path: &Path, there: bool) -> bool {
        let mut below = path;
        while let (Some(folder), Some(name)) = (below.parent(), below.file_name()) {
            let name = name.to_str().unwrap_or_default();
            if let Some(listed) = self.known::<Listed>(folder)
                && let Some(list) = &listed.0
            {
                let found = list.find(name);
                // The last file of a folder may have taken that with it.
                return match below == path {
                    true => (found == Some(false)) != there,
                    false => found.is_some() != there,
                };
            }
            below = folder;
        }
        false
    }

    /// Whether there is a file at this path.
    pub fn has_file(&self, path: &Path) -> bool {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return false;
        };
        let (Some(names), Some(name)) = (self.folder(folder), name.to_str()) else {
            return false;
        };
        names.has_file(name)
    }
}
