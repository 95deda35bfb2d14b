//! Which plugins of pytest a project names anywhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::home::listing_files;
use crate::model::pytest::plugins::DISTRIBUTIONS;
use crate::project::{Fact, Question, Source, View, Workspace};

/// The distributions of plugins that a text names, whatever for: as a requirement, in a command, in a lock.
#[derive(Debug, Hash)]
struct Names(Vec<&'static str>);

impl Fact for Names {
    fn read(source: &Source) -> Option<Names> {
        let text = source.text();
        let pytest = [
            "pytest",
            "nbval",
            "nbmake",
            "xdoctest",
            "syrupy",
            "hypothesis",
            "typeguard",
        ]
        .iter()
        .any(|word| text.contains(word));
        if !pytest {
            return None;
        }
        let lower = text.to_ascii_lowercase().replace('_', "-");
        let plugins = DISTRIBUTIONS.iter().filter(|name| is_named(&lower, name));
        let plugins: Vec<&'static str> = plugins.copied().collect();
        (!plugins.is_empty()).then_some(Names(plugins))
    }
}

/// Whether a name stands in a text as a word of its own.
fn is_named(text: &str, name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let bytes = text.as_bytes();
    text.match_indices(name).any(|(at, _)| {
        let before = at.checked_sub(1).map(|at| bytes[at]);
        let behind = bytes.get(at + name.len());
        !before.is_some_and(inner) && !behind.is_some_and(|byte| inner(*byte))
    })
}

/// What a project lists of plugins.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Plugins {
    pub named: BTreeSet<&'static str>,
    /// Some file lists what is required, so that what is not there is not required.
    pub lists: bool,
    /// The folder is an unpacked source distribution, which need not carry the lists for its tests.
    pub left_out: bool,
}

/// Which plugins do the files in a folder and above it name that list requirements or hold commands?
#[derive(Debug)]
struct PluginsOf(PathBuf);

impl Question for PluginsOf {
    type Answer = Plugins;
    fn answer(&self, workspace: &Workspace) -> Plugins {
        let mut all = Plugins {
            left_out: workspace.has_file(&self.0.join("PKG-INFO")),
            ..Plugins::default()
        };
        for folder in self.0.ancestors().filter(|folder| workspace.within(folder)) {
            let lists = listing_files(workspace, folder);
            for path in lists.chain(others(workspace, folder)) {
                if let Some(names) = workspace.fact::<Names>(&path).here() {
                    all.named.extend(&names.0);
                }
                all.lists |= workspace.lists_requirements(&path);
            }
        }
        all
    }
}

/// Files that say in other ways what is installed.
fn others(workspace: &Workspace, folder: &Path) -> Vec<PathBuf> {
    const NAMES: &[&str] = &[
        "setup.py",
        "noxfile.py",
        "tasks.py",
        "fabfile.py",
        "Pipfile",
        "Makefile",
        "makefile",
        "justfile",
        "Justfile",
        "conda.yml",
        "conda.yaml",
        "meta.yaml",
        "shell.nix",
        "flake.nix",
        "default.nix",
        ".pre-commit-config.yaml",
        ".travis.yml",
        ".gitlab-ci.yml",
        "azure-pipelines.yml",
        "BUILD",
        ".readthedocs.yaml",
        ".circleci/config.yml",
        "Jenkinsfile",
        "Taskfile.yml",
    ];
    const FOLDERS: &[&str] = &[
        "",
        ".github/workflows",
        "scripts",
        "bin",
        "ci",
        ".ci",
        "docker",
        "requirements",
        "test_requirements",
        "tests",
        "test",
    ];
    /// Files of such a folder that are looked into.
    const MOST: usize = 64;
    let named = NAMES.iter().map(|name| folder.join(name));
    let mut all: Vec<PathBuf> = named.filter(|path| workspace.has_file(path)).collect();
    for below in FOLDERS {
        let below = folder.join(below);
        let names = workspace.folder(&below).unwrap_or_default();
        let may = names.files().filter(|name| {
            let lower = name.to_ascii_lowercase();
            lower.starts_with("dockerfile")
                || lower.ends_with("dockerfile")
                || lower.starts_with("environment")
                || lower.ends_with(".in")
                || lower.ends_with(".sh")
                || lower.contains("requirements")
                || below.ends_with("workflows")
        });
        all.extend(may.take(MOST).map(|name| below.join(name)));
    }
    all
}

impl View<'_> {
    /// The distributions of pytest's plugins that files around a folder name: lists of requirements, locks, commands.
    pub fn pytest_plugins(&self, folder: &Path) -> Plugins {
        self.ask(PluginsOf(folder.to_path_buf()))
    }
}
