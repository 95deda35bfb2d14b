use super::folder;
use crate::model::package::Package;
use crate::rule::{Area, Check, Context, Rule, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "tests/few-tests",
    area: Area::Testing,
    severity: Severity::Low,
    cases: &[],
    minutes: 60,
    also: &[],
    off: false,
    docs: r#"
A package of npm has hardly any tests for its size.

It has 20 source files or more, and fewer than one file of tests for ten of them.
Whatever those tests show, most of the code is changed without anyone seeing what breaks.

Sources are scripts (`.ts`, `.tsx`, `.js`, `.jsx`, `.vue`, `.svelte`) but for declarations, configurations, stories, and what lies in `dist`, `build`, `public` and the like.
Tests are `*.test.*`, `*.spec.*`, `*.cy.*`, and all scripts in a folder such as `__tests__`, `tests` or `e2e`.
Packages within the package count by themselves.

```json package.json bad
{
  "name": "terminal"
}
```
```text src/view1.tsx bad
export {};
```
```text src/view2.tsx bad
export {};
```
```text src/view3.tsx bad
export {};
```
```text src/view4.tsx bad
export {};
```
```text src/view5.tsx bad
export {};
```
```text src/view6.tsx bad
export {};
```
```text src/view7.tsx bad
export {};
```
```text src/view8.tsx bad
export {};
```
```text src/view9.tsx bad
export {};
```
```text src/view10.tsx bad
export {};
```
```text src/view11.tsx bad
export {};
```
```text src/view12.tsx bad
export {};
```
```text src/view13.tsx bad
export {};
```
```text src/view14.tsx bad
export {};
```
```text src/view15.tsx bad
export {};
```
```text src/view16.tsx bad
export {};
```
```text src/view17.tsx bad
export {};
```
```text src/view18.tsx bad
export {};
```
```text src/view19.tsx bad
export {};
```
```text src/view20.tsx bad
export {};
```
```json package.json good
{
  "name": "small"
}
```
```text src/index.ts good
export const answer = 42;
```

There is no fix: tests are written by people who know what the code is for.
"#,
    checks: &[Check::Package(check)],
};

/// Sources from which on a package should have tests.
const SOURCES: usize = 20;
/// Sources for which one file of tests is expected.
const EACH: usize = 10;

fn check(package: &Package, cx: &Context, sink: &mut Sink) {
    if package.first.is_empty() {
        return;
    }
    let counts = cx.project.scripts(folder(cx));
    if counts.sources < SOURCES || counts.tests * EACH >= counts.sources {
        return;
    }
    let tests = match counts.tests {
        0 => "no file of tests".to_owned(),
        1 => "1 file of tests".to_owned(),
        tests => format!("{tests} files of tests"),
    };
    let message = format!(
        "{} source files and {tests}: most of the code is changed without anyone seeing what breaks. Test what matters most first.",
        counts.sources
    );
    sink.at(package.place(), message);
}
