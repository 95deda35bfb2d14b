use crate::file::says_test;
use crate::model::dotenv::File;
use crate::model::dotenv::secret::{Secret, is_default, is_placeholder, secrets};
use crate::model::token::is_template;
use crate::project::Ignored;
use crate::rule::{Area, Check, Context, Fix, Intent, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "env/not-ignored",
    area: Area::Security,
    severity: Severity::Critical,
    cases: &[],
    off: false,
    minutes: 5,
    also: &["CWE-538"],
    docs: r#"
An environment file with secrets in it is not ignored by git.

`git add .` takes it along, and what was pushed once is known: the history keeps it, and so does every clone.

```dotenv .env bad
JWT_SECRET=Zk3vY1qXwR8tLm5NpB7cD9fGhJ2sKaQe0uTiOyVxWzA
```

```gitignore .gitignore bad
__pycache__/
```

The fix adds the file to the nearest `.gitignore`.
Where git tracks the file already, that is not enough: the message says so, and the secrets have to be rotated.

```gitignore .gitignore fixed
__pycache__/
.env
```

Templates (`.env.example`), files for tests, and files whose secrets are all defaults or placeholders are no findings:
they are made to be shared.

```dotenv .env good
JWT_SECRET=Zk3vY1qXwR8tLm5NpB7cD9fGhJ2sKaQe0uTiOyVxWzA
```

```gitignore .gitignore good
.env*
!.env.example
```
"#,
    checks: &[Check::Dotenv(check)],
};

fn check(file: &File, cx: &Context, sink: &mut Sink) {
    let path = &cx.file.path;
    if is_template(path) || says_test(path) {
        return;
    }
    let is_real = |secret: &Secret| {
        let value = secret.value.trim();
        value.len() >= 8 && !is_default(value) && !is_placeholder(value)
    };
    let entries = file.entries.iter();
    let mut found = entries.filter_map(|(chunk, entry)| {
        Some((*chunk, entry, secrets(entry).into_iter().find(is_real)?))
    });
    let Some((chunk, entry, secret)) = found.next() else {
        return;
    };
    let tracked = match cx.project.ignored(path) {
        Ignored::Covered => return,
        Ignored::Open => false,
        Ignored::Tracked => true,
    };
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or(".env");
    let message = if tracked {
        format!(
            "Git tracks `{name}`, so everyone with the repository has `{}` and the rest of it already. Ignore it, take it \
             out with `git rm --cached`, and rotate what it holds.",
            entry.key
        )
    } else {
        format!(
            "No `.gitignore` covers `{name}`, so the next `git add` takes `{}` along. Ignore it.",
            entry.key
        )
    };
    sink.at(File::place(chunk, entry.key_span), message)
        .also(RULE.also)
        .secret(File::place(chunk, secret.span))
        .fix(
            Fix::new(format!("Add `{name}` to `.gitignore`"), Safety::Safe)
                .with(Intent::GitIgnore(name.into())),
        );
}
