//! Real Dockerfiles (`HARDEN_REAL`): nothing is lost, nothing panics, whatever is done to them; how long each takes.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use harden_engine::chunk::Chunks;
use harden_engine::file::Language;
use harden_engine::model::Part;
use harden_engine::model::dockerfile::{Dockerfile, Stage};
use harden_engine::syntax;
use harden_engine::work::Work;

use crate::chunk_edit::random_edit;
use crate::chunk_texts::{Dice, own, real};

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

fn texts() -> Vec<(String, String)> {
    let own = own(Language::Dockerfile).into_iter().enumerate();
    let own = own.map(|(at, text)| (format!("own {at}"), text));
    let real = real(Language::Dockerfile).unwrap_or_default().into_iter();
    real.map(|(path, text)| (path.display().to_string(), text))
        .chain(own)
        .collect()
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
        assert_eq!(joined, text, "{name}");
        for (start, part) in parts(&text) {
            let Part::Dockerfile(part) = &*part else {
                panic!("{name}: no part of a Dockerfile")
            };
            for instruction in &part.instructions {
                let span = instruction.span.shifted(start);
                assert!(text.get(span.range()).is_some(), "{name}: {instruction:?}");
                let commands = instruction
                    .run()
                    .map_or(&[][..], |run| &run.script.commands);
                for command in commands {
                    for word in &command.words {
                        let written = text.get(word.span.shifted(start).range());
                        assert!(written.is_some(), "{name}: {word:?}");
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
    let texts = texts();
    let damages = std::env::var("HARDEN_DAMAGES")
        .ok()
        .and_then(|n| n.parse().ok());
    for (_, text) in &texts {
        let mut dice = Dice::new(text.len() as u64 + 1);
        for _ in 0..damages.unwrap_or(30) {
            let mut damaged = text.clone();
            for _ in 0..=dice.below(3) {
                let (range, inserted) = random_edit(&mut dice, Language::Dockerfile, &damaged);
                damaged.replace_range(range, &inserted);
            }
            ask(&damaged);
        }
    }
}

/// Printed with `--nocapture`; a test's profile, so an upper bound.
#[test]
fn the_slowest_are_listed() {
    let Some(root) = std::env::var_os("HARDEN_REAL") else {
        return;
    };
    let mut times: Vec<_> = texts()
        .into_iter()
        .map(|(name, text)| {
            let best = (0..9).map(|_| {
                let begun = Instant::now();
                let file = Dockerfile::read(&parts(&text));
                if let Some(stage) = file.shipped(None) {
                    ask_stage(&file, stage);
                }
                begun.elapsed()
            });
            (best.min().unwrap(), text.lines().count(), name)
        })
        .collect();
    times.sort();
    for (time, lines, name) in times.iter().rev().take(50) {
        let name = Path::new(name)
            .strip_prefix(&root)
            .unwrap_or(Path::new(name));
        println!(
            "{:>8.3} ms {lines:>5} lines  {}",
            time.as_secs_f64() * 1000.0,
            name.display()
        );
    }
}
