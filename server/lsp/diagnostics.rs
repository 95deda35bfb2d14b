//! Findings → diagnostics.

use std::path::Path;
use std::sync::LazyLock;

use dashmap::DashMap;
use harden_engine::output::address;
use harden_engine::project::Workspace;
use harden_engine::rule::{Finding, Related, Rule, Severity};
use ropey::Rope;
use serde_json::json;
use tower_lsp::lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location,
    NumberOrString, Range, Url,
};

use super::convert;
use super::publish::Fragment;
use super::support::Support;
use crate::files::absolute;

/// Findings that may have gone between two that stayed.
const NEAR: usize = 8;

/// Where diagnostics are made for.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) uri: &'a Url,
    pub(super) rope: &'a Rope,
    pub(super) support: Support,
    /// `None` for a document outside of all folders.
    pub(super) others: Option<Others<'a>>,
}

/// The other files of a document's folder.
#[derive(Debug, Clone, Copy)]
pub(super) struct Others<'a> {
    pub(super) folder: &'a Path,
    pub(super) workspace: &'a Workspace,
}

impl Others<'_> {
    /// Where a file of the project lies.
    pub(super) fn uri(&self, path: &Path) -> Option<Url> {
        Url::from_file_path(absolute(self.folder, path)).ok()
    }
}

/// All that a document shows, and where.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Of fresh findings, then of those kept of the last clean text of chunks that are broken at present.
    pub(super) fragments: Vec<Fragment>,
    /// The ranges of the fresh ones.
    ranges: Vec<Range>,
}

/// Say these findings. What was said before of the same finding at the same place is not made again.
pub(super) fn all(
    view: View,
    findings: &[Finding],
    retained: &[Finding],
    before: (&[Finding], &Said),
) -> Said {
    let (known, said) = before;
    let mut said_again = 0;
    let mut now = Said::default();
    for finding in findings {
        let range = convert::range(view.rope, finding.span(), view.support.encoding);
        // Both are in the order of the text, so the same one is not far.
        let near = said_again..known.len().min(said.ranges.len()).min(said_again + NEAR);
        let same = |at: &usize| said.ranges[*at] == range && says_the_same(&known[*at], finding);
        now.fragments.push(match near.into_iter().find(same) {
            Some(at) => {
                said_again = at + 1;
                said.fragments[at].clone()
            }
            None => Fragment::new(&one(view, finding)),
        });
        now.ranges.push(range);
    }
    let data = view.support.diagnostic_data;
    now.fragments.extend(retained.iter().map(|finding| {
        Fragment::new(&Diagnostic {
            data: data.then(|| json!({"retained": true})),
            ..one(view, finding)
        })
    }));
    now
}

/// Whether two findings make the same diagnostic, if they are at the same place. Related places may have moved.
fn says_the_same(a: &Finding, b: &Finding) -> bool {
    std::ptr::eq(a.rule, b.rule)
        && a.severity == b.severity
        && a.related.is_empty()
        && b.related.is_empty()
        && a.message == b.message
}

pub(super) fn one(view: View, finding: &Finding) -> Diagnostic {
    let View {
        uri,
        rope,
        support,
        others,
    } = view;
    let range = |span| convert::range(rope, span, support.encoding);
    let location = |related: &Related| match &related.file {
        None => Some(Location::new(uri.clone(), range(related.place.span))),
        Some(file) => {
            let (text, span) = others?.workspace.locate(file, &related.place)?;
            let range = convert::range(&Rope::from_str(&text), span, support.encoding);
            Some(Location::new(others?.uri(file)?, range))
        }
    };
    let related: Vec<DiagnosticRelatedInformation> = finding
        .related
        .iter()
        .filter(|_| support.related_information)
        .filter_map(|related| {
            Some(DiagnosticRelatedInformation {
                location: location(related)?,
                message: related.message.clone(),
            })
        })
        .collect();
    let href = support
        .code_description
        .then(|| page(finding.rule))
        .flatten();
    Diagnostic {
        range: range(finding.span()),
        severity: Some(severity(finding.severity)),
        code: Some(NumberOrString::String(finding.rule.name.into())),
        code_description: href.map(|href| CodeDescription { href }),
        source: Some("harden".into()),
        message: finding.message.clone(),
        related_information: (!related.is_empty()).then_some(related),
        tags: None,
        // The code says the rule, and actions are made from the analysis: nothing more has to travel.
        data: None,
    }
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Critical | Severity::High => DiagnosticSeverity::ERROR,
        Severity::Medium => DiagnosticSeverity::WARNING,
        Severity::Low => DiagnosticSeverity::INFORMATION,
        Severity::Info => DiagnosticSeverity::HINT,
    }
}

/// Where the rule's docs are. Made once a rule, since parsing an address costs more than the rest of a diagnostic.
fn page(rule: &'static Rule) -> Option<Url> {
    static PAGES: LazyLock<DashMap<&'static str, Option<Url>>> = LazyLock::new(DashMap::new);
    let made = PAGES
        .entry(rule.name)
        .or_insert_with(|| Url::parse(&address(rule)).ok());
    made.clone()
}
