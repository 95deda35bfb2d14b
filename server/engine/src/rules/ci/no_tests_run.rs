use crate::model::workflow::Workflow;
use crate::project::Sure;
use crate::rule::{Area, Check, Context, Rule, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "ci/no-tests-run",
    area: Area::Infrastructure,
    severity: Severity::Medium,
    cases: &[],
    minutes: 60,
    off: false,
    also: &[],
    docs: r#"
The project has tests, and no workflow runs them.

Tests that only run where somebody remembers them say nothing about what is merged.

```yaml .github/workflows/ci.yml bad
on: [push]
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - run: pip install ruff pytest
      - run: ruff check .
```
```python tests/test_app.py bad
def test_app():
    assert True
```

Add a job that installs the project and runs its tests.

```yaml .github/workflows/ci.yml good
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: pip install -r requirements.txt
      - run: pytest
```
```python tests/test_app.py good
def test_app():
    assert True
```

There is no fix: how the tests of a project are run, and what they need, nobody can tell from its files.

It is said once for a repository, at `jobs` of the workflow that people look at first: the one whose name says `ci`, else
`test`, `build`, `main`, `check`, else the first by name.
Silent where another system builds the repository, too (`.gitlab-ci.yml`, `Jenkinsfile`, `.circleci`, …), and where a
workflow calls something that may run tests and cannot be looked into.
"#,
    checks: &[Check::Workflow(check)],
};

fn check(workflow: &Workflow, cx: &Context, sink: &mut Sink) {
    let Some(place) = &workflow.place else { return };
    let (natural, others, _) = cx.project.other_workflows(&cx.file.path);
    if !natural || others.tests > Sure::No || runs_tests(workflow, cx) {
        return;
    }
    let Some(tests) = cx.project.tests_of_repository(&cx.file.path) else {
        return;
    };
    if cx.project.has_other_ci(&cx.file.path) {
        return;
    }
    sink.at(
        place.clone(),
        format!(
            "The project has tests (`{}`), but no job of any workflow runs them. Add one that does.",
            crate::output::slashed(&tests)
        ),
    );
}

pub(super) fn runs_tests(workflow: &Workflow, cx: &Context) -> bool {
    let mut jobs = workflow.jobs.iter();
    jobs.any(|job| cx.project.job_does(&cx.file.path, job).tests > Sure::No)
}
