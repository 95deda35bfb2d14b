//! The sample projects, checked and fixed by the binary: each line of `fixtures/projects/expected/` is one that a person
//! can justify. `UPDATE=1` rewrites these files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use similar::TextDiff;

fn projects() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects")
}

fn harden(arguments: &[&str], folder: &Path) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_harden"))
        .args(arguments)
        .arg(folder)
        .output()
        .unwrap();
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// `file:line:col rule severity message`, one finding a line.
fn findings(folder: &Path) -> String {
    let output = harden(
        &["check", "--no-config", "--exit-zero", "--format", "jsonl"],
        folder,
    );
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

#[test]
fn the_sample_has_its_findings() {
    expect("hypercode.txt", &findings(&projects().join("hypercode")));
}

#[test]
fn the_repaired_twin_is_silent() {
    assert_eq!(findings(&projects().join("hardened")), "");
}
