//! GitHub workflows: triggers, jobs, what they need, and what their steps do, by evidence.
//!
//! Source: GitHub's "Workflow syntax" and "Expressions". Anchors and aliases are followed; merge keys too, which GitHub does
//! not read.

mod condition;
mod edit;
pub mod evidence;
mod ignored;
mod read;
mod triggers;

use crate::model::compose::Text;
use crate::rule::Place;
use crate::syntax::shell::Script;

pub use condition::Condition;
pub use edit::Edit;
pub use evidence::{Call, Deed, Deploy, Reach, What};
pub use ignored::{Ignored, Way};
pub use read::action;
pub use triggers::{Trigger, Triggers};

/// A workflow. All places name chunks ([`crate::rule::Owner::Nth`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Workflow {
    pub triggers: Triggers,
    /// The key `jobs`.
    pub place: Option<Place>,
    pub jobs: Vec<Job>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Job {
    pub id: String,
    /// Its id, where it is defined.
    pub place: Place,
    pub name: Option<Text>,
    pub needs: Vec<Text>,
    pub condition: Option<Condition>,
    /// The name of the environment, or what an expression makes of it.
    pub environment: Option<Text>,
    /// A workflow that is called.
    pub uses: Option<Text>,
    pub matrix: bool,
    /// Something in it looks at how the jobs that it needs have ended.
    pub asks_results: bool,
    /// It runs in a container, or on a machine of its own.
    pub special: bool,
    /// Where its commands run, where it says so.
    pub directory: Option<String>,
    pub steps: Vec<Step>,
    /// What it does as a whole: by calling another workflow.
    pub deeds: Vec<Deed>,
    /// `continue-on-error`.
    pub ignored: Option<Ignored>,
    /// Adds names to `needs`.
    pub edit: Edit,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// What a reader knows it by: its name, else what it uses or runs.
    pub place: Place,
    pub name: Option<Text>,
    pub id: Option<String>,
    pub uses: Option<Text>,
    pub run: Option<Text>,
    pub condition: Option<Condition>,
    pub directory: Option<String>,
    pub script: Script,
    pub deeds: Vec<Deed>,
    /// Where a failure of it is ignored.
    pub ignored: Vec<Ignored>,
    /// Adds a step behind it.
    pub edit: Edit,
}

impl Workflow {
    pub fn job(&self, id: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.id == id)
    }

    /// The jobs that a job waits for, of which each must have succeeded: those that it needs, and those that these need. A job
    /// that runs whatever happened passes nothing on.
    pub fn gates<'a>(&'a self, job: &'a Job) -> Vec<&'a Job> {
        let mut found: Vec<&Job> = Vec::new();
        let mut open = vec![job];
        while let Some(job) = open.pop() {
            if job.runs_after_failures() {
                continue;
            }
            for needed in job.needs.iter().filter_map(|id| self.job(&id.value())) {
                if !found.iter().any(|known| known.id == needed.id) {
                    found.push(needed);
                    open.push(needed);
                }
            }
        }
        found
    }

    /// All jobs on whose ends a job waits, whether they must have succeeded or not.
    pub fn ancestors<'a>(&'a self, job: &'a Job) -> Vec<&'a Job> {
        let mut found: Vec<&Job> = Vec::new();
        let mut open = vec![job];
        while let Some(job) = open.pop() {
            for needed in job.needs.iter().filter_map(|id| self.job(&id.value())) {
                if !found.iter().any(|known| known.id == needed.id) {
                    found.push(needed);
                    open.push(needed);
                }
            }
        }
        found
    }

    /// Whether a job waits for another one, however far.
    pub fn waits(&self, job: &Job, other: &Job) -> bool {
        self.ancestors(job).iter().any(|known| known.id == other.id)
    }
}

impl Job {
    /// Whether it runs though a job that it needs has failed, and nothing in it looks at how that ended.
    pub fn runs_after_failures(&self) -> bool {
        let condition = self.condition.as_ref();
        !self.asks_results && condition.is_some_and(Condition::runs_after_failures)
    }

    /// All that it does, with the step that does it.
    pub fn deeds(&self) -> impl Iterator<Item = (Option<usize>, &Deed)> {
        let own = self.deeds.iter().map(|deed| (None, deed));
        let steps = self.steps.iter().enumerate();
        own.chain(steps.flat_map(|(at, step)| {
            let deeds = step.deeds.iter();
            deeds.map(move |deed| (Some(at), deed))
        }))
    }

    /// The conditions under which a step of it runs, or the job itself.
    pub fn conditions(&self, step: Option<usize>) -> impl Iterator<Item = &Condition> {
        let step = step.and_then(|at| self.steps.get(at));
        let of_step = step.and_then(|step| step.condition.as_ref());
        self.condition.iter().chain(of_step)
    }

    /// The words of its id and its name.
    pub fn words(&self) -> Vec<String> {
        let name = self.name.as_ref().map(|name| name.value().into_owned());
        words(&[&*self.id, &name.unwrap_or_default()].join(" "))
    }

    /// A cluster that lives as long as the job: what is rolled out there reaches nobody.
    pub fn has_cluster(&self) -> bool {
        let brings =
            |step: &Step| {
                let uses = step.uses.as_ref().map(|uses| uses.value().into_owned());
                let uses = uses.unwrap_or_default();
                const ACTIONS: &[&str] = &["kind", "k3d", "k3s", "minikube", "microk8s"];
                let by_action = words(&uses).iter().any(|word| ACTIONS.contains(&&**word));
                by_action
                    || step.script.commands.iter().any(|command| {
                        matches!(command.name(), "kind" | "k3d" | "minikube" | "ctlptl")
                    })
            };
        self.steps.iter().any(brings)
    }
}

/// The words of a name, in small letters.
pub fn words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}
