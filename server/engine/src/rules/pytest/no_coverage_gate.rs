use super::{folder, is_read, place};
use crate::model::coverage::{Rate, Under};
use crate::model::pytest::{Config, Value, Word};
use crate::path::join;
use crate::project::CoverageHome;
use crate::rule::{Area, Check, Context, Fix, Rule, Safety, Severity, Sink};
use crate::syntax::toml::Data;
use crate::text::{Edit, Span};

pub static RULE: Rule = Rule {
    name: "pytest/no-coverage-gate",
    area: Area::Testing,
    severity: Severity::Medium,
    cases: &[],
    minutes: 10,
    off: false,
    also: &[],
    docs: r#"
Coverage may fall without failing the tests.

A number that nobody looks at only falls.
With a threshold the run fails as soon as new code comes without tests.

Let pytest-cov fail below what you have today, 80 % at most, and raise it from there:

```ini pytest.ini bad
[pytest]
addopts = -ra --cov=app
```
```xml coverage.xml bad
<?xml version="1.0" ?>
<coverage version="7.17.3" lines-valid="400" lines-covered="290" line-rate="0.725" branches-valid="0" branches-covered="0">
</coverage>
```
```ini pytest.ini fixed
[pytest]
addopts = -ra --cov=app --cov-fail-under=72
```

`fail_under` in the settings of coverage does the same.
They are looked for as coverage does, and the first home is the only one that counts: `.coveragerc`, `.coveragerc.toml`, `setup.cfg`, `tox.ini`, `pyproject.toml`, or the file that `--cov-config` names.

```toml pyproject.toml good
[tool.pytest.ini_options]
addopts = "--cov=app"

[tool.coverage.report]
fail_under = 80
```

A threshold of 0 is none, and `--no-cov` switches coverage off with any threshold.
A project that requires pytest-cov and never runs it is told, too, and one whose commands run it without a threshold, unless they tell Codecov, which compares by itself.
Silent where a command of the project has the threshold: in a workflow, `tox.ini`, `noxfile.py`, a `Makefile`.

The fix takes today's coverage from `coverage.xml`; without one it proposes 80 %, and waits to be chosen.
Another goal than 80 is set by `coverage` in the `[policy]` of `harden.toml`.
"#,
    checks: &[Check::Pytest(check)],
};

fn check(config: &Config, cx: &Context, sink: &mut Sink) {
    if !is_read(cx) {
        return;
    }
    let arguments = Arguments::read(config.arguments());
    let around = Around::read(config, &arguments, cx);
    let Some((lack, place, message)) = lack(config, &arguments, &around) else {
        return;
    };
    sink.at(place, message)
        .fix(fix(config, lack, &arguments, &around, cx.policy.coverage));
}

/// Why no coverage fails the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lack {
    Threshold,
    /// The threshold in `addopts` is 0.
    Zero,
    /// `--no-cov`.
    Off,
    /// Nothing measures.
    Measure,
}

fn lack(config: &Config, arguments: &Arguments, around: &Around) -> Option<(Lack, Span, String)> {
    let measures = arguments.cov.is_some();
    if let Some(off) = &arguments.no_cov {
        let wanted = measures || around.required;
        let message = "`--no-cov` switches coverage off, so it may fall unnoticed. Remove it, and set a threshold.";
        return wanted.then(|| (Lack::Off, off.span, message.into()));
    }
    if around.gated {
        return None;
    }
    match (&arguments.threshold, &arguments.cov) {
        (Some((under, _)), _) if under.is_gate() => None,
        (Some((_, word)), Some(_)) => Some((
            Lack::Zero,
            word.span,
            "A threshold of 0 fails no run. Set one that coverage reaches today.".into(),
        )),
        (None, Some(_)) if matches!(around.home, CoverageHome::Unread) => None,
        (None, Some(cov)) => (!around.fails()).then(|| {
            let today = match around.rate {
                Some(rate) => format!(" ({:.1} % in `coverage.xml`)", rate.percent()),
                None => String::new(),
            };
            (
                Lack::Threshold,
                cov.span,
                format!("Coverage is measured{today}, but it may fall without failing the run. Set a threshold."),
            )
        }),
        (_, None) if !around.required || around.fails() => None,
        (_, None) => {
            let (lack, message) = if around.watched {
                // Whoever tells a service of coverage measures it, in whichever way.
                return None;
            } else if around.measured {
                (Lack::Threshold, "A command of this project measures coverage, but it may fall without failing the run. Set a threshold.")
            } else if around.home != CoverageHome::Nowhere {
                (Lack::Threshold, "Coverage is set up here, but it may fall without failing the run. Set a threshold.")
            } else {
                (Lack::Measure, "`pytest-cov` is required, but nothing measures coverage. Add `--cov` with a threshold to `addopts`.")
            };
            Some((lack, place(config), message.into()))
        }
    }
}

/// What `addopts` says to pytest-cov; of a thing that is said twice the last.
#[derive(Debug, Default)]
struct Arguments {
    cov: Option<Word>,
    no_cov: Option<Word>,
    /// The threshold, and the word with its number.
    threshold: Option<(Under, Word)>,
    /// The file that `--cov-config` names.
    config: Option<String>,
    /// Where `--cov-report=xml:…` writes.
    report: Option<String>,
    /// `-p no:cov` keeps the plugin out.
    blocked: bool,
}

impl Arguments {
    fn read(words: Vec<Word>) -> Arguments {
        let mut all = Arguments::default();
        let mut words = words.into_iter().peekable();
        while let Some(word) = words.next() {
            let text = word.text.clone();
            let (name, value) = match text.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value)),
                _ => (text.as_str(), None),
            };
            // The value is behind the `=`, or the next word.
            let mut valued = || match value {
                Some(value) => Some((value.to_owned(), word.clone())),
                None => words.next().map(|next| (next.text.clone(), next)),
            };
            match name {
                "--" => break,
                "--cov" => all.cov = Some(word),
                "--cov-reset" => all.cov = None,
                "--no-cov" => all.no_cov = Some(word),
                "--cov-fail-under" => {
                    all.threshold = valued().map(|(value, word)| (Under::read(&value), word));
                }
                "--cov-config" => all.config = valued().map(|(value, _)| value),
                "--cov-report" => {
                    let xml = valued()
                        .and_then(|(value, _)| Some(value.strip_prefix("xml:")?.to_owned()));
                    all.report = xml.or(all.report);
                }
                "-p" => {
                    let plugin = valued().map(|(value, _)| value).unwrap_or_default();
                    all.blocked |= is_block(&plugin);
                }
                name => all.blocked |= name.strip_prefix("-p").is_some_and(is_block),
            }
        }
        all
    }
}

/// pytest puts `pytest_` before the name that is blocked, too.
fn is_block(plugin: &str) -> bool {
    matches!(plugin, "no:cov" | "no:pytest_cov")
}

/// What other files say.
#[derive(Debug)]
struct Around {
    /// Which file has the settings of coverage.
    home: CoverageHome,
    /// The `fail_under` that coverage reads.
    threshold: Option<Under>,
    /// A command of the project has a threshold.
    gated: bool,
    /// A command of the project measures.
    measured: bool,
    /// A service is told of coverage, which compares it by itself.
    watched: bool,
    /// The unit requires pytest-cov.
    required: bool,
    rate: Option<Rate>,
}

impl Around {
    fn read(config: &Config, arguments: &Arguments, cx: &Context) -> Around {
        let own = &cx.file.path;
        let besides = &config.besides;
        let home =
            cx.project
                .coverage_home(own, besides.coverage.is_some(), arguments.config.clone());
        let threshold = match &home {
            CoverageHome::Own => besides
                .coverage
                .as_ref()
                .and_then(|own| Some(own.fail_under?.0)),
            CoverageHome::Other(_, threshold) => *threshold,
            CoverageHome::Unread | CoverageHome::Nowhere => None,
        };
        let commands = cx.project.coverage_commands(own);
        let required = || {
            besides.requires.iter().any(|name| name == "pytest-cov")
                || cx.project.requires(folder(cx), "pytest-cov", own)
        };
        let report = arguments.report.as_deref().unwrap_or("coverage.xml");
        Around {
            home,
            threshold,
            gated: commands.gate || besides.gates,
            measured: commands.measure || besides.measures,
            watched: commands.watch,
            required: !arguments.blocked && arguments.cov.is_none() && required(),
            rate: cx.project.coverage_rate(&join(folder(cx), report)),
        }
    }

    /// Whether the settings of coverage fail the run.
    fn fails(&self) -> bool {
        self.threshold.is_some_and(Under::is_gate)
    }
}

/// `most`: the threshold that is proposed at most.
fn fix(config: &Config, lack: Lack, arguments: &Arguments, around: &Around, most: u32) -> Fix {
    let percent = around.rate.map_or(most, |rate| rate.floor().min(most));
    let known = if around.rate.is_some() {
        ""
    } else {
        " (today's is not known)"
    };
    let title = match lack {
        Lack::Measure => format!("Measure coverage, and fail below {percent} %{known}"),
        _ => format!("Fail when coverage is below {percent} %{known}"),
    };
    let fix = Fix::new(title, Safety::Unsafe);
    if percent == 0 {
        return fix.disabled("nothing is covered today, so that every threshold fails");
    }
    let fix = if around.rate.is_some() {
        fix
    } else {
        fix.never_preferred()
    };
    match edits(config, lack, percent, arguments, around) {
        Ok(edits) => edits
            .into_iter()
            .fold(fix, |fix, edit| fix.replace(edit.span, edit.text)),
        Err(reason) => fix.disabled(reason),
    }
}

fn edits(
    config: &Config,
    lack: Lack,
    percent: u32,
    arguments: &Arguments,
    around: &Around,
) -> Result<Vec<Edit>, String> {
    let argument = format!("--cov-fail-under={percent}");
    match lack {
        Lack::Zero => match &arguments.threshold {
            Some((_, word)) if word.text.starts_with("--") => {
                Ok(vec![replaced(config, word, &argument)])
            }
            Some((_, word)) => Ok(vec![replaced(config, word, &percent.to_string())]),
            None => Err("there is no threshold to raise".into()),
        },
        Lack::Off => match (&arguments.no_cov, &arguments.threshold) {
            (Some(off), None) if arguments.cov.is_some() => {
                Ok(vec![replaced(config, off, &argument)])
            }
            _ => Err("`--no-cov` was put there by hand: remove it first".into()),
        },
        Lack::Measure => config.add_arguments(&["--cov", &argument]),
        Lack::Threshold => match (&around.home, &config.besides.coverage) {
            (CoverageHome::Own, Some(settings)) => match (settings.fail_under, settings.report) {
                (Some((_, span)), _) => Ok(vec![Edit {
                    span,
                    text: percent.to_string(),
                }]),
                (None, Some(end)) => Ok(vec![
                    config.line_at(end, &format!("fail_under = {percent}")),
                ]),
                (None, None) => config.add_argument(&argument),
            },
            _ => config.add_argument(&argument),
        },
    }
}

/// Another word in the place of one; that of an array has its quotes with it.
fn replaced(config: &Config, word: &Word, text: &str) -> Edit {
    let array = config.option("addopts").is_some_and(|option| {
        matches!(&option.value, Value::Toml(value) if matches!(value.data, Data::Array(_)))
    });
    let quote = if array { "\"" } else { "" };
    Edit {
        span: word.span,
        text: format!("{quote}{text}{quote}"),
    }
}
