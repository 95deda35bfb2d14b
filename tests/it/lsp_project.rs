//! What one file is told of the others: of open buffers first, else of the disk.

use std::fs;

use serde_json::{Value, json};

use crate::client::{Client, uri};

const TEST: &str = "import pytest\n\n\n@pytest.mark.slow\ndef test_a():\n    assert True\n";
const INI: &str = "[pytest]\naddopts = -q\n";

/// The title of the fix for a missing `--strict-markers` says which markers are not declared.
fn title(client: &mut Client, ini: &str) -> String {
    let whole = json!({"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}});
    let offered = client.actions(ini, &whole, &["quickfix"]);
    let strict = |action: &&Value| action["diagnostics"][0]["code"] == "pytest/markers-not-strict";
    let found = offered.iter().find(strict);
    found.map_or_else(String::new, |action| {
        action["title"].as_str().unwrap().to_owned()
    })
}

fn wait(client: &mut Client, ini: &str, named: &str, is: bool) {
    // The survey of the folder and the facts of a buffer come when they come; each question is a round trip.
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let title = title(client, ini);
        if title.contains(named) == is {
            return;
        }
        assert!(std::time::Instant::now() < end, "{named:?} {is}: {title:?}");
    }
}

#[test]
fn markers_are_those_of_the_buffers_and_of_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("test_a.py"), TEST).unwrap();
    fs::write(folder.path().join("pytest.ini"), INI).unwrap();
    let (test, ini) = (
        uri(&folder.path().join("test_a.py")),
        uri(&folder.path().join("pytest.ini")),
    );
    let mut client = Client::start(folder.path(), json!({}));
    client.open(&ini, "ini", 1, INI);
    wait(&mut client, &ini, "slow", true);
    client.open(&test, "python", 1, &TEST.replace("slow", "quick"));
    wait(&mut client, &ini, "quick", true);
    wait(&mut client, &ini, "slow", false);
    // Never saved: the disk counts again.
    client.close(&test);
    wait(&mut client, &ini, "slow", true);
    client.forget();
}
