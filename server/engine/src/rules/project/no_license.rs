use crate::model::license::Terms;
use crate::project::Unit;
use crate::rule::{Area, Check, Context, Rule, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "project/no-license",
    area: Area::Compliance,
    severity: Severity::Low,
    cases: &[],
    minutes: 30,
    also: &[],
    off: false,
    docs: r#"
The project has no licence.

Without one, nobody but its authors may use, change or pass on the code, and whoever audits it cannot say on which terms it is delivered.
A name in `pyproject.toml` or `package.json` does not replace the text.

```toml pyproject.toml bad
[project]
name = "app"
license = "MIT"
```
```python app.py bad
VERSION = "1"
```
```toml pyproject.toml good
[project]
name = "app"
license = "MIT"
```
```python app.py good
VERSION = "1"
```
```text LICENSE.txt good
MIT License

Permission is hereby granted, free of charge, to any person obtaining a copy of this software […]
The above copyright notice and this permission notice shall be included in all copies […]
```

A file called `LICENSE`, `LICENCE`, `COPYING` or `UNLICENSE`, with any ending, in the folder or above it is enough, and so is a folder `LICENSES`.
Silent where a field says that the code is for nobody else (`UNLICENSED`, `Proprietary`, `Private :: Do Not Upload`), where there is no code, and in the parts of a project that is told as a whole.

There is no fix: which licence it is, its authors decide.
"#,
    checks: &[Check::Unit(check)],
};

fn check(unit: &Unit, cx: &Context, sink: &mut Sink) {
    let licenses = cx.project.licenses(&unit.folder);
    if !licenses.files.is_empty() || licenses.within {
        return;
    }
    let closed = |field: &String| matches!(Terms::read(field), Terms::Closed);
    if licenses.fields.iter().any(closed) || cx.project.has_code(&unit.folder) != Some(true) {
        return;
    }
    let message = match licenses.fields.first() {
        Some(field) => format!(
            "`{field}` is named as the licence, but its text is nowhere. Add it as `LICENSE`."
        ),
        None => "The project has no licence, so nobody else may use it, and nobody knows on which terms it is delivered. Add a `LICENSE`.".to_owned(),
    };
    sink.at(unit.place.clone(), message);
}
