//! The cost of cutting again follows the edit, not the file.

use std::collections::HashSet;

use harden_engine::chunk::Chunks;
use harden_engine::file::Language;
use harden_engine::work::Work;
use ropey::Rope;

use crate::chunk_edit::cut;
use crate::chunk_texts::{Dice, class, compose, dockerfile, python};

/// Type one letter behind another one, at many places of a settled text.
fn type_letters(language: Language, text: &str, bytes: usize) {
    let settled = cut(language, text);
    let rope = Rope::from_str(text);
    let mut dice = Dice::new(text.len() as u64);
    // Words by which chunks are cut may change more than their own.
    let letter = |at: &usize| {
        if !text.is_char_boundary(*at) || !text.as_bytes()[*at - 1].is_ascii_lowercase() {
            return false;
        }
        let line = text[..*at].rfind('\n').map_or(0, |newline| newline + 1);
        let first = text[line..].split([' ', ':']).next().unwrap_or("");
        let cuts = ["class", "services", "networks", "volumes"].contains(&first);
        !cuts
    };
    let mut places: Vec<usize> = (1..200).filter(letter).collect();
    places.extend((text.len() - 200..text.len()).filter(letter));
    places.extend(
        (0..400)
            .map(|_| 1 + dice.below(text.len() - 1))
            .filter(letter),
    );
    for at in places {
        let mut rope = rope.clone();
        rope.insert(rope.byte_to_char(at), "x");
        let mut chunks = settled.clone();
        let mut work = Work::default();
        chunks.edit(&rope, at..at, 1, &mut work);
        let said = || {
            let near = text.floor_char_boundary(at.saturating_sub(60))..at;
            format!("{work:?} for a letter at {at}, behind {:?}", &text[near])
        };
        assert!(work.chunks_cut <= 3, "{}", said());
        assert!(work.bytes_scanned <= bytes, "{}", said());
        assert_eq!(chunks.list().len(), settled.list().len(), "{}", said());
        let pairs = chunks.list().iter().zip(settled.list());
        let changed = pairs.filter(|(a, b)| a.hash != b.hash).count();
        assert_eq!(changed, 1, "{}", said());
    }
}

#[test]
fn a_letter_in_ten_thousand_lines_of_python() {
    type_letters(Language::Python, &python(10_000), 2_000);
}

#[test]
fn a_letter_in_a_class_of_ten_thousand_lines() {
    type_letters(Language::Python, &class(10_000), 3_000);
}

#[test]
fn a_letter_in_a_thousand_lines_of_compose() {
    type_letters(Language::Yaml, &compose(1_000), 1_500);
}

#[test]
fn a_letter_in_ten_thousand_lines_of_a_dockerfile() {
    type_letters(Language::Dockerfile, &dockerfile(10_000), 1_500);
}

#[test]
fn blank_lines_between_functions_change_one_chunk() {
    let text = python(1_000);
    let settled = cut(Language::Python, &text);
    let at = text.find("\n\n\n# Number 20").unwrap() + 1;
    let mut new = text.clone();
    new.insert(at, '\n');
    let mut chunks = settled.clone();
    let mut work = Work::default();
    chunks.edit(new.as_str(), at..at, 1, &mut work);
    let pairs = chunks.list().iter().zip(settled.list());
    assert_eq!(pairs.filter(|(a, b)| a.hash != b.hash).count(), 1);
    assert!(work.chunks_cut <= 3, "{work:?}");
}

#[test]
fn a_long_string_left_open_changes_few_chunks() {
    for text in [python(1_000), class(1_000)] {
        let settled: HashSet<u128> = hashes(&text);
        let mut dice = Dice::new(7);
        let quotes: Vec<usize> = text.match_indices("\"\"\"").map(|(at, _)| at).collect();
        for _ in 0..80 {
            let mut new = text.clone();
            if dice.below(2) == 0 {
                let at = *dice.pick(&quotes);
                new.replace_range(at..at + 3, "");
            } else {
                let line = text[..text.floor_char_boundary(dice.below(text.len()))].rfind('\n');
                new.insert_str(line.map_or(0, |newline| newline + 1), "\"\"\"");
            }
            let fresh = hashes(&new).difference(&settled).count();
            assert!(fresh <= 2, "{fresh} chunks changed in\n{new}");
        }
    }
}

fn hashes(text: &str) -> HashSet<u128> {
    let chunks = cut(Language::Python, text);
    chunks.list().iter().map(|chunk| chunk.hash).collect()
}

/// Texts that would cost the square of their length, were the looks ahead not bounded.
#[test]
fn hostile_text_costs_its_length() {
    let texts = [
        "a(\n".repeat(30_000),
        format!("a({}\n", "b ".repeat(40)).repeat(5_000),
        "f'{'\n".repeat(10_000),
        "f\"{[\n".repeat(10_000),
        format!("f'''{}", "f'{".repeat(10_000)),
        "f'{".repeat(10_000),
        "class A:\n (\n".repeat(20_000),
        "'''\ndef f(): pass\n".repeat(5_001),
        "x = '''\n".repeat(5_001),
        "\\\n".repeat(50_000),
        "# c\n".repeat(50_000),
        "@d\n".repeat(50_000),
    ];
    for text in &texts {
        bounded(Language::Python, text, 30);
    }
    let texts = [
        "a: [\n".repeat(10_000),
        "a: \"\n".repeat(40_000),
        "a:\n - [\n".repeat(20_000),
        "services:\n#\n".repeat(20_000),
        "- ".repeat(50_000),
        "services:\n a: '\n".repeat(20_000),
        "? ".repeat(60_000),
        "---\n".repeat(60_000),
    ];
    for text in &texts {
        bounded(Language::Yaml, text, 4);
    }
    bounded(Language::Toml, &"a = [\n".repeat(40_000), 4);
    bounded(Language::Toml, &"[a]\nb = [\n".repeat(40_000), 4);
    bounded(Language::Dotenv, &"A=\"b\n".repeat(40_000), 4);
    bounded(Language::Dotenv, &"A='\\\"\nB=\"\n".repeat(40_000), 4);
    bounded(Language::Ini, &"[a\n".repeat(60_000), 4);
}

fn bounded(language: Language, text: &str, times: usize) {
    let mut work = Work::default();
    Chunks::cut(language, text, &mut work);
    let most = text.len() * times + 1_000;
    let start: String = text.chars().take(30).collect();
    assert!(
        work.bytes_scanned < most,
        "{work:?} for {} bytes of {start:?}",
        text.len()
    );
}
