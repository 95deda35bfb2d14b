//! YAML as people type it: cut or whole, fresh or edited, broken or hostile, the findings hold.

use std::path::Path;
use std::sync::Arc;

use harden_engine::check::Rules;
use harden_engine::chunk::Chunks;
use harden_engine::document::{Analysis, Engine};
use harden_engine::file::{File, Kind, Language};
use harden_engine::project::Workspace;
use harden_engine::rule::Policy;
use harden_engine::work::Work;

use crate::chunk_texts::{Dice, edits, own, texts};

/// A file with anchors in several places, both syntaxes, and findings all over it.
const SAMPLE: &str = "\
x-env: &env
  API_TOKEN: ${API_TOKEN:-abc}
services:
  web: &web
    image: acme/web
    ports:
      - \"8000:8000\"
    environment:
      <<: *env
      JWT_SECRET: ${JWT_SECRET:-def}
  db:
    image: postgres:16
    ports:
      - 5432:5432
      - target: 5433
        published: 5433
    environment:
      - POSTGRES_PASSWORD=${POSTGRES_PASSWORD:-ghi}
  copy:
    <<: *web
    image: nginx
  cache:
    image: redis:7
    command: redis-server --requirepass ${REDIS_PASSWORD:-jkl}
    ports: [\"6379:6379\"]
volumes:
  data: {}
";

fn engine() -> Engine {
    Engine::new(Rules::new(harden_engine::rules::all()), Policy::default())
}

fn compose() -> Arc<File> {
    let file = File::classify(Path::new("docker-compose.yml"), "", &[]).unwrap();
    assert_eq!(file.kind, Kind::Compose);
    Arc::new(file)
}

/// Findings as a user sees them, one a line, and whether some part is broken.
fn analyse(engine: &Engine, chunks: &Chunks, text: &str) -> (Vec<String>, bool) {
    let mut analysis = Analysis::new(engine, compose());
    analysis.update(engine, &Workspace::default(), text, chunks.list());
    (
        shown(&analysis, text),
        analysis.parts().any(|(_, part)| part.broken()),
    )
}

fn shown(analysis: &Analysis, text: &str) -> Vec<String> {
    let line = |finding: &harden_engine::rule::Finding| {
        let span = finding.span();
        let fixes: Vec<_> = finding.fixes.iter().map(|fix| &fix.edits).collect();
        format!(
            "{} {:?} {span:?} {} {} {:?} {fixes:?}",
            finding.rule.name,
            finding.severity,
            &text[span.range()],
            finding.message,
            finding.related
        )
    };
    analysis.findings().iter().map(line).collect()
}

fn cut(text: &str) -> Chunks {
    Chunks::cut(Language::Yaml, text, &mut Work::default())
}

fn found(text: &str) -> Vec<String> {
    analyse(&engine(), &cut(text), text).0
}

#[test]
fn cutting_changes_no_finding() {
    let mut texts = texts(Language::Yaml);
    texts.extend(own(Language::Yaml));
    texts.push(SAMPLE.into());
    texts.push(SAMPLE.replace('\n', "\r\n"));
    // One name for two anchors: visible in its own entry only.
    texts.push(SAMPLE.replace("&web", "&env\n    <<: *env"));
    let mut compared = 0;
    for text in &texts {
        let whole = analyse(&engine(), &Chunks::whole(Language::Yaml, text), text);
        if !whole.1 {
            assert_eq!(analyse(&engine(), &cut(text), text), whole, "{text}");
            compared += 1;
        }
    }
    assert!(compared > 2);
}

#[test]
fn typing_gives_what_opening_gives() {
    const TYPED: &[&str] = &[
        "\n",
        " ",
        "  ",
        ":",
        ": ",
        "- ",
        "\t",
        "\"",
        "'",
        "[",
        "{",
        "&env ",
        "*env",
        "<<: *web\n",
        "${A_PASSWORD:-x}",
        "|\n",
        "image: nginx\n",
        "services:\n",
        "!reset ",
        "#",
        "é",
        "\r\n",
        "---\n",
        "    ports: [\"1:1\"]\n",
    ];
    let mut dice = Dice::new(7);
    for _ in 0..edits() / 200 {
        let engine = engine();
        let mut analysis = Analysis::new(&engine, compose());
        let mut text = SAMPLE.to_string();
        for _ in 0..12 {
            let at = text.floor_char_boundary(dice.below(text.len() + 1));
            let end =
                text.ceil_char_boundary((at + dice.below(3) * dice.below(12)).min(text.len()));
            let typed: &&str = dice.pick(TYPED);
            text.replace_range(at..end, typed);
            analysis.update(
                &engine,
                &Workspace::default(),
                text.as_str(),
                cut(&text).list(),
            );
            assert_eq!(shown(&analysis, &text), found(&text), "{text}");
        }
    }
}

#[test]
fn a_broken_line_costs_its_own_findings_only() {
    let all = found(SAMPLE);
    let lines: Vec<&str> = SAMPLE.lines().collect();
    let damages: &[fn(&str) -> String] = &[
        |line| format!("\t{}", line.trim_start()),
        |line| format!("{}a: b: c", &line[..line.len() - line.trim_start().len()]),
        |line| format!("{}\"open", &line[..line.len() - line.trim_start().len()]),
    ];
    let (mut kept, mut possible) = (0, 0);
    for at in 4..lines.len() - 2 {
        for damage in damages {
            let mut damaged: Vec<String> = lines.iter().map(|line| (*line).to_string()).collect();
            damaged[at] = damage(lines[at]);
            kept += found(&damaged.join("\n")).len().min(all.len());
            possible += all.len();
        }
    }
    // A damaged key takes its own lines with it; the other services keep theirs.
    assert!(kept * 100 >= possible * 75, "{kept} of {possible}");
}

#[test]
fn hostile_texts_come_to_an_end() {
    let mut bomb = String::from("x0: &a0 {A_PASSWORD: \"${A_PASSWORD:-x}\"}\n");
    for level in 1..30 {
        let uses = format!("*a{}", level - 1);
        bomb += &format!(
            "x{level}: &a{level} {{<<: [{uses}, {uses}, {uses}], k: [{uses}, {uses}, {uses}]}}\n"
        );
    }
    bomb += "services:\n  s:\n    environment: *a29\n    labels: *a29\n";
    let texts = [
        bomb,
        "services:\n  a: &a\n    <<: *a\n    environment: &e\n      <<: [*e, *a]\n      k: *e\n    ports: &p [*p, *q]\n".into(),
        "a: &a *b\nb: &b *a\nservices:\n  s: *a\n  t:\n    environment: *nowhere\n    ports: *a\n".into(),
        format!("services: {}", "[".repeat(20_000)),
        format!("services:\n  a: {}{}", "{a: ".repeat(5_000), "}".repeat(5_000)),
        format!("services:\n  a:\n    command: {}", "${A:-".repeat(20_000)),
        format!("services:\n  a:\n    command: {}x{}", "${A:-".repeat(20_000), "}".repeat(20_000)),
        format!("services:\n  a:\n    environment:\n{}", "      <<: *x\n".repeat(2_000)),
        format!("services:\n{}", "\ta: b: c\n".repeat(500)),
        "services:\n  a:\n    environment:\n      - 1\n      - [2]\n      - {A: 3}\n      -\n      - ''\n    ports: 5432\n    image: [x]\n".into(),
        "services: &s\n  ? {a: b}\n  : image: x\n  ? |\n    long\n  : ports: [5432]\n".into(),
        "\u{feff}services:\r\n  a:\r    image: x\r\n".into(),
        "services:\n  a:\n    environment: |\n".into(),
        "%YAML 1.2\n---\nservices:\n  a: {image: postgres, ports: [5432]}\n...\n---\n- x\n".into(),
    ];
    for text in texts {
        found(&text);
        let all = Chunks::whole(Language::Yaml, &text);
        analyse(&engine(), &all, &text);
    }
}

#[test]
fn any_prefix_and_any_line_order_can_be_read() {
    for text in [SAMPLE.to_string(), SAMPLE.replace('\n', "\r\n")] {
        for end in 0..text.len() {
            if text.is_char_boundary(end) {
                found(&text[..end]);
            }
        }
    }
    let mut dice = Dice::new(3);
    for _ in 0..200 {
        let mut lines: Vec<&str> = SAMPLE.lines().collect();
        for at in 0..lines.len() {
            let other = dice.below(lines.len());
            lines.swap(at, other);
        }
        found(&lines.join("\n"));
    }
}

#[test]
fn a_finding_in_an_anchor_names_its_uses() {
    let engine = engine();
    let mut analysis = Analysis::new(&engine, compose());
    analysis.update(&engine, &Workspace::default(), SAMPLE, cut(SAMPLE).list());
    let findings = analysis.findings();
    let token = findings
        .iter()
        .find(|finding| &SAMPLE[finding.span().range()] == "abc")
        .unwrap();
    let uses: Vec<&str> = token
        .related
        .iter()
        .map(|related| &SAMPLE[related.place.span.range()])
        .collect();
    assert_eq!(uses, ["*env", "*web"]);
}
