//! A rule that panics loses its own findings for that subject, and nothing else.

use std::sync::Arc;

use harden_engine::check::Rules;
use harden_engine::chunk::Chunks;
use harden_engine::document::{Analysis, Engine};
use harden_engine::file::File;
use harden_engine::project::Workspace;
use harden_engine::rule::{Area, Check, Policy, Rule, Severity};
use harden_engine::rules;
use harden_engine::work::Work;

static FRAGILE: Rule = Rule {
    name: "test/fragile",
    area: Area::Code,
    severity: Severity::Low,
    cases: &[],
    minutes: 1,
    off: false,
    also: &[],
    docs: "Panics on a variable that begins with P.",
    checks: &[Check::EnvVar(|variable, _, sink| {
        sink.at(variable.name_place.clone(), "seen");
        assert!(!variable.name.starts_with('P'), "as it was made to");
    })],
};

#[test]
fn a_panic_loses_its_own_findings_only() {
    let text = "services:\n  a:\n    image: x\n    mem_limit: 1g\n    environment:\n      PASSWORD: ${PASSWORD:-changeme}\n      MODE: fast\n";
    let file = Arc::new(File::classify("compose.yml".as_ref(), text, &[]).unwrap());
    let engine = Engine::new(
        Rules::new(rules::all().chain([&FRAGILE])),
        Policy::default(),
    );
    let chunks = Chunks::cut(file.kind.language(), text, &mut Work::default());
    let mut analysis = Analysis::new(&engine, file);
    analysis.update(&engine, &Workspace::default(), text, chunks.list());
    let found: Vec<_> = analysis
        .findings()
        .iter()
        .map(|f| (f.rule.name, &text[f.span().range()]))
        .collect();
    assert_eq!(
        found,
        [
            ("compose/default-secret", "changeme"),
            ("test/fragile", "MODE")
        ]
    );
    assert_eq!(engine.rules.panicked(), ["test/fragile"]);
}
