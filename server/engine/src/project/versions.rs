//! Which versions of a distribution the files of a unit let in: two major versions are two dialects of one library.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use pep440_rs::Version;
use version_ranges::Ranges;

use super::dependencies::neighbours;
use super::{Content, Question, View, Workspace};
use crate::model::dependencies::Dependencies;

/// What is let in on either side of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Admitted {
    /// Some older version.
    pub older: bool,
    /// It, or some newer one.
    pub newer: bool,
}

#[derive(Debug)]
struct Admits {
    file: PathBuf,
    key: &'static str,
    version: &'static str,
}

impl Question for Admits {
    type Answer = Option<Admitted>;
    fn answer(&self, workspace: &Workspace) -> Option<Admitted> {
        let version = Version::from_str(self.version).ok()?;
        let mut allowed: Option<Ranges<Version>> = None;
        for path in neighbours(workspace, &self.file) {
            if !workspace.names(&path, self.key) {
                continue;
            }
            let Content::Text(text) = workspace.content(&path) else {
                continue;
            };
            let file = Dependencies::of_text(&path, &text).unwrap_or_default();
            for known in file.of(self.key) {
                if let Some(ranges) = known.allowed().filter(|ranges| *ranges != Ranges::full()) {
                    allowed = Some(match allowed {
                        Some(before) => before.intersection(&ranges),
                        None => ranges,
                    });
                }
            }
        }
        let allowed = allowed?;
        let newer = Ranges::higher_than(version);
        Some(Admitted {
            older: !allowed.intersection(&newer.complement()).is_empty(),
            newer: !allowed.intersection(&newer).is_empty(),
        })
    }
}

impl View<'_> {
    /// Whether the files of a file's unit let in versions of a distribution (in the normal form of its name) that are older
    /// than this one, and others; `None` where none of them says anything.
    pub fn admits(
        &self,
        file: &Path,
        key: &'static str,
        version: &'static str,
    ) -> Option<Admitted> {
        if self.workspace.is_alone() {
            return None;
        }
        self.ask(Admits {
            file: file.to_path_buf(),
            key,
            version,
        })
    }
}
