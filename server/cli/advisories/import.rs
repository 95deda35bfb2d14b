//! OSV data as it lies about → a table.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use harden_engine::chunk::{Chunks, State};
use harden_engine::file::Language;
use harden_engine::model::Part;
use harden_engine::syntax::{self, yaml};
use ignore::WalkBuilder;
use jiff::civil::Date;
use serde_json::{Map, Value};
use zip::ZipArchive;

use super::osv::Entry;

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// By package, each once.
    rows: BTreeSet<(String, String)>,
    /// Advisories about PyPI.
    pub(super) entries: usize,
    pub(super) unread: usize,
    /// The day of the newest of them.
    pub(super) date: String,
    source: &'static str,
    complete: bool,
}

/// The largest entry that is read, in bytes: OSV's largest have about a tenth.
const MOST_BYTES: u64 = 16 << 20;

/// Read a file or a folder.
///
/// # Errors
/// The reason, where there is nothing to be read or some of it is damaged.
pub(super) fn read(path: &Path, progress: &impl Fn(&str)) -> Result<Read, String> {
    let mut read = Read {
        source: "OSV (each entry under the licence of its database)",
        ..Read::default()
    };
    let shown = path.display();
    let kind = fs::metadata(path).map_err(|error| format!("{shown}: {error}"))?;
    let extension = |path: &Path| {
        let extension = path.extension().and_then(|kind| kind.to_str());
        extension.unwrap_or_default().to_ascii_lowercase()
    };
    if kind.is_dir() {
        read.folder(path, &extension, progress)?;
    } else if matches!(extension(path).as_str(), "json" | "yaml" | "yml") {
        read.file(path);
    } else {
        read.zip(path, progress)?;
        read.complete = true;
    }
    progress("");
    if read.entries == 0 {
        let reason = match read.unread {
            0 => "no advisories on PyPI are there".into(),
            many => format!("none of {many} files is an advisory on PyPI"),
        };
        return Err(format!("{shown}: {reason}"));
    }
    Ok(read)
}

impl Read {
    /// The text of the table.
    pub(super) fn table(&self, today: Date) -> String {
        let complete = if self.complete { "yes" } else { "no" };
        let mut text = format!(
            "# Written by `harden advisories`.\n# date: {}\n# source: {}\n# complete: {complete}\n# imported: {today}\n",
            self.date, self.source
        );
        for (package, rest) in &self.rows {
            text.push_str(package);
            text.push('\t');
            text.push_str(rest);
            text.push('\n');
        }
        text
    }

    pub(super) fn packages(&self) -> usize {
        let mut names: Vec<&str> = self.rows.iter().map(|(name, _)| name.as_str()).collect();
        names.dedup();
        names.len()
    }

    fn folder(
        &mut self,
        folder: &Path,
        extension: &impl Fn(&Path) -> String,
        progress: &impl Fn(&str),
    ) -> Result<(), String> {
        let checkout = folder.join("vulns").is_dir();
        if checkout {
            self.source = "PyPA advisory database, CC-BY 4.0";
            self.complete = true;
        }
        let mut walk = WalkBuilder::new(folder);
        walk.standard_filters(false);
        for entry in walk.build() {
            let entry = entry.map_err(|error| error.to_string())?;
            let path = entry.path();
            if !entry.file_type().is_some_and(|kind| kind.is_file()) {
                continue;
            }
            match extension(path).as_str() {
                "json" | "yaml" | "yml" if !checkout || path.starts_with(folder.join("vulns")) => {
                    self.file(path);
                }
                // One for each ecosystem: `osv-scanner/PyPI/all.zip`.
                "zip"
                    if path
                        .parent()
                        .is_some_and(|above| above == folder || above.ends_with("PyPI")) =>
                {
                    self.zip(path, progress)?;
                    self.complete = true;
                }
                _ => {}
            }
            if self.entries.is_multiple_of(500) {
                progress(&format!("{} advisories read", self.entries));
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path) {
        let is_yaml = path.extension().is_none_or(|kind| kind != "json");
        let small = fs::metadata(path).is_ok_and(|kind| kind.len() <= MOST_BYTES);
        let text = fs::read_to_string(path).ok().filter(|_| small);
        let entry = text.and_then(|text| match is_yaml {
            true => serde_json::from_value(of_yaml(&text)?).ok(),
            false => serde_json::from_str(&text).ok(),
        });
        self.take(entry);
    }

    fn zip(&mut self, path: &Path, progress: &impl Fn(&str)) -> Result<(), String> {
        let shown = path.display();
        let damaged =
            |reason: &dyn std::fmt::Display| format!("{shown} is no whole zip file: {reason}");
        let file = File::open(path).map_err(|error| format!("{shown}: {error}"))?;
        let mut archive = ZipArchive::new(file).map_err(|error| damaged(&error))?;
        let all = archive.len();
        for at in 0..all {
            let entry = archive.by_index(at).map_err(|error| damaged(&error))?;
            let name = entry.name().map_err(|error| damaged(&error))?;
            if !name.ends_with(".json") {
                continue;
            }
            let mut bytes = Vec::new();
            // Reading to the end compares the sum that the archive has of it.
            let read = entry.take(MOST_BYTES + 1).read_to_end(&mut bytes);
            read.map_err(|error| damaged(&error))?;
            let small = bytes.len() as u64 <= MOST_BYTES;
            self.take(small.then(|| serde_json::from_slice(&bytes).ok()).flatten());
            if at % 500 == 0 {
                progress(&format!("{at} of {all} entries read"));
            }
        }
        Ok(())
    }

    fn take(&mut self, entry: Option<Entry>) {
        let Some(entry) = entry else {
            self.unread += 1;
            return;
        };
        let database = match self.source.starts_with("PyPA") {
            true => "pypa/advisory-database",
            false => "OSV",
        };
        let rows = entry.rows(database);
        if rows.is_empty() {
            return;
        }
        self.entries += 1;
        if entry.day() > self.date.as_str() {
            self.date = entry.day().to_owned();
        }
        self.rows.extend(rows);
    }
}

/// YAML as JSON, all scalars as strings: entries have no others.
fn of_yaml(text: &str) -> Option<Value> {
    let chunks = Chunks::whole(Language::Yaml, text);
    let chunk = chunks.list().first()?;
    let state: State = chunk.state;
    match syntax::read(state, &text.into(), &mut None) {
        Part::Yaml(part) => value(&part, *part.documents().first()?, 0),
        _ => None,
    }
}

/// Deeper than any entry is.
const DEPTH: usize = 32;

fn value(part: &yaml::Part, id: yaml::Id, depth: usize) -> Option<Value> {
    if depth > DEPTH {
        return None;
    }
    let inner = |id: Option<yaml::Id>| match id {
        Some(id) => value(part, id, depth + 1),
        None => Some(Value::Null),
    };
    Some(match &part.node(id).value {
        yaml::Value::Mapping { entries, .. } => {
            let mut map = Map::new();
            for entry in entries {
                map.insert(part.scalar(entry.key)?.into_owned(), inner(entry.value)?);
            }
            Value::Object(map)
        }
        yaml::Value::Sequence { items, .. } => {
            let items: Option<Vec<Value>> = items.iter().map(|item| inner(item.value)).collect();
            Value::Array(items?)
        }
        yaml::Value::Scalar { .. } => Value::String(part.scalar(id)?.into_owned()),
        yaml::Value::Alias(_) | yaml::Value::Empty => Value::Null,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_in_yaml_is_one_in_json() {
        let text = "id: PYSEC-2020-1\ndetails: |\n  Text: with a colon\n  [and brackets\naffected:\n- package:\n    name: a\n    ecosystem: PyPI\n  ranges:\n  - type: ECOSYSTEM\n    events:\n    - introduced: \"0\"\n    - fixed: 1.10\n  versions: ['1.0']\naliases: [CVE-1, GHSA-b]\nmodified: \"2021-08-27T03:22:03.774781Z\"\n";
        let entry: Option<Entry> = of_yaml(text).and_then(|json| serde_json::from_value(json).ok());
        let read = entry.map(|entry| (entry.day().to_owned(), entry.rows("x")));
        let row = "PYSEC-2020-1\tCVE-1,GHSA-b\t0\t1.10\t\t\tx 2021-08-27";
        assert_eq!(
            read,
            Some(("2021-08-27".into(), vec![("a".into(), row.into())]))
        );
    }
}
