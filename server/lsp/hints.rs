//! Inlay hints: behind a vulnerable version the one that repairs it.

use harden_engine::model::advisories::repaired;
use harden_engine::model::dependencies::Dependencies;
use harden_engine::rule::Finding;
use harden_engine::rules::deps::known_vulnerability;
use tower_lsp::lsp_types::{InlayHint, InlayHintLabel, InlayHintTooltip, Range};

use super::convert;
use super::work::{Analysed, Now};

/// One for each version in the range that a finding is about, so that what is silenced has none.
pub(super) fn answer(now: &Now, analysed: &Analysed, range: Range) -> Vec<InlayHint> {
    let file = analysed.analysis.file();
    if !file.kind.says_versions() {
        return Vec::new();
    }
    let view = now.view;
    let encoding = view.support.encoding;
    let asked = convert::span(view.rope, range, encoding);
    let here = |finding: &&Finding| {
        let span = finding.span();
        std::ptr::eq(finding.rule, &known_vulnerability::RULE)
            && span.start <= asked.end
            && asked.start <= span.end
    };
    let mut findings = analysed.findings.iter().filter(here).peekable();
    if findings.peek().is_none() {
        return Vec::new();
    }
    let parts: Vec<_> = analysed.analysis.parts().collect();
    let Some(said) = Dependencies::read(&file.path, file.kind, &parts) else {
        return Vec::new();
    };
    let hint = |finding: &Finding| {
        let mut list = said.list.iter();
        let dependency = list.find(|known| known.span == finding.span())?;
        let known = now.settings.engine.policy.advisories.of(&dependency.key);
        let to = repaired(&known, &dependency.allowed()?);
        let label = to.map_or("no repair".into(), |to| to.to_string());
        Some(InlayHint {
            position: convert::range(view.rope, finding.span(), encoding).end,
            label: InlayHintLabel::String(format!("→ {label}")),
            kind: None,
            text_edits: None,
            tooltip: Some(InlayHintTooltip::String(finding.message.clone())),
            padding_left: Some(true),
            padding_right: None,
            data: None,
        })
    };
    findings.filter_map(hint).collect()
}
