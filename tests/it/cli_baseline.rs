//! `harden check --baseline`: what is known stays hidden, what is new does not.

use serde_json::Value;

use crate::cli::{COMPOSE, Folder, PYTEST, Run};

const FILE: &str = "known.json";

fn write(folder: &Folder, arguments: &[&str]) -> Run {
    let run = folder.run(
        &[
            &["check", "--baseline", FILE, "--write-baseline"],
            arguments,
        ]
        .concat(),
    );
    assert_eq!(run.code, Some(0), "{run:?}");
    run
}

fn shown(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    folder.rules(&[&["--baseline", FILE], arguments].concat())
}

fn sample() -> Folder {
    Folder::new(&[
        ("compose.yml", COMPOSE),
        ("sub/pytest.ini", PYTEST),
        ("clean.py", "x = 1\n"),
    ])
}

#[test]
fn what_is_known_is_hidden_and_counted() {
    let folder = sample();
    let run = write(&folder, &[]);
    assert_eq!(run.out, "known.json: 2 findings, 2 new, 0 gone\n");
    let run = folder.run(&["check", "--baseline", FILE]);
    assert_eq!(run.code, Some(0));
    assert!(
        run.out
            .contains("nothing found in 4 files, beside 2 findings in the baseline"),
        "{run:?}"
    );
    assert_eq!(run.err, "");
    let run = folder.run(&["check", "--baseline", FILE, "--format", "json"]);
    let whole: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(
        whole["baseline"],
        serde_json::json!({ "known": 2, "gone": 0 })
    );
    assert!(run.err.contains("2 findings in the baseline"), "{run:?}");

    // A new one is told, beside them.
    folder.write("new/compose.yml", COMPOSE.as_bytes());
    let run = folder.run(&["check", "--baseline", FILE]);
    assert_eq!(run.code, Some(1));
    assert!(run.out.contains("new/compose.yml:5:"), "{run:?}");
    assert!(
        run.out
            .contains("1 finding in 5 files, beside 2 findings in the baseline: 1 critical")
    );
    let run = folder.run(&["check", "--baseline", FILE, "--format", "sarif"]);
    let log: Value = serde_json::from_str(&run.out).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["baselineState"], "new");
}

#[test]
fn edits_elsewhere_change_nothing() {
    let folder = sample();
    write(&folder, &[]);
    let text = COMPOSE
        .replace("acme/app:16", "acme/app:17")
        .replace("  init:", "  setup:");
    let text = format!("# above\nname: x\n{text}      TZ: UTC\n").replace('\n', "\r\n");
    folder.write("compose.yml", text.as_bytes());
    assert_eq!(shown(&folder, &[]), [""; 0]);
    // Another password in the same place is the same finding, and no hash of either is written.
    folder.write(
        "compose.yml",
        COMPOSE.replace("swordf1", "other").as_bytes(),
    );
    assert_eq!(shown(&folder, &[]), [""; 0]);
    // Another variable is another finding.
    folder.write(
        "compose.yml",
        COMPOSE.replace("POSTGRES_P", "MYSQL_P").as_bytes(),
    );
    assert_eq!(shown(&folder, &[]), ["compose/default-secret"]);
}

#[test]
fn one_more_of_the_same_is_new() {
    let mut text = "import random\n\n\ndef token():\n    token = random.choice('ab')\n".to_owned();
    let folder = Folder::new(&[("a.py", &text)]);
    write(&folder, &[]);
    text.push_str("    token = random.choice('ab')\n    return token\n");
    folder.write("a.py", text.as_bytes());
    assert_eq!(folder.rules(&[]).len(), 2);
    assert_eq!(shown(&folder, &[]).len(), 1);
}

#[test]
fn it_holds_from_every_folder_and_on_every_machine() {
    let folder = sample();
    write(&folder, &[]);
    let file = folder.path(FILE);
    let file = file.to_str().unwrap();
    for arguments in [
        &["sub"][..],
        &["compose.yml"],
        &["sub/pytest.ini", "compose.yml"],
    ] {
        let found = folder.rules(&[&["--baseline", file], arguments].concat());
        assert_eq!(found, [""; 0], "{arguments:?}");
    }
    let other = sample();
    other.write(FILE, folder.read(FILE).as_bytes());
    assert_eq!(shown(&other, &[]), [""; 0]);
    // A baseline in a folder of its own names the way.
    let run = folder.run(&["check", "--baseline", "sub/b.json", "--write-baseline"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        folder
            .read("sub/b.json")
            .contains("\"file\":\"../compose.yml\"")
    );
    assert_eq!(folder.rules(&["--baseline", "sub/b.json"]), [""; 0]);
}

#[test]
fn it_is_written_the_same_way_each_time_and_holds_no_text() {
    let folder = sample();
    write(&folder, &[]);
    let first = folder.read(FILE);
    write(&folder, &[]);
    assert_eq!(folder.read(FILE), first);
    assert!(!first.contains("swordf1") && !first.contains("POSTGRES"));
    let lines: Vec<&str> = first.lines().collect();
    assert_eq!(lines.len(), 3 + 2 + 2, "{first}");
    assert!(lines[3] < lines[4], "{first}");
    let value: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(value["version"], 1);
    // The fingerprint's making is part of the format: if this changes, so must the version.
    assert_eq!(
        value["findings"][0]["fingerprint"],
        "74fa1c9a7d38b836f8b22f26a32a5f8b"
    );
    assert_eq!(
        value["findings"][1]["fingerprint"],
        "dedb521f0c85082fa29b73ac066e8c3a"
    );
}

#[test]
fn what_is_gone_is_a_note() {
    let folder = sample();
    write(&folder, &[]);
    std::fs::remove_file(folder.path("compose.yml")).unwrap();
    folder.write(
        "sub/pytest.ini",
        b"[pytest]\naddopts = --doctest-modules --strict-markers --strict-config -o xfail_strict=true\n",
    );
    let run = folder.run(&["check", "--baseline", FILE]);
    assert_eq!(run.code, Some(0));
    assert!(
        run.err
            .contains("note: 2 findings of known.json no longer there"),
        "{run:?}"
    );
    assert!(
        run.err
            .contains("sub/pytest.ini: pytest/markers-not-strict"),
        "{run:?}"
    );
    assert_eq!(
        write(&folder, &[]).out,
        "known.json: 0 findings, 0 new, 2 gone\n"
    );
    assert_eq!(
        folder.read(FILE),
        "{\n  \"version\": 1,\n  \"findings\": []\n}\n"
    );
    assert_eq!(folder.run(&["check", "--baseline", FILE]).err, "");
}

#[test]
fn a_part_of_the_project_or_of_the_rules_says_nothing_of_the_rest() {
    let folder = sample();
    write(&folder, &[]);
    let whole = folder.read(FILE);
    for arguments in [
        &["clean.py"][..],
        &["sub"],
        &["--select", "python"],
        &["--min-severity", "critical"],
    ] {
        let run = folder.run(&[&["check", "--baseline", FILE], arguments].concat());
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{arguments:?}");
        write(&folder, arguments);
        assert_eq!(folder.read(FILE), whole, "{arguments:?}");
    }
    // New ones are added by severity.
    folder.write("more/pytest.ini", PYTEST.as_bytes());
    write(&folder, &["--min-severity", "high"]);
    assert_eq!(folder.read(FILE), whole);
}

#[test]
fn what_is_no_baseline_is_refused() {
    let folder = sample();
    let refused = |arguments: &[&str], why: &str| {
        let run = folder.run(&[&["check"], arguments].concat());
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.err.contains(why), "{run:?}");
    };
    refused(&["--baseline", FILE], "--write-baseline makes it");
    refused(&["--write-baseline"], "--baseline");
    for (text, why) in [
        ("", "no baseline"),
        ("{}", "no version"),
        ("{\"version\": 1}", "no baseline"),
        (
            "{\"version\": 1, \"findings\": [{\"file\": 3}]}",
            "no baseline",
        ),
        ("{\"version\": 2, \"findings\": []}", "a newer harden wrote"),
        (
            "{\"version\": 0, \"findings\": []}",
            "an older harden wrote",
        ),
    ] {
        folder.write(FILE, text.as_bytes());
        refused(&["--baseline", FILE], why);
        refused(&["--baseline", FILE, "--write-baseline"], why);
        assert_eq!(folder.read(FILE), text);
    }
    refused(&["--baseline", "pytest.ini/x"], "pytest.ini/x");
    let sarif = ["--baseline", FILE, "--write-baseline", "--format", "sarif"];
    refused(&sarif, "leave --format away");
    let run = folder.run(&["check", "--baseline", "no/such/b.json", "--write-baseline"]);
    assert_eq!(run.code, Some(2), "{run:?}");
}

#[test]
fn fixes_go_on_and_what_is_left_is_compared() {
    let folder = sample();
    write(&folder, &[]);
    let run = folder.run(&["check", "--fix", "--baseline", FILE]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(folder.read("sub/pytest.ini").contains("--strict-markers"));
    assert!(
        run.err.contains("1 finding of known.json no longer there"),
        "{run:?}"
    );
}

#[test]
fn a_configuration_that_was_repaired_is_gone_too() {
    let folder = Folder::new(&[("harden.toml", "selekt = []\n"), ("a.py", "x = 1\n")]);
    write(&folder, &[]);
    assert!(folder.read(FILE).contains("config/invalid"));
    assert_eq!(shown(&folder, &[]), [""; 0]);
    folder.write("harden.toml", b"");
    let run = folder.run(&["check", "--baseline", FILE]);
    assert!(run.err.contains("harden.toml: config/invalid"), "{run:?}");
    assert_eq!(
        write(&folder, &[]).out,
        "known.json: 0 findings, 0 new, 1 gone\n"
    );
}
