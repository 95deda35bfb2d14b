//! How many findings, how many fixes: the last lines of the text output.

use std::io::{self, Write};
use std::ops::Add;

use harden_engine::rule::{Finding, Safety, Severity};

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Summary {
    /// Files.
    pub(super) checked: usize,
    /// By severity.
    counts: [usize; 5],
    /// Findings with a preferred fix, by its safety.
    safe: usize,
    risky: usize,
    /// Findings that the baseline holds; they are not counted elsewhere.
    pub(super) known: usize,
    /// Fixes that were made, and fixes that `--diff` shows.
    pub(super) fixed: usize,
    pub(super) would: usize,
    /// Files that could not be written.
    pub(super) unwritten: usize,
}

impl Summary {
    pub(super) fn count(&mut self, findings: &[Finding]) {
        for finding in findings {
            self.counts[finding.severity as usize] += 1;
            match finding.preferred().map(|fix| fix.safety) {
                Some(Safety::Safe) => self.safe += 1,
                Some(Safety::Unsafe) => self.risky += 1,
                None => {}
            }
        }
    }

    pub(super) fn reaches(&self, least: Severity) -> bool {
        self.counts[least as usize..].iter().any(|count| *count > 0)
    }

    pub(super) fn write(&self, out: &mut impl Write, only_fixes: bool) -> io::Result<()> {
        let files = plural(self.checked, "file");
        let all: usize = self.counts.iter().sum();
        if only_fixes {
            let more = self.risky > 0 && self.would == 0;
            let more = if more {
                format!(", {} more with --unsafe-fixes", self.risky)
            } else {
                String::new()
            };
            let verb = if self.would > 0 {
                "would be fixed"
            } else {
                "fixed"
            };
            return writeln!(
                out,
                "{} {verb}{more} ({files} checked)",
                self.fixed + self.would
            );
        }
        let beside = if self.known > 0 {
            format!(", beside {} in the baseline", plural(self.known, "finding"))
        } else {
            String::new()
        };
        if all == 0 {
            let fixed = if self.fixed > 0 {
                format!("{} fixed, ", self.fixed)
            } else {
                String::new()
            };
            return writeln!(out, "{fixed}nothing found in {files}{beside}");
        }
        writeln!(
            out,
            "{} in {files}{beside}: {}",
            plural(all, "finding"),
            self.tally()
        )?;
        let safe = |verb: &str| match self.safe {
            0 => String::new(),
            safe => format!("{safe} {verb} `harden fix`, "),
        };
        let line = match (self.fixed, self.safe, self.risky) {
            (0, 0, 0) => return Ok(()),
            (0, 0, risky) => format!("{risky} fixable with `harden fix --unsafe-fixes`"),
            (0, safe, 0) => format!("{safe} fixable with `harden fix`"),
            (0, _, risky) => format!("{}{risky} more with --unsafe-fixes", safe("fixable with")),
            (fixed, _, 0) => format!("{fixed} fixed"),
            (fixed, _, risky) => format!("{fixed} fixed, {risky} more with --unsafe-fixes"),
        };
        writeln!(out, "{line}")
    }

    /// `3 high, 1 low`, the worst first.
    fn tally(&self) -> String {
        let some = Severity::ALL
            .iter()
            .map(|severity| (self.counts[*severity as usize], severity.name()))
            .filter(|(count, _)| *count > 0)
            .map(|(count, name)| format!("{count} {name}"));
        some.collect::<Vec<_>>().join(", ")
    }
}

impl Add for Summary {
    type Output = Summary;
    fn add(self, other: Summary) -> Summary {
        let mut counts = self.counts;
        for (count, more) in counts.iter_mut().zip(other.counts) {
            *count += more;
        }
        Summary {
            checked: self.checked + other.checked,
            counts,
            safe: self.safe + other.safe,
            risky: self.risky + other.risky,
            known: self.known + other.known,
            fixed: self.fixed + other.fixed,
            would: self.would + other.would,
            unwritten: self.unwritten + other.unwritten,
        }
    }
}

pub(super) fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
