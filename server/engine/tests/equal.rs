//! Findings after edits equal those of the same text opened anew, and findings by chunk those by whole file.
//!
//! `HARDEN_EDITS` sets the number of edit scripts (default 10,000), `HARDEN_REAL` a folder of real files to edit
//! instead of ours, `HARDEN_SEED` the seed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use harden_engine::check::Rules;
use harden_engine::chunk::Chunks;
use harden_engine::document::{Analysis, Engine};
use harden_engine::file::{File, Kind, Language};
use harden_engine::project::NoProject;
use harden_engine::rule::Policy;
use harden_engine::rules;
use harden_engine::work::Work;
use ropey::Rope;

use crate::random::Random;

pub fn engine() -> Engine {
    Engine::new(Rules::new(rules::all()), Policy::default())
}

/// Everything that a user could see of a text's findings.
fn shown(analysis: &Analysis) -> Vec<String> {
    analysis.findings().iter().map(|finding| format!("{finding:?}")).collect()
}

fn opened(file: &Arc<File>, text: &str, chunks: &Chunks) -> (Analysis, Engine) {
    let engine = engine();
    let mut analysis = Analysis::new(&engine, file.clone());
    analysis.update(&engine, &NoProject, text, chunks.list());
    (analysis, engine)
}

pub fn fresh(file: &Arc<File>, text: &str) -> Vec<String> {
    let chunks = Chunks::cut(file.kind.language(), text, &mut Work::default());
    shown(&opened(file, text, &chunks).0)
}

fn whole(file: &Arc<File>, text: &str) -> (Vec<String>, bool) {
    let chunks = Chunks::whole(file.kind.language(), text);
    let analysis = opened(file, text, &chunks).0;
    let broken = analysis.parts().any(|(_, part)| part.broken());
    (shown(&analysis), broken)
}

/// The texts that are edited: real ones where a folder is named, else the project's fixtures.
fn texts() -> Vec<(Arc<File>, String)> {
    let root = std::env::var_os("HARDEN_REAL").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/projects"),
        PathBuf::from,
    );
    let mut texts = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = folder.read_dir() else { continue };
        let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        entries.sort();
        let siblings: Vec<String> = entries
            .iter()
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path)
                && let Some(file) = File::classify(&path, &text, &siblings)
            {
                texts.push((Arc::new(file), text));
            }
        }
    }
    texts
}

#[test]
fn by_chunk_as_by_whole_file() {
    let (mut compared, mut broken, mut findings) = (0, 0, 0);
    let mut wrong = Vec::new();
    for (file, text) in texts() {
        for text in [text.clone(), text.replace('\n', "\r\n")] {
            let (expected, has_error) = whole(&file, &text);
            if has_error {
                // Where the whole file's tree has an error, the chunks' trees are the better ones.
                broken += 1;
                continue;
            }
            compared += 1;
            findings += expected.len();
            if fresh(&file, &text) != expected {
                wrong.push(file.path.display().to_string());
            }
        }
    }
    println!("{compared} texts compared with {findings} findings, {broken} broken ones left out");
    assert!(wrong.is_empty(), "by chunk and by whole file differ: {wrong:#?}");
    assert!(findings > 0, "no text has a finding: nothing was compared");
}

#[test]
fn incremental_as_fresh() {
    let scripts = std::env::var("HARDEN_EDITS").map_or(10_000, |n| n.parse().unwrap());
    let mut random = Random::from_env("incremental_as_fresh");
    let texts: Vec<_> = texts().into_iter().filter(|(_, text)| text.len() <= 40_000).collect();
    assert!(!texts.is_empty(), "no texts to edit");
    let (mut edits, mut compared, mut half_typed, mut with_findings) = (0, 0, 0, 0);
    for _ in 0..scripts {
        let (file, text) = &texts[random.below(texts.len())];
        let text = if random.below(5) == 0 { text.replace('\n', "\r\n") } else { text.clone() };
        let engine = engine();
        let mut rope = Rope::from_str(&text);
        let mut chunks = Chunks::cut(file.kind.language(), &text, &mut Work::default());
        let mut analysis = Analysis::new(&engine, file.clone());
        analysis.update(&engine, &NoProject, &rope, chunks.list());
        let mut log = Vec::new();
        let length = 1 + random.below(12);
        for step in 1..=length {
            log.push(edit(&mut random, file.kind.language(), &mut rope, &mut chunks));
            edits += 1;
            // Several edits may come before the analysis is asked again.
            if random.below(2) == 0 && step < length {
                continue;
            }
            analysis.update(&engine, &NoProject, &rope, chunks.list());
            if random.below(6) > 0 && step < length {
                continue;
            }
            let now = rope.to_string();
            let (expected, got) = (fresh(file, &now), shown(&analysis));
            compared += 1;
            half_typed += usize::from(analysis.parts().any(|(_, part)| part.broken()));
            with_findings += usize::from(!got.is_empty());
            assert!(
                got == expected,
                "{} (seed {}): after {log:#?}\nincremental has {got:#?}\nfresh has {expected:#?}\ntext:\n{now}",
                file.path.display(),
                random.seed
            );
        }
    }
    println!("{scripts} scripts, {edits} edits, {compared} comparisons: {half_typed} half-typed, {with_findings} with findings");
    assert!(with_findings > 0, "no text has a finding: nothing was compared");
}

/// One random edit, of the kinds that people and accidents make.
fn edit(random: &mut Random, language: Language, rope: &mut Rope, chunks: &mut Chunks) -> String {
    let nasty: &[&str] = match language {
        Language::Python => &[
            "\"", "'", "\"\"\"", "(", ")", "[", "{", ":", "\n", "\r\n", "\t", "\\", "else:", "@d\n", "#", " ", "x",
            "import random\n", "random = 1\n", "except:\n", "pass", "🦀", "é", "f\"", "class A:\n", "def f():\n",
        ],
        Language::Yaml => &[
            "\"", "'", ":", ": ", "\n", "\r\n", "\t", "- ", "---\n", "services:\n", "&a ", "*a", "<<: *a\n", "[", "{",
            "#", " ", "  ", "x", "${", "}", "🦀", "é", "|", "a: b: c",
        ],
        Language::Ini | Language::Toml => {
            &["[", "]", "=", "\n", "\r\n", " ", "\"", "#", ";", "x", "[pytest]\n", "addopts", "🦀", "\"\"\"", "'"]
        }
    };
    let chars = rope.len_chars();
    let at = random.below(chars + 1);
    let (range, text) = match random.below(10) {
        0..=4 => (at..at, nasty[random.below(nasty.len())].to_owned()),
        5..=7 => (at..(at + 1 + random.below(9)).min(chars), String::new()),
        8 => {
            let line = rope.char_to_line(at);
            (rope.line_to_char(line)..rope.line_to_char((line + 1).min(rope.len_lines())), String::new())
        }
        _ => {
            let from = random.below(chars + 1);
            (at..at, rope.slice(from..(from + random.below(200)).min(chars)).to_string())
        }
    };
    let bytes = rope.char_to_byte(range.start)..rope.char_to_byte(range.end);
    rope.remove(range.clone());
    rope.insert(range.start, &text);
    chunks.edit(rope, bytes.clone(), text.len(), &mut Work::default());
    format!("{bytes:?} → {text:?}")
}

#[test]
fn a_moved_chunk_moves_its_findings() {
    let file = Arc::new(File::classify(Path::new("app.py"), "", &[]).unwrap());
    assert_eq!(file.kind, Kind::Python);
    let text = "import random\n\n\ndef token():\n    return random.random()\n";
    let moved = format!("\n\n# moved\n\n{text}");
    assert_eq!(fresh(&file, text).len(), 1);
    assert_eq!(fresh(&file, &moved).len(), 1);
    assert_ne!(fresh(&file, text), fresh(&file, &moved));
}
