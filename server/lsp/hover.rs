//! Hover: what a rule says of itself.

use harden_engine::rule::{Finding, Severity};
use tower_lsp::lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position};

use super::convert;
use super::diagnostics::View;
use super::work::Analysed;

pub(super) fn answer(view: View, analysed: &Analysed, position: Position) -> Option<Hover> {
    let encoding = view.support.encoding;
    let at = convert::offset(view.rope, position, encoding) as u32;
    let mut here: Vec<&Finding> = analysed
        .findings
        .iter()
        .filter(|finding| finding.span().start <= at && at <= finding.span().end)
        .collect();
    here.dedup_by_key(|finding| finding.rule.name);
    let first = here.first()?;
    let span = first.span();
    let texts: Vec<String> = here.iter().map(|finding| docs(finding)).collect();
    Some(Hover {
        contents: HoverContents::Markup(MarkupContent {
            kind: if view.support.markdown {
                MarkupKind::Markdown
            } else {
                MarkupKind::PlainText
            },
            value: texts.join("\n\n---\n\n"),
        }),
        range: Some(convert::range(view.rope, span, encoding)),
    })
}

fn docs(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
        Severity::Info => "info",
    };
    let name = finding.rule.name;
    format!("**{name}** · {severity}\n\n{}", plain(finding.rule.docs))
}

/// Without the words behind a fence's language, which are meant for the tests.
fn plain(docs: &str) -> String {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in docs.trim().lines() {
        let fence = line.trim_start().starts_with("```");
        let opens = fence && !inside;
        inside ^= fence;
        lines.push(match line.split_once(' ') {
            Some((language, _)) if opens => language,
            _ => line,
        });
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_fence_keeps_its_language_and_loses_its_role() {
        let docs = "Why.\n\n```yaml compose bad\na: b c\n```\n\n```python fixed\nx = 1\n```\n";
        assert_eq!(
            super::plain(docs),
            "Why.\n\n```yaml\na: b c\n```\n\n```python\nx = 1\n```"
        );
    }
}
