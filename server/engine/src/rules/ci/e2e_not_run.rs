use crate::model::workflow::Workflow;
use crate::project::{Does, Sure};
use crate::rule::{Area, Check, Context, Rule, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "ci/e2e-not-run",
    area: Area::Infrastructure,
    severity: Severity::Medium,
    cases: &[],
    minutes: 60,
    off: false,
    also: &[],
    docs: r#"
The project has tests from end to end, and nothing runs them before a change goes through.

They are the only ones that see the parts together: what they would find is found by users.

```yaml .github/workflows/ci.yml bad
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: pytest tests/unit
```
```python tests/e2e/test_login.py bad
def test_login():
    assert True
```

Run them in a job that a push or a pull request starts, and let the deployment need it.

```yaml .github/workflows/ci.yml good
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: pytest tests/unit
  e2e:
    runs-on: ubuntu-latest
    steps:
      - run: docker compose up -d --wait
      - run: pytest tests/e2e
```
```python tests/e2e/test_login.py good
def test_login():
    assert True
```

There is no fix: what must run while these tests do is not written anywhere.

Meant are tests in a folder that is called `e2e` or `end-to-end`, and those that carry a marker `e2e` that pytest's
configuration declares.
Plain `pytest` runs them unless `addopts` or `testpaths` leave them out; what starts them only at night gates nothing.
It is said once for a repository, where `ci/no-tests-run` would be, and not where that is said already or where a workflow
calls something that cannot be looked into.
"#,
    checks: &[Check::Workflow(check)],
};

fn check(workflow: &Workflow, cx: &Context, sink: &mut Sink) {
    let Some(place) = &workflow.place else { return };
    let here = &cx.file.path;
    let (natural, others, gating) = cx.project.other_workflows(here);
    if !natural {
        return;
    }
    let Some((name, left_out)) = cx.project.end_to_end_tests(here) else {
        return;
    };
    let jobs = workflow.jobs.iter();
    let own = jobs
        .map(|job| cx.project.job_does(here, job))
        .fold(Does::default(), Does::and);
    let all = own.and(others);
    let gating = match workflow.triggers.on_change() || workflow.triggers.called_only() {
        true => gating.and(own),
        false => gating,
    };
    let silent = all.tests == Sure::No
        || gating.reaches_e2e(left_out) > Sure::No
        || cx.project.has_other_ci(here);
    if silent {
        return;
    }
    let but = match all.reaches_e2e(left_out) {
        Sure::Yes => "a job runs them only by hand or by the clock",
        _ => "no job runs them",
    };
    sink.at(
        place.clone(),
        format!("There are tests from end to end (`{name}`), but {but}. Run them before a change goes through."),
    );
}
