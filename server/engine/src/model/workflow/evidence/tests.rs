//! Commands that run tests.

use super::words::{base, is_test_name, operands, says_e2e};
use super::{Call, Reach, What};
use crate::syntax::shell::Word;

const UNKNOWN: What = What::Test(Reach::Unknown);

/// What a command of this name with these arguments does; how many words say so, the name included.
pub(super) fn of(name: &str, rest: &[&str], all: &[Word]) -> Option<(What, usize)> {
    let first = rest.first().copied().unwrap_or_default();
    let operands = operands(rest, VALUED);
    let has = |words: &[&str]| rest.iter().any(|word| words.contains(word));
    let goal = operands.first().copied().unwrap_or_default();
    if has(&["--version", "--help"]) || first == "install" && !matches!(name, "mvn" | "mvnw") {
        return None;
    }
    let found = |what| Some((what, 2));
    match name {
        "pytest" | "py.test" | "pytest-3" => (!has(&["--collect-only", "--co", "--fixtures"]))
            .then(|| (What::Test(reach(&all[1..])), 1)),
        "tox" | "nox" => tox(rest).then_some((UNKNOWN, 1)),
        "stestr" | "trial" | "nosetests" | "nose2" | "unittest" | "ward" | "behave" | "robot"
        | "vitest" | "jest" | "mocha" | "ava" | "jasmine" | "karma" | "rspec" | "cucumber"
        | "phpunit" | "pest" | "paratest" | "codecept" | "behat" | "ctest" | "bats"
        | "gotestsum" | "ginkgo" | "busted" | "molecule" | "ansible-test" => Some((UNKNOWN, 1)),
        "playwright" if first == "test" => found(What::Test(Reach::EndToEnd)),
        "cypress" if matches!(first, "run" | "run-ct") => found(What::Test(Reach::EndToEnd)),
        "manage.py" | "django-admin" | "artisan" | "rails" | "mix" | "swift" | "flutter"
        | "dart" | "deno" | "dotnet" | "bazel" | "bazelisk" | "forge" | "hardhat" | "truffle"
        | "anchor" | "zig" | "lein" | "stack" | "cabal" | "pants" | "promtool" | "opa"
        | "terraform" | "tofu" | "meson" | "react-scripts" | "ng" | "sbt" | "xcodebuild" => {
            let says = |word: &&&str| matches!(**word, "test" | "vstest") || **word == "testOnly";
            operands.iter().take(2).find(says).map(|_| (UNKNOWN, 2))
        }
        "cargo" => {
            let goal = operands.iter().find(|word| !word.starts_with('+'));
            let tests = matches!(
                goal,
                Some(&("test" | "nextest" | "tarpaulin" | "llvm-cov" | "t"))
            );
            (tests && !has(&["--no-run"])).then_some((UNKNOWN, 2))
        }
        "go" => (first == "test").then_some((UNKNOWN, 2)),
        "mvn" | "mvnw" => {
            let skips = rest.iter().any(|word| {
                matches!(
                    *word,
                    "-DskipTests" | "-DskipTests=true" | "-Dmaven.test.skip=true"
                )
            });
            let goals = [
                "test",
                "verify",
                "package",
                "install",
                "integration-test",
                "deploy",
            ];
            (has(&goals) && !skips).then_some((UNKNOWN, 1))
        }
        "gradle" | "gradlew" => {
            let skips = rest
                .windows(2)
                .any(|pair| matches!(pair, ["-x" | "--exclude-task", "test"]));
            let tests = operands.iter().any(|task| {
                let task = task.rsplit(':').next().unwrap_or_default();
                let tests = task.to_ascii_lowercase().ends_with("test") || task.starts_with("test");
                tests || matches!(task, "check" | "build")
            });
            (tests && !skips).then_some((UNKNOWN, 1))
        }
        "rake" => matches!(goal, "" | "test" | "spec").then_some((UNKNOWN, 2)),
        "nx" | "turbo" | "lerna" | "moon" | "rush" => {
            let tests = operands.iter().copied().any(is_test_name)
                || rest.iter().any(|word| {
                    let target = word
                        .strip_prefix("--target=")
                        .or(word.strip_prefix("--targets="));
                    target.is_some_and(is_test_name)
                })
                || rest.windows(2).any(|pair| {
                    matches!(pair[0], "-t" | "--target" | "--targets") && is_test_name(pair[1])
                });
            tests.then_some((UNKNOWN, 2))
        }
        "make" | "gmake" => {
            let folder = rest
                .windows(2)
                .find(|pair| pair[0] == "-C")
                .map(|pair| pair[1].into());
            let targets = operands.iter().filter(|word| !word.contains('='));
            let targets: Vec<String> = targets.map(|target| (*target).to_owned()).collect();
            Some((What::Calls(Call::Make(targets, folder)), 2))
        }
        "just" | "task" | "go-task" | "invoke" | "inv" | "poe" | "doit" | "taskipy" | "ant"
        | "earthly" | "mage" => {
            by_name(operands.first()?.trim_start_matches('+'), UNKNOWN).map(|what| (what, 2))
        }
        "hatch" | "rye" if goal == "test" => found(UNKNOWN),
        "mise" | "pixi" | "pdm" | "poetry" | "pipenv" | "uv" | "hatch" | "rye" => {
            let script = operands.get(1).filter(|_| goal == "run")?;
            (is_bare(script) && is_test_name(script)).then_some((UNKNOWN, 3))
        }
        "npm" | "pnpm" | "yarn" | "bun" => npm(name, rest),
        "composer" => {
            let script = operands
                .iter()
                .find(|word| !matches!(**word, "run" | "run-script" | "exec"))?;
            is_test_name(script).then_some((UNKNOWN, 2))
        }
        "docker" | "docker-compose" | "podman" => docker(rest),
        "cibuildwheel" => Some((What::Calls(Call::Elsewhere), 1)),
        "gh" if matches!(rest, ["run", "watch", ..] | ["pr", "checks", ..]) => found(What::Waits),
        _ => script(all),
    }
    .map(|(what, count)| (told_by_name(what, all), count))
}

/// Options whose value is another word.
const VALUED: &[&str] = &[
    "-C",
    "-f",
    "--file",
    "-p",
    "--prefix",
    "--filter",
    "-F",
    "-w",
    "--workspace",
    "--cwd",
    "-k",
    "-t",
    "--target",
    "--targets",
    "--tests",
    "-o",
    "--project",
    "-j",
    "--directory",
    "--config",
    "--settings",
    "-m",
    "-e",
    "--dir",
    "-n",
];

/// Words of a command that name tests from end to end say that these are run.
fn told_by_name(what: What, all: &[Word]) -> What {
    match what {
        What::Test(Reach::Unknown) if all.iter().any(|word| says_e2e(&word.text)) => {
            What::Test(Reach::EndToEnd)
        }
        what => what,
    }
}

fn by_name(name: &str, what: What) -> Option<What> {
    is_test_name(name).then_some(what)
}

fn is_bare(word: &str) -> bool {
    !word.contains(['/', '.', '='])
}

/// What pytest is told to run.
fn reach(arguments: &[Word]) -> Reach {
    let mut apart = false;
    let mut paths = Vec::new();
    let mut at = 0;
    while let Some(word) = arguments.get(at) {
        let text = word.text.as_str();
        let (name, value) = match text.split_once('=') {
            Some((name, value)) if text.starts_with("--") => (name, Some(value)),
            _ => (text, None),
        };
        at += 1;
        if !text.starts_with('-') {
            if word.dynamic.is_some() {
                return Reach::Unknown;
            }
            paths.push(text);
            continue;
        }
        let valued = matches!(
            name,
            "-m" | "-k"
                | "-n"
                | "-c"
                | "-p"
                | "-o"
                | "-W"
                | "-r"
                | "--ignore"
                | "--ignore-glob"
                | "--deselect"
                | "--rootdir"
                | "--durations"
                | "--maxfail"
                | "--junitxml"
                | "--junit-xml"
                | "--timeout"
                | "--tb"
                | "--cov-config"
                | "--dist"
                | "--log-level"
                | "--splits"
                | "--group"
                | "--ds"
                | "--reruns"
                | "--browser"
        );
        let value = match value {
            None if valued => {
                at += 1;
                arguments.get(at - 1).map(|word| word.text.as_str())
            }
            value => value,
        };
        let Some(value) = value.filter(|value| says_e2e(value)) else {
            continue;
        };
        match name {
            "-m" | "-k" if !value.contains("not ") => return Reach::EndToEnd,
            "-m" | "-k" | "--ignore" | "--ignore-glob" | "--deselect" => apart = true,
            _ => {}
        }
    }
    if paths.iter().any(|path| says_e2e(path)) {
        return Reach::EndToEnd;
    }
    let broad = |path: &&str| {
        let path = path.trim_start_matches("./").trim_end_matches('/');
        path.is_empty() || path == "." || !path.contains('/') && is_test_name(path)
    };
    match (apart, paths.is_empty()) {
        (true, _) => Reach::Apart,
        (false, true) => Reach::Configured,
        (false, false) if paths.iter().any(broad) => Reach::Configured,
        (false, false) => Reach::Apart,
    }
}

/// Whether one of the environments may hold tests, where any are named.
fn tox(rest: &[&str]) -> bool {
    const OTHERS: &[&str] = &[
        "audit",
        "bandit",
        "black",
        "build",
        "check",
        "clean",
        "codestyle",
        "dist",
        "doc",
        "docs",
        "flake8",
        "format",
        "formatting",
        "isort",
        "lint",
        "linkcheck",
        "linters",
        "linting",
        "mypy",
        "package",
        "pep8",
        "pre",
        "publish",
        "pylint",
        "pyright",
        "release",
        "ruff",
        "security",
        "style",
        "twine",
        "type",
        "types",
        "typing",
        "typecheck",
    ];
    if rest.iter().any(|word| {
        matches!(
            *word,
            "-l" | "--list" | "list" | "-a" | "config" | "devenv" | "--notest"
        )
    }) {
        return false;
    }
    let mut named = rest.windows(2).filter(|pair| {
        matches!(
            pair[0],
            "-e" | "-s" | "--session" | "--sessions" | "-m" | "-f" | "-t" | "--tags"
        )
    });
    let other = |name: &str| {
        let words = crate::model::workflow::words(name);
        words.iter().any(|word| OTHERS.contains(&&**word))
    };
    let all: Vec<&str> = named.by_ref().flat_map(|pair| pair[1].split(',')).collect();
    all.is_empty() || !all.iter().all(|name| other(name))
}

/// `npm test`, `pnpm -r run test:unit`, `yarn workspace x test`.
fn npm(name: &str, rest: &[&str]) -> Option<(What, usize)> {
    let words = operands(rest, VALUED);
    let words = match words.as_slice() {
        ["workspace", _, words @ ..] if name == "yarn" => words,
        ["workspaces", "foreach", words @ ..] | ["workspaces", words @ ..] if name == "yarn" => {
            words
        }
        ["recursive" | "-r", words @ ..] if name == "pnpm" => words,
        words => words,
    };
    let (script, count) = match words {
        ["t" | "tst" | "test", ..] => ("test", 2),
        ["run" | "run-script", script, ..] => (*script, 3),
        [script, ..] if matches!(name, "yarn" | "pnpm") => (*script, 2),
        _ => return None,
    };
    const OWN: &[&str] = &[
        "install",
        "i",
        "ci",
        "add",
        "remove",
        "publish",
        "pack",
        "link",
        "audit",
        "exec",
        "dlx",
        "create",
        "init",
        "config",
        "cache",
        "set",
        "why",
        "dedupe",
        "store",
        "version",
        "info",
        "view",
        "login",
        "whoami",
        "workspaces",
        "global",
        "up",
        "update",
        "outdated",
        "npm",
    ];
    if OWN.contains(&script) {
        return None;
    }
    Some((What::Calls(Call::Npm(script.to_owned())), count))
}

/// A container of a service that has tests in its name, a stage that has: nobody can look into it.
fn docker(rest: &[&str]) -> Option<(What, usize)> {
    let says = |name: &&&str| {
        crate::model::workflow::words(name).iter().any(|word| {
            matches!(
                &**word,
                "test" | "tests" | "e2e" | "sut" | "pytest" | "playwright" | "cypress"
            )
        })
    };
    let runs = rest
        .iter()
        .take(6)
        .any(|word| matches!(*word, "run" | "up" | "exec"));
    let target = rest
        .windows(2)
        .any(|pair| pair[0] == "--target" && says(&&pair[1]));
    let builds = rest
        .iter()
        .take(2)
        .any(|word| matches!(*word, "build" | "buildx"));
    let seems = runs && rest.iter().any(|word| says(&word)) || builds && target;
    seems.then_some((What::Calls(Call::Elsewhere), 1))
}

/// `python manage.py test`, `python setup.py test`, `python scripts/run_tests.py`.
pub(super) fn of_python_file(rest: &[Word]) -> Option<(What, usize)> {
    let file = rest.first()?;
    let next = rest.get(1).map_or("", |word| &word.text);
    match base(&file.text) {
        "manage.py" | "setup.py" if matches!(next, "test" | "pytest") => {
            Some((told_by_name(UNKNOWN, rest), 2))
        }
        name if name.ends_with(".py") => {
            let call = Call::Script(file.fixed()?.to_owned());
            Some((What::Calls(call), 1))
        }
        _ => None,
    }
}

/// A script of the project: `./run-tests.sh`, `bash scripts/ci.sh`.
fn script(all: &[Word]) -> Option<(What, usize)> {
    let first = all.first()?.fixed()?;
    let (path, count) = match base(first) {
        "sh" | "bash" | "dash" | "zsh" | "source" | "." => {
            let options =
                |word: &&Word| word.text.starts_with(['-', '+']) || word.text == "pipefail";
            let skipped = all[1..].iter().take_while(options).count();
            (all.get(1 + skipped)?.fixed()?, 2 + skipped)
        }
        _ if first.contains('/') && !first.contains("bin/") => (first, 1),
        name if [".sh", ".bash", ".py"]
            .iter()
            .any(|end| name.ends_with(end)) =>
        {
            (first, 1)
        }
        _ => return None,
    };
    let known = path.starts_with('/') || path.contains('$') || path.contains(' ');
    (!known).then(|| (What::Calls(Call::Script(path.to_owned())), count))
}
