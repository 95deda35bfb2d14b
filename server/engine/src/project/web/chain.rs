//! Which routes an application takes in, by way of the routers that it includes, across the files of a unit.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::Workspace;
use super::HOPS;
use crate::model::python::web::{App, Classes, Ref, Route, Web};

/// An application or router, by its file and its name.
pub(super) type Object = (PathBuf, String);

/// The files of a unit that have to do with the web.
pub(super) struct Unit {
    pub(super) webs: Vec<(PathBuf, Arc<Web>)>,
    pub(super) apps: Vec<(Object, App)>,
    /// What is included where, and whether that limits it.
    pub(super) edges: Vec<(Object, Object, bool)>,
    /// Routers that a limiter of another place holds.
    pub(super) held: Vec<Object>,
}

/// Whether a file belongs to a command line, which answers itself for a moment.
pub(in super::super) fn is_of_command(file: &Path) -> bool {
    let mut folders = file.parent().into_iter().flat_map(Path::components);
    folders.any(|folder| folder.as_os_str() == "cli")
}

/// Whether a file makes an application or a router of this name.
pub(super) fn is_object(web: &Web, name: &str) -> bool {
    let apps = web.apps.iter().map(|app| &app.name);
    let mut names = apps.chain(web.routers.iter().map(|router| &router.name));
    names.any(|known| known == name)
}

pub(super) type Answered = (PathBuf, Route, bool);

impl Unit {
    /// The routes of each application that no other one takes in, and whether they are limited.
    pub(super) fn routes(&self, workspace: &Workspace) -> Vec<(Object, App, Vec<Answered>)> {
        let is_app = |object: &Object| self.apps.iter().any(|(app, _)| app == object);
        let given: HashSet<&Object> = self.edges.iter().map(|(_, child, _)| child).collect();
        // A command that takes an application in serves it as it is, and what a library mounts it on is not of the unit.
        let takes = |parent: &Object| {
            let mut webs = self.webs.iter().filter(|(path, _)| *path == parent.0);
            let known = webs.any(|(_, web)| is_object(web, &parent.1)) || given.contains(parent);
            known && !is_of_command(&parent.0)
        };
        let edges = self.edges.iter().filter(|(parent, ..)| takes(parent));
        let children: HashSet<&Object> = edges.map(|(_, child, _)| child).collect();
        let heads: Vec<&(Object, App)> = self
            .apps
            .iter()
            .filter(|(app, _)| !children.contains(app) && !is_of_command(&app.0))
            .collect();
        let limited = self.limited();
        let mut reached: HashMap<&Object, usize> = HashMap::new();
        // Applications that take in what nobody can see.
        let mut open: BTreeSet<usize> = BTreeSet::new();
        for (at, (head, _)) in heads.iter().enumerate() {
            let mut next = VecDeque::from([head]);
            let mut seen: BTreeSet<&Object> = BTreeSet::new();
            while let Some(object) = next.pop_front() {
                if !seen.insert(object) {
                    continue;
                }
                reached.entry(object).or_insert(at);
                if object != head && !self.knows(object) {
                    open.insert(at);
                }
                let below = self.edges.iter().filter(|(parent, ..)| parent == object);
                next.extend(below.map(|(_, child, _)| child));
            }
        }
        let mut of: Vec<Vec<Answered>> = vec![Vec::new(); heads.len()];
        for (path, web) in &self.webs {
            for route in &web.routes {
                let object = workspace.object_meant(path, &route.on);
                let at = match reached.get(&object) {
                    // Two functions may call theirs by one name.
                    Some(at) => {
                        let own = |head: &&(Object, App)| {
                            head.0 == object && head.1.within.as_deref() == route.within()
                        };
                        heads.iter().position(own).unwrap_or(*at)
                    }
                    None if is_app(&object) => continue,
                    // Taken in where nobody can see it: of the only application that may.
                    None if heads.len() == 1 => 0,
                    None => {
                        let some: Vec<usize> = open.iter().copied().collect();
                        match nearest(path, &some, |at| &heads[at].0.0) {
                            Some(at) => at,
                            None => continue,
                        }
                    }
                };
                let by_object = limited.contains(&object);
                of[at].push((path.clone(), route.clone(), route.limited || by_object));
            }
        }
        let heads = heads.into_iter().zip(of);
        heads
            .map(|((object, app), routes)| (object.clone(), app.clone(), routes))
            .collect()
    }

    /// Whether a file makes this application or router, or does something to one that it is given.
    fn knows(&self, (file, name): &Object) -> bool {
        let mut webs = self.webs.iter().filter(|(path, _)| path == file);
        webs.any(|(_, web)| {
            let mut on = web.routes.iter().map(|route| &route.on);
            let mut parents = web.includes.iter().map(|include| &include.parent);
            let same = |object: &Ref| object.own && object.path == *name;
            is_object(web, name) || on.any(same) || parents.any(same)
        })
    }

    /// Routers all of whose routes are limited, by themselves or by what takes them in.
    fn limited(&self) -> HashSet<Object> {
        let routers = self.webs.iter().flat_map(|(path, web)| {
            let limited = web.routers.iter().filter(|router| router.limited);
            limited.map(|router| (path.clone(), router.name.clone()))
        });
        let mut limited: HashSet<Object> = routers.chain(self.held.iter().cloned()).collect();
        for _ in 0..HOPS {
            for (parent, child, limits) in &self.edges {
                if *limits || limited.contains(parent) {
                    limited.insert(child.clone());
                }
            }
        }
        limited
    }
}

/// Of several applications that take in what nobody can see, the one in whose folder a file lies: the innermost, and the only
/// one there.
fn nearest<'p>(file: &Path, some: &[usize], of: impl Fn(usize) -> &'p PathBuf) -> Option<usize> {
    if let [only] = some {
        return Some(*only);
    }
    let depth = |at: usize| {
        let folder = of(at).parent()?;
        file.starts_with(folder)
            .then(|| folder.components().count())
    };
    let deepest = some.iter().filter_map(|at| depth(*at)).max()?;
    let mut nearest = some.iter().filter(|at| depth(**at) == Some(deepest));
    let first = nearest.next()?;
    nearest.next().is_none().then_some(*first)
}

impl Workspace {
    /// The application or router that a file means by a name.
    pub(super) fn object_meant(&self, from: &Path, name: &Ref) -> Object {
        if name.own {
            return (from.to_path_buf(), name.path.clone());
        }
        let Some((mut file, rest)) = self.module(from, &name.path) else {
            return (from.to_path_buf(), name.path.clone());
        };
        let mut path = rest.join(".");
        for _ in 0..HOPS {
            let web = self.fact::<Web>(&file).here();
            if web.as_ref().is_some_and(|web| is_object(web, &path)) {
                break;
            }
            let Some(classes) = self.fact::<Classes>(&file).here() else {
                break;
            };
            match self.handed_on(&file, &classes, &path) {
                Some((next, rest)) => (file, path) = (next, rest),
                None => break,
            }
        }
        (file, path)
    }

    /// What functions of other files do to the applications that they are given.
    pub(super) fn handed_edges(&self, webs: &[(PathBuf, Arc<Web>)]) -> Vec<(Object, Object, bool)> {
        let mut edges = Vec::new();
        for (path, web) in webs {
            for (name, function) in &web.handed {
                let (file, _) = self.object_meant(path, function);
                let Some((_, other)) = webs
                    .iter()
                    .find(|(known, _)| *known == file && file != *path)
                else {
                    continue;
                };
                let parents = other.includes.iter().map(|include| &include.parent);
                let on = other.routes.iter().map(|route| &route.on);
                for object in parents
                    .chain(on)
                    .filter(|object| object.own && !is_object(other, &object.path))
                {
                    let parent = (path.clone(), name.clone());
                    edges.push((parent, (file.clone(), object.path.clone()), false));
                }
            }
        }
        edges
    }
}
