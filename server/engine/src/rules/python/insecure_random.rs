use crate::model::python::{Argument, Call, Target, TargetKind};
use crate::outside::Key;
use crate::rule::{Area, Check, Context, Fix, Intent, Piece, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "python/insecure-random",
    area: Area::Security,
    severity: Severity::High,
    cases: &[
        ("not a secret", Severity::Low),
        ("a seed of its own", Severity::Info),
        ("tests", Severity::Info),
    ],
    minutes: 10,
    off: false,
    also: &["B311", "S311"],
    docs: r#"
A value is drawn from a random generator that can be predicted.

The generator of `random` gives away its state: 624 outputs of 32 bits are enough to know all that follow, and all that came before.
That does not matter for a backoff or a game, and it is fatal for a password, a token or a key.
The finding is high where the value goes to a name, argument or return that says secret, and low elsewhere.
`Random(seed)` is made to be repeated, so it is a note.

```python bad
import random
import string


def make_password():
    return "".join(random.choice(string.ascii_letters) for _ in range(16))
```

```python fixed
import random
import secrets
import string


def make_password():
    return "".join(secrets.choice(string.ascii_letters) for _ in range(16))
```

`secrets` and `random.SystemRandom` draw from the operating system and have the same methods, so the fix keeps what the code does.
It is unsafe where the module sets a seed, since draws can then no longer be repeated.

```python bad
from random import gauss

noise = gauss(0, 1)
```

```python fixed
import secrets
from random import gauss

noise = secrets.SystemRandom().gauss(0, 1)
```

```python good
import random
import secrets

token = secrets.token_urlsafe(32)
delay = random.SystemRandom().uniform(0.5, 1.5)
```
"#,
    checks: &[
        Check::Call(DRAWS, draw),
        Check::Call(DRAWS_OF_A_GENERATOR, draw_of_a_generator),
    ],
};

const DRAWS: &[&str] = &[
    "random.Random",
    "random.betavariate",
    "random.binomialvariate",
    "random.choice",
    "random.choices",
    "random.expovariate",
    "random.gammavariate",
    "random.gauss",
    "random.getrandbits",
    "random.lognormvariate",
    "random.normalvariate",
    "random.paretovariate",
    "random.randbytes",
    "random.randint",
    "random.random",
    "random.randrange",
    "random.sample",
    "random.shuffle",
    "random.triangular",
    "random.uniform",
    "random.vonmisesvariate",
    "random.weibullvariate",
];

/// Draws of a generator that the program made: `Random()` is the finding, unless the value becomes a secret.
const DRAWS_OF_A_GENERATOR: &[&str] = &[
    "random.Random().choice",
    "random.Random().choices",
    "random.Random().getrandbits",
    "random.Random().randbytes",
    "random.Random().randint",
    "random.Random().random",
    "random.Random().randrange",
    "random.Random().sample",
];

/// The draws that bandit and ruff both know; bandit two more.
const KNOWN: &[&str] = &[
    "Random",
    "random",
    "randrange",
    "randint",
    "choice",
    "choices",
    "uniform",
    "triangular",
    "randbytes",
];
const KNOWN_TO_BANDIT: &[&str] = &["sample", "getrandbits"];

fn draw(call: &Call, cx: &Context, sink: &mut Sink) {
    let method = call.name.rsplit('.').next().unwrap_or_default();
    let written = call.text(call.callee);
    let secret = secret(call);
    let draft = match &secret {
        Some(name) => sink.at(
            call.callee,
            format!("`{name}` comes from `{written}`, whose values can be predicted. Draw secrets with `secrets`."),
        ),
        None => sink
            .at(
                call.callee,
                format!("`{written}` draws values that can be predicted. Use `secrets` where nobody may guess them."),
            )
            .case("not a secret"),
    };
    let ids: &[&'static str] = match call.imported {
        true if KNOWN.contains(&method) => &["B311", "S311"],
        true if KNOWN_TO_BANDIT.contains(&method) => &["B311"],
        _ => &[],
    };
    let draft = if method == "Random" && !call.arguments.is_empty() {
        draft.case("a seed of its own")
    } else {
        draft
    };
    draft.also(ids).fix(replacement(call, method, cx));
}

fn draw_of_a_generator(call: &Call, cx: &Context, sink: &mut Sink) {
    let Some(name) = secret(call) else { return };
    let method = call.name.rsplit('.').next().unwrap_or_default();
    let message = format!(
        "`{name}` comes from `{}`, whose values can be predicted. Draw secrets with `secrets`.",
        call.text(call.callee)
    );
    sink.at(call.callee, message)
        .fix(replacement(call, method, cx));
}

/// The same draw from the operating system's generator.
fn replacement(call: &Call, method: &str, cx: &Context) -> Fix {
    let one = matches!(&call.arguments[..], [Argument { keyword: None, .. }]);
    let (name, drop) = match method {
        "choice" if one => ("choice", false),
        "getrandbits" if one => ("randbits", false),
        "randbytes" if one => ("token_bytes", false),
        "randrange" if one => ("randbelow", false),
        "Random" => ("SystemRandom", true),
        _ => ("", false),
    };
    let seeded = drop && !call.arguments.is_empty();
    let safety = if seeded || cx.file.test || cx.outside.has(&Key::Seeds) {
        Safety::Unsafe
    } else {
        Safety::Safe
    };
    let text = match name {
        "" => format!(".SystemRandom().{method}"),
        name => format!(".{name}"),
    };
    let title = match safety {
        Safety::Safe => format!("Use `secrets{text}`"),
        Safety::Unsafe => format!("Use `secrets{text}`, which no seed repeats"),
    };
    let fix = Fix::new(title, safety);
    let mut pieces = vec![Piece::Name(Intent::Import("secrets")), Piece::from(text)];
    if seeded {
        pieces.push("()".into());
        return fix.splice(call.span, pieces);
    }
    fix.splice(call.callee, pieces)
}

/// The secret that the value becomes.
fn secret(call: &Call) -> Option<Box<str>> {
    if call.name.ends_with(".shuffle") {
        let first = call.arguments.first()?;
        let written = call.text(first.value);
        let name = written.rsplit('.').next().unwrap_or_default();
        return says_secret(name).then(|| name.into());
    }
    // A generator is no secret; what is drawn from it may be.
    if call.name == "random.Random" {
        return None;
    }
    let nearest = call.targets.first()?;
    if says_secret_at(nearest) {
        return Some(nearest.name.clone());
    }
    // `make_token(length=randint(8, 12))`: an argument's name says what the value is, unless it says nothing.
    let named = matches!(nearest.kind, TargetKind::Keyword | TargetKind::Key);
    if named && !VAGUE.contains(&&*nearest.name) {
        return None;
    }
    let found = call.targets.iter().find(|target| says_secret_at(target))?;
    Some(found.name.clone())
}

/// Names of arguments and keys that pass on what the value is for.
const VAGUE: &[&str] = &[
    "content",
    "data",
    "default",
    "default_factory",
    "initial",
    "iterable",
    "key",
    "obj",
    "object",
    "raw",
    "s",
    "seq",
    "string",
    "text",
    "value",
    "values",
];

fn says_secret_at(target: &Target) -> bool {
    // `check_token(x)` and `get_password(x)` take something else than the secret.
    const READS: &[&str] = &[
        "get", "check", "is", "has", "find", "fetch", "load", "read", "count", "delete",
        "validate", "verify", "log",
    ];
    if target.kind == TargetKind::Argument {
        let first = target.name.trim_start_matches('_').split('_').next();
        if first.is_some_and(|first| READS.contains(&first)) {
            return false;
        }
    }
    says_secret(&target.name)
}

fn says_secret(name: &str) -> bool {
    // Not in the common list, as their values are no secrets once drawn; that they can be guessed is a defect all the same.
    const DRAWN: &[&str] = &["salt", "nonce", "otp", "csrf"];
    crate::model::secret::is_secret_name(name)
        || name
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| DRAWN.iter().any(|drawn| word.eq_ignore_ascii_case(drawn)))
}
