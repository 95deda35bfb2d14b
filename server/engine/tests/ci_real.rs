//! Workflows and Prometheus files of real repositories (`HARDEN_REAL`): what is found in them is printed, and what is fixed
//! parses, has lost the finding, and is not fixed again. Our own, damaged at random: nothing panics.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use harden_engine::batch;
use harden_engine::check::Rules;
use harden_engine::chunk::Chunks;
use harden_engine::document::{Analysis, Engine};
use harden_engine::file::{File, Kind, Language};
use harden_engine::fix::{self, apply};
use harden_engine::project::{Texts, Workspace};
use harden_engine::rule::{Finding, Policy, Rule};
use harden_engine::work::Work;

use crate::support::real::damage;

fn ours() -> impl Iterator<Item = &'static Rule> {
    let named = |rule: &&Rule| rule.name.starts_with("ci/") || rule.name.starts_with("prometheus/");
    harden_engine::rules::all().filter(named)
}

fn engine() -> Engine {
    Engine::new(Rules::new(ours()), Policy::default())
}

const KINDS: &[Kind] = &[Kind::Workflow, Kind::Prometheus, Kind::PrometheusRules];

type Files = BTreeMap<PathBuf, Arc<str>>;

fn workspace(files: &Files) -> Workspace {
    Workspace::new(
        files
            .iter()
            .map(|(path, text)| (path.clone(), text.clone()))
            .collect::<Texts>(),
    )
}

fn check(engine: &Engine, files: &Files, path: &Path) -> (Vec<Finding>, bool) {
    let text = &files[path];
    let file = Arc::new(File::classify(path, text, &[]).unwrap());
    batch::check(engine, &workspace(files), &file, text)
}

/// The files of a repository that our rules may look at.
fn gather(root: &Path, folder: &Path, files: &mut Files) {
    const NEVER: &[&str] = &[".git", "node_modules", "target", "__pycache__", ".venv"];
    let Ok(list) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in list.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !NEVER.contains(&&*name) {
                gather(root, &path, files);
            }
            continue;
        }
        let ends = [
            ".yml", ".yaml", ".py", ".sh", ".toml", ".cfg", ".ini", ".txt", ".json", ".rules",
            ".json5",
        ];
        let wanted = ends.iter().any(|end| name.ends_with(end)) || !name.contains('.');
        if let Some(text) = wanted
            .then(|| std::fs::read_to_string(&path).ok())
            .flatten()
        {
            // Of code only the names matter, unless it runs tests.
            let short = text.len() < 300_000;
            let below = path.strip_prefix(root).unwrap().to_path_buf();
            files.insert(below, if short { text.into() } else { "".into() });
        }
    }
}

fn roots(folder: &Path, found: &mut Vec<PathBuf>, depth: usize) {
    let has = |name: &str| folder.join(name).exists();
    if has(".github/workflows") {
        found.push(folder.to_path_buf());
        return;
    }
    if depth == 0 {
        return;
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            roots(&entry.path(), found, depth - 1);
        }
    }
}

#[test]
fn real_repositories() {
    let Some(root) = std::env::var_os("HARDEN_REAL") else {
        return;
    };
    let mut found = Vec::new();
    roots(Path::new(&root), &mut found, 4);
    found.sort();
    let engine = engine();
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for repository in &found {
        let mut files = Files::new();
        gather(repository, repository, &mut files);
        let paths: Vec<PathBuf> = files.keys().cloned().collect();
        for path in paths {
            let kind = File::kind(&path, &files[&path]);
            if !kind.is_some_and(|kind| KINDS.contains(&kind)) {
                continue;
            }
            let (findings, broken) = check(&engine, &files, &path);
            let name = repository.strip_prefix(&root).unwrap().join(&path);
            for finding in &findings {
                let text = &files[&path];
                let span = finding.span();
                let line = text[..span.start as usize].matches('\n').count() + 1;
                let fixed = attempt(&engine, &files, &path, finding, broken);
                let count = counts.entry(finding.rule.name).or_default();
                count[0] += 1;
                count[1] += usize::from(fixed == "fixed");
                println!(
                    "{}:{line}: {} {:?} [{}] {} -- {fixed}",
                    name.display(),
                    finding.rule.name,
                    finding.severity,
                    text[span.range()].lines().next().unwrap_or_default(),
                    finding.message,
                );
            }
        }
        assert_eq!(engine.rules.panicked(), [""; 0], "{}", repository.display());
    }
    println!("{} repositories; found, fixed: {counts:?}", found.len());
}

/// Make the preferred fix of a finding, and see what becomes of it.
fn attempt(engine: &Engine, files: &Files, path: &Path, finding: &Finding, broken: bool) -> String {
    let Some(fix) = finding.fixes.first() else {
        return "no fix".into();
    };
    let text = &files[path];
    let file = File::classify(path, text, &[]).unwrap();
    let parts = parts(engine, &file, text);
    let workspace = workspace(files);
    let view = fix::View {
        file: &file,
        text,
        parts: &parts,
        workspace: &workspace,
    };
    let rendered = match fix::render(&view, fix) {
        Ok(rendered) => rendered,
        Err(reason) => return format!("not fixed: {reason}"),
    };
    let mut after = files.clone();
    after.insert(
        path.to_path_buf(),
        apply::replace(text, rendered.own).into(),
    );
    for other in rendered.others {
        after.insert(other.path.clone(), other.after().into());
    }
    let comments = |files: &Files| {
        files
            .values()
            .map(|text| text.matches(" #").count())
            .sum::<usize>()
    };
    let taken = finding.rule.name == "ci/test-failure-ignored";
    assert!(
        comments(&after) >= comments(files) || taken,
        "{}: a comment is lost",
        path.display()
    );
    let (left, now_broken) = check(engine, &after, path);
    assert!(
        broken || !now_broken,
        "{}: {} breaks it",
        path.display(),
        fix.title
    );
    let same = |other: &&Finding| other.rule.name == finding.rule.name;
    let (before, _) = check(engine, files, path);
    let (was, is) = (
        before.iter().filter(same).count(),
        left.iter().filter(same).count(),
    );
    assert!(
        is < was,
        "{}: {} leaves {}",
        path.display(),
        fix.title,
        finding.message
    );
    "fixed".into()
}

fn parts(
    engine: &Engine,
    file: &File,
    text: &str,
) -> Vec<(usize, Arc<harden_engine::model::Part>)> {
    let chunks = Chunks::cut(Language::Yaml, text, &mut Work::default());
    let mut analysis = Analysis::new(engine, Arc::new(file.clone()));
    analysis.update(engine, &Workspace::default(), text, chunks.list());
    analysis.parts().collect()
}

const WORKFLOW: &str = "on: [push]\njobs:\n  test: &test\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          set +e\n          pytest -q || true\n          cat <<EOF | tee x\n          EOF\n      - {run: \"npm test\", continue-on-error: true}\n  deploy:\n    needs: [nobody, deploy, test]\n    if: always()\n    steps: &steps\n      - run: >-\n          docker push\n          acme/web\n  again: {<<: *test, needs: again, steps: *steps}\n";
const PROMETHEUS: &str = "groups:\n  - name: a\n    rules:\n      - alert: B\n        expr: sum(rate(http_requests_total{status=~\"5..\"}[5m])) / sum(rate(http_requests_total[5m])) > 0.05\n      - record: c:d\n        expr: |\n          histogram_quantile(0.95, e_seconds_bucket)\n      - alert: F\n        expr: c:d > 3\nrule_files: [a.yml, 'b/*.yml']\nscrape_configs:\n  - job_name: g\n    static_configs: [{targets: [\"h:1\"]}]\n";

#[test]
fn damaged_files_lose_nothing_and_panic_nowhere() {
    let engine = engine();
    for (path, text) in [
        (".github/workflows/ci.yml", WORKFLOW),
        ("prometheus.yml", PROMETHEUS),
        ("rules.yml", PROMETHEUS),
    ] {
        let texts = [
            text.to_owned(),
            text.replace('\n', "\r\n"),
            text.replace("    ", "\t"),
        ];
        let texts = texts.map(|text| (PathBuf::from(path), text)).to_vec();
        damage(Language::Yaml, &texts, 150, |text| {
            let mut files = Files::new();
            files.insert(path.into(), text.into());
            if File::classify(Path::new(path), text, &[]).is_some() {
                let (findings, _) = check(&engine, &files, Path::new(path));
                for finding in &findings {
                    assert!(
                        text.get(finding.span().range()).is_some(),
                        "{}",
                        finding.message
                    );
                }
            }
        });
        assert_eq!(engine.rules.panicked(), [""; 0]);
    }
}

#[test]
fn an_edit_in_one_job_reads_that_job() {
    let engine = engine();
    let mut text = String::from("on: [push]\njobs:\n");
    for at in 0..300 {
        text += &format!(
            "  job{at}:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest tests/part{at}\n"
        );
    }
    let file = Arc::new(File::classify(Path::new(".github/workflows/ci.yml"), &text, &[]).unwrap());
    let chunks = Chunks::cut(Language::Yaml, &text, &mut Work::default());
    let mut analysis = Analysis::new(&engine, file);
    let workspace = Workspace::default();
    analysis.update(&engine, &workspace, text.as_str(), chunks.list());
    let before = analysis.work.chunks_parsed;
    let edited = text.replace("tests/part150\n", "tests/part150x\n");
    let chunks = Chunks::cut(Language::Yaml, &edited, &mut Work::default());
    analysis.update(&engine, &workspace, edited.as_str(), chunks.list());
    assert_eq!(analysis.work.chunks_parsed - before, 1);
}

#[test]
fn twenty_thousand_lines_are_read() {
    let mut text = String::from("on: [push]\njobs:\n");
    for job in 0..200 {
        text += &format!("  job{job}:\n    needs: [job{}]\n    steps:\n", job / 2);
        for step in 0..33 {
            text += &format!(
                "      - run: |\n          pytest part{step} || true\n          docker push a > b.txt\n"
            );
        }
    }
    assert!(text.lines().count() > 20_000);
    let path = PathBuf::from(".github/workflows/ci.yml");
    let files = Files::from([(path.clone(), text.into())]);
    let (findings, broken) = check(&engine(), &files, &path);
    assert!(!broken);
    let ignored = findings
        .iter()
        .filter(|finding| finding.rule.name == "ci/test-failure-ignored");
    assert_eq!(ignored.count(), 200 * 33);
}
