//! Whether there are tests where a configuration says so.

use std::path::{Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::project::{Fact, Question, Source, View, Workspace};

/// What a Python file is to pytest.
#[derive(Debug, Hash, PartialEq, Eq)]
struct Holds {
    /// Something in it is called like a test.
    test: bool,
    /// It makes tests of other files.
    collects: bool,
}

impl Fact for Holds {
    fn read(source: &Source) -> Option<Holds> {
        let text = source.text();
        let any = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let holds = Holds {
            test: any(&[
                "def test",
                "class Test",
                "unittest",
                "doctest",
                "scenarios(",
            ]),
            collects: any(&["pytest_collect_file", "pytest_pycollect_makemodule"]),
        };
        (holds.test || holds.collects).then_some(holds)
    }
}

/// Where tests are looked for, and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Tests {
    /// A test, or something that may make one.
    pub any: bool,
    /// The folder is an unpacked source distribution, which need not carry them.
    pub left_out: bool,
    /// A package or a module of the unit, by which a first test can begin.
    pub module: Option<String>,
}

/// Are there tests in a folder?
#[derive(Debug)]
struct TestsIn {
    folder: PathBuf,
    /// Where to look first, relative to the folder.
    paths: Vec<String>,
    /// What files of tests are called.
    names: Vec<String>,
}

impl Question for TestsIn {
    type Answer = Tests;
    fn answer(&self, workspace: &Workspace) -> Tests {
        let named = globs(&self.names);
        let is_named = |path: &Path| {
            let name = path.file_name().unwrap_or_default();
            named.is_match(name) || named.is_match(path)
        };
        // What is not there is no place to look: pytest looks everywhere then.
        let paths = self
            .paths
            .iter()
            .map(|path| self.folder.join(start_of(path)));
        let mut roots: Vec<PathBuf> = paths
            .filter(|path| workspace.folder(path).is_some() || workspace.has_file(path))
            .collect();
        if roots.is_empty() {
            roots.push(self.folder.clone());
        }
        let list = workspace.list();
        let below = |root: &Path| {
            let root = root.to_path_buf();
            let from = list.range(root.clone()..);
            from.take_while(move |path| path.starts_with(&root))
        };
        let any = roots.iter().flat_map(|root| below(root)).any(|path| {
            let python = path.extension().is_some_and(|end| end == "py");
            let config = path.file_name().is_some_and(|name| name == "conftest.py");
            python
                && (is_named(path) || config)
                && workspace
                    .fact::<Holds>(path)
                    .here()
                    .is_some_and(|holds| holds.collects || holds.test && !config)
        });
        Tests {
            any,
            left_out: workspace.has_file(&self.folder.join("PKG-INFO")),
            module: module(workspace, &self.folder),
        }
    }
}

/// What of a path stands before its first pattern.
fn start_of(path: &str) -> &str {
    let at = path.find(['*', '?', '[']).unwrap_or(path.len());
    match path[..at].rfind('/') {
        Some(slash) if at < path.len() => &path[..slash],
        None if at < path.len() => "",
        _ => path,
    }
}

fn globs(names: &[String]) -> GlobSet {
    let mut all = GlobSetBuilder::new();
    for name in names {
        // A pattern with a slash is one for the end of the path.
        let pattern = if name.contains('/') {
            format!("**/{name}")
        } else {
            name.clone()
        };
        if let Ok(glob) = Glob::new(&pattern) {
            all.add(glob);
        }
    }
    all.build().unwrap_or_default()
}

/// The first package of a folder or of `src` in it, else its first module.
fn module(workspace: &Workspace, folder: &Path) -> Option<String> {
    const OTHERS: &[&str] = &[
        "tests",
        "test",
        "docs",
        "doc",
        "examples",
        "scripts",
        "migrations",
        "alembic",
    ];
    const FILES: &[&str] = &[
        "setup.py",
        "conftest.py",
        "noxfile.py",
        "tasks.py",
        "manage.py",
    ];
    let in_folder = |folder: PathBuf| {
        let names = workspace.folder(&folder)?;
        let packages = names.folders().filter(|name| {
            !OTHERS.contains(name) && workspace.has_file(&folder.join(name).join("__init__.py"))
        });

        packages.map(str::to_owned).next()
    };
    let modules = || {
        let names = workspace.folder(folder)?;
        let mut files = names.files().filter(|name| !FILES.contains(name));
        files.find_map(|name| Some(name.strip_suffix(".py")?.to_owned()))
    };
    in_folder(folder.to_path_buf())
        .or_else(|| in_folder(folder.join("src")))
        .or_else(modules)
}

impl View<'_> {
    /// Whether there is a test below a folder: in files of these names, in these places first. `None` where nothing is known
    /// of other files.
    pub fn tests(&self, folder: &Path, paths: &[&str], names: &[&str]) -> Option<Tests> {
        let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        (!self.workspace.is_alone()).then(|| {
            self.ask(TestsIn {
                folder: folder.to_path_buf(),
                paths: owned(paths),
                names: owned(if names.is_empty() {
                    &["test_*.py", "*_test.py"]
                } else {
                    names
                }),
            })
        })
    }
}
