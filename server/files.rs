//! The files below the folders that somebody works in, with the texts that an editor or a run of fixes holds in place of
//! what is on disk.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use dashmap::DashMap;
use harden_engine::output::slashed;
use harden_engine::path::join;
use harden_engine::project::{Content, Files};
use ropey::Rope;

use crate::cli::read::read;
use crate::cli::walk::walk;

/// Texts that count instead of those on disk, by their paths as the project gives them.
pub(crate) type Held = Arc<DashMap<PathBuf, Rope>>;

#[derive(Debug)]
pub(crate) struct Tree {
    /// What paths are relative to; absolute.
    base: PathBuf,
    /// Where it lies in its checkout.
    around: PathBuf,
    /// Folders outside of which nothing is looked at; absolute.
    roots: Vec<PathBuf>,
    held: Held,
    /// All files, where somebody has walked them already.
    walked: Option<Vec<PathBuf>>,
}

impl Tree {
    pub(crate) fn new(base: PathBuf, roots: Vec<PathBuf>, held: Held) -> Tree {
        Tree {
            around: around(&base),
            base,
            roots,
            held,
            walked: None,
        }
    }

    /// The same with all files that are there.
    pub(crate) fn walked(self, files: Vec<PathBuf>) -> Tree {
        Tree {
            walked: Some(files),
            ..self
        }
    }

    fn disk(&self, path: &Path) -> PathBuf {
        absolute(&self.base, path)
    }
}

/// The place on disk of a path of a project.
pub(crate) fn absolute(base: &Path, path: &Path) -> PathBuf {
    join(base, &path.to_string_lossy())
}

/// The folder that a checkout lies in: the nearest upwards that version control calls its own, else the folder itself.
pub(crate) fn checkout(folder: &Path) -> PathBuf {
    let marked = |folder: &&Path| {
        [".git", ".hg", ".jj"]
            .iter()
            .any(|name| folder.join(name).exists())
    };
    folder
        .ancestors()
        .find(marked)
        .unwrap_or(folder)
        .to_path_buf()
}

/// Where a folder lies in its checkout.
pub(crate) fn around(folder: &Path) -> PathBuf {
    let inside = folder.strip_prefix(checkout(folder));
    inside.map(Path::to_path_buf).unwrap_or_default()
}

impl Files for Tree {
    fn around(&self) -> PathBuf {
        self.around.clone()
    }
    fn list(&self) -> Vec<PathBuf> {
        let mut paths = self.walked.clone().unwrap_or_default();
        let roots = self.roots.iter().filter(|_| self.walked.is_none());
        for root in roots {
            let Ok(walk) = walk(std::slice::from_ref(root), Some(&self.base)) else {
                continue;
            };
            paths.extend(
                walk.entries
                    .into_iter()
                    .map(|entry| relative(&self.base, &entry.path)),
            );
        }
        paths.extend(self.held.iter().map(|held| held.key().clone()));
        paths.sort();
        paths.dedup();
        paths
    }

    fn text(&self, path: &Path) -> Content {
        if let Some(rope) = self.held.get(path) {
            return Content::Text(String::from(rope.value()).into());
        }
        let disk = self.disk(path);
        match read(&disk) {
            Ok(read) => Content::Text(read.text.into()),
            Err(_) if !disk.exists() => Content::Missing,
            Err(unread) => Content::Strange(unread.message),
        }
    }

    fn folder(&self, path: &Path) -> Option<Vec<(String, bool)>> {
        let mut names: Vec<(String, bool)> = std::fs::read_dir(self.disk(path))
            .ok()?
            .flatten()
            .filter_map(|entry| {
                let kind = entry.file_type().ok()?;
                let folder = kind.is_dir() || kind.is_symlink() && entry.path().is_dir();
                Some((entry.file_name().into_string().ok()?, folder))
            })
            .collect();
        names.sort();
        Some(names)
    }

    fn tracked(&self, path: &Path) -> bool {
        let disk = self.disk(path);
        let Some(root) = disk.ancestors().find(|folder| folder.join(".git").is_dir()) else {
            return false;
        };
        let below = disk.strip_prefix(root).map(slashed).unwrap_or_default();
        std::fs::read(root.join(".git/index")).is_ok_and(|index| is_in_index(&index, &below))
    }

    fn within(&self, path: &Path) -> bool {
        let disk = self.disk(path);
        self.roots.iter().any(|root| disk.starts_with(root))
    }
}

/// Whether an index of git has a path: behind two bytes of flags, which hold its length, and before a NUL. Version 4 cuts
/// off what paths share, and tells nothing here.
fn is_in_index(index: &[u8], path: &str) -> bool {
    let wanted = path.as_bytes();
    memchr::memmem::find_iter(index, wanted).any(|at| {
        let flags = at.checked_sub(2).map(|from| [index[from], index[from + 1]]);
        let length = flags.map(|flags| usize::from(u16::from_be_bytes(flags) & 0xfff));
        let ends = index.get(at + wanted.len()) == Some(&0);
        // Above that, the length is not told.
        ends && index.starts_with(b"DIRC") && length == Some(wanted.len().min(0xfff))
    })
}

/// A path below or beside the base, relative to it; both absolute.
pub(crate) fn relative(base: &Path, path: &Path) -> PathBuf {
    if let Ok(below) = path.strip_prefix(base) {
        return below.to_path_buf();
    }
    let shared = base.components().zip(path.components());
    let shared = shared.take_while(|(a, b)| a == b).count();
    let mut made: PathBuf = base
        .components()
        .skip(shared)
        .map(|_| Component::ParentDir)
        .collect();
    made.extend(path.components().skip(shared));
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_beside_the_base_lead_up() {
        let to = |path: &str| relative(Path::new("/a/b"), Path::new(path));
        assert_eq!(to("/a/b/c"), Path::new("c"));
        assert_eq!(to("/a/c/d"), Path::new("../c/d"));
        assert_eq!(to("/x"), Path::new("../../x"));
        assert_eq!(
            absolute(Path::new("/a/b"), Path::new("../c")),
            Path::new("/a/c")
        );
    }
}
