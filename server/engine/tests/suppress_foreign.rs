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
        ("XaX # noqa:E501S311", true),
        ("XaX # noqa S110", true),
        ("XaX # noqa: E501 because S311", false),
        ("XaX # noqa(S311)", false),
        ("XaX # noqa, really", false),
        ("XaX # noqa: s311", false),
        ("XaX # noqa:", false),
        ("XaX # pragma: no cover", false),
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
        ("# FLAKE8: NOQA\nXaX", true),
        ("# flake8=noqa\nXaX", true),
        ("# flake8: noqa: E501\nXaX", false),
        ("XaX # flake8: noqa", false),
        ("# RUFF: noqa\nXaX", false),
        ("# ruff: NoQA\nXaX", true),
        ("# ruff: noqa: S3\nXaX", false),
        ("# ruff: noqa: because\nXaX", false),
        ("def a():\n    # ruff: noqa\n    XbX", true),
        ("# ruff: ignore[S311]\nXaX", true),
        ("# ruff: ignore[S311]\na(\n  XbX,\n)\n", true),
        ("# ruff: ignore[S311]\na()\nXbX\n", false),
        ("XaX  # ruff: ignore[S311]", true),
        ("XaX  # why  #ruff:ignore [E501, S311,] for a game", true),
        ("XaX  # ruff: ignore[S3]", false),
        ("XaX  # ruff: ignore[B311]", false),
        ("XaX  # ruff: ignore[]", false),
        ("XaX  # RUFF: ignore[S311]", false),
        (
            "XaX  # ruff: ignore[suspicious-non-cryptographic-random-usage]",
            true,
        ),
        ("XaX  # ruff: ignore[try-except-pass]", false),
        ("XaX(\n  b,\n)  # ruff: ignore[S311]", false),
        ("XaX(\"\"\"\nb\"\"\")  # ruff: ignore[S311]", true),
        ("# ruff: ignore[S311]\n\n# why\nXaX\n", true),
        ("# ruff: ignore[S311]\na = [\n  1,\n  XbX,\n]\n", true),
        ("# ruff: ignore[S311]\na = 1 + \\\n  XbX\n", true),
        ("a(\n  # ruff: ignore[S311]\n  XbX,\n)\n", true),
        ("a(\n  # ruff: ignore[S311]\n  b,\n  XcX,\n)\n", false),
        // Of a function, its head.
        ("# ruff: ignore[S311]\ndef a(b=XbX):\n    c\n", true),
        ("# ruff: ignore[S311]\ndef a():\n    XbX\n", false),
        ("# ruff: file-ignore[S311]\n\nXaX", true),
        ("XaX\n# ruff: file-ignore[S311]\n", true),
        ("a = 1  # ruff: file-ignore[S311]\nXaX", false),
        ("if a:\n    # ruff: file-ignore[S311]\n    XaX", false),
        ("a = [\n# ruff: disable[S311]\nXbX]\nXcX\n", false),
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
        ("XaX # nosec: try_except_pass,random", true),
        // Unknown words are none, and none are all.
        ("XaX # nosec blacklist", true),
        ("XaX # nosec B199", true),
        ("XaX # nosec b110", true),
        ("XaX # nosec S110", true),
        ("XaX # nosec we trust it", true),
        ("XaX # nosec B199, B101", false),
        ("XaX # nosec B101 # nosec B311", false),
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

/// Whether a finding with these ids at the `X…X` is silenced.
fn as_known(text: &str, also: &[&'static str]) -> bool {
    silent(Language::Python, text, also, false)
}

#[test]
fn what_bandit_and_ruff_both_number_is_the_same() {
    for (text, also, silenced) in [
        ("XaX # noqa: S311", &["B311"][..], true),
        ("XaX # nosec B311", &["S311"], true),
        ("XaX # nosec B110", &["S311"], false),
        // What neither knows is what its rule is.
        ("XaX # noqa: S311", &[], true),
        ("XaX # nosec", &[], true),
        ("XaX # nosec B110", &[], false),
        ("XaX # noqa: ASYNC210", &["ASYNC210"], true),
        ("XaX # nosec", &["ASYNC210"], false),
        ("XaX # noqa: PLE2502", &["B613"], true),
        ("XaX # noqa: S308", &["B703"], true),
        ("XaX # noqa: BLE001", &["B110", "S110"], true),
        ("XaX # noqa: BLE001", &["S311"], false),
        ("XaX # noqa: E722", &["B110", "S110"], false),
    ] {
        assert_eq!(as_known(text, also), silenced, "{text} {also:?}");
    }
}

#[test]
fn bandit_looks_at_the_whole_of_what_holds_a_password() {
    for (text, id, silenced) in [
        (
            "a = {\n  'password': XbX,\n  'c': 1,  # nosec\n}",
            "B105",
            true,
        ),
        ("password = (  # nosec\n  XbX\n)", "B105", true),
        ("password = XbX\na = 1  # nosec", "B105", false),
        ("a(\n  password=XbX,\n  c=1,  # nosec\n)", "B106", true),
        (
            "def a(\n  password=XbX,\n  c=1):  # nosec\n    d\n",
            "B107",
            true,
        ),
        (
            "def a(password=XbX):\n    c\n    d  # nosec\n",
            "B107",
            true,
        ),
        ("def a(password=XbX):\n    c\nd  # nosec\n", "B107", false),
        ("a = 'b' \\\n  XcX  # nosec\n", "B608", true),
    ] {
        assert_eq!(as_known(text, &[id]), silenced, "{text} {id}");
    }
}

#[test]
fn pylints_messages_that_are_the_same_check() {
    for (text, silenced) in [
        ("XaX  # pylint: disable=broad-except", true),
        ("XaX  # a  #pylint:disable = fixme , W0718 # why", true),
        ("XaX  # pylint: disable=fixme", false),
        ("XaX  # pylint: enable=broad-except", false),
        ("a  # pylint: disable=broad-except\nXaX", false),
        ("# pylint: disable-next=broad-except\nXaX\n", true),
        ("# pylint: disable-next=broad-except\na\nXbX\n", false),
        ("# pylint: disable=W0703\na\n\nXbX\n", true),
        (
            "# pylint: disable=W0703\na\n# pylint: enable=W0703\nXbX\n",
            false,
        ),
        ("if a:\n    # pylint: disable=W0703\n    XbX\n", true),
        ("if a:\n    # pylint: disable=W0703\n    b\nXcX\n", false),
        (
            "try:\n    a\n# pylint: disable=W0703\nexceptX X:\n    b\n",
            false,
        ),
        ("# pylint: skip-file\nXaX\n", true),
        ("# pylint: disable=all\nXaX\n", true),
    ] {
        assert_eq!(as_known(text, &["B110", "S110"]), silenced, "{text}");
        let random = text.contains("skip-file") || text.contains("=all");
        assert_eq!(as_known(text, &["B311"]), random, "{text}");
    }
}

#[test]
fn semgrep_counts_here_and_below() {
    for (text, also, silenced) in [
        ("XaX # nosemgrep", &["B311"][..], true),
        ("XaX # nosem", &[], true),
        ("# nosemgrep\nXaX", &[], true),
        ("# nosemgrep\na\nXbX", &[], false),
        (
            "XaX # nosemgrep: a.b.eval-detected",
            &["B307", "S307"],
            true,
        ),
        (
            "XaX # nosemgrep: x, python.lang.security.audit.insecure-hash-algorithm-md5",
            &["S324"],
            true,
        ),
        ("XaX # nosemgrep: eval-detected", &["B311"], false),
        ("XaX # nosemantics", &["B311"], false),
    ] {
        assert_eq!(as_known(text, also), silenced, "{text} {also:?}");
    }
    let docker = |text| silent(Language::Dockerfile, text, &["DL3002"], false);
    assert!(docker("# nosemgrep\nUSER XaX\n"));
    assert!(!docker("# nosemgrep: eval-detected\nUSER XaX\n"));
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
