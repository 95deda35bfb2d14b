//! Configuration and suppression, as the command line sees them.

use crate::cli::{COMPOSE, Folder, PYTEST};

const SECRET: &str = "compose/default-secret";
const RANDOM: &str = "import random\n\ntoken = random.choice('ab')\n";

#[test]
fn the_nearest_configuration_holds() {
    let folder = Folder::new(&[
        ("harden.toml", "ignore = ['compose']\n"),
        ("compose.yml", COMPOSE),
        (
            "sub/pyproject.toml",
            "[tool.harden]\nselect = ['compose/default-secret']\n[tool.harden.severity]\ncompose = 'low'\n",
        ),
        ("sub/compose.yml", COMPOSE),
        ("sub/pytest.ini", PYTEST),
    ]);
    let findings = folder.findings(&[]);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0]["file"], "sub/compose.yml");
    assert_eq!(findings[0]["severity"], "low");
    assert_eq!(
        folder.findings(&["--no-config", "--select", SECRET]).len(),
        2
    );
    assert_eq!(
        folder.findings(&["--select", SECRET]).len(),
        2,
        "what is asked for by name is answered"
    );
    assert_eq!(folder.findings(&["--ignore", SECRET]).len(), 0);
}

#[test]
fn what_ruff_is_told_above_the_checked_folder_holds() {
    let folder = Folder::new(&[
        (
            "pyproject.toml",
            "[tool.ruff.lint.per-file-ignores]\n'src/tests/*' = ['S311']\n",
        ),
        ("src/a.py", RANDOM),
        ("src/tests/a.py", RANDOM),
        ("src/tests/broken/ruff.toml", "lint = [\n"),
        ("src/tests/broken/a.py", RANDOM),
    ]);
    std::fs::create_dir(folder.path(".git")).unwrap();
    let files = |arguments: &[&str]| -> Vec<String> {
        let arguments = [arguments, &["--select", "python/insecure-random"]].concat();
        let findings = folder.findings(&arguments);
        let file = |found: &serde_json::Value| found["file"].as_str().unwrap().to_owned();
        findings.iter().map(file).collect()
    };
    assert_eq!(files(&[]), ["src/a.py", "src/tests/broken/a.py"]);
    assert_eq!(files(&["src"]), ["a.py", "tests/broken/a.py"]);
    assert_eq!(files(&["src/tests"]), ["broken/a.py"]);
    assert_eq!(files(&["--no-config"]).len(), 3);
    // Ruff would refuse it; that some of it may not hold is said once.
    let said = "harden: src/tests/broken/ruff.toml:1: no TOML from here on, so not all is known that Ruff is told to ignore\n";
    assert_eq!(folder.run(&["check", "--exit-zero"]).err, said);
    assert_eq!(folder.run(&["check", "--exit-zero", "--no-config"]).err, "");
}

#[test]
fn files_are_left_out_by_pattern() {
    let folder = Folder::new(&[
        (
            "harden.toml",
            "exclude = ['old']\n[per-file]\n'new/*.yml' = ['compose/default-secret']\n",
        ),
        ("old/compose.yml", COMPOSE),
        ("new/compose.yml", COMPOSE),
        ("own/compose.yml", COMPOSE),
    ]);
    let files = |arguments: &[&str]| -> Vec<String> {
        let arguments = [arguments, &["--select", SECRET]].concat();
        let findings = folder.findings(&arguments);
        findings
            .iter()
            .map(|f| f["file"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(files(&[]), ["own/compose.yml"]);
    assert_eq!(
        files(&["old/compose.yml"]),
        ["old/compose.yml"],
        "named files are always checked"
    );
}

#[test]
fn mistakes_are_told_where_they_stand() {
    let folder = Folder::new(&[
        (
            "harden.toml",
            "ignored = ['file']\nignore = ['compose/default-secrets', 'compose/published-port']\n",
        ),
        ("compose.yml", COMPOSE),
    ]);
    let run = folder.run(&["check"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.out
            .contains("There is no setting `ignored`: did you mean `ignore`?"),
        "{}",
        run.out
    );
    assert!(run.out.contains("--> harden.toml:2:11"), "{}", run.out);
    assert!(
        run.out.contains("did you mean `compose/default-secret`?"),
        "{}",
        run.out
    );
    let rules = folder.rules(&[]);
    assert!(
        rules.contains(&SECRET.to_owned()),
        "checking goes on: {rules:?}"
    );
    assert!(
        folder
            .rules(&["--no-config"])
            .iter()
            .all(|rule| rule != "config/invalid")
    );
}

#[test]
fn the_user_may_call_a_fix_safe_and_a_file_development() {
    let folder = Folder::new(&[
        ("harden.toml", "[fix]\nsafe = ['compose/default-secret']\n"),
        ("compose.yml", COMPOSE),
    ]);
    let severity = |folder: &Folder| folder.findings(&["--select", SECRET])[0]["severity"].clone();
    assert_eq!(severity(&folder), "critical");
    folder.run(&["fix"]);
    assert!(folder.read("compose.yml").contains("${DB_PASSWORD:?"));
    folder.write("compose.yml", COMPOSE.as_bytes());
    folder.write("harden.toml", b"[compose]\ndevelopment = ['compose.yml']\n");
    assert_eq!(severity(&folder), "low");
}

#[test]
fn comments_silence_and_are_removed_when_they_do_not() {
    let silenced = COMPOSE.replace(
        "swordf1}",
        "swordf1} # harden: ignore[compose/default-secret] local only",
    );
    let folder = Folder::new(&[("compose.yml", silenced.as_str())]);
    assert_eq!(folder.rules(&[]), Vec::<String>::new());
    folder.run(&["fix", "--unsafe-fixes"]);
    assert_eq!(
        folder.read("compose.yml"),
        silenced,
        "what is silenced is not fixed"
    );
    let idle = silenced.replace(":-swordf1", ":?");
    folder.write("compose.yml", idle.as_bytes());
    assert_eq!(folder.rules(&[]), ["suppression/unused"]);
    folder.run(&["fix"]);
    assert_eq!(
        folder.read("compose.yml"),
        COMPOSE.replace(":-swordf1", ":?")
    );
}

#[test]
fn policies_reach_the_rules() {
    let python = "try:\n    a()\nexcept OSError:\n    pass\n";
    let folder = Folder::new(&[
        (
            "harden.toml",
            "[python]\nbroad-exceptions = ['OSError']\n[policy]\ncoverage = 65\n",
        ),
        ("app.py", python),
        (
            "pytest.ini",
            "[pytest]\naddopts = --doctest-modules --strict-markers --strict-config --cov=app -o xfail_strict=true\n",
        ),
        ("LICENSE", "As you like.\n"),
        (
            "coverage.xml",
            "<coverage version=\"7\" lines-valid=\"400\" lines-covered=\"290\" line-rate=\"0.725\" branches-valid=\"0\" branches-covered=\"0\">\n</coverage>\n",
        ),
    ]);
    let findings = folder.findings(&[]);
    let rules: Vec<&str> = findings
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect();
    assert_eq!(
        rules,
        ["python/swallowed-exception", "pytest/no-coverage-gate"]
    );
    assert_eq!(
        findings[0]["also"],
        serde_json::json!([]),
        "no other tool finds this"
    );
    folder.run(&["fix", "--unsafe-fixes"]);
    assert!(folder.read("pytest.ini").contains("--cov-fail-under=65"));
    assert!(
        folder
            .read("app.py")
            .contains("except OSError:\n    logger.exception")
    );
    folder.write("app.py", python.as_bytes());
    assert_eq!(folder.rules(&["--no-config"]), Vec::<String>::new());
}
