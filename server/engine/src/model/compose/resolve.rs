//! A project as compose sees it: a chain of files with all that they extend and include, merged.
//!
//! Source: the Compose specification, "Merge", "Extends", "Include". No file is opened here: whoever asks gives a way to
//! look at one.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::path::join;
use crate::rule::{Owner, Place};

use super::merge::{locate, merge};
use super::problem::{Problem, Wrong};
use super::{File, Include, Resource, Service, Text};

/// What is known of a compose file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Found {
    Here(Arc<File>),
    /// It is there, and is no compose file that can be read.
    Strange,
    Missing,
    /// It may not be looked at, so that nothing is claimed of it.
    Unseen,
}

/// The services and resources of a chain of files. All places say in which file they lie.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Composed {
    pub services: Vec<Merged>,
    pub networks: Vec<Resource>,
    pub volumes: Vec<Resource>,
    pub secrets: Vec<Resource>,
    pub configs: Vec<Resource>,
    pub problems: Vec<Problem>,
    /// All files that were looked at, in the order of their paths.
    pub files: Vec<PathBuf>,
    /// Something that belongs to it was not seen: what is not here may be there.
    pub partial: bool,
    /// Where relative paths of a file start, for files that are included with a folder of their own.
    folders: BTreeMap<PathBuf, PathBuf>,
}

/// A service with all that is said of it anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Merged {
    /// Its place is that of its first definition.
    pub service: Service,
    /// Where the files of the chain speak of it, in their order.
    pub defined: Vec<Place>,
}

/// Services that extend each other are followed this far, and files that include each other.
const DEPTH: usize = 50;

/// Read a chain of files. `look` is asked for each file by its path; a file that was asked for once is not asked for again.
pub fn compose(chain: &[PathBuf], look: &dyn Fn(&Path) -> Found) -> Composed {
    let mut walk = Walk {
        look,
        seen: HashMap::new(),
        open: Vec::new(),
        composed: Composed::default(),
    };
    walk.chain(chain, &[]);
    let mut composed = walk.composed;
    composed.files = walk.seen.into_keys().collect();
    composed.files.sort();
    super::problem::references(&mut composed);
    composed.problems.sort();
    composed.problems.dedup();
    composed
}

impl Composed {
    pub fn service(&self, name: &str) -> Option<&Merged> {
        self.services
            .iter()
            .find(|merged| merged.service.name == name)
    }
    /// The folder in which relative paths start that were written at this place.
    pub fn folder(&self, place: &Place) -> PathBuf {
        let Owner::In(file, _) = &place.owner else {
            return PathBuf::new();
        };
        self.folders
            .get(&**file)
            .cloned()
            .unwrap_or_else(|| parent(file).to_path_buf())
    }
}

fn parent(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

struct Walk<'l> {
    look: &'l dyn Fn(&Path) -> Found,
    seen: HashMap<PathBuf, Found>,
    /// Files that include the present one, each with the place that includes it.
    open: Vec<(PathBuf, Option<Place>)>,
    composed: Composed,
}

impl Walk<'_> {
    fn look(&mut self, path: &Path) -> Found {
        if let Some(found) = self.seen.get(path) {
            return found.clone();
        }
        let found = (self.look)(path);
        self.seen.insert(path.to_path_buf(), found.clone());
        found
    }

    fn wrong(&mut self, place: Place, wrong: Wrong) {
        self.composed.problems.push(Problem {
            place,
            wrong,
            near: None,
        });
    }

    /// Add the project of files that are read one on top of the other. `named` are the places that name them, if any does.
    fn chain(&mut self, paths: &[PathBuf], named: &[Place]) {
        let mut services: Vec<Merged> = Vec::new();
        for (at, path) in paths.iter().enumerate() {
            let found = self.look(path);
            let Found::Here(file) = found else {
                self.composed.partial = true;
                if let Some(place) = named.get(at) {
                    self.absent(place.clone(), path, &found, true);
                }
                continue;
            };
            let owner: Arc<Path> = path.as_path().into();
            for service in &file.services {
                let mut own = self.extended(&owner, service);
                let place = own.place.clone();
                match services
                    .iter_mut()
                    .find(|known| known.service.name == own.name)
                {
                    Some(known) => {
                        own.place = known.service.place.clone();
                        known.service = merge(&known.service, &own);
                        known.defined.push(place);
                    }
                    None => services.push(Merged {
                        service: own,
                        defined: vec![place],
                    }),
                }
            }
            let composed = &mut self.composed;
            for (to, from) in [
                (&mut composed.networks, &file.networks),
                (&mut composed.volumes, &file.volumes),
                (&mut composed.secrets, &file.secrets),
                (&mut composed.configs, &file.configs),
            ] {
                add(to, from, &owner);
            }
            self.open.push((path.clone(), named.get(at).cloned()));
            for include in &file.include {
                self.include(&owner, include);
            }
            self.open.pop();
        }
        for merged in services {
            let known = &mut self.composed.services;
            if !known.iter().any(|k| k.service.name == merged.service.name) {
                known.push(merged);
            }
        }
    }

    fn include(&mut self, from: &Arc<Path>, include: &Include) {
        let folder = self.composed.folder(&Place {
            owner: Owner::In(from.clone(), 0),
            span: include.paths[0].place.span,
        });
        let mut paths = Vec::new();
        let mut places = Vec::new();
        for text in &include.paths {
            let place = in_file(text, from);
            let Some(path) = local(text).map(|path| join(&folder, &path)) else {
                self.composed.partial = true;
                continue;
            };
            if let Some(at) = self.open.iter().position(|(open, _)| *open == path) {
                // Each step of the way around is one too many.
                for (path, place) in self.open.split_off(at + 1) {
                    self.open.push((path.clone(), place.clone()));
                    if let Some(place) = place {
                        self.wrong(place, Wrong::IncludeCycle(path));
                    }
                }
                self.wrong(place, Wrong::IncludeCycle(path));
                continue;
            }
            paths.push(path);
            places.push(place);
        }
        // What was included before is there already.
        let known = paths.iter().all(|path| self.seen.contains_key(path));
        let there = |found: Option<&Found>| matches!(found, Some(Found::Here(_)));
        if paths.is_empty()
            || known && paths.iter().all(|path| there(self.seen.get(path)))
            || self.open.len() > DEPTH
        {
            return;
        }
        if let Some(text) = &include.project_directory {
            match local(text) {
                Some(directory) => {
                    let directory = join(&folder, &directory);
                    for path in &paths {
                        self.composed
                            .folders
                            .insert(path.clone(), directory.clone());
                    }
                }
                None => self.composed.partial = true,
            }
        }
        self.chain(&paths, &places);
    }

    /// A service with what it extends below it, and where that cannot be, itself.
    fn extended(&mut self, file: &Arc<Path>, service: &Service) -> Service {
        let mut levels = vec![service.in_file(file)];
        let mut at = (file.clone(), service.name.clone());
        let mut passed = vec![at.clone()];
        while let Some(extends) = levels.last().and_then(|level| level.extends.clone()) {
            let name = extends.service.value().into_owned();
            let path: Arc<Path> = match &extends.file {
                None => at.0.clone(),
                Some(text) => {
                    let folder = self.composed.folder(&text.place);
                    let Some(path) = local(text) else {
                        self.composed.partial = true;
                        break;
                    };
                    join(&folder, &path).into()
                }
            };
            let found = self.look(&path);
            let Found::Here(other) = &found else {
                self.composed.partial = true;
                if let Some(text) = &extends.file {
                    self.absent(text.place.clone(), &path, &found, false);
                }
                break;
            };
            let Some(base) = other.service(&name) else {
                // It may come from what that file includes, or from what this one stands on.
                if other.include.is_empty() && !other.is_fragment() {
                    let names = other.services.iter().map(|service| service.name.as_str());
                    let near = super::problem::near(&name, names);
                    self.composed.problems.push(Problem {
                        place: extends.service.place.clone(),
                        wrong: Wrong::NoServiceToExtend(name),
                        near,
                    });
                }
                self.composed.partial = true;
                break;
            };
            at = (path, name);
            if let Some(first) = passed.iter().position(|known| *known == at) {
                // Each step of the way around is one too many.
                let steps = levels[first..].iter();
                for extends in steps.filter_map(|level| level.extends.as_ref()) {
                    let name = extends.service.value().into_owned();
                    self.wrong(extends.service.place.clone(), Wrong::ExtendsCycle(name));
                }
                break;
            }
            if passed.len() == DEPTH {
                self.composed.partial = true;
                break;
            }
            passed.push(at.clone());
            levels.push(base.in_file(&at.0));
        }
        let mut levels = levels.into_iter().rev();
        let Some(base) = levels.next() else {
            return service.in_file(file);
        };
        levels.fold(base, |base, over| merge(&base, &over))
    }

    fn absent(&mut self, place: Place, path: &Path, found: &Found, included: bool) {
        let path = path.to_path_buf();
        match found {
            Found::Missing if included => self.wrong(place, Wrong::NoFileToInclude(path)),
            Found::Missing => self.wrong(place, Wrong::NoFileToExtend(path)),
            Found::Strange => self.wrong(place, Wrong::StrangeFile(path)),
            Found::Unseen | Found::Here(_) => {}
        }
    }
}

fn add(to: &mut Vec<Resource>, from: &[Resource], owner: &Arc<Path>) {
    for resource in from {
        let mut resource = resource.clone();
        locate(&mut resource, owner);
        match to.iter_mut().find(|known| known.name == resource.name) {
            Some(known) => {
                known.external |= resource.external;
                known.internal |= resource.internal;
            }
            None => to.push(resource),
        }
    }
}

fn in_file(text: &Text, file: &Arc<Path>) -> Place {
    let mut text = text.clone();
    locate(&mut text, file);
    text.place
}

/// A path of this machine; `None` for what a variable or another machine holds.
fn local(text: &Text) -> Option<String> {
    let path = text.expanded()?;
    (!path.contains("://") && !path.starts_with("git@")).then_some(path)
}
