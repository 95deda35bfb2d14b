//! The one way from the engine to files, behind a trait: the server and the command line know where texts are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::path::HERE;

/// What is found where a file should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Text(Arc<str>),
    /// It is there and is no text that is read; the reason, as a sentence.
    Strange(String),
    Missing,
}

/// The files of a project as they are now, open buffers included. All paths are relative to the project and in the form
/// that [`crate::path::join`] gives.
pub trait Files: Debug + Send + Sync {
    /// All files that are not ignored, in the order of their paths.
    fn list(&self) -> Vec<PathBuf>;
    fn text(&self, path: &Path) -> Content;
    /// The names in a folder, ignored ones too, and whether each is a folder; `None` where there is no such folder.
    fn folder(&self, path: &Path) -> Option<Vec<(String, bool)>>;
    /// Where the folder that paths are relative to lies in its checkout.
    fn around(&self) -> PathBuf {
        PathBuf::new()
    }
    /// Whether version control has the file.
    fn tracked(&self, _path: &Path) -> bool {
        false
    }
    /// Whether a path may be looked at: one that leads out of the workspace may not.
    fn within(&self, path: &Path) -> bool {
        !path.starts_with("..") && path.is_relative()
    }
}

/// Files in memory, by their paths.
#[derive(Debug, Default, Clone)]
pub struct Texts(BTreeMap<PathBuf, Arc<str>>);

impl<P: Into<PathBuf>, T: Into<Arc<str>>> FromIterator<(P, T)> for Texts {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(files: I) -> Texts {
        let files = files.into_iter();
        Texts(
            files
                .map(|(path, text)| (path.into(), text.into()))
                .collect(),
        )
    }
}

impl Files for Texts {
    fn list(&self) -> Vec<PathBuf> {
        self.0.keys().cloned().collect()
    }
    fn text(&self, path: &Path) -> Content {
        self.0
            .get(path)
            .map_or(Content::Missing, |text| Content::Text(text.clone()))
    }
    fn folder(&self, folder: &Path) -> Option<Vec<(String, bool)>> {
        let mut names = BTreeSet::new();
        for path in self.0.keys() {
            let Ok(rest) = path.strip_prefix(folder) else {
                continue;
            };
            let mut parts = rest.components();
            if let Some(name) = parts.next().and_then(|part| part.as_os_str().to_str()) {
                names.insert((name.to_owned(), parts.next().is_some()));
            }
        }
        (!names.is_empty() || folder == HERE).then(|| names.into_iter().collect())
    }
}
