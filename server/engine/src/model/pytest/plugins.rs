//! Which distribution an argument or an option of pytest comes from.
//!
//! Facts about plugins as PyPI has them in 2026: the names that each registers with `addoption` and `addini`.

/// Arguments by what they begin with (`--benchmark-`) or are (`--cov`), and the distribution.
const ARGUMENTS: &[(&str, &str)] = &[
    ("--alluredir", "allure-pytest"),
    ("--asyncio-mode", "pytest-asyncio"),
    ("--beartype-packages", "pytest-beartype"),
    ("--benchmark-", "pytest-benchmark"),
    ("--black", "pytest-black"),
    ("--codspeed", "pytest-codspeed"),
    ("--count", "pytest-repeat"),
    ("--cov", "pytest-cov"),
    ("--cov-", "pytest-cov"),
    ("--create-db", "pytest-django"),
    ("--dc", "pytest-django"),
    ("--dead-fixtures", "pytest-deadfixtures"),
    ("--disable-socket", "pytest-socket"),
    ("--allow-hosts", "pytest-socket"),
    ("--dist", "pytest-xdist"),
    ("--doctest-plus", "pytest-doctestplus"),
    ("--ds", "pytest-django"),
    ("--flake8", "pytest-flake8"),
    ("--force-sugar", "pytest-sugar"),
    ("--forked", "pytest-forked"),
    ("--html", "pytest-html"),
    ("--hypothesis-", "hypothesis"),
    ("--instafail", "pytest-instafail"),
    ("--isort", "pytest-isort"),
    ("--json-report", "pytest-json-report"),
    ("--json-report-", "pytest-json-report"),
    ("--maxprocesses", "pytest-xdist"),
    ("--memray", "pytest-memray"),
    ("--migrations", "pytest-django"),
    ("--mpl", "pytest-mpl"),
    ("--mypy", "pytest-mypy"),
    ("--mypy-", "pytest-mypy"),
    ("--nbmake", "nbmake"),
    ("--nbval", "nbval"),
    ("--nbval-lax", "nbval"),
    ("--no-cov", "pytest-cov"),
    ("--no-cov-on-fail", "pytest-cov"),
    ("--no-migrations", "pytest-django"),
    ("--nomigrations", "pytest-django"),
    ("--numprocesses", "pytest-xdist"),
    ("--only-rerun", "pytest-rerunfailures"),
    ("--picked", "pytest-picked"),
    ("--pylint", "pytest-pylint"),
    ("--random-order", "pytest-random-order"),
    ("--random-order-", "pytest-random-order"),
    ("--randomly-", "pytest-randomly"),
    ("--record-mode", "pytest-recording"),
    ("--remote-data", "pytest-remotedata"),
    ("--reruns", "pytest-rerunfailures"),
    ("--reruns-delay", "pytest-rerunfailures"),
    ("--reuse-db", "pytest-django"),
    ("--ruff", "pytest-ruff"),
    ("--ruff-format", "pytest-ruff"),
    ("--self-contained-html", "pytest-html"),
    ("--session-timeout", "pytest-timeout"),
    ("--snapshot-update", "syrupy"),
    ("--spec", "pytest-spec"),
    ("--splits", "pytest-split"),
    ("--testmon", "pytest-testmon"),
    ("--timeout", "pytest-timeout"),
    ("--timeout-method", "pytest-timeout"),
    ("--typeguard-packages", "typeguard"),
    ("--xdoctest", "xdoctest"),
];

/// Options of a configuration file.
const OPTIONS: &[(&str, &str)] = &[
    ("DJANGO_CONFIGURATION", "pytest-django"),
    ("DJANGO_SETTINGS_MODULE", "pytest-django"),
    ("asyncio_debug", "pytest-asyncio"),
    ("asyncio_default_fixture_loop_scope", "pytest-asyncio"),
    ("asyncio_default_test_loop_scope", "pytest-asyncio"),
    ("asyncio_mode", "pytest-asyncio"),
    ("bdd_features_base_dir", "pytest-bdd"),
    ("django_debug_mode", "pytest-django"),
    ("django_find_project", "pytest-django"),
    ("doctest_plus", "pytest-doctestplus"),
    ("env_files", "pytest-dotenv"),
    ("mock_traceback_monkeypatch", "pytest-mock"),
    ("mock_use_standalone_module", "pytest-mock"),
    ("mpl-baseline-path", "pytest-mpl"),
    ("qt_api", "pytest-qt"),
    ("remote_data_strict", "pytest-remotedata"),
    ("reruns", "pytest-rerunfailures"),
    ("reruns_delay", "pytest-rerunfailures"),
    ("session_timeout", "pytest-timeout"),
    ("timeout", "pytest-timeout"),
    ("timeout_func_only", "pytest-timeout"),
    ("timeout_method", "pytest-timeout"),
    ("trio_mode", "pytest-trio"),
    ("typeguard-packages", "typeguard"),
    ("xvfb_height", "pytest-xvfb"),
    ("xvfb_width", "pytest-xvfb"),
];

/// All of these distributions, once each.
pub const DISTRIBUTIONS: &[&str] = &[
    "allure-pytest",
    "hypothesis",
    "nbmake",
    "nbval",
    "pytest-asyncio",
    "pytest-bdd",
    "pytest-beartype",
    "pytest-benchmark",
    "pytest-black",
    "pytest-codspeed",
    "pytest-cov",
    "pytest-deadfixtures",
    "pytest-django",
    "pytest-doctestplus",
    "pytest-dotenv",
    "pytest-flake8",
    "pytest-forked",
    "pytest-html",
    "pytest-instafail",
    "pytest-isort",
    "pytest-json-report",
    "pytest-memray",
    "pytest-mock",
    "pytest-mpl",
    "pytest-mypy",
    "pytest-picked",
    "pytest-pylint",
    "pytest-qt",
    "pytest-random-order",
    "pytest-randomly",
    "pytest-recording",
    "pytest-remotedata",
    "pytest-repeat",
    "pytest-rerunfailures",
    "pytest-ruff",
    "pytest-socket",
    "pytest-spec",
    "pytest-split",
    "pytest-sugar",
    "pytest-testmon",
    "pytest-timeout",
    "pytest-trio",
    "pytest-xdist",
    "pytest-xvfb",
    "syrupy",
    "typeguard",
    "xdoctest",
];

/// The distribution from which an argument comes, `--cov=app` or `-n4`; `None` for pytest's own and unknown ones.
pub fn of_argument(word: &str) -> Option<&'static str> {
    let name = word.split('=').next().unwrap_or_default();
    if let Some(rest) = name.strip_prefix("-n") {
        let count = rest.bytes().all(|byte| byte.is_ascii_digit());
        return (count || matches!(rest, "auto" | "logical")).then_some("pytest-xdist");
    }
    let mut known = ARGUMENTS.iter().filter(|(known, _)| {
        *known == name || known.ends_with('-') && name.starts_with(known) && name != *known
    });
    known.next().map(|(_, distribution)| *distribution)
}

pub fn of_option(name: &str) -> Option<&'static str> {
    let known = OPTIONS.iter().find(|(known, _)| *known == name);
    known.map(|(_, distribution)| *distribution)
}

/// Whether the value of an argument is the next word. What pytest itself has is no argument of a plugin.
pub fn takes_next(word: &str) -> bool {
    const VALUED: &[&str] = &[
        "-c",
        "-k",
        "-m",
        "-o",
        "-p",
        "-r",
        "-W",
        "--basetemp",
        "--color",
        "--confcutdir",
        "--deselect",
        "--durations",
        "--durations-min",
        "--ignore",
        "--ignore-glob",
        "--import-mode",
        "--junit-prefix",
        "--junit-xml",
        "--junitxml",
        "--log-cli-level",
        "--log-file",
        "--log-level",
        "--maxfail",
        "--override-ini",
        "--rootdir",
        "--tb",
        "--verbosity",
    ];
    VALUED.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_known_by_name_and_prefix() {
        for (word, wanted) in [
            ("--cov", Some("pytest-cov")),
            ("--cov=app", Some("pytest-cov")),
            ("--cov-report=xml", Some("pytest-cov")),
            ("-n", Some("pytest-xdist")),
            ("-n4", Some("pytest-xdist")),
            ("-nauto", Some("pytest-xdist")),
            ("--timeout=30", Some("pytest-timeout")),
            ("--covers", None),
            ("--no-header", None),
            ("-ra", None),
            ("--tb=short", None),
        ] {
            assert_eq!(of_argument(word), wanted, "{word}");
        }
    }
}
