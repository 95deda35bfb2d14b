//! Diagnostics that the client asks for: of open documents, and of files that nobody has open.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::client::{Client, uri};

const RANDOM: &str = "import random\ntoken = random.choice('ab')\n";
const CLEAN: &str = "x = 1\n";

/// What VS Code says.
fn pulls() -> Value {
    json!({
        "textDocument": {"diagnostic": {"dynamicRegistration": true, "relatedDocumentSupport": true}},
        "workspace": {"diagnostics": {"refreshSupport": true}, "workspaceFolders": true},
    })
}

fn pull(client: &mut Client, uri: &str, previous: Option<&str>) -> Value {
    client.request(
        "textDocument/diagnostic",
        json!({"textDocument": {"uri": uri}, "identifier": "harden", "previousResultId": previous}),
    )
}

/// The codes of a full report, and its id.
fn full(report: &Value) -> (Vec<&str>, String) {
    assert_eq!(report["kind"], "full", "{report}");
    let items = report["items"].as_array().unwrap().iter();
    let codes = items.map(|item| item["code"].as_str().unwrap()).collect();
    (
        codes,
        report["resultId"].as_str().unwrap_or_default().to_owned(),
    )
}

/// What the whole workspace shows that differs from what is known: rules and result ids by file name.
fn pull_all(
    client: &mut Client,
    known: &BTreeMap<String, String>,
) -> BTreeMap<String, (Vec<String>, String)> {
    let previous: Vec<Value> = known
        .iter()
        .map(|(uri, value)| json!({"uri": uri, "value": value}))
        .collect();
    let answer = client.request(
        "workspace/diagnostic",
        json!({"identifier": "harden", "previousResultIds": previous}),
    );
    let items = answer["items"].as_array().unwrap().iter();
    items
        .map(|item| {
            let (codes, id) = full(item);
            let codes = codes.into_iter().map(str::to_owned).collect();
            (item["uri"].as_str().unwrap().to_owned(), (codes, id))
        })
        .collect()
}

fn ids(shown: &BTreeMap<String, (Vec<String>, String)>) -> BTreeMap<String, String> {
    shown
        .iter()
        .map(|(uri, (_, id))| (uri.clone(), id.clone()))
        .collect()
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

#[test]
fn an_open_document_is_pulled_and_never_pushed() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), pulls());
    let file = uri(&folder.path().join("app.py"));
    client.open(&file, "python", 1, RANDOM);
    let report = pull(&mut client, &file, None);
    let (codes, id) = full(&report);
    assert_eq!(codes, ["python/insecure-random"]);
    let same = pull(&mut client, &file, Some(&id));
    assert_eq!(
        (&same["kind"], &same["resultId"]),
        (&json!("unchanged"), &json!(id))
    );
    // Each answer is about the text that the client had when it asked.
    for version in 2..40 {
        let (text, found) = if version % 2 == 0 {
            (CLEAN, 0)
        } else {
            (RANDOM, 1)
        };
        client.change(&file, version, json!([{"text": text}]));
        assert_eq!(
            full(&pull(&mut client, &file, None)).0.len(),
            found,
            "{version}"
        );
    }
    client.close(&file);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_client_that_cannot_refresh_is_sent_diagnostics() {
    let folder = tempfile::tempdir().unwrap();
    let offers = json!({"textDocument": {"diagnostic": {}}});
    let mut client = Client::start(folder.path(), offers);
    let file = uri(&folder.path().join("app.py"));
    client.open(&file, "python", 1, RANDOM);
    assert_eq!(client.diagnostics(&file, 1).len(), 1);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn files_that_nobody_has_open_are_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| uri(&folder.path().join(name));
    write(
        folder.path(),
        &[
            ("app.py", RANDOM),
            ("clean.py", CLEAN),
            ("deep/other.py", RANDOM),
            ("node_modules/x/skip.py", RANDOM),
            ("harden.toml", "[compose]\nproductions = []\n"),
        ],
    );
    let mut client = Client::start(folder.path(), pulls());
    client.open(&at("app.py"), "python", 1, RANDOM);
    let shown = pull_all(&mut client, &BTreeMap::new());
    let names: Vec<&String> = shown.keys().collect();
    assert_eq!(names, [&at("deep/other.py"), &at("harden.toml")]);
    assert_eq!(shown[&at("harden.toml")].0, ["config/invalid"]);
    let mut known = ids(&shown);

    // The next question waits for something to say.
    write(
        folder.path(),
        &[
            ("clean.py", RANDOM),
            ("deep/other.py", CLEAN),
            ("new.py", RANDOM),
        ],
    );
    let changed =
        ["clean.py", "deep/other.py", "new.py"].map(|name| json!({"uri": at(name), "type": 2}));
    client.notify(
        "workspace/didChangeWatchedFiles",
        json!({"changes": changed}),
    );
    let shown = pull_all(&mut client, &known);
    let found: Vec<(&String, usize)> = shown
        .iter()
        .map(|(uri, (codes, _))| (uri, codes.len()))
        .collect();
    assert_eq!(
        found,
        [
            (&at("clean.py"), 1),
            (&at("deep/other.py"), 0),
            (&at("new.py"), 1)
        ]
    );
    known.extend(ids(&shown));

    // A closed document counts as it is on disk, and one that is gone shows nothing.
    fs::remove_file(folder.path().join("new.py")).unwrap();
    client.notify(
        "workspace/didChangeWatchedFiles",
        json!({"changes": [{"uri": at("new.py"), "type": 3}]}),
    );
    client.close(&at("app.py"));
    let mut gone = BTreeMap::new();
    while gone.len() < 2 {
        let shown = pull_all(&mut client, &known);
        known.extend(ids(&shown));
        gone.extend(shown);
    }
    let found: Vec<(&String, usize)> = gone
        .iter()
        .map(|(uri, (codes, _))| (uri, codes.len()))
        .collect();
    assert_eq!(found, [(&at("app.py"), 1), (&at("new.py"), 0)]);
    // What was open and is asked for once more is answered from the disk.
    assert_eq!(full(&pull(&mut client, &at("app.py"), None)).0.len(), 1);
    client.forget();
}

#[test]
fn parts_of_the_answer_come_before_its_end() {
    let folder = tempfile::tempdir().unwrap();
    for file in 0..150 {
        write(folder.path(), &[(&format!("m{file}.py"), RANDOM)]);
    }
    let mut client = Client::start(folder.path(), pulls());
    let answer = client.request(
        "workspace/diagnostic",
        json!({"identifier": "harden", "previousResultIds": [], "partialResultToken": "all"}),
    );
    assert_eq!(answer, json!({"items": []}));
    let parts = client.notified("$/progress");
    let items: Vec<&Value> = parts
        .iter()
        .inspect(|part| assert_eq!(part["token"], "all"))
        .flat_map(|part| part["value"]["items"].as_array().unwrap())
        .collect();
    let names: std::collections::BTreeSet<&str> = items
        .iter()
        .map(|item| item["uri"].as_str().unwrap())
        .collect();
    assert_eq!(
        (parts.len() > 1, items.len(), names.len()),
        (true, 150, 150)
    );
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_question_about_all_files_waits_and_can_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), pulls());
    let params = json!({"identifier": "harden", "previousResultIds": []});
    let waiting = client.ask("workspace/diagnostic", params);
    // It holds up nothing.
    let file = uri(&folder.path().join("app.py"));
    client.open(&file, "python", 1, RANDOM);
    assert_eq!(full(&pull(&mut client, &file, None)).0.len(), 1);
    client.notify("$/cancelRequest", json!({"id": waiting}));
    assert_eq!(client.answer(waiting)["error"]["code"], -32800);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn what_another_file_changes_is_asked_for_again() {
    const COMPOSE: &str = "services:\n  web:\n    build: ./web\n    volumes:\n      - ./web:/srv\n";
    const DOCKERFILE: &str = "FROM node:22\nWORKDIR /srv/app\nCOPY . .\n";
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            ("docker-compose.yml", COMPOSE),
            ("web/Dockerfile", DOCKERFILE),
            ("web/index.js", ""),
        ],
    );
    let (compose, dockerfile) = (
        uri(&folder.path().join("docker-compose.yml")),
        uri(&folder.path().join("web/Dockerfile")),
    );
    let mut client = Client::start(folder.path(), pulls());
    client.open(&compose, "dockercompose", 1, COMPOSE);
    let mounts = |report: &Value| {
        let (codes, _) = full(report);
        codes
            .iter()
            .filter(|code| **code == "compose/source-mount")
            .count()
    };
    assert_eq!(mounts(&pull(&mut client, &compose, None)), 1);
    client.open(&dockerfile, "dockerfile", 1, DOCKERFILE);
    client.change(
        &dockerfile,
        2,
        json!([{"text": DOCKERFILE.replace("/srv/app", "/opt")}]),
    );
    client.asked("workspace/diagnostic/refresh");
    assert_eq!(mounts(&pull(&mut client, &compose, None)), 0);

    // The same of a compose file that nobody has open.
    client.close(&compose);
    let mut known = BTreeMap::new();
    for (version, folder, wanted) in [(3, "/srv/app", 1), (4, "/opt", 0)] {
        client.change(
            &dockerfile,
            version,
            json!([{"text": DOCKERFILE.replace("/srv/app", folder)}]),
        );
        loop {
            let shown = pull_all(&mut client, &known);
            known.extend(ids(&shown));
            let Some((codes, _)) = shown.get(&compose) else {
                continue;
            };
            let mounts = codes
                .iter()
                .filter(|code| *code == "compose/source-mount")
                .count();
            if mounts == wanted {
                break;
            }
        }
    }
    client.forget();
}

#[test]
fn folders_come_and_go() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(one.path(), &[("a.py", RANDOM)]);
    write(two.path(), &[("b.py", RANDOM)]);
    let of = |folder: &tempfile::TempDir| json!({"uri": uri(folder.path()), "name": "x"});
    let mut client = Client::start(one.path(), pulls());
    let shown = pull_all(&mut client, &BTreeMap::new());
    let (a, b) = (uri(&one.path().join("a.py")), uri(&two.path().join("b.py")));
    assert_eq!(shown.keys().collect::<Vec<_>>(), [&a]);
    client.notify(
        "workspace/didChangeWorkspaceFolders",
        json!({"event": {"added": [of(&two)], "removed": [of(&one)]}}),
    );
    let mut last = BTreeMap::new();
    let mut known = ids(&shown);
    while last.len() < 2 {
        let shown = pull_all(&mut client, &known);
        known.extend(ids(&shown));
        last.extend(shown);
    }
    assert_eq!((last[&a].0.len(), last[&b].0.len()), (0, 1));
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn odd_names_are_registered_where_the_client_lets_us() {
    let folder = tempfile::tempdir().unwrap();
    let stack =
        "services:\n  a:\n    image: b\n    environment:\n      TOKEN: ${TOKEN:-changeme}\n";
    write(
        folder.path(),
        &[
            ("st[a]ck.yml", stack),
            ("compose.yml", stack),
            ("other.yml", "a: 1\n"),
        ],
    );
    let mut offers = pulls();
    offers["textDocument"]["synchronization"] = json!({"dynamicRegistration": true});
    offers["textDocument"]["codeAction"] = json!({"dynamicRegistration": true});
    let mut client = Client::start(folder.path(), offers);
    let asked = client.asked("client/registerCapability");
    let registrations = asked["registrations"].as_array().unwrap();
    let methods: Vec<&str> = registrations
        .iter()
        .map(|one| one["method"].as_str().unwrap())
        .collect();
    for wanted in [
        "didOpen",
        "didChange",
        "didSave",
        "didClose",
        "codeAction",
        "diagnostic",
    ] {
        assert!(
            methods.contains(&&*format!("textDocument/{wanted}")),
            "{wanted}: {methods:?}"
        );
    }
    assert!(!methods.contains(&"textDocument/hover"));
    let path = folder.path().join("st[[]a[]]ck.yml");
    for one in registrations {
        let selector = &one["registerOptions"]["documentSelector"];
        assert_eq!(*selector, json!([{"scheme": "file", "pattern": path}]));
    }
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn progress_of_the_index_is_shown_where_the_client_can() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("a.py", RANDOM)]);
    let mut offers = pulls();
    offers["window"] = json!({"workDoneProgress": true});
    let mut client = Client::start(folder.path(), offers);
    let token = client.asked("window/workDoneProgress/create")["token"].clone();
    let mut kinds = Vec::new();
    while kinds.last().is_none_or(|kind| kind != "end") {
        let next = client.next("$/progress");
        assert_eq!(next["token"], token);
        kinds.push(next["value"]["kind"].as_str().unwrap().to_owned());
    }
    assert_eq!(kinds[0], "begin");
    assert_eq!(client.leave(), Some(0));
}
