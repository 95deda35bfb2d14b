//! Commands: what a client runs by name, with `workspace/executeCommand`.
//!
//! A command posts to the actor before anything else, as every handler does. What it then asks of the client is awaited in
//! a task of its own: the handler may be cancelled, and the client's answer must still have somebody to take it.

mod lock;
mod report;
mod workspace;

use std::path::PathBuf;

use harden_engine::file::Kind;
use harden_engine::fix::apply::Choice;
use harden_engine::output;
use harden_engine::rule::Rule;
use harden_engine::rules;
use harden_engine::work::Work;
use ropey::Rope;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tower_lsp::Client;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{
    ClientInfo, ExecuteCommandParams, MessageType, ShowDocumentParams, Url, WorkspaceEdit,
};

use super::preferences::Preferences;
use super::session::Message;
use super::support::Support;
use super::work::{Ask, Request};

const FIX_WORKSPACE: &str = "harden.fixWorkspace";
const FIX_FILE_UNSAFE: &str = "harden.fixFileUnsafe";
/// With the name of a rule.
pub(super) const OPEN_DOCS: &str = "harden.openDocs";
/// With the address of a file of requirements.
pub(super) const LOCK: &str = "harden.lockWithHashes";
const RELOAD: &str = "harden.reloadConfiguration";
const REPORT: &str = "harden.debugReport";

/// All commands, as they are told to the client.
pub(super) fn names() -> Vec<String> {
    [
        FIX_WORKSPACE,
        FIX_FILE_UNSAFE,
        OPEN_DOCS,
        LOCK,
        RELOAD,
        REPORT,
    ]
    .map(String::from)
    .into()
}

/// What a command needs of the actor.
#[derive(Debug)]
pub(super) enum Command {
    /// Read the configuration anew.
    Reload(oneshot::Sender<Facts>),
    Tell(oneshot::Sender<Facts>),
}

/// What the actor knows.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) support: Support,
    /// The client's name and version, as it gives them.
    pub(super) program: Option<ClientInfo>,
    pub(super) folders: Vec<(PathBuf, Preferences)>,
    pub(super) configurations: Vec<PathBuf>,
    pub(super) documents: Vec<Opened>,
    pub(super) running: usize,
    pub(super) workers: usize,
    pub(super) epoch: u64,
}

/// An open document.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) uri: Url,
    pub(super) version: i32,
    /// `None` for a file that no rule is about.
    pub(super) kind: Option<Kind>,
    /// Its text is not the client's: an edit made of it would go astray.
    pub(super) lost: bool,
    /// What its analysis has cost; `None` while it is under way.
    pub(super) work: Option<Work>,
    pub(super) panicked: Vec<&'static str>,
    pub(super) rope: Rope,
}

/// Run a command to its end.
pub(super) async fn run(
    post: &UnboundedSender<Message>,
    client: &Client,
    params: ExecuteCommandParams,
) -> Result<Option<Value>> {
    let first = params.arguments.into_iter().next().unwrap_or_default();
    let client = client.clone();
    let task = match params.command.as_str() {
        FIX_WORKSPACE => {
            let facts = tell(post, Command::Tell);
            tokio::spawn(async move {
                let facts = facts.await.map_err(|_| Error::internal_error())?;
                let support = facts.support;
                let plan = tokio::task::spawn_blocking(move || workspace::plan(&facts)).await;
                let plan = match plan.map_err(|_| Error::internal_error())? {
                    Ok(Some(plan)) => plan,
                    Ok(None) => return Ok(Some(json!({"applied": true, "files": 0, "fixes": 0}))),
                    Err(reason) => return Ok(Some(json!({"applied": false, "reason": reason}))),
                };
                let mut answer = apply(&client, support, plan.edit).await;
                answer["files"] = plan.files.into();
                answer["fixes"] = plan.fixes.into();
                answer["rules"] = plan.rules;
                Ok(Some(answer))
            })
        }
        FIX_FILE_UNSAFE => {
            let uri = address(&first)?;
            let (reply, repair) = oneshot::channel();
            let choice = Choice::Unsafe;
            let ask = Ask::FixAll { choice, reply };
            let _ = post.send(Message::Request(Request { uri, ask }));
            let facts = tell(post, Command::Tell);
            tokio::spawn(async move {
                let repair = repair.await.ok().flatten();
                let support = facts.await.map_err(|_| Error::internal_error())?.support;
                let Some(repair) = repair else {
                    return Ok(Some(json!({"applied": false, "fixes": 0})));
                };
                let fixes = repair.made.len();
                let mut answer = apply(&client, support, repair.edit).await;
                answer["fixes"] = fixes.into();
                Ok(Some(answer))
            })
        }
        OPEN_DOCS => {
            let rule = first.as_str().and_then(rules::find);
            let rule = rule.ok_or_else(|| Error::invalid_params("no rule is named so"))?;
            let facts = tell(post, Command::Tell);
            tokio::spawn(async move {
                let facts = facts.await.map_err(|_| Error::internal_error())?;
                Ok(Some(open_docs(&client, facts.support, rule).await))
            })
        }
        LOCK => {
            let file = address(&first)?.to_file_path();
            let file = file.map_err(|()| Error::invalid_params("the file must lie on disk"))?;
            let facts = tell(post, Command::Tell);
            let post = post.clone();
            tokio::spawn(async move {
                let facts = facts.await.map_err(|_| Error::internal_error())?;
                Ok(Some(lock::run(post, &client, facts.support, file).await))
            })
        }
        RELOAD => {
            let facts = tell(post, Command::Reload);
            tokio::spawn(async move {
                let facts = facts.await.map_err(|_| Error::internal_error())?;
                Ok(Some(json!({"configurations": facts.configurations})))
            })
        }
        REPORT => {
            let facts = tell(post, Command::Tell);
            tokio::spawn(async move {
                let facts = facts.await.map_err(|_| Error::internal_error())?;
                Ok(Some(report::report(&facts)))
            })
        }
        other => {
            return Err(Error::invalid_params(format!(
                "no command is named `{other}`"
            )));
        }
    };
    // Dropped when the request is cancelled, which lets the task go on.
    task.await.unwrap_or_else(|_| Err(Error::internal_error()))
}

/// The document that a command is about: its address, or an object that holds it.
fn address(argument: &Value) -> Result<Url> {
    let written = argument.as_str().or_else(|| argument["uri"].as_str());
    let uri = written.and_then(|uri| Url::parse(uri).ok());
    uri.ok_or_else(|| Error::invalid_params("the first argument must be the address of a file"))
}

fn tell(
    post: &UnboundedSender<Message>,
    command: fn(oneshot::Sender<Facts>) -> Command,
) -> oneshot::Receiver<Facts> {
    let (reply, facts) = oneshot::channel();
    // Fails only while the process is going away.
    let _ = post.send(Message::Command(command(reply)));
    facts
}

/// Show the page of a rule; where the client opens no pages, say where it is.
async fn open_docs(client: &Client, support: Support, rule: &'static Rule) -> Value {
    let address = output::address(rule);
    let mut shown = false;
    if support.shows_documents
        && let Ok(uri) = Url::parse(&address)
    {
        let wish = ShowDocumentParams {
            uri,
            external: Some(true),
            take_focus: None,
            selection: None,
        };
        shown = client.show_document(wish).await.unwrap_or(false);
    }
    if !shown {
        let (name, summary) = (rule.name, rule.summary());
        let said = format!("{name}: {summary}\n{address}");
        client.show_message(MessageType::INFO, said).await;
    }
    json!({"rule": rule.name, "address": address, "shown": shown, "text": output::explanation(rule)})
}

/// Let the client make an edit, and say whether it did.
async fn apply(client: &Client, support: Support, edit: WorkspaceEdit) -> Value {
    if !support.applies_edits {
        return json!({"applied": false, "reason": "this editor makes no edits that it did not ask for"});
    }
    match client.apply_edit(edit).await {
        Ok(answer) if answer.applied => json!({"applied": true}),
        Ok(answer) => json!({"applied": false, "reason": answer.failure_reason}),
        Err(error) => json!({"applied": false, "reason": error.message}),
    }
}
