//! What a file says about which versions of which distributions are installed, in whichever form: requirements files,
//! `pyproject.toml`, and lock files.
//!
//! Sources: pip's requirements file format and PEP 508 for lines; PEP 621, PEP 735 and Poetry's tables for
//! `pyproject.toml`; PEP 751 for `pylock.toml`; the lock files of uv, Poetry, PDM and Pipenv as these tools write them.
//! What builds a distribution (`build-system`) is not installed and is left out.

mod json;
mod lock;
mod poetry;
mod pyproject;
mod raise;
mod requirements;

use std::path::Path;
use std::sync::Arc;

use pep440_rs::{Version, VersionSpecifier};
use version_ranges::Ranges;

use super::Part;
use crate::chunk::Chunks;
use crate::file::Kind;
use crate::syntax;
use crate::text::Span;
use crate::work::Work;

/// The distributions that one file speaks of, in its order. Spans are absolute.
#[derive(Debug, Clone, Default)]
pub struct Dependencies {
    pub form: Form,
    pub list: Vec<Dependency>,
    /// Other files that belong to it (`-r`), as they are written.
    pub includes: Vec<String>,
    /// Some line has a hash, or the file demands them.
    pub hashed: bool,
    /// Places that cannot be read.
    pub unread: Vec<Span>,
    /// Most of a requirements file cannot be read, so that it is taken for something else.
    pub strange: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Form {
    #[default]
    Requirements,
    /// A requirements file that installs nothing by itself.
    Constraints,
    Pyproject,
    /// Written by a tool, which alone may change it.
    Lock(Tool),
}

/// What writes a lock file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tool {
    Uv,
    Poetry,
    Pdm,
    Pipenv,
    /// Any tool that knows PEP 751.
    Pylock,
}

/// One distribution at one place.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// The normal form of its name.
    pub key: String,
    /// As it is written.
    pub name: String,
    /// The smallest place that says which versions: the comparisons, else the name.
    pub span: Span,
    pub wants: Wants,
    /// Where hashes stand, each with what parts it from what is before it.
    pub hashes: Vec<Span>,
    /// How a version would be written; `None` where none can.
    written: Option<Written>,
}

/// Which versions are let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wants {
    Any,
    /// One version; its text as it is written.
    One(Version, String),
    Some(Ranges<Version>),
    /// A file, a URL, a repository; or comparisons that cannot be read.
    Other,
}

/// How versions are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Written {
    /// Of the comparisons; empty, behind the name, where there are none.
    span: Span,
    style: Style,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `==1.0`
    Pin,
    /// `~=1.0`
    Compatible,
    /// `>=1, <2`
    Range,
    /// Nothing yet, where `==1.0` could stand.
    Nothing,
    /// Poetry's `^1.0`, `~1.0`, and `1.0` or `==1.0`.
    Caret,
    Tilde,
    Bare,
}

impl Dependencies {
    /// `None` for a file that says nothing of this sort.
    pub fn read(path: &Path, kind: Kind, parts: &[(usize, Arc<Part>)]) -> Option<Dependencies> {
        let name = path.file_name()?.to_str()?;
        match kind {
            Kind::Requirements => Some(requirements::read(name, parts)),
            Kind::Pyproject => Some(pyproject::read(parts)),
            Kind::Lock => Some(lock::read(name, parts)),
            Kind::PipfileLock => Some(json::read(parts)),
            _ => None,
        }
    }

    /// The same of a text that nobody has open.
    pub fn of_text(path: &Path, text: &str) -> Option<Dependencies> {
        let kind = crate::file::File::kind(path, text)?;
        let chunks = Chunks::cut(kind.language(), text, &mut Work::default());
        let part = |chunk: &crate::chunk::Chunk| {
            let text = Arc::from(&text[chunk.start..chunk.end]);
            let part = syntax::read(chunk.state, &text, &mut None);
            (chunk.start, Arc::new(part))
        };
        let list = match kind.says_versions() {
            true => chunks.list(),
            false => return None,
        };
        let parts: Vec<_> = list.iter().map(part).collect();
        Dependencies::read(path, kind, &parts)
    }

    pub fn of<'d>(&'d self, key: &'d str) -> impl Iterator<Item = &'d Dependency> {
        self.list.iter().filter(move |known| known.key == key)
    }

    /// Whether each distribution that is named has one version: what `pip freeze`, `uv` and pip-compile write.
    pub fn is_whole(&self) -> bool {
        let pinned = |known: &Dependency| !matches!(known.wants, Wants::Any | Wants::Some(_));
        !self.list.is_empty() && self.list.iter().all(pinned)
    }
}

impl Dependency {
    /// The versions that are let in, as far as they are known.
    pub fn allowed(&self) -> Option<Ranges<Version>> {
        match &self.wants {
            Wants::Any => Some(Ranges::full()),
            Wants::One(version, _) => Some(Ranges::singleton(version.clone().without_local())),
            Wants::Some(ranges) => Some(ranges.clone()),
            Wants::Other => None,
        }
    }

    /// The version as it is pinned.
    pub fn pin(&self) -> Option<&str> {
        match &self.wants {
            Wants::One(_, text) => Some(text),
            _ => None,
        }
    }
}

/// What comparisons let in, all together. `None` where one cannot be read.
fn wants<'s>(specifiers: impl Iterator<Item = Option<&'s VersionSpecifier>>, pin: &str) -> Wants {
    let mut ranges = Ranges::full();
    let mut any = true;
    let mut one = None;
    for specifier in specifiers {
        any = false;
        // The next version behind a larger number does not exist.
        let sane =
            |known: &&VersionSpecifier| known.version().release().iter().all(|n| *n < 1 << 60);
        let Some(specifier) = specifier.filter(sane) else {
            return Wants::Other;
        };
        if matches!(
            specifier.operator(),
            pep440_rs::Operator::Equal | pep440_rs::Operator::ExactEqual
        ) {
            one = Some(specifier.version().clone());
        }
        ranges = ranges.intersection(&Ranges::from(specifier.clone()));
    }
    match one {
        Some(version) => Wants::One(version, pin.to_owned()),
        None if any => Wants::Any,
        None => Wants::Some(ranges),
    }
}
