//! What stands around the workflows of a repository: its tests, its requirements, other systems that build it.

use std::path::{Path, PathBuf};

use super::{Does, Fact, Question, Source, Sure, View, Workspace, calls, of_workflow, repository};
use crate::file::Kind;
use crate::model::workflow::evidence::says_e2e;
use crate::model::workflow::{Workflow, words};
use crate::model::{Part, pytest};
use crate::path::join;
use crate::project::requires::Requires;
use crate::syntax::toml::Data;

/// What the other workflows of a repository do, and whether this one stands for all.
#[derive(Debug)]
struct Others(PathBuf);

/// The answer: whether the asking workflow is the natural place to speak of all, what the others do, and what those of them do
/// that a change starts.
type OfOthers = (bool, Does, Does);

impl Question for Others {
    type Answer = OfOthers;
    fn answer(&self, workspace: &Workspace) -> OfOthers {
        let repository = repository(&self.0);
        let folder = View::folder(&self.0);
        let names = workspace.folder(folder).unwrap_or_default();
        let files = names.files().map(|name| folder.join(name));
        let files: Vec<PathBuf> = files
            .filter(|path| *path == self.0 || workspace.fact::<Workflow>(path).here().is_some())
            .collect();
        let natural = files
            .iter()
            .min_by_key(|path| (rank(path), path.as_os_str().len(), (*path).clone()));
        if natural != Some(&self.0) {
            return (false, Does::default(), Does::default());
        }
        let look = calls::Look::new(workspace, repository);
        let (mut all, mut on_change) = (Does::default(), Does::default());
        for path in files.iter().filter(|path| **path != self.0) {
            if let Some(workflow) = workspace.fact::<Workflow>(path).here() {
                let does = of_workflow(&look, &workflow, calls::DEPTH);
                all = all.and(does);
                if workflow.triggers.on_change() {
                    on_change = on_change.and(does);
                }
            }
        }
        (true, all, on_change)
    }
}

/// How far a workflow is, by its name, from the one that people look at first.
fn rank(path: &Path) -> usize {
    const NAMES: &[&str] = &[
        "ci", "test", "tests", "testing", "build", "main", "check", "checks", "python", "pr",
        "pull", "push", "lint",
    ];
    let name = path
        .file_stem()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let words = words(name);
    let known = NAMES
        .iter()
        .position(|name| words.iter().any(|word| word == name));
    known.unwrap_or(NAMES.len())
}

/// Is a repository built by another system, too?
#[derive(Debug)]
struct OtherSystem(PathBuf);

impl Question for OtherSystem {
    type Answer = bool;
    fn answer(&self, workspace: &Workspace) -> bool {
        const FILES: &[&str] = &[
            ".gitlab-ci.yml",
            "Jenkinsfile",
            "azure-pipelines.yml",
            ".travis.yml",
            "appveyor.yml",
            ".appveyor.yml",
            "bitbucket-pipelines.yml",
            ".drone.yml",
            ".cirrus.yml",
            "buildspec.yml",
            "cloudbuild.yaml",
            "cloudbuild.yml",
            ".woodpecker.yml",
            ".zuul.yaml",
            ".packit.yaml",
        ];
        const FOLDERS: &[&str] = &[
            ".circleci",
            ".buildkite",
            ".semaphore",
            ".woodpecker",
            ".azure-pipelines",
            ".tekton",
            ".teamcity",
            ".gitlab",
        ];
        let names = workspace.folder(&self.0).unwrap_or_default();
        let file = FILES.iter().any(|name| names.has_file(name));
        file || names.folders().any(|name| FOLDERS.contains(&name))
    }
}

/// Folders of a repository whose files are not its own tests and requirements.
const APART: &[&str] = &[
    "docs",
    "doc",
    "examples",
    "example",
    "fixtures",
    "vendor",
    "third_party",
    "node_modules",
    "templates",
    "template",
    "samples",
    "testdata",
    "test_data",
    ".github",
    "demo",
    "demos",
    "benchmarks",
    "site-packages",
];

fn is_apart(below: &Path) -> bool {
    let folders = below.parent().into_iter().flat_map(Path::components);
    folders.into_iter().any(|part| {
        let part = part.as_os_str().to_str().unwrap_or_default();
        APART.contains(&part) || part.starts_with("{{")
    })
}

/// The files of a repository, relative to it, that are its own.
fn own<'a>(
    list: &'a std::collections::BTreeSet<PathBuf>,
    repository: &'a Path,
) -> impl Iterator<Item = &'a Path> {
    let from = list.range(repository.to_path_buf()..);
    let within = from.take_while(move |path| path.starts_with(repository));
    let below = within.filter_map(move |path| path.strip_prefix(repository).ok());
    // A checkout may be wider than the folder that somebody works in.
    below.filter(|below| !below.starts_with("..") && !is_apart(below))
}

fn file_name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}

fn is_test_file(path: &Path) -> bool {
    let name = file_name(path);
    let python = name.starts_with("test_") && name.ends_with(".py") || name.ends_with("_test.py");
    python && path.components().count() > 1 || name == "test.py" && path.components().count() > 2
}

/// Which file of a repository holds tests?
#[derive(Debug)]
struct TestsOf(PathBuf);

#[derive(Debug)]
struct KnownTests(Option<PathBuf>);

impl Question for TestsOf {
    type Answer = Option<PathBuf>;
    fn answer(&self, workspace: &Workspace) -> Option<PathBuf> {
        let known = workspace.derived(&self.0, || {
            let list = workspace.list();
            let mut files = own(&list, &self.0);
            let found = files.find(|path| is_test_file(path)).map(Path::to_path_buf);
            KnownTests(found.or_else(|| {
                let path = Path::new("package.json");
                let scripts = workspace
                    .fact::<calls::Scripts>(&self.0.join(path))
                    .here()?;
                let test = scripts.0.get("test")?;
                (!calls::Scripts::is_placeholder(test)).then(|| path.to_path_buf())
            }))
        });
        known.0.clone()
    }
}

/// What tests from end to end are there?
#[derive(Debug)]
struct EndToEndOf(PathBuf);

#[derive(Debug)]
struct KnownEndToEnd(Option<(String, bool)>);

impl Question for EndToEndOf {
    /// The folder, or the marker, and whether what configures pytest leaves them out.
    type Answer = Option<(String, bool)>;
    fn answer(&self, workspace: &Workspace) -> Option<(String, bool)> {
        let known = workspace.derived(&self.0, || {
            let list = workspace.list();
            let folder = own(&list, &self.0).find_map(|path| {
                let folder = path.parent().filter(|_| is_test_file(path))?;
                let mut up = folder
                    .ancestors()
                    .take_while(|folder| !folder.as_os_str().is_empty());
                up.find(|folder| says_e2e(file_name(folder)))
                    .map(Path::to_path_buf)
            });
            let homes = own(&list, &self.0).filter(|path| HOMES.contains(&file_name(path)));
            let homes = homes.map(|path| self.0.join(path));
            let told: Vec<_> = homes
                .filter_map(|path| workspace.fact::<Marks>(&path).here())
                .collect();
            let left_out = told.iter().any(|marks| marks.left_out);
            let marker = || {
                told.iter()
                    .any(|marks| marks.declared)
                    .then(|| "e2e".to_owned())
            };
            let folder = folder.map(|folder| crate::output::slashed(&folder));
            KnownEndToEnd(folder.or_else(marker).map(|name| (name, left_out)))
        });
        known.0.clone()
    }
}

const HOMES: &[&str] = &[
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
];

/// What a home of pytest's configuration says of tests from end to end.
#[derive(Debug, Hash)]
struct Marks {
    declared: bool,
    /// Plain `pytest` does not run them.
    left_out: bool,
}

impl Fact for Marks {
    fn read(source: &Source) -> Option<Marks> {
        let kind = source.file()?.kind;
        if !source.text().contains("pytest") && kind != Kind::PytestToml {
            return None;
        }
        let config = pytest::Config::read(kind, &source.parts(kind, |_| true))?;
        let words = config.arguments();
        let by_words = words.windows(2).any(|pair| {
            matches!(&*pair[0].text, "-m" | "-k" | "--ignore")
                && says_e2e(&pair[1].text)
                && (pair[0].text == "--ignore" || pair[1].text.contains("not "))
        });
        let by_word = words
            .iter()
            .any(|word| word.text.starts_with("--ignore") && says_e2e(&word.text));
        let paths = config.option("testpaths").map(|option| option.text());
        let elsewhere = paths.is_some_and(|paths| paths.contains('/') && !says_e2e(&paths));
        Some(Marks {
            declared: config.markers().iter().any(|marker| says_e2e(&marker.text)),
            left_out: by_words || by_word || elsewhere,
        })
    }
}

/// A file that lists what a repository requires, as a scanner is told of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// A requirements file, relative to the repository.
    File(PathBuf),
    /// The folder of a `pyproject.toml`, a `setup.py`.
    Project(PathBuf),
}

/// What a `pyproject.toml` requires where its project runs, not only where somebody works on it.
#[derive(Debug, Hash)]
struct Runs;

impl Fact for Runs {
    fn read(source: &Source) -> Option<Runs> {
        let parts = source.parts(Kind::Pyproject, |_| true);
        let mut entries = parts.iter().flat_map(|(_, part)| match &**part {
            Part::Toml(part) => part.entries.as_slice(),
            _ => &[],
        });
        let requires = entries.any(|entry| {
            let path: Vec<&str> = entry.path.iter().map(String::as_str).collect();
            let has = |wanted: fn(&Data) -> bool| match &entry.value.data {
                Data::Array(items) => items.iter().any(|item| wanted(&item.data)),
                _ => false,
            };
            match path[..] {
                ["project", "dependencies"] => has(|_| true),
                ["project", "dynamic"] => {
                    has(|data| matches!(data, Data::String(text) if text == "dependencies"))
                }
                ["tool", "poetry", "dependencies", name, ..] => name != "python",
                _ => false,
            }
        });
        requires.then_some(Runs)
    }
}

/// Whether the name of a requirements file says that only those who work on the project install it.
fn is_for_work(name: &str) -> bool {
    const WORK: &[&str] = &[
        "build",
        "ci",
        "dev",
        "develop",
        "development",
        "doc",
        "docs",
        "lint",
        "test",
        "testing",
        "tests",
        "typing",
        "style",
        "release",
    ];
    words(name).iter().any(|word| WORK.contains(&&**word))
}

/// What do the units of a repository require?
#[derive(Debug)]
struct NeedsOf(PathBuf);

#[derive(Debug)]
struct KnownNeeds(Vec<Need>);

impl Question for NeedsOf {
    type Answer = Vec<Need>;
    fn answer(&self, workspace: &Workspace) -> Vec<Need> {
        let known = workspace.derived(&self.0, || {
            let list = workspace.list();
            let mut needs: Vec<Need> = Vec::new();
            for path in own(&list, &self.0) {
                let name = file_name(path);
                let folder = path.parent().unwrap_or(Path::new(""));
                let of_tests = path
                    .components()
                    .any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "test")));
                let file = name.starts_with("requirements")
                    && name.ends_with(".txt")
                    && !is_for_work(name);
                let is = file || name == "pyproject.toml";
                let at = self.0.join(path);
                let requires = || match file {
                    true => workspace.fact::<Requires>(&at).here().is_some(),
                    false => workspace.fact::<Runs>(&at).here().is_some(),
                };
                if !is || of_tests || !requires() {
                    continue;
                }
                needs.push(match file {
                    true => Need::File(path.to_path_buf()),
                    false => Need::Project(folder.to_path_buf()),
                });
            }
            KnownNeeds(needs)
        });
        known.0.clone()
    }
}

/// Does something beside the workflows scan or raise what is required?
#[derive(Debug)]
struct ScannedElsewhere(PathBuf);

#[derive(Debug, Hash)]
struct Scanner;

impl Fact for Scanner {
    fn read(source: &Source) -> Option<Scanner> {
        let text = source.text();
        let path = source.path.to_string_lossy();
        let is = if path.contains("dependabot") {
            let python = ["pip", "uv", "poetry", "pipenv"];
            text.lines().any(|line| {
                let value = line
                    .trim_start()
                    .trim_start_matches("- ")
                    .strip_prefix("package-ecosystem:");
                let value = value.map(|value| value.split('#').next().unwrap_or_default());
                value.is_some_and(|value| python.contains(&value.trim().trim_matches(['"', '\''])))
            })
        } else if path.contains("renovate") || path.ends_with(".snyk") || path.contains("pyup") {
            true
        } else {
            let words = [
                "pip-audit",
                "pip_audit",
                "osv-scanner",
                "safety check",
                "safety scan",
                "python-safety",
                "trivy fs",
                "snyk test",
            ];
            words.iter().any(|word| text.contains(word))
        };
        is.then_some(Scanner)
    }
}

impl Question for ScannedElsewhere {
    type Answer = bool;
    fn answer(&self, workspace: &Workspace) -> bool {
        const FILES: &[&str] = &[
            ".github/dependabot.yml",
            ".github/dependabot.yaml",
            "renovate.json",
            "renovate.json5",
            ".renovaterc",
            ".renovaterc.json",
            ".github/renovate.json",
            ".github/renovate.json5",
            ".gitlab/renovate.json",
            ".snyk",
            ".pyup.yml",
            ".pre-commit-config.yaml",
            "tox.ini",
            "noxfile.py",
            "Makefile",
            "justfile",
            "pyproject.toml",
            "Taskfile.yml",
            "tasks.py",
            ".pre-commit-config.yml",
        ];
        let mut paths = FILES.iter().map(|name| join(&self.0, name));
        paths.any(|path| workspace.fact::<Scanner>(&path).here().is_some())
    }
}

impl View<'_> {
    /// Whether a workflow is the one to speak of all of its repository at, what the others do, and what those of them do that
    /// a change starts.
    pub fn other_workflows(&self, workflow: &Path) -> OfOthers {
        self.ask(Others(workflow.to_path_buf()))
    }

    /// Whether another system than GitHub's builds the repository of a workflow.
    pub fn has_other_ci(&self, workflow: &Path) -> bool {
        self.ask(OtherSystem(repository(workflow).to_path_buf()))
    }

    /// A file of the repository that holds tests, relative to it.
    pub fn tests_of_repository(&self, workflow: &Path) -> Option<PathBuf> {
        self.ask(TestsOf(repository(workflow).to_path_buf()))
    }

    /// The folder of the repository's tests from end to end, or the marker that they have, and whether plain `pytest` leaves
    /// them out.
    pub fn end_to_end_tests(&self, workflow: &Path) -> Option<(String, bool)> {
        self.ask(EndToEndOf(repository(workflow).to_path_buf()))
    }

    /// The files of the repository that list what it requires of Python.
    pub fn python_needs(&self, workflow: &Path) -> Vec<Need> {
        self.ask(NeedsOf(repository(workflow).to_path_buf()))
    }

    /// Whether something beside the workflows tells of flaws in what the repository requires.
    pub fn is_scanned_elsewhere(&self, workflow: &Path) -> bool {
        self.ask(ScannedElsewhere(repository(workflow).to_path_buf()))
    }
}

impl Does {
    /// Whether it runs tests from end to end, where plain `pytest` does or does not.
    pub fn reaches_e2e(&self, left_out: bool) -> Sure {
        let plain = if self.configured && !left_out {
            Sure::Yes
        } else {
            Sure::No
        };
        self.e2e.max(plain)
    }
}
