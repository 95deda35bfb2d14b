//! `harden check --format`: what other programs read, on files that are odd.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::cli::{COMPOSE, Folder, PYTEST, Run};

const SECRET: &str = "compose/default-secret";
const FORMATS: [&str; 4] = ["sarif", "github", "gitlab", "junit"];

/// Findings at odd places: names that must be escaped, line ends of all kinds, files that cannot be read.
fn odd() -> Folder {
    let windows = COMPOSE.replace("acme/app:16", "acme/app:16 # é🦀");
    let folder = Folder::new(&[
        ("clean.py", "x = 1\n"),
        ("a b/ü#1%,c:d/compose.yml", &windows.replace('\n', "\r\n")),
        ("tests/<&>\"'/compose.yml", &COMPOSE.replace('\n', "\r")),
        ("harden.toml", "selekt = []\n"),
        ("pytest.ini", PYTEST),
        (
            "used/compose.yml",
            "x-env: &env\n  DB_PASSWORD: ${P:-swordf1}\n\
             services:\n  a:\n    image: b\n    environment: *env\n  c:\n    image: d\n    environment: *env\n",
        ),
    ]);
    folder.write("latin.py", b"x = '\xe9'\n");
    folder
}

fn check(folder: &Folder, arguments: &[&str]) -> Run {
    let run = folder.run(&[&["check"], arguments].concat());
    assert!(run.code == Some(0) || run.code == Some(1), "{run:?}");
    run
}

fn sarif(folder: &Folder, arguments: &[&str]) -> Value {
    let run = check(folder, &[&["--format", "sarif"], arguments].concat());
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn sarif_is_what_its_schema_allows() {
    // The schema lies in a crate that cargo has fetched, and checked by its hash.
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{metadata:?}");
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages
        .iter()
        .find(|p| p["name"] == "serde-sarif")
        .unwrap();
    let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap());
    let schema = std::fs::read(manifest.with_file_name("src").join("schema.json")).unwrap();
    let mut compiler = boon::Compiler::new();
    compiler.enable_format_assertions();
    compiler
        .add_resource("sarif.json", serde_json::from_slice(&schema).unwrap())
        .unwrap();
    let mut schemas = boon::Schemas::new();
    let schema = compiler.compile("sarif.json", &mut schemas).unwrap();
    let faults = |log: &Value| {
        let valid = schemas.validate(log, schema);
        valid.err().map(|error| format!("{error:#}"))
    };

    let sample = Folder::new(&[]);
    let hypercode = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/projects/hypercode");
    let empty = Folder::new(&[("clean.py", "x = 1\n")]);
    let odd = odd();
    odd.run(&[
        "check",
        "--baseline",
        "known.json",
        "--write-baseline",
        "used",
    ]);
    for (log, results) in [
        (sarif(&sample, &[hypercode]), true),
        (sarif(&empty, &[]), false),
        (sarif(&Folder::new(&[]), &[]), false),
        (sarif(&odd, &[]), true),
        (sarif(&odd, &["--baseline", "known.json"]), true),
    ] {
        assert_eq!(faults(&log), None);
        let found = log["runs"][0]["results"].as_array().unwrap();
        assert_eq!(!found.is_empty(), results);
        let rules = log["runs"][0]["tool"]["driver"]["rules"]
            .as_array()
            .unwrap();
        for result in found {
            let index = result["ruleIndex"].as_u64().unwrap() as usize;
            assert_eq!(rules[index]["id"], result["ruleId"]);
        }
    }
    // The validator is one.
    let mut wrong = sarif(&empty, &[]);
    wrong["runs"][0]["results"] = serde_json::json!([{ "level": "bad" }]);
    assert!(faults(&wrong).is_some());
    let mut wrong = sarif(&empty, &[]);
    wrong["runs"][0]["tool"]["driver"]["informationUri"] = "no address".into();
    assert!(faults(&wrong).is_some());
}

#[test]
fn sarif_says_what_github_reads() {
    let folder = odd();
    let log = sarif(&folder, &[]);
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let rule = |name: &str| rules.iter().find(|rule| rule["id"] == name).unwrap();
    let secret = rule(SECRET);
    assert_eq!(secret["properties"]["security-severity"], "9.5");
    assert_eq!(
        secret["properties"]["tags"],
        serde_json::json!(["security", "external/cwe/cwe-1392"])
    );
    assert_eq!(secret["defaultConfiguration"]["level"], "error");
    let help = secret["help"]["markdown"].as_str().unwrap();
    assert!(help.contains("\n```yaml\n") && !help.contains(" bad\n"));
    assert!(
        !rule("pytest/markers-not-strict")["properties"]["tags"]
            .as_array()
            .unwrap()
            .contains(&"security".into())
    );

    let results = run["results"].as_array().unwrap();
    let uri = |place: &Value| {
        let artifact = &place["physicalLocation"]["artifactLocation"];
        assert_eq!(artifact["uriBaseId"], "%SRCROOT%");
        artifact["uri"].as_str().unwrap().to_owned()
    };
    let of = |path: &str| {
        let mut all = results.iter().filter(|r| uri(&r["locations"][0]) == path);
        all.next().unwrap_or_else(|| panic!("nothing at {path}"))
    };
    let windows = of("a%20b/%C3%BC%231%25%2Cc%3Ad/compose.yml");
    let region = &windows["locations"][0]["physicalLocation"]["region"];
    assert_eq!(
        *region,
        serde_json::json!({ "startLine": 5, "startColumn": 41, "endLine": 5, "endColumn": 48 })
    );
    assert!(windows["partialFingerprints"]["harden/v1"].is_string());
    assert_eq!(windows["level"], "error");
    assert!(windows.get("baselineState").is_none());
    let fix = &windows["fixes"][0]["artifactChanges"][0];
    let inserted = fix["replacements"][0]["insertedContent"]["text"].as_str();
    assert_eq!(inserted, Some(":?DB_PASSWORD must be set"));

    let used = of("used/compose.yml");
    let related = used["relatedLocations"].as_array().unwrap();
    assert!(!related.is_empty());
    for place in related {
        let link = format!("]({})", place["id"]);
        assert!(used["message"]["text"].as_str().unwrap().contains(&link));
    }

    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    let notes = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notes.len(), 1);
    assert_eq!(uri(&notes[0]["locations"][0]), "latin.py");
}

#[test]
fn github_reads_a_command_from_each_line() {
    let run = check(&odd(), &["--format", "github"]);
    let mut names = Vec::new();
    for line in run.out.lines() {
        let (head, message) = line[2..].split_once("::").unwrap();
        let (command, rest) = head.split_once(' ').unwrap();
        assert!(["error", "warning", "notice"].contains(&command), "{line}");
        assert!(!message.is_empty());
        let fields: Vec<(&str, &str)> = rest
            .split(',')
            .map(|field| field.split_once('=').unwrap())
            .collect();
        assert_eq!(fields[0].0, "file", "{line}");
        names.push(fields[0].1);
    }
    assert!(
        names.contains(&"a b/ü#1%25%2Cc%3Ad/compose.yml"),
        "{names:?}"
    );
    let first = run.out.lines().find(|line| line.contains("ü")).unwrap();
    assert!(
        first.starts_with("::error file=")
            && first
                .contains(",line=5,endLine=5,col=41,endColumn=48,title=compose/default-secret::"),
        "{first}"
    );
}

#[test]
fn gitlab_has_one_fingerprint_for_each_issue() {
    let run = check(&odd(), &["--format", "gitlab"]);
    let issues: Vec<Value> = serde_json::from_str(&run.out).unwrap();
    let mut prints: Vec<&str> = issues
        .iter()
        .map(|issue| issue["fingerprint"].as_str().unwrap())
        .collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), issues.len());
    let secret = issues.iter().find(|i| i["check_name"] == SECRET).unwrap();
    assert_eq!(secret["severity"], "blocker");
    assert_eq!(secret["location"]["path"], "a b/ü#1%,c:d/compose.yml");
    assert_eq!(secret["location"]["lines"]["begin"], 5);
    let clean = check(&Folder::new(&[]), &["--format", "gitlab"]);
    assert_eq!(clean.out.trim(), "[]");
}

#[test]
fn junit_is_xml_with_a_case_for_each_finding() {
    let folder = odd();
    // In messages, too.
    folder.write(
        "a.py",
        b"try:\n    f['<]]>&\x01\"']()\nexcept Exception:\n    pass\n",
    );
    let run = check(&folder, &["--format", "junit"]);
    let xml = roxmltree::Document::parse(&run.out).unwrap();
    let count = |name: &str| {
        xml.descendants()
            .filter(|node| node.has_tag_name(name))
            .count()
    };
    let root = xml.root_element();
    assert_eq!(
        root.attribute("failures"),
        Some(count("failure").to_string().as_str())
    );
    assert_eq!(
        root.attribute("tests"),
        Some(count("testcase").to_string().as_str())
    );
    assert_eq!(count("failure"), folder.findings(&[]).len());
    let suite = |name: &str| {
        let mut all = root
            .children()
            .filter(|node| node.attribute("name") == Some(name));
        all.next()
            .unwrap_or_else(|| panic!("no suite {name}: {}", run.out))
    };
    assert_eq!(suite("clean.py").attribute("failures"), Some("0"));
    assert_eq!(
        suite("tests/<&>\"'/compose.yml").attribute("failures"),
        Some("1")
    );
}

#[test]
fn services_find_files_from_where_they_run() {
    let folder = Folder::new(&[("src/app/compose.yml", COMPOSE)]);
    let first = |arguments: &[&str]| -> Vec<Value> {
        let run = check(&folder, arguments);
        serde_json::from_str(&run.out).unwrap()
    };
    let here = first(&["--format", "gitlab"]);
    let below = first(&["--format", "gitlab", "src"]);
    assert_eq!(here, below);
    assert_eq!(here[0]["location"]["path"], "src/app/compose.yml");
    let log = sarif(&folder, &["src/app"]);
    let uri = "src/app/compose.yml";
    let result = &log["runs"][0]["results"][0];
    let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(place["uri"], uri);
    let change = &result["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], uri);
}

#[test]
fn no_format_shows_a_secret() {
    let text = COMPOSE.replace("swordf1", "swordf1-Zq9") + "      OTHER: swordf1-Zq9\n";
    let folder = Folder::new(&[("compose.yml", &text)]);
    for format in FORMATS {
        let run = check(&folder, &["--format", format]);
        assert!(run.out.contains(SECRET), "{format}: {run:?}");
        let all = run.out + &run.err;
        assert!(!all.contains("swordf1"), "{format}: {all}");
    }
}
