//! A compose file as other files see it: all that it defines, with no offset that an edit elsewhere in it would change.

use std::collections::HashMap;
use std::sync::Arc;

use crate::chunk::yaml::Section;
use crate::model::Part;
use crate::outside::{Key, Outside, Table};
use crate::rule::{Owner, Place};
use crate::syntax::yaml;

use super::places::Places;
use super::reader::Reader;
use super::text::Text;
use super::{Service, services};

/// All places are relative to chunks, told by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct File {
    /// Of the project.
    pub name: Option<Text>,
    pub services: Vec<Arc<Service>>,
    pub include: Vec<Include>,
    pub networks: Vec<Resource>,
    pub volumes: Vec<Resource>,
    pub secrets: Vec<Resource>,
    pub configs: Vec<Resource>,
}

/// Other compose files that become part of this one's project.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Include {
    /// The first, and those that override it.
    pub paths: Vec<Text>,
    pub project_directory: Option<Text>,
    pub env_file: Vec<Text>,
}

/// A network, volume, secret or config of the top level.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Resource {
    pub name: String,
    /// The key under which it is defined.
    pub place: Place,
    /// It exists outside of the project.
    pub external: bool,
    /// A network without a way out.
    pub internal: bool,
    pub driver: Option<Text>,
    /// Where a secret or config comes from.
    pub file: Option<Text>,
    pub environment: Option<Text>,
    pub content: Option<Text>,
}

impl File {
    /// Read from all parts of a file, in their order.
    pub fn read(parts: &[(usize, Arc<Part>)]) -> File {
        let mut table = Table::default();
        parts.iter().for_each(|(_, part)| table.add(part));
        let outside = Outside::new(&table);
        let mut holders: HashMap<Key, u32> = HashMap::new();
        for (number, (_, part)) in (0..).zip(parts) {
            for export in part.exports() {
                if matches!(export.key, Key::Anchor(_)) {
                    holders.insert(export.key.clone(), number);
                }
            }
        }
        let mut file = File::default();
        for (number, (_, part)) in (0..).zip(parts) {
            let Part::Yaml(part) = &**part else { continue };
            let mut read = File::of_part(part, &outside);
            read.each_place(&mut |place| {
                let chunk = match &place.owner {
                    Owner::Other(key) => holders.get(key).copied().unwrap_or(number),
                    _ => number,
                };
                place.owner = Owner::Nth(chunk);
            });
            file.append(read);
        }
        file
    }

    fn of_part(part: &yaml::Part, outside: &Outside) -> File {
        let section = |section| resources(part, outside, section);
        let reader = Reader::new(part, outside);
        let top = |key: &str| {
            let entry = part.top(key).into_iter().next_back()?;
            reader.resolve(&reader.home(entry.value?))
        };
        File {
            name: top("name").and_then(|name| name.text()),
            services: services(part, outside).into_iter().map(Arc::new).collect(),
            include: top("include").map_or_else(Vec::new, |node| includes(&reader, &node)),
            networks: section(Section::Networks),
            volumes: section(Section::Volumes),
            secrets: section(Section::Secrets),
            configs: section(Section::Configs),
        }
    }

    fn append(&mut self, mut other: File) {
        self.name = other.name.or(self.name.take());
        self.services.append(&mut other.services);
        self.include.append(&mut other.include);
        self.networks.append(&mut other.networks);
        self.volumes.append(&mut other.volumes);
        self.secrets.append(&mut other.secrets);
        self.configs.append(&mut other.configs);
    }

    /// The service of this name; of two the last one counts.
    pub fn service(&self, name: &str) -> Option<&Arc<Service>> {
        self.services.iter().rfind(|service| service.name == name)
    }
}

fn resources(part: &yaml::Part, outside: &Outside, section: Section) -> Vec<Resource> {
    let reader = Reader::new(part, outside);
    let read = |entry: yaml::Entry| {
        let value = entry.value.map(|value| reader.home(value));
        let value = value.and_then(|value| reader.resolve(&value));
        let fields = value.map(|value| reader.fields(&value));
        let text = |key: &str| fields.as_ref().and_then(|fields| fields.text(key));
        let is = |key: &str| text(key).is_some_and(|text| text.is_true());
        let pair = fields.as_ref().and_then(|fields| fields.get("external"));
        // `external: {name: x}` is how it was said once.
        let named = pair.is_some_and(|external| external.text().is_none());
        Some(Resource {
            name: part.scalar(entry.key)?.into_owned(),
            place: part.node(entry.key).span.into(),
            external: named || is("external"),
            internal: is("internal"),
            driver: text("driver"),
            file: text("file"),
            environment: text("environment"),
            content: text("content"),
        })
    };
    part.section(section).into_iter().filter_map(read).collect()
}

fn includes<'a>(reader: &Reader<'a>, node: &super::Ref<'a>) -> Vec<Include> {
    let alone = |path: Text| Include {
        paths: vec![path],
        project_directory: None,
        env_file: Vec::new(),
    };
    if let Some(path) = node.text() {
        return vec![alone(path)];
    }
    let items = reader.items(node).into_iter();
    items
        .filter_map(|(_, item)| {
            if let Some(path) = item.text() {
                return Some(alone(path));
            }
            let fields = reader.fields(&item);
            let paths = fields.texts("path");
            (!paths.is_empty()).then(|| Include {
                paths,
                project_directory: fields.text("project_directory"),
                env_file: fields.texts("env_file"),
            })
        })
        .collect()
}
