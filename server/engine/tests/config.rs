//! `harden.toml` and `[tool.harden]`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use harden_engine::config::{Config, Globs, Home, Resolver, read};
use harden_engine::rules;

fn own(text: &str) -> (Config, Vec<(String, String)>) {
    let reading = read(Home::Own, text).unwrap();
    let said = reading
        .problems
        .into_iter()
        .map(|problem| (text[problem.span.range()].to_owned(), problem.message));
    (reading.config, said.collect())
}

#[test]
fn what_is_right_holds_beside_what_is_wrong() {
    let text = "selct = ['ALL']
ignore = ['file/unreadable', 'file/unreadible', 3]
[fix]
save = []
[severity]
'file' = 'hihg'
'suppression/unused' = 'info'
[compose]
edge = ['traefik']
production = ['a[']
";
    let (config, mut problems) = own(text);
    problems.sort();
    let (places, said): (Vec<_>, Vec<_>) = problems.into_iter().unzip();
    assert_eq!(
        places,
        ["'a['", "'file/unreadible'", "'hihg'", "3", "save", "selct"]
    );
    assert_eq!(
        said[1],
        "No rule is named `file/unreadible`: did you mean `file/unreadable`?"
    );
    assert_eq!(
        said[4],
        "There is no setting `save` here: did you mean `safe`?"
    );
    assert_eq!(
        said[5],
        "There is no setting `selct`: did you mean `select`?"
    );
    assert!(!config.enables(rules::find("file/unreadable").unwrap()));
    assert!(config.enables(rules::find("file/too-large").unwrap()));
    assert_eq!(config.policy().edge, ["traefik"]);
}

#[test]
fn any_text_is_read() {
    for text in [
        "",
        "a",
        "select = ",
        "select = {}\n",
        "[[select]]\n",
        "fix = 1\ncompose = 'x'\nper-file = []\nseverity = 2000-01-01\n",
        "[per-file]\n'[' = 'ALL'\n",
        "\u{feff}select = []\r\n",
        "[",
        "[[",
        "[a.",
        "]",
        "= 1",
        "a = [[[{",
        "select = ['",
        "select = [\"\"\"\r\n",
        "'é",
        "a = \"é\r\n\"",
        "[tool.harden]\n[tool.harden.severity\n'x",
        "tool = { harden = { select = 1 } }",
        "tool.harden = 1\ntool = 2",
        "\r\r[",
    ] {
        for problem in read(Home::Own, text).unwrap().problems {
            assert!(text.get(problem.span.range()).is_some(), "{text}");
        }
        read(Home::Pyproject, text);
    }
}

#[test]
fn every_way_to_write_a_table_is_read() {
    let own = "[compose]\nedge = ['a']\n[severity]\n'compose' = 'low'\n[per-file]\n'x/*' = 'ALL'\n[policy]\ncoverage = 90\n";
    let expected = read(Home::Own, own).unwrap().config;
    assert_eq!(expected.policy.coverage, 90);
    assert_eq!(expected.per_file.len(), 1);
    for text in [
        "compose = { edge = ['a'] }\nseverity = { compose = 'low' }\nper-file = { 'x/*' = ['ALL'] }\npolicy.coverage = 90",
        "compose.edge = 'a'\r\nseverity.'compose' = \"low\"\r\nper-file.'x/*' = 'ALL'\r\npolicy = {coverage=9_0}\r\n",
        "\u{feff}[policy]\ncoverage = 0x5a # percent\n[ 'compose' ]\nedge = [\n  # the gate\n  \"\"\"a\"\"\",\n]\n[severity]\ncompose = 'low'\n[per-file]\n'x/*'=['ALL']",
    ] {
        let reading = read(Home::Own, text).unwrap();
        assert_eq!(reading.problems, [], "{text}");
        assert_eq!(reading.config, expected, "{text}");
        assert!(!reading.broken);
    }
    let below = "[tool.harden.";
    for text in [
        own.replace('[', below).replace("[tool.harden.'", "['"),
        "[tool]\nharden = { compose.edge = ['a'], severity = { 'compose' = 'low' }, per-file.'x/*' = 'ALL', policy.coverage = 90 }".into(),
        "tool.harden.compose.edge = ['a']\n[tool.harden]\nseverity.compose = 'low'\nper-file.'x/*' = 'ALL'\npolicy.coverage = 90".into(),
    ] {
        let reading = read(Home::Pyproject, &format!("[tool.ruff]\nselect = 1\n{text}"));
        let reading = reading.unwrap_or_else(|| panic!("{text}"));
        if !text.starts_with("tool.harden") {
            assert_eq!(reading.problems, [], "{text}");
            assert_eq!(reading.config, expected, "{text}");
        }
    }
    assert!(read(Home::Pyproject, "[tool.ruff]\n[tool]\nx = 1").is_none());
}

#[test]
fn what_is_half_typed_loses_itself_alone() {
    let around = |middle: &str| {
        let text = format!(
            "ignore = ['file']\n{middle}\n[policy]\ncoverage = 70\n[fix]\nsafe = ['compose']\n"
        );
        let reading = read(Home::Own, &text).unwrap();
        let held = (
            reading.config.ignore.len(),
            reading.config.policy.coverage,
            reading.config.safe.len(),
        );
        assert_eq!(held, (1, 70, 1), "{text}");
        assert!(reading.broken, "{text}");
        reading
    };
    for middle in [
        "sel",
        "select",
        "select =",
        "select = [",
        "select = ['compose'",
        "select = ['compose",
        "select = ['compose',\n  'py",
        "exclude = [\n\n",
        "severity = {",
        "severity = { 'compose' = ",
        "severity = { 'compose' = 'low'",
        "compose.",
        "compose. = 1",
        "[seve",
        "[severity",
        "[severity]\n'comp",
        "[severity]\n\"compose\" = \"lo",
        "[compose]\nedge = [\"a\", \"b",
        "\u{0}",
    ] {
        around(middle);
    }
    let swallowed = "[project]\ndescription = \"\"\"a\n[tool.harden]\nignore = ['file']\n";
    assert!(read(Home::Pyproject, swallowed).unwrap().broken);
    assert!(read(Home::Pyproject, "[project]\nx = \n").is_none());
    let reading = around("[severity]\ncompose/default-secret = 'low'");
    assert_eq!(reading.config.severity.len(), 1);
    let quoted = &reading.problems.iter().find(|one| one.instead.is_some());
    let quoted = quoted.unwrap();
    assert_eq!(quoted.message, "`compose/default-secret` must be quoted");
    assert_eq!(
        quoted.instead.as_deref(),
        Some("\"compose/default-secret\"")
    );
}

#[test]
fn each_mistake_is_said_at_its_place() {
    for (text, place, message) in [
        ("fix = 1", "1", "`fix` must be a table"),
        ("[[fix]]", "fix", "`fix` is one table: write `[fix]`"),
        ("[select]", "select", "`select` must be a list of rules"),
        ("select.a = 1", "a", "`select` must be a list of rules"),
        ("select = true", "true", "`select` must be a list of rules"),
        (
            "select = ['ALL', 1]",
            "1",
            "`select` must be a list of rules: this is no string",
        ),
        ("exclude = {}", "{}", "`exclude` must be a list of patterns"),
        (
            "exclude = ['a[']",
            "'a['",
            "This is no pattern of paths: unclosed character class; missing ']'",
        ),
        (
            "severity = 'low'",
            "'low'",
            "`severity` must be a table of severities by rule",
        ),
        (
            "[severity]\ncompose = 'off'",
            "'off'",
            "`off` is no severity: name the rule in `ignore` instead",
        ),
        (
            "[severity]\ncompose = 'hihg'",
            "'hihg'",
            "There is no severity `hihg`: did you mean `high`?",
        ),
        (
            "[severity]\ncompose = 3",
            "3",
            "A severity is one of critical, high, medium, low, info",
        ),
        (
            "[severity]\ncompos = 'low'",
            "compos",
            "No rule is named `compos`: did you mean `compose`?",
        ),
        (
            "[per-file]\na.py = ['ALL']",
            "a.py",
            "Dots divide keys: write `\"a.py\"`",
        ),
        (
            "[policy]\ncoverage = 101",
            "101",
            "`coverage` must be a number of 1 to 100",
        ),
        (
            "[policy]\ncoverage = '80'",
            "'80'",
            "`coverage` must be a number of 1 to 100",
        ),
        (
            "[policy]\ncovrage = 80",
            "covrage",
            "There is no setting `covrage` here: did you mean `coverage`?",
        ),
        (
            "[polici]\ncoverage = 80",
            "polici",
            "There is no setting `polici`: did you mean `policy`?",
        ),
        ("edge = ['a']", "edge", "`edge` belongs to `[compose]`"),
        (
            "[fix]\nignore = []",
            "ignore",
            "`ignore` belongs to the top of the file, above the tables",
        ),
        (
            "[editor]\nscope = 'open'",
            "'open'",
            "`scope` knows no `open`: did you mean `open-files`?",
        ),
        (
            "[editor]\nscope = 1",
            "1",
            "`scope` must be one of the words workspace, open-files",
        ),
        (
            "[editor]\noverlap = ['rufff']",
            "'rufff'",
            "`overlap` knows no `rufff`: did you mean `ruff`?",
        ),
        (
            "[qqq]",
            "qqq",
            "There is no setting `qqq`, only select, ignore, exclude, severity, per-file, fix, compose, python, policy, editor",
        ),
    ] {
        let (_, problems) = own(text);
        assert_eq!(problems, [(place.into(), message.into())], "{text}");
    }
}

#[test]
fn the_nearest_file_holds_alone() {
    let files: HashMap<&str, &str> = [
        ("/w/harden.toml", "ignore = ['file']"),
        ("/w/a/pyproject.toml", "[tool.other]\n"),
        (
            "/w/b/pyproject.toml",
            "[tool.harden]\nselect = ['config']\n",
        ),
        ("/w/b/c/harden.toml", ""),
    ]
    .into();
    let asked = RefCell::new(Vec::new());
    let resolver = Resolver::new(|path: &Path| {
        asked.borrow_mut().push(path.to_owned());
        Some((*files.get(path.to_str()?)?).to_owned())
    });
    let home = |path: &str| resolver.of(Path::new(path)).file.clone();
    assert_eq!(home("/w/a/x.py"), Some(PathBuf::from("/w/harden.toml")));
    assert_eq!(
        home("/w/b/d/x.py"),
        Some(PathBuf::from("/w/b/pyproject.toml"))
    );
    assert_eq!(
        home("/w/b/c/x.py"),
        Some(PathBuf::from("/w/b/c/harden.toml"))
    );
    assert_eq!(home("/x.py"), None);
    let before = asked.borrow().len();
    home("/w/b/d/y.py");
    assert_eq!(asked.borrow().len(), before, "what was found is kept");
    let found = resolver.of(Path::new("/w/b/d/x.py"));
    assert_eq!(
        found.relative(Path::new("/w/b/d/x.py")),
        Path::new("d/x.py")
    );
    assert!(
        !found
            .config
            .enables(rules::find("file/unreadable").unwrap())
    );
}

#[test]
fn globs_are_read_as_git_reads_them() {
    for (pattern, path, takes) in [
        ("legacy", "a/legacy/b/c.py", true),
        ("legacy/", "legacy/c.py", true),
        ("*.gen.py", "a/b.gen.py", true),
        ("a/*.py", "a/b.py", true),
        ("a/*.py", "a/b/c.py", false),
        ("a/**/c.py", "a/b/b/c.py", true),
        ("./a/b", "a/b/c.py", true),
        ("/a", "b/a/c.py", false),
        ("a/b", "x/a/b/c.py", false),
        ("lega", "legacy/c.py", false),
    ] {
        let globs = Globs::new([pattern]).unwrap();
        assert_eq!(globs.take(Path::new(path)), takes, "{pattern} {path}");
    }
}
