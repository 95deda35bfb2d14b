//! A compose file with all that it makes together with others: what rules are asked that look for something missing, since
//! what one file lacks another one may say.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Question, View, Workspace};
use crate::file;
use crate::model::compose::{Class, Composed, File, Found, Merged, Service, compose};
use crate::rule::{Owner, Place};

/// A compose file as it is now, and the projects that it is part of.
#[derive(Debug)]
pub struct Stack {
    pub path: PathBuf,
    pub stage: file::Stage,
    pub file: Arc<File>,
    /// One for each chain of files that it is read in; at least one.
    pub runs: Vec<Run>,
    /// Nothing is known of files around it.
    pub alone: bool,
}

/// Files that are read one on top of the other, and what they make together. All places say in which file they lie.
#[derive(Debug)]
pub struct Run {
    pub files: Vec<PathBuf>,
    pub stage: file::Stage,
    pub composed: Composed,
    index: OnceCell<Index>,
}

/// What is looked up again and again, made when it is first asked for.
#[derive(Debug)]
struct Index {
    /// The services by name.
    services: HashMap<String, usize>,
    /// Names by which services are reached, with a number each.
    names: HashMap<String, u32>,
    /// The numbers of the names that each service speaks of.
    hosts: Vec<HashSet<u32>>,
    /// Services for whose end others wait.
    awaited: HashSet<String>,
}

impl Stack {
    pub fn read(file: Arc<File>, role: &file::File, view: &View) -> Stack {
        let path = role.path.clone();
        let look = |other: &Path| {
            if other == path {
                Found::Here(file.clone())
            } else {
                view.compose_file(other)
            }
        };
        let mut chains = view.chain_files(&path);
        let alone = chains.is_empty();
        if alone {
            chains.push((vec![path.clone()], role.stage));
        }
        let runs = chains.into_iter().map(|(files, stage)| Run {
            composed: compose(&files, &look),
            files,
            stage,
            index: OnceCell::new(),
        });
        Stack {
            runs: runs.collect(),
            stage: role.stage,
            file: file.clone(),
            path,
            alone,
        }
    }

    /// The runs that tell what the file is deployed as: those for production, where there are any; for a development file
    /// those that it ends.
    pub fn deployed(&self) -> Vec<&Run> {
        let all = || self.runs.iter();
        let of = |stage: file::Stage| all().filter(|run| run.stage == stage).collect::<Vec<_>>();
        let own = || {
            let ends = |run: &&Run| run.files.last() == Some(&self.path);
            all().filter(ends).collect::<Vec<_>>()
        };
        let mut found = Vec::new();
        if self.stage != file::Stage::Development {
            found = of(file::Stage::Production);
            if found.is_empty() {
                found = of(file::Stage::Base);
            }
        }
        if found.is_empty() {
            found = own();
        }
        found
    }

    /// The services of this file in the runs that count, by name: each as all of these have it, the first one first. A
    /// service is that of the file that defines it, and of no other.
    pub fn services(&self) -> Vec<(&str, Vec<(&Run, &Merged)>)> {
        let deployed = self.deployed();
        let mut found: Vec<(&str, Vec<(&Run, &Merged)>)> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        for run in deployed {
            for merged in &run.composed.services {
                let service = &merged.service;
                if !self.is_here(&service.place) || run.is_unknown(service) {
                    continue;
                }
                match known.get(service.name.as_str()) {
                    Some(at) => found[*at].1.push((run, merged)),
                    None => {
                        known.insert(&service.name, found.len());
                        found.push((&service.name, vec![(run, merged)]));
                    }
                }
            }
        }
        found
    }

    pub fn is_here(&self, place: &Place) -> bool {
        place.file() == Some(&*self.path)
    }

    /// A place of this file as its findings name it.
    pub fn here(&self, place: &Place) -> Option<Place> {
        match &place.owner {
            Owner::In(path, chunk) if **path == *self.path => Some(Place {
                owner: Owner::Nth(*chunk),
                span: place.span,
            }),
            _ => None,
        }
    }
}

impl Run {
    /// Whether what makes the service up was not all seen, so that nothing can be said to be missing.
    pub fn is_unknown(&self, service: &Service) -> bool {
        let hollow = service.image.is_none() && service.build.is_none();
        hollow || service.cut_short || self.composed.partial && service.extends.is_some()
    }

    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.composed.services.iter().map(|merged| &merged.service)
    }

    /// The services that hold data.
    pub fn datastores(&self) -> impl Iterator<Item = &Service> {
        self.services()
            .filter(|service| service.class == Class::Datastore)
    }

    /// Whether a service starts after another one, or speaks of it by one of its names in what it is given.
    pub fn uses(&self, user: &Service, of: &Service) -> bool {
        user.name != of.name && (user.depends_on(&of.name) || self.mentions(user, of))
    }

    /// Whether a name by which others reach a service is a host in what another one is given.
    pub fn mentions(&self, user: &Service, of: &Service) -> bool {
        let index = self.index();
        let hosts = index.services.get(&user.name).map(|at| &index.hosts[*at]);
        let said = |name: &str| {
            let number = index.names.get(name);
            number.is_some_and(|number| hosts.is_some_and(|hosts| hosts.contains(number)))
        };
        names(of).any(|name| said(&name))
    }

    /// Whether another service waits for the end of this one.
    pub fn is_awaited(&self, service: &Service) -> bool {
        self.index().awaited.contains(&service.name)
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let services = || self.services();
            let awaited = services()
                .flat_map(|service| &service.depends_on)
                .filter(|on| {
                    let condition = on.condition.as_ref().map(|text| text.value());
                    condition.as_deref() == Some("service_completed_successfully")
                });
            let mut known = HashMap::new();
            for name in services().flat_map(names) {
                let number = known.len() as u32;
                known.entry(name.into_owned()).or_insert(number);
            }
            let ordered = services().zip(0..);
            Index {
                services: ordered
                    .map(|(service, at)| (service.name.clone(), at))
                    .collect(),
                hosts: services().map(|service| hosts(service, &known)).collect(),
                awaited: awaited.map(|on| on.service.value().into_owned()).collect(),
                names: known,
            }
        })
    }
}

impl Service {
    pub fn depends_on(&self, name: &str) -> bool {
        self.depends_on.iter().any(|on| on.service.value() == name)
    }
}

/// The names by which others reach a service.
fn names(service: &Service) -> impl Iterator<Item = Cow<'_, str>> {
    let own = service.container_name.as_ref().map(|name| name.value());
    let aliases = service.networks.iter().flat_map(|known| &known.aliases);
    [Cow::Borrowed(service.name.as_str())]
        .into_iter()
        .chain(own)
        .chain(aliases.map(|alias| alias.value()))
}

/// The names in what a service is given.
fn hosts(service: &Service, names: &HashMap<String, u32>) -> HashSet<u32> {
    let mut found = HashSet::new();
    let mut take = |text: &str| words(text, names, &mut found);
    let variables = service.environment.iter();
    let values = variables.filter_map(|variable| variable.value.as_ref());
    values.for_each(|value| take(&value.raw));
    let settings = service.settings.iter();
    settings.for_each(|setting| take(&setting.text.raw));
    let commands = [&service.command, &service.entrypoint];
    for command in commands.into_iter().flatten() {
        command.values().for_each(&mut take);
    }
    found
}

/// The words of a text that stand for themselves: `db` in `postgres://a:b@db:5432/x`, not in `db_name`, `/db` or `my-db`.
fn words(text: &str, names: &HashMap<String, u32>, found: &mut HashSet<u32>) {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !part(bytes[at]) {
            at += 1;
            continue;
        }
        let length = bytes[at..].iter().take_while(|byte| part(**byte)).count();
        let before = &bytes[..at];
        let path = before.ends_with(b"/") && !before.ends_with(b"//");
        if !path && let Some(number) = names.get(&text[at..at + length]) {
            found.insert(*number);
        }
        at += length;
    }
}

/// In which chains of its folder does a file take part, and for what?
#[derive(Debug)]
struct ChainFiles(PathBuf);

impl Question for ChainFiles {
    type Answer = Vec<(Vec<PathBuf>, file::Stage)>;
    fn answer(&self, workspace: &Workspace) -> Self::Answer {
        let chains = workspace.chain_files(View::folder(&self.0));
        let with = chains.iter().filter(|(files, _)| files.contains(&self.0));
        with.cloned().collect()
    }
}

impl View<'_> {
    /// The files of each chain that a compose file takes part in.
    fn chain_files(&self, file: &Path) -> Vec<(Vec<PathBuf>, file::Stage)> {
        self.ask(ChainFiles(file.to_path_buf()))
    }
}
