//! What rules may ask about the other files of the project.
//!
//! A [`Question`] is answered from [`Fact`]s: what a file tells, without offsets, so that most edits change none. Every
//! question that is asked while a part is visited is recorded with the digest of its answer, as [`crate::outside`] does
//! within a file; a part is asked again only when an answer that it was given has changed.
//!
//! A question is never about the asking file itself: that is what the part and its `Outside` are for.

mod build_context;
mod ci;
mod compose;
mod conf;
mod coverage;
mod covered;
mod dependencies;
mod entry;
mod env_file;
mod fact;
mod files;
mod folder;
mod gunicorn;
mod ignored;
mod known_secrets;
mod license;
mod linters;
mod logging;
mod mounted;
mod parts;
mod platform;
mod pools;
mod privacy;
mod prometheus;
mod pytest;
mod python;
mod requires;
mod scripts;
mod secrets;
mod signing;
mod stack;
mod unit;
mod versions;
mod web;

use std::cell::RefCell;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3Default;

pub use build_context::Sent;
pub use ci::{Does, Need, Sure, repository};
pub use compose::{Built, Chain, InChain};
pub use conf::Conf;
pub use coverage::{Commands, CoverageHome};
pub use dependencies::{Locked, Use};
pub use entry::{Run, Started};
pub use fact::{Fact, Known, Source, Workspace};
pub use files::{Content, Files, Texts};
pub use folder::Listing;
pub use gunicorn::Gunicorn;
pub use ignored::Ignored;
pub use license::{Licenses, Under};
pub use linters::Passed;
pub use mounted::{Deployed, Image, Spot};
pub use pools::Pool;
pub use privacy::Stored;
pub use prometheus::{Alerts, Exporter, Named};
pub use pytest::{MarkerIs, Plugins, Tests, Told};
pub use python::Elsewhere;
pub use scripts::Counts;
pub use secrets::Checked;
pub use stack::{Run as StackRun, Stack};
pub use unit::{Unit, is_apart, is_code};
pub use versions::Admitted;
pub(crate) use web::is_trial;
pub use web::{Body, Open, OpenRoute, Other, Reached, Usable};

/// A question about the project, named by a type; its answer has a digest.
pub trait Question: Debug + Send + Sync + 'static {
    type Answer: Hash;
    fn answer(&self, workspace: &Workspace) -> Self::Answer;
}

/// The project as one part of a file sees it: what it asks is written down.
#[derive(Debug)]
pub struct View<'a> {
    workspace: &'a Workspace,
    heard: RefCell<Vec<Heard>>,
}

impl<'a> View<'a> {
    pub fn new(workspace: &'a Workspace) -> View<'a> {
        View {
            workspace,
            heard: RefCell::default(),
        }
    }

    pub fn ask<Q: Question>(&self, question: Q) -> Q::Answer {
        let answer = question.answer(self.workspace);
        self.heard.borrow_mut().push(Heard {
            digest: digest(&answer),
            question: Arc::new(question),
        });
        answer
    }

    /// Whether there are other files at all.
    pub fn is_alone(&self) -> bool {
        self.workspace.is_alone()
    }

    /// What was asked, with what was heard.
    pub fn into_heard(self) -> Vec<Heard> {
        self.heard.into_inner()
    }

    /// The folder of a file: what its own references are relative to.
    pub fn folder(file: &Path) -> &Path {
        file.parent().unwrap_or(Path::new(""))
    }
}

/// A question that was asked, and the digest of the answer.
#[derive(Debug, Clone)]
pub struct Heard {
    question: Arc<dyn Recorded>,
    digest: u64,
}

impl Heard {
    /// Whether the answer would be the same now.
    pub fn holds(&self, workspace: &Workspace) -> bool {
        self.question.digest(workspace) == self.digest
    }
}

trait Recorded: Debug + Send + Sync {
    fn digest(&self, workspace: &Workspace) -> u64;
}

impl<Q: Question> Recorded for Q {
    fn digest(&self, workspace: &Workspace) -> u64 {
        digest(&self.answer(workspace))
    }
}

pub(crate) fn digest(value: &impl Hash) -> u64 {
    let mut hasher = Xxh3Default::new();
    value.hash(&mut hasher);
    hasher.finish()
}
