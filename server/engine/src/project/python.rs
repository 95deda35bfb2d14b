//! Python modules of the project by the names under which others import them, and what calling their functions waits for.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memchr::memmem;

use super::{Fact, Question, Source, View, Workspace};
use crate::batch::{Sketch, Wait, may_block, sketch_of};
use crate::file::Kind;
use crate::fix::python::is_stdlib;
use crate::model::python::blocking::facts::{Does, Function, Meaning, functions, meanings};
use crate::model::python::blocking::{Blocks, DEPTH, facts};
use crate::rule::Place;

/// Names that lead to other names are followed this far.
const HOPS: usize = 4;

/// The file holds something that blocks.
#[derive(Debug, Hash)]
struct Waiting;

impl Fact for Waiting {
    fn read(source: &Source) -> Option<Waiting> {
        (source.is(Kind::Python) && may_block(source.text())).then_some(Waiting)
    }
}

/// What the words of such a file tell, and what packages import.
impl Fact for Sketch {
    fn read(source: &Source) -> Option<Sketch> {
        if !source.is(Kind::Python) {
            return None;
        }
        let waits = may_block(source.text());
        (waits || source.path.ends_with("__init__.py")).then(|| sketch_of(source.text(), waits))
    }
}

/// What a file is to those who import it. Only packages, and files that hold something that blocks, are anything.
#[derive(Debug, Hash)]
struct Module {
    /// What it imports and hands on.
    names: Vec<(String, Meaning)>,
    /// The functions of a file that holds something that blocks. Other files are not looked into: what only calls on from
    /// one file to the next is not followed through them.
    functions: Vec<Function>,
}

impl Fact for Module {
    fn read(source: &Source) -> Option<Module> {
        if !source.is(Kind::Python) {
            return None;
        }
        let waits = Waiting::read(source).is_some();
        if !waits && !source.path.ends_with("__init__.py") {
            return None;
        }
        let parts = source.parts(Kind::Python, |chunk| waits || chunk.contains("import"));
        Some(Module {
            names: meanings(&parts, waits),
            functions: if waits { functions(&parts) } else { Vec::new() },
        })
    }
}

/// How a function of another file blocks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Elsewhere {
    pub blocks: Blocks,
    /// The dotted name of what blocks.
    pub what: String,
    /// The functions by way of which it does.
    pub path: Vec<Box<str>>,
    pub file: PathBuf,
    pub place: Place,
}

/// On what does a function wait that a file knows by this dotted name?
#[derive(Debug)]
struct Waits {
    from: PathBuf,
    name: String,
    depth: usize,
}

impl Question for Waits {
    type Answer = Option<Elsewhere>;
    fn answer(&self, workspace: &Workspace) -> Option<Elsewhere> {
        if !workspace.may_wait_in(&self.from, None, &self.name, self.depth) {
            return None;
        }
        let (file, path) = workspace.function(&self.from, &self.name)?;
        workspace.way(file, path, self.depth)
    }
}

impl View<'_> {
    /// How a function blocks that `from` calls by a dotted name, if it is one of the project's; through so many functions.
    pub fn waits(&self, from: &Path, name: &str, depth: usize) -> Option<Elsewhere> {
        if self.workspace.is_alone() || depth == 0 || !facts::may_be_elsewhere(name) {
            return None;
        }
        self.ask(Waits {
            from: from.to_path_buf(),
            name: name.to_owned(),
            depth,
        })
    }
}

/// What of a name may wait when it is called.
#[derive(Default)]
struct Ways {
    itself: bool,
    /// Functions of what it is, by their last names.
    methods: BTreeSet<String>,
    seen: HashSet<(PathBuf, String)>,
}

/// The folders in which the modules lie that a file of this folder imports by their full names.
struct Roots(Vec<PathBuf>);

impl Workspace {
    /// Whether calling what a file of this text knows by this dotted name, or something of that, may wait. Says yes where
    /// it is not sure.
    pub(crate) fn may_wait(&self, from: &Path, text: &str, name: &str) -> bool {
        if self.is_alone() || !name.starts_with('.') && is_stdlib(name) {
            return false;
        }
        self.may_wait_in(from, Some(text), name, DEPTH)
    }

    /// `text` is that of the file that asks; without it, whatever a name has may be called.
    fn may_wait_in(&self, from: &Path, text: Option<&str>, name: &str, depth: usize) -> bool {
        let Some((file, rest)) = self.module(from, name) else {
            return false;
        };
        let Some((first, rest)) = rest.split_first() else {
            // A package: what is taken of it may be any of its modules.
            return file.ends_with("__init__.py") || self.fact::<Waiting>(&file).here().is_some();
        };
        let ways = self.ways(&file, first, depth);
        let called = |method: &String| match (rest.last(), text) {
            (Some(last), _) => last == method,
            (None, Some(text)) => memmem::find(text.as_bytes(), method.as_bytes()).is_some(),
            (None, None) => true,
        };
        ways.itself || ways.methods.iter().any(called)
    }

    /// What of a name of a module may wait, through so many functions of other files.
    fn ways(&self, file: &Path, name: &str, depth: usize) -> Arc<Ways> {
        let key = file.join(name).join(depth.to_string());
        self.derived(&key, || {
            let mut ways = Ways::default();
            self.add_ways(&mut ways, file, name, depth);
            ways
        })
    }

    fn add_ways(&self, ways: &mut Ways, file: &Path, name: &str, depth: usize) {
        if !ways.seen.insert((file.to_path_buf(), name.to_owned())) {
            return;
        }
        let Some(sketch) = self.fact::<Sketch>(file).here() else {
            return;
        };
        ways.itself |= sketch.unsure;
        for lead in sketch.leads.iter().filter(|lead| lead.of == name) {
            if self.comes_to(file, &sketch, lead.wait, depth) {
                match &lead.method {
                    Some(method) => drop(ways.methods.insert(method.clone())),
                    None => ways.itself = true,
                }
            }
        }
        let mut dotted: BTreeSet<&str> = BTreeSet::new();
        let own = sketch.imports.iter().filter(|(bound, _)| bound == name);
        dotted.extend(own.map(|(_, dotted)| dotted.as_str()));
        for alias in sketch
            .aliases
            .iter()
            .filter(|alias| alias.names.contains(name))
        {
            for other in &alias.mentions {
                self.add_ways(ways, file, other, depth);
            }
            let imports = alias.imports.of(&sketch.imports);
            dotted.extend(imports.map(|(_, dotted)| dotted.as_str()));
        }
        for dotted in dotted {
            let Some((other, rest)) = self.module(file, dotted) else {
                continue;
            };
            match &rest[..] {
                // A module, or what a package makes of itself.
                [] => ways.itself = true,
                [name] => self.add_ways(ways, &other, name, depth),
                [name, ..] => {
                    let of = self.ways(&other, name, depth);
                    ways.itself |= of.itself || !of.methods.is_empty();
                }
            }
        }
    }

    /// Whether a function that may wait so far does.
    fn comes_to(&self, file: &Path, sketch: &Sketch, wait: Wait, depth: usize) -> bool {
        let imported =
            |(_, dotted): &(String, String)| self.may_wait_in(file, None, dotted, depth - 1);
        wait.here || depth > 1 && wait.imports.of(&sketch.imports).any(imported)
    }

    fn meaning(&self, file: &Path, name: &str) -> Option<Meaning> {
        let module = self.fact::<Module>(file).here()?;
        let known = module.names.iter().filter(|(known, _)| known == name);
        let mut known = known.map(|(_, meaning)| meaning);
        let meaning = known.next()?;
        // A name that is bound to two things is none.
        known.all(|other| other == meaning).then(|| meaning.clone())
    }

    /// The file and the path in it of a function that a file knows by a dotted name.
    fn function(&self, from: &Path, name: &str) -> Option<(PathBuf, String)> {
        let (mut from, mut name) = (from.to_path_buf(), name.to_owned());
        for _ in 0..HOPS {
            let (file, rest) = self.module(&from, &name)?;
            let path = rest.join(".");
            if let Some(module) = self.fact::<Module>(&file).here()
                && module
                    .functions
                    .iter()
                    .any(|function| function.path == path)
            {
                return Some((file, path));
            }
            let (first, rest) = rest.split_first()?;
            match self.meaning(&file, first)? {
                Meaning::Dotted(dotted) => {
                    name = [&[dotted], rest].concat().join(".");
                    from = file;
                }
                Meaning::Object(class) => return Some((file, [&[class], rest].concat().join("."))),
            }
        }
        None
    }

    /// The file of the module that a dotted name begins with, and what follows it, without parentheses.
    pub(super) fn module(&self, from: &Path, name: &str) -> Option<(PathBuf, Vec<String>)> {
        let dots = name.len() - name.trim_start_matches('.').len();
        let names: Vec<&str> = name[dots..]
            .split('.')
            .filter(|name| !name.is_empty())
            .collect();
        let here = View::folder(from);
        let roots = match dots {
            0 => self.derived(here, || Roots(self.roots(here))).0.clone(),
            _ => vec![here.ancestors().nth(dots - 1)?.to_path_buf()],
        };
        let found = roots
            .into_iter()
            .find_map(|root| self.module_in(root, &names, dots > 0))?;
        (found.0 != from).then(|| {
            let rest = names[found.1..].iter();
            let rest = rest.map(|name| name.trim_end_matches("()").to_owned());
            (found.0, rest.collect())
        })
    }

    /// The file, and how many names lead to it.
    fn module_in(&self, root: PathBuf, names: &[&str], relative: bool) -> Option<(PathBuf, usize)> {
        let mut folder = root;
        let own = folder.join("__init__.py");
        let mut found = (relative && self.has_file(&own)).then_some((own, 0));
        for (at, name) in names.iter().enumerate() {
            let file = folder.join(format!("{name}.py"));
            if self.has_file(&file) {
                return Some((file, at + 1));
            }
            folder.push(name);
            let package = folder.join("__init__.py");
            if self.has_file(&package) {
                found = Some((package, at + 1));
            } else if self.folder(&folder).is_none() {
                return found;
            }
        }
        // A package without a file of its own.
        Some((folder.join("__init__.py"), names.len()))
    }

    /// From the folder in which the file's own package lies up to its unit, and `src` there.
    fn roots(&self, folder: &Path) -> Vec<PathBuf> {
        let unit = self.unit(&folder.join("x.py"));
        let mut roots: Vec<PathBuf> = folder
            .ancestors()
            .take_while(|folder| folder.starts_with(&unit))
            .filter(|folder| !self.has_file(&folder.join("__init__.py")))
            .map(Path::to_path_buf)
            .collect();
        roots.push(unit.join("src"));
        roots
    }

    /// The shortest way on which a function blocks, a long wait before a short one.
    fn way(&self, file: PathBuf, path: String, depth: usize) -> Option<Elsewhere> {
        let module = self.fact::<Module>(&file).here()?;
        let mut next = VecDeque::from([(path, Vec::<Box<str>>::new())]);
        let mut seen: HashSet<String> = HashSet::new();
        let mut short = None;
        while let Some((path, mut way)) = next.pop_front() {
            if !seen.insert(path.clone()) {
                continue;
            }
            let mut same = module
                .functions
                .iter()
                .filter(|function| function.path == path);
            // Two functions of a name are told apart by nobody.
            let (Some(function), None) = (same.next(), same.next()) else {
                continue;
            };
            way.push(path.rsplit('.').next().unwrap_or_default().into());
            for does in &function.does {
                let found = match does {
                    Does::Blocks(what, blocks, place) => Some(Elsewhere {
                        blocks: *blocks,
                        what: what.clone(),
                        path: way.clone(),
                        file: file.clone(),
                        place: place.clone(),
                    }),
                    Does::Calls(path) => {
                        if way.len() < depth {
                            next.push_back((path.clone(), way.clone()));
                        }
                        None
                    }
                    Does::Imported(name) if way.len() < depth => {
                        self.function(&file, name).and_then(|(other, path)| {
                            let found = self.way(other, path, depth - way.len())?;
                            let path = way.iter().cloned().chain(found.path).collect();
                            Some(Elsewhere { path, ..found })
                        })
                    }
                    Does::Imported(_) => None,
                };
                match found {
                    Some(found) if !found.blocks.wait.is_short() => return Some(found),
                    found => short = short.or(found),
                }
            }
        }
        short
    }
}
