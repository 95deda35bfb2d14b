//! Workflows and what they call: which jobs test, scan and deploy, scripts and other workflows of the project looked into.

mod around;
mod calls;

use std::path::{Path, PathBuf};

use super::{Fact, Question, Source, View, Workspace};
use crate::file::Kind;
use crate::model::workflow::{Condition, Job, Reach, What, Workflow};

pub use around::Need;

impl Fact for Workflow {
    fn read(source: &Source) -> Option<Workflow> {
        source
            .is(Kind::Workflow)
            .then(|| Workflow::read(&source.parts(Kind::Workflow, |_| true)))
    }
}

/// How sure one can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sure {
    #[default]
    No,
    /// It calls what nobody can look into.
    Maybe,
    Yes,
}

impl Sure {
    fn yes(is: bool) -> Sure {
        if is { Sure::Yes } else { Sure::No }
    }
}

/// What something does in the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Does {
    pub tests: Sure,
    /// Tests from end to end are run.
    pub e2e: Sure,
    /// pytest runs all that its configuration lets through.
    pub configured: bool,
    /// Known flaws are looked for in what is required.
    pub scans: Sure,
    pub deploys: bool,
    /// It waits for the other checks of a commit.
    pub waits: bool,
}

impl Does {
    const UNKNOWN: Does = Does {
        tests: Sure::Maybe,
        e2e: Sure::Maybe,
        configured: false,
        scans: Sure::Maybe,
        deploys: false,
        waits: false,
    };

    pub fn and(self, other: Does) -> Does {
        Does {
            tests: self.tests.max(other.tests),
            e2e: self.e2e.max(other.e2e),
            configured: self.configured || other.configured,
            scans: self.scans.max(other.scans),
            deploys: self.deploys || other.deploys,
            waits: self.waits || other.waits,
        }
    }

    /// Whether tests gate what comes after it, for all that one knows.
    pub fn gates(&self) -> bool {
        self.tests > Sure::No || self.waits
    }

    fn tests(e2e: Sure) -> Does {
        Does {
            tests: Sure::Yes,
            e2e,
            ..Does::default()
        }
    }

    fn plain(what: &What) -> Option<Does> {
        Some(match what {
            What::Test(Reach::EndToEnd) => Does::tests(Sure::Yes),
            What::Test(Reach::Apart) => Does::tests(Sure::No),
            What::Test(Reach::Unknown) => Does::tests(Sure::Maybe),
            What::Test(Reach::Configured) => Does {
                configured: true,
                ..Does::tests(Sure::No)
            },
            What::Scan { dependencies } => Does {
                scans: Sure::yes(*dependencies),
                ..Does::default()
            },
            What::Deploy(_) => Does {
                deploys: true,
                ..Does::default()
            },
            What::Waits => Does {
                waits: true,
                ..Does::default()
            },
            What::Calls(_) => return None,
        })
    }
}

/// The folder of the repository that a workflow belongs to.
pub fn repository(workflow: &Path) -> &Path {
    workflow.ancestors().nth(3).unwrap_or(Path::new(""))
}

/// What does a deed do that calls something, in a folder of a repository?
#[derive(Debug)]
struct InTheEnd {
    repository: PathBuf,
    folder: Option<String>,
    what: What,
}

impl Question for InTheEnd {
    type Answer = Does;
    fn answer(&self, workspace: &Workspace) -> Does {
        let look = calls::Look::new(workspace, &self.repository);
        look.at(&self.what, self.folder.as_deref(), calls::DEPTH)
    }
}

/// What all jobs of a workflow do.
fn of_workflow(look: &calls::Look, workflow: &Workflow, depth: usize) -> Does {
    let jobs = workflow.jobs.iter().filter(|job| !job.is_off());
    jobs.flat_map(|job| {
        let deeds = job.deeds();
        deeds.map(move |(step, deed)| look.at(&deed.what, folder(job, step).as_deref(), depth))
    })
    .fold(Does::default(), Does::and)
}

/// Where a step's commands run.
fn folder(job: &Job, step: Option<usize>) -> Option<String> {
    let step = step.and_then(|at| job.steps.get(at));
    let own = step.and_then(|step| step.directory.clone());
    own.or_else(|| job.directory.clone())
}

impl Job {
    /// Its condition never holds.
    fn is_off(&self) -> bool {
        self.condition.as_ref().is_some_and(Condition::never)
    }
}

impl View<'_> {
    /// What a deed of a workflow's job does in the end.
    pub fn does(&self, workflow: &Path, job: &Job, step: Option<usize>, what: &What) -> Does {
        Does::plain(what).unwrap_or_else(|| {
            self.ask(InTheEnd {
                repository: repository(workflow).to_path_buf(),
                folder: folder(job, step),
                what: what.clone(),
            })
        })
    }

    /// What a job of a workflow does in the end.
    pub fn job_does(&self, workflow: &Path, job: &Job) -> Does {
        let deeds = job.deeds();
        deeds
            .map(|(step, deed)| self.does(workflow, job, step, &deed.what))
            .fold(Does::default(), Does::and)
    }
}
