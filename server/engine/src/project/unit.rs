//! Units: what belongs together in a repository of many projects.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Question, View, Workspace};
use crate::file::apart;
use crate::model::package::Package;
use crate::model::{Part, plain};
use crate::rule::{Owner, Place};
use crate::text::Span;

/// Files that make their folder a unit.
const MARKERS: &[&str] = &[
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "pytest.ini",
    ".pytest.ini",
    "pytest.toml",
    ".pytest.toml",
    "tox.ini",
    "package.json",
];

/// Whether a folder holds a file that makes it a unit.
struct IsUnit(bool);

impl Workspace {
    /// The folder of the unit to which a file belongs: the nearest one upwards that says so, else the project itself.
    pub fn unit(&self, file: &Path) -> PathBuf {
        let folders = file.ancestors().skip(1);
        folders
            .filter(|folder| self.within(folder))
            .find(|folder| self.is_unit(folder))
            .unwrap_or(Path::new(""))
            .to_path_buf()
    }

    pub(super) fn is_unit(&self, folder: &Path) -> bool {
        let says = || {
            let names = self.folder(folder).unwrap_or_default();
            IsUnit(names.files().any(|name| {
                let requirements = name.starts_with("requirements") && name.ends_with(".txt");
                requirements || MARKERS.contains(&name)
            }))
        };
        self.derived(folder, says).0
    }
}

/// A unit, as the one file is asked about it that stands for it: what is wrong with the unit as a whole is reported there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Relative to the project; empty for its root.
    pub folder: PathBuf,
    /// The first thing that the file says: a section's name, a requirement, a line.
    pub place: Place,
}

impl Unit {
    pub(crate) fn read(folder: PathBuf, parts: &[(usize, Arc<Part>)]) -> Unit {
        if let Some((_, part)) = parts.first()
            && matches!(**part, Part::Plain(_))
        {
            let place = Package::read(&plain::text(parts)).place();
            if !place.is_empty() {
                return Unit {
                    folder,
                    place: Place {
                        owner: Owner::File,
                        span: place,
                    },
                };
            }
        }
        let heads = parts.iter().zip(0..);
        let mut places = heads.filter_map(|((_, part), at)| {
            Some(Place {
                owner: Owner::Nth(at),
                span: head(part)?,
            })
        });
        Unit {
            folder,
            place: places.next().unwrap_or(Place {
                owner: Owner::File,
                span: Span::default(),
            }),
        }
    }
}

fn head(part: &Part) -> Option<Span> {
    match part {
        Part::Toml(part) => part.tables.first().map(|table| table.span),
        Part::Ini(part) => part.sections.first().map(|section| section.span),
        Part::Requirements(part) => part.lines.first().map(|line| line.span),
        Part::Plain(part) => {
            let line = part.text.trim_start().lines().next().unwrap_or_default();
            let start = part.text.len() - part.text.trim_start().len();
            let text = part.text[..start + line.len()].trim_end();
            let blank = text.len() - text.trim_start().len();
            (blank < text.len()).then(|| Span::new(blank, text.len()))
        }
        _ => None,
    }
}

/// Which of the unit's files stand for it, the first that is there.
const MANIFESTS: &[&str] = &[
    "pyproject.toml",
    "setup.cfg",
    "package.json",
    "requirements.txt",
    "requirements.in",
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "tox.ini",
];

/// Does a folder hold code?
#[derive(Debug)]
struct HasCode(PathBuf);

impl Question for HasCode {
    type Answer = Option<bool>;
    fn answer(&self, workspace: &Workspace) -> Option<bool> {
        workspace.has_code(&self.0)
    }
}

impl Workspace {
    pub(super) fn has_code(&self, folder: &Path) -> Option<bool> {
        let mut left = MOST_NAMES;
        has_code(self, folder, DEPTH, &mut left)
    }
}

/// Folders below the one that is asked about are looked into this deep, up to so many names: code that lies deeper is no
/// reason to call a folder one of code.
const DEPTH: usize = 3;
const MOST_NAMES: usize = 4_000;

fn has_code(workspace: &Workspace, folder: &Path, depth: usize, left: &mut usize) -> Option<bool> {
    let names = workspace.folder(folder)?;
    if names.files().any(is_code) {
        return Some(true);
    }
    for name in names.folders() {
        if depth == 0 || *left == 0 {
            break;
        }
        *left -= 1;
        let skipped = name.starts_with('.') || name == "node_modules" || name == "__pycache__";
        if !skipped && has_code(workspace, &folder.join(name), depth - 1, left) == Some(true) {
            return Some(true);
        }
    }
    Some(false)
}

/// Whether a file of this name is written in a programming language.
pub fn is_code(name: &str) -> bool {
    const EXTENSIONS: &[&str] = &[
        "py", "pyx", "js", "mjs", "cjs", "jsx", "ts", "tsx", "vue", "svelte", "go", "rs", "rb",
        "php", "java", "kt", "scala", "clj", "cs", "fs", "vb", "ex", "exs", "erl", "pl", "pm",
        "lua", "dart", "swift", "c", "cc", "cpp", "h", "hpp", "r", "jl", "hs",
    ];
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| EXTENSIONS.contains(&&*extension.to_ascii_lowercase()))
}

/// The unit for which a file stands.
#[derive(Debug)]
struct StandsFor(PathBuf);

impl Question for StandsFor {
    type Answer = Option<PathBuf>;
    fn answer(&self, workspace: &Workspace) -> Option<PathBuf> {
        let folder = View::folder(&self.0);
        let names = workspace.folder(folder)?;
        let first = MANIFESTS.iter().find(|name| names.has_file(name))?;
        (self.0.file_name()? == *first).then(|| folder.to_path_buf())
    }
}

/// Whether a folder holds what is not the application: tests, documents, examples, what others have made.
pub fn is_apart(folder: &Path) -> bool {
    const NAMES: &[&str] = &[
        "bower_components",
        "fixtures",
        "node_modules",
        "static",
        "template",
        "templates",
        "third_party",
        "vendor",
        "vendored",
    ];
    let mut parts = folder
        .components()
        .filter_map(|part| part.as_os_str().to_str());
    parts.any(|part| {
        apart::folder(part).is_some() || NAMES.contains(&part) || part.ends_with("_template")
    })
}

/// The folders of the units of a project, by the files that make them so, in their order.
pub(super) struct Units(pub(super) Vec<PathBuf>);

impl Workspace {
    pub(super) fn units(&self) -> Arc<Units> {
        self.derived(Path::new(""), || {
            let list = self.list();
            let manifests = list.iter().filter(|path| {
                let name = path.file_name().and_then(|name| name.to_str());
                name.is_some_and(|name| MANIFESTS.contains(&name))
            });
            let folders = manifests.filter_map(|path| path.parent());
            let folders: BTreeSet<PathBuf> = folders.map(Path::to_path_buf).collect();
            Units(folders.into_iter().collect())
        })
    }
}

impl View<'_> {
    /// The folder of the unit for which a file stands: the first by [`MANIFESTS`] of those that make their folder one.
    pub fn unit_of_manifest(&self, file: &Path) -> Option<PathBuf> {
        let name = file.file_name()?.to_str()?;
        let stands = MANIFESTS.contains(&name);
        stands.then(|| self.ask(StandsFor(file.to_path_buf())))?
    }

    /// Whether a folder of the project holds code; `None` where there is no such folder.
    pub fn has_code(&self, folder: &Path) -> Option<bool> {
        self.ask(HasCode(folder.to_path_buf()))
    }
}
