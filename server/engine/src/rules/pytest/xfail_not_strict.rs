use super::{is_read, lax, strictly, with_edits};
use crate::model::pytest::{Config, Strictness};
use crate::rule::{Area, Check, Context, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "pytest/xfail-not-strict",
    area: Area::Testing,
    severity: Severity::Low,
    cases: &[],
    minutes: 5,
    also: &["PP305"],
    off: false,
    docs: r#"
A test that is expected to fail may pass without anyone noticing.

`@pytest.mark.xfail` stays on a test long after its reason is gone, and then hides the next failure.
With `xfail_strict` a test that passes against expectation fails the run, so that the mark is taken away in time.

```ini pytest.ini bad
[pytest]
testpaths = tests
```
```ini pytest.ini fixed
[pytest]
xfail_strict = true
testpaths = tests
```

From pytest 9 on, `strict_xfail = true` or `strict = true` do the same, where the requirements do not pin an older version.

```toml pyproject.toml good
[tool.pytest.ini_options]
xfail_strict = true
```

The fix may make a run fail that passes today, so it waits to be chosen.
A file that pytest does not read, since another one in its folder comes first, is left alone.
"#,
    checks: &[Check::Pytest(check)],
};

fn check(config: &Config, cx: &Context, sink: &mut Sink) {
    if !is_read(cx) {
        return;
    }
    let about = Strictness::XFAIL;
    let effect = "a test that is expected to fail and passes goes unnoticed";
    let cure = "Set `xfail_strict = true`.";
    let Some(lax) = lax(config, &about, cx, effect, cure) else {
        return;
    };
    let (what, edits) = strictly(config, &about, None, lax.off);
    let title = format!("{what}: tests that pass against expectation would fail");
    sink.at(lax.place, lax.message)
        .also(&["PP305"])
        .fix(with_edits(title, Safety::Unsafe, edits));
}
