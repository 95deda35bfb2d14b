//! The settings of the editor.

use serde_json::{Value, json};

use crate::client::{Client, uri};

const PYTHON: &str =
    "import time\nasync def a():\n    time.sleep(1)\ntry:\n    b()\nexcept Exception:\n    pass\n";

fn codes(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect()
}

fn changed(client: &mut Client, settings: Value) {
    client.notify(
        "workspace/didChangeConfiguration",
        json!({"settings": settings}),
    );
}

#[test]
fn a_client_that_can_is_asked_for_its_settings_and_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let offers = json!({"workspace": {
        "configuration": true, "didChangeConfiguration": {"dynamicRegistration": true},
    }});
    let mut client = Client::start(folder.path(), offers);
    let registered = client.asked("client/registerCapability");
    assert_eq!(
        registered["registrations"][0]["method"],
        "workspace/didChangeConfiguration"
    );
    let asked = client.asked_for("workspace/configuration", json!([null, null]));
    assert_eq!(
        asked["items"],
        json!([{"section": "harden"}, {"scopeUri": uri(folder.path()), "section": "harden"}])
    );
    let file = uri(&folder.path().join("app.py"));
    client.open(&file, "python", 1, PYTHON);
    let both = [
        "python/blocking-call-in-async",
        "python/swallowed-exception",
    ];
    assert_eq!(codes(&client.diagnostics(&file, 1)), both);

    // What Ruff shows is not shown twice, and not fixed twice.
    changed(&mut client, json!(null));
    let ruff = json!({"overlap": {"ruff": true, "hadolint": 1}});
    client.asked_for("workspace/configuration", json!([null, ruff]));
    client.until(&file, 0);
    let all = json!({"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}});
    assert!(client.actions(&file, &all, &["quickfix"]).is_empty());

    changed(&mut client, json!(null));
    client.asked_for("workspace/configuration", json!([{"overlap": {}}, null]));
    client.until(&file, 2);
    changed(&mut client, json!(null));
    client.asked_for("workspace/configuration", json!([{"enable": false}, null]));
    client.until(&file, 0);

    // A refusal changes nothing, and neither does an answer that says nothing.
    changed(&mut client, json!(null));
    client.refused("workspace/configuration");
    changed(&mut client, json!(null));
    client.asked_for("workspace/configuration", json!([]));
    client.change(&file, 2, json!([{"text": PYTHON}]));
    assert!(client.diagnostics(&file, 2).is_empty());
    client.forget();
}

#[test]
fn settings_of_a_client_that_is_not_asked_are_taken_as_they_come() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("harden.toml"),
        "[editor]\noverlap = ['ruff']\n",
    )
    .unwrap();
    let options = json!({"overlap": {"ruff": false}, "enable": true});
    let mut client = Client::start_with(folder.path(), json!({}), options);
    let file = uri(&folder.path().join("app.py"));
    client.open(&file, "python", 1, PYTHON);
    assert_eq!(
        client.diagnostics(&file, 1).len(),
        2,
        "the editor goes first"
    );
    changed(&mut client, json!({"harden": {"overlap": []}}));
    // What the editor does not say the project does.
    client.until(&file, 0);
    changed(&mut client, json!("nonsense"));
    changed(&mut client, json!({"harden": {"enable": false}}));
    changed(
        &mut client,
        json!({"harden": {"enable": true, "overlap": {"ruff": false}}}),
    );
    client.until(&file, 2);
    client.forget();
}

#[test]
fn each_folder_has_its_own_settings() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    let mut client = Client::spawn();
    client.request(
        "initialize",
        json!({
            "processId": null,
            "rootUri": null,
            "workspaceFolders": [{"uri": uri(&a), "name": "a"}, {"uri": uri(&b), "name": "b"}],
            "capabilities": {"workspace": {"configuration": true, "workspaceFolders": true}},
        }),
    );
    client.notify("initialized", json!({}));
    let asked = client.asked_for(
        "workspace/configuration",
        json!([{}, {"enable": true}, {"enable": false}]),
    );
    assert_eq!(asked["items"].as_array().unwrap().len(), 3);
    for (folder, found) in [(&a, 2), (&b, 0)] {
        let file = uri(&folder.join("app.py"));
        client.open(&file, "python", 1, PYTHON);
        client.until(&file, found);
    }
    client.forget();
}

#[test]
fn files_that_are_not_open_are_told_where_the_user_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.py");
    std::fs::write(&path, PYTHON).unwrap();
    let file = uri(&path);
    let options = json!({"diagnostics": {"scope": "workspace"}});
    let mut client = Client::start_with(folder.path(), json!({}), options);
    assert_eq!(client.unversioned(&file).len(), 2);
    // What Ruff shows is not shown twice there, either.
    let settings =
        json!({"harden": {"diagnostics": {"scope": "workspace"}, "overlap": {"ruff": true}}});
    changed(&mut client, settings);
    client.cleared(&file);
    changed(
        &mut client,
        json!({"harden": {"diagnostics": {"scope": "workspace"}}}),
    );
    assert_eq!(client.unversioned(&file).len(), 2);
    changed(&mut client, json!({"harden": {}}));
    client.cleared(&file);
    // The project may say so, too, and the editor goes first.
    let config = folder.path().join("harden.toml");
    std::fs::write(&config, "[editor]\nscope = 'workspace'\n").unwrap();
    let event = json!({"changes": [{"uri": uri(&config), "type": 1}]});
    client.notify("workspace/didChangeWatchedFiles", event);
    assert_eq!(client.unversioned(&file).len(), 2);
    changed(
        &mut client,
        json!({"harden": {"diagnostics": {"scope": "openFiles"}}}),
    );
    client.cleared(&file);
    changed(
        &mut client,
        json!({"harden": {"enable": false, "diagnostics": {"scope": "workspace"}}}),
    );
    client.open(&file, "python", 1, PYTHON);
    assert_eq!(client.diagnostics(&file, 1), [] as [Value; 0]);
    assert_eq!(client.leave(), Some(0));
}
