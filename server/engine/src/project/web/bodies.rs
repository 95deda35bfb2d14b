//! Models of pydantic's that are the bodies of requests, and what they do with fields that nobody expects.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::{Question, View, Workspace};
use crate::model::python::web::{Class, Classes, Extra, Ref, Route, Web, is_hook};

/// A class, by its file and its qualified name.
type Known = (PathBuf, String);

/// Why a class is told to forbid extra fields.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Body {
    pub reached: Reached,
    /// What it does with them as it is, by itself or by inheritance.
    pub extra: Option<Extra>,
    /// The unit holds pydantic to a version before 2, or the class speaks its language.
    pub old: bool,
}

/// How a request comes to a class.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reached {
    /// It is the body: `POST /agents`, the handler.
    Body(String, String),
    /// It is a part of a body: the other class, the route.
    Part(String, String),
    /// So many bodies rest on it, one of them of this name.
    Base(usize, String),
}

/// A model that is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Other {
    pub extra: Option<Extra>,
    pub old: bool,
}

/// The bodies of a unit that let extra fields pass, and are told so.
struct Bodies(HashMap<PathBuf, BTreeMap<String, Body>>);

#[derive(Debug)]
struct BodyOf {
    file: PathBuf,
    class: String,
}

impl Question for BodyOf {
    type Answer = Option<Body>;
    fn answer(&self, workspace: &Workspace) -> Option<Body> {
        let bodies = workspace.bodies(&self.file);
        bodies.0.get(&self.file)?.get(&self.class).cloned()
    }
}

/// Does a file hold a class that is told something?
#[derive(Debug)]
struct HasBodies(PathBuf);

impl Question for HasBodies {
    type Answer = bool;
    fn answer(&self, workspace: &Workspace) -> bool {
        workspace.bodies(&self.0).0.contains_key(&self.0)
    }
}

/// Is a class a model that forbids nothing?
#[derive(Debug)]
struct IsModel {
    file: PathBuf,
    class: String,
}

impl Question for IsModel {
    type Answer = Option<Other>;
    fn answer(&self, workspace: &Workspace) -> Option<Other> {
        let key = (self.file.clone(), self.class.clone());
        let lineage = workspace.lineage(&key)?;
        let old = lineage.old || workspace.has_old_pydantic(&self.file);
        lineage.is_open().then_some(Other {
            extra: lineage.extra,
            old,
        })
    }
}

impl View<'_> {
    /// Why a class of a file should forbid extra fields: it is the body of a request, or part of one.
    pub fn request_body(&self, file: &Path, class: &str) -> Option<Body> {
        if self.workspace.is_alone() {
            return None;
        }
        self.ask(BodyOf {
            file: file.to_path_buf(),
            class: class.to_owned(),
        })
    }

    /// Whether [`View::request_body`] is something for a class of this file.
    pub(crate) fn has_request_bodies(&self, file: &Path) -> bool {
        !self.workspace.is_alone() && self.ask(HasBodies(file.to_path_buf()))
    }

    /// What a class does with extra fields that is a model of pydantic's and does not forbid them.
    pub fn open_model(&self, file: &Path, class: &str) -> Option<Other> {
        self.ask(IsModel {
            file: file.to_path_buf(),
            class: class.to_owned(),
        })
    }
}

/// What a model inherits.
#[derive(Debug, Default)]
struct Lineage {
    extra: Option<Extra>,
    /// Some base is pydantic's.
    model: bool,
    /// Some base is of the sort that is let be: settings, a root, something that nobody knows.
    other: bool,
    old: bool,
    filled: bool,
    /// Nothing that it is given is looked at.
    blind: bool,
    /// The bases that the project defines, nearest first, the class itself left out.
    bases: Vec<Known>,
    /// Of what its own fields are made and those of its bases, each with the file that says so.
    fields: Vec<(PathBuf, Ref)>,
}

impl Lineage {
    /// A model that lets extra fields pass.
    fn is_open(&self) -> bool {
        let open = !matches!(self.extra, Some(Extra::Forbid | Extra::Unknown));
        // What has no fields and keeps what it is sent is a dictionary by another name.
        let free = self.extra == Some(Extra::Allow) && !self.filled;
        self.model && !self.other && !self.blind && open && !free
    }
}

/// What a base of elsewhere is to a class.
enum Outer {
    Model,
    /// It changes nothing.
    Nothing,
    Other,
}

fn outer(dotted: &str) -> Outer {
    let library = dotted.split('.').next().unwrap_or_default();
    let class = dotted.rsplit('.').next().unwrap_or_default();
    match (library, class) {
        ("pydantic", "BaseModel" | "GenericModel") | ("sqlmodel", "SQLModel") => Outer::Model,
        ("typing" | "typing_extensions" | "abc" | "enum" | "builtins", _) => Outer::Nothing,
        (_, "object" | "str" | "int") if library == class => Outer::Nothing,
        _ => Outer::Other,
    }
}

impl Workspace {
    fn lineage(&self, class: &Known) -> Option<Lineage> {
        let mut lineage = Lineage::default();
        let mut seen = HashSet::new();
        let found = self.add_lineage(class, &mut lineage, &mut seen);
        found.then_some(lineage)
    }

    fn add_lineage(&self, of: &Known, lineage: &mut Lineage, seen: &mut HashSet<Known>) -> bool {
        if !seen.insert(of.clone()) {
            return true;
        }
        let Some((classes, at)) = self.class(of) else {
            return false;
        };
        let class = &classes.list[at];
        lineage.blind |= class.table;
        lineage.filled |= class.filled;
        lineage.old |= class.old;
        lineage.extra = lineage.extra.or(class.extra);
        lineage.fields.extend(
            class
                .fields
                .iter()
                .map(|field| (of.0.clone(), field.clone())),
        );
        // The last base that says something is the one that holds.
        for base in class.bases.iter().rev() {
            let Some(base) = base else {
                lineage.other = true;
                continue;
            };
            if let Some(known) = self.class_meant(&of.0, base) {
                lineage.bases.push(known.clone());
                self.add_lineage(&known, lineage, seen);
                continue;
            }
            match outer(&base.path) {
                Outer::Model => {
                    lineage.model = true;
                    lineage.old |= base.path.starts_with("pydantic.v1.");
                }
                Outer::Nothing => {}
                Outer::Other => lineage.other = true,
            }
        }
        true
    }

    fn class(&self, of: &Known) -> Option<(Arc<Classes>, usize)> {
        let classes = self.fact::<Classes>(&of.0).here()?;
        let is = |class: &Class| class.path == of.1;
        let mut found = classes
            .list
            .iter()
            .enumerate()
            .filter(|(_, class)| is(class));
        let at = found.next()?.0;
        // Two classes of a name are told apart by nobody.
        found.next().is_none().then_some((classes.clone(), at))
    }

    fn bodies(&self, file: &Path) -> Arc<Bodies> {
        let unit = self.unit(file);
        self.derived(&unit, || Bodies(self.find_bodies(&unit)))
    }

    fn find_bodies(&self, unit: &Path) -> HashMap<PathBuf, BTreeMap<String, Body>> {
        let mut next: VecDeque<(Known, Reached)> = VecDeque::new();
        for (path, web) in self.facts::<Web>(&self.application(unit)) {
            let ours = |route: &&Route| !route.is_hook() && !route.is_protocol();
            for route in web.routes.iter().filter(ours) {
                let types = route.body.iter();
                for class in types.filter_map(|body| self.class_meant(&path, body)) {
                    let handler = route.handler.rsplit('.').next().unwrap_or_default();
                    next.push_back((class, Reached::Body(route.shown(), handler.to_owned())));
                }
            }
        }
        let mut open: BTreeMap<Known, (Lineage, Reached)> = BTreeMap::new();
        let mut some_forbid = false;
        let mut seen: HashSet<Known> = HashSet::new();
        while let Some((class, reached)) = next.pop_front() {
            if is_hook(&class.1) || !seen.insert(class.clone()) {
                continue;
            }
            let Some(lineage) = self.lineage(&class).filter(|lineage| lineage.model) else {
                continue;
            };
            let route = match &reached {
                Reached::Body(route, _) | Reached::Part(_, route) => route.clone(),
                Reached::Base(..) => String::new(),
            };
            some_forbid |= lineage.extra == Some(Extra::Forbid);
            let fields = lineage.fields.iter().filter(|_| !lineage.blind);
            for (file, field) in fields {
                if let Some(part) = self.class_meant(file, field) {
                    next.push_back((part, Reached::Part(class.1.clone(), route.clone())));
                }
            }
            if lineage.is_open() {
                open.insert(class, (lineage, reached));
            }
        }
        self.told(unit, &open, some_forbid)
    }

    /// Where it is said of these: at what all bodies rest on, if they do, else at each that rests on no other one.
    fn told(
        &self,
        unit: &Path,
        open: &BTreeMap<Known, (Lineage, Reached)>,
        some_forbid: bool,
    ) -> HashMap<PathBuf, BTreeMap<String, Body>> {
        let mut told: HashMap<PathBuf, BTreeMap<String, Body>> = HashMap::new();
        let Some((first, (lineage, _))) = open.iter().next() else {
            return told;
        };
        let old = self.has_old_pydantic(&unit.join("x.py"));
        let mut tell = |class: &Known, body: Body| {
            let of = told.entry(class.0.clone()).or_default();
            of.insert(class.1.clone(), body);
        };
        let rests = |class: &Known, lineage: &Lineage, base: &Known| {
            class == base || lineage.bases.contains(base)
        };
        let mut candidates = std::iter::once(first).chain(&lineage.bases);
        let shared = candidates.find(|base| {
            let mut all = open.iter();
            all.all(|(class, (lineage, _))| rests(class, lineage, base))
        });
        if let Some(base) = shared.filter(|_| open.len() > 1 && !some_forbid)
            && let Some(of_base) = self.lineage(base).filter(Lineage::is_open)
        {
            let name = open
                .keys()
                .map(|class| &class.1)
                .find(|name| **name != base.1);
            let body = Body {
                reached: Reached::Base(open.len(), name.unwrap_or(&base.1).clone()),
                extra: of_base.extra,
                old: old || of_base.old,
            };
            tell(base, body);
            return told;
        }
        let all: BTreeSet<&Known> = open.keys().collect();
        for (class, (lineage, reached)) in open {
            // What it rests on says it for both.
            let own = self
                .class(class)
                .is_some_and(|(classes, at)| classes.list[at].extra.is_some());
            if !own && lineage.bases.iter().any(|base| all.contains(base)) {
                continue;
            }
            let body = Body {
                reached: reached.clone(),
                extra: lineage.extra,
                old: old || lineage.old,
            };
            tell(class, body);
        }
        told
    }

    /// Whether the unit of a file lets in no pydantic but one before 2.
    fn has_old_pydantic(&self, file: &Path) -> bool {
        self.holds_below(file, "pydantic", "2.0")
    }
}
