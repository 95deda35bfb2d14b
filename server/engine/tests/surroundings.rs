//! Fixes rendered with the parts that they need are those rendered with all parts.
//!
//! `HARDEN_REAL=folder` compares on all Python files below a folder, too.

use std::path::Path;
use std::sync::Arc;

use harden_engine::batch;
use harden_engine::check::Rules;
use harden_engine::chunk::Chunks;
use harden_engine::document::Engine;
use harden_engine::file::{File, Language};
use harden_engine::fix::{Rendered, View, render};
use harden_engine::project::Workspace;
use harden_engine::rule::{Finding, Fix, Intent, Owner, Place, Policy, Rule, Safety};
use harden_engine::rules;
use harden_engine::text::Span;
use harden_engine::work::Work;

use crate::chunk_texts::{own, real};

/// What was compared.
#[derive(Default)]
struct Seen {
    fixes: usize,
    parts: usize,
    /// Of `parts`.
    read: usize,
    faults: Vec<String>,
}

/// Compare the fixes of a text's findings, and fixes made up at places all over it.
fn compare(seen: &mut Seen, name: &str, text: &str) {
    let engine = Engine::once(Rules::new(rules::all()), Policy::default());
    let Some(file) = File::classify(Path::new(name), text, &[]).map(Arc::new) else {
        return;
    };
    let analysis = batch::analyse(&engine, &Workspace::default(), &file, text);
    let all: Vec<_> = analysis.parts().collect();
    let found = analysis.findings();
    let mut sets = vec![found];
    if let Some(rule) = rules::all().next() {
        sets.extend(places(text).map(|at| vec![made_up(rule, at)]));
        sets.push(places(text).map(|at| made_up(rule, at)).collect());
    }
    for findings in sets {
        let parts = batch::surroundings(&file, text, &findings);
        let rendered = |parts| -> Vec<Result<Rendered, String>> {
            let view = View {
                file: &file,
                text,
                parts,
                workspace: &Workspace::default(),
            };
            let fixes = findings.iter().flat_map(|finding| &finding.fixes);
            fixes.map(|fix| render(&view, fix)).collect()
        };
        let (few, full) = (rendered(&parts), rendered(&all));
        seen.fixes += full.len();
        if !parts.is_empty() {
            seen.parts += all.len();
            seen.read += parts.len();
        }
        // What is left out is unknown where it has a syntax error.
        let left_out = |(start, _): &&(usize, _)| parts.iter().all(|(at, _)| at != start);
        let unsure = all.iter().filter(left_out).any(|(_, part)| part.broken());
        if few != full && !unsure {
            seen.faults
                .push(format!("{name}: {few:#?}\nwith all parts: {full:#?}"));
        }
    }
}

/// Starts of chunks, and places between them: at most about a dozen.
fn places(text: &str) -> impl Iterator<Item = usize> {
    let chunks = Chunks::cut(Language::Python, text, &mut Work::default());
    let list = chunks.list().to_vec();
    let step = (list.len() / 6).max(1);
    list.into_iter()
        .step_by(step)
        .flat_map(|chunk| [chunk.start, usize::midpoint(chunk.start, chunk.end)])
}

fn made_up(rule: &'static Rule, at: usize) -> Finding {
    let place = Place {
        owner: Owner::File,
        span: Span::new(at, at),
    };
    let fix = |intent| {
        Fix::new("", Safety::Safe)
            .replace(place.clone(), "")
            .with(intent)
    };
    let modules = ["secrets", "os", "contextlib", "zlib", "logging"];
    let mut fixes: Vec<Fix> = modules.map(|m| fix(Intent::Import(m))).into();
    fixes.push(fix(Intent::Logger));
    Finding {
        rule,
        severity: rule.severity,
        place,
        message: String::new(),
        also: Vec::new(),
        related: Vec::new(),
        secrets: Vec::new(),
        known_on: Vec::new(),
        fixes,
    }
}

#[test]
fn loggers_and_imports_are_found_behind_every_kind_of_binding() {
    let long = "def unrelated():\n    return len('x')\n\n\n".repeat(20);
    let use_ = "def f():\n    try:\n        g()\n    except Exception:\n        pass\n";
    let mut seen = Seen::default();
    for head in [
        "",
        "#!/usr/bin/env python\n",
        "\"\"\"What it is.\"\"\"\nfrom __future__ import annotations\n",
        "import logging\nLONGlog = logging.getLogger(__name__)\n",
        "LONGimport logging\nlogger = logging.getLogger()\n",
        "from logging import getLogger as g\nLONGlog = g()\nLONGdef g(): pass\n",
        "import logging\nmake = logging.getLogger\nLONGlog = make()\nLONGmake = None\n",
        "import logging\nlog = logging.getLogger()\nLONGdef log(): pass\n",
        "import logging\nlog = logging.getLogger()\nLONGclass log:\n    pass\n",
        "from x import *\nLONGlog = getLogger()\n",
        "from x import *\nlog = getLogger()\nLONGdef getLogger(): pass\n",
        "LONGdef logger(): pass\nLONG",
        "LONGdef logger(): pass\nLONGclass _logger: pass\n",
        "LONGdef set():\n    global logger\n    logger = 1\n",
        "LONGdef set():\n    global logger\n    import logging as logger\n",
        "LONGdef default(x=(logger := 1)): pass\n",
        "LONGdef logging(): pass\n",
        "import a\nLONGasync def secrets(): pass\n",
        "LONGclass os(object):\n    pass\n",
        "if x:\n    import os\nLONG",
        "try:\n    import secrets\nexcept ImportError:\n    secrets = None\nLONG",
        "if TYPE_CHECKING:\n    import secrets\nLONGimport os\n",
        "@a\n@b(1)\nclass A: pass\nimport os\nLONGimport logging\n",
        "x = 1\nLONGimport os\n",
    ] {
        for (head, text) in [(head, use_), (use_, head)] {
            let text = format!("{head}LONG{text}").replace("LONG", &long);
            compare(&mut seen, "app.py", &text);
            compare(&mut seen, "app.py", &text.replace('\n', "\r\n"));
        }
    }
    finish(&seen);
}

#[test]
fn our_texts_and_real_files_agree() {
    let mut seen = Seen::default();
    for text in own(Language::Python) {
        compare(&mut seen, "app.py", &text);
    }
    for (path, text) in real(Language::Python).unwrap_or_default() {
        compare(&mut seen, &path.to_string_lossy(), &text);
    }
    finish(&seen);
}

fn finish(seen: &Seen) {
    println!(
        "{} fixes compared, {} of {} parts read",
        seen.fixes, seen.read, seen.parts
    );
    let shown = &seen.faults[..seen.faults.len().min(5)];
    assert!(
        shown.is_empty(),
        "{} differ\n{}",
        seen.faults.len(),
        shown.join("\n")
    );
    assert!(seen.read < seen.parts, "nothing was left out");
}
