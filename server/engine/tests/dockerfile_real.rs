//! Real Dockerfiles (`HARDEN_REAL`): nothing is lost, nothing panics, whatever is done to them; how long each takes.

use std::path::PathBuf;
use std::sync::Arc;

use harden_engine::chunk::Chunks;
use harden_engine::file::Language;
use harden_engine::model::Part;
use harden_engine::model::dockerfile::{Dockerfile, Stage};
use harden_engine::syntax;
use harden_engine::work::Work;

use crate::chunk_texts::{own, real};
use crate::support::real::{Texts, damage, list_slowest};

pub(crate) fn parts(text: &str) -> Vec<(usize, Arc<Part>)> {
    let chunks = Chunks::cut(Language::Dockerfile, text, &mut Work::default());
    let read = |state, text: &str| Arc::new(syntax::read(state, &text.into(), &mut None));
    let list = chunks.list().iter();
    list.map(|chunk| {
        (
            chunk.start,
            read(chunk.state, &text[chunk.start..chunk.end]),
        )
    })
    .collect()
}

fn texts() -> Texts {
    let own = own(Language::Dockerfile).into_iter().enumerate();
    let own = own.map(|(at, text)| (PathBuf::from(format!("own {at}")), text));
    let mut texts = real(Language::Dockerfile).unwrap_or_default();
    texts.extend(own);
    texts
}

/// Ask the model everything.
fn ask(text: &str) -> Dockerfile {
    let file = Dockerfile::read(&parts(text));
    for stage in &file.stages {
        ask_stage(&file, stage);
    }
    file
}

fn ask_stage(file: &Dockerfile, stage: &Stage) {
    let _ = (
        file.user(stage),
        file.workdir(stage),
        file.env(stage),
        file.entrypoint(stage),
        file.cmd(stage),
        file.shell(stage),
        file.copies(stage),
        file.image(stage).map(|image| image.dialect()),
        file.commands(stage).len(),
        file.is_development(stage, None),
    );
}

#[test]
fn chunks_join_to_the_file_and_every_span_lies_in_it() {
    for (name, text) in texts() {
        let chunks = Chunks::cut(Language::Dockerfile, &text, &mut Work::default());
        let list = chunks.list().iter();
        let joined: String = list.map(|chunk| &text[chunk.start..chunk.end]).collect();
        assert_eq!(joined, text, "{name:?}");
        for (start, part) in parts(&text) {
            let Part::Dockerfile(part) = &*part else {
                panic!("{name:?}: no part of a Dockerfile")
            };
            for instruction in &part.instructions {
                let span = instruction.span.shifted(start);
                assert!(
                    text.get(span.range()).is_some(),
                    "{name:?}: {instruction:?}"
                );
                let commands = instruction
                    .run()
                    .map_or(&[][..], |run| &run.script.commands);
                for command in commands {
                    for word in &command.words {
                        let written = text.get(word.span.shifted(start).range());
                        assert!(written.is_some(), "{name:?}: {word:?}");
                    }
                }
            }
        }
        ask(&text);
    }
}

/// `HARDEN_LIST` names a file that takes every instruction's place: what is compared with BuildKit's parser by hand.
#[test]
fn instructions_can_be_listed() {
    let Some(to) = std::env::var_os("HARDEN_LIST") else {
        return;
    };
    let mut lines = String::new();
    for (name, text) in texts() {
        let name = name.display();
        for (start, part) in parts(&text) {
            let Part::Dockerfile(part) = &*part else {
                continue;
            };
            for instruction in &part.instructions {
                let line = |at: usize| text[..at].matches('\n').count() + 1;
                let span = instruction.span.shifted(start);
                let word = &text[instruction.name.shifted(start).range()];
                lines += &format!(
                    "{name}\t{}\t{}\t{}\n",
                    line(span.start as usize),
                    line(span.end as usize),
                    word.to_lowercase()
                );
            }
        }
    }
    std::fs::write(to, lines).unwrap();
}

#[test]
fn damage_is_read() {
    damage(Language::Dockerfile, &texts(), 30, |text| drop(ask(text)));
}

/// Printed with `--nocapture`; a test's profile, so an upper bound.
#[test]
fn the_slowest_are_listed() {
    list_slowest(&texts(), |text| {
        let file = Dockerfile::read(&parts(text));
        if let Some(stage) = file.shipped(None) {
            ask_stage(&file, stage);
        }
    });
}
