//! Where a project configures coverage.py, what it measured last, and which commands measure it.

use std::path::{Path, PathBuf};

use super::{Fact, Known, Question, Source, View, Workspace};
use crate::model::coverage::{HOMES, Home, Rate, Under, gate_of, rate_of};
use crate::model::pytest::{gates, measures};

/// What a home of coverage.py says of its threshold.
#[derive(Debug, Hash)]
struct Threshold(Option<Under>);

impl Fact for Threshold {
    fn read(source: &Source) -> Option<Threshold> {
        let name = source.path.file_name()?.to_str()?;
        let settings = gate_of(Home::of_name(name), source.text())?;
        Some(Threshold(settings.fail_under.map(|(under, _)| under)))
    }
}

/// What a `coverage.xml` says.
#[derive(Debug, Hash)]
struct Report(Rate);

impl Fact for Report {
    fn read(source: &Source) -> Option<Report> {
        rate_of(source.text()).map(Report)
    }
}

/// What commands do with coverage.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Commands {
    pub measure: bool,
    /// They fail below a threshold.
    pub gate: bool,
    /// They tell Codecov, whose checks fail when coverage falls.
    pub watch: bool,
}

impl Fact for Commands {
    fn read(source: &Source) -> Option<Commands> {
        let commands = Commands {
            measure: measures(source.text()),
            gate: gates(source.text()),
            watch: source.text().contains("codecov")
                || source.path.to_string_lossy().contains("codecov"),
        };
        (commands != Commands::default()).then_some(commands)
    }
}

/// The home of coverage.py's settings beside a file of pytest's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CoverageHome {
    /// The asking file itself.
    Own,
    /// Another file, with its `fail_under`.
    Other(PathBuf, Option<Under>),
    /// A file that is named and cannot be read.
    Unread,
    Nowhere,
}

/// Which file configures coverage.py in the folder of a file?
#[derive(Debug)]
struct WhichHome {
    own: PathBuf,
    /// Whether the asking file has settings of coverage.
    has: bool,
    /// What `--cov-config` names.
    named: Option<String>,
}

impl Question for WhichHome {
    type Answer = CoverageHome;
    fn answer(&self, workspace: &Workspace) -> CoverageHome {
        let folder = View::folder(&self.own);
        let ask = |name: &str| {
            let path = folder.join(name);
            if path == self.own {
                return self.has.then_some(CoverageHome::Own);
            }
            match workspace.fact::<Threshold>(&path) {
                Known::Here(threshold) => Some(CoverageHome::Other(path, threshold.0)),
                Known::Strange(_) => Some(CoverageHome::Unread),
                Known::Nothing | Known::Missing => None,
            }
        };
        match self.named.as_deref().filter(|name| *name != HOMES[0].0) {
            // No file at all is read then.
            Some("") => CoverageHome::Nowhere,
            Some(name) => ask(name).unwrap_or(CoverageHome::Unread),
            None => HOMES
                .iter()
                .find_map(|(name, _)| ask(name))
                .unwrap_or(CoverageHome::Nowhere),
        }
    }
}

/// What did a report beside a file measure?
#[derive(Debug)]
struct Measured(PathBuf);

impl Question for Measured {
    type Answer = Option<Rate>;
    fn answer(&self, workspace: &Workspace) -> Option<Rate> {
        workspace
            .fact::<Report>(&self.0)
            .here()
            .map(|report| report.0)
    }
}

/// What do commands of the project, in the folder or above it, do with coverage?
#[derive(Debug)]
struct CommandsOf {
    own: PathBuf,
}

/// Files that hold commands by which tests are run.
const COMMANDS: &[&str] = &[
    ".circleci/config.yml",
    ".codecov.yml",
    ".gitlab-ci.yml",
    ".travis.yml",
    "Jenkinsfile",
    "Justfile",
    "Makefile",
    "Taskfile.yml",
    "appveyor.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "codecov.yml",
    "justfile",
    "makefile",
    "noxfile.py",
    "package.json",
    "pyproject.toml",
    "setup.cfg",
    "tasks.py",
    "tox.ini",
];

/// Folders whose files do.
const FOLDERS: &[&str] = &[".github/workflows", "scripts", "bin", "ci", ".ci"];

/// Files of such a folder that are looked into.
const MOST: usize = 64;

impl Question for CommandsOf {
    type Answer = Commands;
    fn answer(&self, workspace: &Workspace) -> Commands {
        let mut all = Commands::default();
        for path in commands_around(workspace, &self.own) {
            if let Some(commands) = workspace.fact::<Commands>(&path).here() {
                all.measure |= commands.measure;
                all.gate |= commands.gate;
                all.watch |= commands.watch;
            }
        }
        all
    }
}

/// Files that may hold the commands of the project, in the folder of a file or above it, but for that file.
pub(super) fn commands_around(workspace: &Workspace, own: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    let folders = View::folder(own).ancestors();
    for folder in folders.filter(|folder| workspace.within(folder)) {
        paths.extend(COMMANDS.iter().map(|name| folder.join(name)));
        for below in FOLDERS.iter().map(|name| folder.join(name)) {
            let names = workspace.folder(&below).unwrap_or_default();
            let files = names.files().filter(|name| is_command(name));
            paths.extend(files.take(MOST).map(|name| below.join(name)));
        }
    }
    paths.retain(|path| path != own);
    paths
}

fn is_command(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    matches!(
        extension,
        "" | "sh" | "bash" | "yml" | "yaml" | "py" | "ps1"
    )
}

impl View<'_> {
    /// The file from which coverage.py takes its settings when pytest runs in the folder of `own`, a home of pytest's; `has`
    /// says whether that file has some itself, `named` what `--cov-config` names.
    pub fn coverage_home(&self, own: &Path, has: bool, named: Option<String>) -> CoverageHome {
        self.ask(WhichHome {
            own: own.to_path_buf(),
            has,
            named,
        })
    }

    /// The total of a report in Cobertura's format.
    pub fn coverage_rate(&self, report: &Path) -> Option<Rate> {
        self.ask(Measured(report.to_path_buf()))
    }

    /// What the commands of the project do with coverage, around a file, but not in it.
    pub fn coverage_commands(&self, own: &Path) -> Commands {
        self.ask(CommandsOf {
            own: own.to_path_buf(),
        })
    }
}
