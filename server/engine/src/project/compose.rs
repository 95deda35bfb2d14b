//! Links that start in compose files: chains of files that are read together, and the images that are built.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use super::{Fact, Known, Question, Source, View, Workspace};
use crate::file::{Kind, Stage};
use crate::model::Part;
use crate::model::compose::{self, Build, Composed, Found, Merged};
use crate::model::dockerfile::Dockerfile;
use crate::path::join;

impl Fact for compose::File {
    /// Any YAML file may be named by `extends` and `include`; a template is none.
    fn read(source: &Source) -> Option<compose::File> {
        let named = || {
            let text = source.text();
            is_yaml(source.path) && text.contains("services:") && !text.contains("{{")
        };
        let is = source.is(Kind::Compose) || named();
        let read = || source.compose(&source.parts(Kind::Compose, |_| true));
        is.then(|| Arc::unwrap_or_clone(read()))
    }
}

/// A compose file as it was read from its parts the last time.
#[derive(Debug)]
pub(super) struct LastRead {
    parts: Vec<Weak<Part>>,
    file: Arc<compose::File>,
}

impl Workspace {
    /// A compose file, read from its parts, or known from the last time that it was read from the same ones: by whoever has it
    /// open, or for those who ask about it.
    pub(super) fn compose(&self, path: &Path, parts: &[(usize, Arc<Part>)]) -> Arc<compose::File> {
        if let Some(last) = self.composed.get(path)
            && last.parts.len() == parts.len()
            && parts
                .iter()
                .zip(&last.parts)
                .all(|((_, part), known)| std::ptr::eq(Arc::as_ptr(part), known.as_ptr()))
        {
            return last.file.clone();
        }
        let file = Arc::new(compose::File::read(parts));
        let last = LastRead {
            parts: parts.iter().map(|(_, part)| Arc::downgrade(part)).collect(),
            file: file.clone(),
        };
        self.composed.insert(path.to_path_buf(), last);
        file
    }
}

impl View<'_> {
    /// The asking compose file itself, read from its parts.
    pub(crate) fn compose(&self, path: &Path, parts: &[(usize, Arc<Part>)]) -> Arc<compose::File> {
        self.workspace.compose(path, parts)
    }
}

impl Fact for Dockerfile {
    /// Whatever its name: a compose file may call it as it likes.
    fn read(source: &Source) -> Option<Dockerfile> {
        Some(Dockerfile::read(&source.parts(Kind::Dockerfile, |_| true)))
    }
}

/// The file is a compose file by its name or by what is in it, not only by being named elsewhere.
#[derive(Debug, Hash)]
struct Standing;

impl Fact for Standing {
    fn read(source: &Source) -> Option<Standing> {
        source.is(Kind::Compose).then_some(Standing)
    }
}

/// Compose files that are read one on top of the other, and what they make together.
#[derive(Debug, Clone, Hash)]
pub struct Chain {
    pub files: Vec<PathBuf>,
    pub stage: Stage,
    pub composed: Arc<Composed>,
}

/// Chains by their files alone.
pub(super) type Together = Vec<(Vec<PathBuf>, Stage)>;

/// A service as one chain of files has it.
#[derive(Debug, Clone, Hash)]
pub struct InChain {
    pub files: Vec<PathBuf>,
    pub stage: Stage,
    pub merged: Merged,
}

/// From what an image is built.
#[derive(Debug, Clone, Hash)]
pub enum Built {
    /// From the Dockerfile at this path, as the project names it.
    From(PathBuf, Known<Dockerfile>),
    /// The Dockerfile would lie where nothing is looked at.
    Outside(PathBuf),
    /// The text stands in the compose file itself.
    Inline,
    /// The context is fetched from elsewhere, or a variable without default holds it.
    Elsewhere,
}

impl Built {
    pub fn dockerfile(&self) -> Option<(&Path, &Arc<Dockerfile>)> {
        match self {
            Built::From(path, Known::Here(file)) => Some((path, file)),
            _ => None,
        }
    }
}

impl Workspace {
    /// The compose files of a folder that are read together, without what they make.
    pub(super) fn chain_files(&self, folder: &Path) -> Arc<Together> {
        self.derived(folder, || {
            let list = self.list();
            let beside = list
                .range(folder.to_path_buf()..)
                .take_while(|path| path.starts_with(folder))
                .filter(|path| path.parent() == Some(folder) && is_yaml(path))
                .filter(|path| self.fact::<Standing>(path).here().is_some());
            let names: Vec<String> = beside
                .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
                .collect();
            let is_fragment = |name: &str| {
                let file = self.fact::<compose::File>(&folder.join(name)).here();
                file.is_some_and(|file| file.is_fragment())
            };
            let mut chains = compose::chains(&names, is_fragment);
            // A file of any other name stands alone.
            for name in &names {
                if !chains.iter().any(|chain| chain.files.contains(name)) {
                    let path = folder.join(name);
                    let stage = self
                        .classify(&path, "services:\n  a:\n    image: a\n", &[])
                        .map_or(Stage::Production, |file| file.stage);
                    chains.push(compose::Chain {
                        files: vec![name.clone()],
                        stage,
                    });
                }
            }
            let paths = |chain: compose::Chain| {
                let files = chain.files.iter().map(|name| folder.join(name));
                (files.collect(), chain.stage)
            };
            chains.into_iter().map(paths).collect()
        })
    }

    /// The chains of the compose files of a folder.
    pub(super) fn chains(&self, folder: &Path) -> Arc<Vec<Chain>> {
        self.derived(folder, || {
            let look = |path: &Path| self.look(path);
            let together = self.chain_files(folder);
            let chain = |(files, stage): &(Vec<PathBuf>, Stage)| Chain {
                composed: Arc::new(compose::compose(files, &look)),
                stage: *stage,
                files: files.clone(),
            };
            together.iter().map(chain).collect()
        })
    }

    fn look(&self, path: &Path) -> Found {
        if !self.within(path) {
            return Found::Unseen;
        }
        match self.fact::<compose::File>(path) {
            Known::Here(file) => Found::Here(file),
            Known::Missing => Found::Missing,
            Known::Nothing | Known::Strange(_) => Found::Strange,
        }
    }

    /// The folders in which compose files lie.
    pub(super) fn compose_folders(&self) -> Arc<Vec<PathBuf>> {
        self.derived(Path::new(""), || {
            let list = self.list();
            let files = list.iter().filter(|path| is_yaml(path));
            let files = files.filter(|path| self.fact::<Standing>(path).here().is_some());
            let mut folders: Vec<PathBuf> = files
                .filter_map(|path| Some(path.parent()?.to_path_buf()))
                .collect();
            folders.dedup();
            folders
        })
    }

    /// Files that compose files name as Dockerfiles, whatever their own names say.
    pub fn named_dockerfiles(&self) -> Arc<BTreeSet<PathBuf>> {
        self.derived(Path::new(""), || {
            let mut named = BTreeSet::new();
            for folder in self.compose_folders().iter() {
                for chain in self.chains(folder).iter() {
                    let services = chain.composed.services.iter();
                    let paths = services.filter_map(|merged| self.built_from(chain, merged));
                    named.extend(paths.filter(|path| self.has_file(path)));
                }
            }
            named
        })
    }

    /// Where the Dockerfile of a service lies, if it is a file of this machine.
    fn built_from(&self, chain: &Chain, merged: &Merged) -> Option<PathBuf> {
        let build = merged.service.build.as_ref()?;
        let said = build.context.as_ref();
        let folder = chain
            .composed
            .folder(said.map_or(&build.place, |text| &text.place));
        if build.dockerfile_inline.is_some() || build.is_remote() {
            return None;
        }
        let path = join(
            &join(&folder, &build.context_path()?),
            &build.dockerfile_path()?,
        );
        self.within(&path).then_some(path)
    }

    pub(super) fn built(&self, folder: &Path, build: &Build) -> Built {
        if build.dockerfile_inline.is_some() {
            return Built::Inline;
        }
        let (Some(context), Some(file)) = (build.context_path(), build.dockerfile_path()) else {
            return Built::Elsewhere;
        };
        if build.is_remote() {
            return Built::Elsewhere;
        }
        let path = join(&join(folder, &context), &file);
        if !self.within(&path) {
            return Built::Outside(path);
        }
        let known = self.fact::<Dockerfile>(&path);
        Built::From(path, known)
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|kind| kind == "yml" || kind == "yaml")
}

/// As what do the chains of its folder have a service of a file?
#[derive(Debug)]
struct ServiceInChains {
    file: PathBuf,
    service: String,
}

impl Question for ServiceInChains {
    type Answer = Vec<InChain>;
    fn answer(&self, workspace: &Workspace) -> Vec<InChain> {
        let chains = workspace.chains(View::folder(&self.file));
        let with = chains
            .iter()
            .filter(|chain| chain.files.contains(&self.file));
        with.filter_map(|chain| {
            Some(InChain {
                files: chain.files.clone(),
                stage: chain.stage,
                merged: chain.composed.service(&self.service)?.clone(),
            })
        })
        .collect()
    }
}

/// What is known of a compose file?
#[derive(Debug)]
struct Looked(PathBuf);

impl Question for Looked {
    type Answer = Found;
    fn answer(&self, workspace: &Workspace) -> Found {
        workspace.look(&self.0)
    }
}

/// Does another compose file extend or include this one?
#[derive(Debug)]
struct Used(PathBuf);

impl Question for Used {
    type Answer = bool;
    fn answer(&self, workspace: &Workspace) -> bool {
        let folders = workspace.compose_folders();
        folders.iter().any(|folder| {
            let chains = workspace.chains(folder);
            chains.iter().any(|chain| {
                chain.composed.files.contains(&self.0) && !chain.files.contains(&self.0)
            })
        })
    }
}

/// From what does a service of a file build its image?
#[derive(Debug)]
struct Image {
    folder: PathBuf,
    build: Build,
}

impl Question for Image {
    type Answer = Built;
    fn answer(&self, workspace: &Workspace) -> Built {
        workspace.built(&self.folder, &self.build)
    }
}

/// Which services build their images from a Dockerfile?
#[derive(Debug)]
struct Builders(PathBuf);

impl Question for Builders {
    type Answer = Vec<InChain>;
    fn answer(&self, workspace: &Workspace) -> Vec<InChain> {
        let mut builders = Vec::new();
        for folder in workspace.compose_folders().iter() {
            for chain in workspace.chains(folder).iter() {
                let services = chain.composed.services.iter();
                let of = |merged: &&Merged| {
                    workspace.built_from(chain, merged).as_ref() == Some(&self.0)
                };
                builders.extend(services.filter(of).map(|merged| InChain {
                    files: chain.files.clone(),
                    stage: chain.stage,
                    merged: merged.clone(),
                }));
            }
        }
        builders
    }
}

impl View<'_> {
    /// A service of a compose file, as each chain of compose files has it that the file takes part in: with what it extends,
    /// and what overrides it.
    pub fn service(&self, file: &Path, service: &str) -> Vec<InChain> {
        self.ask(ServiceInChains {
            file: file.to_path_buf(),
            service: service.to_owned(),
        })
    }

    /// A compose file that another one names.
    pub fn compose_file(&self, path: &Path) -> Found {
        self.ask(Looked(path.to_path_buf()))
    }

    /// Whether another compose file extends or includes this one.
    pub fn is_used(&self, file: &Path) -> bool {
        self.ask(Used(file.to_path_buf()))
    }

    /// From what an image is built, for a service that is written in `file`.
    pub fn image(&self, file: &Path, build: &Build) -> Built {
        self.ask(Image {
            folder: View::folder(file).to_path_buf(),
            build: build.clone(),
        })
    }

    /// The services that build their images from a Dockerfile, as each chain of compose files has them.
    pub fn builders(&self, dockerfile: &Path) -> Vec<InChain> {
        self.ask(Builders(dockerfile.to_path_buf()))
    }
}
