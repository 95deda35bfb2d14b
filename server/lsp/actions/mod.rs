//! Code actions: what can be done about the findings at a place, and about all of a document.
//!
//! [`fixes`] repairs, [`suppress`] silences, [`edits`] writes both as the client takes them, and [`later`] makes edits that
//! the client asks for when it needs them. The order of the answer is the order of the menu.

mod edits;
mod fixes;
mod later;
mod rotate;
mod suppress;

use std::sync::Arc;

use harden_engine::file::{File, Kind};
use harden_engine::fix::apply::Choice;
use harden_engine::model::Part;
use harden_engine::rule::Finding;
use tower_lsp::lsp_types::{
    CodeAction, CodeActionContext, CodeActionKind, CodeActionOrCommand, CodeActionResponse,
    CodeActionTriggerKind, Range,
};

use super::convert;
use super::work::{Analysed, Now};
pub(super) use edits::{Change, Why, together};
pub(super) use fixes::Repair;
pub(super) use later::{resolve, waits_for};

const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.harden");

pub(super) fn kinds() -> Vec<CodeActionKind> {
    vec![CodeActionKind::QUICKFIX, rotate::KIND, FIX_ALL]
}

/// Which actions the client wants. Its diagnostics are never looked at: clients send few, old, or none.
#[derive(Debug)]
pub(super) struct Wanted {
    only: Option<Vec<CodeActionKind>>,
    /// Nobody asked: the cursor moved.
    automatic: bool,
}

impl Wanted {
    pub(super) fn read(context: &CodeActionContext) -> Wanted {
        Wanted {
            only: context.only.clone(),
            automatic: context.trigger_kind == Some(CodeActionTriggerKind::AUTOMATIC),
        }
    }

    /// Kinds are paths: who wants `source` gets `source.fixAll.harden`.
    pub(super) fn wants(&self, kind: &CodeActionKind) -> bool {
        let within = |outer: &CodeActionKind| {
            outer.as_str().is_empty()
                || kind
                    .as_str()
                    .strip_prefix(outer.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        match &self.only {
            Some(only) => only.iter().any(within),
            // Fixing all takes longer than a light bulb may, and is listed only where somebody opens the menu.
            None => *kind != FIX_ALL || !self.automatic,
        }
    }
}

pub(super) fn answer(
    now: &Now,
    analysed: &Analysed,
    range: Range,
    wanted: &Wanted,
) -> CodeActionResponse {
    let asked = convert::span(now.view.rope, range, now.view.support.encoding);
    // Both ends count: a cursor behind the last letter is at the finding.
    let here = |finding: &&Finding| {
        let span = finding.span();
        span.start <= asked.end && asked.start <= span.end
    };
    let quick = wanted.wants(&CodeActionKind::QUICKFIX);
    let findings = analysed.findings.iter().filter(|_| quick);
    let here: Vec<&Finding> = findings.filter(here).collect();
    let all = wanted.wants(&FIX_ALL) && !analysed.findings.is_empty();
    let secrets = wanted.wants(&rotate::KIND) && analysed.analysis.file().kind == Kind::Dotenv;
    if here.is_empty() && !all && !secrets {
        return Vec::new();
    }
    let making = Making::new(now, analysed, wanted.automatic);
    let quick = here
        .iter()
        .flat_map(|finding| fixes::quick(&making, finding));
    let mut actions: Vec<CodeAction> = quick.collect();
    actions.sort_by_key(|action| (action.disabled.is_some(), action.is_preferred.is_none()));
    actions.extend(
        here.iter()
            .find_map(|finding| fixes::by_command(&making, finding)),
    );
    actions.extend(fixes::of_rules(&making, &here));
    if secrets {
        actions.extend(rotate::offer(&making, asked, &here));
    }
    actions.extend(suppress::offer(&making, &here));
    if all {
        actions.extend(fixes::all(&making));
    }
    actions
        .into_iter()
        .map(CodeActionOrCommand::CodeAction)
        .collect()
}

/// Everything that can be fixed by such fixes, as one edit, with what it needs of other files.
pub(super) fn repair(now: &Now, analysed: &Analysed, choice: Choice) -> Option<Repair> {
    fixes::everything(&Making::new(now, analysed, false), choice)
}

/// A document whose actions are made.
struct Making<'a> {
    now: &'a Now<'a>,
    analysed: &'a Analysed,
    file: &'a Arc<File>,
    text: String,
    parts: Vec<(usize, Arc<Part>)>,
    automatic: bool,
}

impl Making<'_> {
    fn new<'a>(now: &'a Now<'a>, analysed: &'a Analysed, automatic: bool) -> Making<'a> {
        Making {
            now,
            analysed,
            file: analysed.analysis.file(),
            text: String::from(now.view.rope),
            parts: analysed.analysis.parts().collect(),
            automatic,
        }
    }
}
