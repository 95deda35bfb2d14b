use std::path::Path;

use super::folder;
use crate::model::coverage::Report;
use crate::model::pytest::{Config, Opt, Word};
use crate::project::Tests;
use crate::rule::{Area, Check, Context, Fix, Intent, Rule, Safety, Severity, Sink};
use crate::text::Span;

pub static RULE: Rule = Rule {
    name: "tests/missing",
    area: Area::Testing,
    severity: Severity::Critical,
    cases: &[],
    minutes: 30,
    also: &[],
    off: false,
    docs: r#"
The project says that there are tests, and there are none.

Its configuration of pytest, or a coverage report, is from a time when there were.
The run finds nothing, and every change goes out unseen.

```ini pytest.ini bad
[pytest]
testpaths = tests
```
```python app/__init__.py bad
VERSION = "1"
```
```ini pytest.ini good
[pytest]
testpaths = checks
python_files = check_*.py
```
```python checks/check_app.py good
def test_the_version():
    assert True
```

Tests are looked for as pytest looks for them: in `testpaths`, else everywhere below the configuration, in files called as `python_files` says.
Silent where doctests of the code are run, or a `conftest.py` makes tests of other files, and in an
unpacked source distribution (there is a `PKG-INFO`), which need not carry its tests.

The fix makes a first test, which only shows that the code can be imported.
It is never applied without being chosen: get the lost tests back if you can.
There is no fix for what those tested.
"#,
    checks: &[Check::Pytest(of_config), Check::Report(of_report)],
};

fn of_config(config: &Config, cx: &Context, sink: &mut Sink) {
    if !cx.project.homes_before(&cx.file.path).is_empty() {
        return;
    }
    // A section of plugins' options alone does not say that there are tests: an empty one says nothing.
    if config.options.is_empty() || config.arguments().iter().any(makes_tests) {
        return;
    }
    let words = |name: &str| -> Vec<String> {
        let words = config.option(name).and_then(Opt::words).unwrap_or_default();
        words.into_iter().map(|word| word.text).collect()
    };
    let (paths, names) = (words("testpaths"), words("python_files"));
    let Some(tests) = tests(cx, &paths, &names) else {
        return;
    };
    if tests.any || tests.left_out {
        return;
    }
    let testpaths = config.option("testpaths");
    let place = match (testpaths, config.section) {
        (Some(option), _) => option.value_span(),
        (None, Some(section)) => section,
        (None, None) => config
            .options
            .first()
            .map(|option| option.span)
            .unwrap_or_default(),
    };
    let message = match paths.first() {
        Some(path) => format!(
            "`{path}` is where the tests should be, and there is none. Get them back, or write a first one."
        ),
        None => {
            "pytest is configured here, and there is no test. Get them back, or write a first one."
                .to_owned()
        }
    };
    let folder_of = paths.first().map_or("tests", String::as_str);
    let fix = first_test(cx, &tests, folder_of, names.first().map(String::as_str));
    sink.at(place, message).fix(fix);
}

/// Asked where no configuration of pytest is: that one is asked then.
fn of_report(report: &Report, cx: &Context, sink: &mut Sink) {
    if !report.is_python() || report.rate.is_none() {
        return;
    }
    if !cx.project.pytest_homes(folder(cx)).is_empty() {
        return;
    }
    let Some(tests) = tests(cx, &[], &[]) else {
        return;
    };
    if tests.any || tests.left_out {
        return;
    }
    let message =
        "Tests made this report, and there is none any more. Get them back, or write a first one.";
    let fix = first_test(cx, &tests, "tests", None);
    let place: Span = report.place;
    sink.at(place, message).fix(fix);
}

fn tests(cx: &Context, paths: &[String], names: &[String]) -> Option<Tests> {
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    cx.project.tests(folder(cx), &paths, &names)
}

/// Arguments by which pytest, or a plugin, makes tests of what is no test file.
fn makes_tests(word: &Word) -> bool {
    const MAKERS: &[&str] = &[
        "--doctest",
        "--nbval",
        "--nbmake",
        "--markdown-docs",
        "--mypy",
        "--xdoc",
        "--pyargs",
        "--examples",
    ];
    MAKERS.iter().any(|maker| word.text.starts_with(maker))
}

fn first_test(cx: &Context, tests: &Tests, below: &str, pattern: Option<&str>) -> Fix {
    let pattern = pattern.unwrap_or("test_*.py");
    let name = pattern
        .rsplit('/')
        .next()
        .unwrap_or(pattern)
        .replace('*', "smoke");
    let below = below.trim_end_matches('/');
    let plain = |text: &str| !text.contains(['*', '?', '[']);
    let below = if plain(below) { below } else { "tests" };
    let name = if plain(&name) && name.ends_with(".py") {
        name
    } else {
        "test_smoke.py".to_owned()
    };
    let file = crate::path::join(folder(cx), below).join(name);
    let title = format!("Make a first test, `{}`", crate::output::slashed(&file));
    let fix = Fix::new(title, Safety::Unsafe).never_preferred();
    let Some(module) = &tests.module else {
        return fix.disabled("there is no package or module here that it could import");
    };
    if file.starts_with("..") || file == Path::new("") {
        return fix.disabled("the tests belong outside of the project");
    }
    let text = format!(
        "\"\"\"A first test: it only shows that the code can be imported.\"\"\"\n\nimport importlib\n\n\ndef test_{module}_can_be_imported():\n    assert importlib.import_module(\"{module}\")\n"
    );
    fix.with(Intent::CreateFile { file, text })
}
