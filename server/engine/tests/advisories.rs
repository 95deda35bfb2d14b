//! What is known of vulnerabilities: the table of the program, and one beside it.

use std::str::FromStr;

use harden_engine::model::advisories::{Advisories, Table, repaired};
use harden_engine::rule::Severity;
use pep440_rs::Version;
use version_ranges::Ranges;

fn version(text: &str) -> Version {
    Version::from_str(text).unwrap()
}

fn affected(advisories: &Advisories, package: &str, pin: &str) -> Vec<String> {
    let known = advisories.of(package).into_iter();
    known
        .filter(|advisory| advisory.affected.contains(&version(pin)))
        .map(|advisory| advisory.ids[0].clone())
        .collect()
}

fn table(rows: &[&str]) -> Advisories {
    let mut rows: Vec<String> = rows.iter().map(|row| row.replace(' ', "\t")).collect();
    rows.sort();
    let text = format!(
        "# date: 2026-11-20\n# source: a test\n{}\n",
        rows.join("\n")
    );
    Advisories::with(Table::read(text).unwrap())
}

#[test]
fn every_package_of_the_table_is_found_by_halves() {
    let text = include_str!("../data/advisories.tsv");
    let own = Advisories::default();
    let mut before = "";
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!(fields.len(), 8, "{line}");
        assert!(before <= fields[0], "not in order: {line}");
        before = fields[0];
        let known = own.of(fields[0]);
        let has = known
            .iter()
            .any(|known| known.ids.iter().any(|id| id == fields[1]));
        assert!(has, "{line}");
        for bound in &fields[3..6] {
            assert!(
                bound.is_empty() || Version::from_str(bound).is_ok(),
                "{line}"
            );
        }
    }
    for missing in ["", "a", "aiohtt", "aiohttp-x", "djang", "zzz", "é", "#"] {
        assert!(!own.know(missing), "{missing}");
    }
}

#[test]
fn the_head_says_what_it_is() {
    let heads = Advisories::default().heads();
    assert_eq!(heads[0].date, "2024-10-10");
    assert!(heads[0].source.contains("CC-BY"));
    assert!(!heads[0].complete);
}

#[test]
fn ranges_end_before_the_repair() {
    let own = Advisories::default();
    let found = affected(&own, "cryptography", "46.0.4");
    assert_eq!(found, ["CVE-2026-26007"]);
    assert!(affected(&own, "cryptography", "46.0.5").is_empty());
    // The order is PEP 440's, not that of the text.
    assert!(!affected(&own, "cryptography", "9.0").is_empty());
    assert!(!affected(&own, "cryptography", "46.0.5rc1").is_empty());
    for any in ["0.1", "0.13.3", "0.18.0", "0.19.1", "99"] {
        assert!(
            affected(&own, "ecdsa", any).contains(&"CVE-2024-23342".into()),
            "{any}"
        );
    }
}

#[test]
fn repairs_of_several_branches_are_told_apart() {
    let own = Advisories::default();
    let has = |pin: &str| affected(&own, "urllib3", pin).contains(&"CVE-2023-43804".to_owned());
    for pin in ["1.24", "1.26.16", "2.0.0", "2.0.5", "2.0.0a1"] {
        assert!(has(pin), "{pin}");
    }
    for pin in ["1.26.17", "1.26.99", "2.0.6", "2.1"] {
        assert!(!has(pin), "{pin}");
    }
    let has = |pin: &str| affected(&own, "django", pin).contains(&"CVE-2019-12781".to_owned());
    for pin in ["1.11.21", "2.0.13", "2.1.9", "2.2.2"] {
        assert!(has(pin), "{pin}");
    }
    for pin in ["1.11.22", "2.1.10", "2.2.3", "3.0"] {
        assert!(!has(pin), "{pin}");
    }
}

#[test]
fn what_is_imported_counts_and_what_was_added_by_hand_stays() {
    let all = table(&[
        "ecdsa GHSA-wj6h-64fc-37mp CVE-2024-23342 0  0.18.0 HIGH OSV",
        // Another repair than the table of the program has it.
        "aiohttp PYSEC-2021-76 CVE-2021-21330 0 3.7.3   OSV",
        "cryptography PYSEC-2017-8     withdrawn OSV",
        "newcomer GHSA-a CVE-2026-1 1.0 1.5   OSV",
        "newcomer PYSEC-b CVE-2026-1 1.0 1.6   OSV",
        "newcomer GHSA-c  0  0.9 low OSV",
    ]);
    assert!(affected(&all, "ecdsa", "0.19.1").contains(&"CVE-2024-23342".into()));
    assert!(!affected(&all, "aiohttp", "3.7.3").contains(&"CVE-2021-21330".into()));
    assert!(affected(&all, "aiohttp", "3.7.2").contains(&"CVE-2021-21330".into()));
    // What the imported table does not speak of is still known.
    assert!(affected(&all, "aiohttp", "3.8.4").contains(&"CVE-2023-37276".into()));
    let withdrawn = |known: &Advisories| {
        let known = known.of("cryptography");
        known
            .iter()
            .any(|known| known.ids.iter().any(|id| id == "PYSEC-2017-8"))
    };
    assert!(withdrawn(&Advisories::default()) && !withdrawn(&all));

    let known = all.of("newcomer");
    assert_eq!(known.len(), 2, "two names of one: {known:?}");
    let merged = known.iter().find(|known| known.ids.len() == 3).unwrap();
    assert_eq!(merged.ids, ["CVE-2026-1", "GHSA-a", "PYSEC-b"]);
    // One database knows of a repair that another calls vulnerable.
    assert_eq!(merged.fixed, [version("1.6")]);
    assert!(affected(&all, "newcomer", "0.9").contains(&"GHSA-c".into()));
    assert!(affected(&all, "newcomer", "0.9.1").is_empty());
    assert_eq!(
        known
            .iter()
            .find(|known| known.ids[0] == "GHSA-c")
            .unwrap()
            .severity,
        Some(Severity::Low)
    );
}

#[test]
fn the_repair_is_the_oldest_version_without_any() {
    let all = table(&[
        "a GHSA-1  0 1.5   x",
        "a GHSA-2  0 1.4   x",
        "a GHSA-3  2.0 2.1   x",
        "a GHSA-4  1.5 1.6   x",
        "a GHSA-5  0    x",
    ]);
    let known = all.of("a");
    let to =
        |pin: &str| repaired(&known, &Ranges::singleton(version(pin))).map(|to| to.to_string());
    assert_eq!(to("1.0").as_deref(), Some("1.6"));
    assert_eq!(to("2.0.5").as_deref(), Some("2.1"));
    assert_eq!(to("2.1"), None);
    assert_eq!(repaired(&known, &Ranges::full()), None);
}

#[test]
fn a_table_that_is_no_table_is_refused() {
    for text in [
        "",
        "# date: 2026-01-01\n",
        "b\tx\t\t0\t\t\t\ts\na\tx\t\t0\t\t\t\ts\n",
        "a\tx\n",
        "a\tx\t\t0\t\t\t\ts",
        "<html>not found</html>\n",
    ] {
        assert!(Table::read(text.into()).is_err(), "{text}");
    }
}
