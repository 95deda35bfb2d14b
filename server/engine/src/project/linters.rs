//! What a project tells Ruff and Bandit to pass over. It holds here for findings that are those checks, where it names them:
//! a selection that merely lacks a check says nothing.
//!
//! Ruff: the nearest of `.ruff.toml`, `ruff.toml` and a `pyproject.toml` with a `[tool.ruff]`, with what it extends; globs
//! and the order of selections as in its documentation. Bandit: the nearest `.bandit`, which is INI, and the nearest
//! `[tool.bandit]`. A table that is no TOML loses itself; the command line says so of
//! the files that are Ruff's alone.

use std::path::{Path, PathBuf};

use globset::Glob;

use super::{Fact, Question, Source, View, Workspace};
use crate::file::Kind;
use crate::model::Part;
use crate::path::join;
use crate::rule::Finding;
use crate::suppress::bandit;
use crate::suppress::checks::{Check, checks};
use crate::syntax::toml::{Data, Value, fault};

/// Names of files that are Ruff's alone; the first goes before the second.
const OWN: [&str; 2] = [".ruff.toml", "ruff.toml"];
/// How often one configuration of Ruff may extend another.
const MOST_EXTENDED: usize = 5;
/// How many folders above the project's own may hold a configuration.
const MOST_ABOVE: usize = 8;

/// What is passed over in one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Passed {
    /// Selectors of Ruff's for all files.
    ignored: Vec<String>,
    selected: Vec<String>,
    /// Selectors for this file.
    here: Vec<String>,
    /// Ids of Bandit's.
    skips: Vec<String>,
    /// Bandit is not to look at the file.
    excluded: bool,
}

impl Passed {
    /// Whether all checks that a finding is are passed over, by one tool or by the other.
    pub fn takes(&self, finding: &Finding) -> bool {
        if *self == Passed::default() {
            return false;
        }
        let checks = checks(finding);
        !checks.is_empty() && checks.iter().all(|check| self.passes(check))
    }

    fn passes(&self, check: &Check) -> bool {
        let by_ruff = check.ruff.as_deref().is_some_and(|code| {
            let closest = |list: &[String]| list.iter().filter_map(|of| closeness(of, code)).max();
            let ignored = closest(&self.ignored);
            closest(&self.here).is_some() || ignored.is_some() && ignored >= closest(&self.selected)
        });
        let id = check.bandit.as_deref();
        by_ruff || id.is_some_and(|id| self.excluded || self.skips.iter().any(|skip| skip == id))
    }
}

/// How closely a selector of Ruff's names a code; `None` where it does not. What names a code more closely goes first.
fn closeness(selector: &str, code: &str) -> Option<usize> {
    if selector == "ALL" {
        return Some(0);
    }
    let letters = |text: &str| {
        text.find(|c: char| c.is_ascii_digit())
            .unwrap_or(text.len())
    };
    // `S` is not `SIM`; of pylint's, `PL` is all.
    let same = selector == "PL" || letters(selector) == letters(code);
    (same && code.starts_with(selector)).then_some(selector.len())
}

/// One configuration of Ruff.
#[derive(Debug, Default, Hash)]
struct Ruff {
    select: Option<Vec<String>>,
    extend_select: Vec<String>,
    ignore: Option<Vec<String>>,
    extend_ignore: Vec<String>,
    per_file: Option<PerFile>,
    extend_per_file: PerFile,
    extend: Option<String>,
}

/// Selectors by globs.
type PerFile = Vec<(String, Vec<String>)>;

impl Fact for Ruff {
    fn read(source: &Source) -> Option<Ruff> {
        let own = source.path.file_name()? != "pyproject.toml";
        let root: &[&str] = if own { &[] } else { &["tool", "ruff"] };
        let (mut outer, mut lint) = (Ruff::default(), Ruff::default());
        let is = for_each_entry(source, root, |path, value| match path {
            [first, rest @ ..] if first == "lint" => lint.take(rest, value),
            // Where its settings stood before there was a table for them.
            _ => outer.take(path, value),
        });
        (is || own).then(|| lint.over(outer))
    }
}

impl Ruff {
    fn take(&mut self, path: &[String], value: &Value) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match path[..] {
            ["select"] => self.select = Some(texts(value)),
            ["extend-select"] => self.extend_select = texts(value),
            ["ignore"] => self.ignore = Some(texts(value)),
            ["extend-ignore"] => self.extend_ignore = texts(value),
            ["per-file-ignores", glob] => {
                let list = self.per_file.get_or_insert_default();
                list.push((glob.to_owned(), texts(value)));
            }
            ["per-file-ignores"] => {
                self.per_file.get_or_insert_default();
            }
            ["extend-per-file-ignores", glob] => {
                self.extend_per_file.push((glob.to_owned(), texts(value)));
            }
            ["extend"] => {
                if let Data::String(path) = &value.data {
                    self.extend = Some(path.clone());
                }
            }
            _ => {}
        }
    }

    fn over(self, mut below: Ruff) -> Ruff {
        below.extend_select.extend(self.extend_select);
        below.extend_ignore.extend(self.extend_ignore);
        below.extend_per_file.extend(self.extend_per_file);
        Ruff {
            select: self.select.or(below.select),
            ignore: self.ignore.or(below.ignore),
            per_file: self.per_file.or(below.per_file),
            ..below
        }
    }
}

/// The line on which a configuration of Ruff's own ceases to be TOML, from one.
#[derive(Debug, Hash)]
struct Fault(usize);

impl Fact for Fault {
    fn read(source: &Source) -> Option<Fault> {
        let text = source.text();
        let before = &text.as_bytes()[..fault(text)?.min(text.len())];
        Some(Fault(1 + memchr::memchr_iter(b'\n', before).count()))
    }
}

impl Workspace {
    /// The configurations of Ruff's own that are no TOML, each with the line that says so, from one.
    pub fn faulty_ruff(&self) -> Vec<(PathBuf, usize)> {
        let own = |path: &&PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| OWN.contains(&name))
        };
        let mut paths: Vec<PathBuf> = self.list().iter().filter(own).cloned().collect();
        let above = upwards(self, Path::new("x.py")).into_iter().skip(1);
        paths.extend(above.flat_map(|folder| OWN.map(|name| join(&folder, name))));
        let fault = |path: PathBuf| {
            let line = self.fact::<Fault>(&path).here()?.0;
            Some((path, line))
        };
        paths.into_iter().filter_map(fault).collect()
    }
}

/// What Bandit is told in one place.
#[derive(Debug, Default, Hash)]
struct Bandit {
    skips: Vec<String>,
    exclude: Vec<String>,
}

impl Fact for Bandit {
    fn read(source: &Source) -> Option<Bandit> {
        let mut is = false;
        let mut bandit = Bandit::default();
        if source.path.file_name()? == ".bandit" {
            for (_, part) in source.parts(Kind::SetupCfg, |_| true) {
                let Part::Ini(part) = &*part else { continue };
                let own = |name: &str| name.is_empty() || name == "bandit";
                let sections = part.sections.iter().filter(|section| own(&section.name));
                for option in sections.flat_map(|section| &section.options) {
                    is = true;
                    let value = option.value();
                    let words = value.split(|c: char| c == ',' || c.is_whitespace());
                    let words = words.map(|word| word.trim_matches(['[', ']', '"', '\'']));
                    let words = words.filter(|word| !word.is_empty() && *word != "-");
                    bandit.take(&option.key, words.map(str::to_owned).collect());
                }
            }
        } else {
            is = for_each_entry(source, &["tool", "bandit"], |path, value| {
                if let [key] = path {
                    bandit.take(key, texts(value));
                }
            });
        }
        is.then_some(bandit)
    }
}

impl Bandit {
    fn take(&mut self, key: &str, list: Vec<String>) {
        match key {
            "skips" => {
                let ids = list.iter().filter_map(|word| bandit::id(word));
                self.skips = ids.map(str::to_owned).collect();
            }
            // As the section has it, and as the table.
            "exclude" | "exclude_dirs" => self.exclude = list,
            _ => {}
        }
    }

    /// Patterns of a shell over the whole path, or any part of its text.
    fn excludes(&self, path: &str) -> bool {
        let path = format!("./{path}");
        self.exclude.iter().any(|pattern| {
            let glob = Glob::new(pattern).map(|glob| glob.compile_matcher().is_match(&path));
            path.contains(&**pattern) || glob.unwrap_or_default()
        })
    }
}

/// Take the entries below a table of a TOML file, by the rest of their path. Whether there is such a table.
fn for_each_entry(source: &Source, root: &[&str], mut take: impl FnMut(&[String], &Value)) -> bool {
    let wanted = |text: &str| root.last().is_none_or(|name| text.contains(name));
    let mut is = false;
    for (_, part) in source.parts(Kind::Pyproject, wanted) {
        let Part::Toml(part) = &*part else { continue };
        let mut tables = part.tables.iter();
        is |= tables.any(|table| below(root, &table.path).is_some());
        for entry in &part.entries {
            if let Some(path) = below(root, &entry.path) {
                is = true;
                take(path, &entry.value);
            }
        }
    }
    is
}

fn below<'p>(root: &[&str], path: &'p [String]) -> Option<&'p [String]> {
    let (start, rest) = path.split_at_checked(root.len())?;
    let same = start.iter().zip(root).all(|(own, name)| own == name);
    same.then_some(rest)
}

fn texts(value: &Value) -> Vec<String> {
    let text = |value: &Value| match &value.data {
        Data::String(text) => Some(text.clone()),
        _ => None,
    };
    match &value.data {
        Data::Array(list) => list.iter().filter_map(text).collect(),
        _ => text(value).into_iter().collect(),
    }
}

/// What is passed over in a file?
#[derive(Debug)]
struct PassedIn(PathBuf);

impl Question for PassedIn {
    type Answer = Passed;
    fn answer(&self, workspace: &Workspace) -> Passed {
        let PassedIn(file) = self;
        let folders = upwards(workspace, file);
        let mut passed = Passed::default();
        let ruff = folders.iter().find_map(|folder| {
            let names = OWN.into_iter().chain(["pyproject.toml"]);
            let mut homes = names.map(|name| join(folder, name));
            homes.find(|home| workspace.fact::<Ruff>(home).here().is_some())
        });
        if let Some(home) = ruff {
            passed.ask_ruff(workspace, file, home);
        }
        for name in [".bandit", "pyproject.toml"] {
            let told = folders.iter().find_map(|folder| {
                let told = workspace.fact::<Bandit>(&join(folder, name)).here()?;
                Some((folder, told))
            });
            if let Some((folder, told)) = told {
                passed.skips.extend(told.skips.iter().cloned());
                passed.excluded |= told.excludes(&workspace.below(folder, file));
            }
        }
        passed
    }
}

impl Passed {
    fn ask_ruff(&mut self, workspace: &Workspace, file: &Path, mut home: PathBuf) {
        let (mut select, mut ignore, mut per_file) = (None, None, None);
        for _ in 0..=MOST_EXTENDED {
            let Some(ruff) = workspace.fact::<Ruff>(&home).here() else {
                break;
            };
            let folder = View::folder(&home).to_path_buf();
            let path = workspace.below(&folder, file);
            select = select.or_else(|| ruff.select.clone());
            ignore = ignore.or_else(|| ruff.ignore.clone());
            self.selected.extend(ruff.extend_select.iter().cloned());
            self.ignored.extend(ruff.extend_ignore.iter().cloned());
            per_file = per_file.or_else(|| Some(here(ruff.per_file.as_ref()?, &path)));
            self.here.extend(here(&ruff.extend_per_file, &path));
            let Some(next) = &ruff.extend else { break };
            home = join(&folder, next);
        }
        self.selected.extend(select.unwrap_or_default());
        self.ignored.extend(ignore.unwrap_or_default());
        self.here.extend(per_file.unwrap_or_default());
    }
}

/// The selectors of the globs that take a path, or its last part; `!` turns a glob round.
fn here(list: &PerFile, path: &str) -> Vec<String> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let takes = |pattern: &str| {
        let (pattern, wanted) = match pattern.strip_prefix('!') {
            Some(pattern) => (pattern, false),
            None => (pattern, true),
        };
        let pattern = pattern.trim_start_matches("./");
        Glob::new(pattern).is_ok_and(|glob| {
            let glob = glob.compile_matcher();
            (glob.is_match(path) || glob.is_match(name)) == wanted
        })
    };
    let taken = list.iter().filter(|(pattern, _)| takes(pattern));
    taken.flat_map(|(_, ids)| ids.iter().cloned()).collect()
}

/// The folders in which a configuration may stand, the nearest first.
fn upwards(workspace: &Workspace, file: &Path) -> Vec<PathBuf> {
    let inside = file.ancestors().skip(1).map(Path::to_path_buf);
    let mut folders: Vec<PathBuf> = inside.collect();
    for _ in 0..MOST_ABOVE {
        let above = join(folders.last().map_or(Path::new(""), PathBuf::as_path), "..");
        if !workspace.within(&above) {
            break;
        }
        folders.push(above);
    }
    folders
}

impl View<'_> {
    /// What the project tells other linters to pass over in a file.
    pub fn passed(&self, file: &Path) -> Passed {
        self.ask(PassedIn(file.to_path_buf()))
    }
}
