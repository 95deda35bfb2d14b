//! The JSON format: stable, since scripts read it. Lines and columns are 1-based, columns in Unicode characters, the end
//! exclusive.

use serde::{Serialize, Serializer};

use super::{HIDDEN, Lines, Position, Secrets};
use crate::fix::Rendered;
use crate::project::Workspace;
use crate::rule::{self, Fix, Severity};
use crate::text::{Edit, Span};

#[derive(Debug, Serialize)]
pub struct Finding {
    /// Relative, with `/` between its parts.
    pub file: String,
    #[serde(serialize_with = "name")]
    pub rule: &'static rule::Rule,
    pub area: &'static str,
    #[serde(serialize_with = "severity")]
    pub severity: Severity,
    pub message: String,
    pub fingerprint: String,
    pub range: Range,
    pub also: Vec<&'static str>,
    pub related: Vec<Related>,
    pub fixes: Vec<Alternative>,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub struct Range {
    pub start: Position,
    pub end: Position,
}

#[derive(Debug, Serialize)]
pub struct Related {
    pub file: String,
    pub range: Range,
    pub message: String,
}

#[derive(Debug, Serialize)]
pub struct Alternative {
    pub title: String,
    pub safety: &'static str,
    pub preferred: bool,
    /// Why the fix cannot be made here.
    pub disabled: Option<String>,
    pub edits: Vec<Replacement>,
}

#[derive(Debug, Serialize)]
pub struct Replacement {
    pub file: String,
    /// Whether the file is made by the edit.
    pub create: bool,
    pub range: Range,
    pub text: String,
    /// The text holds a secret that is not shown: the edit is no use to a program.
    pub redacted: bool,
}

impl Finding {
    /// Visit every path that the finding names.
    pub fn each_file(&mut self, mut visit: impl FnMut(&mut String)) {
        visit(&mut self.file);
        for related in &mut self.related {
            visit(&mut related.file);
        }
        for edit in self.fixes.iter_mut().flat_map(|fix| &mut fix.edits) {
            visit(&mut edit.file);
        }
    }
}

/// A rule, for `harden rules`.
#[derive(Debug, Serialize)]
pub struct Rule {
    pub name: &'static str,
    pub area: &'static str,
    pub severity: &'static str,
    pub minutes: u32,
    /// Not asked unless it is selected.
    pub off: bool,
    pub also: &'static [&'static str],
    pub fix: &'static str,
    pub summary: &'static str,
}

/// The findings of one file, with their [`super::fingerprints`]. `render` gives the edits of a fix; `workspace` has the
/// other files that they speak of. The other formats for programs are made of what this returns, so that a place is
/// resolved and a secret is hidden once.
pub fn findings(
    path: &str,
    text: &str,
    findings: &[rule::Finding],
    prints: Vec<String>,
    secrets: &Secrets,
    workspace: &Workspace,
    render: impl Fn(&Fix) -> Result<Rendered, String>,
) -> Vec<Finding> {
    let lines = Lines::new(text);
    let range = |lines: &Lines, span: Span| Range {
        start: lines.position(span.start as usize),
        end: lines.position(span.end as usize),
    };
    let related = |related: &rule::Related| {
        let message = secrets.hide(&related.message).into_owned();
        let Some(file) = &related.file else {
            return Related {
                file: path.to_owned(),
                range: range(&lines, related.place.span),
                message,
            };
        };
        // A file that is gone by now is named by its head.
        let (text, span) = workspace.locate(file, &related.place).unwrap_or_default();
        Related {
            file: super::slashed(file),
            range: range(&Lines::new(&text), span),
            message,
        }
    };
    let replacement = |file: &str, create: bool, lines: &Lines, edit: Edit| {
        let shown = secrets.hide_anywhere(&edit.text);
        Replacement {
            file: file.to_owned(),
            create,
            range: range(lines, edit.span),
            redacted: *shown != *edit.text || shown.contains(HIDDEN),
            text: shown.into_owned(),
        }
    };
    let replacements = |rendered: Rendered| -> Vec<Replacement> {
        let own = rendered.own.into_iter();
        let mut all: Vec<Replacement> = own
            .map(|edit| replacement(path, false, &lines, edit))
            .collect();
        for other in rendered.others {
            let (name, create) = (super::slashed(&other.path), other.before.is_none());
            let before = other.before.unwrap_or_default();
            let lines = Lines::new(&before);
            let edits = other.edits.into_iter();
            all.extend(edits.map(|edit| replacement(&name, create, &lines, edit)));
        }
        all
    };
    let alternative = |finding: &rule::Finding, fix: &Fix| {
        let (edits, disabled) = match render(fix) {
            Ok(rendered) => (replacements(rendered), None),
            Err(reason) => (Vec::new(), Some(secrets.hide(&reason).into_owned())),
        };
        Alternative {
            title: secrets.hide(&fix.title).into_owned(),
            safety: fix.safety.name(),
            preferred: finding
                .preferred()
                .is_some_and(|first| std::ptr::eq(first, fix)),
            disabled,
            edits,
        }
    };
    findings
        .iter()
        .zip(prints)
        .map(|(finding, fingerprint)| Finding {
            file: path.to_owned(),
            rule: finding.rule,
            area: finding.rule.area.name(),
            severity: finding.severity,
            message: secrets.hide(&finding.message).into_owned(),
            fingerprint,
            range: range(&lines, finding.span()),
            also: finding.also.clone(),
            related: finding.related.iter().map(related).collect(),
            fixes: finding
                .fixes
                .iter()
                .map(|fix| alternative(finding, fix))
                .collect(),
        })
        .collect()
}

// A trait of serde wants the reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn severity<S: Serializer>(severity: &Severity, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(severity.name())
}

fn name<S: Serializer>(rule: &&'static rule::Rule, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(rule.name)
}
