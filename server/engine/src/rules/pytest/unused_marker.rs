use super::{folder, is_read, with_edits};
use crate::model::pytest::Config;
use crate::model::pytest::markers::is_known;
use crate::rule::{Area, Check, Context, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "pytest/unused-marker",
    area: Area::Testing,
    severity: Severity::Info,
    cases: &[],
    minutes: 2,
    also: &[],
    off: false,
    docs: r#"
A marker is declared that no test has.

`-m slow` then selects nothing, and nobody notices that the tests it was made for are gone.

```ini pytest.ini bad
[pytest]
markers =
    slow: takes more than a second
    agents: talks to the agent registry
```
```python tests/test_agents.py bad
import pytest


@pytest.mark.agents
def test_an_agent_is_found():
    assert True
```
```ini pytest.ini fixed
[pytest]
markers =
    agents: talks to the agent registry
```
```python tests/test_agents.py fixed
import pytest


@pytest.mark.agents
def test_an_agent_is_found():
    assert True
```
```toml pyproject.toml good
[tool.pytest.ini_options]
markers = ["slow: takes more than a second"]
```
```python tests/conftest.py good
import pytest


def pytest_collection_modifyitems(items):
    for item in items:
        if "benchmark" in item.nodeid:
            item.add_marker("slow")


def test_nothing():
    assert True
```

A marker counts as used when a Python file below the configuration has it, or looks it up by its name.
Silent where there is no test at all, and where pytest-bdd makes markers of a feature's tags.

The fix removes the line.
"#,
    checks: &[Check::Pytest(check)],
};

fn check(config: &Config, cx: &Context, sink: &mut Sink) {
    let markers = config.markers();
    if markers.is_empty() || !is_read(cx) {
        return;
    }
    let Some(used) = cx.project.markers_used(folder(cx)) else {
        return;
    };
    let unused = markers.into_iter().enumerate().filter(|(_, marker)| {
        // What a plugin has is used in ways of its own.
        !used.contains(&marker.text) && !is_known(&marker.text)
    });
    let mut unused: Vec<_> = unused.collect();
    if unused.is_empty() {
        return;
    }
    let named = cx.project.markers_named(folder(cx));
    unused.retain(|(_, marker)| !named.contains(&marker.text));
    let tested = cx.project.tests(folder(cx), &[], &[]);
    let bdd = || {
        let plugins = cx.project.pytest_plugins(folder(cx));
        plugins.named.contains("pytest-bdd")
            || config
                .besides
                .requires
                .iter()
                .any(|name| name == "pytest-bdd")
    };
    if unused.is_empty() || !tested.is_some_and(|tests| tests.any) || bdd() {
        return;
    }
    for (at, marker) in unused {
        let name = &marker.text;
        let title = format!("Remove `{name}`");
        let edits = config.remove_marker(at);
        sink.at(
            marker.span,
            format!(
                "No test has the marker `{name}`. Remove it, or mark the tests it was made for."
            ),
        )
        .fix(with_edits(title, Safety::Safe, edits));
    }
}
