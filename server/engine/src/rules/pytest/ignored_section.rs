use std::path::Path;

use super::{folder, moving};
use crate::file::Kind;
use crate::model::pytest::{Dead, Form, Sections};
use crate::project::{CoverageHome, Told};
use crate::rule::{Area, Check, Context, Fix, Intent, Owner, Place, Rule, Safety, Severity, Sink};
use crate::text::Span;

pub static RULE: Rule = Rule {
    name: "pytest/ignored-section",
    area: Area::Testing,
    severity: Severity::Medium,
    cases: &[],
    minutes: 5,
    also: &[],
    off: false,
    docs: r#"
A section looks as if it configured pytest or coverage, and nobody reads it.

Each tool looks for its section in files of certain names, takes the first that it finds, and merges nothing.
What stands elsewhere looks strict and does nothing.

`[tool:pytest]` is the name of the section in `setup.cfg`; in `pytest.ini` it is `[pytest]`:

```ini pytest.ini bad
[tool:pytest]
addopts = --strict-markers
```
```ini pytest.ini fixed
[pytest]
addopts = --strict-markers
```

coverage.py never reads `pytest.ini`.
Its settings belong into `.coveragerc`:

```ini pytest.ini bad
[pytest]
addopts = --cov

[coverage:report]
fail_under = 80
```
```ini pytest.ini fixed
[pytest]
addopts = --cov

```

pytest reads one home: `pytest.toml`, `.pytest.toml`, `pytest.ini`, `.pytest.ini`, `pyproject.toml`, `tox.ini`, `setup.cfg`, whichever comes first.
The first two pairs count even when they are empty, so that a forgotten empty file switches everything off:

```ini pytest.ini bad
```
```toml pyproject.toml bad
[project]
name = "app"

[tool.pytest.ini_options]
addopts = "--strict-markers"
markers = ["slow: takes long"]
```
```ini pytest.ini fixed
[pytest]
addopts = --strict-markers
markers = slow: takes long
```
```toml pyproject.toml fixed
[project]
name = "app"
```

```ini setup.cfg good
[tool:pytest]
addopts = -ra

[coverage:run]
branch = true
```

The fix moves what is ignored to where it is read.
What the other place says already stays as it is there, so the title says which options are dropped.
"#,
    checks: &[Check::Homes(check)],
};

fn check(sections: &Sections, cx: &Context, sink: &mut Sink) {
    let name = name_of(&cx.file.path);
    for dead in &sections.dead {
        let reader = match &dead.coverage {
            Some(_) => "coverage.py never reads this file",
            None if sections.kind == Kind::SetupCfg => "pytest refuses to run with it",
            None => "pytest never reads it there",
        };
        let cure = match (&dead.pytest, &dead.coverage) {
            (Some(header), _) => format!("The section is called `[{header}]` in this file."),
            (None, _) => "Move it to `.coveragerc`.".to_owned(),
        };
        let message = format!("`[{}]` in `{name}`: {reader}. {cure}", dead.name);
        let fix = match dead.coverage {
            Some(_) => to_coverage(dead, cx),
            None => renamed(sections, dead),
        };
        sink.at(dead.section.span, message).fix(fix);
    }
    losing(sections, cx, sink);
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy());
    name.unwrap_or_default().into_owned()
}

/// A home that another one hides, told of where the cause lies: at the hidden one, or at the empty one that hides it.
fn losing(sections: &Sections, cx: &Context, sink: &mut Sink) {
    let Some(config) = &sections.config else {
        return;
    };
    let before = cx.project.homes_before(&cx.file.path);
    let own = Told::read(
        config,
        sections.live.as_ref().map(|live| live.header.clone()),
    );
    if before.is_empty() && own.options.is_empty() && sections.dead.is_empty() {
        let behind = cx.project.homes_behind(&cx.file.path);
        let mut behind = behind.iter();
        let Some((full, told)) = behind.find(|(_, told)| !told.options.is_empty()) else {
            return;
        };
        let place = match &sections.live {
            Some(live) => Place::from(live.span),
            None => Place {
                owner: Owner::File,
                span: Span::default(),
            },
        };
        let message = format!(
            "`{}` says nothing, and switches off what `{}` says: pytest reads the first home alone. Delete it, or move the options here.",
            name_of(&cx.file.path),
            name_of(full)
        );
        sink.at(place, message)
            .related_in(
                Some(full.clone()),
                Place {
                    owner: Owner::Nth(0),
                    span: Span::default(),
                },
                "this is not read",
            )
            .fix(into_empty(sections, own.form, full, told));
    } else if let Some((winner, first)) = before.first()
        && !own.options.is_empty()
        && !first.options.is_empty()
    {
        let Some(live) = &sections.live else { return };
        let message = format!(
            "pytest never reads this: `{}` comes first, and nothing is merged. Move what is missing there.",
            name_of(winner)
        );
        sink.at(live.span, message)
            .related_in(
                Some(winner.clone()),
                Place {
                    owner: Owner::Nth(0),
                    span: Span::default(),
                },
                "this is read",
            )
            .fix(into_winner(&own, live.whole, winner, first));
    }
}

fn into_empty(sections: &Sections, form: Form, full: &Path, told: &Told) -> Fix {
    let title = format!("Move the options of `{}` here", name_of(full));
    let fix = Fix::new(title, Safety::Unsafe);
    let lines = match moving::lines(told, form, &[]) {
        Ok(lines) => lines.join("\n"),
        Err(reason) => return fix.disabled(reason),
    };
    let Some(header) = &told.header else {
        return fix.disabled("its options have no section of their own");
    };
    let drop = Intent::DropSection {
        file: full.to_path_buf(),
        header: header.clone(),
    };
    let (at, text) = match &sections.live {
        Some(live) => (live.line_end, format!("\n{lines}")),
        None => (0, format!("[pytest]\n{lines}\n")),
    };
    let place = Place {
        owner: Owner::File,
        span: Span { start: at, end: at },
    };
    fix.replace(place, text).with(drop)
}

fn into_winner(own: &Told, whole: Span, winner: &Path, first: &Told) -> Fix {
    let said: Vec<String> = first.options.iter().map(|(name, _)| name.clone()).collect();
    let twice = own.options.iter().filter(|(name, _)| said.contains(name));
    let twice: Vec<String> = twice.map(|(name, _)| format!("`{name}`")).collect();
    let name = name_of(winner);
    let title = match (twice.len() == own.options.len(), twice.is_empty()) {
        (true, _) => format!("Remove it: `{name}` has all of its options"),
        (_, true) => format!("Move the options to `{name}`"),
        (_, false) => format!(
            "Move the options to `{name}`, which keeps its own {}",
            twice.join(", ")
        ),
    };
    let fix = Fix::new(title, Safety::Unsafe).replace(whole, "");
    let lines = match moving::lines(own, first.form, &said) {
        Ok(lines) => lines,
        Err(reason) => return fix.disabled(reason),
    };
    if lines.is_empty() {
        return fix;
    }
    let Some(header) = &first.header else {
        return fix.disabled(format!(
            "the options of `{name}` have no section of their own"
        ));
    };
    fix.with(Intent::Section {
        file: winner.to_path_buf(),
        header: header.clone(),
        lines,
    })
}

/// The section under the name by which pytest reads it in this file.
fn renamed(sections: &Sections, dead: &Dead) -> Fix {
    let header = dead.pytest.unwrap_or_default();
    let fix = Fix::new(format!("Call it `[{header}]`"), Safety::Unsafe);
    if sections.live.is_some()
        || sections
            .dead
            .iter()
            .filter(|other| other.pytest.is_some())
            .count()
            > 1
    {
        return fix.disabled(format!(
            "there is more than one section for pytest: put all options below one `[{header}]`"
        ));
    }
    match sections.kind {
        Kind::PytestToml => fix.replace(dead.section.span, format!("[{header}]")),
        _ => fix.replace(dead.section.span, header),
    }
}

/// To the file that has the settings of coverage, `.coveragerc` where none has.
fn to_coverage(dead: &Dead, cx: &Context) -> Fix {
    let name = dead.coverage.as_deref().unwrap_or_default();
    let (file, header) = match cx.project.coverage_home(&cx.file.path, false, None) {
        CoverageHome::Other(path, _) => {
            let prefix = match name_of(&path).as_str() {
                "setup.cfg" | "tox.ini" => "coverage:",
                "pyproject.toml" => "tool.coverage.",
                _ => "",
            };
            (path, format!("[{prefix}{name}]"))
        }
        _ => (folder(cx).join(".coveragerc"), format!("[{name}]")),
    };
    let title = format!("Move it to `{}`", name_of(&file));
    let fix = Fix::new(title, Safety::Unsafe);
    if file.extension().is_some_and(|end| end == "toml") || dead.section.body.is_empty() {
        return fix.disabled("values have types in TOML: move the settings by hand");
    }
    let lines = options(&dead.section.body);
    fix.replace(dead.section.whole, "").with(Intent::Section {
        file,
        header,
        lines,
    })
}

/// The options of a section of ini with the lines that belong to each, comments above it first.
fn options(body: &str) -> Vec<String> {
    let mut options: Vec<String> = Vec::new();
    let mut above = String::new();
    for line in body.lines() {
        let starts = !line.starts_with([' ', '\t', '#', ';']) && !line.trim().is_empty();
        match options.last_mut() {
            _ if starts => options.push(std::mem::take(&mut above) + line),
            Some(last) if line.starts_with([' ', '\t']) => {
                last.push('\n');
                last.push_str(line);
            }
            _ if line.trim().is_empty() => {}
            _ => {
                above.push_str(line);
                above.push('\n');
            }
        }
    }
    options
}
