//! The sources and the tests of a package of npm.

use std::path::{Path, PathBuf};

use super::{Question, View, Workspace};

/// How many files a package has of each sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Counts {
    pub sources: usize,
    pub tests: usize,
}

/// How many sources and tests does the package in a folder have?
#[derive(Debug)]
struct CountsOf(PathBuf);

impl Question for CountsOf {
    type Answer = Counts;
    fn answer(&self, workspace: &Workspace) -> Counts {
        let mut counts = Counts::default();
        let mut parts = self
            .0
            .components()
            .filter_map(|part| part.as_os_str().to_str());
        if parts.any(|part| NEVER.contains(&part)) {
            // What lies there is someone else's.
            return counts;
        }
        let mut left = MOST_FOLDERS;
        count(workspace, &self.0, false, &mut counts, &mut left);
        counts
    }
}

/// Folders that are looked into. A package with more has a root that is not its own.
const MOST_FOLDERS: usize = 2_000;

/// Folders that hold no sources of the package's own.
const NEVER: &[&str] = &[
    "build",
    "coverage",
    "dist",
    "docs",
    "generated",
    "__generated__",
    "lib-cov",
    "node_modules",
    "out",
    "public",
    "static",
    "storybook-static",
    "target",
    "vendor",
    "venv",
];
/// Folders in which every script is a test, or helps one.
const TESTS: &[&str] = &[
    "__tests__",
    "__test__",
    "test",
    "tests",
    "spec",
    "specs",
    "e2e",
    "cypress",
    "playwright",
];

fn count(
    workspace: &Workspace,
    folder: &Path,
    tested: bool,
    counts: &mut Counts,
    left: &mut usize,
) {
    let Some(names) = workspace.folder(folder).filter(|_| *left > 0) else {
        return;
    };
    *left -= 1;
    for name in names.files() {
        match sort(name) {
            Some(Sort::Test) => counts.tests += 1,
            Some(Sort::Source) if !tested => counts.sources += 1,
            // Cases of a folder of tests have any name.
            Some(Sort::Source) => counts.tests += 1,
            None => {}
        }
    }
    for name in names.folders() {
        let below = folder.join(name);
        let own = !name.starts_with('.')
            && !NEVER.contains(&name)
            && !workspace.has_file(&below.join("package.json"));
        if own {
            count(
                workspace,
                &below,
                tested || TESTS.contains(&name),
                counts,
                left,
            );
        }
    }
}

enum Sort {
    Source,
    Test,
}

fn sort(name: &str) -> Option<Sort> {
    let (stem, end) = name.rsplit_once('.')?;
    if ![
        "js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "vue", "svelte",
    ]
    .contains(&end)
    {
        return None;
    }
    let (_, kind) = stem.rsplit_once('.').unwrap_or(("", ""));
    match kind {
        "test" | "spec" | "cy" | "e2e" => Some(Sort::Test),
        "d" | "config" | "stories" | "min" | "generated" | "gen" => None,
        _ => Some(Sort::Source),
    }
}

impl View<'_> {
    /// How many sources and tests the package of npm in a folder has, those of packages within it aside.
    pub fn scripts(&self, folder: &Path) -> Counts {
        self.ask(CountsOf(folder.to_path_buf()))
    }
}
