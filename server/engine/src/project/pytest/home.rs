//! Which file pytest takes its configuration from, and what it says.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::file::Kind;
use crate::model::pytest::{Config, Form, Sections, Value, allows_nine, locked_nine};
use crate::project::{Fact, Question, Source, View, Workspace};
use crate::syntax::toml::Data;

/// In the order in which pytest looks for them; the first one that is a home is the only one that is read.
pub(super) const HOMES: &[&str] = &[
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
];

/// What a home of pytest's configuration says.
#[derive(Debug, Hash, PartialEq, Eq)]
pub struct Told {
    pub form: Form,
    /// The header of its section, with brackets.
    pub header: Option<String>,
    /// Its options with the lines of their values.
    pub options: Vec<(String, Vec<String>)>,
    /// The names that it declares under `markers`.
    pub markers: Vec<String>,
}

impl Told {
    /// The lines of an option; `None` where it is not given.
    pub fn option(&self, name: &str) -> Option<&[String]> {
        let option = self.options.iter().find(|(known, _)| known == name);
        option.map(|(_, lines)| lines.as_slice())
    }

    /// The words of an option, which a shell would tell apart by blanks alone.
    pub fn words(&self, name: &str) -> Vec<&str> {
        let lines = self.option(name).unwrap_or_default();
        lines
            .iter()
            .flat_map(|line| line.split_whitespace())
            .collect()
    }

    pub fn read(config: &Config, header: Option<String>) -> Told {
        let lines = |value: &Value, lines: Vec<String>| match value {
            Value::Toml(value) => match &value.data {
                Data::Boolean(is) => vec![is.to_string()],
                Data::Integer(number) => vec![number.to_string()],
                _ => lines,
            },
            Value::Ini(..) => lines,
        };
        let options = config.options.iter().map(|option| {
            let words = option.lines().into_iter().map(|word| word.text);
            (option.name.clone(), lines(&option.value, words.collect()))
        });
        Told {
            form: config.form,
            header,
            options: options.collect(),
            markers: config.markers().into_iter().map(|word| word.text).collect(),
        }
    }
}

impl Fact for Told {
    fn read(source: &Source) -> Option<Told> {
        let kind = source.file()?.kind;
        let own = matches!(kind, Kind::PytestIni | Kind::PytestToml);
        let may = matches!(kind, Kind::Pyproject | Kind::ToxIni | Kind::SetupCfg)
            && source.text().contains("pytest");
        if !own && !may {
            return None;
        }
        let sections = Sections::read(kind, &source.parts(kind, |_| true))?;
        let header = sections.live.map(|live| live.header);
        Some(Told::read(&sections.config?, header))
    }
}

/// The homes in a folder, the one that counts first.
#[derive(Debug)]
struct HomesIn(PathBuf);

impl Question for HomesIn {
    type Answer = Vec<(PathBuf, Arc<Told>)>;
    fn answer(&self, workspace: &Workspace) -> Vec<(PathBuf, Arc<Told>)> {
        workspace.pytest_homes(&self.0)
    }
}

impl Workspace {
    pub(super) fn pytest_homes(&self, folder: &Path) -> Vec<(PathBuf, Arc<Told>)> {
        let homes = HOMES.iter().map(|name| folder.join(name));
        homes
            .filter_map(|path| {
                let told = self.fact::<Told>(&path).here()?;
                Some((path, told))
            })
            .collect()
    }
}

/// What the requirements of a file say of pytest's version.
#[derive(Debug, Hash)]
struct Pin(bool);

impl Fact for Pin {
    fn read(source: &Source) -> Option<Pin> {
        let name = source.path.file_name()?.to_str()?;
        if !source.text().contains("pytest") {
            return None;
        }
        if name.ends_with(".lock") && name != "requirements.lock" || name == "pylock.toml" {
            return locked_nine(source.text()).map(Pin);
        }
        let kind = source.file()?.kind;
        let may = matches!(
            kind,
            Kind::Requirements | Kind::Pyproject | Kind::SetupCfg | Kind::ToxIni
        );
        let parts = may.then(|| source.parts(kind, |_| true))?;
        allows_nine(&parts).map(Pin)
    }
}

/// Do the requirements of a folder, of the nearest one upwards that has such, let pytest 9 in?
#[derive(Debug)]
struct AllowsNine {
    folder: PathBuf,
    but: PathBuf,
}

impl Question for AllowsNine {
    type Answer = Option<bool>;
    fn answer(&self, workspace: &Workspace) -> Option<bool> {
        let folders = self.folder.ancestors();
        folders
            .filter(|folder| workspace.within(folder))
            .find_map(|folder| {
                let said = listing_files(workspace, folder).filter(|path| *path != self.but);
                let said: Vec<bool> = said
                    .filter_map(|path| Some(workspace.fact::<Pin>(&path).here()?.0))
                    .collect();
                (!said.is_empty()).then(|| said.iter().all(|allows| *allows))
            })
    }
}

/// The files of a folder, and of `requirements` in it, that may list what is required.
pub(super) fn listing_files(workspace: &Workspace, folder: &Path) -> impl Iterator<Item = PathBuf> {
    const ENDS: [&str; 5] = [".txt", ".lock", ".toml", ".cfg", ".ini"];
    let of = |folder: PathBuf| {
        let names = workspace.folder(&folder).unwrap_or_default();
        let files = names
            .files()
            .filter(|name| ENDS.iter().any(|end| name.ends_with(end)))
            .map(|name| folder.join(name));
        files.collect::<Vec<_>>()
    };
    let own = of(folder.to_path_buf());
    own.into_iter().chain(of(folder.join("requirements")))
}

impl View<'_> {
    /// The homes of pytest's configuration in a folder, in pytest's order: only the first is read.
    pub fn pytest_homes(&self, folder: &Path) -> Vec<(PathBuf, Arc<Told>)> {
        self.ask(HomesIn(folder.to_path_buf()))
    }

    /// The homes in the folder of a file that pytest looks at before that one: it does not read that one then.
    pub fn homes_before(&self, own: &Path) -> Vec<(PathBuf, Arc<Told>)> {
        self.homes_beside(own, |other, own| other < own)
    }

    /// Those that are not read where it is.
    pub fn homes_behind(&self, own: &Path) -> Vec<(PathBuf, Arc<Told>)> {
        self.homes_beside(own, |other, own| other > own)
    }

    /// What the asking file says itself is not asked for: it may be open, and known to nobody else yet.
    fn homes_beside(
        &self,
        own: &Path,
        wanted: impl Fn(usize, usize) -> bool,
    ) -> Vec<(PathBuf, Arc<Told>)> {
        let rank = |path: &Path| {
            let name = path.file_name();
            HOMES
                .iter()
                .position(|home| name.is_some_and(|name| name == *home))
        };
        let Some(at) = rank(own) else {
            return Vec::new();
        };
        let mut homes = self.pytest_homes(View::folder(own));
        homes.retain(|(path, _)| rank(path).is_some_and(|other| wanted(other, at)));
        homes
    }

    /// Whether the requirements of a folder, lock files included, let pytest 9 in; those of `but` aside, which the asker
    /// knows. `None` where nothing is said of pytest's version.
    pub fn allows_pytest_nine(&self, folder: &Path, but: &Path) -> Option<bool> {
        self.ask(AllowsNine {
            folder: folder.to_path_buf(),
            but: but.to_path_buf(),
        })
    }
}
