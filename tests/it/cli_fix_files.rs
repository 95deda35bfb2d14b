//! Fixes that need other files: written together, or not at all.

use serde_json::Value;

use crate::cli::Folder;

const COMPOSE: &str = "services:\n  init:\n    image: acme/app:16\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD:-changeme}\n";
const EXAMPLE: &str = "# Copy to .env\nLOG_LEVEL=info\n";

fn folder() -> Folder {
    Folder::new(&[("compose.yml", COMPOSE), (".env.example", EXAMPLE)])
}

#[test]
fn a_required_variable_is_listed_for_whoever_copies_the_example() {
    let folder = folder();
    let run = folder.run(&["fix", "--unsafe-fixes"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.contains("compose.yml: 1 fixed"), "{run:?}");
    assert!(
        run.out
            .contains(".env.example: changed, since a fix needs it"),
        "{run:?}"
    );
    assert!(folder.read("compose.yml").contains("${DB_PASSWORD:?"));
    assert_eq!(
        folder.read(".env.example"),
        format!("{EXAMPLE}DB_PASSWORD=\n")
    );
    let before = folder.read("compose.yml");
    folder.run(&["fix", "--unsafe-fixes"]);
    assert_eq!(folder.read("compose.yml"), before, "twice is once");
    assert_eq!(
        folder.read(".env.example"),
        format!("{EXAMPLE}DB_PASSWORD=\n")
    );
}

#[test]
fn the_formats_name_each_file_of_a_fix() {
    let folder = folder();
    let findings = folder.findings(&["--select", "compose/default-secret"]);
    let edits = findings[0]["fixes"][0]["edits"].as_array().unwrap();
    let files: Vec<&str> = edits
        .iter()
        .map(|edit| edit["file"].as_str().unwrap())
        .collect();
    assert_eq!(files, ["compose.yml", ".env.example"]);
    assert_eq!(edits[1]["create"], Value::Bool(false));
    assert_eq!(edits[1]["range"]["start"]["line"], 3);
}

#[test]
fn a_diff_shows_all_files_and_writes_none() {
    let folder = folder();
    let run = folder.run(&["fix", "--diff", "--unsafe-fixes"]);
    for file in ["compose.yml", ".env.example"] {
        assert!(
            run.out.contains(&format!("--- a/{file}\n+++ b/{file}\n")),
            "{run:?}"
        );
    }
    assert!(!run.out.contains("changeme"), "{run:?}");
    assert_eq!(folder.read("compose.yml"), COMPOSE);
    assert_eq!(folder.read(".env.example"), EXAMPLE);
}

#[cfg(unix)]
#[test]
fn where_one_file_cannot_be_written_none_is() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    folder.write("other/compose.yml", COMPOSE.as_bytes());
    set_permissions(folder.path(".env.example"), Permissions::from_mode(0o444)).unwrap();
    let run = folder.run(&["fix", "--unsafe-fixes", "compose.yml"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(
        run.err
            .contains("compose.yml: not fixed: .env.example: the file is read-only"),
        "{run:?}"
    );
    assert_eq!(folder.read("compose.yml"), COMPOSE);
    assert_eq!(folder.read(".env.example"), EXAMPLE);
    let left: Vec<_> = std::fs::read_dir(folder.path(".")).unwrap().collect();
    assert_eq!(left.len(), 3, "nothing is left aside");
}

#[test]
fn a_file_that_is_no_text_stops_the_fix_that_needs_it() {
    let folder = Folder::new(&[("compose.yml", COMPOSE)]);
    folder.write(".env.example", b"A=\xe9\n");
    let run = folder.run(&["fix", "--unsafe-fixes"]);
    assert_eq!(folder.read("compose.yml"), COMPOSE, "{run:?}");
}

#[test]
fn a_file_that_a_fix_makes_is_fixed_in_the_same_run() {
    let folder = Folder::new(&[
        ("requirements.txt", "pytest==8.4.2\n"),
        (
            "tests/test_a.py",
            "import pytest\n\n\n@pytest.mark.network\ndef test_a():\n    pass\n",
        ),
    ]);
    let fix = ["fix", "--unsafe-fixes", "--select", "pytest"];
    let run = folder.run(&fix);
    assert!(run.out.contains("pytest.ini: "), "{run:?}");
    let made = folder.read("pytest.ini");
    assert!(made.contains("network") && made.contains("--strict-markers"));
    let again = folder.run(&fix);
    assert!(again.out.starts_with("0 fixed"), "{again:?}");
    assert_eq!(folder.read("pytest.ini"), made);
}
