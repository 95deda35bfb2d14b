//! What makes pytest strict, in all the ways to say it.
//!
//! Source: pytest 9.2 and 8.4, tried out. `--strict` was `--strict-markers` before 9 and is everything from 9 on; `strict`,
//! `strict_markers`, `strict_config` and `strict_xfail` are unknown options before 9, which are warned about and not read.

use super::{Config, Opt};

/// One thing about which pytest can be strict.
#[derive(Debug, Clone, Copy)]
pub struct Strictness {
    argument: Option<&'static str>,
    /// `--strict` means this in every version.
    by_strict_argument: bool,
    /// The option, from 9 on.
    pub option: &'static str,
    /// The option that every version reads.
    pub old: Option<&'static str>,
}

impl Strictness {
    pub const MARKERS: Strictness = Strictness {
        argument: Some("--strict-markers"),
        by_strict_argument: true,
        option: "strict_markers",
        old: None,
    };
    pub const CONFIG: Strictness = Strictness {
        argument: Some("--strict-config"),
        by_strict_argument: false,
        option: "strict_config",
        old: None,
    };
    pub const XFAIL: Strictness = Strictness {
        argument: None,
        by_strict_argument: false,
        option: "strict_xfail",
        old: Some("xfail_strict"),
    };
}

/// What a home says about it.
#[derive(Debug, Clone, Copy)]
pub enum Strict<'c> {
    On,
    /// Switched off by an option.
    Off(&'c Opt),
    /// Switched on by an option that older versions of pytest do not read.
    Unread(&'c Opt),
    Missing,
}

impl Config {
    /// `nine`: whether options that came with pytest 9 are read.
    pub fn strict(&self, about: &Strictness, nine: bool) -> Strict<'_> {
        let named = [Some(about.option), Some("strict")];
        let words = self.arguments();
        let argued = |word: &str| {
            let option = word
                .strip_prefix("--override-ini=")
                .or(word.strip_prefix("-o"))
                .unwrap_or(word);
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let on = ["true", "1", "yes", "on"].contains(&value.to_lowercase().as_str());
            about.argument == Some(word)
                || word == "--strict" && (nine || about.by_strict_argument)
                || on && (about.old == Some(name) || nine && named.contains(&Some(name)))
        };
        if words.iter().any(|word| argued(&word.text)) {
            return Strict::On;
        }
        let own = [Some(about.option).filter(|_| nine), about.old];
        let general = Some("strict").filter(|_| nine);
        let read = own.into_iter().chain([general]).flatten();
        let mut read = read.filter_map(|name| self.option(name));
        if let Some(option) = read.find(|option| option.truth().is_some()) {
            return match option.truth() {
                Some(true) => Strict::On,
                _ => Strict::Off(option),
            };
        }
        let unread = named.into_iter().flatten().filter(|_| !nine);
        let mut unread = unread.filter_map(|name| self.option(name));
        match unread.find(|option| option.truth() == Some(true)) {
            Some(option) => Strict::Unread(option),
            None => Strict::Missing,
        }
    }
}
