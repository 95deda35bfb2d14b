//! A table as it is written: a head of comments, then a line a range, ordered by package.

use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use memchr::{memchr, memrchr};
use pep440_rs::Version;
use version_ranges::Ranges;
use xxhash_rust::xxh3::xxh3_128;

/// In the place of a severity: the advisory was taken back.
pub const WITHDRAWN: &str = "withdrawn";

/// What comes with the program; its head says from where it is.
static EMBEDDED: LazyLock<Table> = LazyLock::new(|| Table {
    text: Text::Here(include_str!("../../../data/advisories.tsv")),
    digest: 0,
});

#[derive(Debug)]
pub struct Table {
    text: Text,
    pub(super) digest: u128,
}

#[derive(Debug)]
enum Text {
    Here(&'static str),
    Read(Arc<str>),
}

/// What a table says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The day of its newest row: `2024-10-10`.
    pub date: String,
    pub source: String,
    /// Whether it has all that its source knows of all packages.
    pub complete: bool,
    pub rows: usize,
    pub packages: usize,
}

/// One range of versions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'t> {
    /// Of the table that comes with the program.
    pub(super) embedded: bool,
    pub(super) id: &'t str,
    aliases: &'t str,
    pub(super) introduced: &'t str,
    pub(super) fixed: Option<&'t str>,
    last: Option<&'t str>,
    pub(super) severity: &'t str,
    pub(super) source: &'t str,
}

impl Table {
    pub(super) fn embedded() -> &'static Table {
        &EMBEDDED
    }

    /// A table that was imported.
    ///
    /// # Errors
    /// The text is no table; the reason, as words that follow its name.
    pub fn read(text: String) -> Result<Table, String> {
        let mut before = "";
        let mut rows = 0;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let package = package(line);
            if Row::read(line).is_none() {
                return Err("is no table of advisories".into());
            }
            if package < before {
                return Err("is not in the order of its packages".into());
            }
            before = package;
            rows += 1;
        }
        if rows == 0 || !text.ends_with('\n') {
            return Err("is not whole".into());
        }
        Ok(Table {
            digest: xxh3_128(text.as_bytes()),
            text: Text::Read(text.into()),
        })
    }

    pub fn head(&self) -> Head {
        let text = self.text();
        let said = |key: &str| {
            let lines = text.lines().take_while(|line| line.starts_with('#'));
            let mut values = lines.filter_map(|line| line.strip_prefix("# ")?.strip_prefix(key));
            values.find_map(|value| value.strip_prefix(": "))
        };
        Head {
            date: said("date").unwrap_or_default().into(),
            source: said("source").unwrap_or_default().into(),
            complete: said("complete") == Some("yes"),
            rows: text.lines().filter(|line| !line.starts_with('#')).count(),
            packages: self.packages().count(),
        }
    }

    /// The packages that it names, each once.
    pub(super) fn packages(&self) -> impl Iterator<Item = &str> {
        let mut before = "";
        let lines = self.text().lines().filter(|line| !line.starts_with('#'));
        lines.map(package).filter(move |name| {
            let new = *name != before;
            before = name;
            new
        })
    }

    /// The rows of one package, found by halves.
    pub(super) fn of(&self, key: &str) -> impl Iterator<Item = Row<'_>> {
        let text = self.text();
        let from = first(text, key);
        let lines = text[from..].lines();
        let own = lines.take_while({
            let key = key.to_owned();
            move |line| package(line) == key
        });
        let embedded = matches!(self.text, Text::Here(_));
        own.filter_map(Row::read)
            .map(move |row| Row { embedded, ..row })
    }

    fn text(&self) -> &str {
        match &self.text {
            Text::Here(text) => text,
            Text::Read(text) => text,
        }
    }
}

fn package(line: &str) -> &str {
    line.split('\t').next().unwrap_or_default()
}

/// Where the first line starts whose package is not before `key`. The head's `#` is before all names.
fn first(text: &str, key: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut low, mut high) = (0, text.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = memrchr(b'\n', &bytes[low..middle]).map_or(low, |at| low + at + 1);
        let end = memchr(b'\n', &bytes[start..high]).map_or(high, |at| start + at + 1);
        if package(text[start..end].trim_end()) < key {
            low = end;
        } else {
            high = start;
        }
    }
    low
}

impl<'t> Row<'t> {
    fn read(line: &'t str) -> Option<Row<'t>> {
        let mut fields = line.split('\t');
        let mut next = || fields.next();
        next()?;
        let some = |text: &'t str| (!text.is_empty()).then_some(text);
        let row = Row {
            embedded: false,
            id: next()?,
            aliases: next()?,
            introduced: next()?,
            fixed: some(next()?),
            last: some(next()?),
            severity: next()?,
            source: next()?,
        };
        Some(row)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        let aliases = self.aliases.split(',').filter(|id| !id.is_empty());
        [self.id].into_iter().chain(aliases)
    }

    pub(super) fn withdrawn(&self) -> bool {
        self.severity == WITHDRAWN
    }

    /// Added by hand: it counts beside whatever is imported.
    pub(super) fn curated(&self) -> bool {
        self.source.starts_with("curated")
    }

    /// A bound that is no version by PEP 440 is none: rather too much is called vulnerable than too little.
    pub(super) fn range(&self) -> Ranges<Version> {
        let version = |text: &str| Version::from_str(text).ok();
        let from = match version(self.introduced).filter(|_| self.introduced != "0") {
            Some(version) => Ranges::higher_than(version),
            None => Ranges::full(),
        };
        let to = match (self.fixed.and_then(version), self.last.and_then(version)) {
            (Some(fixed), _) => Ranges::strictly_lower_than(fixed),
            (None, Some(last)) => Ranges::lower_than(last),
            (None, None) => Ranges::full(),
        };
        from.intersection(&to)
    }
}
