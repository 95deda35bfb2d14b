//! A suppression comment of ours that suppresses nothing. Reported by [`crate::suppress`], which alone knows.

use crate::rule::{Area, Rule, Severity};

pub static RULE: Rule = Rule {
    name: "suppression/unused",
    area: Area::Code,
    severity: Severity::Low,
    cases: &[],
    minutes: 2,
    off: false,
    also: &[],
    docs: r#"A `# harden: ignore[…]` comment silences nothing.

The finding it was written for is gone, the rule's name is wrong, or the date behind `until=` has passed.
A comment that stays behind hides the next real finding on its line.

```python bad
import secrets

delay = secrets.randbelow(10)  # harden: ignore[python/insecure-random] a backoff is no secret
```

How to fix: remove the comment.
The fix removes the names that silence nothing, and the whole comment when none is left.

```python fixed
import secrets

delay = secrets.randbelow(10)
```

```python good
import random

delay = random.random()  # harden: ignore[python/insecure-random] a backoff is no secret
```
"#,
    checks: &[],
};
