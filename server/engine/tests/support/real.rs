//! What is done to real texts in every language: they are damaged, and timed.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use harden_engine::file::Language;

use crate::chunk_edit::random_edit;
use crate::chunk_texts::Dice;

/// Texts by their paths.
pub(crate) type Texts = Vec<(PathBuf, String)>;

/// Ask each text with some random edits, as often as `HARDEN_DAMAGES` says, else `usual` times.
pub(crate) fn damage(language: Language, texts: &Texts, usual: usize, ask: impl Fn(&str)) {
    let damages = std::env::var("HARDEN_DAMAGES").ok();
    let damages = damages.and_then(|n| n.parse().ok()).unwrap_or(usual);
    for (_, text) in texts {
        let mut dice = Dice::new(text.len() as u64 + 1);
        for _ in 0..damages {
            let mut damaged = text.clone();
            for _ in 0..=dice.below(3) {
                let (range, inserted) = random_edit(&mut dice, language, &damaged);
                damaged.replace_range(range, &inserted);
            }
            ask(&damaged);
        }
    }
}

/// Print the slowest, the best of some rounds each, if the texts are real ones (`HARDEN_REAL`).
pub(crate) fn list_slowest(texts: &Texts, ask: impl Fn(&str)) {
    const ROUNDS: usize = 9;
    let Some(root) = std::env::var_os("HARDEN_REAL") else {
        return;
    };
    let time = |text: &str| -> Duration {
        let rounds = (0..ROUNDS).map(|_| {
            let begun = Instant::now();
            ask(text);
            begun.elapsed()
        });
        rounds.min().unwrap_or_default()
    };
    let timed = texts.iter().map(|(name, text)| (time(text), name, text));
    let mut times: Vec<(Duration, &PathBuf, &String)> = timed.collect();
    times.sort();
    println!("{} files", times.len());
    for (time, name, text) in times.iter().rev().take(50) {
        let name: &Path = name.strip_prefix(&root).unwrap_or(name);
        println!(
            "{:>8.3} ms {:>5} lines  {}",
            time.as_secs_f64() * 1000.0,
            text.lines().count(),
            name.display()
        );
    }
}
