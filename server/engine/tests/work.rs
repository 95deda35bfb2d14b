//! Cost follows the edit: after one character in a settled document at most two chunks are parsed, the rules are asked of
//! those, and at most three chunks are scanned.

use std::path::Path;
use std::sync::Arc;

use harden_engine::chunk::Chunks;
use harden_engine::document::Analysis;
use harden_engine::file::File;
use harden_engine::project::Workspace;
use harden_engine::work::Work;
use ropey::Rope;

use crate::equal::engine;

/// 10,000 lines: functions with handlers and draws, constants, imports, a class here and there.
fn python() -> String {
    let mut text =
        String::from("import logging\nimport random\n\nlogger = logging.getLogger(__name__)\n");
    let mut lines = 4;
    for n in 0.. {
        let block = if n % 40 == 39 {
            let methods: String = (0..40)
                .map(|m| format!("    def method_{m}(self, value):\n        try:\n            return self.table[value] + random.random()\n        except Exception:\n            pass\n\n"))
                .collect();
            format!("\n\nclass Table{n}:\n    limit = {n}\n\n{methods}")
        } else {
            format!(
                "\n\nLIMIT_{n} = {n}\n\n\ndef step_{n}(items, token=None):\n    for item in items:\n        try:\n            item.run(random.choice([1, 2, {n}]))\n        except Exception:\n            continue\n    return len(items)\n"
            )
        };
        lines += block.lines().count();
        text.push_str(&block);
        if lines >= 10_000 {
            return text;
        }
    }
    unreachable!()
}

/// A 5,000-line class.
fn class() -> String {
    let methods: String = (0..1_000)
        .map(|m| format!("    def method_{m}(self):\n        try:\n            self.run({m})\n        except Exception:\n            pass\n"))
        .collect();
    format!("import random\n\n\nclass Huge:\n    \"\"\"Doc.\"\"\"\n\n{methods}")
}

/// 1,000 lines: services with secrets and ports.
fn compose() -> String {
    let mut text = String::from("services:\n");
    for n in 0..100 {
        text.push_str(&format!(
            "  app{n}:\n    image: app:{n}\n    ports:\n      - \"{}:80\"\n    environment:\n      MODE: fast\n      DB_PASSWORD: ${{DB_PASSWORD:-changeme}}\n      API_TOKEN: ${{API_TOKEN}}\n    restart: always\n\n",
            8000 + n
        ));
    }
    text
}

fn one_character(name: &str, text: &str) {
    let engine = engine();
    let file = Arc::new(File::classify(Path::new(name), text, &[]).unwrap());
    let mut rope = Rope::from_str(text);
    let mut chunks = Chunks::cut(file.kind.language(), text, &mut Work::default());
    let mut analysis = Analysis::new(&engine, file);
    analysis.update(&engine, &Workspace::default(), &rope, chunks.list());
    let all = analysis.work;
    assert!(!analysis.findings().is_empty(), "{name} has no finding");
    let largest = chunks
        .list()
        .iter()
        .map(|chunk| chunk.end - chunk.start)
        .max()
        .unwrap();
    assert!(
        largest <= text.len() / 20,
        "{name}: a chunk of {largest} bytes of {}",
        text.len()
    );

    let words: Vec<usize> = text
        .match_indices(|c: char| c.is_ascii_lowercase())
        .map(|(at, _)| at)
        .filter(|at| text[..*at].ends_with(|c: char| c.is_ascii_lowercase()))
        .collect();
    // Not the first line: the name of a section decides what all its entries are.
    for share in [1, 10, 25, 50, 75, 90, 99] {
        let at = words[(words.len() - 1) * share / 100];
        for (range, inserted) in [(at..at, "x"), (at..at + 1, "")] {
            let mut scan = Work::default();
            let (from, to) = (rope.byte_to_char(range.start), rope.byte_to_char(range.end));
            rope.remove(from..to);
            rope.insert(from, inserted);
            chunks.edit(&rope, range.clone(), inserted.len(), &mut scan);
            analysis.work = Work::default();
            analysis.update(&engine, &Workspace::default(), &rope, chunks.list());
            let (work, place) = (
                analysis.work,
                format!("{name}, byte {at} of {}: {:?}", text.len(), analysis.work),
            );
            assert!(work.chunks_parsed <= 2, "{place}");
            assert!(
                work.rule_calls <= 2 * rules_of_largest(&all, chunks.list().len()),
                "{place}"
            );
            assert!(scan.chunks_cut <= 3, "{place}: {scan:?}");
            assert!(
                scan.bytes_scanned <= 3 * 2 * largest.max(1024),
                "{place}: {scan:?}"
            );
        }
    }
}

/// A generous bound on the rule calls of one chunk: what a chunk has in the mean, times twenty.
fn rules_of_largest(all: &Work, chunks: usize) -> usize {
    20 * (all.rule_calls / chunks.max(1)).max(1)
}

#[test]
fn one_character_in_ten_thousand_lines_of_python() {
    let text = python();
    assert!(text.lines().count() >= 10_000);
    one_character("app.py", &text);
}

#[test]
fn one_character_in_a_class_of_five_thousand_lines() {
    let text = class();
    assert!(text.lines().count() >= 5_000);
    one_character("app.py", &text);
}

#[test]
fn one_character_in_a_thousand_lines_of_compose() {
    let text = compose();
    assert!(text.lines().count() >= 1_000);
    one_character("docker-compose.yml", &text);
}

#[test]
fn a_new_constant_asks_nothing_of_others() {
    let engine = engine();
    let text = python();
    let file = Arc::new(File::classify(Path::new("app.py"), &text, &[]).unwrap());
    let mut analysis = Analysis::new(&engine, file.clone());
    let chunks = Chunks::cut(file.kind.language(), &text, &mut Work::default());
    analysis.update(&engine, &Workspace::default(), text.as_str(), chunks.list());
    let text = format!("{text}\n\nBRAND_NEW = 1\n");
    let chunks = Chunks::cut(file.kind.language(), &text, &mut Work::default());
    analysis.work = Work::default();
    analysis.update(&engine, &Workspace::default(), text.as_str(), chunks.list());
    assert!(analysis.work.chunks_parsed <= 2, "{:?}", analysis.work);
    assert!(analysis.work.rule_calls <= 20, "{:?}", analysis.work);
}
