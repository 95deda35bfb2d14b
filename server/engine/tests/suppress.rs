//! Comments that silence findings, ours and those of other tools.

use harden_engine::check::Rules;
use harden_engine::file::Language;
use harden_engine::fix::apply::replace;
use harden_engine::rule::{Area, Finding, Owner, Place, Rule, Severity};
use harden_engine::rules;
use harden_engine::suppress::{Subject, suppress};
use harden_engine::text::{Edit, Span};

pub(crate) static RANDOM: Rule = Rule {
    name: "file/unreadable",
    area: Area::Security,
    severity: Severity::Low,
    cases: &[],
    minutes: 1,
    off: false,
    also: &["B311", "S311"],
    docs: "",
    checks: &[],
};

pub(crate) fn finding(span: Span) -> Finding {
    Finding {
        rule: &RANDOM,
        severity: Severity::Low,
        place: Place {
            owner: Owner::File,
            span,
        },
        message: String::new(),
        also: RANDOM.also.to_vec(),
        related: Vec::new(),
        secrets: Vec::new(),
        known_on: Vec::new(),
        fixes: Vec::new(),
    }
}

/// Each `X…X` of the text is a finding. Returns what is left: texts of the rule's findings, and messages about comments.
fn left(language: Language, text: &str, broken: bool) -> (Vec<String>, Vec<Finding>) {
    let marks: Vec<usize> = text.match_indices('X').map(|(at, _)| at).collect();
    let findings: Vec<Finding> = marks
        .chunks(2)
        .map(|pair| finding(Span::new(pair[0], pair[1] + 1)))
        .collect();
    let subject = Subject {
        language,
        text,
        broken,
        today: "2026-11-21".parse().unwrap(),
    };
    let all = suppress(&subject, &Rules::new(rules::all()), findings);
    let (ours, comments): (Vec<Finding>, Vec<Finding>) = all
        .into_iter()
        .partition(|finding| finding.rule.name == RANDOM.name);
    let texts = ours.iter().map(|f| text[f.span().range()].to_owned());
    (texts.collect(), comments)
}

fn python(text: &str) -> (Vec<String>, Vec<String>) {
    let (texts, comments) = left(Language::Python, text, false);
    (texts, comments.into_iter().map(|f| f.message).collect())
}

/// The text after the fixes of all findings about comments.
fn repaired(text: &str) -> String {
    let (_, comments) = left(Language::Python, text, false);
    let preferred = comments.iter().filter_map(Finding::preferred);
    let edits = preferred.flat_map(|fix| &fix.edits).map(|edit| Edit {
        span: edit.place.span,
        text: String::new(),
    });
    replace(text, edits.collect())
}

#[test]
fn ours_silences_its_line_and_the_line_below_when_alone() {
    for text in [
        "XaX # harden: ignore[file/unreadable] known\n",
        "XaX # harden: ignore[file/unreadable]",
        "XaX  #harden:ignore[ file/too-large,file/unreadable ]\n"
            .replace("file/too-large,", "")
            .as_str(),
        "# harden: ignore[file] known\nXaX\n",
        "# harden: ignore[file/*]\r\n# more\r\nXaX\r\n",
        "XaX # noqa: E501 # harden: ignore[ALL]\n",
        "# harden: ignore-file[file/unreadable]\n\n\nXaX\nXbX\n",
        "Xa(\n)X\n"
            .replace("Xa(", "# harden: ignore[file/unreadable]\nXa(")
            .as_str(),
        "XaX # harden: ignore[file/unreadable] until=2026-11-21\n",
    ] {
        assert_eq!(python(text), (vec![], vec![]), "{text}");
    }
}

#[test]
fn ours_silences_nothing_else() {
    for text in [
        "# harden: ignore[file/unreadable]\n\nXaX\n",
        "b # harden: ignore[file/unreadable]\nXaX\n",
        "XaX # see harden: ignore[file/unreadable]\n",
        "XaX; s = '# harden: ignore[file/unreadable]'\n",
        "XaX # harden: ignored\n",
    ] {
        assert_eq!(python(text).0, ["XaX"], "{text}");
    }
}

#[test]
fn a_comment_that_silences_nothing_is_told_and_goes() {
    for (text, repair) in [
        (
            "a = 1 # harden: ignore[file/unreadable] why\nb\n",
            "a = 1\nb\n",
        ),
        ("a\n    # harden: ignore[file/unreadable]\nb\n", "a\nb\n"),
        (
            "a\r\n# harden: ignore[file/unreadable]\r\nb\r\n",
            "a\r\nb\r\n",
        ),
        (
            "XaX # harden: ignore[file/unreadable, file/too-large]\n",
            "XaX # harden: ignore[file/unreadable]\n",
        ),
        (
            "XaX # harden: ignore[file/too-large, file/unreadable]\n",
            "XaX # harden: ignore[file/unreadable]\n",
        ),
        ("a # noqa # harden: ignore[file/unreadable]\n", "a # noqa\n"),
        ("a # harden: ignore[file/unreadable] # noqa\n", "a # noqa\n"),
        ("a # harden: ignore[file/unreadable]", "a"),
        (
            "XaX # harden: ignore[file/unreadable] until=2026-11-20\n",
            "XaX\n",
        ),
    ] {
        assert_eq!(python(text).1.len(), 1, "{text}: {:?}", python(text).1);
        assert_eq!(repaired(text), repair, "{text}");
    }
}

#[test]
fn a_wrong_name_is_corrected_by_hand() {
    let text = "XaX # harden: ignore[file/unreadible]\n";
    let (texts, messages) = python(text);
    assert_eq!(texts, ["XaX"]);
    assert_eq!(
        messages,
        ["No rule is named `file/unreadible`: did you mean `file/unreadable`?"]
    );
    assert_eq!(repaired(text), text);
    assert_eq!(python("a # harden: ignore[]\n").1.len(), 1);
    assert_eq!(python("a # harden: ignore[file] until=soon\n").1.len(), 1);
}

#[test]
fn a_comment_is_not_judged_where_nothing_can_be_known() {
    let text = "a # harden: ignore[file/unreadable]\n";
    assert!(left(Language::Python, text, true).1.is_empty());
    let only = rules::all().filter(|rule| rule.name != "file/unreadable");
    let subject = Subject {
        language: Language::Python,
        text,
        broken: false,
        today: "2026-11-21".parse().unwrap(),
    };
    assert!(suppress(&subject, &Rules::new(only), Vec::new()).is_empty());
}

#[test]
fn ours_is_about_all_of_a_text_over_several_lines() {
    let rule = "harden: ignore[file/unreadable]";
    for text in [
        format!("# {rule}\na = \"\"\"\nXbX\nXcX\n\"\"\"\n"),
        format!("a = \"\"\"\nXbX\nXcX\n\"\"\"  # {rule}\n"),
        format!("# {rule}\na = b + \\\r\n  XcX\r\n"),
    ] {
        assert_eq!(python(&text), (vec![], vec![]), "{text}");
    }
    let yaml = |text: String| left(Language::Yaml, &text, false).0;
    for text in [
        format!("a: |  # {rule}\n  XbX\n\n  XcX\n"),
        format!("# {rule}\na: >-\n  XbX\n"),
        format!("a: \"b\n  XcX\"  # {rule}\n"),
        format!("- a: b\n    XcX  # {rule}\n"),
    ] {
        assert_eq!(yaml(text.clone()), [""; 0], "{text}");
    }
    for text in [
        format!("a: |  # {rule}\n  b\nc: XdX\n"),
        format!("a: |\n  # {rule}\n  XdX\n"),
        format!("a:  # {rule}\n  - XdX\n"),
    ] {
        assert_eq!(yaml(text.clone()), ["XdX"], "{text}");
    }
    let docker = format!("# {rule}\nRUN <<E\nXaX\nE\nRUN XbX\n");
    assert_eq!(left(Language::Dockerfile, &docker, false).0, ["XbX"]);
}

#[test]
fn each_language_has_its_comments() {
    let silent = |language, text| left(language, text, false).0.is_empty();
    assert!(silent(
        Language::Yaml,
        "a: XbX # harden: ignore[file/unreadable]\n"
    ));
    assert!(!silent(
        Language::Yaml,
        "a: XbX#harden: ignore[file/unreadable]\n"
    ));
    assert!(silent(
        Language::Ini,
        "; harden: ignore[file/unreadable]\na = XbX\n"
    ));
    assert!(!silent(
        Language::Ini,
        "a = XbX # harden: ignore[file/unreadable]\n"
    ));
    assert!(silent(
        Language::Toml,
        "a = 'XbX' # harden: ignore[file/unreadable]\n"
    ));
}
