//! What is written into configurations.

use std::path::Path;

use harden_engine::config::Home;
use harden_engine::fix::files::{Edits, config};
use harden_engine::text::apply;

const RULE: &str = "compose/default-secret";

fn made(text: Option<&str>, edits: Edits) -> String {
    apply(text.unwrap_or(""), &edits.unwrap())
}

fn ignored(text: &str, path: &str) -> String {
    let edits = config::ignore(Some(text), Home::Own, Path::new(path), RULE);
    made(Some(text), edits)
}

#[test]
fn a_file_is_named_by_its_path_alone() {
    let edits = config::ignore(None, Home::Own, Path::new("docker-compose.yml"), RULE);
    assert_eq!(
        made(None, edits),
        "[per-file]\n\"/docker-compose.yml\" = [\"compose/default-secret\"]\n"
    );
    assert_eq!(
        ignored("select = [\"ALL\"]\r\n", "a/[b].yml"),
        "select = [\"ALL\"]\r\n\r\n[per-file]\r\n\"a/[[]b[]].yml\" = [\"compose/default-secret\"]\r\n"
    );
}

#[test]
fn what_is_there_stays_as_it_is_written() {
    for (before, after) in [
        (
            "[per-file]\n'./a.yml' = [\"python\"] # why\n",
            "[per-file]\n'./a.yml' = [\"python\", \"compose/default-secret\"] # why\n",
        ),
        (
            "[per-file]\n\"/a.yml\" = \"python\"\n",
            "[per-file]\n\"/a.yml\" = [\"python\", \"compose/default-secret\"]\n",
        ),
        (
            "[per-file]\n\"/a.yml\" = [\n    # one\n    \"python\", # two\n]\n\n[fix]\n",
            "[per-file]\n\"/a.yml\" = [\n    # one\n    \"python\", # two\n    \"compose/default-secret\",\n]\n\n[fix]\n",
        ),
        (
            "per-file = { \"b\" = [\"python\"] }\n",
            "per-file = { \"b\" = [\"python\"] , \"/a.yml\" = [\"compose/default-secret\"] }\n",
        ),
    ] {
        let text = ignored(before, "a.yml").replace("] , ", "], ");
        assert_eq!(text, after.replace("] , ", "], "), "{before}");
        // Twice is once.
        assert_eq!(ignored(&text, "a.yml"), text);
    }
    assert_eq!(
        ignored("\u{feff}[per-file]\n\"*.yml\" = [\"ALL\"]\n", "a.yml"),
        "\u{feff}[per-file]\n\"*.yml\" = [\"ALL\"]\n"
    );
}

#[test]
fn a_pyproject_has_a_table_of_its_own() {
    let text = "[tool.harden]\nselect = [\"ALL\"]\n\n[tool.other]\na = 1\n";
    let edits = config::ignore(Some(text), Home::Pyproject, Path::new("a.yml"), RULE);
    assert_eq!(
        made(Some(text), edits),
        "[tool.harden]\nselect = [\"ALL\"]\n\n[tool.harden.per-file]\n\"/a.yml\" = [\"compose/default-secret\"]\n\n[tool.other]\na = 1\n"
    );
    let inline = "[tool]\nharden = { select = [\"ALL\"] }\n";
    let edits = config::development(Some(inline), Home::Pyproject, Path::new("a.yml"));
    let made = made(Some(inline), edits);
    assert!(
        made.contains("compose = { development = [\"/a.yml\"]"),
        "{made}"
    );
}

#[test]
fn what_cannot_be_written_is_told() {
    let ignore = |text| config::ignore(Some(text), Home::Own, Path::new("a.yml"), RULE);
    assert_eq!(ignore("a = [\n"), Err("has a syntax error".into()));
    assert!(ignore("per-file = 1\n").unwrap_err().contains("no table"));
    let production = "[compose]\nproduction = [\"*.yml\"]\n";
    let edits = config::development(Some(production), Home::Own, Path::new("a.yml"));
    assert!(edits.unwrap_err().contains("production"));
    let edits = config::development(Some(""), Home::Own, Path::new("b/a.yml"));
    assert_eq!(
        made(Some(""), edits),
        "[compose]\ndevelopment = [\"b/a.yml\"]\n"
    );
}
