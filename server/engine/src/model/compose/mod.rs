//! Compose: services, their environment and ports, with anchors, aliases and merge keys resolved.
//!
//! Source: the Compose specification. What merges across files (`extends`, overrides) is a matter of the project.

pub mod images;
pub mod interpolation;
pub mod ports;
mod reader;

use std::ops::Range;

use crate::outside::Outside;
use crate::rule::Place;
use crate::syntax::yaml::{Entry, Part, Style, Value};
use crate::text::Span;

pub use images::Class;
pub use ports::{Bind, Port};
use reader::{Pair, Reader, Ref};

/// A service.
#[derive(Debug)]
pub struct Service {
    pub name: String,
    /// The key under which it is defined.
    pub place: Place,
    pub image: Option<Text>,
    /// Whether it is built from source here.
    pub build: bool,
    pub class: Class,
    pub ports: Vec<Port>,
    pub environment: Vec<EnvVar>,
    /// Scalars outside of the environment that refer to variables.
    pub settings: Vec<Setting>,
    /// All its profiles are for development.
    pub development: bool,
    /// Ports are not published, since the service uses the network of the host.
    pub on_host_network: bool,
}

/// A variable of a service's environment.
#[derive(Debug)]
pub struct EnvVar {
    pub service: String,
    pub name: String,
    pub name_place: Place,
    /// `None` when the variable is passed through from the shell.
    pub value: Option<Text>,
    /// All profiles of its service are for development.
    pub development: bool,
}

/// A scalar somewhere in a service.
#[derive(Debug)]
pub struct Setting {
    /// The key that the scalar belongs to: `command`, or the name of a build argument.
    pub key: String,
    pub text: Text,
}

/// A scalar, or a piece of one, as it is written.
#[derive(Debug, Clone)]
pub struct Text {
    /// Without quotes; escapes and line breaks as they are.
    pub raw: String,
    /// Of `raw`.
    pub place: Place,
    pub style: Style,
    /// The alias through which the service has it.
    pub used: Option<Place>,
}

impl Text {
    /// The place of a range of `raw`.
    pub fn at(&self, range: Range<usize>) -> Place {
        let span = Span::new(range.start, range.end).shifted(self.place.span.start as usize);
        Place {
            owner: self.place.owner.clone(),
            span,
        }
    }
    /// A piece of it.
    pub fn piece(&self, range: Range<usize>) -> Text {
        Text {
            raw: self.raw[range.clone()].to_string(),
            place: self.at(range),
            ..self.clone()
        }
    }
}

/// Nesting of a service that is read.
const DEPTH: usize = 24;

/// The services that a chunk defines.
pub fn services(part: &Part, outside: &Outside) -> Vec<Service> {
    part.services()
        .into_iter()
        .filter_map(|entry| service(part, outside, entry))
        .collect()
}

fn service(part: &Part, outside: &Outside, entry: Entry) -> Option<Service> {
    let reader = Reader::new(part, outside);
    let name = part.scalar(entry.key)?.into_owned();
    let service = reader.resolve(&reader.home(entry.value?))?;
    let pairs = reader.pairs(&service);
    // In a mapping that says a key twice the last one counts.
    let get = |key: &str| {
        let pair = pairs.iter().rfind(|pair| pair.name == key)?;
        let value = reader.resolve(pair.value.as_ref()?)?;
        Some((pair, value))
    };
    let profiles: Vec<String> = get("profiles")
        .map(|(_, value)| reader.items(&value))
        .unwrap_or_default()
        .iter()
        .filter_map(|(_, item)| Some(item.scalar()?.into_owned()))
        .collect();
    let development = !profiles.is_empty() && profiles.iter().all(|name| is_development(name));
    let image = get("image").and_then(|(_, value)| value.text());
    let environment = get("environment")
        .map(|(_, value)| environment(&reader, &value, &name, development))
        .unwrap_or_default();
    let ports = get("ports")
        .map(|(pair, value)| {
            let expose = pairs.iter().rfind(|pair| pair.name == "expose");
            ports::read(
                &reader,
                &value,
                &ports::Around {
                    service: &service,
                    ports: pair,
                    expose,
                },
            )
        })
        .unwrap_or_default();
    let network = get("network_mode").and_then(|(_, value)| value.scalar());
    let build = get("build").is_some();
    Some(Service {
        place: part.node(entry.key).span.into(),
        class: images::class(&name, image.as_ref().map(|image| image.raw.as_str())),
        build,
        image,
        ports,
        environment,
        settings: settings(&reader, &pairs),
        development,
        on_host_network: network.as_deref() == Some("host"),
        name,
    })
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

fn environment(reader: &Reader, node: &Ref, service: &str, development: bool) -> Vec<EnvVar> {
    let variable = |name: String, name_place: Place, value: Option<Text>| EnvVar {
        service: service.to_string(),
        name,
        name_place,
        value,
        development,
    };
    let of_pairs = |node: &Ref| -> Vec<EnvVar> {
        reader
            .pairs(node)
            .into_iter()
            .map(|pair| {
                let value = pair.value.as_ref().and_then(|value| reader.resolve(value));
                let text = value.and_then(|value| value.text());
                variable(pair.name, pair.key.place(pair.key.span()), text)
            })
            .collect()
    };
    match &node.part.node(node.id).value {
        Value::Mapping { .. } => of_pairs(node),
        Value::Sequence { .. } => reader
            .items(node)
            .into_iter()
            .flat_map(|(_, item)| match item.text() {
                Some(text) => {
                    let equals = text.raw.find('=');
                    let name = text.piece(0..equals.unwrap_or(text.raw.len()));
                    let value = equals.map(|at| text.piece(at + 1..text.raw.len()));
                    vec![variable(name.raw.trim().to_string(), name.place, value)]
                }
                // `- KEY: value` is no valid compose, and often written.
                None => of_pairs(&item),
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn settings(reader: &Reader, pairs: &[Pair]) -> Vec<Setting> {
    let mut found = Vec::new();
    for pair in pairs {
        let Some(value) = pair.value.as_ref().filter(|_| pair.name != "environment") else {
            continue;
        };
        reader.each_scalar(&pair.name, value, DEPTH, &mut |key, text| {
            if !text.raw.contains('$') {
                return;
            }
            // `args: - KEY=value` and labels in list form.
            let (key, text) = match text.raw.find('=').filter(|at| is_name(&text.raw[..*at])) {
                Some(at) => (
                    text.raw[..at].to_string(),
                    text.piece(at + 1..text.raw.len()),
                ),
                None => (key.to_string(), text),
            };
            found.push(Setting { key, text });
        });
    }
    found
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}
