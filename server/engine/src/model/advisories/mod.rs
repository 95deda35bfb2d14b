//! Known vulnerabilities: a table that is part of the program, and one that the user has imported, which is handed in.
//!
//! A table is text, ordered by package, and is searched as it is: nothing is read at the start. Rows are facts as OSV has
//! them (<https://ossf.github.io/osv-schema/>): ranges in the order of PEP 440, from `introduced` on, up to `fixed` (not
//! included) or `last affected` (included).

mod severity;
mod table;

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use pep440_rs::Version;
use version_ranges::Ranges;

use crate::rule::Severity;
use table::Row;
pub use table::{Head, Table, WITHDRAWN};

/// All that is known of vulnerabilities. What comes with the program is always part of it.
#[derive(Debug, Clone, Default)]
pub struct Advisories {
    imported: Option<Arc<Table>>,
}

impl PartialEq for Advisories {
    fn eq(&self, other: &Advisories) -> bool {
        self.digest() == other.digest()
    }
}

impl Eq for Advisories {}

impl Hash for Advisories {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest().hash(state);
    }
}

/// A vulnerability, whatever the number of its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advisory {
    /// All its ids, each once: those of CVE first, then GHSA's, PYSEC's, and others.
    pub ids: Vec<String>,
    /// The versions that have it.
    pub affected: Ranges<Version>,
    /// The versions that repair it, one for each range.
    pub fixed: Vec<Version>,
    /// `None` where nobody has said.
    pub severity: Option<Severity>,
    pub source: String,
}

impl Advisories {
    pub fn with(imported: Table) -> Advisories {
        Advisories {
            imported: Some(Arc::new(imported)),
        }
    }

    /// The heads of the tables: the one that comes with the program, then the imported one.
    pub fn heads(&self) -> Vec<Head> {
        self.tables().map(Table::head).collect()
    }

    /// The day of the newest data, as `2024-10-10`; empty where a table does not say.
    pub fn date(&self) -> String {
        let dates = self.tables().map(|table| table.head().date);
        dates.max().unwrap_or_default()
    }

    /// How many packages the tables name.
    pub fn packages(&self) -> usize {
        let mut names: Vec<&str> = self.tables().flat_map(Table::packages).collect();
        names.sort_unstable();
        names.dedup();
        names.len()
    }

    /// Whether there is something about a package at all, by the normal form of its name.
    pub fn know(&self, key: &str) -> bool {
        self.tables().any(|table| table.of(key).next().is_some())
    }

    /// The vulnerabilities of a package, by the normal form of its name: rows that share an id are one. Where both tables
    /// speak of one the imported one counts, and with it what was added by hand.
    pub fn of(&self, key: &str) -> Vec<Advisory> {
        let imported: Vec<Row> = self
            .imported
            .iter()
            .flat_map(|table| table.of(key))
            .collect();
        let withdrawn = |id: &str| imported.iter().any(|row| row.withdrawn() && row.id == id);
        let own = Table::embedded().of(key).filter(|row| !withdrawn(row.id));
        let live = imported.iter().filter(|row| !row.withdrawn()).copied();
        let live = live.map(|row| (true, row));
        let rows: Vec<(bool, Row)> = live.chain(own.map(|row| (false, row))).collect();
        let groups = grouped(&rows);
        let mut advisories: Vec<Advisory> = groups
            .into_iter()
            .map(|group| {
                let newer = group.iter().any(|(imported, _)| *imported);
                let counts = |(imported, row): &&(bool, Row)| !newer || *imported || row.curated();
                let rows: Vec<Row> = group.iter().filter(counts).map(|(_, row)| *row).collect();
                Advisory::merged(&rows)
            })
            .collect();
        advisories.sort_by(|a, b| (b.rank(), &b.ids).cmp(&(a.rank(), &a.ids)));
        advisories
    }

    fn tables(&self) -> impl Iterator<Item = &Table> {
        [Table::embedded()]
            .into_iter()
            .chain(self.imported.as_deref())
    }

    fn digest(&self) -> u128 {
        self.imported.as_ref().map_or(0, |table| table.digest)
    }
}

/// Rows that share an id, directly or by way of others.
fn grouped<'t>(rows: &[(bool, Row<'t>)]) -> Vec<Vec<(bool, Row<'t>)>> {
    // The group of each row; of a merged one the number of the group that took it in.
    let mut group: Vec<usize> = (0..rows.len()).collect();
    let mut known: HashMap<&str, usize> = HashMap::new();
    fn root(group: &[usize], mut at: usize) -> usize {
        while group[at] != at {
            at = group[at];
        }
        at
    }
    for (at, (_, row)) in rows.iter().enumerate() {
        for id in row.ids() {
            match known.get(id) {
                Some(other) => {
                    let (a, b) = (root(&group, at), root(&group, *other));
                    group[a.max(b)] = a.min(b);
                }
                None => {
                    known.insert(id, at);
                }
            }
        }
    }
    let mut groups: Vec<Vec<(bool, Row)>> = vec![Vec::new(); rows.len()];
    for (at, row) in rows.iter().enumerate() {
        groups[root(&group, at)].push(*row);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

impl Advisory {
    fn merged(rows: &[Row]) -> Advisory {
        let mut ids: Vec<String> = rows.iter().flat_map(Row::ids).map(String::from).collect();
        ids.sort_by(|a, b| (kind(a), a).cmp(&(kind(b), b)));
        ids.dedup();
        let mut affected = branches(rows);
        let mut fixed: Vec<Version> = Vec::new();
        for row in rows {
            if !row.embedded {
                affected = affected.union(&row.range());
            }
            fixed.extend(row.fixed.and_then(|text| Version::from_str(text).ok()));
        }
        // One database may know of a repair that another one calls vulnerable still.
        fixed.retain(|version| !affected.contains(version));
        fixed.sort();
        fixed.dedup();
        let malicious = ids.iter().any(|id| id.starts_with("MAL-"));
        let severity = rows
            .iter()
            .filter_map(|row| severity::read(row.severity))
            .max();
        let mut sources: Vec<&str> = rows.iter().map(|row| row.source).collect();
        sources.dedup();
        Advisory {
            ids,
            affected,
            fixed,
            severity: malicious.then_some(Severity::Critical).or(severity),
            source: sources.join("; "),
        }
    }

    /// The severity that is taken: one that nobody has stated is taken to be medium.
    pub fn rank(&self) -> Severity {
        self.severity.unwrap_or(Severity::Medium)
    }

    /// The name under which people know it, and one under which databases do where that is another.
    pub fn names(&self) -> (&str, Option<&str>) {
        let mut ids = self.ids.iter().map(String::as_str);
        (ids.next().unwrap_or_default(), ids.next())
    }
}

/// What the rows of the program's table affect. They do not say since when, so that several repairs under one id are those
/// of several branches, each of which starts where the one before it ends.
fn branches(rows: &[Row]) -> Ranges<Version> {
    let mut affected = Ranges::empty();
    let mut done: Vec<&str> = Vec::new();
    for row in rows.iter().filter(|row| row.embedded) {
        if done.contains(&row.id) {
            continue;
        }
        done.push(row.id);
        let own = rows
            .iter()
            .filter(|other| other.embedded && other.id == row.id);
        let fixed = own
            .clone()
            .filter_map(|row| Version::from_str(row.fixed?).ok());
        let mut fixed: Vec<Version> = fixed.collect();
        fixed.sort();
        let unknown = own
            .clone()
            .all(|row| row.introduced == "0" && row.fixed.is_some());
        if !unknown || fixed.len() < 2 {
            affected = own.fold(affected, |all, row| all.union(&row.range()));
            continue;
        }
        affected = affected.union(&Ranges::strictly_lower_than(fixed[0].clone()));
        for pair in fixed.windows(2) {
            let next = behind(&pair[0], &pair[1]);
            if next < pair[1] {
                affected = affected.union(&Ranges::between(next, pair[1].clone()));
            }
        }
    }
    affected
}

/// Where the branch of a version ends: at the next minor version, or at the next major one where the next repair is of
/// another major version.
fn behind(version: &Version, next: &Version) -> Version {
    let number = |version: &Version, at: usize| version.release().get(at).copied().unwrap_or(0);
    let (major, minor) = (number(version, 0), number(version, 1));
    let release = match number(next, 0) == major {
        true => vec![major, minor.saturating_add(1)],
        false => vec![major.saturating_add(1)],
    };
    Version::new(release)
        .with_epoch(version.epoch())
        .with_dev(Some(0))
}

fn kind(id: &str) -> u8 {
    let order = ["CVE-", "GHSA-", "PYSEC-"];
    order
        .iter()
        .position(|start| id.starts_with(start))
        .map_or(9, |at| at as u8)
}

/// The oldest version that is newer than all that a range lets in, or than the pinned one, and has none of these
/// vulnerabilities, of those that some version repairs.
pub fn repaired(advisories: &[Advisory], allowed: &Ranges<Version>) -> Option<Version> {
    let mendable = || advisories.iter().filter(|known| !known.fixed.is_empty());
    let mut candidates: Vec<&Version> = mendable().flat_map(|known| &known.fixed).collect();
    candidates.sort();
    let found = candidates.into_iter().find(|version| {
        let up_to = Ranges::lower_than((*version).clone());
        let newer = allowed.subset_of(&up_to) && !allowed.contains(version);
        let clean = || mendable().all(|known| !known.affected.contains(version));
        version.is_stable() && newer && clean()
    });
    found.cloned()
}
