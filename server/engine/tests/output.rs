//! Formats for other programs, of findings made by hand: what no rule does today must come out right all the same.

use harden_engine::output::json::{Alternative, Finding, Range, Related, Replacement};
use harden_engine::output::{Position, github, junit, sarif};
use harden_engine::rule::Severity;
use harden_engine::rules;
use serde_json::{Value, json};

fn range(start: (usize, usize), end: (usize, usize)) -> Range {
    let position = |(line, column)| Position { line, column };
    Range {
        start: position(start),
        end: position(end),
    }
}

fn edit(file: &str, text: &str) -> Replacement {
    Replacement {
        file: file.into(),
        create: false,
        range: range((1, 1), (1, 3)),
        text: text.into(),
        redacted: false,
    }
}

fn fix(title: &str, edits: Vec<Replacement>) -> Alternative {
    Alternative {
        title: title.into(),
        safety: "safe",
        preferred: true,
        disabled: None,
        edits,
    }
}

fn finding(message: &str) -> Finding {
    Finding {
        file: "a.py".into(),
        rule: rules::find("python/insecure-random").unwrap(),
        area: "security",
        severity: Severity::High,
        message: message.into(),
        fingerprint: "0".into(),
        range: range((2, 5), (4, 1)),
        also: Vec::new(),
        related: Vec::new(),
        fixes: Vec::new(),
    }
}

fn run(report: &sarif::Report) -> Value {
    let mut log = serde_json::to_value(sarif::log(report)).unwrap();
    log["runs"][0].take()
}

fn result(finding: &Finding) -> Value {
    let report = sarif::Report {
        findings: vec![finding],
        ..sarif::Report::default()
    };
    run(&report)["results"][0].take()
}

#[test]
fn a_fix_of_several_files_has_a_change_for_each() {
    let mut finding = finding("x");
    let edits = vec![edit("a.py", "b"), edit("r.txt", "c\n"), edit("a.py", "")];
    finding.fixes.push(fix("Do it", edits));
    let changes = &result(&finding)["fixes"][0]["artifactChanges"];
    let files: Vec<&Value> = changes
        .as_array()
        .unwrap()
        .iter()
        .map(|change| &change["artifactLocation"]["uri"])
        .collect();
    assert_eq!(files, ["a.py", "r.txt"]);
    let own = &changes[0]["replacements"];
    assert_eq!(own[0]["insertedContent"]["text"], "b");
    assert_eq!(own[0]["deletedRegion"]["endColumn"], 3);
    assert!(own[1].get("insertedContent").is_none());
}

#[test]
fn a_fix_that_is_no_use_to_a_program_is_left_out_with_the_reason() {
    let mut finding = finding("x");
    let mut secret = edit("a.py", "•••");
    secret.redacted = true;
    let mut made = edit(".env", "A=\n");
    made.create = true;
    let disabled = Alternative {
        disabled: Some("not here".into()),
        ..fix("Third", Vec::new())
    };
    finding.fixes = vec![
        fix("First", vec![edit("a.py", "b"), secret]),
        fix("Second", vec![made]),
        disabled,
        fix("Fourth", vec![edit("a.py", "b")]),
        fix("Fourth", vec![edit("a.py", "b")]),
    ];
    let result = result(&finding);
    assert_eq!(result["fixes"].as_array().unwrap().len(), 1);
    assert_eq!(
        result["properties"]["fixesLeftOut"],
        json!([
            { "title": "First", "reason": "its text would show a secret" },
            { "title": "Second", "reason": "it makes a file, which this format cannot say" },
            { "title": "Third", "reason": "not here" },
        ])
    );
}

#[test]
fn brackets_are_links_only_where_we_mean_them() {
    let mut told = finding("`a[0](1)` is odd");
    told.related.push(Related {
        file: "../b.py".into(),
        range: range((1, 1), (1, 2)),
        message: "`b[1]` here".into(),
    });
    let result = result(&told);
    assert_eq!(
        result["message"]["text"],
        "`a\\[0\\](1)` is odd\n[`b\\[1\\]` here](1)"
    );
    assert_eq!(result["relatedLocations"][0]["id"], 1);
    // A section's name is no link.
    let plain = "`[tool.pytest]` is missing";
    assert_eq!(self::result(&finding(plain))["message"]["text"], plain);
}

#[test]
fn the_severity_is_told_as_a_level() {
    let level = |severity| {
        let mut finding = finding("x");
        finding.severity = severity;
        let result = result(&finding);
        (result["level"].clone(), result["kind"].clone())
    };
    assert_eq!(level(Severity::Critical), ("error".into(), Value::Null));
    assert_eq!(level(Severity::High), ("error".into(), Value::Null));
    assert_eq!(level(Severity::Medium), ("warning".into(), Value::Null));
    assert_eq!(level(Severity::Low), ("note".into(), Value::Null));
    // By the specification, only what is no failure may have no level.
    assert_eq!(
        level(Severity::Info),
        ("none".into(), "informational".into())
    );
}

#[test]
fn a_run_says_what_it_has_not_done() {
    let failed = ["a/b: no permission".to_owned()];
    let report = sarif::Report {
        unread: vec![("x y.py", "it is binary")],
        failed: &failed,
        panicked: &["python/insecure-random"],
        ..sarif::Report::default()
    };
    let run = run(&report);
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notes = &invocation["toolExecutionNotifications"];
    let place = &notes[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "x%20y.py");
    assert_eq!(notes[1]["message"]["text"], "a/b: no permission");
    assert_eq!(notes[2]["associatedRule"]["id"], "python/insecure-random");
    assert_eq!(notes[2]["level"], "error");
}

#[test]
fn github_takes_columns_within_one_line_only() {
    let mut finding = finding("50% of\nit\x1b[0m");
    assert_eq!(
        github([&finding]),
        "::error file=a.py,line=2,endLine=4,title=python/insecure-random::50%25 of%0Ait [0m\n"
    );
    finding.range = range((2, 5), (2, 7));
    finding.severity = Severity::Low;
    assert!(
        github([&finding]).starts_with("::notice file=a.py,line=2,endLine=2,col=5,endColumn=7,")
    );
}

#[test]
fn junit_names_no_character_that_xml_cannot() {
    let finding = finding("a\0b\u{ffff}c\n]]><d> & \"e\"");
    let xml = junit([("a.py", vec![&finding])]);
    assert!(xml.contains("a\u{fffd}b\u{fffd}c&#10;]]&gt;&lt;d&gt; &amp; &quot;e&quot;"));
}
