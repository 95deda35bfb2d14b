//! Progress of long work, for clients that show it.

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tower_lsp::Client;
use tower_lsp::lsp_types::notification::Progress as Notification;
use tower_lsp::lsp_types::request::WorkDoneProgressCreate;
use tower_lsp::lsp_types::{
    NumberOrString, ProgressParams, ProgressParamsValue, WorkDoneProgress, WorkDoneProgressBegin,
    WorkDoneProgressCreateParams, WorkDoneProgressEnd, WorkDoneProgressReport,
};

/// Says how far some work has got; the work is over when this is dropped.
#[derive(Debug)]
pub(super) struct Progress(UnboundedSender<(usize, usize)>);

impl Progress {
    /// `token` is nobody else's.
    pub(super) fn start(client: Client, token: String, title: &'static str) -> Progress {
        let (sender, mut queue) = unbounded_channel::<(usize, usize)>();
        tokio::spawn(async move {
            let token = NumberOrString::String(token);
            let create = WorkDoneProgressCreateParams {
                token: token.clone(),
            };
            let created = client.send_request::<WorkDoneProgressCreate>(create).await;
            if created.is_err() {
                return;
            }
            let say = |value| {
                client.send_notification::<Notification>(ProgressParams {
                    token: token.clone(),
                    value: ProgressParamsValue::WorkDone(value),
                })
            };
            say(WorkDoneProgress::Begin(WorkDoneProgressBegin {
                title: title.into(),
                cancellable: Some(false),
                message: None,
                percentage: Some(0),
            }))
            .await;
            let mut shown = 0;
            while let Some((done, all)) = queue.recv().await {
                let percentage = (done * 100 / all.max(1)) as u32;
                if percentage == shown {
                    continue;
                }
                shown = percentage;
                say(WorkDoneProgress::Report(WorkDoneProgressReport {
                    cancellable: None,
                    message: Some(format!("{done} of {all} files")),
                    percentage: Some(percentage),
                }))
                .await;
            }
            say(WorkDoneProgress::End(WorkDoneProgressEnd::default())).await;
        });
        Progress(sender)
    }

    pub(super) fn report(&self, done: usize, all: usize) {
        // Fails where the client wants no progress.
        let _ = self.0.send((done, all));
    }
}
