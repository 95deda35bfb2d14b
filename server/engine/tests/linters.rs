//! What Ruff and Bandit are told to pass over is passed over here.

use std::path::Path;
use std::sync::Arc;

use harden_engine::batch;
use harden_engine::check::Rules;
use harden_engine::document::Engine;
use harden_engine::file::File;
use harden_engine::project::{Texts, Workspace};
use harden_engine::rule::Policy;
use harden_engine::rules;

/// S311 and B311 on line 4, S110 and B110 on line 7.
const TEXT: &str = "import random


token = random.choice('ab')
try:
    print(token)
except Exception:
    pass
";

fn engine() -> Engine {
    let wanted = ["python/insecure-random", "python/swallowed-exception"];
    let rules = rules::all().filter(|rule| wanted.contains(&rule.name));
    Engine::once(Rules::new(rules), Policy::default())
}

/// The ids of the findings of a file of a project.
fn left_by(engine: &Engine, path: &str, others: &[(&str, &str)]) -> Vec<String> {
    let files = others.iter().copied().chain([(path, TEXT)]);
    let workspace = Workspace::new(files.collect::<Texts>());
    let file = Arc::new(File::classify(Path::new(path), TEXT, &[]).unwrap());
    let (findings, _) = batch::check(engine, &workspace, &file, TEXT);
    findings.iter().map(|found| found.also.join("+")).collect()
}

fn left(path: &str, others: &[(&str, &str)]) -> Vec<String> {
    left_by(&engine(), path, others)
}

const BOTH: [&str; 2] = ["B311+S311", "B110+S110"];
const RANDOM: [&str; 1] = ["B311+S311"];
const SILENT: [&str; 1] = ["B110+S110"];

#[test]
fn ruffs_own_order_of_selections_holds() {
    for (lint, expected) in [
        ("ignore = ['S311']", &SILENT[..]),
        ("extend-ignore = ['S311', 'S110']", &[]),
        ("ignore = ['S']", &[]),
        ("ignore = ['S3']", &SILENT),
        ("ignore = ['SIM', 'B311']", &BOTH),
        // It is not named.
        ("select = ['E', 'F']", &BOTH),
        // What is named more closely goes first; of the same, to ignore.
        ("select = ['S311']\nignore = ['S']", &RANDOM),
        ("select = ['S']\nignore = ['S']", &[]),
        ("select = ['ALL']\nignore = ['S3']", &SILENT),
        (
            "select = ['E']\nextend-select = ['S110']\nignore = ['ALL']",
            &SILENT,
        ),
        // Broken, or something else.
        ("ignore = 'S311'", &SILENT),
        ("ignore = [311, true]", &BOTH),
        ("ignore = ['S311'", &BOTH),
    ] {
        let own = lint.to_owned();
        let old = format!("[tool.ruff]\nline-length = 100\n{lint}\n");
        let table = format!("[project]\nname = 'a'\n[tool.ruff.lint]\n{lint}\n");
        for (name, text) in [
            ("ruff.toml", &own),
            (".ruff.toml", &format!("[lint]\n{lint}\n")),
            ("pyproject.toml", &table),
            ("pyproject.toml", &old),
        ] {
            assert_eq!(
                left("pkg/a.py", &[(name, text)]),
                expected,
                "{name}: {text}"
            );
        }
    }
}

#[test]
fn globs_are_matched_as_ruff_matches_them() {
    for (glob, taken) in [
        ("a.py", true),
        ("*.py", true),
        ("tests/*", true),
        ("tests/**", true),
        ("./tests/unit/a.py", true),
        ("**/unit/*", true),
        ("*", true),
        ("tests", false),
        ("unit/*", false),
        ("src/*", false),
        ("test_*.py", false),
        ("!src/*", true),
        ("!tests/*", false),
        ("{tests,docs}/**", true),
        ("[", false),
    ] {
        let expected = if taken { &SILENT[..] } else { &BOTH };
        for table in [
            format!("[lint.per-file-ignores]\n'{glob}' = ['S311']\n"),
            format!(
                "[lint]\nselect = ['S311']\nextend-per-file-ignores = {{ '{glob}' = ['S3'] }}\n"
            ),
        ] {
            let found = left("tests/unit/a.py", &[("ruff.toml", &table)]);
            assert_eq!(found, expected, "{table}");
        }
    }
}

#[test]
fn the_nearest_holds_with_what_it_extends() {
    let ignore = |what: &str| format!("lint.ignore = ['{what}']\n");
    let (random, silent) = (ignore("S311"), ignore("S110"));
    for (files, expected) in [
        (
            &[("ruff.toml", &*random), ("a/ruff.toml", &*silent)][..],
            &RANDOM[..],
        ),
        (
            &[
                ("ruff.toml", &random),
                ("a/.ruff.toml", &silent),
                ("a/ruff.toml", ""),
            ],
            &RANDOM,
        ),
        // One without a table of Ruff's is none.
        (
            &[("ruff.toml", &random), ("a/pyproject.toml", "[project]\n")],
            &SILENT,
        ),
        (
            &[
                ("ruff.toml", &random),
                ("a/pyproject.toml", "[tool.ruff]\n"),
            ],
            &BOTH,
        ),
        (
            &[
                ("ruff.toml", &random),
                ("a/ruff.toml", "extend = '../ruff.toml'\n"),
            ],
            &SILENT,
        ),
        (
            &[
                (
                    "ruff.toml",
                    "[lint]\nignore = ['S311']\nextend-ignore = ['S110']\n",
                ),
                (
                    "a/pyproject.toml",
                    "[tool.ruff]\nextend = '../ruff.toml'\nlint.ignore = ['E501']\n",
                ),
            ],
            &RANDOM,
        ),
        // Globs start where they are written.
        (
            &[
                ("ruff.toml", "[lint.per-file-ignores]\n'a/b/*' = ['S311']\n"),
                ("a/ruff.toml", "extend = '../ruff.toml'\n"),
            ],
            &SILENT,
        ),
        // For ever.
        (
            &[(
                "ruff.toml",
                "extend = 'ruff.toml'\nlint.ignore = ['S311']\n",
            )],
            &SILENT,
        ),
    ] {
        assert_eq!(left("a/b/c.py", files), expected, "{files:?}");
    }
}

#[test]
fn bandit_skips_tests_and_folders() {
    let table = |text: &str| format!("[tool.bandit]\n{text}\n");
    for (name, text, expected) in [
        ("pyproject.toml", table("skips = ['B311']"), &SILENT[..]),
        (
            "pyproject.toml",
            table("skips = ['random', 'B101']"),
            &SILENT,
        ),
        ("pyproject.toml", table("skips = ['S311']"), &BOTH),
        ("pyproject.toml", table("tests = ['B101']"), &BOTH),
        ("pyproject.toml", table("exclude_dirs = ['tests']"), &[]),
        ("pyproject.toml", table("exclude_dirs = ['./tests/*']"), &[]),
        (
            "pyproject.toml",
            table("exclude_dirs = ['docs', '*/b.py']"),
            &BOTH,
        ),
        ("pyproject.toml", table("skips = ['B311'"), &BOTH),
        (".bandit", "[bandit]\nskips: B311,B101\n".into(), &SILENT),
        (
            ".bandit",
            "[bandit]\n# why\nskips = B311\n  B110\n".into(),
            &[],
        ),
        (".bandit", "[bandit]\nexclude = /docs,/tests\n".into(), &[]),
        (".bandit", "[other]\nskips: B311\n".into(), &BOTH),
        (".bandit", "skips: ['B311']\n".into(), &SILENT),
        (".bandit", "]]\n\u{0}= [\n".into(), &BOTH),
    ] {
        let found = left("tests/a.py", &[(name, &text)]);
        assert_eq!(found, expected, "{name}: {text}");
    }
    // What each of them is told is told.
    let both = [
        ("ruff.toml", "lint.ignore = ['S110']\n"),
        (".bandit", "[bandit]\nskips: B311\n"),
    ];
    assert_eq!(left("tests/a.py", &both), [""; 0]);
    assert_eq!(left_by(&engine().alone(true), "tests/a.py", &both), BOTH);
}

#[test]
fn what_changes_is_asked_again() {
    let (path, told) = (Path::new("a.py"), "[tool.ruff]\nlint.ignore = ['S311']\n");
    let file = Arc::new(File::classify(path, TEXT, &[]).unwrap());
    let files = |texts: &[(&str, &str)]| {
        Workspace::new(
            texts
                .iter()
                .copied()
                .chain([("a.py", TEXT)])
                .collect::<Texts>(),
        )
    };
    let survey = batch::survey(&engine(), &files(&[]), &file, TEXT);
    assert_eq!(survey.findings.len(), 2);
    let same = files(&[("pyproject.toml", "[project]\nname = 'a'\n")]);
    assert!(survey.heard.iter().all(|heard| heard.holds(&same)));
    let other = files(&[("pyproject.toml", told)]);
    assert!(!survey.heard.iter().all(|heard| heard.holds(&other)));
}
