use std::path::Path;

use crate::file::Kind;
use crate::model::license::{Terms, goes_with};
use crate::model::manifest::{Field, Manifest};
use crate::output::slashed;
use crate::project::{Licenses, Under, is_apart};
use crate::rule::{Area, Check, Context, Fix, Owner, Place, Rule, Safety, Severity, Sink};
use crate::text::Span;

pub static RULE: Rule = Rule {
    name: "project/license-conflict",
    area: Area::Compliance,
    severity: Severity::Low,
    cases: &[("unknown", Severity::Info)],
    minutes: 30,
    also: &[],
    off: false,
    docs: r#"
Licences of the project contradict each other.

The field of a manifest names another licence than the text beside it is, or something that the code needs is under terms that the project's own licence does not keep.
Whoever uses the project then breaks one of the two.

```toml pyproject.toml bad
[project]
name = "app"
license = "GPL-3.0-only"
```
```text LICENSE.txt bad
MIT License

Permission is hereby granted, free of charge, to any person obtaining a copy of this software […]
The above copyright notice and this permission notice shall be included in all copies […]
```
```toml pyproject.toml fixed
[project]
name = "app"
license = "MIT"
```
```text LICENSE.txt fixed
MIT License

Permission is hereby granted, free of charge, to any person obtaining a copy of this software […]
The above copyright notice and this permission notice shall be included in all copies […]
```
```json package.json good
{
  "name": "app",
  "license": "MIT OR Apache-2.0"
}
```
```text LICENSE-MIT.txt good
Permission is hereby granted, free of charge, to any person obtaining a copy of this software […]
The above copyright notice and this permission notice shall be included in all copies […]
```

The licences of what is needed are those that its own metadata names: in the virtual environment or `node_modules` of the folder or above it, else in `package-lock.json`.
A conflict is told of licences that want the whole under their own terms (GPL, AGPL, SSPL and the like) in a project under others; what is needed for tests and work alone is no part of what is passed on.
What is installed and says nothing of its licence is told as unknown; nothing is claimed of what is not installed.

The fix writes the licence of the text into the field; if the text is the wrong one, replace that.
There is no fix for a dependency: another one, or another licence, is a decision.
"#,
    checks: &[Check::Manifest(check)],
};

fn check(manifest: &Manifest, cx: &Context, sink: &mut Sink) {
    let folder = cx.file.path.parent().unwrap_or(Path::new(""));
    if is_apart(folder) || manifest.licenses.is_empty() && manifest.needs.is_empty() {
        return;
    }
    let licenses = cx.project.licenses(folder);
    // That nobody uploads it says nothing of its licence.
    let private = |field: &&Field| field.text.starts_with("Private ::");
    for field in manifest.licenses.iter().filter(|field| !private(field)) {
        against_text(field, &licenses, sink);
    }
    against_needs(manifest, &licenses, folder, cx, sink);
}

fn against_text(field: &Field, licenses: &Licenses, sink: &mut Sink) {
    let texts: Vec<&str> = licenses
        .files
        .iter()
        .flat_map(|(_, texts)| texts.iter().copied())
        .collect();
    // A text that nobody knows may be anything.
    if texts.is_empty() || licenses.files.iter().any(|(_, texts)| texts.is_empty()) {
        return;
    }
    let named = match Terms::read(&field.text) {
        Terms::Known(known) => Terms::Known(known).ids(),
        Terms::Closed if texts.len() == 1 => Vec::new(),
        Terms::Closed | Terms::Unknown => return,
    };
    if named.iter().any(|name| texts.contains(&name.as_str())) {
        return;
    }
    let file = &licenses.files[0].0;
    let message = format!(
        "`{}` is named as the licence, but `{}` is the text of {}. Make them say the same.",
        field.text,
        slashed(file),
        texts.join(" and ")
    );
    let start = Place {
        owner: Owner::File,
        span: Span::default(),
    };
    let draft = sink
        .at(field.span, message)
        .related_in(Some(file.clone()), start, "the text");
    let [text] = texts[..] else {
        draft.fix(
            Fix::new("Write the licence of the text", Safety::Unsafe)
                .disabled("there are several texts: say which of them hold, and how"),
        );
        return;
    };
    draft.fix(written(field, text));
}

/// The licence of the text, as a field or a classifier names it.
fn written(field: &Field, text: &str) -> Fix {
    // Whether later versions are let in, the text of a licence of GNU does not say.
    let gnu = text.contains("GPL-");
    let name = if gnu {
        format!("{text}-only")
    } else {
        text.to_owned()
    };
    let title = match gnu {
        true => format!(
            "Write `{name}`, as the text says (or `{text}-or-later`, if you let later versions in)"
        ),
        false => format!("Write `{name}`, as the text says"),
    };
    let fix = Fix::new(title, Safety::Unsafe);
    if !field.classifier {
        return fix.replace(field.span, name);
    }
    const CLASSIFIERS: &[(&str, &str)] = &[
        ("Apache-2.0", "Apache Software License"),
        ("BSD-2-Clause", "BSD License"),
        ("BSD-3-Clause", "BSD License"),
        ("GPL-3.0", "GNU General Public License v3 (GPLv3)"),
        ("ISC", "ISC License (ISCL)"),
        ("MIT", "MIT License"),
        ("MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)"),
    ];
    match CLASSIFIERS.iter().find(|(id, _)| *id == text) {
        Some((_, classifier)) => fix.replace(
            field.span,
            format!("License :: OSI Approved :: {classifier}"),
        ),
        None => fix.disabled("no classifier says so: remove it, and name the licence in `license`"),
    }
}

fn against_needs(
    manifest: &Manifest,
    licenses: &Licenses,
    folder: &Path,
    cx: &Context,
    sink: &mut Sink,
) {
    if manifest.needs.is_empty() {
        return;
    }
    let fields = licenses.fields.iter().map(|field| Terms::read(field));
    let texts = licenses.files.iter().flat_map(|(_, texts)| texts.iter());
    let texts = texts.map(|text| {
        let gnu = text.contains("GPL-");
        Terms::read(&if gnu {
            format!("{text}-or-later")
        } else {
            (*text).to_owned()
        })
    });
    let ours = fields.chain(texts).find_map(|terms| match terms {
        Terms::Known(known) => Some(known),
        _ => None,
    });
    let Some(ours) = ours else { return };
    let names: Vec<String> = manifest
        .needs
        .iter()
        .map(|need| need.name.clone())
        .collect();
    let python = cx.file.kind != Kind::PackageJson;
    let all = cx.project.licenses_of(folder, names, python);
    for (need, under) in manifest.needs.iter().zip(all) {
        match under {
            Under::Absent => {}
            Under::Silent => {
                let message = format!(
                    "`{}` does not say under which licence it is, so nobody knows whether you may pass it on. Look it up.",
                    need.name
                );
                sink.at(need.span, message).case("unknown");
            }
            Under::Says(said) => {
                let Terms::Known(theirs) = Terms::read(&said) else {
                    continue;
                };
                if !goes_with(&theirs, &ours) {
                    let message = format!(
                        "`{}` is under {said}, this project under {ours}: whoever passes both on together must keep to the former. Take another library, or another licence.",
                        need.name
                    );
                    sink.at(need.span, message);
                }
            }
        }
    }
}
