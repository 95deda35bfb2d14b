//! The findings that a project lives with: a file that names them, so that only others are shown.
//!
//! One finding a line, ordered, for small differences in version control. It holds paths relative to its own folder, names
//! of rules and fingerprints; no text of any file, and no secret, not even hashed (see [`super::fingerprints`]).

use std::collections::HashMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// Of the file's shape, and of how fingerprints are made.
pub const VERSION: u32 = 1;

/// A finding that is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// Relative to the baseline's folder, with `/` between its parts.
    pub file: String,
    pub rule: String,
    /// Made with `file` as the path.
    pub fingerprint: String,
}

/// Known findings; the same one may be there several times.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Baseline {
    counts: HashMap<Entry, usize>,
}

impl Baseline {
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Baseline {
        let mut counts = HashMap::new();
        for entry in entries {
            *counts.entry(entry).or_default() += 1;
        }
        Baseline { counts }
    }

    /// # Errors
    /// The text is no baseline, or one of another version.
    pub fn read(text: &str) -> Result<Baseline, String> {
        let mut whole: serde_json::Value =
            serde_json::from_str(text).map_err(|error| format!("this is no baseline: {error}"))?;
        match whole.get("version").and_then(serde_json::Value::as_u64) {
            Some(version) if version == u64::from(VERSION) => {}
            Some(version) if version > u64::from(VERSION) => {
                return Err(format!(
                    "a newer harden wrote this baseline (version {version}, this one reads {VERSION})"
                ));
            }
            Some(version) => {
                return Err(format!(
                    "an older harden wrote this baseline (version {version}, this one reads {VERSION}): remove it and write it anew"
                ));
            }
            None => return Err("this is no baseline: it has no version".into()),
        }
        let findings: Vec<Entry> = serde_json::from_value(whole["findings"].take())
            .map_err(|error| format!("this is no baseline: {error}"))?;
        Ok(Baseline::new(findings))
    }

    /// What [`Baseline::read`] reads.
    pub fn write(&self) -> String {
        let mut out = format!("{{\n  \"version\": {VERSION},\n  \"findings\": [");
        let mut comma = "";
        for entry in self.entries() {
            // Strings always have a JSON form.
            let line = serde_json::to_string(entry).unwrap_or_default();
            let _ = write!(out, "{comma}\n    {line}");
            comma = ",";
        }
        out.push_str(if comma.is_empty() {
            "]\n}\n"
        } else {
            "\n  ]\n}\n"
        });
        out
    }

    /// All entries in order, each as often as it is there.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        let mut all: Vec<_> = self.counts.iter().collect();
        all.sort();
        let repeat = |(entry, count): (_, &usize)| std::iter::repeat_n(entry, *count);
        all.into_iter().flat_map(repeat)
    }

    pub fn len(&self) -> usize {
        self.counts.values().sum()
    }

    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Which findings of one file are known. Of several with the same fingerprint as many as the baseline holds.
    pub fn knows(&self, found: &[Entry]) -> Vec<bool> {
        let mut seen: HashMap<&Entry, usize> = HashMap::new();
        let mut known = |entry| {
            let times = seen.entry(entry).or_default();
            *times += 1;
            self.counts.get(entry).is_some_and(|count| *times <= *count)
        };
        found.iter().map(&mut known).collect()
    }

    /// What this holds and `found` does not.
    #[must_use]
    pub fn without(&self, found: &Baseline) -> Baseline {
        let left = self.counts.iter().filter_map(|(entry, count)| {
            let left = count.saturating_sub(found.counts.get(entry).copied().unwrap_or(0));
            (left > 0).then(|| (entry.clone(), left))
        });
        Baseline {
            counts: left.collect(),
        }
    }
}
