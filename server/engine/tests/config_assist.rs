//! What is proposed and told in `harden.toml`, at the `|` of a text.

use harden_engine::config::{Completion, Home, KEYS, complete, hover, read};

fn at(text: &str) -> (String, usize) {
    let offset = text.find('|').unwrap();
    (text.replacen('|', "", 1), offset)
}

fn proposed(home: Home, text: &str) -> Vec<Completion> {
    let (text, offset) = at(text);
    let found = complete(home, &text, offset);
    for one in &found {
        let range = one.span.range();
        assert!(text.get(range.clone()).is_some(), "{text}");
        assert!(range.start <= offset && offset <= range.end, "{text}");
        assert!(!text[range].contains('\n'), "{text}");
    }
    found
}

/// The text when what is called so is chosen.
#[track_caller]
fn chosen(home: Home, text: &str, label: &str) -> String {
    let found = proposed(home, text);
    let one = found.iter().find(|one| one.label == label);
    let one = one.unwrap_or_else(|| panic!("{label} is not among {found:#?}"));
    let (mut text, _) = at(text);
    text.replace_range(one.span.range(), &one.text);
    if let Some(cursor) = one.cursor {
        text.insert(one.span.start as usize + cursor, '|');
    }
    text
}

#[test]
fn keys_and_tables_are_proposed_where_they_may_stand() {
    for (text, label, expected) in [
        ("|", "select", "select = [\"|\"]"),
        ("sel|", "select", "select = [\"|\"]"),
        (
            "# a\r\nsel|\r\nignore = []\r\n",
            "select",
            "# a\r\nselect = [\"|\"]\r\nignore = []\r\n",
        ),
        ("ex|=[]", "exclude", "exclude=[]"),
        ("|", "[compose]", "[compose]"),
        ("[|", "compose", "[compose]"),
        ("[comp|]", "compose", "[compose]"),
        ("[|]\nedge = []", "severity", "[severity]\nedge = []"),
        ("[fix]\n|", "safe", "[fix]\nsafe = [\"|\"]"),
        (
            "[fix]\n\n  s|\n[editor]",
            "safe",
            "[fix]\n\n  safe = [\"|\"]\n[editor]",
        ),
        ("[editor]\nsc|", "scope", "[editor]\nscope = \"|\""),
        ("[policy]\n|", "coverage", "[policy]\ncoverage = |"),
        ("compose.|", "edge", "compose.edge = [\"|\"]"),
        ("compose = { | }", "edge", "compose = { edge = [\"|\"] }"),
        (
            "compose = { edge = [], pro|",
            "production",
            "compose = { edge = [], production = [\"|\"]",
        ),
        (
            "[severity]\n|",
            "compose/default-secret",
            "[severity]\n\"compose/default-secret\" = \"|\"",
        ),
        ("[severity]\n|", "compose", "[severity]\ncompose = \"|\""),
        (
            "[severity]\n\"comp|",
            "compose",
            "[severity]\n\"compose\" = \"|\"",
        ),
        (
            "[severity]\n\"comp|\" = \"low\"",
            "compose",
            "[severity]\n\"compose\" = \"low\"",
        ),
        ("severity = { |", "compose", "severity = { compose = \"|\""),
        (
            "[python]\nstrict|",
            "strict-models",
            "[python]\nstrict-models = |",
        ),
    ] {
        assert_eq!(chosen(Home::Own, text, label), expected, "{text}");
    }
}

#[test]
fn values_are_proposed_with_what_they_lack() {
    for (text, label, expected) in [
        ("ignore = |", "compose", "ignore = [\"compose\"]"),
        ("ignore = [|", "compose", "ignore = [\"compose\""),
        ("ignore = [|]", "compose", "ignore = [\"compose\"]"),
        ("ignore = [\"|", "compose", "ignore = [\"compose\""),
        ("ignore = [\"|\"]", "compose", "ignore = [\"compose\"]"),
        ("ignore = [\"com|]", "compose", "ignore = [\"compose\"]"),
        (
            "ignore = ['file', 'com|'",
            "compose",
            "ignore = ['file', 'compose'",
        ),
        (
            "ignore = [\n  \"file\",\n  \"com|\n]\n[fix]\n",
            "compose",
            "ignore = [\n  \"file\",\n  \"compose\"\n]\n[fix]\n",
        ),
        (
            "ignore = [\r\n  \"com|\r\n",
            "compose",
            "ignore = [\r\n  \"compose\"\r\n",
        ),
        ("ignore = \"com|\"", "compose", "ignore = \"compose\""),
        (
            "[per-file]\n'a/*' = ['com|']",
            "compose",
            "[per-file]\n'a/*' = ['compose']",
        ),
        (
            "per-file = { 'a/*' = ['com|'] }",
            "compose",
            "per-file = { 'a/*' = ['compose'] }",
        ),
        (
            "[severity]\ncompose = |",
            "high",
            "[severity]\ncompose = \"high\"",
        ),
        (
            "[severity]\ncompose = \"h|\"",
            "high",
            "[severity]\ncompose = \"high\"",
        ),
        (
            "[severity]\ncompose = h|",
            "high",
            "[severity]\ncompose = \"high\"",
        ),
        (
            "severity = { compose = |",
            "high",
            "severity = { compose = \"high\"",
        ),
        (
            "severity.compose = \"|",
            "high",
            "severity.compose = \"high\"",
        ),
        (
            "[python]\nstrict-models = |",
            "true",
            "[python]\nstrict-models = true",
        ),
        (
            "editor.scope = |",
            "open-files",
            "editor.scope = \"open-files\"",
        ),
        (
            "[editor]\noverlap = [\"ruff\", |]",
            "hadolint",
            "[editor]\noverlap = [\"ruff\", \"hadolint\"]",
        ),
        ("[policy]\ncoverage = |", "80", "[policy]\ncoverage = 80"),
    ] {
        assert_eq!(chosen(Home::Own, text, label), expected, "{text}");
    }
    let text = "ignore = []\n|\nexclude = []\n[compose]\nedge = []\n";
    let labels: Vec<String> = proposed(Home::Own, text)
        .into_iter()
        .map(|one| one.label)
        .collect();
    assert!(
        labels.contains(&"select".into()) && !labels.contains(&"ignore".into()),
        "{labels:?}"
    );
    let rest = proposed(Home::Own, "[editor]\noverlap = [\"ruff\", \"|\"]");
    let labels: Vec<&str> = rest.iter().map(|one| &*one.label).collect();
    assert_eq!(
        labels,
        ["hadolint", "docker-dx"],
        "what is there is not proposed"
    );
}

#[test]
fn a_pyproject_is_only_ours_below_its_table() {
    let root = "[tool.harden]\n";
    for (text, label, expected) in [
        ("[tool.|", "tool.harden", "[tool.harden]"),
        (
            "[tool.har|]",
            "tool.harden.compose",
            "[tool.harden.compose]",
        ),
        (
            "[tool.harden]\nig|",
            "ignore",
            "[tool.harden]\nignore = [\"|\"]",
        ),
        (
            "[tool.harden.severity]\n\"comp|\"",
            "compose",
            "[tool.harden.severity]\n\"compose\" = \"|\"",
        ),
        (
            "[tool]\nharden.ignore = [\"|\"]",
            "compose",
            "[tool]\nharden.ignore = [\"compose\"]",
        ),
    ] {
        assert_eq!(chosen(Home::Pyproject, text, label), expected, "{text}");
    }
    for text in [
        "|",
        "[tool.ruff]\nsel|",
        "[project]\nname = \"|\"",
        "ignore = [\"|\"]",
    ] {
        assert_eq!(proposed(Home::Pyproject, text), [], "{text}");
    }
    assert!(
        proposed(Home::Pyproject, &format!("{root}|"))
            .iter()
            .all(|one| one.label != "[fix]")
    );
}

#[test]
fn nothing_is_proposed_where_nothing_of_ours_can_stand() {
    for text in [
        "# sel|",
        "ignore = [] # |",
        "ignore = ['a'|]",
        "ignore = []|",
        "ignore |= []",
        "[fix]|",
        "[fix] |",
        "exclude = [\"|\"]",
        "[compose]\nedge = [\"|\"]",
        "[per-file]\n'|' = []",
        "[nothing]\n|",
        "[fix.safe]\n|",
        "policy = 1|",
    ] {
        assert_eq!(proposed(Home::Own, text), [], "{text}");
    }
}

#[test]
fn any_place_in_any_text_is_borne() {
    let whole = "select = ['ALL', \"é\"]\r\n[severity]\ncompose = 'low' # x\n[per-file]\n'a/*' = [\"\"\"b\"\"\"]\nx = { y = [1, { z = '' }], }\n[[a.'b']]\n";
    for home in [Home::Own, Home::Pyproject] {
        for end in (0..=whole.len()).filter(|at| whole.is_char_boundary(*at)) {
            for text in [&whole[..end], &whole[end..]] {
                for offset in 0..=text.len() + 1 {
                    complete(home, text, offset);
                    hover(home, text, offset);
                }
            }
        }
    }
}

#[test]
fn every_proposed_key_is_read() {
    for key in KEYS.iter().filter(|key| !key.example.is_empty()) {
        let text = format!("{} = {}\n", key.path, key.example);
        let reading = read(Home::Own, &text).unwrap();
        assert_eq!(reading.problems, [], "{text}");
        assert_eq!(reading.set[0].0, key.path);
        let default = read(Home::Own, &format!("{} = {}\n", key.path, key.default)).unwrap();
        assert_eq!(default.problems, [], "{}", key.default);
        assert!(!key.doc.is_empty());
    }
}

#[test]
fn names_are_explained() {
    for (home, text, place, begins) in [
        (
            Home::Own,
            "ign|ore = []",
            "ignore",
            "**ignore** · a list of rules",
        ),
        (
            Home::Own,
            "[compose]\ned|ge = []",
            "edge",
            "**compose.edge**",
        ),
        (Home::Own, "[com|pose]", "compose", "**compose** · a table"),
        (
            Home::Own,
            "[python]\nstrict-mo|dels = true",
            "strict-models",
            "**python.strict-models** · ",
        ),
        (
            Home::Own,
            "ignore = ['compose/default-|secret']",
            "'compose/default-secret'",
            "**compose/default-secret** · critical",
        ),
        (
            Home::Own,
            "ignore = ['comp|ose']",
            "'compose'",
            "**compose** · ",
        ),
        (
            Home::Own,
            "[severity]\n'compose/default-|secret' = 'low'",
            "'compose/default-secret'",
            "**compose/default-secret**",
        ),
        (
            Home::Own,
            "[editor]\noverlap = ['ru|ff']",
            "'ruff'",
            "**ruff**",
        ),
        (
            Home::Own,
            "compose = { ed|ge = [] }",
            "edge",
            "**compose.edge**",
        ),
        (
            Home::Pyproject,
            "[tool.harden]\nign|ore = [",
            "ignore",
            "**ignore**",
        ),
        (Home::Pyproject, "[tool.harden.f|ix]", "fix", "**fix**"),
    ] {
        let (text, offset) = at(text);
        let (span, told) = hover(home, &text, offset).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(&text[span.range()], place, "{text}");
        assert!(told.starts_with(begins), "{text}: {told}");
    }
    for (home, text) in [
        (Home::Pyproject, "[tool.ruff]\nign|ore = []"),
        (Home::Own, "# ign|ore"),
        (Home::Own, "exclude = ['comp|ose']"),
        (Home::Own, "nothing| = 1"),
        (Home::Own, "ignore = ['no/such|']"),
    ] {
        let (text, offset) = at(text);
        assert_eq!(hover(home, &text, offset), None, "{text}");
    }
}
