//! Suppressions that are written: each silences its finding and nothing else.

use harden_engine::check::Rules;
use harden_engine::file::Language;
use harden_engine::rule::Finding;
use harden_engine::suppress::{Pen, Subject, suppress};
use harden_engine::text::{Edit, Span, apply};

use crate::cases::workspaces;
use crate::chunk_edit::random_edit;
use crate::chunk_texts::{Dice, edits, own, real};
use crate::support::{Checked, Files, check};
use crate::suppress::finding;

/// The text with the rule ignored where `X` stands.
fn here(language: Language, text: &str) -> String {
    let at = text.find('X').unwrap();
    let edit = Pen::new(language, text).here("a/b", Span::new(at, at + 1));
    apply(text, &[edit])
}

fn everywhere(language: Language, text: &str) -> String {
    apply(text, &[Pen::new(language, text).everywhere("a/b")])
}

#[test]
fn a_comment_goes_where_its_language_takes_one() {
    use Language::{Dockerfile, Dotenv, Ini, Python, Requirements, Toml, Yaml};
    const NEW: &str = "# harden: ignore[a/b]";
    let long = "X".repeat(90);
    for (language, text, made) in [
        (Python, "X = 1\n", format!("X = 1  {NEW}\n")),
        (Python, "X = 1", format!("X = 1  {NEW}")),
        (
            Python,
            "X = 1  # why  \r\n",
            format!("X = 1  # why {NEW}\r\n"),
        ),
        (Python, "a(\n    X,\n)\n", format!("a(\n    X,  {NEW}\n)\n")),
        (
            Python,
            "    X = \"\"\"\n\"\"\"\n",
            format!("    {NEW}\n    X = \"\"\"\n\"\"\"\n"),
        ),
        (
            Python,
            "a = \"\"\"\nX\n\"\"\"\n",
            format!("{NEW}\na = \"\"\"\nX\n\"\"\"\n"),
        ),
        (Python, "a = \\\n  X\n", format!("a = \\\n  X  {NEW}\n")),
        (
            Python,
            "a = \\\n  X \\\n  b\n",
            format!("{NEW}\na = \\\n  X \\\n  b\n"),
        ),
        (
            Python,
            &*format!("\t{long}\n"),
            format!("\t{NEW}\n\t{long}\n"),
        ),
        (Yaml, "a: X\n", format!("a: X {NEW}\n")),
        (
            Yaml,
            "a:\n  b: |\n    X\n",
            format!("a:\n  b: | {NEW}\n    X\n"),
        ),
        (
            Yaml,
            "a: 'b\n  X\n  c'\n",
            format!("{NEW}\na: 'b\n  X\n  c'\n"),
        ),
        (
            Yaml,
            "a: [b,\n  X,\n  c]\n",
            format!("a: [b,\n  X, {NEW}\n  c]\n"),
        ),
        (Toml, "a = 'X'\n", format!("a = 'X' {NEW}\n")),
        (
            Dockerfile,
            "FROM a\nUSER X\n",
            format!("FROM a\n{NEW}\nUSER X\n"),
        ),
        (
            Dockerfile,
            "RUN a \\\r\n  X\r\n",
            format!("RUN a \\\r\n  {NEW}\r\n  X\r\n"),
        ),
        (
            Dockerfile,
            "RUN <<E\nX\nE\n",
            format!("{NEW}\nRUN <<E\nX\nE\n"),
        ),
        (
            Dockerfile,
            "# syntax=a\n# hadolint ignore=DL3006\nFROM X\n",
            format!("# syntax=a\n{NEW}\n# hadolint ignore=DL3006\nFROM X\n"),
        ),
        (
            Dockerfile,
            "\u{feff}FROM X\n",
            format!("\u{feff}{NEW}\nFROM X\n"),
        ),
        (Ini, "[a]\nb =\n  X\n", format!("[a]\nb =\n  {NEW}\n  X\n")),
        (
            Requirements,
            "a\nX \\\n  --b\n",
            format!("a\n{NEW}\nX \\\n  --b\n"),
        ),
        (Dotenv, "A=X", format!("{NEW}\nA=X")),
    ] {
        assert_eq!(here(language, text), made, "{text}");
    }
}

#[test]
fn a_comment_that_is_there_is_joined() {
    use Language::{Python, Yaml};
    for (language, text, made) in [
        (
            Python,
            "X # harden: ignore[c] why\n",
            "X # harden: ignore[c, a/b] why\n",
        ),
        (
            Python,
            "# harden: ignore[c]\nX\n",
            "# harden: ignore[c, a/b]\nX\n",
        ),
        (
            Python,
            "X # harden: ignore[] why\n",
            "X # harden: ignore[a/b] why\n",
        ),
        (
            Python,
            "X # harden: ignore why\n",
            "X # harden: ignore[a/b] why\n",
        ),
        (
            Yaml,
            "a: | # harden: ignore[c]\n  X\n",
            "a: | # harden: ignore[c, a/b]\n  X\n",
        ),
        // The date would be the new one's, too.
        (
            Yaml,
            "# harden: ignore[c] until=2027-01-01\na: X\n",
            "# harden: ignore[c] until=2027-01-01\na: X # harden: ignore[a/b]\n",
        ),
    ] {
        assert_eq!(here(language, text), made, "{text}");
    }
}

#[test]
fn a_files_comment_stays_behind_what_must_be_first() {
    use Language::{Dockerfile, Ini, Python, Yaml};
    const NEW: &str = "# harden: ignore-file[a/b]";
    for (language, text, made) in [
        (Python, "a\n", format!("{NEW}\na\n")),
        (
            Python,
            "#!/bin/x\r\na\r\n",
            format!("#!/bin/x\r\n{NEW}\r\na\r\n"),
        ),
        (
            Python,
            "#!/x\n# coding: b\na\n",
            format!("#!/x\n# coding: b\n{NEW}\na\n"),
        ),
        (Python, "#!/x", format!("#!/x\n{NEW}\n")),
        (Yaml, "\u{feff}a: b\n", format!("\u{feff}{NEW}\na: b\n")),
        (
            Dockerfile,
            "# escape=`\nFROM a\n",
            format!("# escape=`\n{NEW}\nFROM a\n"),
        ),
        (Ini, "[a]\n", format!("{NEW}\n[a]\n")),
        (Ini, "", format!("{NEW}\n")),
        (
            Python,
            "a\n# harden: ignore-file[c]\n",
            "a\n# harden: ignore-file[c, a/b]\n".into(),
        ),
    ] {
        assert_eq!(everywhere(language, text), made, "{text}");
    }
}

/// A finding, by its rule, its message, and the place where it would have been before an edit.
fn told(finding: &Finding, edit: Option<&Edit>) -> (&'static str, String, usize) {
    let mut start = finding.span().start as usize;
    if let Some(edit) = edit
        && start >= edit.span.start as usize + edit.text.len()
    {
        start = start + edit.span.len() - edit.text.len();
    }
    (finding.rule.name, finding.message.clone(), start)
}

fn written(files: &Files, name: &str, edit: &Edit) -> Files {
    let mut files = files.clone();
    let file = files.iter_mut().find(|(known, _)| known == name).unwrap();
    file.1 = apply(&file.1, std::slice::from_ref(edit));
    files
}

/// What must be left after `edit` in the file that was `checked`, which is all but the findings that are `meant`.
fn assert_left(files: &Files, checked: &Checked, edit: &Edit, meant: impl Fn(&Finding) -> bool) {
    if let Err(fault) = left(files, checked, edit, meant) {
        panic!("{fault}");
    }
}

/// What is wrong with what is left.
fn left(
    files: &Files,
    checked: &Checked,
    edit: &Edit,
    meant: impl Fn(&Finding) -> bool,
) -> Result<(), String> {
    let after = written(files, &checked.name, edit);
    let context = format!("{}: {edit:?}\n{}", checked.name, checked.text);
    for now in check(&after) {
        if now.name != checked.name {
            continue;
        }
        if now.broken() != checked.broken() {
            return Err(format!("syntax: {context}"));
        }
        let mut left: Vec<_> = now.findings.iter().map(|f| told(f, Some(edit))).collect();
        let before = checked.findings.iter().filter(|f| !meant(f));
        let mut before: Vec<_> = before.map(|f| told(f, None)).collect();
        left.sort();
        before.sort();
        if left != before {
            return Err(format!("{left:#?}\n{before:#?}\n{context}"));
        }
    }
    Ok(())
}

fn each(run: impl Fn(&Files, &Checked, &Pen)) {
    for (_, files) in workspaces() {
        let crlf = |(name, text): &(String, String)| {
            (
                name.clone(),
                text.replace("\r\n", "\n").replace('\n', "\r\n"),
            )
        };
        for files in [files.clone(), files.iter().map(crlf).collect()] {
            for checked in check(&files) {
                let Some(pen) = Pen::of(&checked.file, &checked.text) else {
                    continue;
                };
                run(&files, &checked, &pen);
            }
        }
    }
}

#[test]
fn what_is_written_on_a_line_silences_that_line() {
    each(|files, checked, pen| {
        for finding in &checked.findings {
            if finding.rule.name.starts_with("suppression/") {
                continue;
            }
            let edit = pen.here(finding.rule.name, finding.span());
            let line = checked.line(finding.span());
            assert_left(files, checked, &edit, |other| {
                // A comment cannot stand within a block of text: all of the block has one.
                let shared = || pen.here(other.rule.name, other.span()) == edit;
                other.rule.name == finding.rule.name
                    && (checked.line(other.span()) == line || shared())
            });
        }
    });
}

#[test]
fn what_is_written_for_a_file_silences_the_file() {
    each(|files, checked, pen| {
        let mut rules: Vec<_> = checked.findings.iter().map(|f| f.rule.name).collect();
        rules.sort_unstable();
        rules.dedup();
        for rule in rules
            .iter()
            .filter(|rule| !rule.starts_with("suppression/"))
        {
            let edit = pen.everywhere(rule);
            assert_left(files, checked, &edit, |other| other.rule.name == *rule);
        }
    });
}

/// Texts that are typed in: what is written is read again, wherever it went.
#[test]
fn half_typed_texts_take_comments() {
    use Language::{Dockerfile, Dotenv, Ini, Python, Requirements, Toml, Yaml};
    let mut dice = Dice::new(11);
    for language in [Python, Yaml, Dockerfile, Toml, Ini, Requirements, Dotenv] {
        for start in own(language) {
            let mut text = start.clone();
            for _ in 0..edits() / 250 {
                if text.len() > start.len() + 2000 {
                    text.clone_from(&start);
                }
                let (range, new) = random_edit(&mut dice, language, &text);
                text.replace_range(range, &new);
                // To some languages a lone CR ends a line, to others it is a blank.
                text = text.replace("\r\n", "\n").replace('\r', "");
                if dice.below(2) == 0 {
                    text = text.replace('\n', "\r\n");
                }
                let at = text.floor_char_boundary(dice.below(text.len() + 1));
                let pen = Pen::new(language, &text);
                let here = pen.here("file/unreadable", Span::new(at, at));
                let file = pen.everywhere("file/unreadable");
                for edit in [here, file] {
                    let after = apply(&text, std::slice::from_ref(&edit));
                    let mut moved = at;
                    if at >= edit.span.start as usize + usize::from(!edit.span.is_empty()) {
                        moved = (at + edit.text.len()).saturating_sub(edit.span.len());
                        moved = moved.max(edit.span.start as usize);
                    }
                    let left = silenced(language, &after, moved);
                    let start = after.floor_char_boundary(moved.saturating_sub(200));
                    let end = after.floor_char_boundary((moved + 200).min(after.len()));
                    let around = &after[start..end];
                    assert_eq!(left, 0, "{language:?} {at} {moved} {edit:?}\n{around}");
                }
            }
        }
    }
}

/// How many of the findings at one place are left.
fn silenced(language: Language, text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    let subject = Subject {
        language,
        text,
        broken: true,
        today: "2026-11-21".parse().unwrap(),
    };
    let found = finding(Span::new(at, at));
    suppress(&subject, &Rules::default(), vec![found]).len()
}

/// Real code (`HARDEN_REAL`): a few findings of each file.
#[test]
fn real_code_is_silenced_line_by_line() {
    let mut faults = Vec::new();
    for language in [Language::Python, Language::Yaml, Language::Dockerfile] {
        let (mut asked, mut files) = (0, 0);
        for (path, text) in real(language).unwrap_or_default() {
            if text.len() > 60_000 {
                continue;
            }
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let workspace: Files = vec![(name, text)];
            for checked in check(&workspace) {
                let Some(pen) = Pen::of(&checked.file, &checked.text) else {
                    continue;
                };
                files += 1;
                let findings = checked.findings.iter();
                let findings = findings.filter(|f| !f.rule.name.starts_with("suppression/"));
                for finding in findings.take(4) {
                    let rule = finding.rule.name;
                    let edit = pen.here(rule, finding.span());
                    let line = checked.line(finding.span());
                    let same = |f: &Finding| f.rule.name == rule && checked.line(f.span()) == line;
                    asked += 1;
                    faults.extend(left(&workspace, &checked, &edit, same).err().map(|fault| {
                        let fault: String = fault.chars().take(1500).collect();
                        format!("{}\n{fault}", path.display())
                    }));
                }
            }
        }
        println!("{language:?}: {asked} findings of {files} files");
    }
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n\n")
    );
}
