use crate::model::workflow::{Ignored, Job, Step, Way, What, Workflow};
use crate::project::Sure;
use crate::rule::{Area, Check, Context, Fix, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "ci/test-failure-ignored",
    area: Area::Infrastructure,
    severity: Severity::High,
    cases: &[],
    minutes: 10,
    off: false,
    also: &[],
    docs: r#"
A workflow goes on as if nothing were wrong when its tests, or a scan for flaws, fail.

The run is green whatever the tests say, so that nobody looks, and what waits for them waits for nothing.

```yaml .github/workflows/ci.yml bad
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: pytest || true
      - run: pip-audit -r requirements.txt
        continue-on-error: true
      - run: |
          set +e
          npm test
          echo done
```

Let the step fail, and mend or leave out what fails.

```yaml .github/workflows/ci.yml fixed
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: pytest
      - run: pip-audit -r requirements.txt
      - run: |
          npm test
          echo done
```

Found are `continue-on-error: true` of a job or a step, `|| true`, `|| exit 0`, `|| echo …`, `set +e` with commands behind
the tests, options like `--exit-zero`, and a pipe into `tee`: the shell of a step has `pipefail` only with `shell: bash`.

```yaml .github/workflows/ci.yml good
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: pip install pytest || true
      - id: tests
        run: pytest
        continue-on-error: true
      - run: pytest tests/slow || (docker logs web; exit 1)
      - shell: bash
        run: pytest -v | tee log.txt
      - if: steps.tests.outcome == 'failure'
        run: exit 1
```

Silent where something looks at the result later: at the step's outcome, at `$?`, at the file that a scan writes; where a
scan's findings go to GitHub's code scanning, or an action reports the results of the tests.
An expression behind `continue-on-error` is a choice, and none of these.
"#,
    checks: &[Check::Workflow(check)],
};

fn check(workflow: &Workflow, cx: &Context, sink: &mut Sink) {
    for job in &workflow.jobs {
        let all = job
            .deeds()
            .find_map(|(step, deed)| about(job, step, &deed.what, cx));
        if let (Some(ignored), Some(about)) = (&job.ignored, all) {
            let message = format!(
                "`{}` {} and never fails: {}",
                job.id,
                about.runs(),
                about.advice()
            );
            sink.at(ignored.place.clone(), message)
                .fix(fix(ignored, "job"));
        }
        for (at, step) in job.steps.iter().enumerate() {
            for ignored in &step.ignored {
                report(job, at, step, ignored, cx, sink);
            }
        }
    }
}

/// What is ignored.
#[derive(Clone, Copy)]
enum About {
    Tests,
    Scan,
}

impl About {
    fn runs(self) -> &'static str {
        match self {
            About::Tests => "runs tests",
            About::Scan => "scans for flaws",
        }
    }
    fn what(self) -> &'static str {
        match self {
            About::Tests => "Tests",
            About::Scan => "A scan",
        }
    }
    fn advice(self) -> &'static str {
        match self {
            About::Tests => "what breaks them goes on unseen. Let it fail.",
            About::Scan => "what it finds goes on unseen. Let it fail.",
        }
    }
}

fn about(job: &Job, step: Option<usize>, what: &What, cx: &Context) -> Option<About> {
    match what {
        What::Test(_) => Some(About::Tests),
        What::Scan { .. } => Some(About::Scan),
        What::Calls(_) => {
            let does = cx.project.does(&cx.file.path, job, step, what);
            if does.tests == Sure::Yes {
                Some(About::Tests)
            } else {
                (does.scans == Sure::Yes).then_some(About::Scan)
            }
        }
        What::Deploy(_) | What::Waits => None,
    }
}

fn report(job: &Job, at: usize, step: &Step, ignored: &Ignored, cx: &Context, sink: &mut Sink) {
    let deeds = step.deeds.iter().enumerate();
    let mut deeds = deeds.filter(|(number, _)| ignored.deed.is_none_or(|deed| deed == *number));
    let found = deeds.find_map(|(_, deed)| Some((deed, about(job, Some(at), &deed.what, cx)?)));
    let Some((deed, about)) = found else { return };
    let how = match ignored.way {
        Way::Continues => "`continue-on-error`",
        Way::Or => "what stands behind `||`",
        Way::Set => "`set +e`",
        Way::Option => "this option",
        Way::Pipe => "a pipe without `pipefail`",
    };
    let message = format!(
        "{} (`{}`) may fail unnoticed through {how}: {}",
        about.what(),
        deed.shown,
        about.advice()
    );
    sink.at(ignored.place.clone(), message)
        .related(deed.place.clone(), "whose failure is ignored")
        .fix(fix(ignored, "step"));
}

fn fix(ignored: &Ignored, what: &str) -> Fix {
    let title = match ignored.way {
        Way::Pipe => {
            "Let the step fail with the tests: its shell becomes `bash` with `pipefail`".into()
        }
        _ => format!("Let the {what} fail"),
    };
    ignored
        .edit
        .of(Fix::new(title, Safety::Unsafe), &["shell: bash".into()])
}
