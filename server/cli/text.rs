//! Findings as people read them in a terminal.

use annotate_snippets::renderer::{AnsiColor, Style};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use harden_engine::output::{Lines, Secrets, slashed};
use harden_engine::project::Workspace;
use harden_engine::rule::{Finding, Fix, Related, Safety, Severity};
use harden_engine::text::Span;

use super::excerpt::{excerpt, rows};

/// Related places of one finding that are shown; the others are counted.
const MOST_RELATED: usize = 4;
/// Lines that one excerpt may have for showing a related place together with the finding.
const TOGETHER: usize = 8;

/// The findings of one file, coloured; whoever prints strips that where it is not wanted.
pub(super) fn render(
    path: &str,
    text: &str,
    findings: &[Finding],
    secrets: &Secrets,
    workspace: &Workspace,
) -> String {
    let lines = Lines::new(text);
    let page = Page {
        path,
        text,
        lines: &lines,
        secrets,
        workspace,
    };
    let mut out = String::new();
    for finding in findings {
        out.push_str(&page.finding(finding));
        out.push_str("\n\n");
    }
    out
}

struct Page<'a> {
    path: &'a str,
    text: &'a str,
    lines: &'a Lines<'a>,
    secrets: &'a Secrets<'a>,
    workspace: &'a Workspace,
}

impl Page<'_> {
    fn finding(&self, finding: &Finding) -> String {
        let (level, renderer) = dress(finding.severity);
        let name = finding.severity.name();
        let title = level
            .with_name(name)
            .primary_title(self.plain(&finding.message))
            .id(finding.rule.name);
        let (here, elsewhere): (Vec<&Related>, Vec<&Related>) = finding
            .related
            .iter()
            .partition(|related| related.file.is_none());

        let mut shown = rows(self.lines, finding.span());
        let mut near = Vec::new();
        let mut far = Vec::new();
        for related in here {
            let own = rows(self.lines, related.place.span);
            let both = shown.start.min(own.start)..shown.end.max(own.end);
            if both.len() <= TOGETHER {
                shown = both;
                near.push(related);
            } else {
                far.push(related);
            }
        }
        let mut group = if self.text.is_empty() {
            title.element(annotate_snippets::Origin::path(self.path))
        } else {
            title.element(self.snippet(shown, Some(finding.span()), &near))
        };
        for related in far.iter().take(MOST_RELATED) {
            let rows = rows(self.lines, related.place.span);
            group = group.element(self.snippet(rows, None, &[related]));
        }
        for related in elsewhere.iter().take(MOST_RELATED) {
            let message = format!(
                "{}: {}",
                self.elsewhere(related),
                self.plain(&related.message)
            );
            group = group.element(Level::NOTE.message(message));
        }
        let more =
            far.len().saturating_sub(MOST_RELATED) + elsewhere.len().saturating_sub(MOST_RELATED);
        if more > 0 {
            group = group.element(Level::NOTE.message(format!("and {more} more places")));
        }
        for fix in &finding.fixes {
            group = group.element(Level::HELP.message(self.help(fix)));
        }
        renderer.render(&[group])
    }

    /// Where a related place in another file lies: its path, and its line and column where they are known.
    fn elsewhere(&self, related: &Related) -> String {
        let Some(file) = related.file.as_deref() else {
            return self.path.to_owned();
        };
        match self.workspace.locate(file, &related.place) {
            Some((text, span)) => {
                let at = Lines::new(&text).position(span.start as usize);
                format!("{}:{}:{}", slashed(file), at.line, at.column)
            }
            None => slashed(file),
        }
    }

    fn snippet(
        &self,
        rows: std::ops::Range<usize>,
        primary: Option<Span>,
        related: &[&Related],
    ) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
        let spans: Vec<Span> = primary
            .into_iter()
            .chain(related.iter().map(|related| related.place.span))
            .collect();
        let made = excerpt(self.text, self.lines, self.secrets, rows, &spans);
        let mut marks = made.spans.into_iter();
        let mut annotations = Vec::new();
        if primary.is_some() {
            annotations.extend(marks.next().map(|mark| AnnotationKind::Primary.span(mark)));
        }
        for (related, mark) in related.iter().zip(marks) {
            let label = self.plain(&related.message);
            annotations.push(AnnotationKind::Context.span(mark).label(label));
        }
        Snippet::source(made.source)
            .line_start(made.first_line)
            .path(self.path)
            .annotations(annotations)
    }

    fn help(&self, fix: &Fix) -> String {
        let title = self.plain(&fix.title);
        match (&fix.disabled, fix.safety) {
            (Some(reason), _) => format!("{title} (not here: {})", self.plain(reason)),
            (None, _) if !fix.preferred => format!("{title} (by hand or in an editor)"),
            (None, Safety::Safe) => format!("{title} (safe fix)"),
            (None, Safety::Unsafe) => format!("{title} (unsafe fix)"),
        }
    }

    /// A message without secrets and without what would steer the terminal.
    fn plain(&self, message: &str) -> String {
        self.secrets
            .hide(message)
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect()
    }
}

fn dress(severity: Severity) -> (Level<'static>, Renderer) {
    let renderer = Renderer::styled();
    let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into())).bold();
    match severity {
        Severity::Critical | Severity::High => {
            (Level::ERROR, renderer.error(colour(AnsiColor::BrightRed)))
        }
        Severity::Medium => (Level::WARNING, renderer.warning(colour(AnsiColor::Yellow))),
        Severity::Low => (Level::INFO, renderer.info(colour(AnsiColor::BrightCyan))),
        Severity::Info => (Level::NOTE, renderer.note(colour(AnsiColor::BrightBlack))),
    }
}
