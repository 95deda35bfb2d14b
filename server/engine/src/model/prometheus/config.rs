//! `prometheus.yml`.

use std::sync::Arc;

use crate::chunk::yaml::Section;
use crate::model::Part;
use crate::model::compose::Text;
use crate::model::compose::reader::Ref;
use crate::model::desk::{self, Desk};
use crate::rule::Place;

/// What a server reads. All places name chunks ([`crate::rule::Owner::Nth`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Config {
    /// The key `rule_files`, where there is one.
    pub rule_files_place: Option<Place>,
    pub rule_files: Vec<Text>,
    /// Alerts are sent to somebody.
    pub alerts_someone: bool,
    /// The key `scrape_configs`, where there is one.
    pub scrape_place: Option<Place>,
    pub scrapes: Vec<Scrape>,
    /// What it reads is sent on: another server may evaluate the rules.
    pub sends_on: bool,
}

/// What is asked for metrics.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scrape {
    pub job: String,
    /// `host:port`, as they are written.
    pub targets: Vec<String>,
    /// They are found by asking somebody.
    pub discovers: bool,
}

impl Config {
    pub fn read(parts: &[(usize, Arc<Part>)]) -> Config {
        let mut config = Config::default();
        desk::each(parts, |desk, part| {
            let key = |name: &str| {
                let entry = part.top(name).into_iter().next()?;
                let key = desk.reader.home(entry.key);
                Some(desk.place(&key, key.span()))
            };
            config.rule_files_place = key("rule_files").or(config.rule_files_place.take());
            config.scrape_place = key("scrape_configs").or(config.scrape_place.take());
            config.sends_on |= key("remote_write").is_some();
            if let Some(list) = desk.top("rule_files") {
                config.rule_files.extend(desk.texts(&list));
            }
            if let Some(alerting) = desk.top("alerting") {
                let fields = desk.reader.fields(&alerting);
                let someone = fields.get("alertmanagers");
                config.alerts_someone |=
                    someone.is_some_and(|list| !desk.reader.items(&list).is_empty());
            }
            for id in part.items_of(Section::ScrapeConfigs) {
                let node = desk.reader.resolve(&desk.reader.home(id));
                config.scrapes.extend(node.map(|node| scrape(desk, &node)));
            }
        });
        config
    }

    /// Whether some job's name or targets have one of these words in them.
    pub fn scrapes(&self, words: &[&str]) -> bool {
        let has = |text: &str| {
            words
                .iter()
                .any(|word| text.to_ascii_lowercase().contains(word))
        };
        let mut scrapes = self.scrapes.iter();
        scrapes.any(|scrape| has(&scrape.job) || scrape.targets.iter().any(|target| has(target)))
    }
}

fn scrape<'a>(desk: &Desk<'a>, node: &Ref<'a>) -> Scrape {
    let fields = desk.reader.fields(node);
    let job = desk.field(&fields, "job_name");
    let mut targets = Vec::new();
    if let Some(list) = fields.get("static_configs") {
        for (_, item) in desk.reader.items(&list) {
            let fields = desk.reader.fields(&item);
            let texts = fields.get("targets").map(|list| desk.texts(&list));
            let texts = texts.unwrap_or_default().into_iter();
            targets.extend(texts.map(|text| text.value().into_owned()));
        }
    }
    Scrape {
        job: job.map(|job| job.value().into_owned()).unwrap_or_default(),
        targets,
        discovers: fields
            .pairs
            .iter()
            .any(|pair| pair.name.ends_with("_sd_configs")),
    }
}
