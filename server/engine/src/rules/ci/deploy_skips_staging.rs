use crate::model::workflow::{Condition, Workflow};
use crate::rule::{Area, Check, Context, Fix, Rule, Safety, Severity, Sink};

use super::jobs::{Deployment, Stage, deployments, stage};

pub static RULE: Rule = Rule {
    name: "ci/deploy-skips-staging",
    area: Area::Infrastructure,
    severity: Severity::Medium,
    cases: &[],
    minutes: 60,
    off: false,
    also: &[],
    docs: r#"
Production is deployed without waiting for the job that deploys to staging.

Both run at the same time: what staging would have shown is in production already.

```yaml .github/workflows/deploy.yml bad
on:
  release:
    types: [published]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: pytest
  staging:
    needs: test
    runs-on: ubuntu-latest
    environment: staging
    steps:
      - run: flyctl deploy --config fly.staging.toml
  production:
    needs: test
    runs-on: ubuntu-latest
    environment: production
    steps:
      - run: flyctl deploy
```

Let the one need the other.

```yaml .github/workflows/deploy.yml fixed
on:
  release:
    types: [published]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: pytest
  staging:
    needs: test
    runs-on: ubuntu-latest
    environment: staging
    steps:
      - run: flyctl deploy --config fly.staging.toml
  production:
    needs: [test, staging]
    runs-on: ubuntu-latest
    environment: production
    steps:
      - run: flyctl deploy
```

Which stage a job deploys to is told by its `environment`, else by its name; that it deploys at all, as
`ci/deploy-not-gated` tells it.
Where conditions keep the two apart, so that a branch goes to one and a tag to the other, nothing is found.

```yaml .github/workflows/deploy.yml good
on:
  push:
    branches: [develop, main]
jobs:
  staging:
    if: github.ref == 'refs/heads/develop'
    runs-on: ubuntu-latest
    environment: staging
    steps:
      - run: pytest
      - run: flyctl deploy --config fly.staging.toml
  production:
    if: github.ref == 'refs/heads/main'
    runs-on: ubuntu-latest
    environment: production
    steps:
      - run: pytest
      - run: flyctl deploy
```
"#,
    checks: &[Check::Workflow(check)],
};

fn check(workflow: &Workflow, cx: &Context, sink: &mut Sink) {
    let all = deployments(workflow, cx);
    let at = |wanted: Stage| all.iter().filter(move |one| of(one) == Some(wanted));
    for production in at(Stage::Production) {
        let job = production.job;
        let staging: Vec<&Deployment> = at(Stage::Staging)
            .filter(|staging| meets(staging, production) && !workflow.waits(staging.job, job))
            .collect();
        let waits = |staging: &&Deployment| workflow.waits(job, staging.job);
        let Some(first) = staging.first().filter(|_| !staging.iter().any(waits)) else {
            continue;
        };
        let id = &first.job.id;
        let fix = Fix::new(format!("Deploy only after `{id}`"), Safety::Unsafe);
        sink.at(
            job.place.clone(),
            format!(
                "`{}` deploys to production without waiting for `{id}`. Let it need that job.",
                job.id
            ),
        )
        .related(first.job.place.clone(), "deploys to staging")
        .fix(job.edit.of(fix, std::slice::from_ref(id)));
    }
}

fn of(deployment: &Deployment) -> Option<Stage> {
    let job = deployment.job;
    let environment = job
        .environment
        .as_ref()
        .and_then(|name| stage(&name.value()));
    let name = || job.name.as_ref().and_then(|name| stage(&name.value()));
    environment.or_else(|| stage(&job.id)).or_else(name)
}

/// Whether staging is deployed whenever production is: under no condition, or under one that production has, too.
fn meets(staging: &Deployment, production: &Deployment) -> bool {
    let says = |deployment: &Deployment| -> Vec<String> {
        let conditions = deployment.job.conditions(deployment.step);
        conditions
            .map(|condition: &Condition| condition.says().to_owned())
            .collect()
    };
    let of_production = says(production);
    let holds = |text: &String| of_production.iter().any(|own| own.contains(text.as_str()));
    says(staging).iter().all(holds)
}
