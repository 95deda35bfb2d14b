//! Every rule's documentation is run: `bad` fences have the finding, `fixed` fences are what the fix makes of them, `good`
//! fences are silent.
//!
//! A fence's words are language, file kind or file name, role: `yaml compose bad`, `ini tox.ini good`. The kind may be left
//! out where the language says it. Neighbouring fences of one role that name different files make a workspace. Fences
//! without a role are not run.

use harden_engine::fix::apply::Choice;
use harden_engine::rule::Rule;

use crate::support::markdown::{Block, blocks, file_name};
use crate::support::{Checked, Files, check, fixed};

#[derive(Debug)]
struct Example {
    role: &'static str,
    line: usize,
    files: Files,
}

#[test]
fn docs_are_true() {
    let faults: Vec<String> = harden_engine::rules::all().flat_map(faults).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn faults(rule: &'static Rule) -> Vec<String> {
    let (examples, mut faults) = examples(rule.docs);
    let mut fixes = 0;
    let mut bad: Option<&Example> = None;
    for example in &examples {
        let line = example.line;
        match example.role {
            "fixed" => {
                fixes += 1;
                let Some(bad) = bad.take() else {
                    faults.push(format!("line {line}: `fixed` follows no `bad`"));
                    continue;
                };
                let made = fixed(&bad.files, Some(rule.name), Choice::Unsafe);
                for (name, text) in &example.files {
                    let of = made.iter().find(|(known, _)| known == name);
                    let made = of.map_or("<no such file in `bad`>", |(_, text)| text);
                    if made != text {
                        let say = "the fix makes this of the `bad` above";
                        faults.push(format!("line {line}: {say} in {name}:\n{made}"));
                    }
                }
            }
            role => {
                let checked = check(&example.files);
                faults.extend(
                    checked
                        .iter()
                        .filter(|file| file.broken())
                        .map(|file| format!("line {line}: {} does not parse cleanly", file.name)),
                );
                let found = of_rule(&checked, rule);
                if role == "bad" && found.is_empty() {
                    faults.push(format!("line {line}: no finding in this `bad`"));
                }
                if role == "good" && !found.is_empty() {
                    faults.push(format!("line {line}: found in this `good`: {found:?}"));
                }
                bad = (role == "bad").then_some(example);
            }
        }
    }
    // A rule without checks may be about what no text can show (a file that cannot be read).
    let asked = !rule.checks.is_empty() || !examples.is_empty();
    for role in ["bad", "good"] {
        if asked && !examples.iter().any(|example| example.role == role) {
            faults.push(format!("no `{role}` example"));
        }
    }
    if asked && fixes == 0 && !rule.docs.contains("no fix") {
        faults.push("no `fixed` example, and no sentence with \"no fix\" that says why".into());
    }
    if rule.summary().is_empty() || !rule.summary().ends_with('.') {
        faults.push("the first line is no sentence that sums up the rule".into());
    }
    let name = rule.name;
    faults
        .iter()
        .map(|fault| format!("{name}: docs {fault}"))
        .collect()
}

fn of_rule(checked: &[Checked], rule: &Rule) -> Vec<String> {
    checked
        .iter()
        .flat_map(|file| &file.findings)
        .filter(|finding| finding.rule.name == rule.name)
        .map(|finding| finding.message.clone())
        .collect()
}

fn examples(docs: &str) -> (Vec<Example>, Vec<String>) {
    let mut examples: Vec<Example> = Vec::new();
    let mut faults = Vec::new();
    let mut open = false;
    for block in blocks(docs.trim_start()) {
        let Block::Fence(fence) = block else { continue };
        let role = ["bad", "fixed", "good"]
            .into_iter()
            .find(|role| fence.has(role));
        let Some(role) = role else {
            open = false;
            continue;
        };
        let line = fence.line;
        let Some((name, named)) = file_name(&fence.info) else {
            faults.push(format!(
                "line {line}: no file is named or known by {:?}",
                fence.info
            ));
            continue;
        };
        match examples.last_mut() {
            Some(last)
                if open
                    && named
                    && last.role == role
                    && last.files.iter().all(|(known, _)| *known != name) =>
            {
                last.files.push((name, fence.body));
            }
            _ => examples.push(Example {
                role,
                line,
                files: vec![(name, fence.body)],
            }),
        }
        open = named;
    }
    (examples, faults)
}

#[test]
fn neighbours_that_name_files_are_one_workspace() {
    let docs = "S.\n```ini pytest.ini bad\na\n```\n```python tests/test_a.py bad\nb\n```\n```python bad\nc\n```\n";
    let (examples, faults) = examples(docs);
    assert!(faults.is_empty());
    let names: Vec<Vec<&str>> = examples
        .iter()
        .map(|e| e.files.iter().map(|(name, _)| name.as_str()).collect())
        .collect();
    assert_eq!(
        names,
        [vec!["pytest.ini", "tests/test_a.py"], vec!["app.py"]]
    );
}
