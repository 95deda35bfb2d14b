//! The repository's habits, as tests: who may name what, how long a file may be, what must be registered.

use std::fs;
use std::path::{Path, PathBuf};

/// Lines of a file that a person can still hold in mind.
const LIMIT: usize = 600;

#[derive(Debug)]
struct Source {
    /// From the repository's root, with `/`.
    name: String,
    text: String,
}

impl Source {
    /// Lines of code with their numbers, without the unit tests at the foot.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let foot = self.text.find("#[cfg(test)]").unwrap_or(self.text.len());
        (1..).zip(self.text[..foot].lines())
    }
    fn is_test(&self) -> bool {
        self.name.starts_with("tests/")
            || self.name.contains("/tests/")
            || self.name.ends_with("/tests.rs")
    }
}

#[test]
fn only_syntax_names_tree_sitter() {
    // `chunk` cuts without a parser, `model` is read without one; lib.rs states the rule.
    only("tree_sitter", |name| {
        name.starts_with("server/engine/src/syntax/") || name == "server/engine/src/lib.rs"
    });
}

#[test]
fn only_lsp_names_the_protocol() {
    let lsp = |name: &str| name.starts_with("server/lsp/") || name == "server/lsp.rs";
    for word in ["tower_lsp", "lsp_types"] {
        only(word, lsp);
    }
    // The text module is where columns are counted, in whichever unit.
    for word in ["utf16", "UTF-16", "Utf16"] {
        only(word, |name| {
            // Files in that encoding are refused by its name.
            let refusals = [
                "server/cli/read.rs",
                "server/engine/src/rules/file/unreadable.rs",
            ];
            lsp(name) || name == "server/engine/src/text.rs" || refusals.contains(&name)
        });
    }
}

#[test]
fn the_engine_does_no_io() {
    for word in ["std::fs", "std::net", "std::process", "tokio", "async fn"] {
        let faults = named(word, |name| !name.starts_with("server/engine/src/"));
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    }
}

#[test]
fn a_panic_has_a_reason() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        let mut before = "";
        for (number, line) in source.code() {
            let panics = line.contains(".unwrap()") || line.contains(".expect(");
            let comment = |line: &str| line.contains("//") || line.contains("reason =");
            if panics && !comment(line) && !comment(before) {
                faults.push(format!(
                    "{}:{number}: no reason why it cannot fail",
                    source.name
                ));
            }
            before = line;
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn files_are_short() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|source| source.text.lines().count() > LIMIT)
        .map(|source| format!("{}: {} lines", source.name, source.text.lines().count()))
        .collect();
    assert!(long.is_empty(), "split by seam:\n{}", long.join("\n"));
}

#[test]
fn no_module_is_a_drawer() {
    let drawers = ["utils.rs", "util.rs", "helpers.rs", "common.rs", "misc.rs"];
    for source in sources() {
        let file = source.name.rsplit('/').next().unwrap_or_default();
        assert!(!drawers.contains(&file), "{} says nothing", source.name);
    }
}

#[test]
fn every_rule_file_is_registered() {
    for source in sources() {
        let Some(rest) = source.name.strip_prefix("server/engine/src/rules/") else {
            continue;
        };
        let Some((domain, file)) = rest.split_once('/') else {
            continue;
        };
        if !source.text.contains("pub static RULE") {
            continue;
        }
        let stem = file.trim_end_matches(".rs").replace(['_', '/'], "-");
        let name = format!("{domain}/{stem}");
        assert!(
            harden_engine::rules::find(&name).is_some(),
            "{} is no rule called {name}: not registered in rules/{domain}/mod.rs, or misnamed",
            source.name
        );
    }
}

#[test]
fn rules_are_ordered_and_named_once() {
    let names: Vec<&str> = harden_engine::rules::all().map(|rule| rule.name).collect();
    assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
}

#[test]
fn rules_do_not_know_each_other() {
    let mut faults = Vec::new();
    for source in sources() {
        let in_domain = source.name.strip_prefix("server/engine/src/rules/");
        let Some((_, file)) = in_domain.and_then(|rest| rest.split_once('/')) else {
            continue;
        };
        if file == "mod.rs" {
            continue;
        }
        for (number, line) in source.code() {
            let path = line.split("rules::").nth(1).unwrap_or_default();
            let other = harden_engine::rules::all().any(|rule| {
                let module = rule
                    .name
                    .rsplit('/')
                    .next()
                    .unwrap_or_default()
                    .replace('-', "_");
                !file.starts_with(&module)
                    && (line.contains(&format!("super::{module}::")) || path.contains(&module))
            });
            if other || line.contains("rules::all") || line.contains("rules::find") {
                faults.push(format!("{}:{number}: names another rule", source.name));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[track_caller]
fn only(word: &str, allowed: impl Fn(&str) -> bool) {
    let faults = named(word, allowed);
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn named(word: &str, allowed: impl Fn(&str) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources()
        .iter()
        .filter(|s| !s.is_test() && !allowed(&s.name))
    {
        for (number, line) in source.code() {
            let code = line.split("//").next().unwrap_or_default();
            if code.contains(word) {
                faults.push(format!("{}:{number}: names {word}", source.name));
            }
        }
    }
    faults
}

/// Every Rust, TypeScript, Lua and shell file that is ours.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    for folder in ["server", "tests", "editors"] {
        walk(&root.join(folder), &mut paths);
    }
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&root).ok()?.to_str()?.replace('\\', "/");
        let text = fs::read_to_string(&path).ok()?;
        Some(Source { name, text })
    };
    paths.into_iter().filter_map(read).collect()
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let skipped = ["target", "node_modules", "dist", "out", ".vscode-test"];
        if path.is_dir() {
            if !skipped.iter().any(|skip| name == *skip) {
                walk(&path, paths);
            }
        } else if path.extension().is_some_and(|kind| {
            ["rs", "ts", "lua", "sh", "py"]
                .iter()
                .any(|known| kind == *known)
        }) {
            paths.push(path);
        }
    }
    paths.sort();
}
