use crate::model::workflow::{Condition, Deploy, Job, Workflow};
use crate::project::Sure;
use crate::rule::{Area, Check, Context, Fix, Rule, Safety, Severity, Sink};

use super::jobs::{Deployment, could_gate, deployments, is_gated, tests};

pub static RULE: Rule = Rule {
    name: "ci/deploy-not-gated",
    area: Area::Infrastructure,
    severity: Severity::High,
    cases: &[("release", Severity::Medium)],
    minutes: 60,
    off: false,
    also: &[],
    docs: r#"
A job deploys or publishes though no test has passed before it.

Jobs of a workflow run side by side unless one needs the other, and workflows know nothing of each other.
What breaks the tests is deployed all the same, often before the tests have ended.

```yaml .github/workflows/ci.yml bad
on:
  push:
    branches: [main]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install -r requirements.txt
      - run: pytest
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: flyctl deploy --remote-only
```

Let the job need one that runs the tests.

```yaml .github/workflows/ci.yml fixed
on:
  push:
    branches: [main]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install -r requirements.txt
      - run: pytest
  deploy:
    needs: [test]
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: flyctl deploy --remote-only
```

What deploys is told by evidence: actions and commands that push an image, publish a package or change what runs, and an
`environment` that is called production or staging.
What tests is, too: a job called `test` that runs none gates nothing, and `pip install pytest` is no test.
Scripts, targets of `make`, scripts of `package.json`, actions and workflows of the project are looked into; where that
cannot be, a name that says tests is believed.

A job with `if: always()` runs though the tests have failed, unless its condition asks for their result.
Where only tags, releases, a person or a clock start the deployment it is medium.
Of a row of jobs that need each other the first one is reported.

```yaml .github/workflows/deploy.yml good
on:
  workflow_run:
    workflows: [CI]
    types: [completed]
jobs:
  deploy:
    if: github.event.workflow_run.conclusion == 'success'
    runs-on: ubuntu-latest
    steps:
      - run: flyctl deploy --remote-only
```

Pull requests, images that are built and not pushed, images that tests of the same workflow are run with, workflows that
others call, packages that go to TestPyPI, and sites of documents (on GitHub Pages, or by a job that is called `docs`) are not
meant.
Rules that protect a branch are kept by GitHub and cannot be seen here: they hold back a merge, not a deployment.
"#,
    checks: &[Check::Workflow(check)],
};

fn check(workflow: &Workflow, cx: &Context, sink: &mut Sink) {
    if workflow.triggers.reviews_only() || workflow.triggers.called_only() {
        return;
    }
    let all = deployments(workflow, cx);
    let open: Vec<&Deployment> = all
        .iter()
        .filter(|deployment| !is_gated(workflow, deployment, cx))
        .filter(|deployment| !is_tested_later(workflow, deployment, cx))
        .collect();
    for deployment in &open {
        let job = deployment.job;
        let first = !open.iter().any(|other| {
            let gates = workflow.gates(job);
            other.job.id != job.id && gates.iter().any(|gate| gate.id == other.job.id)
        });
        if first {
            report(workflow, deployment, cx, sink);
        }
    }
}

/// An image that is pushed so that other jobs can test it.
fn is_tested_later(workflow: &Workflow, deployment: &Deployment, cx: &Context) -> bool {
    let mut jobs = workflow.jobs.iter();
    deployment.kind == Deploy::Image
        && jobs.any(|job| workflow.waits(job, deployment.job) && tests(job, cx).gates())
}

fn report(workflow: &Workflow, deployment: &Deployment, cx: &Context, sink: &mut Sink) {
    let job = deployment.job;
    let tested = |job: &&Job| tests(job, cx).tests > Sure::No;
    let ancestors = workflow.ancestors(job);
    let whatever = [job].into_iter().chain(ancestors.iter().copied());
    let whatever = whatever
        .filter(|_| ancestors.iter().any(tested))
        .find(|job| job.runs_after_failures());
    let does = match deployment.kind {
        Deploy::Image => "pushes an image",
        Deploy::Package => "publishes",
        Deploy::Running | Deploy::Pages => "deploys",
    };
    let message = match whatever {
        Some(other) => {
            let who = if other.id == job.id {
                "it".into()
            } else {
                format!("`{}`", other.id)
            };
            format!(
                "`{}` {does} though the tests may have failed: {who} runs whatever happened before. Ask for success.",
                job.id
            )
        }
        None => format!(
            "`{}` {does} though no test has passed before it. Let it need a job that runs them.",
            job.id
        ),
    };
    let mut draft = sink.at(job.place.clone(), message).related(
        deployment.place.clone(),
        format!("it {does} here: `{}`", deployment.shown),
    );
    let released = job
        .conditions(deployment.step)
        .any(Condition::releases_only);
    if released || !workflow.triggers.on_push() {
        draft = draft.case("release");
    }
    match whatever.and_then(|job| job.condition.as_ref()) {
        Some(condition) => draft.fix(on_success(condition)),
        None => draft.fix(needs(workflow, job, cx)),
    };
}

fn needs(workflow: &Workflow, job: &Job, cx: &Context) -> Fix {
    let gates = could_gate(workflow, job, cx);
    let ids: Vec<String> = gates.iter().map(|gate| gate.id.clone()).collect();
    let named: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    if ids.is_empty() {
        return Fix::new("Wait for the tests", Safety::Unsafe).disabled(
            "no job of this workflow runs tests: call the workflow that does as a job, or start this one by `workflow_run`",
        );
    }
    let title = format!("Deploy only after {}", named.join(", "));
    job.edit.of(Fix::new(title, Safety::Unsafe), &ids)
}

/// `success()` in place of what lets it run whatever happened.
fn on_success(condition: &Condition) -> Fix {
    let fix = Fix::new(
        "Run only when all that it needs has succeeded",
        Safety::Unsafe,
    );
    let text = &condition.text;
    let words = ["always()", "!cancelled()", "! cancelled()"];
    let found = words
        .iter()
        .find_map(|word| Some((text.raw.find(word)?, word.len())));
    match found {
        Some((at, length)) => fix.replace(text.at(at..at + length), "success()"),
        None => fix.disabled("its condition is written in another way"),
    }
}
