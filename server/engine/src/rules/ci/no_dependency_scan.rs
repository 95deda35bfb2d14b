use std::path::Path;

use crate::model::workflow::{Job, Step, What, Workflow};
use crate::output::slashed;
use crate::project::{Need, Sure};
use crate::rule::{Area, Check, Context, Fix, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "ci/no-dependency-scan",
    area: Area::Infrastructure,
    severity: Severity::Medium,
    cases: &[],
    minutes: 30,
    off: false,
    also: &[],
    docs: r#"
Nothing tells when a package that the project requires turns out to be vulnerable.

Most flaws of a project are in code that others wrote, and they become known long after it was installed.

```yaml .github/workflows/ci.yml bad
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install -r requirements.txt
      - run: pytest
```
```text requirements.txt bad
flask==3.0.0
```

Scan what is required where the tests are run.

```yaml .github/workflows/ci.yml fixed
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install -r requirements.txt
      - run: pytest
      - name: Scan dependencies
        run: pipx run pip-audit -r requirements.txt
```

Other scanners do as well: OSV-Scanner, Trivy, Grype, Snyk, Safety, GitHub's dependency review.
So does a bot that raises what is vulnerable: Dependabot for `pip` or `uv`, Renovate; and a hook of pre-commit, a session
of tox or nox, a target of `make`.

```yaml .github/workflows/ci.yml good
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: pytest
```
```text requirements.txt good
flask==3.0.0
```
```yaml .github/dependabot.yml good
version: 2
updates:
  - package-ecosystem: "pip"
    directory: "/"
    schedule: {interval: weekly}
```

It is said once for a repository, where `ci/no-tests-run` would be.
Only Python is looked at, and of that what the project requires where it runs, not where it is developed.
Nothing is said where another system builds the repository, too.
"#,
    checks: &[Check::Workflow(check)],
};

fn check(workflow: &Workflow, cx: &Context, sink: &mut Sink) {
    let Some(place) = &workflow.place else { return };
    let here = &cx.file.path;
    let (natural, others, _) = cx.project.other_workflows(here);
    if !natural || others.scans > Sure::No {
        return;
    }
    let does = |job: &Job| cx.project.job_does(here, job);
    if workflow.jobs.iter().any(|job| does(job).scans > Sure::No) {
        return;
    }
    let needs = cx.project.python_needs(here);
    let file = needs.iter().find(|need| matches!(need, Need::File(_)));
    let Some(first) = file.or(needs.first()) else {
        return;
    };
    if cx.project.is_scanned_elsewhere(here) || cx.project.has_other_ci(here) {
        return;
    }
    let shown = match first {
        Need::File(path) => slashed(path),
        Need::Project(folder) => slashed(&folder.join("pyproject.toml")),
    };
    sink.at(
        place.clone(),
        format!("Nothing looks for known vulnerabilities in what `{shown}` requires. Scan it where the tests are run."),
    )
    .fix(fix(workflow, &needs, cx));
}

/// A step more behind the tests.
fn fix(workflow: &Workflow, needs: &[Need], cx: &Context) -> Fix {
    let fix = Fix::new("Scan the requirements with pip-audit", Safety::Unsafe);
    let tests = |job: &&Job| {
        let steps = job.steps.iter().enumerate();
        steps
            .filter(|(at, step)| {
                let mut deeds = step.deeds.iter();
                deeds.any(|deed| {
                    let does = || cx.project.does(&cx.file.path, job, Some(*at), &deed.what);
                    matches!(deed.what, What::Test(_)) || does().tests > Sure::No
                })
            })
            .map(|(at, _)| at)
            .last()
    };
    let python = |step: &Step| {
        let uses = step.uses.as_ref().is_some_and(|uses| {
            let uses = uses.value();
            uses.contains("setup-python") || uses.contains("setup-uv")
        });
        let mut commands = step.script.commands.iter();
        uses || commands.any(|command| {
            matches!(
                command.name(),
                "pip" | "pip3" | "uv" | "poetry" | "pytest" | "tox" | "nox" | "python"
            )
        })
    };
    let jobs = workflow
        .jobs
        .iter()
        .filter(|job| job.steps.iter().any(python));
    let found = jobs.clone().find_map(|job| Some((job, tests(&job)?)));
    let found = found.or_else(|| {
        let mut jobs = jobs;
        jobs.find_map(|job| Some((job, job.steps.len().checked_sub(1)?)))
    });
    let Some((job, at)) = found else {
        return fix.disabled("no job of this workflow uses Python");
    };
    let uv = job.steps.iter().any(|step| {
        let uses = step
            .uses
            .as_ref()
            .is_some_and(|uses| uses.value().contains("setup-uv"));
        uses || step
            .script
            .commands
            .iter()
            .any(|command| command.name() == "uv")
    });
    let tool = match (uv, job.special) {
        (true, _) => "uvx pip-audit",
        (false, false) => "pipx run pip-audit",
        (false, true) => "python -m pip install pip-audit && python -m pip_audit",
    };
    let arguments = arguments(needs, job.directory.as_deref());
    let lines = vec![
        "- name: Scan dependencies".to_owned(),
        format!("  run: {tool} {arguments}"),
    ];
    job.steps[at].edit.of(fix, &lines)
}

/// What pip-audit is told to look at: the requirements files that are installed, else a project.
fn arguments(needs: &[Need], directory: Option<&str>) -> String {
    let directory = directory
        .map(|path| crate::path::join(Path::new(""), path))
        .unwrap_or_default();
    let path = |path: &Path| match path.strip_prefix(&directory) {
        Ok(below) if below.as_os_str().is_empty() => ".".to_owned(),
        Ok(below) => slashed(below),
        Err(_) => format!("${{{{ github.workspace }}}}/{}", slashed(path)),
    };
    let files: Vec<&Path> = needs
        .iter()
        .filter_map(|need| match need {
            Need::File(file) => Some(file.as_path()),
            Need::Project(_) => None,
        })
        .collect();
    let plain = |file: &&Path| {
        file.file_name()
            .is_some_and(|name| name == "requirements.txt")
    };
    let mut chosen: Vec<&Path> = files.iter().copied().filter(|file| plain(file)).collect();
    if chosen.is_empty() {
        chosen.extend(files.first());
    }
    let listed: Vec<String> = chosen
        .iter()
        .map(|file| format!("-r {}", path(file)))
        .collect();
    match (listed.is_empty(), needs.first()) {
        (true, Some(Need::Project(folder))) => path(folder),
        _ => listed.join(" "),
    }
}
