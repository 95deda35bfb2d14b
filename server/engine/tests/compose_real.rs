//! Real compose files (`HARDEN_REAL`) and our own: every text lies where it says, nothing panics, whatever is done to them; how
//! long each takes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use harden_engine::chunk::Chunks;
use harden_engine::file::{File as Role, Kind, Language};
use harden_engine::model::Part;
use harden_engine::model::compose::{File, Found, Text, compose, literals};
use harden_engine::rule::Owner;
use harden_engine::syntax;
use harden_engine::work::Work;

use crate::chunk_texts::{own, real};
use crate::support::real::{Texts, damage, list_slowest};

fn texts() -> Texts {
    let own = own(Language::Yaml).into_iter();
    let own = own.map(|text| (PathBuf::from("docker-compose.yml"), text));
    real(Language::Yaml)
        .unwrap_or_default()
        .into_iter()
        .filter(|(path, text)| {
            let file = Role::classify(path, text, &[]);
            file.is_some_and(|file| file.kind == Kind::Compose)
        })
        .chain(own)
        .collect()
}

/// The file, and the texts of its chunks.
fn read(text: &str) -> (File, Vec<String>) {
    let chunks = Chunks::cut(Language::Yaml, text, &mut Work::default());
    let texts = chunks
        .list()
        .iter()
        .map(|chunk| &text[chunk.start..chunk.end]);
    let texts: Vec<String> = texts.map(str::to_string).collect();
    let part = |(text, chunk): (&String, &harden_engine::chunk::Chunk)| {
        let part = syntax::read(chunk.state, &text.as_str().into(), &mut None);
        (chunk.start, Arc::new(part))
    };
    let parts: Vec<(usize, Arc<Part>)> = texts.iter().zip(chunks.list()).map(part).collect();
    (File::read(&parts), texts)
}

/// Ask the model everything, as the only file of its project.
fn ask(text: &str) -> usize {
    let (file, chunks) = read(text);
    let file = Arc::new(file);
    compose(&[PathBuf::from("a.yml")], &|path: &Path| {
        if path == Path::new("a.yml") {
            Found::Here(file.clone())
        } else {
            Found::Unseen
        }
    });
    let mut seen = file.services.len();
    for service in &file.services {
        let lies = |text: &Text| {
            let Owner::Nth(chunk) = text.place.owner else {
                panic!("{text:?}")
            };
            let written = chunks[chunk as usize].get(text.place.span.range());
            assert_eq!(written, Some(text.raw.as_str()), "{}", service.name);
            let (place, before, behind) = text.scalar();
            let whole = chunks[chunk as usize].get(place.span.range()).unwrap();
            assert_eq!(whole, format!("{before}{}{behind}", text.raw));
        };
        literals(service)
            .iter()
            .for_each(|literal| lies(&literal.text));
        let words = [&service.command, &service.entrypoint];
        let words = words
            .into_iter()
            .flatten()
            .flat_map(|command| &command.words);
        words.for_each(|word| lies(&word.text));
        service
            .environment
            .iter()
            .filter_map(|v| v.value.as_ref())
            .for_each(lies);
        for volume in &service.volumes {
            volume.source.iter().chain(&volume.target).for_each(lies);
            let remove = volume
                .remove
                .iter()
                .flatten()
                .map(|place| (&place.owner, place.span));
            for (owner, span) in remove.chain([(&volume.entry.owner, volume.entry.span)]) {
                let Owner::Nth(chunk) = owner else { panic!() };
                assert!(chunks[*chunk as usize].get(span.range()).is_some());
            }
            seen += 1;
        }
    }
    seen
}

#[test]
fn every_text_lies_where_it_says() {
    let seen: usize = texts().iter().map(|(_, text)| ask(text)).sum();
    assert!(seen > 0);
}

#[test]
fn damage_is_read() {
    damage(Language::Yaml, &texts(), 10, |text| {
        ask(text);
    });
}

/// Printed with `--nocapture`; a test's profile, so an upper bound.
#[test]
fn the_slowest_are_listed() {
    list_slowest(&texts(), |text| {
        let (file, _) = read(text);
        file.services
            .iter()
            .for_each(|service| drop(literals(service)));
    });
}
