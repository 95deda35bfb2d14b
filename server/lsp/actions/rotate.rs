//! A new secret for any of an environment file's, be there a finding or not.

use harden_engine::file::Kind;
use harden_engine::fix;
use harden_engine::model::token::is_template;
use harden_engine::rule::Finding;
use harden_engine::rules::env::rotate::rotations;
use harden_engine::text::Span;
use tower_lsp::lsp_types::{CodeAction, CodeActionDisabled, CodeActionKind};

use super::{Making, edits};

pub(super) const KIND: CodeActionKind = CodeActionKind::REFACTOR_REWRITE;

/// For the secrets of the lines that are asked about; those with a finding have it among their fixes already.
pub(super) fn offer(making: &Making, asked: Span, here: &[&Finding]) -> Vec<CodeAction> {
    if making.file.kind != Kind::Dotenv || is_template(&making.file.path) {
        return Vec::new();
    }
    let view = fix::View {
        file: making.file,
        text: &making.text,
        parts: &making.parts,
        workspace: making.now.workspace,
    };
    let mut actions = Vec::new();
    for rotation in rotations(&making.parts) {
        let line = rotation.entry;
        let asked_for = line.start <= asked.end && asked.start <= line.end;
        let found =
            |finding: &&Finding| finding.span() == rotation.secret && !finding.fixes.is_empty();
        if !asked_for || here.iter().any(found) {
            continue;
        }
        let rendered = fix::render(&view, &rotation.fix);
        let edit = rendered.and_then(|made| edits::with_others(making.now, made.own, &made.others));
        let (edit, disabled) = match edit {
            Ok(edit) => (Some(edit), None),
            Err(_) if !making.now.view.support.disabled_actions => continue,
            Err(reason) => (None, Some(CodeActionDisabled { reason })),
        };
        actions.push(CodeAction {
            title: rotation.fix.title,
            kind: Some(KIND),
            edit,
            disabled,
            ..CodeAction::default()
        });
    }
    actions
}
