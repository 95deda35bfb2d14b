//! What a Prometheus server reads besides its configuration, where it runs in a container: files are found through the mounts
//! of compose files, and where there are none, beside the configuration.

use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use super::requires::Requires;
use super::{Fact, Question, Source, View, Workspace};
use crate::config::nearest;
use crate::file::Kind;
use crate::model::compose::{self, VolumeKind};
use crate::model::prometheus::{Kind as About, Rules};
use crate::path::join;

/// What the rules of a file alert of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Alerts {
    pub any: bool,
    pub errors: bool,
    pub latency: bool,
    pub restarts: bool,
}

impl Alerts {
    pub fn of(rules: &Rules) -> Alerts {
        let about = |wanted: About| {
            rules
                .alerts
                .iter()
                .any(|alert| rules.kind(alert) == Some(wanted))
        };
        Alerts {
            any: !rules.alerts.is_empty(),
            errors: about(About::Errors),
            latency: about(About::Latency),
            restarts: about(About::Restarts),
        }
    }

    pub fn and(self, other: Alerts) -> Alerts {
        Alerts {
            any: self.any || other.any,
            errors: self.errors || other.errors,
            latency: self.latency || other.latency,
            restarts: self.restarts || other.restarts,
        }
    }
}

impl Fact for Alerts {
    /// Whatever its name: a configuration may call it as it likes.
    fn read(source: &Source) -> Option<Alerts> {
        let rules = source.text().contains("groups:");
        rules.then(|| Alerts::of(&Rules::read(&source.parts(Kind::PrometheusRules, |_| true))))
    }
}

/// What an entry of `rule_files` names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    Files(Vec<PathBuf>),
    /// Nothing, though the place where it leads can be seen; and what may be meant, in its place.
    Nothing(Option<String>),
    /// It lies where nobody can look.
    Unseen,
}

/// What do entries of `rule_files` name?
#[derive(Debug)]
struct RuleFiles {
    config: PathBuf,
    entries: Vec<String>,
}

impl Question for RuleFiles {
    type Answer = Vec<Named>;
    fn answer(&self, workspace: &Workspace) -> Vec<Named> {
        let containers = workspace.containers(&self.config);
        let each = |entry: &String| {
            let beside = || beside(workspace, &self.config, entry);
            let mut found = containers
                .iter()
                .map(|container| container.named(workspace, entry));
            let first = found.next().unwrap_or_else(beside);
            match first {
                Named::Files(_) => first,
                _ => found
                    .find(|named| matches!(named, Named::Files(_)))
                    .unwrap_or(first),
            }
        };
        self.entries.iter().map(each).collect()
    }
}

/// A container in which a configuration is mounted.
#[derive(Debug)]
struct Container {
    /// The folder of the configuration there.
    folder: PathBuf,
    /// What is mounted where; the longest targets first.
    mounts: Vec<(PathBuf, PathBuf)>,
}

impl Container {
    fn named(&self, workspace: &Workspace, entry: &str) -> Named {
        let inside = join(&self.folder, entry);
        // The part of the path up to a pattern decides which mount it is.
        let mount = self
            .mounts
            .iter()
            .find(|(target, _)| inside.starts_with(target));
        let Some((target, source)) = mount else {
            return Named::Unseen;
        };
        let below = inside.strip_prefix(target).unwrap_or(Path::new(""));
        let path = if below.as_os_str().is_empty() {
            source.clone()
        } else {
            source.join(below)
        };
        search(workspace, &path, entry)
    }
}

/// An entry of a configuration that nothing mounts.
fn beside(workspace: &Workspace, config: &Path, entry: &str) -> Named {
    let folder = View::folder(config);
    if !entry.starts_with('/') {
        return search(workspace, &join(folder, entry), entry);
    }
    // Where images have the configuration by custom.
    let below = entry.strip_prefix("/etc/prometheus/");
    let found = below.map(|below| search(workspace, &join(folder, below), below));
    match found {
        Some(Named::Files(files)) => Named::Files(files),
        _ => Named::Unseen,
    }
}

/// The files that a path names, whose last part may be a pattern.
fn search(workspace: &Workspace, path: &Path, entry: &str) -> Named {
    if !workspace.within(path) {
        return Named::Unseen;
    }
    let (folder, name) = (
        View::folder(path),
        path.file_name().and_then(|name| name.to_str()),
    );
    let Some(name) = name else {
        return Named::Unseen;
    };
    let is_pattern = name.contains(['*', '?', '[']);
    if folder.to_string_lossy().contains(['*', '?', '[']) {
        return Named::Unseen;
    }
    let names = workspace.folder(folder).unwrap_or_default();
    let matches = |known: &str| match is_pattern {
        true => {
            let glob = GlobBuilder::new(name).literal_separator(true).build();
            glob.is_ok_and(|glob| glob.compile_matcher().is_match(known))
        }
        false => known == name,
    };
    let files: Vec<PathBuf> = names
        .files()
        .filter(|known| matches(known))
        .map(|known| folder.join(known))
        .collect();
    if !files.is_empty() {
        return Named::Files(files);
    }
    let rules: Vec<&str> = names
        .files()
        .filter(|known| {
            workspace
                .fact::<Alerts>(&folder.join(known))
                .here()
                .is_some()
        })
        .collect();
    let near = match is_pattern {
        true => {
            let endings = rules.iter().filter_map(|known| known.rsplit_once('.'));
            let mut endings = endings.map(|(_, ending)| ending);
            let stem = name.rsplit_once('.').map(|(stem, _)| stem);
            stem.and_then(|stem| {
                let wanted = GlobBuilder::new(stem).build().ok()?.compile_matcher();
                let fits = rules.iter().any(|known| {
                    known
                        .rsplit_once('.')
                        .is_some_and(|(known, _)| wanted.is_match(known))
                });
                Some(format!("{stem}.{}", endings.next().filter(|_| fits)?))
            })
        }
        false => nearest(name, rules.iter().copied()).map(str::to_owned),
    };
    let near = near.map(|near| match entry.rsplit_once('/') {
        Some((before, _)) => format!("{before}/{near}"),
        None => near,
    });
    Named::Nothing(near)
}

impl Workspace {
    /// The containers in which a file, or its folder, is mounted.
    fn containers(&self, config: &Path) -> Vec<Container> {
        let folders = self.compose_folders();
        let list = self.list();
        let files = folders.iter().flat_map(|folder| {
            let beside = list
                .range(folder.clone()..)
                .take_while(move |path| path.starts_with(folder));
            beside.filter(move |path| path.parent() == Some(folder))
        });
        let mut found = Vec::new();
        for path in files {
            let Some(file) = self.fact::<compose::File>(path).here() else {
                continue;
            };
            let folder = View::folder(path);
            for service in &file.services {
                let volumes = service
                    .volumes
                    .iter()
                    .filter(|volume| volume.kind == VolumeKind::Bind);
                let binds = volumes.filter_map(|volume| {
                    let source = join(folder, &volume.source_path()?);
                    Some((PathBuf::from(volume.target_path()?), source))
                });
                let grants = service.configs.iter().filter_map(|grant| {
                    let name = grant.source.value();
                    let config = file.configs.iter().find(|config| config.name == *name)?;
                    let source = join(folder, &config.file.as_ref()?.expanded()?);
                    let target = grant
                        .target
                        .as_ref()
                        .map(|target| target.value().into_owned());
                    Some((
                        PathBuf::from(target.unwrap_or_else(|| format!("/{name}"))),
                        source,
                    ))
                });
                let mut mounts: Vec<(PathBuf, PathBuf)> = binds.chain(grants).collect();
                mounts.sort_by_key(|(target, _)| std::cmp::Reverse(target.as_os_str().len()));
                let holds = mounts.iter().find_map(|(target, source)| {
                    let below = config.strip_prefix(source).ok()?;
                    Some(join(target, &below.to_string_lossy()))
                });
                if let Some(inside) = holds {
                    found.push(Container {
                        folder: View::folder(&inside).to_path_buf(),
                        mounts,
                    });
                }
            }
        }
        found
    }
}

/// What do these files alert of?
#[derive(Debug)]
struct AlertsIn(Vec<PathBuf>);

impl Question for AlertsIn {
    type Answer = Alerts;
    fn answer(&self, workspace: &Workspace) -> Alerts {
        let told = self
            .0
            .iter()
            .filter_map(|path| workspace.fact::<Alerts>(path).here());
        told.fold(Alerts::default(), |all, alerts| all.and(*alerts))
    }
}

/// What tells a server of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exporter {
    FastapiInstrumentator,
    Starlette,
    Django,
    Flask,
}

const EXPORTERS: &[(&str, Exporter)] = &[
    (
        "prometheus-fastapi-instrumentator",
        Exporter::FastapiInstrumentator,
    ),
    ("starlette-exporter", Exporter::Starlette),
    ("django-prometheus", Exporter::Django),
    ("prometheus-flask-exporter", Exporter::Flask),
];

/// Which exporter does the project require?
#[derive(Debug)]
struct ExporterOf;

struct KnownExporter(Option<Exporter>);

impl Question for ExporterOf {
    type Answer = Option<Exporter>;
    fn answer(&self, workspace: &Workspace) -> Option<Exporter> {
        let known = workspace.derived(Path::new(""), || {
            let list = workspace.list();
            let files = list.iter().filter(|path| {
                let name = path
                    .file_name()
                    .and_then(|name| name.to_str())
                    .unwrap_or_default();
                !path.starts_with("..")
                    && (name == "pyproject.toml"
                        || name.starts_with("requirements") && name.ends_with(".txt"))
            });
            let mut told = files.filter_map(|path| workspace.fact::<Requires>(path).here());
            KnownExporter(told.find_map(|requires| {
                let known =
                    |(name, _): &&(&str, Exporter)| requires.0.iter().any(|own| own == name);
                EXPORTERS.iter().find(known).map(|(_, exporter)| *exporter)
            }))
        });
        known.0
    }
}

impl View<'_> {
    /// What the entries of `rule_files` of a configuration name.
    pub fn rule_files(&self, config: &Path, entries: Vec<String>) -> Vec<Named> {
        match entries.is_empty() {
            true => Vec::new(),
            false => self.ask(RuleFiles {
                config: config.to_path_buf(),
                entries,
            }),
        }
    }

    /// What files of rules alert of.
    pub fn alerts_in(&self, files: Vec<PathBuf>) -> Alerts {
        match files.is_empty() {
            true => Alerts::default(),
            false => self.ask(AlertsIn(files)),
        }
    }

    /// The exporter that some unit of the project requires.
    pub fn exporter(&self) -> Option<Exporter> {
        self.ask(ExporterOf)
    }

    /// Whether the folder of a configuration can be seen by the server that reads it.
    pub fn sees_its_folder(&self, config: &Path) -> bool {
        self.ask(SeesFolder(config.to_path_buf()))
    }
}

/// Does the server that reads a configuration see the files beside it?
#[derive(Debug)]
struct SeesFolder(PathBuf);

impl Question for SeesFolder {
    type Answer = bool;
    fn answer(&self, workspace: &Workspace) -> bool {
        let containers = workspace.containers(&self.0);
        let sees = |container: &Container| {
            let mut mounts = container.mounts.iter();
            mounts.any(|(_, source)| View::folder(&self.0).starts_with(source))
        };
        containers.iter().all(sees)
    }
}
