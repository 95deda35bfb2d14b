//! pytest's homes while they are being typed: whatever the text, nothing panics, every place lies in the text, and what a
//! fix makes is strict.

use harden_engine::fix::apply::Choice;

use crate::support::{check, fixed};

const RULE: &str = "pytest/markers-not-strict";

/// Homes in many layouts. Each is cut short at every character.
const TEXTS: &[(&str, &str)] = &[
    (
        "pytest.ini",
        "[pytest]\naddopts = -ra -m \"not slow\" # 😀\nmarkers =\n    slow: é\n",
    ),
    (
        "pytest.ini",
        "\u{feff}; note\r\n[pytest]\r\naddopts =\r\n\t-ra\r\n\r\n  # x\r\n\t-q\r\nminversion: 7\r\n",
    ),
    ("tox.ini", "[tox]\rx = 1\r[pytest]\rstrict=off\raddopts=\r"),
    (
        "setup.cfg",
        "[tool:pytest] ; x\nstrict_markers = no\n[tool:pytest]\naddopts = 'a\\\n b'\n",
    ),
    (
        "pyproject.toml",
        "[tool.pytest.ini_options]\naddopts = \"-k \\\"a\\\" 😀\" # é\nminversion = \"7\"\nstrict = true\n",
    ),
    (
        "pyproject.toml",
        "\u{feff}[tool.pytest.ini_options]\r\naddopts = \"\"\"\\\r\n  -ra \\\r\n\r\n  -q \\\r\n  \"\"\"\r\n",
    ),
    (
        "pyproject.toml",
        "[tool.pytest.ini_options]\naddopts = '''\n-ra\n  -q  '''\n[tool.x]\n",
    ),
    (
        "pyproject.toml",
        "[tool.pytest]\naddopts = [ # é\n  '-ra', # 😀\n  \"-q\" # x\n  , ]\n[[tool.x]]\n",
    ),
    (
        "pyproject.toml",
        "[tool]\npytest.ini_options.testpaths = []\npytest . ini_options . addopts=[\n]\n",
    ),
    (
        "pytest.toml",
        "[pytest]\naddopts = [\n\"-ra\",\"-q\"\n,\n\n]\nstrict = false\n",
    ),
];

#[test]
fn half_typed_homes_are_read_and_fixed() {
    for (name, text) in TEXTS {
        for (end, _) in text.char_indices().chain([(text.len(), ' ')]) {
            check_one(name, &text[..end]);
        }
    }
}

#[test]
fn lost_lines_do_no_harm() {
    for (name, text) in TEXTS {
        let lines: Vec<&str> = text.split_inclusive(['\n', '\r']).collect();
        for gone in 0..lines.len() {
            let kept = lines.iter().enumerate().filter(|(at, _)| *at != gone);
            check_one(name, &kept.map(|(_, line)| *line).collect::<String>());
        }
    }
}

/// Were any step quadratic, this would not end in minutes.
#[test]
fn a_long_home_is_read() {
    let options: String = (0..100_000).map(|n| format!("o{n} = {n}\n")).collect();
    let checked = check(&vec![("pytest.ini".into(), format!("[pytest]\n{options}"))]);
    let found = checked[0].findings.iter();
    assert_eq!(found.filter(|finding| finding.rule.name == RULE).count(), 1);
}

#[track_caller]
fn check_one(name: &str, text: &str) {
    let files = vec![(name.to_string(), text.to_string())];
    let of_rule = |checked: &[crate::support::Checked]| {
        let findings = checked.iter().flat_map(|file| file.findings.clone());
        findings
            .filter(|finding| finding.rule.name == RULE)
            .collect::<Vec<_>>()
    };
    let checked = check(&files);
    for finding in of_rule(&checked) {
        assert!(text.get(finding.span().range()).is_some(), "{text:?}");
        let fix = &finding.fixes[0];
        if fix.disabled.is_none() {
            let fixed = fixed(&files, None, Choice::Unsafe);
            assert!(
                of_rule(&check(&fixed)).is_empty(),
                "{text:?} became {:?}",
                fixed[0].1
            );
        }
    }
}

#[test]
fn the_title_names_what_would_fail() {
    let test = "import pytest\n\n@pytest.mark.{}\ndef test_it(): pass\n";
    let title = |names: &[&str]| {
        let mut files = vec![("pytest.ini".to_string(), "[pytest]\n".to_string())];
        for name in names {
            files.push((format!("test_{name}.py"), test.replace("{}", name)));
        }
        let checked = check(&files);
        let mut found = checked[0].findings.iter();
        let found = found.find(|finding| finding.rule.name == RULE).unwrap();
        found.fixes[0].title.clone()
    };
    assert_eq!(title(&["skip"]), "Add `--strict-markers`");
    assert_eq!(
        title(&["slow"]),
        "Add `--strict-markers`: `slow` is not declared and would fail"
    );
    assert_eq!(
        title(&["a", "b", "c", "d"]),
        "Add `--strict-markers`: `a`, `b`, `c` and 1 more are not declared and would fail"
    );
}
