//! The sample projects, checked and fixed by the binary: each line of `fixtures/projects/expected/` is one that a person
//! can justify. `UPDATE=1` rewrites these files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use similar::TextDiff;
use tempfile::TempDir;

fn projects() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects")
}

fn harden(arguments: &[&str], folder: &Path) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_harden"))
        .args(arguments)
        .arg(folder)
        .env("HARDEN_CACHE_DIR", crate::cli::NOWHERE)
        .output()
        .unwrap();
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

const CHECK: [&str; 5] = ["check", "--no-config", "--exit-zero", "--format", "jsonl"];

fn findings(folder: &Path) -> String {
    shown(harden(&CHECK, folder))
}

/// `file:line:col rule severity message`, one finding a line.
fn shown(output: Output) -> String {
    assert!(output.status.success());
    let mut shown = String::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| finding[key].as_str().unwrap().to_string();
        let start = &finding["range"]["start"];
        shown += &format!(
            "{}:{}:{} {} {} {}\n",
            text("file"),
            start["line"],
            start["column"],
            text("rule"),
            text("severity"),
            text("message")
        );
    }
    shown
}

#[track_caller]
fn expect(name: &str, text: &str) {
    let path = projects().join("expected").join(name);
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        fs::write(&path, text).unwrap();
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    let diff = TextDiff::from_lines(known.as_str(), text);
    assert!(
        known == text,
        "\n{}",
        diff.unified_diff().header(name, "now")
    );
}

/// A project in a folder of its own: what git tracks around it says nothing of the copy.
fn copied(name: &str) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    let project = projects().join(name);
    for file in &files(&project) {
        let copy = place.path().join(file);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(project.join(file), copy).unwrap();
    }
    place
}

#[test]
fn the_sample_has_its_findings() {
    let place = copied("hypercode");
    expect("hypercode.txt", &findings(place.path()));
}

#[test]
fn a_file_that_is_named_alone_is_told_what_it_is_told_among_all() {
    let place = copied("hypercode");
    fs::create_dir(place.path().join(".git")).unwrap();
    let all = findings(place.path());
    for file in files(place.path()) {
        let alone = Command::new(env!("CARGO_BIN_EXE_harden"))
            .args(CHECK)
            .arg(&file)
            .env("HARDEN_CACHE_DIR", crate::cli::NOWHERE)
            .current_dir(place.path())
            .output();
        let name = format!("{}:", file.to_str().unwrap().replace('\\', "/"));
        let among = all.lines().filter(|line| line.starts_with(&name));
        let among: Vec<&str> = among.collect();
        assert_eq!(shown(alone.unwrap()).lines().collect::<Vec<_>>(), among);
    }
}

#[test]
fn a_folder_that_is_named_alone_is_told_what_it_is_told_among_all() {
    let place = copied("hypercode");
    fs::create_dir(place.path().join(".git")).unwrap();
    // Texts may name other files, relative to what is checked.
    let heads = |findings: &str| -> Vec<String> {
        let words = findings
            .lines()
            .map(|line| line.split(' ').take(3).collect::<Vec<_>>().join(" "));
        words.collect()
    };
    let all = heads(&findings(place.path()));
    let folders = [
        ".github/workflows",
        "monitoring",
        "src",
        "src/hypercode-core/tests",
    ];
    for folder in folders {
        // What is said of a whole repository is not said where its workflows are all that is checked.
        let whole = |line: &&str| line.contains("ci/e2e-not-run") || line.contains("ci/no-dep");
        let below = all
            .iter()
            .filter_map(|line| line.strip_prefix(folder)?.strip_prefix('/'))
            .filter(|line| !whole(line));
        let alone = heads(&findings(&place.path().join(folder)));
        assert_eq!(alone, below.collect::<Vec<_>>(), "{folder}");
    }
}

#[test]
fn the_repaired_twin_is_silent() {
    assert_eq!(findings(&projects().join("hardened")), "");
}

#[test]
fn fixing_the_sample_changes_what_it_should() {
    let sample = projects().join("hypercode");
    let place = copied("hypercode");
    harden(&["fix", "--no-config", "--unsafe-fixes"], place.path());
    let mut diff = String::new();
    for file in &self::files(place.path()) {
        // A file that the sample does not have was made.
        let read = |root: &Path| fs::read_to_string(root.join(file)).unwrap_or_default();
        let (old, new) = (read(&sample), read(place.path()));
        if old != new {
            let name = file.to_str().unwrap().replace('\\', "/");
            let change = TextDiff::from_lines(&old, &new);
            diff += &change
                .unified_diff()
                .context_radius(1)
                .header(&name, &name)
                .to_string();
        }
    }
    expect("after-fix.diff", &without_new_secrets(&diff));
    expect("after-fix.txt", &reasons(place.path()));
    let again = harden(&["fix", "--no-config", "--unsafe-fixes"], place.path());
    assert!(again.status.code().is_some_and(|code| code < 2));
    let once: Vec<String> = self::files(place.path())
        .iter()
        .map(|file| fs::read_to_string(place.path().join(file)).unwrap())
        .collect();
    harden(&["fix", "--no-config", "--unsafe-fixes"], place.path());
    for (file, text) in self::files(place.path()).iter().zip(once) {
        let now = fs::read_to_string(place.path().join(file)).unwrap();
        assert_eq!(now, text, "fixed twice: {}", file.display());
    }
}

/// A text in which new secrets, which are others each time, are `•••`: 43 characters of base64 for URLs.
fn without_new_secrets(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut shown = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !is_part(c)) {
        let word = piece.trim_end_matches(|c: char| !is_part(c));
        let random = word.len() == 43 && word.contains(|c: char| c.is_ascii_digit());
        shown += if random { "•••" } else { word };
        shown += &piece[word.len()..];
    }
    shown
}

/// What is left after fixing, and why: `file:line:col rule: reason`, one finding a line. Each must have a reason.
fn reasons(folder: &Path) -> String {
    let output = harden(
        &["check", "--no-config", "--exit-zero", "--format", "jsonl"],
        folder,
    );
    let mut shown = String::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        let fixes = finding["fixes"].as_array().unwrap();
        let rule = finding["rule"].as_str().unwrap();
        let disabled = fixes.iter().find_map(|fix| fix["disabled"].as_str());
        let by_hand = fixes.iter().find(|fix| fix["preferred"] == false);
        let reason = match (disabled, by_hand) {
            (Some(reason), _) => reason.to_owned(),
            (None, Some(fix)) => format!("chosen by a person: {}", fix["title"].as_str().unwrap()),
            (None, None) => no_fix(rule),
        };
        let start = &finding["range"]["start"];
        shown += &format!(
            "{}:{}:{} {rule}: {reason}\n",
            finding["file"].as_str().unwrap(),
            start["line"],
            start["column"],
        );
    }
    shown
}

/// The sentence of a rule's documentation that says why there is no fix.
fn no_fix(rule: &str) -> String {
    let docs = Command::new(env!("CARGO_BIN_EXE_harden"))
        .args(["explain", rule])
        .output()
        .unwrap();
    let docs = String::from_utf8(docs.stdout).unwrap();
    let said = docs.lines().find(|line| line.contains("no fix"));
    said.unwrap_or_else(|| panic!("{rule} is left, and nothing says why"))
        .to_owned()
}

/// All files below a folder, relative to it, in order.
fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path
                .components()
                .any(|part| part.as_os_str() == "__pycache__")
            {
                found.push(path.strip_prefix(root).unwrap().to_path_buf());
            }
        }
    }
    found.sort();
    found
}
