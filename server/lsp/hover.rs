//! Hover: what a rule says of itself, where it found something and where a comment names it, and why a file counts as
//! production.

use std::borrow::Cow;

use harden_engine::file::Kind;
use harden_engine::output::explanation;
use harden_engine::rule::Finding;
use harden_engine::suppress;
use ropey::Rope;
use tower_lsp::lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position};

use super::convert;
use super::diagnostics::View;
use super::work::Analysed;

/// The docs of the rules that found something here, or that a comment ignores; on the head of a compose file, what the file counts as.
pub(super) fn answer(view: View, analysed: &Analysed, position: Position) -> Option<Hover> {
    let encoding = view.support.encoding;
    let at = convert::offset(view.rope, position, encoding) as u32;
    let mut here: Vec<&Finding> = analysed
        .findings
        .iter()
        .filter(|finding| finding.span().start <= at && at <= finding.span().end)
        .collect();
    here.dedup_by_key(|finding| finding.rule.name);
    let mut texts: Vec<String> = here.iter().map(|finding| docs(finding)).collect();
    let file = analysed.analysis.file();
    let mut shown = here.first().map(|finding| finding.span());
    if here.is_empty() {
        let text = String::from(view.rope);
        let named = suppress::named(file.kind.language(), &text, at as usize);
        texts.extend(named.map(|(rule, _)| format!("**{}**\n\n{}", rule.name, explanation(rule))));
        shown = named.map(|(_, span)| span);
    }
    if file.kind == Kind::Compose && is_head(view.rope, position.line as usize) {
        texts.push(file.why_stage());
    }
    if texts.is_empty() {
        return None;
    }
    Some(Hover {
        contents: HoverContents::Markup(MarkupContent {
            kind: if view.support.markdown {
                MarkupKind::Markdown
            } else {
                MarkupKind::PlainText
            },
            value: texts.join("\n\n---\n\n"),
        }),
        range: shown.map(|span| convert::range(view.rope, span, encoding)),
    })
}

/// The first line of a compose file, or that of its `services` key.
fn is_head(rope: &Rope, line: usize) -> bool {
    line == 0
        || rope
            .get_line(line)
            .is_some_and(|line| Cow::from(line).starts_with("services:"))
}

fn docs(finding: &Finding) -> String {
    let (name, severity) = (finding.rule.name, finding.severity.name());
    format!("**{name}** · {severity}\n\n{}", explanation(finding.rule))
}
