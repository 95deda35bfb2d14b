//! What fixes write into the small files beside the code, on random texts: it is there afterwards, nothing else changed,
//! and doing it twice is doing it once.

use harden_engine::fix::files::{Edits, dotenv, gitignore};
use harden_engine::text::apply;

use crate::chunk_texts::Dice;

/// The text after the edits, which a second time are none. `None` where there can be none.
pub(crate) fn made(text: &str, change: impl Fn(Option<&str>) -> Edits) -> Option<String> {
    let edits = change(Some(text)).ok()?;
    let made = apply(text, &edits);
    assert_eq!(
        change(Some(&made)),
        Ok(Vec::new()),
        "twice: {text:?} {made:?}"
    );
    Some(made)
}

/// Each line of the old text is in the new one, in order, with its line end; `most` lines are new.
pub(crate) fn keeps(old: &str, new: &str, most: usize) {
    let (old, new) = match (old.strip_prefix('\u{feff}'), new.strip_prefix('\u{feff}')) {
        (Some(old), Some(new)) => (old, new),
        _ => (old, new),
    };
    let mut rest = new.split_inclusive('\n').peekable();
    let mut fresh = 0;
    for line in old.split_inclusive('\n') {
        let same = |new: &str| {
            new == line || !line.ends_with('\n') && new.trim_end_matches(['\r', '\n']) == line
        };
        while rest.next_if(|new| !same(new)).is_some() {
            fresh += 1;
        }
        assert!(rest.next().is_some(), "lost {line:?}\n{old:?}\n{new:?}");
    }
    assert!(fresh + rest.count() <= most, "{old:?}\n{new:?}");
    let bare = new.replace("\r\n", "");
    assert!(!bare.contains('\r') && (!bare.contains('\n') || !old.contains('\r')));
}

/// Lines of these, in either kind of line end, sometimes with the last one open.
pub(crate) fn random(dice: &mut Dice, lines: &[&str]) -> String {
    let newline = *dice.pick(&["\n", "\r\n"]);
    let mut text = String::from(*dice.pick(&["", "", "\u{feff}"]));
    for _ in 0..dice.below(9) {
        text += *dice.pick::<&str>(lines);
        text += newline;
    }
    if dice.below(3) == 0 && text.ends_with('\n') {
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
    }
    text
}

#[test]
fn a_variable_is_set_once() {
    let lines = [
        "A=1",
        "# KEY=2",
        "",
        "B=\"x",
        "y\"",
        "KEY=",
        "KEY = 'v' # c",
        "export C=3",
        "nonsense here",
        "D='",
        "KEY",
    ];
    let values = [
        "v",
        "",
        "a b",
        "it's",
        "p$w",
        "a\\b",
        "\"q\"",
        "two\nlines",
        "#x",
        "é🙂",
    ];
    let mut dice = Dice::new(1);
    let mut done = 0;
    for _ in 0..5_000 {
        let text = random(&mut dice, &lines);
        let value = *dice.pick(&values);
        if let Some(new) = made(&text, |text| dotenv::set(text, "KEY", value)) {
            done += 1;
            // The value of a line that has none is filled in.
            if !text.contains("KEY") {
                keeps(&text, &new, 1);
            }
        }
    }
    assert!(done > 1_000);
}

#[test]
fn variables_keep_the_style_of_the_file() {
    let set = |text: &str, value| made(text, |text| dotenv::set(text, "K", value));
    assert_eq!(set("", "v").unwrap(), "K=v\n");
    assert_eq!(dotenv::set(None, "K", "v").unwrap()[0].text, "K=v\n");
    assert_eq!(set("A=1", "v").unwrap(), "A=1\nK=v");
    assert_eq!(
        set("export A=1\r\n", "a b").unwrap(),
        "export A=1\r\nexport K='a b'\r\n"
    );
    assert_eq!(set("K= # later\n", "v").unwrap(), "K=v # later\n");
    assert_eq!(set("K=''\nA=1\n", "it's").unwrap(), "K=\"it's\"\nA=1\n");
    assert_eq!(set("K=a\nK=v\n", "v").unwrap(), "K=a\nK=v\n");
    assert_eq!(set("K=other\n", "").unwrap(), "K=other\n");
    assert!(
        dotenv::set(Some("K=other\n"), "K", "v")
            .unwrap_err()
            .contains("another value")
    );
    for value in ["${A}", "it's $5"] {
        assert!(dotenv::set(None, "K", value).is_err());
    }
    assert_eq!(
        made("A=1\n", |text| dotenv::list(text, "K")).unwrap(),
        "A=1\nK=\n"
    );
}

#[test]
fn a_path_is_ignored_once() {
    let lines = [
        "*.log",
        "# .env",
        "",
        ".env*",
        "!.env.example",
        "!.env",
        "/build/",
        "a/",
        "!a/.env",
        "[",
        "**/x",
        ".env  ",
    ];
    let paths = [
        ".env",
        "a/.env",
        "b c/.env",
        "#x",
        "!y",
        "[z]",
        "trailing ",
        "data/",
    ];
    let mut dice = Dice::new(2);
    for _ in 0..3_000 {
        let text = random(&mut dice, &lines);
        let path = *dice.pick(&paths);
        if let Some(new) = made(&text, |text| gitignore::add(text, path)) {
            keeps(&text, &new, 1);
            assert!(gitignore::ignored(&new, path));
        } else {
            panic!("{text:?} {path:?}");
        }
    }
}

#[test]
fn what_is_covered_is_left_alone() {
    let add = |text: &str, path| made(text, |text| gitignore::add(text, path));
    assert_eq!(add("*.log\n", ".env").unwrap(), "*.log\n.env\n");
    for covered in [
        ".env",
        ".env*\n!.env.example",
        "*.env\n",
        "/.env",
        "!.env\n.env\n",
    ] {
        assert_eq!(add(covered, ".env").unwrap(), covered);
    }
    assert_eq!(add(".env*\n!.env", ".env").unwrap(), ".env*\n!.env\n.env");
    assert_eq!(add("/secrets\n", "secrets/key.pem").unwrap(), "/secrets\n");
    assert_eq!(
        gitignore::add(None, "./a/.env").unwrap()[0].text,
        "a/.env\n"
    );
    for outside in ["../.env", "/etc/x", "", "a//b"] {
        assert!(gitignore::add(None, outside).is_err());
    }
}
