//! From stdin to the handlers and back: [`front`] (a thread that reads) → [`guard`] → tower-lsp's service → handlers, and by
//! whatever way → [`writer`] (a thread that writes).
//!
//! tower-lsp reads parameters, knows the methods, and is the way to ask the client. Its own transport is not used: it ends
//! with the first frame that it does not like, never on `exit`, and runs handlers in an order that nobody can rely on.

#[cfg(test)]
mod cuts;
mod frame;
mod front;
mod guard;
mod parent;
mod repair;
#[cfg(test)]
mod tests;
mod tidy;
mod writer;

use std::collections::VecDeque;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use dashmap::DashSet;
use futures_util::{FutureExt, Sink, SinkExt, StreamExt};
use serde_json::Value;
use tokio::sync::mpsc::{Receiver, UnboundedSender};
use tokio::task::JoinSet;
use tower_lsp::ClientSocket;
use tower_lsp::jsonrpc::{Id, Request, Response};
use tower_service::Service;

use super::session::Message;
use front::{Incoming, invalid_request};
use guard::{Answer, Guard, Reply};
pub(super) use tidy::RAW_DIAGNOSTIC;
pub(super) use writer::Writer;

/// How long answers under way may take once the client has left.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Serve until `exit`, or until the client goes away. The code is 0 if `shutdown` came before, else 1.
pub(super) async fn serve<S>(
    input: impl Read + Send + 'static,
    writer: Writer,
    service: S,
    socket: ClientSocket,
    post: UnboundedSender<Message>,
) -> u8
where
    S: Service<Request, Response = Option<Response>>,
    S::Future: Send + 'static,
{
    let (mut requests, answers) = socket.split();
    let asked = Arc::new(DashSet::new());
    let (out, ids) = (writer.clone(), asked.clone());
    tokio::spawn(async move {
        while let Some(request) = requests.next().await {
            if let Some(id) = request.id() {
                ids.insert(id.clone());
            }
            out.send(&request);
        }
    });
    let mut line = Line {
        guard: Guard::new(service, post),
        answers,
        asked,
        writer: writer.clone(),
        under_way: JoinSet::new(),
    };
    tokio::select! {
        () = line.run(front::start(input)) => {}
        () = writer.gone() => {}
    }
    u8::from(!line.guard.shut_down())
}

/// Where messages pass one after the other.
struct Line<S, A> {
    guard: Guard<S>,
    /// Where the client's answers go, and the requests that wait for one.
    answers: A,
    asked: Arc<DashSet<Id>>,
    writer: Writer,
    under_way: JoinSet<()>,
}

impl<S, A: Sink<Response> + Unpin> Line<S, A>
where
    S: Service<Request, Response = Option<Response>>,
    S::Future: Send + 'static,
{
    async fn run(&mut self, mut inbox: Receiver<Incoming>) {
        // What comes while `initialize` is under way is taken after it.
        let mut held = VecDeque::new();
        loop {
            let incoming = match held.pop_front() {
                Some(incoming) => Some(incoming),
                None => inbox.recv().await,
            };
            match incoming {
                None => return self.last_words().await,
                Some(Incoming::Exit) => return,
                Some(Incoming::Request(request)) if request.method() == "initialize" => {
                    let writer = self.writer.clone();
                    parent::watch(request.params(), move || writer.give_up());
                    let mut answer = self.guard.call(request);
                    loop {
                        tokio::select! {
                            biased;
                            answer = &mut answer => {
                                self.say(answer);
                                break;
                            }
                            incoming = inbox.recv() => match incoming {
                                Some(Incoming::Exit) => return,
                                Some(incoming) => held.push_back(incoming),
                                None => {
                                    // Nothing comes after it, so it can be waited for alone.
                                    self.say((&mut answer).await);
                                    break;
                                }
                            },
                        }
                    }
                }
                Some(Incoming::Request(request)) => {
                    let answer = self.guard.call(request);
                    self.begin(answer);
                }
                Some(Incoming::Answer(response)) => self.answered(response),
                Some(Incoming::Bare(id)) if self.asked.contains(&id) => {
                    self.answered(Response::from_ok(id, Value::Null));
                }
                Some(Incoming::Bare(id)) => {
                    let error = invalid_request("it has no method");
                    self.writer.send(&Response::from_error(id, error));
                }
                Some(Incoming::Refused(body)) => self.writer.send(&body),
                Some(Incoming::Desync(uri)) => self.guard.desync(uri),
            }
            while self.under_way.try_join_next().is_some() {}
        }
    }

    /// The client's answer to a request of ours. One that nobody has asked for, or that comes twice, is nobody's.
    fn answered(&mut self, response: Response) {
        if self.asked.remove(response.id()).is_none() {
            eprintln!("harden: an answer to nothing was dropped");
            return;
        }
        // tower-lsp panics where whoever asked has been cancelled.
        let give = || self.answers.start_send_unpin(response);
        let _ = catch_unwind(AssertUnwindSafe(give));
    }

    /// Let the handler do what it does before it waits for something, now; the rest of it apart.
    fn begin(&mut self, mut answer: Answer) {
        match (&mut answer).now_or_never() {
            Some(answer) => self.say(answer),
            None => {
                let writer = self.writer.clone();
                self.under_way.spawn(async move {
                    if let Some(reply) = answer.await {
                        writer.send_body(reply.body());
                    }
                });
            }
        }
    }

    fn say(&self, answer: Option<Reply>) {
        if let Some(reply) = answer {
            self.writer.send_body(reply.body());
        }
    }

    async fn last_words(&mut self) {
        let all = async { while self.under_way.join_next().await.is_some() {} };
        // Who has gone does not miss what takes longer.
        let _ = tokio::time::timeout(LAST_WORDS, all).await;
    }
}
