//! Actions that repair: the fixes of one finding, of all findings of a rule, and all at once.

use harden_engine::batch;
use harden_engine::fix::apply::{Choice, Made, Reading};
use harden_engine::fix::{self, Elsewhere, diff, elsewhere};
use harden_engine::rule::{Finding, Fix, Safety};
use harden_engine::rules::deps::no_hashes;
use harden_engine::text::Edit;
use tower_lsp::lsp_types::{
    CodeAction, CodeActionDisabled, CodeActionKind, Command, WorkspaceEdit,
};

use super::later::{Later, What};
use super::{FIX_ALL, Making, edits};
use crate::cli::lock;
use crate::lsp::commands::LOCK;
use crate::lsp::diagnostics;
use crate::lsp::settings::Text;

/// What many fixes come to.
#[derive(Debug)]
pub(in crate::lsp) struct Repair {
    pub(in crate::lsp) edit: WorkspaceEdit,
    pub(in crate::lsp) made: Vec<Made>,
}

/// Above so many rules at one place, a client that cannot ask for edits later is not offered to fix all of each.
const MOST_RULES: usize = 4;

/// All fixes of one finding, the preferred one first; those that cannot be made last, with the reason.
pub(super) fn quick(making: &Making, finding: &Finding) -> Vec<CodeAction> {
    let support = making.now.view.support;
    let view = fix::View {
        file: making.file,
        text: &making.text,
        parts: &making.parts,
        workspace: making.now.workspace,
    };
    let diagnostic = diagnostics::one(making.now.view, finding);
    let mut preferred = true;
    let mut actions = Vec::new();
    for fix in &finding.fixes {
        let edit = fix::render(&view, fix)
            .and_then(|rendered| edits::with_others(making.now, rendered.own, &rendered.others));
        let (edit, disabled) = match edit {
            Ok(edit) => (Some(edit), None),
            Err(reason) if support.disabled_actions => (None, Some(CodeActionDisabled { reason })),
            Err(_) => continue,
        };
        let first = fix.preferred && disabled.is_none() && std::mem::take(&mut preferred);
        actions.push(CodeAction {
            title: title(fix),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![diagnostic.clone()]),
            edit,
            is_preferred: first.then_some(true),
            disabled,
            ..CodeAction::default()
        });
    }
    actions
}

/// What no edit can do: a command, where what it runs is installed.
pub(super) fn by_command(making: &Making, finding: &Finding) -> Option<CodeAction> {
    if !std::ptr::eq(finding.rule, &no_hashes::RULE) {
        return None;
    }
    let uri = making.now.view.uri;
    let found = lock::tool(&uri.to_file_path().ok()?);
    let (title, disabled) = match found {
        Some((tool, _)) => (
            format!("Lock with hashes into requirements.lock (runs {tool})"),
            None,
        ),
        None => {
            let reason =
                "neither `uv` nor `pip-compile` is installed outside of the project".into();
            let title = "Lock with hashes into requirements.lock".to_owned();
            (title, Some(CodeActionDisabled { reason }))
        }
    };
    if disabled.is_some() && !making.now.view.support.disabled_actions {
        return None;
    }
    Some(CodeAction {
        command: disabled.is_none().then(|| Command {
            title: title.clone(),
            command: LOCK.into(),
            arguments: Some(vec![uri.to_string().into()]),
        }),
        title,
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostics::one(making.now.view, finding)]),
        disabled,
        ..CodeAction::default()
    })
}

fn title(fix: &Fix) -> String {
    match fix.safety {
        Safety::Safe => fix.title.clone(),
        Safety::Unsafe => format!("{} (unsafe)", fix.title),
    }
}

/// For each rule with a finding here and others that can be fixed like it: one action for all of them.
pub(super) fn of_rules(making: &Making, here: &[&Finding]) -> Vec<CodeAction> {
    let fixable = |finding: &&&Finding| finding.preferred().is_some();
    let mut rules: Vec<&'static str> = here
        .iter()
        .filter(fixable)
        .map(|finding| finding.rule.name)
        .collect();
    rules.sort_unstable();
    rules.dedup();
    let later = making.now.view.support.resolves_edits;
    if !later && (making.automatic || rules.len() > MOST_RULES) {
        return Vec::new();
    }
    let action = |rule: &'static str| {
        let all = making.analysed.findings.iter();
        let all = all.filter(|finding| finding.rule.name == rule);
        let fixes: Vec<&Fix> = all.filter_map(Finding::preferred).collect();
        if fixes.len() < 2 {
            return None;
        }
        let safe = fixes.iter().all(|fix| fix.safety == Safety::Safe);
        let note = if safe { "" } else { " (unsafe)" };
        let what = What::Rule(rule.to_owned());
        Some(CodeAction {
            title: format!("Fix all {} of {rule} in this file{note}", fixes.len()),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(
                here.iter()
                    .filter(|finding| finding.rule.name == rule)
                    .map(|finding| diagnostics::one(making.now.view, finding))
                    .collect(),
            ),
            ..making.finish(what)?
        })
    };
    rules.into_iter().filter_map(action).collect()
}

/// One action with one edit for the whole document, wherever the cursor is. It changes no other file: it is made whenever
/// somebody saves.
pub(super) fn all(making: &Making) -> Option<CodeAction> {
    let safe = |fix: &Fix| Choice::Safe.takes(fix.safety);
    let fixes = |finding: &&Finding| finding.preferred().is_some_and(safe);
    let mut findings = making.analysed.findings.iter().filter(fixes);
    findings
        .any(|finding| stays(making, finding))
        .then_some(())?;
    Some(CodeAction {
        title: "Fix all that is safe to fix".into(),
        kind: Some(FIX_ALL),
        ..making.finish(What::All)?
    })
}

impl Making<'_> {
    /// An action with its edit, or with what is needed to make it later. `None` where it would change nothing.
    fn finish(&self, what: What) -> Option<CodeAction> {
        if self.now.view.support.resolves_edits {
            return Some(Later::new(self.now, what).action());
        }
        Some(CodeAction {
            edit: Some(self.edit(&what)?),
            ..CodeAction::default()
        })
    }

    /// The edit of an action that is made of many fixes.
    pub(super) fn edit(&self, what: &What) -> Option<WorkspaceEdit> {
        let fixed = match what {
            What::All => fix_all(self, Choice::Safe, |finding| stays(self, finding)),
            What::Rule(rule) => fix_all(self, Choice::Unsafe, |finding| finding.rule.name == rule),
        };
        Some(repair(self, fixed?)?.edit)
    }
}

/// Everything, with what it needs of other files.
pub(super) fn everything(making: &Making, choice: Choice) -> Option<Repair> {
    repair(making, fix_all(making, choice, |_| true)?)
}

fn repair(making: &Making, fixed: Fixed) -> Option<Repair> {
    let edit = edits::with_others(making.now, fixed.own, &fixed.others).ok()?;
    Some(Repair {
        edit,
        made: fixed.made,
    })
}

/// Whether the preferred fix of a finding leaves all other files as they are.
fn stays(making: &Making, finding: &Finding) -> bool {
    let needs = |fix: &Fix| {
        let (workspace, path) = (making.now.workspace, &making.file.path);
        elsewhere::render(workspace, path, &elsewhere::needs(fix))
    };
    let preferred = finding.preferred();
    preferred.is_some_and(|fix| needs(fix).is_ok_and(|others| others.is_empty()))
}

struct Fixed {
    own: Vec<Edit>,
    others: Vec<Elsewhere>,
    made: Vec<Made>,
}

/// The fixes of the findings that are `taken`, round after round. `None` where nothing changes.
fn fix_all(making: &Making, choice: Choice, taken: impl Fn(&Finding) -> bool) -> Option<Fixed> {
    let (settings, workspace, file) = (making.now.settings, making.now.workspace, making.file);
    let fixed = fix::apply::fix(file, workspace, &making.text, choice, |text| {
        let analysis = batch::analyse(&settings.engine, workspace, file, text);
        let parts: Vec<_> = analysis.parts().collect();
        let of = Text {
            file,
            path: making.now.path,
            text,
            broken: parts.iter().any(|(_, part)| part.broken()),
        };
        let mut findings = settings.settle(&of, analysis.findings());
        findings.retain(&taken);
        Reading { findings, parts }
    });
    let own = diff::minimal(&making.text, &fixed.text);
    let others = elsewhere::render(workspace, &file.path, &fixed.needs).ok()?;
    (!own.is_empty() || !others.is_empty()).then_some(Fixed {
        own,
        others,
        made: fixed.applied,
    })
}
