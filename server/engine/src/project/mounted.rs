//! What is mounted over: where the image of a service has its code, and whether a mount reaches production through the files
//! that are read on top of the one that says it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Built, Chain, Known, Question, View, Workspace};
use crate::chunk::Chunks;
use crate::file::{Kind, Stage};
use crate::model::compose::{self, Build, Service};
use crate::model::dockerfile::{Dockerfile, From};
use crate::path::join;
use crate::rule::{Owner, Place};
use crate::syntax;
use crate::work::Work;

/// A service with a mount, as one chain of files runs it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Deployed {
    pub stage: Stage,
    /// Only profiles for development start it.
    pub development: bool,
    /// A later file of the chain takes the mount away, or mounts something else at its place.
    pub removed: bool,
    /// Where the last later file speaks of the service.
    pub over: Option<(PathBuf, Place)>,
    /// `None` for a service that builds no image.
    pub image: Option<Image>,
    /// The folder has a file that compose reads unasked, and an override file is read on top of it: it has the service.
    pub overridable: bool,
}

/// What is known of an image that is built.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Image {
    /// What it is built from, as the project names it; `None` for what is fetched, and where a variable holds the name.
    pub context: Option<PathBuf>,
    /// Where it has its code; empty where nothing says it.
    pub code: Vec<Spot>,
}

/// A folder of an image that has its code, or a file of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Spot {
    /// Absolute, without a slash at its end.
    pub path: String,
    /// Where that is said; `None` in text of the asking file.
    pub place: Option<Place>,
}

/// As what do the chains of its folder run a service of a file that mounts something?
#[derive(Debug)]
struct Mounted {
    file: PathBuf,
    service: String,
    /// What the file itself says of the image.
    build: Option<Build>,
    extends: bool,
    target: String,
}

impl Question for Mounted {
    type Answer = Vec<Deployed>;
    fn answer(&self, workspace: &Workspace) -> Vec<Deployed> {
        let folder = View::folder(&self.file);
        let chains = workspace.chains(folder);
        let with = chains.iter().filter(|chain| {
            let last = chain.files.last() == Some(&self.file);
            chain.files.contains(&self.file) && (chain.stage != Stage::Development || last)
        });
        let mut deployed: Vec<Deployed> =
            with.map(|chain| self.in_chain(workspace, chain)).collect();
        if deployed.is_empty() {
            deployed.push(Deployed {
                stage: Stage::Production,
                development: false,
                removed: false,
                over: None,
                image: self
                    .build
                    .as_ref()
                    .map(|build| image(workspace, folder, build)),
                overridable: false,
            });
        }
        deployed
    }
}

impl Mounted {
    fn in_chain(&self, workspace: &Workspace, chain: &Chain) -> Deployed {
        let folder = View::folder(&self.file);
        let merged = chain.composed.service(&self.service);
        let merged = merged.map(|merged| &merged.service);
        // What the file itself says is newer than what it has told.
        let alone = chain.files.len() == 1 && !self.extends;
        let own = self
            .build
            .as_ref()
            .map(|build| image(workspace, folder, build));
        let of_chain = || {
            let build = merged?.build.as_ref()?;
            let said = build
                .context
                .as_ref()
                .map_or(&build.place, |text| &text.place);
            Some(image(workspace, &chain.composed.folder(said), build))
        };
        let mut image = if alone {
            own.or_else(of_chain)
        } else {
            of_chain().or(own)
        };
        let elsewhere = merged.and_then(|merged| merged.working_dir.as_ref());
        let elsewhere = elsewhere.filter(|text| text.place.file() != Some(self.file.as_path()));
        if let (Some(image), Some(text)) = (&mut image, elsewhere) {
            image.code.extend(text.expanded().and_then(|path| {
                let place = Some(text.place.clone());
                Spot::new(&path, place)
            }));
        }
        let mut deployed = Deployed {
            stage: chain.stage,
            development: merged.is_some_and(|merged| merged.development),
            removed: false,
            over: None,
            image,
            overridable: self.overridable(workspace),
        };
        let later = chain.files.iter().skip_while(|file| **file != self.file);
        for file in later.skip(1) {
            let Some(said) = workspace.fact::<compose::File>(file).here() else {
                continue;
            };
            let Some(service) = said.service(&self.service) else {
                continue;
            };
            deployed.removed |= self.takes_away(service);
            let path: Arc<Path> = file.as_path().into();
            deployed.over = Some((file.clone(), service.in_file(&path).place));
        }
        deployed
    }

    fn takes_away(&self, service: &Service) -> bool {
        let marked = service.marks.iter().any(|mark| mark.path == ["volumes"]);
        let mut volumes = service.volumes.iter();
        marked || volumes.any(|volume| volume.target_path().as_ref() == Some(&self.target))
    }

    /// Whether the file that compose reads unasked has the service.
    fn overridable(&self, workspace: &Workspace) -> bool {
        let folder = View::folder(&self.file);
        let mut bases = compose::BASES.iter().map(|name| folder.join(name));
        let base = bases.find(|path| *path == self.file || workspace.has_file(path));
        base.is_some_and(|base| {
            base == self.file || {
                let told = workspace.fact::<compose::File>(&base).here();
                told.is_some_and(|file| file.service(&self.service).is_some())
            }
        })
    }
}

/// What is known of an image that is built as a file in `folder` says.
fn image(workspace: &Workspace, folder: &Path, build: &Build) -> Image {
    let target = build.target.as_ref().map(|target| target.expanded());
    let local = (!build.is_remote()).then(|| build.context_path()).flatten();
    let code = match (workspace.built(folder, build), &build.dockerfile_inline) {
        // A target that a variable holds may be any stage.
        _ if target == Some(None) => Vec::new(),
        (Built::From(path, Known::Here(file)), _) => {
            let path: Arc<Path> = path.into();
            let mut spots = code(&file, target.flatten().as_deref());
            for place in spots.iter_mut().filter_map(|spot| spot.place.as_mut()) {
                if let Owner::Nth(chunk) = place.owner {
                    place.owner = Owner::In(path.clone(), chunk);
                }
            }
            spots
        }
        (Built::Inline, Some(text)) => {
            let mut spots = code(&inline(&text.value()), target.flatten().as_deref());
            spots.iter_mut().for_each(|spot| spot.place = None);
            spots
        }
        _ => Vec::new(),
    };
    Image {
        context: local.map(|context| join(folder, &context)),
        code,
    }
}

/// A Dockerfile that stands in a compose file.
fn inline(text: &str) -> Dockerfile {
    let mut work = Work::default();
    let chunks = Chunks::cut(Kind::Dockerfile.language(), text, &mut work);
    let chunks = chunks.list().iter().map(|chunk| {
        let text = text[chunk.start..chunk.end].into();
        (
            chunk.start,
            Arc::new(syntax::read(chunk.state, &text, &mut None)),
        )
    });
    Dockerfile::read(&chunks.collect::<Vec<_>>())
}

/// Where the stage that is shipped has its code: where it works, and what is copied into it.
fn code(file: &Dockerfile, target: Option<&str>) -> Vec<Spot> {
    let Some(stage) = file.shipped(target) else {
        return Vec::new();
    };
    let workdir = file.workdir(stage).and_then(|workdir| {
        let place = workdir.places.last().cloned();
        Spot::new(&workdir.path?, place)
    });
    let copies = file.copies(stage).into_iter();
    let copies = copies.filter(|copied| !matches!(copied.from, Some(From::Other(_))));
    let copies = copies.filter_map(|copied| Spot::new(&copied.destination?, Some(copied.place)));
    let mut spots: Vec<Spot> = workdir.into_iter().collect();
    for spot in copies {
        if spots.iter().all(|known| known.path != spot.path) {
            spots.push(spot);
        }
    }
    if spots.is_empty() {
        let image = file.image(stage);
        let known = image.as_ref().and_then(|image| image.official());
        let known = known.and_then(|name| WORKDIRS.iter().find(|(known, _)| *known == name));
        let place = Some(
            file.lineage(stage)
                .last()
                .unwrap_or(stage)
                .base
                .place
                .clone(),
        );
        spots.extend(known.and_then(|(_, path)| Spot::new(path, place)));
    }
    spots
}

/// Where official images work that are made to have code copied into them.
const WORKDIRS: &[(&str, &str)] = &[
    ("php", "/var/www/html"),
    ("wordpress", "/var/www/html"),
    ("drupal", "/opt/drupal"),
];

/// Folders in which no image has its code.
const OTHERS: &[&str] = &[
    "/etc", "/tmp", "/run", "/var/run", "/var/log", "/proc", "/sys", "/dev",
];

impl Spot {
    pub fn new(path: &str, place: Option<Place>) -> Option<Spot> {
        let bare = path.trim_end_matches('/');
        let other = OTHERS
            .iter()
            .any(|other| is_below(bare, other) || bare == *other);
        (bare.starts_with('/') && !other).then(|| Spot {
            path: bare.to_owned(),
            place,
        })
    }

    /// Whether something that is mounted at `target` hides it, or a part of it.
    pub fn is_hidden_by(&self, target: &str) -> bool {
        self.is_covered_by(target) || is_below(target, &self.path)
    }

    /// Whether all of it is hidden.
    pub fn is_covered_by(&self, target: &str) -> bool {
        self.path == target || is_below(&self.path, target)
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.starts_with('/'))
}

impl View<'_> {
    /// As what a service that mounts something at `target` is run: by each chain of compose files that `file` takes part in
    /// and that is not for development.
    pub fn mounted(&self, file: &Path, service: &Service, target: &str) -> Vec<Deployed> {
        self.ask(Mounted {
            file: file.to_path_buf(),
            service: service.name.clone(),
            build: service.build.clone(),
            extends: service.extends.is_some(),
            target: target.to_owned(),
        })
    }
}
