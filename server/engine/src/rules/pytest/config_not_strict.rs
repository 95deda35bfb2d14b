use super::{is_read, lax, strictly, with_edits};
use crate::model::pytest::{Config, Strictness};
use crate::rule::{Area, Check, Context, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "pytest/config-not-strict",
    area: Area::Testing,
    severity: Severity::Low,
    cases: &[],
    minutes: 5,
    also: &["PP306"],
    off: false,
    docs: r#"
A misspelled option of pytest passes unnoticed.

`testpath = tests` or `strct = true` is no error to pytest: it warns, and runs as if the option were not there.
The same holds for options of a plugin that is not installed.
With `--strict-config` an option that nobody knows stops the run.

```ini pytest.ini bad
[pytest]
addopts = -ra
```
```ini pytest.ini fixed
[pytest]
addopts = -ra --strict-config
```

From pytest 9 on, `strict_config = true` or `strict = true` do the same, where the requirements do not pin an older version.

```toml pyproject.toml good
[tool.pytest]
strict_config = true
```

The fix may make a run fail that only warns today, so it waits to be chosen.
A file that pytest does not read, since another one in its folder comes first, is left alone.
"#,
    checks: &[Check::Pytest(check)],
};

fn check(config: &Config, cx: &Context, sink: &mut Sink) {
    if !is_read(cx) {
        return;
    }
    let about = Strictness::CONFIG;
    let effect = "a misspelled option passes unnoticed";
    let cure = "Add `--strict-config` to `addopts`.";
    let Some(lax) = lax(config, &about, cx, effect, cure) else {
        return;
    };
    let (what, edits) = strictly(config, &about, Some("--strict-config"), lax.off);
    let title = format!("{what}: options that pytest and its plugins do not know would fail");
    sink.at(lax.place, lax.message)
        .also(&["PP306"])
        .fix(with_edits(title, Safety::Unsafe, edits));
}
