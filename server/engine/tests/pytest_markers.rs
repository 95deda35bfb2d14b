//! Markers across files: an edit of one file does not have the others read again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use harden_engine::chunk::Chunks;
use harden_engine::document::{Analysis, Engine};
use harden_engine::file::File;
use harden_engine::project::{Content, Files, Texts, Workspace};
use harden_engine::work::Work;
use ropey::Rope;

use crate::equal::engine;

/// Files that count how often one of them is read that is not open.
#[derive(Debug)]
struct Counting(Texts, Arc<AtomicUsize>, Buffers);

type Buffers = Arc<Mutex<BTreeMap<PathBuf, Arc<str>>>>;

impl Files for Counting {
    fn list(&self) -> Vec<PathBuf> {
        self.0.list()
    }
    fn text(&self, path: &Path) -> Content {
        if let Some(open) = self.2.lock().unwrap().get(path) {
            return Content::Text(open.clone());
        }
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.text(path)
    }
    fn folder(&self, path: &Path) -> Option<Vec<(String, bool)>> {
        self.0.folder(path)
    }
}

/// Analyse a text as that of an open file, and tell the project of it; the rules that found something.
fn open(
    engine: &Engine,
    project: &Workspace,
    buffers: &Buffers,
    analysis: &mut Analysis,
    text: &str,
) -> (Vec<&'static str>, bool) {
    let file = analysis.file().clone();
    buffers
        .lock()
        .unwrap()
        .insert(file.path.clone(), text.into());
    let chunks = Chunks::cut(file.kind.language(), text, &mut Work::default());
    analysis.update(engine, project, text, chunks.list());
    let parts = analysis.parts().collect();
    let told = project.hold(&file.path, file.clone(), parts, Rope::from_str(text));
    let found = analysis.findings();
    (
        found.iter().map(|finding| finding.rule.name).collect(),
        told,
    )
}

#[test]
fn an_edit_of_a_test_reads_no_other_file() {
    let home = "[pytest]\naddopts = --strict-config --strict-markers -o xfail_strict=1\nmarkers =\n    slow\n";
    let test = |marker: &str, body: &str| {
        format!("import pytest\n\n\n@pytest.mark.{marker}\ndef test_it():\n    {body}\n")
    };
    let mut files = vec![("pytest.ini".to_owned(), home.to_owned())];
    files.extend((0..30).map(|n| (format!("test_{n}.py"), test("skip", "pass"))));
    let reads = Arc::new(AtomicUsize::new(0));
    let buffers = Buffers::default();
    let texts = files.iter().cloned().collect::<Texts>();
    let project = Workspace::new(Counting(texts, reads.clone(), buffers.clone()));
    let engine = engine();
    let analysis = |name: &str| {
        let file = File::classify(Path::new(name), "", &[]).unwrap();
        Analysis::new(&engine, Arc::new(file))
    };
    let (mut ini, mut edited) = (analysis("pytest.ini"), analysis("test_0.py"));
    open(
        &engine,
        &project,
        &buffers,
        &mut edited,
        &test("skip", "pass"),
    );
    let unused = "pytest/unused-marker";
    assert!(
        open(&engine, &project, &buffers, &mut ini, home)
            .0
            .contains(&unused)
    );
    assert!(reads.load(Ordering::Relaxed) > 0);

    // What a test does tells nobody anything.
    reads.store(0, Ordering::Relaxed);
    let (_, told) = open(
        &engine,
        &project,
        &buffers,
        &mut edited,
        &test("skip", "assert True"),
    );
    assert!(!told);
    assert!(
        open(&engine, &project, &buffers, &mut ini, home)
            .0
            .contains(&unused)
    );
    assert_eq!(reads.load(Ordering::Relaxed), 0);

    // A marker does, and what is known of the other files stays known.
    let (found, told) = open(
        &engine,
        &project,
        &buffers,
        &mut edited,
        &test("slow", "pass"),
    );
    assert!(told && found.is_empty(), "{found:?}");
    assert!(
        !open(&engine, &project, &buffers, &mut ini, home)
            .0
            .contains(&unused)
    );
    let (found, _) = open(
        &engine,
        &project,
        &buffers,
        &mut edited,
        &test("slwo", "pass"),
    );
    assert_eq!(found, ["pytest/undeclared-marker"]);
    let others = reads.load(Ordering::Relaxed);
    assert!(others <= 29, "files were read again: {others}");
}
