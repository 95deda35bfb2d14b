use crate::project::{Unit, is_apart};
use crate::rule::{Area, Check, Context, Owner, Place, Rule, Severity, Sink};
use crate::text::Span;

pub static RULE: Rule = Rule {
    name: "project/no-privacy-policy",
    area: Area::Compliance,
    severity: Severity::Low,
    cases: &[],
    minutes: 120,
    also: &[],
    off: false,
    docs: r#"
Personal data is stored, and no document says why, for how long, and for whom.

Models or migrations have columns for an e-mail address, a phone number, an address, a birthday and the like.
The law of most countries wants people told what is kept of them, and audits ask for the document first.

```text requirements.txt bad
django==5.2.8
```
```python app/models.py bad
from django.db import models


class Customer(models.Model):
    email = models.EmailField()
    birth_date = models.DateField(null=True)
```
```text requirements.txt good
django==5.2.8
```
```python app/models.py good
from django.db import models


class Customer(models.Model):
    email = models.EmailField()
```
```text docs/privacy.md good
What we keep of you, and for how long.
```

Looked at are models of Django, SQLAlchemy, SQLModel and others, their migrations, a `schema.prisma`, and files of SQL; not tests and examples.
A file or a folder anywhere in the project that is called after privacy (`PRIVACY.md`, `privacy-policy.html`, `datenschutz`, `gdpr`) is taken for the document.

There is no fix: the document says what people have decided.
"#,
    checks: &[Check::Unit(check)],
};

fn check(unit: &Unit, cx: &Context, sink: &mut Sink) {
    if is_apart(&unit.folder) {
        return;
    }
    let stored = cx.project.personal_data(&unit.folder);
    if stored.places.is_empty() || stored.told {
        return;
    }
    let mut names: Vec<&str> = Vec::new();
    for name in stored.places.iter().flat_map(|(_, names)| names) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let shown: Vec<String> = names
        .iter()
        .take(3)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = if names.len() > 3 { " and more" } else { "" };
    let message = format!(
        "Personal data is stored ({}{more}), and no document tells the people concerned. Write a privacy policy.",
        shown.join(", ")
    );
    let mut draft = sink.at(unit.place.clone(), message);
    for (path, names) in &stored.places {
        let start = Place {
            owner: Owner::File,
            span: Span::default(),
        };
        draft = draft.related_in(
            Some(path.clone()),
            start,
            format!("stores {}", names.join(", ")),
        );
    }
}
