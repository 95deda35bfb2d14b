use std::str::FromStr;

use pep440_rs::Version;

use super::is_aside;
use crate::model::dependencies::{Dependencies, Dependency, Form, Wants};
use crate::project::Use;
use crate::rule::{Area, Check, Context, Fix, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "deps/unpinned",
    area: Area::Dependencies,
    severity: Severity::Medium,
    cases: &[
        ("nothing installs it", Severity::Low),
        ("not the application", Severity::Low),
    ],
    minutes: 5,
    off: false,
    also: &[],
    docs: r#"
A dependency has no fixed version.

Each build takes what the index has that day.
So the image that was tested and the one that is shipped may differ, and a bad release is in production before anybody has seen it.

Pin the version, and raise it on purpose.
The fix takes the version that the project's virtual environment (`.venv`) has, by the names of its metadata; nothing is run:

```text requirements.txt bad
httpx>=0.27
```
```text .venv/lib/python3.13/site-packages/httpx-0.28.1.dist-info/METADATA bad
Name: httpx
```
```text requirements.txt fixed
httpx==0.28.1
```

A lock file holds versions as well, so that nothing is told where one of the unit, or one above it, has the distribution: `uv.lock`, `poetry.lock`, `pdm.lock`, `Pipfile.lock`, `pylock.toml`, `requirements.lock`, or a file of requirements in which every line is pinned.

```text requirements.txt good
httpx>=0.27
```
```toml uv.lock good
version = 1

[[package]]
name = "httpx"
version = "0.28.1"
```

Low where nothing is known to install the file.
Documentation, tests and examples are told of where something installs them, and low then: who tries what is new wants no pins.
Silent about constraints, and where the build takes the dependencies of a package from the file: a package that others install must leave them a choice.
For the same reason `pyproject.toml` is asked only where an image installs it.
"#,
    checks: &[Check::Dependencies(check)],
};

fn check(file: &Dependencies, cx: &Context, sink: &mut Sink) {
    let own = &cx.file.path;
    let loose = |known: &&Dependency| {
        matches!(known.wants, Wants::Any | Wants::Some(_)) && known.hashes.is_empty()
    };
    if !matches!(file.form, Form::Requirements | Form::Pyproject)
        || !file.list.iter().any(|known| loose(&known))
    {
        return;
    }
    let used = cx.project.use_of(own);
    let aside = is_aside(cx);
    if aside && used != Use::Installed {
        return;
    }
    if used == Use::Metadata || file.form == Form::Pyproject && used != Use::Installed {
        return;
    }
    let locked = cx.project.locked(own);
    if locked.unread {
        return;
    }
    for dependency in file.list.iter().filter(loose) {
        let own_pin = file.of(&dependency.key).any(|known| known.pin().is_some());
        if own_pin || locked.pins.contains_key(&dependency.key) {
            continue;
        }
        let name = &dependency.name;
        let message = match dependency.wants {
            Wants::Any => {
                format!("`{name}` has no version, so each build may install another one. Pin it.")
            }
            _ => format!(
                "`{name}` has a range of versions, so each build may install another one. Pin it."
            ),
        };
        let mut draft = sink.at(dependency.span, message);
        if used == Use::Nothing {
            draft = draft.case("nothing installs it");
        }
        if aside {
            draft = draft.case("not the application");
        }
        draft.fix(fix(dependency, cx));
    }
}

fn fix(dependency: &Dependency, cx: &Context) -> Fix {
    let name = &dependency.name;
    let Some(version) = cx.project.installed_version(&cx.file.path, &dependency.key) else {
        return Fix::new(format!("Pin `{name}`"), Safety::Unsafe).disabled(
            "no lock file and no virtual environment of the project says which version is in use",
        );
    };
    let fix = Fix::new(
        format!("Pin `{name}` to the installed {version}"),
        Safety::Unsafe,
    );
    let read = Version::from_str(&version).map(Version::without_local);
    let fits = read.is_ok_and(|read| {
        dependency
            .allowed()
            .is_some_and(|allowed| allowed.contains(&read))
    });
    if !fits {
        return fix.disabled(format!("{version} is installed, which is not let in here"));
    }
    match dependency.pinned_to(&version) {
        Some(edits) => edits
            .into_iter()
            .fold(fix, |fix, edit| fix.replace(edit.span, edit.text)),
        None => fix.disabled("the way in which the version is written here has no other form"),
    }
}
