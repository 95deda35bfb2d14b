//! What steps call: scripts, targets of `make`, scripts of `package.json`, actions and workflows of the project.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Does, Fact, Source, Sure, Workspace, of_workflow};
use crate::file::Kind;
use crate::model::workflow::evidence::{self, deeds, is_test_name, says_e2e};
use crate::model::workflow::{Call, What, Workflow, action};
use crate::path::join;
use crate::rule::Owner;
use crate::syntax::origin::Origin;
use crate::syntax::shell;

/// Calls that lead to calls are followed this far.
pub(super) const DEPTH: usize = 4;
/// And so many of them.
const MOST: u32 = 2_000;

/// What the commands of a script do; of Python, whether it runs tests.
#[derive(Debug, Hash)]
struct Script(Vec<What>);

impl Fact for Script {
    fn read(source: &Source) -> Option<Script> {
        let text = source.text();
        let name = source.path.to_string_lossy();
        let python =
            name.ends_with(".py") || text.starts_with("#!") && first_line(text).contains("python");
        if python {
            let words = ["pytest.main", "unittest.main", "-m pytest", "run_tests("];
            let lists = [
                "[\"pytest\"",
                "['pytest'",
                "\"-m\", \"pytest\"",
                "'-m', 'pytest'",
            ];
            let tests = words.iter().chain(&lists).any(|word| text.contains(word));
            let all = tests.then_some(What::Test(evidence::Reach::Unknown));
            return Some(Script(all.into_iter().collect()));
        }
        let shell = [".sh", ".bash"].iter().any(|end| name.ends_with(end))
            || text.starts_with("#!") && first_line(text).contains("sh");
        shell.then(|| Script(commands(text)))
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn commands(text: &str) -> Vec<What> {
    let script = shell::read(text, &Origin::at(0));
    let found = deeds(&script, &Owner::File).into_iter();
    found.map(|deed| deed.what).collect()
}

/// The targets of a makefile: what they need, and what their recipes do.
#[derive(Debug, Hash)]
struct Makefile(BTreeMap<String, (Vec<String>, Vec<What>)>);

impl Fact for Makefile {
    fn read(source: &Source) -> Option<Makefile> {
        let mut targets = BTreeMap::new();
        let mut open: Vec<String> = Vec::new();
        let mut recipe = String::new();
        let mut needs: Vec<String> = Vec::new();
        let mut close = |open: &mut Vec<String>, needs: &[String], recipe: &mut String| {
            let does = commands(&std::mem::take(recipe).replace("$(", "${"));
            for name in open.drain(..) {
                let known: &mut (Vec<String>, Vec<What>) = targets.entry(name).or_default();
                known.0.extend_from_slice(needs);
                known.1.extend(does.iter().cloned());
            }
        };
        for line in source.text().lines() {
            if let Some(command) = line.strip_prefix('\t') {
                recipe += command.trim_start_matches(['@', '-', '+', ' ']);
                recipe.push('\n');
            } else if let Some((names, rest)) = line.split_once(':')
                && !line.starts_with([' ', '#', '.'])
                && !rest.starts_with('=')
                && !names.contains('=')
            {
                close(&mut open, &needs, &mut recipe);
                let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
                open = words(names);
                needs = words(rest.split(['#', ';', '|']).next().unwrap_or_default());
            }
        }
        close(&mut open, &needs, &mut recipe);
        Some(Makefile(targets))
    }
}

/// The scripts of a `package.json`, by their names.
#[derive(Debug, Hash)]
pub(super) struct Scripts(pub(super) BTreeMap<String, String>);

impl Fact for Scripts {
    fn read(source: &Source) -> Option<Scripts> {
        let json: serde_json::Value = serde_json::from_str(source.text()).ok()?;
        let scripts = json.get("scripts")?.as_object()?;
        let text = |(name, value): (&String, &serde_json::Value)| {
            Some((name.clone(), value.as_str()?.to_owned()))
        };
        Some(Scripts(scripts.iter().filter_map(text).collect()))
    }
}

impl Scripts {
    /// Whether it is what `npm init` writes.
    pub(super) fn is_placeholder(script: &str) -> bool {
        script.contains("no test specified")
    }
}

/// What the steps of an action do.
#[derive(Debug, Hash)]
struct Action(Vec<What>);

impl Fact for Action {
    fn read(source: &Source) -> Option<Action> {
        let steps = action(&source.parts(Kind::Workflow, |_| true)).into_iter();
        let all: Vec<What> = steps
            .flat_map(|step| step.deeds)
            .map(|deed| deed.what)
            .collect();
        (source.text().contains("composite")).then_some(Action(all))
    }
}

/// Follows calls within a repository.
pub(super) struct Look<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) repository: &'a Path,
    /// Calls that may still be followed: those of each other's, many times over, end here.
    left: Cell<u32>,
}

impl<'a> Look<'a> {
    pub(super) fn new(workspace: &'a Workspace, repository: &'a Path) -> Look<'a> {
        Look {
            workspace,
            repository,
            left: Cell::new(MOST),
        }
    }

    pub(super) fn at(&self, what: &What, folder: Option<&str>, depth: usize) -> Does {
        if let Some(does) = Does::plain(what) {
            return does;
        }
        let What::Calls(call) = what else {
            return Does::default();
        };
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        if depth == 0 || left == 0 {
            return Does::UNKNOWN;
        }
        match call {
            Call::Elsewhere => Does::UNKNOWN,
            Call::Script(path) => self.script(path, folder, depth),
            Call::Make(targets, own) => self.make(targets, own.as_deref().or(folder), depth),
            Call::Npm(script) => self.npm(script, folder, depth),
            Call::Action(path) => {
                let names = ["action.yml", "action.yaml"];
                let mut paths = names
                    .iter()
                    .map(|name| join(&join(self.repository, path), name));
                let known = paths.find_map(|path| self.workspace.fact::<Action>(&path).here());
                known.map_or(Does::UNKNOWN, |action| self.all(&action.0, None, depth))
            }
            Call::Workflow(path) => {
                let path = join(self.repository, path);
                let known = self.workspace.fact::<Workflow>(&path).here();
                known.map_or(Does::UNKNOWN, |called| {
                    of_workflow(self, &called, depth - 1)
                })
            }
        }
    }

    fn all(&self, all: &[What], folder: Option<&str>, depth: usize) -> Does {
        let each = all.iter().map(|what| self.at(what, folder, depth - 1));
        each.fold(Does::default(), Does::and)
    }

    /// Where a path may lead that is written in a folder: from there, or from the repository's own.
    fn paths(&self, folder: Option<&str>, path: &str) -> Vec<PathBuf> {
        let own = folder.map(|folder| join(&join(self.repository, folder), path));
        own.into_iter()
            .chain([join(self.repository, path)])
            .collect()
    }

    fn script(&self, path: &str, folder: Option<&str>, depth: usize) -> Does {
        let mut paths = self.paths(folder, path).into_iter();
        let known = paths.find_map(|path| self.workspace.fact::<Script>(&path).here());
        let does = known.map(|script| self.all(&script.0, folder, depth));
        let name = shell::base(path);
        match does {
            Some(does) if does.tests > Sure::No || !is_test_name(name) => does,
            // What has tests in its name may run them in a way that is not known here.
            _ if is_test_name(name) => Does {
                tests: Sure::Maybe,
                e2e: Sure::Maybe,
                ..does.unwrap_or_default()
            },
            Some(does) => does,
            None => Does::default(),
        }
    }

    fn make(&self, targets: &[String], folder: Option<&str>, depth: usize) -> Does {
        let files = ["Makefile", "makefile", "GNUmakefile"];
        let paths = files.iter().flat_map(|name| self.paths(folder, name));
        let known = paths
            .into_iter()
            .find_map(|path| self.workspace.fact::<Makefile>(&path).here());
        let each = targets.iter().map(|target| {
            let mut found = Vec::new();
            if let Some(file) = &known {
                file.recipes(target, &mut Vec::new(), &mut found);
            }
            let does = self.all(&found, folder, depth);
            does.and(by_name(target, does))
        });
        each.fold(Does::default(), Does::and)
    }

    fn npm(&self, script: &str, folder: Option<&str>, depth: usize) -> Does {
        let paths = self.paths(folder, "package.json").into_iter();
        let mut known = paths.filter_map(|path| self.workspace.fact::<Scripts>(&path).here());
        let text = known.find_map(|scripts| scripts.0.get(script).cloned());
        let Some(text) = text else {
            return by_name(script, Does::default());
        };
        if Scripts::is_placeholder(&text) {
            return Does::default();
        }
        let does = self.all(&commands(&text), folder, depth);
        does.and(by_name(script, does))
    }
}

/// What a target or script of this name does, of which nothing better is known.
fn by_name(name: &str, known: Does) -> Does {
    if known.tests > Sure::No || !is_test_name(name) {
        return Does::default();
    }
    Does::tests(if says_e2e(name) {
        Sure::Yes
    } else {
        Sure::Maybe
    })
}

impl Makefile {
    /// What a target does, with what it needs.
    fn recipes(&self, target: &str, seen: &mut Vec<String>, found: &mut Vec<What>) {
        if seen.iter().any(|known| known == target) {
            return;
        }
        seen.push(target.to_owned());
        if let Some((needs, does)) = self.0.get(target) {
            found.extend(does.iter().cloned());
            needs
                .iter()
                .for_each(|need| self.recipes(need, seen, found));
        }
    }
}
