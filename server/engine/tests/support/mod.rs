//! What the engine's tests share: a workspace of texts is checked and fixed by one function each.

pub(crate) mod markdown;
pub(crate) mod real;
pub(crate) mod settle;
pub(crate) mod tokens;

use std::path::Path;
use std::sync::Arc;

use harden_engine::check::Rules;
use harden_engine::chunk::Chunks;
use harden_engine::document::{Analysis, Engine};
use harden_engine::file::File;
use harden_engine::fix::apply::{self, Choice, Reading};
use harden_engine::fix::elsewhere;
use harden_engine::model::Part;
use harden_engine::output::slashed;
use harden_engine::project::{Texts, Workspace};
use harden_engine::rule::{Finding, Policy};
use harden_engine::suppress::{Subject, suppress};
use harden_engine::text::Span;
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

fn project(files: &Files) -> Workspace {
    Workspace::new(files.iter().cloned().collect::<Texts>())
}

/// All rules' findings in each file that the engine knows how to read.
pub(crate) fn check(files: &Files) -> Vec<Checked> {
    let engine = Engine::new(Rules::new(harden_engine::rules::all()), Policy::default());
    let classified = files.iter().map(|(name, text)| classify(name, text, files));
    let classified: Vec<Option<File>> = classified.collect();
    let project = project(files);
    let read = |((name, text), file): (&(String, String), Option<File>)| {
        let file = Arc::new(file?);
        let analyse = |chunks: Chunks| {
            let mut analysis = Analysis::new(&engine, file.clone());
            analysis.update(&engine, &project, text.as_str(), chunks.list());
            let parts: Vec<_> = analysis.parts().collect();
            let subject = Subject {
                language: file.kind.language(),
                text,
                broken: parts.iter().any(|(_, part)| part.broken()),
                today: jiff::civil::date(2026, 1, 1),
            };
            Checked {
                name: name.clone(),
                text: text.clone(),
                findings: suppress(&subject, &engine.rules, analysis.findings()),
                parts,
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
    let checked = files.iter().zip(classified).filter_map(read).collect();
    assert_eq!(
        engine.rules.panicked(),
        [""; 0],
        "rules panicked on {files:?}"
    );
    checked
}

/// The workspace after the preferred fixes of all findings (of rules whose name starts so), until nothing changes.
pub(crate) fn fixed(files: &Files, rule: Option<&str>, choice: Choice) -> Files {
    let mut files = files.clone();
    for _ in 0..10 {
        let before = files.clone();
        for checked in check(&before) {
            let read = |text: &str| {
                let mut files = before.clone();
                put(&mut files, &checked.name, text);
                let found = check(&files)
                    .into_iter()
                    .find(|file| file.name == checked.name);
                let Checked {
                    mut findings,
                    parts,
                    ..
                } = found.unwrap();
                findings
                    .retain(|finding| rule.is_none_or(|name| finding.rule.name.starts_with(name)));
                Reading { findings, parts }
            };
            let made = apply::fix(
                &checked.file,
                &project(&before),
                &checked.text,
                choice,
                read,
            );
            assert!(
                made.refused.is_empty(),
                "breaks the text: {:?}",
                made.refused
            );
            // What another file's fix has just written here is not undone.
            if made.text != checked.text {
                put(&mut files, &checked.name, &made.text);
            }
            let path = Path::new(&checked.name);
            let others = elsewhere::render(&project(&files), path, &made.needs).unwrap();
            for other in others {
                put(&mut files, &slashed(&other.path), &other.after());
            }
        }
        if files == before {
            return files;
        }
    }
    panic!("fixes do not settle: {files:#?}");
}

fn put(files: &mut Files, name: &str, text: &str) {
    match files.iter_mut().find(|(known, _)| known == name) {
        Some(file) => file.1 = text.into(),
        None => files.push((name.into(), text.into())),
    }
}

fn classify(name: &str, text: &str, files: &Files) -> Option<File> {
    let path = Path::new(name);
    let names = files.iter().map(|(name, _)| Path::new(name));
    let siblings: Vec<String> = names
        .filter(|other| other.parent() == path.parent())
        .filter_map(|other| Some(other.file_name()?.to_str()?.to_string()))
        .collect();
    File::classify(path, text, &siblings).or_else(|| File::text(path))
}
