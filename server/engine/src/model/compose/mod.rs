//! Compose: services with all that they say, anchors, aliases and merge keys resolved.
//!
//! Source: the Compose specification. What merges across files (`extends`, overrides) is a matter of the project.

mod build;
mod chain;
mod command;
mod deploy;
mod environment;
mod file;
pub mod images;
pub mod interpolation;
mod links;
mod literal;
mod marks;
mod merge;
mod places;
pub mod ports;
mod problem;
pub(super) mod reader;
pub(super) mod removal;
mod resolve;
pub(super) mod text;
pub mod volumes;

use crate::chunk::yaml::Section;
use crate::outside::Outside;
use crate::rule::Place;
use crate::syntax::yaml::Part;

pub use build::Build;
pub use chain::{BASES, Chain, chains};
pub use command::{Block, Command, Form, Item, Word};
pub use deploy::{Deploy, bytes};
pub use environment::{EnvVar, Setting};
pub use file::{File, Include, Resource};
pub use images::Class;
pub use links::{Attached, DependsOn, EnvFile, Extends, Grant, Healthcheck};
pub use literal::{Literal, digest, literals, named_literals};
pub use marks::{Kind as MarkKind, Mark};
pub use merge::merge;
pub use ports::{Bind, Port};
pub use problem::{Problem, Wrong};
use reader::{Reader, Ref};
pub use resolve::{Composed, Found, Merged, compose};
pub use text::{Assigned, Text};
pub use volumes::{Kind as VolumeKind, Volume};

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Service {
    pub name: String,
    /// The key under which it is defined.
    pub place: Place,
    pub image: Option<Text>,
    pub class: Class,
    pub build: Option<Build>,
    pub ports: Vec<Port>,
    pub environment: Vec<EnvVar>,
    /// Scalars outside of the environment that refer to variables, or hold a URL with a password.
    pub settings: Vec<Setting>,
    /// All its profiles are for development.
    pub development: bool,
    /// Ports are not published, since the service uses the network of the host.
    pub on_host_network: bool,
    pub volumes: Vec<Volume>,
    /// Empty for the default network.
    pub networks: Vec<Attached>,
    pub network_mode: Option<Text>,
    pub command: Option<Command>,
    pub entrypoint: Option<Command>,
    pub healthcheck: Option<Healthcheck>,
    pub user: Option<Text>,
    pub working_dir: Option<Text>,
    pub container_name: Option<Text>,
    pub restart: Option<Text>,
    pub deploy: Deploy,
    pub env_file: Vec<EnvFile>,
    pub labels: Vec<Assigned>,
    pub profiles: Vec<Text>,
    pub depends_on: Vec<DependsOn>,
    pub extends: Option<Extends>,
    pub secrets: Vec<Grant>,
    pub configs: Vec<Grant>,
    /// What it says about merging with the service that it overrides.
    pub marks: Vec<Mark>,
    /// Aliases blow it up so far that not all of it was read.
    pub cut_short: bool,
}

/// The services that a chunk defines.
pub fn services(part: &Part, outside: &Outside) -> Vec<Service> {
    let mut found = Vec::new();
    for entry in part.section(Section::Services) {
        let reader = &Reader::new(part, outside);
        let (Some(name), Some(value)) = (part.scalar(entry.key), entry.value) else {
            continue;
        };
        if name != "<<" {
            let key = reader.home(entry.key);
            let value = reader.resolve(&reader.home(value));
            found.extend(value.map(|value| service(reader, name.into_owned(), &key, &value)));
            continue;
        }
        // Services that all come from an anchor.
        for pair in reader.pairs(&reader.home(value)) {
            let reader = &Reader::new(part, outside);
            let value = pair.value.as_ref().and_then(|value| reader.resolve(value));
            found.extend(value.map(|value| service(reader, pair.name, &pair.key, &value)));
        }
    }
    found
}

fn service<'a>(reader: &Reader<'a>, name: String, key: &Ref<'a>, node: &Ref<'a>) -> Service {
    let fields = reader.fields(node);
    let command = |key: &str| command::read(reader, &fields.get(key)?);
    let profiles = fields.texts("profiles");
    let development = is_development_only(&profiles);
    let image = fields.text("image");
    let environment = read(&fields.get("environment"), |value| {
        text::assigned(reader, value)
    });
    let environment = environment.into_iter();
    let ports = fields.pair("ports").zip(fields.get("ports"));
    let ports = ports.map(|(pair, value)| {
        let around = ports::Around {
            service: node,
            ports: pair,
            expose: fields.pair("expose"),
        };
        ports::read(reader, &value, &around)
    });
    let volumes = fields.pair("volumes").zip(fields.get("volumes"));
    let network_mode = fields.text("network_mode");
    let build = fields.pair("build").zip(fields.get("build"));
    let mut service = Service {
        place: key.place(key.span()),
        class: images::class(&name, image.as_ref().map(|image| image.raw.as_str())),
        build: build.and_then(|(pair, value)| build::read(reader, pair, &value)),
        image,
        ports: ports.unwrap_or_default(),
        environment: environment
            .map(|assigned| EnvVar::new(assigned, &name, development))
            .collect(),
        settings: environment::settings(reader, &fields.pairs),
        development,
        on_host_network: network_mode
            .as_ref()
            .is_some_and(|mode| mode.value() == "host"),
        volumes: volumes
            .map(|(pair, list)| volumes::read(reader, pair, &list))
            .unwrap_or_default(),
        networks: read(&fields.get("networks"), |value| {
            links::networks(reader, value)
        }),
        network_mode,
        command: command("command"),
        entrypoint: command("entrypoint"),
        healthcheck: links::healthcheck(&fields),
        user: fields.text("user"),
        working_dir: fields.text("working_dir"),
        container_name: fields.text("container_name"),
        restart: fields.text("restart"),
        deploy: deploy::read(&fields),
        env_file: read(&fields.get("env_file"), |value| {
            links::env_files(reader, value)
        }),
        labels: read(&fields.get("labels"), |value| text::assigned(reader, value)),
        profiles,
        depends_on: read(&fields.get("depends_on"), |value| {
            links::depends_on(reader, value)
        }),
        extends: fields
            .get("extends")
            .and_then(|value| links::extends(reader, &value)),
        secrets: read(&fields.get("secrets"), |value| links::grants(reader, value)),
        configs: read(&fields.get("configs"), |value| links::grants(reader, value)),
        marks: marks::read(reader, node),
        cut_short: false,
        name,
    };
    service.cut_short = reader.exhausted();
    service
}

fn read<T>(value: &Option<Ref>, read: impl FnOnce(&Ref) -> Vec<T>) -> Vec<T> {
    value.as_ref().map_or_else(Vec::new, read)
}

/// Whether a service with these profiles is started for development alone.
fn is_development_only(profiles: &[Text]) -> bool {
    !profiles.is_empty() && profiles.iter().all(|name| is_development(&name.value()))
}

/// Profiles and the like that are for development: `dev`, `debug-tools`.
fn is_development(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "dev",
        "development",
        "debug",
        "test",
        "tests",
        "testing",
        "local",
        "ci",
        "e2e",
        "lint",
        "docs",
    ];
    name.to_ascii_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| WORDS.contains(&word))
}
