use crate::model::python::Marker;
use crate::output::slashed;
use crate::project::MarkerIs;
use crate::rule::{Area, Check, Context, Fix, Intent, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "pytest/undeclared-marker",
    area: Area::Testing,
    severity: Severity::Medium,
    cases: &[],
    minutes: 5,
    also: &[],
    off: false,
    docs: r#"
A test has a marker that nothing declares.

To pytest an unknown marker is a warning: `@pytest.mark.slwo` runs with the quick tests, and `-m slow` leaves it out.
With `--strict-markers` it stops the run.

```python tests/test_agents.py bad
import pytest


@pytest.mark.database
def test_an_agent_is_kept():
    assert True
```
```ini pytest.ini bad
[pytest]
markers =
    slow: takes more than a second
```
```python tests/test_agents.py fixed
import pytest


@pytest.mark.database
def test_an_agent_is_kept():
    assert True
```
```ini pytest.ini fixed
[pytest]
markers =
    slow: takes more than a second
    database
```
```python tests/test_agents.py good
import pytest

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]


@pytest.mark.parametrize("x", [1, 2])
@pytest.mark.agents(2)
def test_an_agent_is_found(x):
    assert x
```
```ini pytest.ini good
[pytest]
markers =
    slow: takes more than a second
```
```python conftest.py good
def pytest_configure(config):
    config.addinivalue_line("markers", "agents(count): needs agents")
```

Declared is what any configuration of pytest in the folder of the test or above it lists, what a Python file of the project adds by `addinivalue_line`, what pytest itself has, and what a well-known plugin has.
Silent where a name is added that only running the code would tell.

The fix declares the marker in the nearest configuration, which is safe.
Where the name is much like a declared one, the fix is to write that, and waits to be chosen.
"#,
    checks: &[Check::Marker(check)],
};

fn check(marker: &Marker, cx: &Context, sink: &mut Sink) {
    let name = marker.name.as_str();
    let MarkerIs::Unknown { home, unit, close } = cx.project.marker(&cx.file.path, name) else {
        return;
    };
    let message = match &close {
        Some(close) => format!(
            "Nothing declares the marker `{name}`, so pytest only warns. Do you mean `{close}`?"
        ),
        None => format!(
            "Nothing declares the marker `{name}`, so pytest only warns, and a misspelled one looks the same. Declare it."
        ),
    };
    let declare = match &home {
        Some(home) => {
            let title = format!("Declare `{name}` in `{}`", slashed(home));
            Fix::new(title, Safety::Safe).with(Intent::Marker {
                home: home.clone(),
                name: name.to_owned(),
            })
        }
        // A first configuration decides where the tests have their root.
        None => {
            let file = unit.join("pytest.ini");
            let title = format!("Declare `{name}` in a new `{}`", slashed(&file));
            let made = Intent::CreateFile {
                file: file.clone(),
                text: "[pytest]\n".into(),
            };
            Fix::new(title, Safety::Unsafe)
                .with(made)
                .with(Intent::Marker {
                    home: file,
                    name: name.to_owned(),
                })
        }
    };
    let draft = sink.at(marker.span, message);
    match close {
        Some(close) => {
            let rename = Fix::new(format!("Write `{close}`"), Safety::Unsafe);
            // What looks like a slip is not declared without being asked for.
            draft
                .fix(rename.replace(marker.span, close))
                .fix(declare.never_preferred());
        }
        None => drop(draft.fix(declare)),
    }
}
