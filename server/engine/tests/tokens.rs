//! Tokens in texts: what is chosen to be read, what is known to a team, and what no fixture can hold.

use std::path::Path;
use std::sync::Arc;

use harden_engine::batch;
use harden_engine::check::Rules;
use harden_engine::document::Engine;
use harden_engine::file::File;
use harden_engine::model::token::find;
use harden_engine::project::{Texts, Workspace};
use harden_engine::rule::Policy;
use harden_engine::rules;

use crate::support::tokens::{NAMES, token};
use crate::support::{Files, check};

const RULE: &str = "secrets/exposed-token";

#[test]
fn what_is_chosen_is_what_all_has() {
    let engine = Engine::once(Rules::new(rules::all()), Policy::default());
    let long = "def unrelated():\n    return len('x')\n\n\n".repeat(60);
    for name in NAMES.iter().filter(|name| **name != "login") {
        let secret = token(name);
        let python = format!(
            "{long}KEY = \"\"\"\n{secret}\n\"\"\"\n{long}class A:\n    def f(self):\n        return 1\n"
        );
        let plain = format!(
            "{}\n{secret}\n{}",
            "a line of text\n".repeat(300),
            "more\n".repeat(300)
        );
        for (path, text) in [("app/main.py", python), ("notes.txt", plain)] {
            for text in [text.replace('\n', "\r\n"), text] {
                let file = File::classify(Path::new(path), &text, &[]);
                let file = Arc::new(file.or_else(|| File::text(Path::new(path))).unwrap());
                let show = |findings: Vec<harden_engine::rule::Finding>| -> Vec<String> {
                    findings
                        .iter()
                        .map(|finding| format!("{:?} {}", finding.place, finding.message))
                        .collect()
                };
                let chosen = show(batch::check(&engine, &Workspace::default(), &file, &text).0);
                let all =
                    show(batch::analyse(&engine, &Workspace::default(), &file, &text).findings());
                assert_eq!(chosen, all, "{name} in {path}");
                assert_eq!(all.is_empty(), *name == "jwt-past", "{name} in {path}");
            }
        }
    }
}

#[test]
fn each_sort_is_found_whole_and_damaged_ones_are_not() {
    for name in NAMES
        .iter()
        .filter(|name| !matches!(**name, "jwt-past" | "login"))
    {
        let secret = token(name);
        let found = find(&format!("x = '{secret}'"));
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0].text, secret, "{name}");
        // Cut short, and within a longer word.
        let short = &secret[..secret.len() / 2];
        assert!(
            find(&format!("x = '{short}'")).is_empty(),
            "{name} cut short"
        );
        assert!(
            find(&format!("x = 'é{secret}é'")).len() == 1,
            "{name} between letters of others"
        );
    }
}

#[test]
fn a_line_that_a_program_wrote_is_believed_by_its_checksum_only() {
    let filler = "0123abcd,".repeat(4_000);
    let found = |name: &str| find(&format!("[{filler}\"{}\",{filler}]", token(name))).len();
    assert_eq!((found("stripe"), found("github")), (0, 1));
}

fn found(files: &Files) -> usize {
    let checked = check(files);
    let findings = checked.iter().flat_map(|file| &file.findings);
    findings.filter(|finding| finding.rule.name == RULE).count()
}

#[test]
fn a_baseline_knows_secrets_by_their_hash() {
    let hash = |text: &str| sha1_smol::Sha1::from(text).digest().to_string();
    let baseline = |file: &str, hash: &str| {
        format!(
            "{{\"version\": \"1.5.0\", \"results\": {{\"{file}\": [{{\"type\": \"x\", \"hashed_secret\": \"{hash}\", \"line_number\": 9}}]}}}}"
        )
    };
    for (text, known) in [
        (token("stripe"), token("stripe")),
        (token("pem"), "BEGIN RSA PRIVATE KEY".into()),
    ] {
        let files = |baseline: String| -> Files {
            vec![
                ("src/a.txt".into(), format!("{text}\n")),
                (".secrets.baseline".into(), baseline),
            ]
        };
        assert_eq!(found(&files(baseline("src/a.txt", &hash(&known)))), 0);
        assert_eq!(found(&files(baseline("src/b.txt", &hash(&known)))), 1);
        assert_eq!(found(&files(baseline("src/a.txt", &hash("other")))), 1);
        assert_eq!(found(&files("{ broken".into())), 1);
    }
}

#[test]
fn every_id_is_one_that_a_token_can_carry() {
    let rule = rules::find(RULE).unwrap();
    let claimed: Vec<&str> = rule
        .also
        .iter()
        .filter_map(|id| id.strip_prefix("gitleaks:"))
        .collect();
    let mut known: Vec<&str> = harden_engine::model::token::ids().collect();
    known.sort_unstable();
    known.dedup();
    assert_eq!(claimed, known);
}

#[test]
fn a_list_that_changes_is_asked_again() {
    let text = format!("key = '{}'\n", token("stripe"));
    let engine = Engine::new(Rules::new(rules::all()), Policy::default());
    let file = Arc::new(File::text(Path::new("a.ts")).unwrap());
    let open: Texts = [("a.ts", text.as_str())].into_iter().collect();
    let listed: Texts = [
        ("a.ts", text.as_str()),
        (".gitleaksignore", "a.ts:stripe-access-token:1\n"),
    ]
    .into_iter()
    .collect();
    let heard = batch::survey(&engine, &Workspace::new(open.clone()), &file, &text).heard;
    assert!(
        heard
            .iter()
            .all(|heard| heard.holds(&Workspace::new(open.clone())))
    );
    assert!(
        !heard
            .iter()
            .all(|heard| heard.holds(&Workspace::new(listed.clone())))
    );
}
