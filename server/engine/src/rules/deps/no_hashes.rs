use super::is_aside;
use crate::model::dependencies::{Dependencies, Dependency, Form, Wants};
use crate::project::Use;
use crate::rule::{Area, Check, Context, Rule, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "deps/no-hashes",
    area: Area::Dependencies,
    severity: Severity::Low,
    cases: &[],
    minutes: 10,
    off: false,
    also: &[],
    docs: r#"
Pinned requirements have no hashes.

A version says what a file is called, a hash what is in it.
Without hashes whatever an index, a mirror or a proxy serves under that name is installed.

```text requirements.txt bad
httpx==0.28.1
redis==5.2.1
```

Hashes are not invented, they come from the index: so there is no fix here, but a command that writes a lock file beside it, through `uv` or `pip-compile` where one is installed.
An editor offers it as an action.

```sh
harden lock requirements.txt
```

Install that one: `pip install --require-hashes -r requirements.lock`.
Silent where a lock file of the unit has hashes, as those of uv, Poetry, PDM and Pipenv do.

```text requirements.txt good
httpx==0.28.1 --hash=sha256:d909fcccc110f8c7faf814ca82a9a4d816bc5a6dbfea25d6591d6985b8ba59ad
```

Where some lines have hashes pip wants them of all, so a line without one is told by itself.
Silent about constraints, about documentation, tests and examples, and about files with a version for nothing.
"#,
    checks: &[Check::Dependencies(check)],
};

fn check(file: &Dependencies, cx: &Context, sink: &mut Sink) {
    if file.form != Form::Requirements || is_aside(cx) {
        return;
    }
    let bare =
        |known: &&Dependency| matches!(known.wants, Wants::One(..)) && known.hashes.is_empty();
    let lines: Vec<&Dependency> = file.list.iter().filter(bare).collect();
    let Some(first) = lines.first() else {
        return;
    };
    if file.hashed {
        for dependency in lines {
            let name = &dependency.name;
            let message = format!(
                "`{name}` has no hash while others have, so pip refuses the file. Lock it again."
            );
            sink.at(dependency.span, message);
        }
        return;
    }
    if cx.project.locked(&cx.file.path).hashed || cx.project.use_of(&cx.file.path) == Use::Metadata
    {
        return;
    }
    let many = match lines.len() {
        1 => format!("`{}` is pinned without a hash", first.name),
        many => format!("{many} requirements are pinned without hashes"),
    };
    let message = format!(
        "{many}, so whatever the index serves under that version is installed. Lock them with hashes."
    );
    sink.at(first.span, message);
}
