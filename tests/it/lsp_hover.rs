//! Hover.

use serde_json::{Value, json};

use crate::client::{Client, uri};

const COMPOSE: &str =
    "services:\n  db:\n    environment:\n      DB_PASSWORD: ${DB_PASSWORD:-changeme}\n";

fn text(hover: &Value) -> &str {
    hover["contents"]["value"].as_str().unwrap_or_default()
}

#[test]
fn a_finding_shows_the_docs_of_its_rule() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let file = uri(&folder.path().join("docker-compose.yml"));
    client.open(&file, "dockercompose", 1, COMPOSE);
    let range = client.diagnostics(&file, 1)[0]["range"].clone();
    let hover = client.hover(&file, 3, 40);
    assert_eq!(hover["range"], range);
    assert_eq!(hover["contents"]["kind"], "markdown");
    assert!(
        text(&hover).starts_with("**compose/default-secret**"),
        "{hover}"
    );
    assert!(text(&hover).contains("```yaml\n"), "{hover}");
    for role in [" bad", " good", " fixed"] {
        assert!(
            !text(&hover)
                .lines()
                .any(|line| line.starts_with("```") && line.ends_with(role))
        );
    }
    assert!(client.hover(&file, 1, 2).is_null());
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_rule_that_a_comment_ignores_is_explained_as_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let file = uri(&folder.path().join("app.py"));
    let line = "random.random()  # harden: ignore[file, python/insecure-random] why\n";
    client.open(&file, "python", 1, &format!("import random\n{line}"));
    client.diagnostics(&file, 1);
    let at = u32::try_from(line.find("python").unwrap()).unwrap();
    let hover = client.hover(&file, 1, at + 3);
    assert_eq!(hover["range"]["start"], json!({"line": 1, "character": at}));
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_harden"))
        .args(["explain", "python/insecure-random"])
        .output()
        .unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    let (_, said) = said.split_once("\n\n").unwrap();
    assert!(text(&hover).ends_with(said.trim_end()), "{hover}");
    // The call, and the reason.
    for character in [3, at + 30] {
        assert!(client.hover(&file, 1, character).is_null(), "{character}");
    }
    client.forget();
}

#[test]
fn the_head_of_a_compose_file_says_what_it_counts_as() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(
        folder.path(),
        json!({"textDocument": {"hover": {"contentFormat": ["plaintext"]}}}),
    );
    for (name, says) in [
        ("docker-compose.yml", "production"),
        ("docker-compose.dev.yml", "development"),
    ] {
        let file = uri(&folder.path().join(name));
        client.open(
            &file,
            "dockercompose",
            1,
            "# Ours.\nservices:\n  a:\n    image: b\n",
        );
        client.diagnostics(&file, 1);
        for line in [0, 1] {
            let hover = client.hover(&file, line, 0);
            assert_eq!(hover["contents"]["kind"], "plaintext");
            assert!(text(&hover).contains(says), "{name}: {hover}");
        }
        assert!(client.hover(&file, 2, 0).is_null());
    }
    assert_eq!(client.leave(), Some(0));
}
