//! Diagnostics that the client asks for, instead of being sent them.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use tokio::sync::oneshot;
use tower_lsp::lsp_types::{
    FullDocumentDiagnosticReport, ProgressToken, Url, WorkspaceDiagnosticReport,
    WorkspaceDiagnosticReportPartialResult, WorkspaceDiagnosticReportResult,
    WorkspaceDocumentDiagnosticReport, WorkspaceFullDocumentDiagnosticReport,
};

use super::publish::{Fragment, push_list};

/// What a file shows, with an id by which the client can say that it has it already.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Report {
    pub(super) items: Vec<Fragment>,
    pub(super) id: String,
}

impl Report {
    pub(super) fn new(items: Vec<Fragment>) -> Report {
        let mut hasher = DefaultHasher::new();
        items.hash(&mut hasher);
        Report {
            id: format!("{:016x}", hasher.finish()),
            items,
        }
    }

    /// The same with what else is shown of the file.
    pub(super) fn with(&self, more: &[Fragment]) -> Report {
        if more.is_empty() {
            return self.clone();
        }
        Report::new([&self.items, more].concat())
    }

    fn full(self) -> FullDocumentDiagnosticReport {
        FullDocumentDiagnosticReport {
            result_id: Some(self.id),
            items: self.items.iter().filter_map(Fragment::diagnostic).collect(),
        }
    }

    /// For a client that last had `previous`: a `DocumentDiagnosticReport`, as JSON.
    fn answer(&self, previous: Option<&str>) -> String {
        let id = &self.id;
        if previous == Some(id) {
            return format!(r#"{{"kind":"unchanged","resultId":"{id}"}}"#);
        }
        let mut report = format!(r#"{{"kind":"full","resultId":"{id}","items":"#);
        push_list(&mut report, &self.items);
        report.push('}');
        report
    }
}

/// A question for the diagnostics of one file.
#[derive(Debug)]
pub(super) struct Pull {
    pub(super) previous: Option<String>,
    /// Takes the result as JSON.
    pub(super) reply: oneshot::Sender<String>,
}

impl Pull {
    pub(super) fn answer(self, report: &Report) {
        // Fails when the question was cancelled.
        let _ = self.reply.send(report.answer(self.previous.as_deref()));
    }
}

/// A question for the diagnostics of all files that are not open. It stays until there is something to say.
#[derive(Debug)]
pub(super) struct WorkspacePull {
    /// What the client has, by file.
    pub(super) previous: HashMap<Url, String>,
    /// Where parts of the answer may go.
    pub(super) token: Option<ProgressToken>,
    pub(super) reply: oneshot::Sender<WorkspaceDiagnosticReportResult>,
    /// What has not been sent yet.
    items: Vec<WorkspaceDocumentDiagnosticReport>,
    /// Whether a part was sent.
    begun: bool,
    /// The state of the index that has been looked at.
    pub(super) seen: Option<u64>,
}

/// Files in one part of an answer.
const PART: usize = 100;

impl WorkspacePull {
    pub(super) fn new(
        previous: HashMap<Url, String>,
        token: Option<ProgressToken>,
        reply: oneshot::Sender<WorkspaceDiagnosticReportResult>,
    ) -> WorkspacePull {
        WorkspacePull {
            previous,
            token,
            reply,
            items: Vec::new(),
            begun: false,
            seen: None,
        }
    }

    /// A file shows this now.
    pub(super) fn shows(&mut self, uri: &Url, report: &Report) {
        let known = self.previous.get(uri);
        if known == Some(&report.id) || known.is_none() && report.items.is_empty() {
            return;
        }
        self.previous.insert(uri.clone(), report.id.clone());
        self.say(uri.clone(), report.clone().full());
    }

    /// Files that show nothing any more: those that `still` does not know.
    pub(super) fn retain(&mut self, still: impl Fn(&Url) -> bool) {
        let gone: Vec<Url> = self
            .previous
            .keys()
            .filter(|uri| !still(uri))
            .cloned()
            .collect();
        for uri in gone {
            self.previous.remove(&uri);
            self.say(uri, FullDocumentDiagnosticReport::default());
        }
    }

    fn say(&mut self, uri: Url, report: FullDocumentDiagnosticReport) {
        let said = WorkspaceFullDocumentDiagnosticReport {
            uri,
            version: None,
            full_document_diagnostic_report: report,
        };
        self.items
            .push(WorkspaceDocumentDiagnosticReport::Full(said));
    }

    pub(super) fn is_closed(&self) -> bool {
        self.reply.is_closed()
    }

    /// Whether there is something to say.
    pub(super) fn speaks(&self) -> bool {
        self.begun || !self.items.is_empty()
    }

    /// The parts that can be sent before the answer.
    pub(super) fn parts(&mut self) -> Vec<Part> {
        let Some(token) = &self.token else {
            return Vec::new();
        };
        let mut parts = Vec::new();
        while !self.items.is_empty() {
            let rest = self.items.split_off(self.items.len().min(PART));
            let items = std::mem::replace(&mut self.items, rest);
            parts.push(Part {
                token: token.clone(),
                value: WorkspaceDiagnosticReportPartialResult { items },
            });
        }
        self.begun |= !parts.is_empty();
        parts
    }

    /// The end of the answer.
    pub(super) fn finish(self) {
        let report = WorkspaceDiagnosticReport { items: self.items };
        // Fails when the question was cancelled.
        let _ = self
            .reply
            .send(WorkspaceDiagnosticReportResult::Report(report));
    }
}

/// A part of an answer, as `$/progress` brings it. The type that tower-lsp brings knows only the progress of work.
#[derive(Debug, serde::Serialize)]
pub(super) struct Part {
    token: ProgressToken,
    value: WorkspaceDiagnosticReportPartialResult,
}
