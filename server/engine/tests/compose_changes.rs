//! What is changed in compose files and Dockerfiles by fixes that write keys and words: over our own texts and real ones
//! (`HARDEN_REAL`), each fix that is offered leaves a file that is read, without that finding, with all its comments, and
//! does nothing when it is made once more.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use harden_engine::batch;
use harden_engine::check::Rules;
use harden_engine::chunk::Chunks;
use harden_engine::document::Engine;
use harden_engine::file::{File, Kind, Language};
use harden_engine::fix::files::change::{Change, change};
use harden_engine::fix::{View, apply, render};
use harden_engine::model::Part;
use harden_engine::project::{Texts, Workspace};
use harden_engine::rule::{Finding, Policy};
use harden_engine::syntax;
use harden_engine::work::Work;

use crate::cases::workspaces;
use crate::chunk_texts::real;

const RULES: &[&str] = &[
    "compose/datastore-network-not-internal",
    "compose/no-resource-limits",
    "compose/postgres-untuned",
    "compose/redis-no-eviction",
    "compose/secret-in-environment",
    "dockerfile/secret-in-image",
];

fn engine() -> Engine {
    let rules = harden_engine::rules::all().filter(|rule| RULES.contains(&rule.name));
    Engine::once(Rules::new(rules), Policy::default())
}

struct Read {
    findings: Vec<Finding>,
    parts: Vec<(usize, Arc<Part>)>,
}

fn check(engine: &Engine, file: &Arc<File>, text: &str) -> Read {
    let project = project(&file.path, text);
    let (findings, _) = batch::check(engine, &project, file, text);
    let chunks = Chunks::cut(file.kind.language(), text, &mut Work::default());
    let parts = chunks.list().iter().map(|chunk| {
        let text = text[chunk.start..chunk.end].into();
        (
            chunk.start,
            Arc::new(syntax::read(chunk.state, &text, &mut None)),
        )
    });
    Read {
        findings,
        parts: parts.collect(),
    }
}

fn project(path: &Path, text: &str) -> Workspace {
    Workspace::new(
        [(path.to_path_buf(), text.to_owned())]
            .into_iter()
            .collect::<Texts>(),
    )
}

fn broken(parts: &[(usize, Arc<Part>)]) -> usize {
    parts.iter().filter(|(_, part)| part.broken()).count()
}

/// What a finding is about, wherever it stands.
fn subject(finding: &Finding) -> (&'static str, String) {
    let name = finding.message.split('`').nth(1).unwrap_or_default();
    (finding.rule.name, name.to_owned())
}

fn comments(text: &str) -> usize {
    text.lines()
        .filter(|line| line.trim_start().starts_with('#'))
        .count()
}

/// The fixes that were made.
fn fixes_hold(engine: &Engine, path: &Path, text: &str) -> usize {
    let Some(file) = File::classify(path, text, &[]) else {
        return 0;
    };
    if !matches!(file.kind, Kind::Compose | Kind::Dockerfile) {
        return 0;
    }
    let file = Arc::new(file);
    let read = check(engine, &file, text);
    let workspace = project(path, text);
    let mut made = 0;
    for finding in &read.findings {
        for fix in finding.fixes.iter().filter(|fix| fix.disabled.is_none()) {
            let view = View {
                file: &file,
                text,
                parts: &read.parts,
                workspace: &workspace,
            };
            let Ok(rendered) = render(&view, fix) else {
                continue;
            };
            made += 1;
            if rendered.own.is_empty() {
                assert!(
                    !rendered.others.is_empty(),
                    "{}: {}",
                    path.display(),
                    fix.title
                );
                continue;
            }
            let fixed = apply::replace(text, rendered.own);
            let again = check(engine, &file, &fixed);
            let shown = || format!("{}: {}\n{fixed}", path.display(), fix.title);
            assert!(
                broken(&again.parts) <= broken(&read.parts),
                "broken: {}",
                shown()
            );
            assert!(
                comments(&fixed) >= comments(text),
                "a comment is gone: {}",
                shown()
            );
            let limits = finding.rule.name == "compose/no-resource-limits";
            let left = again
                .findings
                .iter()
                .filter(|known| subject(known) == subject(finding))
                .count();
            let before = read
                .findings
                .iter()
                .filter(|known| subject(known) == subject(finding))
                .count();
            assert!(left < before || limits, "still there: {}", shown());
        }
    }
    made
}

#[test]
fn fixes_of_our_cases_hold() {
    let engine = engine();
    let mut made = 0;
    for (_, files) in workspaces() {
        for (name, text) in &files {
            made += fixes_hold(&engine, Path::new(name), text);
        }
    }
    assert!(made > 50, "{made}");
}

#[test]
fn fixes_of_real_files_hold() {
    let engine = engine();
    let mut made = 0;
    for language in [Language::Yaml, Language::Dockerfile] {
        for (path, text) in real(language).unwrap_or_default() {
            let name = path.file_name().unwrap_or_default();
            made += fixes_hold(&engine, &PathBuf::from(name), &text);
        }
    }
    println!("{made} fixes made");
}

fn changed(text: &str, changes: &[Change]) -> Result<String, String> {
    let edits = change(text, changes)?;
    let made = apply::replace(text, edits);
    let again = change(&made, changes)?;
    assert_eq!(apply::replace(&made, again), made, "twice is not once");
    Ok(made)
}

#[test]
fn keys_are_made_where_they_are_missing() {
    let set = Change::set(
        &["services", "a", "deploy", "resources", "limits", "memory"],
        "1G",
    );
    for (before, after) in [
        (
            "services:\n  a:\n    image: x\n\n# end\n",
            "services:\n  a:\n    image: x\n    deploy:\n      resources:\n        limits:\n          memory: 1G\n\n# end\n",
        ),
        (
            "services:\n    a:\n        deploy:\n            replicas: 2 # two\n        image: x\n",
            "services:\n    a:\n        deploy:\n            replicas: 2 # two\n            resources:\n                limits:\n                    memory: 1G\n        image: x\n",
        ),
        (
            "services: {a: {image: x}}\n",
            "services: {a: {image: x, deploy: {resources: {limits: {memory: 1G}}}}}\n",
        ),
        (
            "services:\n  a:\n    image: x\n    deploy: {resources: {limits: {cpus: '1'}}}",
            "services:\n  a:\n    image: x\n    deploy: {resources: {limits: {cpus: '1', memory: 1G}}}",
        ),
        (
            "services:\r\n  a:\r\n    image: x\r\n    deploy:\r\n",
            "services:\r\n  a:\r\n    image: x\r\n    deploy:\r\n      resources:\r\n        limits:\r\n          memory: 1G\r\n",
        ),
        (
            "services:\n  a:\n    deploy: {}\n    image: x\n",
            "services:\n  a:\n    deploy:\n      resources:\n        limits:\n          memory: 1G\n    image: x\n",
        ),
    ] {
        assert_eq!(
            changed(before, std::slice::from_ref(&set)).as_deref(),
            Ok(after)
        );
    }
}

#[test]
fn lists_and_mappings_take_one_more() {
    let add = Change::add(&["services", "a", "environment"], "B", Some("x y".into()));
    for (before, after) in [
        (
            "services:\n  a:\n    image: x\n",
            "services:\n  a:\n    image: x\n    environment:\n      - B=x y\n",
        ),
        (
            "services:\n  a:\n    environment:\n    - A=1 # one\n    image: x\n",
            "services:\n  a:\n    environment:\n    - A=1 # one\n    - B=x y\n    image: x\n",
        ),
        (
            "services:\n  a:\n    environment:\n      A: 1\n",
            "services:\n  a:\n    environment:\n      A: 1\n      B: x y\n",
        ),
        (
            "services:\n  a:\n    environment: [A=1]\n",
            "services:\n  a:\n    environment: [A=1, B=x y]\n",
        ),
        (
            "services:\n  a:\n    environment: {A: 1}\n",
            "services:\n  a:\n    environment: {A: 1, B: x y}\n",
        ),
        (
            "services:\n  a:\n    environment: [B=z]\n",
            "services:\n  a:\n    environment: [B=z]\n",
        ),
    ] {
        assert_eq!(
            changed(before, std::slice::from_ref(&add)).as_deref(),
            Ok(after)
        );
    }
}

#[test]
fn what_is_shared_is_left_alone() {
    let set = Change::set(&["services", "a", "deploy", "replicas"], "2");
    for text in [
        "x: &d\n  replicas: 1\nservices:\n  a:\n    deploy: *d\n",
        "services:\n  a:\n    deploy: &d\n      mode: global\n  b:\n    deploy: *d\n",
        "x: &b\n  deploy:\n    mode: global\nservices:\n  a:\n    <<: *b\n    image: x\n",
        "services:\n  a:\n    deploy: !reset\n",
        "services:\n  a: text\n",
        "services:\n  a:\n  - b\n",
        "services:\n  a: [\n",
    ] {
        assert!(change(text, std::slice::from_ref(&set)).is_err(), "{text}");
    }
    // Whatever the text, nothing panics.
    for text in [
        "",
        "\u{feff}",
        "a",
        "services:",
        "services:\n  a:",
        "- x\n",
        "services: {a: {",
        "\r",
        "services:\n\ta: 1\n",
    ] {
        let _ = change(text, std::slice::from_ref(&set));
    }
}
