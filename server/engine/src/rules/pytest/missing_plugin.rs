use std::collections::BTreeMap;

use super::{folder, is_read};
use crate::model::pytest::{Config, plugins};
use crate::model::requirements::normal;
use crate::rule::{Area, Check, Context, Fix, Intent, Rule, Safety, Severity, Sink};
use crate::text::Span;

pub static RULE: Rule = Rule {
    name: "pytest/missing-plugin",
    area: Area::Testing,
    severity: Severity::Medium,
    cases: &[],
    minutes: 5,
    also: &[],
    off: false,
    docs: r#"
pytest is told something that only a plugin understands, and nothing installs the plugin.

An argument that nobody knows stops every run with "unrecognized arguments"; an option that nobody knows is a warning and has no effect: without pytest-timeout, `timeout = 30` stops no test.
It works for whoever has the plugin by chance.

```ini pytest.ini bad
[pytest]
addopts = -n auto
```
```text requirements.txt bad
httpx==0.28.1
pytest==8.3.4
```
```text requirements.txt fixed
httpx==0.28.1
pytest==8.3.4
pytest-xdist
```
```ini pytest.ini good
[pytest]
addopts = --cov=app
asyncio_mode = auto
```
```text requirements-dev.txt good
pytest
pytest-asyncio
pytest-cov
```

The plugin counts as required when any file of the folder or above it names it: requirements, `pyproject.toml`, lock files, `tox.ini`, `setup.py`, `noxfile.py`, a Dockerfile, a workflow.
An unpacked source distribution (there is a `PKG-INFO`) need not carry them: nothing is said there.
Silent where no file lists requirements at all, so that nobody can say what is installed.

The fix adds the plugin where pytest is required.
It waits to be chosen, since the version is yours to pin.
"#,
    checks: &[Check::Pytest(check)],
};

fn check(config: &Config, cx: &Context, sink: &mut Sink) {
    let wanted = wanted(config);
    if wanted.is_empty() || !is_read(cx) {
        return;
    }
    let around = cx.project.pytest_plugins(folder(cx));
    if around.left_out || !around.lists && config.besides.requires.is_empty() {
        return;
    }
    for (distribution, (place, word, stops)) in wanted {
        let own = config.besides.requires.iter();
        if around.named.contains(distribution.as_str())
            || own.clone().any(|name| *name == distribution)
        {
            continue;
        }
        let effect = match stops {
            Stops::Run => "so pytest stops at once",
            Stops::Nothing => "so it has no effect",
        };
        let message = format!(
            "`{word}` needs `{distribution}`, which nothing here requires, {effect}. Require it."
        );
        let fix = Fix::new(format!("Require `{distribution}`"), Safety::Unsafe);
        sink.at(place, message)
            .fix(fix.with(Intent::TestDependency {
                name: distribution,
                folder: folder(cx).to_path_buf(),
            }));
    }
}

/// What happens without the plugin.
#[derive(Debug, Clone, Copy)]
enum Stops {
    Run,
    Nothing,
}

/// The distributions that the home speaks of, each with the first place.
fn wanted(config: &Config) -> BTreeMap<String, (Span, String, Stops)> {
    let mut wanted: BTreeMap<String, (Span, String, Stops)> = BTreeMap::new();
    let mut words = config.arguments().into_iter();
    while let Some(word) = words.next() {
        if word.text == "--" {
            break;
        }
        if plugins::takes_next(&word.text) {
            words.next();
        } else if let Some(distribution) = plugins::of_argument(&word.text) {
            let name = word.text.split('=').next().unwrap_or_default().to_owned();
            wanted
                .entry(distribution.into())
                .or_insert((word.span, name, Stops::Run));
        }
    }
    for option in &config.options {
        if let Some(distribution) = plugins::of_option(&option.name) {
            let said = (option.span, option.name.clone(), Stops::Nothing);
            wanted.entry(distribution.into()).or_insert(said);
        }
    }
    let required = config.option("required_plugins");
    for word in required
        .and_then(|option| option.words())
        .unwrap_or_default()
    {
        let end = word.text.find(['<', '>', '=', '!', '~', '[', ';', ' ']);
        let name = normal(&word.text[..end.unwrap_or(word.text.len())]);
        if plugins::DISTRIBUTIONS.contains(&name.as_str()) {
            let said = (word.span, word.text.clone(), Stops::Run);
            wanted.entry(name).or_insert(said);
        }
    }
    wanted
}
