//! What the other files of a unit say about versions, and what installs a file of requirements.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use pep440_rs::Version;

use super::coverage::commands_around;
use super::{Fact, Known, Question, Source, View, Workspace};
use crate::file::{File, Kind};
use crate::model::dependencies::{Dependencies, Form, Wants};
use crate::model::requirements::normal;
use crate::path::join;

/// What one file says of versions.
#[derive(Debug, Hash)]
struct Said {
    form: Form,
    /// Each distribution that it names has one version.
    whole: bool,
    hashed: bool,
    pins: Vec<(String, String)>,
    includes: Vec<String>,
    /// What each distribution is held to, as far as it can be raised.
    ranges: Vec<(String, String)>,
}

impl Fact for Said {
    fn read(source: &Source) -> Option<Said> {
        let kind = source.file()?.kind;
        let parts = kind.says_versions().then(|| source.parts(kind, |_| true))?;
        let file = Dependencies::read(source.path, kind, &parts)?;
        let pins = file.list.iter().filter_map(|known| {
            let pin = known.pin()?;
            Some((known.key.clone(), pin.to_owned()))
        });
        let ranges = file.list.iter().filter(|known| known.is_writable());
        let ranges = ranges.filter_map(|known| match &known.wants {
            Wants::One(version, _) => Some((known.key.clone(), format!("=={version}"))),
            Wants::Some(ranges) => Some((known.key.clone(), ranges.to_string())),
            Wants::Any | Wants::Other => None,
        });
        Some(Said {
            form: file.form,
            whole: file.is_whole(),
            hashed: file.hashed,
            pins: pins.collect(),
            ranges: ranges.collect(),
            includes: file.includes,
        })
    }
}

/// What the lock files around a file say: those of its unit, the nearest one above it, and requirements files of the unit
/// in which each distribution has one version.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub struct Locked {
    /// The version of each distribution, by the normal form of its name.
    pub pins: BTreeMap<String, String>,
    /// Some of them have hashes.
    pub hashed: bool,
    /// A lock file is there and cannot be read.
    pub unread: bool,
}

#[derive(Debug)]
struct LockedAround(PathBuf);

impl Question for LockedAround {
    type Answer = Arc<Locked>;
    fn answer(&self, workspace: &Workspace) -> Arc<Locked> {
        let mut locked = Locked::default();
        let mut paths = neighbours(workspace, &self.0);
        let unit = workspace.unit(&self.0);
        let above = unit
            .ancestors()
            .skip(1)
            .filter(|folder| workspace.within(folder));
        let nearest = above
            .map(|folder| files(workspace, folder, is_lock))
            .find(|locks| !locks.is_empty());
        paths.extend(nearest.unwrap_or_default());
        for path in paths.iter().filter(|path| **path != self.0) {
            match workspace.fact::<Said>(path) {
                Known::Here(said) => {
                    let lock = matches!(said.form, Form::Lock(_));
                    if lock || said.whole && said.form != Form::Pyproject {
                        let pins = said.pins.iter().cloned();
                        locked.pins.extend(pins);
                        locked.hashed |= said.hashed;
                    }
                }
                Known::Strange(_) => locked.unread |= is_lock(name(path)),
                Known::Nothing | Known::Missing => {}
            }
        }
        Arc::new(locked)
    }
}

/// Which other files of the unit hold a distribution to versions that are older than this one?
#[derive(Debug)]
struct Behind {
    own: PathBuf,
    key: String,
    to: String,
}

impl Question for Behind {
    type Answer = Vec<PathBuf>;
    fn answer(&self, workspace: &Workspace) -> Vec<PathBuf> {
        workspace.behind(&self.own, &self.key, &self.to)
    }
}

impl Workspace {
    /// Whether a file says which versions of a distribution are let in.
    pub(super) fn names(&self, path: &Path, key: &str) -> bool {
        let said = self.fact::<Said>(path).here();
        said.is_some_and(|said| {
            let mut all = said.pins.iter().chain(&said.ranges);
            all.any(|(known, _)| known == key)
        })
    }

    /// Files of the unit of `own`, but for itself, that let in none but older versions of a distribution.
    pub(crate) fn behind(&self, own: &Path, key: &str, to: &str) -> Vec<PathBuf> {
        let Ok(to) = Version::from_str(to) else {
            return Vec::new();
        };
        let says = |path: &PathBuf| {
            let said = self.fact::<Said>(path).here();
            let named = |said: Arc<Said>| said.ranges.iter().any(|(known, _)| known == key);
            // The fact says that it may be; the text says whether.
            path != own && said.is_some_and(named) && {
                let text = match self.content(path) {
                    super::Content::Text(text) => text,
                    _ => return false,
                };
                let file = Dependencies::of_text(path, &text).unwrap_or_default();
                let mut list = file.of(key);
                list.any(|known| known.is_behind(&to) && known.is_writable())
            }
        };
        let mut paths = neighbours(self, own);
        paths.retain(says);
        paths
    }
}

impl Workspace {
    /// Whether the unit of a file pins a distribution to a version before this one, or lets in none but such.
    pub(super) fn holds_below(&self, own: &Path, key: &str, version: &str) -> bool {
        let Ok(bound) = Version::from_str(version) else {
            return false;
        };
        let pinned = |path: &PathBuf| {
            let said = self.fact::<Said>(path).here()?;
            let pin = said.pins.iter().find(|(known, _)| known == key)?;
            Some(Version::from_str(&pin.1).ok()? < bound)
        };
        let paths = neighbours(self, own);
        let mut pins = paths.iter().filter_map(pinned);
        match pins.next() {
            Some(first) => first && pins.all(|below| below),
            None => !self.behind(own, key, version).is_empty(),
        }
    }
}

/// Which version of a distribution is installed in a virtual environment of the project?
#[derive(Debug)]
struct InstalledVersion {
    own: PathBuf,
    key: String,
}

/// Folders that hold a virtual environment, by the names that people give them.
const ENVIRONMENTS: &[&str] = &[".venv", "venv", "env", ".env"];

impl Question for InstalledVersion {
    type Answer = Option<String>;
    fn answer(&self, workspace: &Workspace) -> Option<String> {
        let folders = View::folder(&self.own).ancestors();
        let mut folders = folders.filter(|folder| workspace.within(folder));
        folders.find_map(|folder| installed(workspace, folder, &self.key))
    }
}

fn installed(workspace: &Workspace, folder: &Path, key: &str) -> Option<String> {
    let names = workspace.folder(folder)?;
    let environments = names.folders().filter(|name| ENVIRONMENTS.contains(name));
    for environment in environments {
        let root = folder.join(environment);
        let lib = workspace.folder(&root.join("lib"));
        let pythons = lib.iter().flat_map(|lib| lib.folders());
        let pythons = pythons.filter(|name| name.starts_with("python"));
        let unix = pythons.map(|name| root.join("lib").join(name).join("site-packages"));
        for packages in unix.chain([root.join("Lib/site-packages")]) {
            let Some(names) = workspace.folder(&packages) else {
                continue;
            };
            let found = names.folders().find_map(|name| {
                let (name, version) = name.strip_suffix(".dist-info")?.split_once('-')?;
                (normal(name) == key).then(|| version.to_owned())
            });
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// What becomes of a file of requirements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Use {
    /// An image, a workflow or a script installs it.
    Installed,
    /// The build takes the dependencies of a package from it.
    Metadata,
    /// Nothing that is known.
    Nothing,
}

#[derive(Debug)]
struct UseOf(PathBuf);

impl Question for UseOf {
    type Answer = Use;
    fn answer(&self, workspace: &Workspace) -> Use {
        let mut seen = BTreeSet::new();
        use_of(workspace, &self.0, &mut seen)
    }
}

/// Files that include each other are followed this far.
const MOST_FILES: usize = 64;

fn use_of(workspace: &Workspace, own: &Path, seen: &mut BTreeSet<PathBuf>) -> Use {
    if seen.len() > MOST_FILES || !seen.insert(own.to_path_buf()) {
        return Use::Nothing;
    }
    let mut all = Use::Nothing;
    let unit = workspace.unit(own);
    let mut paths = dockerfiles(workspace);
    paths.extend(["Procfile", "render.yaml", "app.json"].map(|name| unit.join(name)));
    // What tests a package, or works on it, installs it with ranges, as others do.
    if name(own) != "pyproject.toml" {
        paths.extend(commands_around(workspace, own));
        paths.push(unit.join("setup.py"));
    }
    for path in paths.iter().filter(|path| *path != own) {
        let Some(mentions) = workspace.fact::<Mentions>(path).here() else {
            continue;
        };
        match mentions.of(path, own) {
            Use::Installed => return Use::Installed,
            Use::Metadata => all = Use::Metadata,
            Use::Nothing => {}
        }
    }
    let including = neighbours(workspace, own);
    for path in including.iter().filter(|path| *path != own) {
        let Some(said) = workspace.fact::<Said>(path).here() else {
            continue;
        };
        let folder = View::folder(path);
        if said.includes.iter().any(|file| join(folder, file) == own) {
            match use_of(workspace, path, seen) {
                Use::Nothing => {}
                known => return known,
            }
        }
    }
    all
}

/// The files of requirements that a file of commands mentions.
#[derive(Debug, Hash)]
struct Mentions {
    words: Vec<String>,
    /// It describes how a package is built.
    build: bool,
    /// It installs the project in whose folder it runs.
    project: bool,
}

impl Fact for Mentions {
    fn read(source: &Source) -> Option<Mentions> {
        let text = source.text();
        let name = name(source.path);
        let ends = |word: &str| {
            [".txt", ".lock", ".toml"]
                .iter()
                .any(|end| word.ends_with(end))
        };
        let parts = |c: char| c.is_whitespace() || "\"'`,;=()[]{}<>|&".contains(c);
        let mut words: Vec<String> = text
            .split(parts)
            .filter(|word| ends(word) || name == "setup.py" && *word == "requirements")
            .map(|word| word.trim_start_matches("./").to_owned())
            .collect();
        words.sort();
        words.dedup();
        let project = [
            "pip install .",
            "pip install -e .",
            "uv sync",
            "uv pip install .",
            "poetry install",
            "pdm install",
            "pdm sync",
            "pipenv sync",
            "pipenv install",
        ]
        .iter()
        .any(|command| text.contains(command));
        (project || !words.is_empty()).then_some(Mentions {
            words,
            build: matches!(name, "setup.py" | "pyproject.toml" | "setup.cfg"),
            project,
        })
    }
}

impl Mentions {
    /// What the file at `from` does with the one at `own`.
    fn of(&self, from: &Path, own: &Path) -> Use {
        let folder = View::folder(own);
        let near = own.starts_with(View::folder(from)) || View::folder(from).starts_with(folder);
        let by_word = |word: &String| {
            let path = Path::new(word);
            if path.file_name() != own.file_name() {
                // A build that puts names together of a folder and a word.
                let folder = near && folder.ends_with("requirements");
                return folder && self.build && word == "requirements";
            }
            let named = path.parent().unwrap_or(Path::new(""));
            let bare = named == Path::new("") || named.is_absolute() || word.contains('$');
            near && bare || !bare && folder.ends_with(named)
        };
        let project = near && self.project && name(own) == "pyproject.toml";
        match project || self.words.iter().any(by_word) {
            true if self.build => Use::Metadata,
            true => Use::Installed,
            false => Use::Nothing,
        }
    }
}

/// All Dockerfiles that are known by their names.
struct Dockerfiles(Vec<PathBuf>);

fn dockerfiles(workspace: &Workspace) -> Vec<PathBuf> {
    let list = || {
        let list = workspace.list();
        let is = |path: &&PathBuf| File::kind(path, "") == Some(Kind::Dockerfile);
        Dockerfiles(list.iter().filter(is).cloned().collect())
    };
    workspace.derived(Path::new(""), list).0.clone()
}

/// Files of the unit of a file that may say something about versions, itself included.
pub(super) fn neighbours(workspace: &Workspace, own: &Path) -> Vec<PathBuf> {
    let unit = workspace.unit(own);
    let mut folders = vec![unit.clone(), unit.join("requirements")];
    let folder = View::folder(own);
    let parent = folder.parent().filter(|_| folder.ends_with("requirements"));
    folders.extend(
        [Some(folder), parent]
            .into_iter()
            .flatten()
            .map(Path::to_path_buf),
    );
    folders.sort();
    folders.dedup();
    let says = |name: &str| {
        [".txt", ".lock", ".toml"]
            .iter()
            .any(|end| name.ends_with(end))
    };
    folders
        .iter()
        .filter(|folder| workspace.within(folder))
        .flat_map(|folder| files(workspace, folder, says))
        .filter(|path| File::kind(path, "").is_some_and(Kind::says_versions))
        .collect()
}

fn files(workspace: &Workspace, folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let names = workspace.folder(folder).unwrap_or_default();
    let names = names.files().filter(|name| wanted(name));
    names.map(|name| folder.join(name)).collect()
}

fn is_lock(name: &str) -> bool {
    let kind = File::kind(Path::new(name), "");
    matches!(kind, Some(Kind::Lock | Kind::PipfileLock)) || name == "requirements.lock"
}

fn name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}

impl View<'_> {
    /// What the lock files around a file say.
    pub fn locked(&self, own: &Path) -> Arc<Locked> {
        self.ask(LockedAround(own.to_path_buf()))
    }

    /// The version of a distribution in a virtual environment of the project, by the name of its metadata.
    pub fn installed_version(&self, own: &Path, key: &str) -> Option<String> {
        self.ask(InstalledVersion {
            own: own.to_path_buf(),
            key: key.to_owned(),
        })
    }

    /// The other files of the unit that hold a distribution to older versions.
    pub fn behind(&self, own: &Path, key: &str, to: &Version) -> Vec<PathBuf> {
        self.ask(Behind {
            own: own.to_path_buf(),
            key: key.to_owned(),
            to: to.to_string(),
        })
    }

    /// What becomes of a file of requirements.
    pub fn use_of(&self, own: &Path) -> Use {
        self.ask(UseOf(own.to_path_buf()))
    }
}
