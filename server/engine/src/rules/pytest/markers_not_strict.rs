use std::collections::BTreeSet;

use super::{folder, is_read, lax, strictly, with_edits};
use crate::model::pytest::{Config, Opt, Strictness, markers};
use crate::rule::{Area, Check, Context, Fix, Rule, Safety, Severity, Sink};

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
These two do not count where the requirements or a lock file pin an older version, since those ignore them; where nothing is pinned, `minversion` is asked.

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
    if !is_read(cx) {
        return;
    }
    let about = Strictness::MARKERS;
    let effect = "a misspelled marker passes unnoticed";
    let cure = "Add `--strict-markers` to `addopts`.";
    let Some(lax) = lax(config, &about, cx, effect, cure) else {
        return;
    };
    sink.at(lax.place, lax.message)
        .also(&["PP307"])
        .fix(fix(config, lax.off, cx));
}

fn fix(config: &Config, off: Option<&Opt>, cx: &Context) -> Fix {
    let argument = Some("--strict-markers");
    let (what, edits) = strictly(config, &Strictness::MARKERS, argument, off);
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
    with_edits(title, safety, edits)
}

/// Markers that are used and that nothing declares; `None` when the uses were not read.
fn undeclared(config: &Config, cx: &Context) -> Option<Vec<String>> {
    let mut declared: BTreeSet<String> =
        config.markers().into_iter().map(|word| word.text).collect();
    declared.extend(cx.project.markers_declared(folder(cx)));
    if declared.contains("") {
        return None;
    }
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
