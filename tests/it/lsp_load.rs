//! Many messages: nothing is lost, nothing comes twice, and nobody waits for a client that does not read.

use std::sync::{Condvar, Mutex};

use harden::lsp::Options;
use harden_engine::rule::{Area, Check, Rule, Severity};
use serde_json::{Value, json};

use crate::client::{Client, frame, uri};
use crate::lsp_actions;
use crate::lsp_edits::{COMPOSE, PYTEST, PYTHON, Random, fresh};
use crate::model::{Encoding, Model};
use crate::server::Server;

const TOKEN: &str = "services:\n  a:\n    environment:\n      TOKEN: ${API_TOKEN:-changeme}\n";

#[test]
fn a_client_that_reads_nothing_is_read() {
    let folder = tempfile::tempdir().unwrap();
    // Its writer is stuck as soon as two frames wait.
    let mut client = Client::new(Server::here(Options::default(), 2));
    client.greet(client.hello(folder.path(), json!({})));
    let files = ["a", "b"].map(|name| uri(&folder.path().join(name).join("compose.yml")));
    for file in &files {
        client.open(file, "dockercompose", 1, TOKEN);
    }
    let mut asked = Vec::new();
    for number in 0..5000 {
        let file = &files[number % 2];
        let version = i32::try_from(number / 2 + 2).unwrap();
        let foot = json!({"line": 4, "character": 0});
        let typed = if number / 2 % 2 == 0 { "#" } else { "" };
        let end = json!({"line": 4, "character": (number / 2 % 2)});
        client.change(
            file,
            version,
            json!([{"range": {"start": foot, "end": end}, "text": typed}]),
        );
        if number % 500 == 0 {
            let here =
                json!({"textDocument": {"uri": file}, "position": {"line": 3, "character": 30}});
            asked.push(client.ask("textDocument/hover", here));
        }
    }
    // Nothing has been received so far. Now all is there, and of the diagnostics little more than the last.
    for id in asked {
        assert!(client.answer(id)["result"]["contents"]["value"].is_string());
    }
    for file in &files {
        assert_eq!(client.diagnostics(file, 2501).len(), 1);
    }
    assert!(client.published < 20, "{} publications", client.published);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn twenty_thousand_edits_keep_their_order() {
    let folder = tempfile::tempdir().unwrap();
    // Of folders without one, the first is told.
    std::fs::write(folder.path().join("LICENSE"), "MIT").unwrap();
    let capabilities = json!({
        "general": {"positionEncodings": ["utf-16"]},
        "workspace": {"workspaceEdit": {"documentChanges": true}},
        "textDocument": {"publishDiagnostics": {"dataSupport": true}},
    });
    let mut client = Client::start(folder.path(), capabilities);
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let kinds = [
        ("app.py", "python", lsp_actions::PYTHON),
        ("more.py", "python", PYTHON),
        ("compose.yml", "dockercompose", COMPOSE),
        ("pytest.ini", "ini", PYTEST),
    ];
    let mut models = kinds.map(|(_, _, text)| Model::new(text, Encoding::Units));
    let files = kinds.map(|(name, _, _)| uri(&folder.path().join("a").join(name)));
    for ((_, language, text), file) in kinds.iter().zip(&files) {
        client.open(file, language, 1, text);
    }
    let mut versions = [1; 4];
    let mut bytes = Vec::new();
    let mut asked = Vec::new();
    for step in 0..20_000 {
        let which = random.below(4);
        let model = &mut models[which];
        versions[which] += 1;
        let (mut range, mut typed) = random.edit(&model.text);
        if which == 0 {
            // It can be fixed at any time.
            (range, typed) = (0..0, "# \u{1f600}\r\n");
        }
        if model.text.len() > 3000 {
            (range, typed) = (0..model.text.len(), kinds[which].2);
        }
        let change = json!({"range": model.range(range.clone()), "text": typed});
        model.text.replace_range(range, typed);
        let document = json!({"uri": files[which], "version": versions[which]});
        let params = json!({"textDocument": document, "contentChanges": [change]});
        let message =
            json!({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": params});
        bytes.extend(frame(&message.to_string()));
        if step % 250 == 0 {
            let start = json!({"line": 0, "character": 0});
            let params = json!({
                "textDocument": {"uri": files[0]},
                "range": {"start": start, "end": start},
                "context": {"diagnostics": [], "only": ["source.fixAll"]},
            });
            let id = format!("{step}");
            let message = json!({"jsonrpc": "2.0", "id": id, "method": "textDocument/codeAction", "params": params});
            bytes.extend(frame(&message.to_string()));
            asked.push((id, i64::from(versions[0])));
        }
        while bytes.len() > 4000 {
            let piece = 1 + random.below(2000);
            client.raw(&bytes[..piece]);
            bytes.drain(..piece);
        }
    }
    client.raw(&bytes);
    for (id, version) in asked {
        let answer = client.answer(id);
        // Made from the text that the client had when it asked, or from a later one.
        let edited = &answer["result"][0]["edit"]["documentChanges"][0]["textDocument"];
        let made = edited["version"].as_i64();
        assert!(
            made.is_some_and(|made| made >= version),
            "{version}: {answer}"
        );
    }
    let mut found = 0;
    for (which, (name, language, _)) in kinds.iter().enumerate() {
        let shown = fresh(client.diagnostics(&files[which], versions[which]));
        let anew = uri(&folder.path().join("b").join(name));
        client.open(&anew, language, 1, &models[which].text);
        assert_eq!(
            shown,
            client.diagnostics(&anew, 1),
            "{name}: {}",
            models[which].text
        );
        client.close(&anew);
        client.cleared(&anew);
        found += shown.len();
    }
    assert!(found > 0, "nothing was found, so nothing was compared");
    client.forget();
}

/// Open when a rule may go on.
static GATE: (Mutex<bool>, Condvar) = (Mutex::new(false), Condvar::new());

static SLOW: Rule = Rule {
    name: "test/slow",
    area: Area::Code,
    severity: Severity::Low,
    cases: &[],
    minutes: 1,
    off: false,
    also: &[],
    docs: "Takes as long as the test likes.",
    checks: &[Check::EnvVar(|variable, _, _| {
        if variable.name == "SLOW" {
            let open = GATE.1.wait_while(GATE.0.lock().unwrap(), |open| !*open);
            drop(open.unwrap());
        }
    })],
};

#[test]
fn cancelled_requests_are_answered_once_each() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { rules: vec![&SLOW] };
    let mut client = Client::with(folder.path(), json!({}), Value::Null, options);
    let file = uri(&folder.path().join("compose.yml"));
    client.open(&file, "dockercompose", 1, &TOKEN.replace("TOKEN:", "SLOW:"));
    let here = json!({"textDocument": {"uri": file}, "position": {"line": 0, "character": 0}});
    let ids: Vec<i64> = (0..64)
        .map(|_| client.ask("textDocument/hover", here.clone()))
        .collect();
    // None of them can be answered yet, and all else is.
    client.ping();
    for id in &ids {
        client.notify("$/cancelRequest", json!({"id": id}));
        client.notify("$/cancelRequest", json!({"id": id}));
    }
    for id in &ids {
        assert_eq!(client.refusal(*id), -32800);
    }
    let kept = client.ask("textDocument/hover", here);
    *GATE.0.lock().unwrap() = true;
    GATE.1.notify_all();
    assert!(client.answer(kept).get("result").is_some());
    client.diagnostics(&file, 1);
    for id in ids {
        client.notify("$/cancelRequest", json!({"id": id}));
    }
    // Who is answered twice, fails: nobody looks at the second answer.
    client.ping();
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_client_may_leave_questions_open_while_it_talks() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(
        folder.path(),
        json!({
            "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}},
            "window": {"workDoneProgress": true},
        }),
    );
    let asked = client.take("a question of the server", |message| {
        message.get("method").is_some() && message.get("id").is_some()
    });
    let file = uri(&folder.path().join("compose.yml"));
    client.open(&file, "dockercompose", 1, TOKEN);
    for version in 2..=500 {
        client.change(&file, version, json!([{"text": TOKEN}]));
        if version % 2 == 0 {
            client.ping();
        }
    }
    assert_eq!(client.diagnostics(&file, 500).len(), 1);
    // Late, twice, and with an error.
    for answer in [
        json!({"result": null}),
        json!({"result": null}),
        json!({"error": {"code": 1, "message": "no"}}),
    ] {
        let mut answer = answer;
        answer["jsonrpc"] = "2.0".into();
        answer["id"] = asked["id"].clone();
        client.send(&answer);
        client.ping();
    }
    client.forget();
}

static FRAGILE: Rule = Rule {
    name: "test/fragile",
    area: Area::Code,
    severity: Severity::Low,
    cases: &[],
    minutes: 1,
    off: false,
    also: &[],
    docs: "Panics on a variable that begins with P.",
    checks: &[Check::EnvVar(|variable, _, sink| {
        sink.at(variable.name_place.clone(), "seen");
        assert!(!variable.name.starts_with('P'), "as it was made to");
    })],
};

#[test]
fn a_rule_that_panics_loses_its_own_findings_only() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        rules: vec![&FRAGILE],
    };
    let mut client = Client::with(folder.path(), json!({}), Value::Null, options);
    let file = uri(&folder.path().join("compose.yml"));
    let text = "services:\n  init:\n    image: x\n    environment:\n      PASSWORD: ${PASSWORD:-changeme}\n      MODE: fast\n";
    client.open(&file, "dockercompose", 1, text);
    let model = Model::new(text, Encoding::Units);
    let mut found: Vec<(String, &str)> = Vec::new();
    let shown = client.diagnostics(&file, 1);
    for one in &shown {
        found.push((
            one["code"].as_str().unwrap().to_owned(),
            model.slice(&one["range"]),
        ));
    }
    let expected = [
        ("compose/default-secret", "changeme"),
        ("test/fragile", "MODE"),
    ];
    assert_eq!(found, expected.map(|(code, at)| (code.to_owned(), at)));
    // And the file goes on being checked.
    client.change(
        &file,
        2,
        json!([{"text": text.replace("PASSWORD:", "TOKEN:")}]),
    );
    assert_eq!(client.diagnostics(&file, 2).len(), 3);
    assert_eq!(client.leave(), Some(0));
}
