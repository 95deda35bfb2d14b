//! `harden.toml` and `[tool.harden]`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use harden_engine::config::{Config, Globs, Home, Resolver, read};
use harden_engine::rules;

fn own(text: &str) -> (Config, Vec<(String, String)>) {
    let (config, problems) = read(Home::Own, text).unwrap();
    let said = problems
        .into_iter()
        .map(|problem| (text[problem.span.range()].to_owned(), problem.message));
    (config, said.collect())
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
    assert_eq!(said[4], "There is no setting `save`: did you mean `safe`?");
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
    ] {
        let (_, problems) = read(Home::Own, text).unwrap();
        for problem in problems {
            assert!(text.get(problem.span.range()).is_some(), "{text}");
        }
        read(Home::Pyproject, text);
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
