//! The fixes that are never made without being chosen, and what configuration changes.

use std::path::Path;
use std::sync::Arc;

use harden_engine::batch;
use harden_engine::check::Rules;
use harden_engine::document::Engine;
use harden_engine::file::{File, Stage};
use harden_engine::project::Workspace;
use harden_engine::rule::{Finding, Policy, Severity};

fn findings(text: &str, stage: Stage, policy: Policy) -> Vec<Finding> {
    const ASKED: &[&str] = &["compose/default-secret", "compose/published-port"];
    let rules = harden_engine::rules::all().filter(|rule| ASKED.contains(&rule.name));
    let engine = Engine::new(Rules::new(rules), policy);
    let mut file = File::classify(Path::new("docker-compose.yml"), text, &[]).unwrap();
    file.stage = stage;
    batch::check(&engine, &Workspace::default(), &Arc::new(file), text).0
}

/// The text after the fix of the first finding whose title begins so; `None` when it is not offered.
fn chosen(text: &str, title: &str) -> Option<String> {
    let findings = findings(text, Stage::Production, Policy::default());
    let fix = findings
        .first()?
        .fixes
        .iter()
        .find(|fix| fix.title.starts_with(title))?;
    let mut edits: Vec<_> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.place.span));
    let mut text = text.to_string();
    for edit in edits {
        let new: String = edit
            .text
            .iter()
            .map(|piece| match piece {
                harden_engine::rule::Piece::Text(text) => text.as_str(),
                _ => panic!("compose knows no names"),
            })
            .collect();
        text.replace_range(edit.place.span.range(), &new);
    }
    Some(text)
}

fn db(below: &str) -> String {
    format!("services:\n  db:\n    image: postgres:16\n{below}")
}

#[test]
fn a_port_moves_to_expose() {
    for (before, after) in [
        (
            "    ports:\n      - \"5432:5432\" # why\n",
            "    expose:\n      - \"5432\" # why\n",
        ),
        ("    ports: [5433:5432/tcp]\n", "    expose: [5432/tcp]\n"),
        (
            "    ports:\n    - 5432:5432\n    - 127.0.0.1:1:1\n    user: x\n",
            "    expose:\n    - \"5432\"\n    ports:\n    - 127.0.0.1:1:1\n    user: x\n",
        ),
        (
            "    ports: [127.0.0.1:1:1, \"5432:5432\"]\n",
            "    expose: [\"5432\"]\n    ports: [127.0.0.1:1:1]\n",
        ),
        (
            "    ports: [\"5432:5432\", 127.0.0.1:1:1]\n",
            "    expose: [\"5432\"]\n    ports: [127.0.0.1:1:1]\n",
        ),
        (
            "    expose:\n      - 1\n    ports:\n      - 5432:5432\n    user: x\n",
            "    expose:\n      - \"5432\"\n      - 1\n    user: x\n",
        ),
        (
            "    expose: [1]\n    ports:\n      - 5432:5432",
            "    expose: [\"5432\", 1]\n",
        ),
        (
            "    ports:\n      - target: 5432\n        published: 5432\n        protocol: tcp\n",
            "    expose:\n      - \"5432\"\n",
        ),
        (
            "    ports:\n      - ${P:-1}:${Q}\n",
            "    expose:\n      - ${Q}\n",
        ),
    ] {
        assert_eq!(chosen(&db(before), "Use `expose`"), Some(db(after)));
        let crlf = |text: &str| db(text).replace('\n', "\r\n");
        assert_eq!(chosen(&crlf(before), "Use `expose`"), Some(crlf(after)));
    }
    let flow = "services: {db: {image: postgres, ports: [\"5432:5432\"]}}\n";
    let exposed = "services: {db: {image: postgres, expose: [\"5432\"]}}\n";
    assert_eq!(chosen(flow, "Use `expose`"), Some(exposed.into()));
}

#[test]
fn a_list_that_others_use_is_not_moved() {
    let text = "x-p: &p\n  - 5432:5432\nservices:\n  db:\n    image: postgres\n    ports: *p\n";
    assert_eq!(chosen(text, "Use `expose`"), None);
    assert!(chosen(text, "Bind").is_some());
}

#[test]
fn an_edge_may_be_named() {
    let text = "services:\n  gate:\n    build: .\n    ports: [\"443:443\"]\n  api:\n    build: .\n    ports: [\"8000:8000\"]\n";
    let severities = |edge: &[&str]| -> Vec<Severity> {
        let edge = edge.iter().map(|name| (*name).to_string()).collect();
        let policy = Policy {
            edge,
            ..Policy::default()
        };
        let found = findings(text, Stage::Production, policy);
        found.iter().map(|finding| finding.severity).collect()
    };
    assert_eq!(severities(&[]), [Severity::Low, Severity::Low]);
    assert_eq!(severities(&["gate"]), [Severity::High]);
    assert_eq!(severities(&["elsewhere"]), [Severity::Low, Severity::Low]);
}

#[test]
fn the_stage_lowers_ports_by_a_step_in_a_base() {
    let text =
        db("    ports: [\"5432:5432\"]\n    environment: [\"A_PASSWORD=${A_PASSWORD:-x}\"]\n");
    let severities = |stage: Stage| -> Vec<(&str, Severity)> {
        let found = findings(&text, stage, Policy::default());
        found.iter().map(|f| (f.rule.name, f.severity)).collect()
    };
    let (port, secret) = ("compose/published-port", "compose/default-secret");
    assert_eq!(
        severities(Stage::Production),
        [(port, Severity::Critical), (secret, Severity::Critical)]
    );
    assert_eq!(
        severities(Stage::Base),
        [(port, Severity::High), (secret, Severity::Critical)]
    );
    assert_eq!(
        severities(Stage::Development),
        [(port, Severity::Info), (secret, Severity::Low)]
    );
}

#[test]
fn a_secret_is_marked_and_never_said() {
    let text =
        db("    environment:\n      DATABASE_URL: ${DATABASE_URL:-postgres://u:hunter2@db/x}\n");
    let found = findings(&text, Stage::Production, Policy::default());
    let finding = &found[0];
    assert!(!finding.message.contains("hunter2"));
    assert!(
        finding
            .fixes
            .iter()
            .all(|fix| !fix.title.contains("hunter2"))
    );
    let marked: Vec<&str> = finding
        .secrets
        .iter()
        .map(|place| &text[place.span.range()])
        .collect();
    assert!(marked.iter().any(|text| text.contains("hunter2")));
}
