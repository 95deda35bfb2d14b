//! What a service names elsewhere: services, networks, secrets, configs, files.

use crate::rule::Place;

use super::reader::{Fields, Reader, Ref};
use super::text::Text;

/// `extends`: `web`, or a mapping of service and file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Extends {
    pub service: Text,
    /// `None` for this file.
    pub file: Option<Text>,
}

/// A service that another one waits for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DependsOn {
    pub service: Text,
    /// `service_started` where nothing is said.
    pub condition: Option<Text>,
    /// Without `required: false`.
    pub required: bool,
}

/// A secret or config that a service is given.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Grant {
    pub source: Text,
    pub target: Option<Text>,
}

/// A file of variables.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EnvFile {
    pub path: Text,
    pub required: bool,
}

/// A network that a service is attached to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attached {
    pub network: Text,
    pub aliases: Vec<Text>,
}

/// The test of a health check, and whether it is turned off.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Healthcheck {
    /// The key.
    pub place: Place,
    pub test: Option<super::command::Command>,
    pub disabled: bool,
}

pub(super) fn extends(reader: &Reader, node: &Ref) -> Option<Extends> {
    if let Some(service) = node.text() {
        return (!service.is_null()).then_some(Extends {
            service,
            file: None,
        });
    }
    let fields = reader.fields(node);
    Some(Extends {
        service: fields.text("service")?,
        file: fields.text("file"),
    })
}

pub(super) fn depends_on(reader: &Reader, node: &Ref) -> Vec<DependsOn> {
    let read = |(service, below): (Text, Option<Ref>)| {
        let fields = below.map(|below| reader.fields(&below));
        let text = |name: &str| fields.as_ref().and_then(|fields| fields.text(name));
        DependsOn {
            service,
            condition: text("condition"),
            required: text("required").is_none_or(|text| text.is_true()),
        }
    };
    reader.names(node).into_iter().map(read).collect()
}

pub(super) fn grants(reader: &Reader, node: &Ref) -> Vec<Grant> {
    let items = reader.items(node).into_iter();
    let read = |(_, item): (_, Ref)| {
        if let Some(source) = item.text() {
            return Some(Grant {
                source,
                target: None,
            });
        }
        let fields = reader.fields(&item);
        Some(Grant {
            source: fields.text("source")?,
            target: fields.text("target"),
        })
    };
    items.filter_map(read).collect()
}

pub(super) fn env_files(reader: &Reader, node: &Ref) -> Vec<EnvFile> {
    let one = |path: Text| EnvFile {
        path,
        required: true,
    };
    if let Some(path) = node.text() {
        return (!path.is_null()).then(|| one(path)).into_iter().collect();
    }
    let items = reader.items(node).into_iter();
    let read = |(_, item): (_, Ref)| {
        if let Some(path) = item.text() {
            return Some(one(path));
        }
        let fields = reader.fields(&item);
        Some(EnvFile {
            path: fields.text("path")?,
            required: fields.text("required").is_none_or(|text| text.is_true()),
        })
    };
    items.filter_map(read).collect()
}

pub(super) fn networks(reader: &Reader, node: &Ref) -> Vec<Attached> {
    let read = |(network, below): (Text, Option<Ref>)| Attached {
        network,
        aliases: below
            .map(|below| reader.fields(&below).texts("aliases"))
            .unwrap_or_default(),
    };
    reader.names(node).into_iter().map(read).collect()
}

pub(super) fn healthcheck(fields: &Fields) -> Option<Healthcheck> {
    let place = fields.pair("healthcheck")?.key.clone();
    let inner = fields.reader.fields(&fields.get("healthcheck")?);
    let test = inner
        .get("test")
        .and_then(|test| super::command::read(fields.reader, &test));
    let none = test.as_ref().is_some_and(|test| test.values().eq(["NONE"]));
    Some(Healthcheck {
        place: place.place(place.span()),
        disabled: none || inner.is_true("disable"),
        test,
    })
}
