use crate::output::slashed;
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
Silent where a field says that the code is for nobody else (`UNLICENSED`, `Proprietary`, `Private :: Do Not Upload`), and where there is no code.
Of several parts without one the first is told, and examples, tests and what others have made are none.

There is no fix: which licence it is, its authors decide.
"#,
    checks: &[Check::Unit(check)],
};

fn check(unit: &Unit, cx: &Context, sink: &mut Sink) {
    // Told once, at the first of several parts that have none.
    let bare = cx.project.unlicensed();
    if bare.first() != Some(&unit.folder) {
        return;
    }
    let licenses = cx.project.licenses(&unit.folder);
    let mut message = match licenses.fields.first() {
        Some(field) => format!(
            "`{field}` is named as the licence, but its text is nowhere. Add it as `LICENSE`."
        ),
        None => "The project has no licence, so nobody else may use it, and nobody knows on which terms it is delivered. Add a `LICENSE`.".to_owned(),
    };
    match bare.len() {
        1 => {}
        2 => message.push_str(&format!(" `{}` has none either.", slashed(&bare[1]))),
        parts => message.push_str(&format!(" {} other parts have none either.", parts - 1)),
    }
    sink.at(unit.place.clone(), message);
}
