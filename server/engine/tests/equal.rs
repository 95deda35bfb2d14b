//! Findings after edits equal those of the same text opened anew, and findings by chunk those by whole file.
//!
//! `HARDEN_EDITS` sets the number of edit scripts (default 10,000), `HARDEN_REAL` a folder of real files that are edited
//! beside ours.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use harden_engine::check::Rules;
use harden_engine::chunk::Chunks;
use harden_engine::document::{Analysis, Engine};
use harden_engine::file::{File, Kind, Language};
use harden_engine::project::Workspace;
use harden_engine::rule::Policy;
use harden_engine::rules;
use harden_engine::work::Work;
use ropey::Rope;

use crate::chunk_edit::random_edit;
use crate::chunk_texts::{Dice, edits, own};

pub(crate) fn engine() -> Engine {
    Engine::new(Rules::new(rules::all()), Policy::default())
}

/// Everything that a user could see of a text's findings.
fn shown(analysis: &Analysis) -> Vec<String> {
    analysis
        .findings()
        .iter()
        .map(|finding| format!("{finding:?}"))
        .collect()
}

/// With an engine that keeps nothing from one text to the next.
fn opened(file: &Arc<File>, text: &str, chunks: &Chunks) -> Analysis {
    static ENGINE: LazyLock<Engine> =
        LazyLock::new(|| Engine::once(Rules::new(rules::all()), Policy::default()));
    let engine = &*ENGINE;
    let mut analysis = Analysis::new(engine, file.clone());
    analysis.update(engine, &Workspace::default(), text, chunks.list());
    assert!(
        engine.rules.panicked().is_empty(),
        "a rule panicked on:\n{text}"
    );
    analysis
}

pub(crate) fn fresh(file: &Arc<File>, text: &str) -> Vec<String> {
    let chunks = Chunks::cut(file.kind.language(), text, &mut Work::default());
    shown(&opened(file, text, &chunks))
}

fn whole(file: &Arc<File>, text: &str) -> (Vec<String>, bool) {
    let chunks = Chunks::whole(file.kind.language(), text);
    let analysis = opened(file, text, &chunks);
    let broken = analysis.parts().any(|(_, part)| part.broken());
    (shown(&analysis), broken)
}

/// The project's fixtures, and real files where a folder is named.
fn texts() -> Vec<(Arc<File>, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/projects")];
    folders.extend(std::env::var_os("HARDEN_REAL").map(PathBuf::from));
    let mut texts = Vec::new();
    for (language, name) in [
        (Language::Python, "app.py"),
        (Language::Yaml, "compose.yml"),
        (Language::Plain, "notes.txt"),
        (Language::Dotenv, ".env"),
    ] {
        for text in own(language) {
            let file = File::classify(Path::new(name), &text, &[]);
            let file = file.or_else(|| File::text(Path::new(name)));
            texts.extend(file.map(|file| (Arc::new(file), text)));
        }
    }
    while let Some(folder) = folders.pop() {
        let Ok(entries) = folder.read_dir() else {
            continue;
        };
        let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path)
                && let Some(file) = File::classify(&path, &text, &[])
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
    assert!(
        wrong.is_empty(),
        "by chunk and by whole file differ: {wrong:#?}"
    );
    assert!(findings > 0, "no text has a finding: nothing was compared");
}

#[test]
fn incremental_as_fresh() {
    let scripts = edits();
    let seed = 2026;
    let mut dice = Dice::new(seed);
    let texts: Vec<_> = texts()
        .into_iter()
        .filter(|(_, text)| text.len() <= 40_000)
        .collect();
    let telling: Vec<_> = texts
        .iter()
        .filter(|(file, text)| !fresh(file, text).is_empty())
        .cloned()
        .collect();
    assert!(!telling.is_empty(), "no text has a finding to lose");
    let (mut edited, mut compared, mut half_typed, mut with_findings) = (0, 0, 0, 0);
    for _ in 0..scripts {
        let from = if dice.below(4) == 0 { &texts } else { &telling };
        let (file, text) = dice.pick(from);
        let text = if dice.below(5) == 0 {
            text.replace('\n', "\r\n")
        } else {
            text.clone()
        };
        let engine = engine();
        let mut rope = Rope::from_str(&text);
        let mut chunks = Chunks::cut(file.kind.language(), &text, &mut Work::default());
        let mut analysis = Analysis::new(&engine, file.clone());
        analysis.update(&engine, &Workspace::default(), &rope, chunks.list());
        let mut log = Vec::new();
        let longest = *dice.pick(&[3, 12]);
        let length = 1 + dice.below(longest);
        for step in 1..=length {
            log.push(edit(
                &mut dice,
                file.kind.language(),
                &mut rope,
                &mut chunks,
            ));
            edited += 1;
            // Several edits may come before the analysis is asked again.
            if dice.below(2) == 0 && step < length {
                continue;
            }
            analysis.update(&engine, &Workspace::default(), &rope, chunks.list());
            if dice.below(6) > 0 && step < length {
                continue;
            }
            let now = rope.to_string();
            let (expected, got) = (fresh(file, &now), shown(&analysis));
            compared += 1;
            half_typed += usize::from(analysis.parts().any(|(_, part)| part.broken()));
            with_findings += usize::from(!got.is_empty());
            assert!(
                got == expected,
                "{} (seed {seed}): after {log:#?}\nincremental has {got:#?}\nfresh has {expected:#?}\ntext:\n{now}",
                file.path.display()
            );
        }
    }
    println!(
        "{scripts} scripts, {edited} edits, {compared} comparisons: {half_typed} half-typed, {with_findings} with findings"
    );
    assert!(
        with_findings > 0,
        "no text has a finding: nothing was compared"
    );
}

fn edit(dice: &mut Dice, language: Language, rope: &mut Rope, chunks: &mut Chunks) -> String {
    let (bytes, text) = random_edit(dice, language, &rope.to_string());
    let chars = rope.byte_to_char(bytes.start)..rope.byte_to_char(bytes.end);
    rope.remove(chars.clone());
    rope.insert(chars.start, &text);
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
