use std::collections::BTreeSet;

use super::{folder, is_read, place};
use crate::model::pytest::{Config, Form, Opt, markers};
use crate::rule::{Area, Check, Context, Fix, Rule, Safety, Severity, Sink};
use crate::text::Edit;

pub static RULE: Rule = Rule {
    name: "pytest/markers-not-strict",
    area: Area::Testing,
    severity: Severity::Medium,
    cases: &[],
    minutes: 5,
    off: false,
    also: &["PP307"],
    docs: r#"
A misspelled pytest marker passes unnoticed.

`@pytest.mark.slwo` is no error to pytest: it warns, and `-m slow` then selects something else than you think.
With `--strict-markers` a marker that is not declared under `markers` stops the run.

Add the argument to `addopts`, and declare the markers that you use:

```ini pytest.ini bad
[pytest]
addopts = -ra
markers =
    slow: takes more than a second
```
```ini pytest.ini fixed
[pytest]
addopts = -ra --strict-markers
markers =
    slow: takes more than a second
```

`--strict` and, from pytest 9 on, `strict_markers = true` or `strict = true` do the same.
These two do not count in a home whose `minversion` lets older versions in, since those ignore them.

```toml pyproject.toml bad
[tool.pytest.ini_options]
minversion = "7.0"
strict_markers = true
```
```toml pyproject.toml fixed
[tool.pytest.ini_options]
addopts = "--strict-markers"
minversion = "7.0"
strict_markers = true
```
```toml pytest.toml good
[pytest]
strict = true
```

The fix is safe when all markers used in the tests below the file are declared, by it, by a `conftest.py`, by pytest or by
a well-known plugin. A file that pytest does not read, since another one in its folder comes first, is left alone.
"#,
    checks: &[Check::Pytest(check)],
};

fn check(config: &Config, cx: &Context, sink: &mut Sink) {
    if strict(config) || !is_read(cx) {
        return;
    }
    let counts = config.allows_nine_only();
    let off = ["strict_markers", "strict"]
        .iter()
        .filter_map(|name| config.option(name))
        .find(|option| counts && option.truth() == Some(false));
    let unread = ["strict_markers", "strict"]
        .iter()
        .filter_map(|name| config.option(name))
        .find(|option| option.truth() == Some(true));
    let (place, message) = match (off, unread) {
        (Some(off), _) => (
            off.value_span(),
            format!(
                "`{}` is switched off, so a misspelled marker passes unnoticed.",
                off.name
            ),
        ),
        (None, Some(unread)) => (
            unread.span,
            format!(
                "`{}` is read from pytest 9 on, but `minversion` lets older versions in. Add `--strict-markers` to `addopts`.",
                unread.name
            ),
        ),
        (None, None) => (
            place(config),
            "A misspelled marker passes unnoticed. Add `--strict-markers` to `addopts`.".into(),
        ),
    };
    sink.at(place, message)
        .also(&["PP307"])
        .fix(fix(config, off, cx));
}

fn strict(config: &Config) -> bool {
    let given = |name: &str| config.option(name).and_then(Opt::truth);
    let arguments = config.arguments();
    let argued = |word: &str| {
        let option = word
            .strip_prefix("--override-ini=")
            .or(word.strip_prefix("-o"))
            .unwrap_or(word);
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let on = ["true", "1", "yes", "on"].contains(&value.to_lowercase().as_str());
        matches!(word, "--strict-markers" | "--strict")
            || on && matches!(name, "strict_markers" | "strict")
    };
    arguments.iter().any(|word| argued(&word.text))
        || config.allows_nine_only()
            && given("strict_markers")
                .or_else(|| given("strict"))
                .unwrap_or(false)
}

fn fix(config: &Config, off: Option<&Opt>, cx: &Context) -> Fix {
    let (what, edits) = match off {
        Some(off) => {
            let edit = Edit {
                span: off.value_span(),
                text: "true".into(),
            };
            (format!("Set `{} = true`", off.name), Ok(vec![edit]))
        }
        None if config.form == Form::Native && config.option("addopts").is_none() => (
            "Add `strict_markers = true`".into(),
            config.add_option("strict_markers", "true"),
        ),
        None => (
            "Add `--strict-markers`".into(),
            config.add_argument("--strict-markers"),
        ),
    };
    let (title, safety) = match undeclared(config, cx) {
        Some(names) if names.is_empty() => (what, Safety::Safe),
        Some(names) => (
            format!("{what}: {} would fail", undeclared_names(&names)),
            Safety::Unsafe,
        ),
        None => (
            format!("{what}: markers that are not declared would fail (their uses were not read)"),
            Safety::Unsafe,
        ),
    };
    match edits {
        Ok(edits) => edits
            .into_iter()
            .fold(Fix::new(title, safety), |fix, edit| {
                fix.replace(edit.span, edit.text)
            }),
        Err(reason) => Fix::new(title, safety).disabled(reason),
    }
}

/// Markers that are used and that nothing declares; `None` when the uses were not read.
fn undeclared(config: &Config, cx: &Context) -> Option<Vec<String>> {
    let mut declared: BTreeSet<String> =
        config.markers().into_iter().map(|word| word.text).collect();
    declared.extend(cx.project.markers_declared(folder(cx)));
    let used = cx.project.markers_used(folder(cx))?;
    let fails = |name: &String| !declared.contains(name) && !markers::is_known(name);
    Some(used.into_iter().filter(fails).collect())
}

fn undeclared_names(names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(3)
        .map(|name| format!("`{name}`"))
        .collect();
    let rest = names.len() - shown.len();
    let list = match rest {
        0 => shown.join(", "),
        1 => format!("{} and 1 more", shown.join(", ")),
        more => format!("{} and {more} more", shown.join(", ")),
    };
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{list} {verb} not declared and")
}
