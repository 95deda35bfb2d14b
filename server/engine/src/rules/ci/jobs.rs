//! What the rules of workflows ask of jobs.

use crate::model::workflow::{Condition, Deed, Deploy, Job, What, Workflow, words};
use crate::project::{Does, Sure};
use crate::rule::{Context, Place};
use crate::syntax::shell::Command;

/// How a job deploys or publishes, and where it says so.
#[derive(Debug)]
pub(super) struct Deployment<'a> {
    pub(super) job: &'a Job,
    /// `None` for what the job does as a whole.
    pub(super) step: Option<usize>,
    pub(super) kind: Deploy,
    pub(super) shown: String,
    pub(super) place: Place,
    /// The command of its step.
    command: Option<usize>,
}

/// The first deployment of each job that makes one.
pub(super) fn deployments<'a>(workflow: &'a Workflow, cx: &Context) -> Vec<Deployment<'a>> {
    let jobs = workflow.jobs.iter();
    jobs.filter_map(|job| deployment(job, cx)).collect()
}

fn deployment<'a>(job: &'a Job, cx: &Context) -> Option<Deployment<'a>> {
    // A site of documents, wherever it goes.
    let documents = ["doc", "docs", "documentation", "storybook", "website"];
    if job.words().iter().any(|word| documents.contains(&&**word)) {
        return None;
    }
    let cluster = job.has_cluster();
    let counts = |step: Option<usize>| {
        !job.conditions(step).any(|condition| {
            condition.never() || condition.reviews_only() || condition.after_failure_only()
        })
    };
    let kind = |step: Option<usize>, deed: &Deed| match &deed.what {
        What::Deploy(Deploy::Pages) => None,
        What::Deploy(Deploy::Running) if cluster => None,
        What::Deploy(kind) => Some(*kind),
        What::Calls(_) => {
            let does = cx.project.does(&cx.file.path, job, step, &deed.what);
            // What tests in the same breath gates itself, for all that is known.
            (does.deploys && does.tests == Sure::No && !cluster).then_some(Deploy::Running)
        }
        _ => None,
    };
    let by_deed = job.deeds().find_map(|(step, deed)| {
        let kind = kind(step, deed).filter(|_| counts(step))?;
        Some(Deployment {
            job,
            step,
            kind,
            shown: deed.shown.clone(),
            place: deed.place.clone(),
            command: deed.command,
        })
    });
    by_deed.or_else(|| {
        let environment = job.environment.as_ref().filter(|_| counts(None))?;
        let name = environment.value();
        let tests = cx.project.job_does(&cx.file.path, job).tests > Sure::No;
        (stage(&name).is_some() && !tests).then(|| Deployment {
            job,
            step: None,
            kind: Deploy::Running,
            shown: format!("environment: {name}"),
            place: environment.place.clone(),
            command: None,
        })
    })
}

/// Where something is deployed to, by a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Staging,
    Production,
}

pub(super) fn stage(name: &str) -> Option<Stage> {
    let words = words(name);
    let says = |list: &[&str]| words.iter().any(|word| list.contains(&&**word));
    if says(&[
        "staging",
        "stage",
        "stg",
        "preprod",
        "preproduction",
        "uat",
        "qa",
    ]) {
        Some(Stage::Staging)
    } else if says(&["production", "prod", "live"]) {
        Some(Stage::Production)
    } else {
        None
    }
}

/// Whether tests have passed before a deployment begins, or may have for all that is known.
pub(super) fn is_gated(workflow: &Workflow, deployment: &Deployment, cx: &Context) -> bool {
    let job = deployment.job;
    let gates = workflow.gates(job);
    let follows = |job: &Job, step| job.conditions(step).any(Condition::follows_success);
    follows(job, deployment.step)
        || gates.iter().any(|job| follows(job, None))
        || gates.iter().any(|job| tests(job, cx).gates())
        || earlier(deployment, cx).gates()
}

/// What a job does when its workflow runs for what is deployed.
pub(super) fn tests(job: &Job, cx: &Context) -> Does {
    let mut does = before(job, cx, |_, _| true);
    if says_tests(job) {
        does.tests = does.tests.max(Sure::Maybe);
    }
    does
}

/// Whether a job is called a test and runs a program that stands in the workflow itself.
fn says_tests(job: &Job) -> bool {
    let named = job
        .words()
        .iter()
        .any(|word| matches!(&**word, "test" | "tests" | "smoke"));
    let commands = job.steps.iter().flat_map(|step| &step.script.commands);
    let program = |command: &Command| {
        let interpreter = ["python", "python3", "node", "ruby", "deno", "bun"];
        let mut words = command.words.iter().skip(1);
        let inline = words
            .next()
            .is_none_or(|word| matches!(&*word.text, "-" | "-c" | "-e"));
        interpreter.contains(&command.name()) && inline
    };
    named && commands.into_iter().any(program)
}

fn before(job: &Job, cx: &Context, counts: impl Fn(Option<usize>, &Deed) -> bool) -> Does {
    let deeds = job.deeds().filter(|(step, deed)| {
        let skipped = job
            .conditions(*step)
            .any(|condition| condition.reviews_only() || condition.never());
        !skipped && counts(*step, deed)
    });
    deeds
        .map(|(step, deed)| cx.project.does(&cx.file.path, job, step, &deed.what))
        .fold(Does::default(), Does::and)
}

/// What the job itself does before it deploys.
fn earlier(deployment: &Deployment, cx: &Context) -> Does {
    let job = deployment.job;
    let Some(at) = deployment.step else {
        return Does::default();
    };
    let whatever = job.steps[at].condition.as_ref();
    if whatever.is_some_and(Condition::runs_after_failures) {
        return Does::default();
    }
    before(job, cx, |step, deed| match step {
        Some(step) if step == at => deed.command < deployment.command,
        Some(step) => step < at,
        None => false,
    })
}

/// The jobs that surely run tests and that a job could wait for.
pub(super) fn could_gate<'a>(workflow: &'a Workflow, job: &Job, cx: &Context) -> Vec<&'a Job> {
    let jobs = workflow.jobs.iter();
    jobs.filter(|other| {
        other.id != job.id && !workflow.waits(other, job) && tests(other, cx).tests == Sure::Yes
    })
    .collect()
}
