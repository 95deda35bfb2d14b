//! One entry of OSV's, in JSON or in YAML → rows of a table.
//!
//! Source: the OSV schema 1.7 (<https://ossf.github.io/osv-schema/>).

use std::str::FromStr;

use harden_engine::model::advisories::WITHDRAWN;
use harden_engine::model::requirements::normal;
use pep440_rs::Version;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    pub(super) id: String,
    #[serde(default)]
    modified: Option<String>,
    #[serde(default)]
    withdrawn: Option<String>,
    #[serde(default)]
    aliases: Option<Vec<String>>,
    #[serde(default)]
    severity: Option<Vec<Score>>,
    #[serde(default)]
    affected: Option<Vec<Affected>>,
    #[serde(default)]
    database_specific: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Score {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    score: String,
}

#[derive(Debug, Deserialize)]
struct Affected {
    #[serde(default)]
    package: Option<Package>,
    #[serde(default)]
    severity: Option<Vec<Score>>,
    #[serde(default)]
    ranges: Option<Vec<Range>>,
    #[serde(default)]
    versions: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Package {
    #[serde(default)]
    ecosystem: String,
    #[serde(default)]
    name: String,
}

#[derive(Debug, Deserialize)]
struct Range {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    events: Option<Vec<Event>>,
}

#[derive(Debug, Default, Deserialize)]
struct Event {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
}

/// From one version to another: introduced, fixed, last affected.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Stretch {
    introduced: String,
    fixed: String,
    last: String,
}

impl Entry {
    /// The day on which it was changed last: `2024-10-10`.
    pub(super) fn day(&self) -> &str {
        let modified = self.modified.as_deref().unwrap_or_default();
        modified.get(..10).unwrap_or_default()
    }

    /// Its rows: a package, and what follows it. None for what is not about PyPI.
    pub(super) fn rows(&self, database: &str) -> Vec<(String, String)> {
        let mut rows = Vec::new();
        let aliases = self.aliases.iter().flatten().map(|id| id.trim());
        let aliases: Vec<&str> = aliases.filter(|id| !id.contains(',')).collect();
        let aliases = aliases.join(",");
        let day = self.day();
        let mut push = |package: &str, stretch: &Stretch, severity: &str| {
            let source = format!("{database} {day}");
            let fields = [
                &self.id,
                &aliases,
                &stretch.introduced,
                &stretch.fixed,
                &stretch.last,
                severity,
                source.trim_end(),
            ];
            let fields = fields.map(|field| field.replace(['\t', '\n', '\r'], " "));
            rows.push((normal(package), fields.join("\t")));
        };
        for affected in self.affected.iter().flatten() {
            let Some(package) = &affected.package else {
                continue;
            };
            // `PyPI:…` would be a part of it.
            let ecosystem = package.ecosystem.split(':').next().unwrap_or_default();
            if !ecosystem.eq_ignore_ascii_case("PyPI") || package.name.is_empty() {
                continue;
            }
            if self.withdrawn.is_some() {
                push(&package.name, &Stretch::default(), WITHDRAWN);
                continue;
            }
            let severity = self.severity(affected);
            for stretch in affected.stretches() {
                push(&package.name, &stretch, &severity);
            }
        }
        rows
    }

    /// A word where the database has one, else a vector.
    fn severity(&self, affected: &Affected) -> String {
        let word = self.database_specific.as_ref();
        let word = word.and_then(|of| of.get("severity")?.as_str());
        if let Some(word) = word.filter(|word| !word.is_empty() && *word != "UNKNOWN") {
            return word.to_ascii_lowercase();
        }
        let scores = || {
            let own = affected.severity.iter().flatten();
            own.chain(self.severity.iter().flatten())
        };
        let kinds = ["CVSS_V3", "CVSS_V4", "CVSS_V2", ""];
        let mut found = kinds
            .iter()
            .filter_map(|kind| scores().find(|score| kind.is_empty() || score.kind == *kind));
        found
            .next()
            .map(|score| score.score.clone())
            .unwrap_or_default()
    }
}

impl Affected {
    /// Its ranges by versions; and the versions that are listed and lie in none of them.
    fn stretches(&self) -> Vec<Stretch> {
        let mut all = Vec::new();
        let ranges = self.ranges.iter().flatten();
        for range in ranges.filter(|range| range.kind != "GIT") {
            let mut open: Option<String> = None;
            for event in range.events.iter().flatten() {
                if let Some(version) = &event.introduced {
                    // The one before it never ends.
                    all.extend(open.replace(version.clone()).map(Stretch::from));
                }
                if event.fixed.is_some() || event.last_affected.is_some() {
                    let own = |version: &Option<String>| version.clone().unwrap_or_default();
                    all.push(Stretch {
                        introduced: open.take().unwrap_or_else(|| "0".into()),
                        fixed: own(&event.fixed),
                        last: own(&event.last_affected),
                    });
                }
            }
            all.extend(open.map(Stretch::from));
        }
        let listed = self.versions.iter().flatten().filter_map(|text| {
            let version = Version::from_str(text).ok()?;
            let known = all.iter().any(|stretch| stretch.holds(&version));
            (!known).then(|| Stretch {
                introduced: text.clone(),
                fixed: String::new(),
                last: text.clone(),
            })
        });
        let listed: Vec<Stretch> = listed.collect();
        all.extend(listed);
        all
    }
}

impl From<String> for Stretch {
    fn from(introduced: String) -> Stretch {
        Stretch {
            introduced,
            ..Stretch::default()
        }
    }
}

impl Stretch {
    fn holds(&self, version: &Version) -> bool {
        let read = |text: &str| Version::from_str(text).ok();
        let from =
            self.introduced == "0" || read(&self.introduced).is_none_or(|from| from <= *version);
        let before = read(&self.fixed).is_none_or(|fixed| *version < fixed);
        let until = read(&self.last).is_none_or(|last| *version <= last);
        from && before && until
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(entry: Value) -> Vec<String> {
        let entry = serde_json::from_value(entry);
        let rows = entry.map(|entry: Entry| entry.rows("OSV"));
        let rows = rows.into_iter().flatten();
        rows.map(|(package, rest)| format!("{package}|{}", rest.replace('\t', "|")))
            .collect()
    }

    #[test]
    fn events_are_stretches() {
        let entry = json!({
            "id": "GHSA-a", "modified": "2026-11-20T01:02:03Z", "aliases": ["CVE-1", "PYSEC-1"],
            "database_specific": {"severity": "MODERATE"},
            "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}],
            "affected": [
                {"package": {"ecosystem": "npm", "name": "a"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]},
                {"package": {"ecosystem": "PyPI", "name": "My.Package"},
                 "ranges": [
                    {"type": "GIT", "events": [{"introduced": "0"}]},
                    {"type": "ECOSYSTEM", "events": [
                        {"introduced": "0"}, {"fixed": "1.5"}, {"introduced": "2.0"}, {"last_affected": "2.3"}, {"introduced": "3"}]}],
                 "versions": ["1.4", "1.9", "2.3", "not-a-version"]},
            ],
        });
        assert_eq!(
            rows(entry),
            [
                "my-package|GHSA-a|CVE-1,PYSEC-1|0|1.5||moderate|OSV 2026-11-20",
                "my-package|GHSA-a|CVE-1,PYSEC-1|2.0||2.3|moderate|OSV 2026-11-20",
                "my-package|GHSA-a|CVE-1,PYSEC-1|3|||moderate|OSV 2026-11-20",
                "my-package|GHSA-a|CVE-1,PYSEC-1|1.9||1.9|moderate|OSV 2026-11-20",
            ]
        );
    }

    #[test]
    fn what_was_withdrawn_says_so() {
        let entry = json!({
            "id": "PYSEC-1", "withdrawn": "2026-01-01T00:00:00Z", "aliases": null,
            "affected": [{"package": {"ecosystem": "PyPI", "name": "a"}, "versions": ["1"]}],
        });
        assert_eq!(rows(entry), ["a|PYSEC-1|||||withdrawn|OSV"]);
        assert!(rows(json!({"id": "x"})).is_empty());
    }
}
