//! What the engine's tests share: a workspace of texts is checked and fixed by one function each.

pub(crate) mod markdown;

use std::path::Path;
use std::sync::Arc;

use harden_engine::check::Rules;
use harden_engine::chunk::Chunks;
use harden_engine::document::{Analysis, Engine};
use harden_engine::file::File;
use harden_engine::fix::{View, render};
use harden_engine::model::Part;
use harden_engine::project::{Workspace, facts};
use harden_engine::rule::{Finding, Fix, Policy, Safety};
use harden_engine::text::{Edit, Span};
use harden_engine::work::Work;

/// A workspace: names (with `/`) and texts.
pub(crate) type Files = Vec<(String, String)>;

/// What the engine says of one file of a workspace.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) file: Arc<File>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) parts: Vec<(usize, Arc<Part>)>,
}

impl Checked {
    pub(crate) fn broken(&self) -> bool {
        self.parts.iter().any(|(_, part)| part.broken())
    }
    /// What a user sees of the findings.
    fn shown(&self) -> Vec<(&'static str, Span, &str, usize)> {
        let findings = self.findings.iter();
        findings
            .map(|f| (f.rule.name, f.span(), f.message.as_str(), f.fixes.len()))
            .collect()
    }
    /// 1-based.
    pub(crate) fn line(&self, span: Span) -> usize {
        self.text[..span.start as usize].split('\n').count()
    }
    pub(crate) fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }
}

/// All rules' findings in each file that the engine knows how to read.
pub(crate) fn check(files: &Files) -> Vec<Checked> {
    let engine = Engine::new(Rules::new(harden_engine::rules::all()), Policy::default());
    let classified = files.iter().map(|(name, text)| classify(name, text, files));
    let classified: Vec<Option<File>> = classified.collect();
    let mut project = Workspace::default();
    for ((name, text), file) in files.iter().zip(&classified) {
        if let Some(file) = file {
            project.set(Path::new(name), facts(file, text));
        }
    }
    project.set_complete();
    let read = |((name, text), file): (&(String, String), Option<File>)| {
        let file = Arc::new(file?);
        let analyse = |chunks: Chunks| {
            let mut analysis = Analysis::new(&engine, file.clone());
            analysis.update(&engine, &project, text.as_str(), chunks.list());
            Checked {
                name: name.clone(),
                text: text.clone(),
                findings: analysis.findings(),
                parts: analysis.parts().collect(),
                file: file.clone(),
            }
        };
        let language = file.kind.language();
        let checked = analyse(Chunks::cut(language, text, &mut Work::default()));
        let whole = analyse(Chunks::whole(language, text));
        if !checked.broken() && !whole.broken() {
            assert_eq!(
                checked.shown(),
                whole.shown(),
                "by chunk and as a whole: {name}"
            );
        }
        Some(checked)
    };
    files.iter().zip(classified).filter_map(read).collect()
}

/// The workspace after the preferred fixes of all findings that `wanted` names, until nothing changes.
pub(crate) fn fixed(files: &Files, wanted: impl Fn(&Finding, &Fix) -> bool) -> Files {
    let mut files = files.clone();
    for _ in 0..10 {
        let before = files.clone();
        for checked in check(&before) {
            let view = View {
                file: &checked.file,
                text: &checked.text,
                parts: &checked.parts,
            };
            let mut edits: Vec<Edit> = Vec::new();
            for finding in &checked.findings {
                let Some(fix) = preferred(finding).filter(|fix| wanted(finding, fix)) else {
                    continue;
                };
                let Ok(new) = render(&view, fix) else {
                    continue;
                };
                let clash = |new: &Edit| {
                    edits
                        .iter()
                        .any(|old| old != new && old.span.meets(new.span))
                };
                if !new.iter().any(clash) {
                    edits.extend(new);
                }
            }
            let text = apply(&checked.text, edits);
            if let Some(file) = files.iter_mut().find(|(name, _)| *name == checked.name) {
                file.1 = text;
            }
        }
        if files == before {
            return files;
        }
    }
    panic!("fixes do not settle: {files:#?}");
}

/// The fix that is made when a finding is fixed without asking which.
pub(crate) fn preferred(finding: &Finding) -> Option<&Fix> {
    finding
        .fixes
        .iter()
        .find(|fix| fix.preferred && fix.disabled.is_none())
}

pub(crate) fn is_safe(_: &Finding, fix: &Fix) -> bool {
    fix.safety == Safety::Safe
}

fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.span);
    edits.dedup();
    let mut text = text.to_string();
    for edit in edits.iter().rev() {
        text.replace_range(edit.span.range(), &edit.text);
    }
    text
}

fn classify(name: &str, text: &str, files: &Files) -> Option<File> {
    let path = Path::new(name);
    let names = files.iter().map(|(name, _)| Path::new(name));
    let siblings: Vec<String> = names
        .filter(|other| other.parent() == path.parent())
        .filter_map(|other| Some(other.file_name()?.to_str()?.to_string()))
        .collect();
    File::classify(path, text, &siblings)
}
