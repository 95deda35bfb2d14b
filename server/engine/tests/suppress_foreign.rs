//! Comments of other tools, in the shapes that people write.

use harden_engine::check::Rules;
use harden_engine::file::Language;
use harden_engine::rule::{Finding, Owner, Place};
use harden_engine::suppress::{Subject, suppress};
use harden_engine::text::Span;

use crate::suppress::finding;

/// Whether the findings at the `X…X` of a text are silenced; they carry these ids.
fn silent(language: Language, text: &str, also: &[&'static str], secret: bool) -> bool {
    let marks: Vec<usize> = text.match_indices('X').map(|(at, _)| at).collect();
    let findings = marks.chunks(2).map(|pair| {
        let span = Span::new(pair[0], pair[1] + 1);
        let place = Place {
            owner: Owner::File,
            span,
        };
        Finding {
            also: also.to_vec(),
            secrets: if secret { vec![place] } else { Vec::new() },
            known_on: Vec::new(),
            ..finding(span)
        }
    });
    let subject = Subject {
        language,
        text,
        broken: false,
        today: "2026-11-21".parse().unwrap(),
    };
    let findings: Vec<Finding> = findings.collect();
    assert!(!findings.is_empty(), "{text}");
    suppress(&subject, &Rules::default(), findings).is_empty()
}

fn python(text: &str) -> bool {
    silent(Language::Python, text, &["B311", "S311"], false)
}

fn docker(text: &str) -> bool {
    let also = ["DL3002", "DS-0002", "CKV_DOCKER_3", "SecretsUsedInArgOrEnv"];
    silent(Language::Dockerfile, text, &also, false)
}

#[test]
fn noqa_counts_on_its_line_with_its_codes() {
    for (text, silent) in [
        ("XaX # noqa", true),
        ("XaX # NOQA:S311", true),
        ("XaX # noqa: E501, S311 because", true),
        ("XaX # noqa:E501,S311", true),
        ("XaX  # type: ignore[misc]  # noqa: S311", true),
        (
            "XaX  # noqa: S311 - random not used cryptographically",
            true,
        ),
        ("XaX # noqa: S3", true),
        ("XaX # noqa: E501", false),
        ("XaX # noqa: B311", false),
        ("XaX # type: ignore", false),
        ("XaX\n# noqa", false),
        // Ruff looks at the line on which it reports.
        ("Xa(\n  b,  # noqa: S311\n)X", false),
        ("XaX(\"\"\"\n  b\n\"\"\")  # noqa: S311\n", true),
        ("XaX + \\\n  b  # noqa: S311\n", true),
    ] {
        assert_eq!(python(text), silent, "{text}");
    }
}

#[test]
fn files_statements_and_ranges_are_ruffs() {
    for (text, silent) in [
        ("XaX # ruff: noqa", false),
        ("# ruff: noqa\nXaX", true),
        ("\"\"\"Docs.\"\"\"\n# ruff: noqa: S311, E501\nXaX", true),
        ("# ruff: noqa: S110\nXaX", false),
        ("# flake8: noqa: S311\nXaX", true),
        ("# flake8: noqa\nXaX", true),
        ("# ruff: ignore[S311]\nXaX", true),
        ("# ruff: ignore[S311]\na(\n  XbX,\n)\n", true),
        ("# ruff: ignore[S311]\na()\nXbX\n", false),
        ("XaX  # ruff: ignore[S311]", true),
        ("# ruff: file-ignore[S311]\n\nXaX", true),
        (
            "# ruff: disable[S311]\na\nXbX\n# ruff: enable[S311]\n",
            true,
        ),
        (
            "# ruff: disable[S311]\na\n# ruff: enable[S311]\nXbX\n",
            false,
        ),
        (
            "# ruff: disable[S311]\na\n# ruff: enable[S110]\nXbX\n",
            true,
        ),
        ("# ruff: disable[S110]\nXbX\n", false),
        // It ends with its block.
        (
            "def a():\n    # ruff: disable[S311]\n    b\n\n    XcX\n",
            true,
        ),
        ("def a():\n    # ruff: disable[S311]\n    b\n\nXcX\n", false),
        ("a  # ruff: disable[S311]\nXbX\n", false),
    ] {
        assert_eq!(python(text), silent, "{text}");
    }
}

#[test]
fn nosec_counts_on_every_line_of_the_call() {
    for (text, silent) in [
        ("XaX # nosec", true),
        ("XaX # nosec B311", true),
        ("XaX # nosec: B311 # why", true),
        ("XaX # nosec B110", false),
        ("XaX # nosec B110,B311", true),
        ("XaX # nosec random", true),
        ("XaX # nosec try_except_pass", false),
        ("XaX # pragma: no cover # nosec B311", true),
        ("XaX # NOSEC", false),
        ("XaX\n# nosec", false),
        ("XaX; '# nosec'", false),
        // The finding covers the name of what is called.
        ("XaX(\n  b,  # nosec\n)", true),
        ("XaX(\n  b,\n)  # nosec B311", true),
        ("c(\n  XaX(),\n  b,  # nosec\n)", false),
        // An argument is the call's.
        ("c(\n  b,\n  shell=XaX,\n)  # nosec", true),
        ("c = {\n  'a': XaX,\n  'b': 1,  # nosec\n}", false),
        // A clause with its body.
        ("try:\n  a\nXexcept:X\n  b\n  pass  # nosec\nc\n", true),
        ("try:\n  a\nXexcept:X\n  pass\nc  # nosec\n", false),
    ] {
        let text = text.replace("Xexcept:X", "exceptX X:");
        let marked = text.contains("exceptX X:");
        let silenced = if marked {
            except(&text.replace("exceptX X:", "except:"))
        } else {
            python(&text)
        };
        assert_eq!(silenced, silent, "{text}");
    }
}

/// A finding about the clause of a text.
fn except(text: &str) -> bool {
    let at = text.find("except:").unwrap();
    let mut found = finding(Span::new(at, at + "except:".len()));
    found.also = vec!["B110", "B311"];
    let subject = Subject {
        language: Language::Python,
        text,
        broken: false,
        today: "2026-11-21".parse().unwrap(),
    };
    suppress(&subject, &Rules::default(), vec![found]).is_empty()
}

#[test]
fn dockerfiles_have_their_own() {
    for (text, silent) in [
        ("# hadolint ignore=DL3002\nUSER XaX\n", true),
        ("# hadolint ignore=DL3006,DL3002 # why\nUSER XaX\n", true),
        ("#hadolint ignore = DL3002\nUSER XaX\n", true),
        ("# hadolint ignore=DL3002\n\nUSER XaX\n", false),
        ("# hadolint ignore=DL3002\nUSER a\nUSER XaX\n", false),
        ("# hadolint ignore=DL3002 DL3006\nUSER XaX\n", false),
        ("FROM a\n# hadolint global ignore=DL3002\nUSER XaX\n", true),
        ("FROM a\nUSER XaX\n# hadolint global ignore=DL3002\n", true),
        (
            "# hadolint stage ignore=DL3002\nFROM a\nRUN b\nUSER XaX\n",
            true,
        ),
        (
            "# hadolint stage ignore=DL3002\nFROM a\nFROM b\nUSER XaX\n",
            false,
        ),
        (
            "# check=skip=SecretsUsedInArgOrEnv\nFROM a\nENV XaX=b\n",
            true,
        ),
        (
            "# syntax=a\n# check = skip=JSONArgsRecommended,SecretsUsedInArgOrEnv;error=true\nENV XaX=b\n",
            true,
        ),
        (
            "# check=error=true;skip=SecretsUsedInArgOrEnv\nENV XaX=b\n",
            true,
        ),
        ("# check=skip=all\nENV XaX=b\n", true),
        ("# check=error=true\nENV XaX=b\n", false),
        ("# check=skip=JSONArgsRecommended\nENV XaX=b\n", false),
        ("# check=skip=secretsusedinargorenv\nENV XaX=b\n", false),
        // Behind another comment it is no directive.
        ("# a\n# check=skip=all\nENV XaX=b\n", false),
        ("FROM a\n# check=skip=all\nENV XaX=b\n", false),
        (
            "# tally ignore=hadolint/DL3002;reason=a b\nUSER XaX\n",
            true,
        ),
        (
            "# tally global ignore=buildkit/SecretsUsedInArgOrEnv\nFROM a\nENV XaX=b\n",
            true,
        ),
        ("# checkov:skip=CKV_DOCKER_3:why\nFROM a\nUSER XaX\n", true),
        ("#trivy:ignore:AVD-DS-0002\nUSER XaX\n", true),
    ] {
        assert_eq!(docker(text), silent, "{text}");
    }
}

#[test]
fn finders_of_secrets_are_told_on_the_line() {
    use Language::{Dockerfile, Dotenv, Python, Yaml};
    for (language, text, silenced) in [
        (Yaml, "a: XbX # gitleaks:allow\n", true),
        (Yaml, "a: XbX # pragma: allowlist secret\n", true),
        (Yaml, "a: XbX # pragma: whitelist secret\n", true),
        (Yaml, "# pragma: allowlist nextline secret\na: XbX\n", true),
        (Yaml, "# pragma: allowlist secret\na: XbX\n", false),
        (Yaml, "a: XbX # trufflehog:ignore\n", true),
        (Python, "a = 'XbX'  # pragma: allowlist-secret\n", true),
        (Python, "a = 'XbX'  # pragma: no cover\n", false),
        // No comment can stand there, and they look nevertheless.
        (Dockerfile, "ENV A=XbX # gitleaks:allow\n", true),
        (Dotenv, "A=XbX # gitleaks:allow\n", true),
        (Dotenv, "# gitleaks:allow\nA=XbX\n", false),
    ] {
        assert_eq!(silent(language, text, &[], true), silenced, "{text}");
        assert!(!silent(language, text, &[], false), "no secret: {text}");
    }
}
