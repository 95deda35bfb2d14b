//! What a worker does for one document: bring its analysis up to the text, then answer what was asked of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use harden_engine::chunk::Chunks;
use harden_engine::document::Analysis;
use harden_engine::file::File;
use harden_engine::fix::apply::Choice;
use harden_engine::project::Workspace;
use harden_engine::rule::Finding;
use ropey::Rope;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tower_lsp::lsp_types::{
    CodeAction, CodeActionResponse, CompletionResponse, Hover, InlayHint, Position, Range, Url,
};

use super::actions::{self, Repair, Wanted};
use super::diagnostics::{self, Others, Said, View};
use super::hints;
use super::hover;
use super::project::{Member, Telling};
use super::publish::Fragment;
use super::session::Message;
use super::settings::{Settings, Text};
use super::support::Support;

/// Rounds in which a document follows what others tell while it is looked at. It is asked again afterwards in any case.
const MOST_ROUNDS: usize = 3;

/// A question about an open document.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) uri: Url,
    pub(super) ask: Ask,
}

#[derive(Debug)]
pub(super) enum Ask {
    Actions {
        range: Range,
        wanted: Wanted,
        reply: oneshot::Sender<CodeActionResponse>,
    },
    /// An action is chosen whose edit was left for later.
    Resolve {
        wanted: Box<CodeAction>,
        reply: oneshot::Sender<CodeAction>,
    },
    /// All fixes, or all safe ones, as one edit.
    FixAll {
        choice: Choice,
        reply: oneshot::Sender<Option<Repair>>,
    },
    Hover {
        position: Position,
        reply: oneshot::Sender<Option<Hover>>,
    },
    Hints {
        range: Range,
        reply: oneshot::Sender<Vec<InlayHint>>,
    },
    /// Asked of configurations only.
    Complete {
        position: Position,
        reply: oneshot::Sender<Option<CompletionResponse>>,
    },
}

/// All that a worker needs; the analysis is moved, so that nobody else can look at it half-way.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) uri: Url,
    pub(super) version: i32,
    pub(super) epoch: u64,
    /// When the text became what it is.
    pub(super) moment: u64,
    pub(super) rope: Rope,
    /// Where it lies on disk; of an untitled document its name.
    pub(super) path: PathBuf,
    pub(super) file: Arc<File>,
    pub(super) chunks: Chunks,
    pub(super) settings: Arc<Settings>,
    pub(super) analysed: Option<Box<Analysed>>,
    /// Whether the analysis is behind the text.
    pub(super) update: bool,
    /// Whether other files have changed.
    pub(super) again: bool,
    pub(super) asks: Vec<Ask>,
    pub(super) support: Support,
    pub(super) workspace: Arc<Workspace>,
    /// Where the document lies in the project.
    pub(super) member: Option<Member>,
    pub(super) telling: Arc<Telling>,
}

/// The state of a document in which a question is answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now<'a> {
    pub(super) view: View<'a>,
    pub(super) version: i32,
    pub(super) path: &'a Path,
    pub(super) settings: &'a Settings,
    pub(super) workspace: &'a Workspace,
}

/// An analysis with its findings, as the user is told them.
#[derive(Debug)]
pub(super) struct Analysed {
    pub(super) analysis: Analysis,
    pub(super) findings: Vec<Finding>,
    /// Of the last clean text of chunks that are broken at present.
    pub(super) retained: Vec<Finding>,
    /// What was made of them. It cannot be made anew for a comparison: places in other files move with their texts.
    said: Said,
}

#[derive(Debug)]
pub(super) struct Done {
    pub(super) uri: Url,
    pub(super) epoch: u64,
    /// When the text that was looked at became what it is.
    pub(super) moment: u64,
    pub(super) outcome: Outcome,
}

#[derive(Debug)]
pub(super) enum Outcome {
    Analysed {
        analysed: Box<Analysed>,
        /// `None` where the text had not changed.
        diagnostics: Option<Vec<Fragment>>,
    },
    /// The analysis is lost. `afresh`: it had been made from nothing.
    Panicked { afresh: bool },
}

/// Do a job, and send what comes of it as soon as it is there.
pub(super) fn run(job: Job, post: &UnboundedSender<Message>) {
    let (uri, epoch) = (job.uri.clone(), job.epoch);
    let (file, member, workspace) = (job.file.clone(), job.member.clone(), job.workspace.clone());
    let (rope, moment, telling) = (job.rope.clone(), job.moment, job.telling.clone());
    let afresh = job.analysed.is_none();
    let edited = afresh || job.update;
    // The analysis is moved in and does not come out of a panic, so nothing half-done is seen again.
    let outcome =
        catch_unwind(AssertUnwindSafe(|| analyse(job))).unwrap_or(Outcome::Panicked { afresh });
    // The others are told only after this document's own findings are on their way.
    let parts = match (&outcome, &member) {
        (Outcome::Analysed { analysed, .. }, Some(_)) if edited => {
            Some(analysed.analysis.parts().collect())
        }
        _ => None,
    };
    // Sending fails only while the process is going away.
    let _ = post.send(Message::Done(Done {
        uri,
        epoch,
        moment,
        outcome,
    }));
    if let (Some(parts), Some(member)) = (parts, member) {
        let hold = || workspace.hold(&member.path, file, parts, rope);
        // A fact that cannot be read is as it was.
        let hold = || catch_unwind(AssertUnwindSafe(hold)).unwrap_or(false);
        if let Some(changed) = telling.tell(&member, moment, hold) {
            let _ = post.send(Message::Told { member, changed });
        }
    }
}

fn analyse(mut job: Job) -> Outcome {
    let settings = &*job.settings;
    let update = job.update || job.analysed.is_none();
    let mut analysed = job.analysed.take().unwrap_or_else(|| {
        Box::new(Analysed {
            analysis: Analysis::new(&settings.engine, job.file.clone()),
            findings: Vec::new(),
            retained: Vec::new(),
            said: Said::default(),
        })
    });
    let now = Now {
        view: View {
            uri: &job.uri,
            rope: &job.rope,
            support: job.support,
            others: job.member.as_ref().map(|member| Others {
                folder: &member.folder,
                workspace: &job.workspace,
            }),
        },
        version: job.version,
        path: &job.path,
        settings,
        workspace: &job.workspace,
    };
    let diagnostics = (update || job.again).then_some(()).and_then(|()| {
        let text = String::from(&job.rope);
        let (mut findings, mut retained, mut said) = Default::default();
        for _ in 0..MOST_ROUNDS {
            let revision = job.workspace.revision();
            let (engine, chunks) = (&settings.engine, job.chunks.list());
            let analysis = &mut analysed.analysis;
            analysis.update(engine, &job.workspace, &job.rope, chunks);
            let text = Text {
                file: &job.file,
                path: &job.path,
                text: &text,
                broken: analysed.analysis.parts().any(|(_, part)| part.broken()),
            };
            findings = settings.settle(&text, analysed.analysis.findings());
            retained = settings.settle_retained(&text, analysed.analysis.retained());
            let before = (&*analysed.findings, &analysed.said);
            said = diagnostics::all(now.view, &findings, &retained, before);
            // Places in other files were looked up in what these told at the same time.
            if job.workspace.revision() == revision {
                break;
            }
        }
        (analysed.findings, analysed.retained) = (findings, retained);
        let before = std::mem::replace(&mut analysed.said, said);
        // What is shown already is not shown twice.
        let new = update || before.fragments != analysed.said.fragments;
        new.then(|| analysed.said.fragments.clone())
    });
    for ask in job.asks {
        // A reply whose receiver is gone was cancelled.
        match ask {
            Ask::Actions {
                range,
                wanted,
                reply,
            } if !reply.is_closed() => {
                let _ = reply.send(actions::answer(&now, &analysed, range, &wanted));
            }
            Ask::Hover { position, reply } if !reply.is_closed() => {
                let _ = reply.send(hover::answer(now.view, &analysed, position));
            }
            Ask::Hints { range, reply } if !reply.is_closed() => {
                let _ = reply.send(hints::answer(&now, &analysed, range));
            }
            Ask::Resolve { wanted, reply } if !reply.is_closed() => {
                let _ = reply.send(actions::resolve(&now, &analysed, *wanted));
            }
            Ask::FixAll { choice, reply } if !reply.is_closed() => {
                let _ = reply.send(actions::repair(&now, &analysed, choice));
            }
            Ask::Actions { .. }
            | Ask::Hints { .. }
            | Ask::Hover { .. }
            | Ask::Resolve { .. }
            | Ask::FixAll { .. }
            | Ask::Complete { .. } => {}
        }
    }
    Outcome::Analysed {
        analysed,
        diagnostics,
    }
}
