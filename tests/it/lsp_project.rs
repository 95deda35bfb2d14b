//! What one file is told of the others: of open buffers first, else of the disk.

use std::fs;

use serde_json::{Value, json};

use crate::client::{Client, uri};

const TEST: &str = "import pytest\n\n\n@pytest.mark.slow\ndef test_a():\n    assert True\n";
const RANDOM: &str = "import random\n\ntoken = random.choice('ab')\n";
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

/// The message of the source mount in the next diagnostics of a compose file, and the range of its related place.
fn mount(client: &mut Client, compose: &str) -> Option<(String, Value)> {
    let shown = client.diagnostics(compose, 1);
    let found = shown
        .iter()
        .find(|shown| shown["code"] == "compose/source-mount")?;
    let related = &found["relatedInformation"][0]["location"];
    // Never left out, not even while the Dockerfile is being changed.
    let uri = related["uri"].as_str().unwrap_or("no related place");
    assert!(uri.ends_with("/web/Dockerfile"), "{uri}");
    Some((
        found["message"].as_str().unwrap().to_owned(),
        related["range"].clone(),
    ))
}

/// What the diagnostics come to: between a change of one file and what it tells the other, they are about the file as it was.
fn settled(
    client: &mut Client,
    compose: &str,
    wanted: impl Fn(&Option<(String, Value)>) -> bool,
) -> Option<(String, Value)> {
    loop {
        let now = mount(client, compose);
        if wanted(&now) {
            return now;
        }
    }
}

#[test]
fn a_mount_follows_the_unsaved_dockerfile() {
    const COMPOSE: &str =
        "services:\n  web:\n    build: ./web\n    volumes:\n      - ./web:/srv\n      - a:/a\n";
    const DOCKERFILE: &str = "FROM node:22\nWORKDIR /srv/app\nCOPY . .\n";
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("web")).unwrap();
    fs::write(at("docker-compose.yml"), COMPOSE).unwrap();
    fs::write(at("web/Dockerfile"), DOCKERFILE).unwrap();
    fs::write(at("web/index.js"), "").unwrap();
    let (compose, dockerfile) = (uri(&at("docker-compose.yml")), uri(&at("web/Dockerfile")));
    let related = json!({"textDocument": {"publishDiagnostics": {"relatedInformation": true}}});
    let mut client = Client::start(folder.path(), related);
    let range = |line: u32, end: u32| json!({"start": {"line": line, "character": 8}, "end": {"line": line, "character": end}});
    let says = |folder: &'static str, place: Value| {
        move |now: &Option<(String, Value)>| {
            now.as_ref()
                .is_some_and(|(message, at)| message.contains(folder) && *at == place)
        }
    };
    client.open(&compose, "dockercompose", 1, COMPOSE);
    settled(&mut client, &compose, says("`/srv/app`", range(1, 16)));
    client.open(&dockerfile, "dockerfile", 1, DOCKERFILE);

    // Another folder, below a line with an emoji; columns count it as two.
    let text = DOCKERFILE.replace("WORKDIR /srv/app", "ENV A=🦀\nWORKDIR /srv/🙂/x");
    client.change(&dockerfile, 2, json!([{"text": text}]));
    settled(&mut client, &compose, says("`/srv/🙂/x`", range(2, 17)));

    // A comment above moves the place, and nothing else.
    let top = json!({"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}});
    client.change(&dockerfile, 3, json!([{"range": top, "text": "# 🦀\n"}]));
    settled(&mut client, &compose, says("`/srv/🙂/x`", range(3, 17)));

    // Elsewhere: nothing is hidden any more. Closed without saving: the disk counts again.
    let text = DOCKERFILE.replace("/srv/app", "/opt");
    client.change(&dockerfile, 4, json!([{"text": text}]));
    settled(&mut client, &compose, Option::is_none);
    client.close(&dockerfile);
    settled(&mut client, &compose, says("`/srv/app`", range(1, 16)));
    client.forget();
}

#[test]
fn what_ruff_is_told_is_heard_of() {
    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("a.py");
    fs::write(&python, RANDOM).unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    client.open(&uri(&python), "python", 1, RANDOM);
    client.until(&uri(&python), 1);
    let told = folder.path().join("ruff.toml");
    for (text, shown) in [
        ("lint.per-file-ignores = {'a.py' = ['S311']}\n", 0),
        ("lint.per-file-ignores = {'b.py' = ['S311']}\n", 1),
        ("lint.ignore = ['S311']\n", 0),
        ("lint.ignore = ['S311'\n", 1),
    ] {
        fs::write(&told, text).unwrap();
        let changes = json!({"changes": [{"uri": uri(&told), "type": 2}]});
        client.notify("workspace/didChangeWatchedFiles", changes);
        client.until(&uri(&python), shown);
    }
    client.forget();
}
