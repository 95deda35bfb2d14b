//! The README says what is: its rule table is the binary's, its console blocks are what the commands print.
//! `UPDATE=1` rewrites them.

use std::fs;
use std::path::Path;
use std::process::Command;

use harden_engine::config::{self, Home, KEYS, Value};

#[test]
fn the_readme_shows_what_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("README.md");
    let text = fs::read_to_string(&path).unwrap();
    let shown = shown(root, &text);
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        fs::write(&path, &shown).unwrap();
        return;
    }
    let diff = similar::TextDiff::from_lines(text.as_str(), shown.as_str());
    assert!(
        text == shown,
        "\n{}",
        diff.unified_diff().header("README.md", "now")
    );
}

#[test]
fn the_readme_configures_what_can_be_configured() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("README.md")).unwrap();
    let (_, rest) = text.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let reading = config::read(Home::Own, example).unwrap();
    assert_eq!(reading.problems, []);
    let keys = KEYS.iter().filter(|key| !matches!(key.value, Value::Table));
    for key in keys {
        let set = reading.set.iter().any(|(path, _)| *path == key.path);
        assert!(set, "the README does not say `{}`", key.path);
        for word in key.words() {
            assert!(
                example.contains(&format!("\"{}\"", word.name)),
                "{}",
                word.name
            );
        }
    }
}

#[test]
fn links_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in [
        "README.md",
        "server/README.md",
        "fixtures/cases/README.md",
        "fixtures/projects/README.md",
    ] {
        let path = root.join(name);
        let text = fs::read_to_string(&path).unwrap();
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let there = link.starts_with("https://") || path.with_file_name("").join(link).exists();
            assert!(there, "{name}: {link}");
        }
    }
}

/// The README with all that is printed by a command printed anew.
fn shown(root: &Path, text: &str) -> String {
    let mut shown = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        shown += line;
        shown.push('\n');
        let printed = match line {
            "<!-- rules -->" => {
                lines.by_ref().find(|line| *line == "<!-- /rules -->");
                run(root, "harden rules --format markdown") + "<!-- /rules -->\n"
            }
            // The fence is longer where what is printed has fences of its own.
            "```console" | "````console" => {
                let fence = line.trim_end_matches("console");
                let command = lines
                    .next()
                    .and_then(|line| line.strip_prefix("$ "))
                    .unwrap();
                lines.by_ref().find(|line| *line == fence);
                let printed = run(root, command);
                format!("$ {command}\n{}\n{fence}\n", printed.trim_end())
            }
            _ => continue,
        };
        shown += &printed;
    }
    shown
}

fn run(root: &Path, command: &str) -> String {
    let mut words = command.split(' ');
    assert_eq!(words.next(), Some("harden"), "{command}");
    let output = Command::new(env!("CARGO_BIN_EXE_harden"))
        .args(words)
        .env("HARDEN_CACHE_DIR", crate::cli::NOWHERE)
        .current_dir(root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{command}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}
