//! What a file does about secrets that are missing or short, read from its lines: where it raises, where it makes one of
//! its own, where it hands one to a function that checks it. Names are in lower case, since a variable of the environment,
//! a constant and a field mean one thing. Of what is unclear it is said that it is checked.

use std::collections::{BTreeMap, BTreeSet};

use super::lines::{Line, assigned, lines, mentions};

/// What files do about secrets, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Checks {
    /// Something raises when there is none.
    pub present: BTreeSet<String>,
    /// Something raises when there are fewer characters.
    pub lengths: BTreeMap<String, u32>,
    /// Functions that raise when what they are given is missing or, where a number is said, short.
    guards: BTreeMap<String, u32>,
    /// Functions, and what they are given.
    handed: BTreeSet<(String, String)>,
}

impl Checks {
    pub fn is_empty(&self) -> bool {
        *self == Checks::default()
    }

    /// Take what another file does.
    pub fn add(&mut self, other: &Checks) {
        self.present.extend(other.present.iter().cloned());
        for (name, least) in &other.lengths {
            longest(&mut self.lengths, name, *least);
        }
        for (name, least) in &other.guards {
            longest(&mut self.guards, name, *least);
        }
        self.handed.extend(other.handed.iter().cloned());
    }

    /// Say of what is handed to functions what these do with it.
    #[must_use]
    pub fn joined(mut self) -> Checks {
        for (function, name) in std::mem::take(&mut self.handed) {
            let Some(least) = self.guards.get(&function) else {
                continue;
            };
            if *least > 0 {
                longest(&mut self.lengths, &name, *least);
            }
            self.present.insert(name);
        }
        self
    }

    /// Whether something raises when one of these names, in lower case, is missing.
    pub fn has(&self, names: &[String]) -> bool {
        let mut names = names.iter();
        self.present.contains("*") || names.any(|name| self.present.contains(name))
    }

    /// The length under which something raises, of one of these names; 0 for none.
    pub fn least(&self, names: &[String]) -> u32 {
        let known = names.iter().filter_map(|name| self.lengths.get(name));
        let any = self.lengths.get("*");
        known.chain(any).max().copied().unwrap_or_default()
    }
}

fn longest(of: &mut BTreeMap<String, u32>, name: &str, least: u32) {
    let known = of.entry(name.to_owned()).or_default();
    *known = (*known).max(least);
}

/// A function that is being read.
struct Around<'t> {
    indent: usize,
    name: &'t str,
    parameters: Vec<String>,
    /// What the decorators of a validator name.
    fields: Vec<String>,
    /// The index of its first line.
    from: usize,
}

/// What the text of a file, or of a part of one, does about secrets.
pub fn checks(text: &str) -> Checks {
    const WORDS: &[&str] = &[
        "raise",
        "assert",
        "exit(",
        "environ[",
        "Validator(",
        "secrets.token",
        "urandom",
        "generate_key",
    ];
    let says = |word: &&str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let mut checks = Checks::default();
    if !WORDS.iter().any(says) {
        return checks;
    }
    let lines = lines(text);
    let mut around: Vec<Around> = Vec::new();
    let mut decorators: Vec<String> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        around.retain(|function| function.indent < line.indent);
        if let Some(decorator) = line.code.strip_prefix('@') {
            if decorator.contains("validator") {
                decorators.extend(mentions(decorator));
                let all = ["(\"*\"", "('*'"].iter().any(|all| decorator.contains(all));
                decorators.extend(all.then(|| "*".to_owned()));
            }
            continue;
        }
        let code = line.code.strip_prefix("async ").unwrap_or(line.code);
        if let Some(rest) = code.trim_start().strip_prefix("def ") {
            let (name, parameters) = rest.split_once('(').unwrap_or((rest, ""));
            around.push(Around {
                indent: line.indent,
                name: name.trim(),
                parameters: named(parameters),
                fields: std::mem::take(&mut decorators),
                from: at,
            });
            continue;
        }
        decorators.clear();
        let reader = Reader {
            lines: &lines,
            function: around.last(),
        };
        reader.line(at, line, &mut checks);
    }
    checks
}

struct Reader<'r, 't> {
    lines: &'r [Line<'t>],
    function: Option<&'r Around<'t>>,
}

impl Reader<'_, '_> {
    fn line(&self, at: usize, line: &Line, checks: &mut Checks) {
        read_from_environment(line.code, checks);
        self.hands(at, line.code, checks);
        if let Some(condition) = line.code.strip_prefix("assert") {
            return self.guarded(at, condition, checks);
        }
        let Some((condition, inline)) = condition(line.code) else {
            return;
        };
        let (first, otherwise) = self.branches(at, inline);
        if first || otherwise && !condition.contains("not ") {
            self.guarded(at, condition, checks);
        } else if says_absent(condition) && self.replaces(at, inline) {
            for name in self.meant(at, condition).0 {
                checks.present.insert(name);
            }
        }
    }

    /// Something is raised unless the condition is as it should be.
    fn guarded(&self, at: usize, condition: &str, checks: &mut Checks) {
        let (names, given, whole) = self.meant(at, condition);
        let least = if whole.contains("len(") {
            self.number(&whole)
        } else {
            0
        };
        for name in names {
            if least > 0 {
                longest(&mut checks.lengths, &name, least);
            }
            checks.present.insert(name);
        }
        if let Some(function) = self.function.filter(|_| given) {
            longest(&mut checks.guards, &function.name.to_lowercase(), least);
        }
    }

    /// The names of secrets of which a condition speaks, through names that stand for them; whether it speaks of what the
    /// function is given; and all that was read for it.
    fn meant(&self, at: usize, condition: &str) -> (Vec<String>, bool, String) {
        let mut whole = condition.to_owned();
        let mut names: Vec<String> = Vec::new();
        let mut given = false;
        let mut next = mentions(condition);
        for _ in 0..HOPS {
            let mut more = Vec::new();
            for name in next {
                if let Some(function) = self.function
                    && function.parameters.contains(&name)
                {
                    given = true;
                    more.extend(
                        function
                            .fields
                            .iter()
                            .filter(|f| !names.contains(f))
                            .cloned(),
                    );
                }
                if let Some(value) = self.stands_for(at, &name) {
                    whole.push(' ');
                    whole.push_str(value);
                    more.extend(mentions(value));
                }
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            next = more;
        }
        names.extend(next);
        names.retain(|name| may_be_secret(name));
        names.sort();
        names.dedup();
        (names, given, whole)
    }

    /// What is assigned to a name before a line, within the function or outside of all; or what it runs through.
    fn stands_for(&self, at: usize, name: &str) -> Option<&str> {
        let from = self.function.map_or(0, |function| function.from);
        let inside = self.lines[from..=at].iter().rev();
        let outside = self.lines.iter().filter(|line| line.indent == 0);
        inside.chain(outside).find_map(|line| {
            if let Some(rest) = line.code.strip_prefix("for ") {
                let (targets, rest) = rest.split_once(" in ")?;
                return mentions(targets).iter().any(|t| t == name).then_some(rest);
            }
            assigned(line.code, name)
        })
    }

    /// The number with which a length is compared; the largest one there is where it is not written out.
    fn number(&self, whole: &str) -> u32 {
        let digits = whole.split(|c: char| !(c == '_' || c.is_alphanumeric()));
        let numbers = digits.filter_map(|word| word.replace('_', "").parse().ok());
        let numbers: Vec<u32> = numbers.filter(|n| *n > 1).collect();
        numbers.iter().max().copied().unwrap_or(u32::MAX)
    }

    /// Whether the body of the condition at a line raises, and whether a later branch does.
    fn branches(&self, at: usize, inline: &str) -> (bool, bool) {
        let line = &self.lines[at];
        let collects = |code: &str| {
            let list = code.split(".append(").next().unwrap_or_default();
            code.contains(".append(") && {
                let words = ["error", "missing", "problem", "issue", "fail", "invalid"];
                words.iter().any(|word| list.to_lowercase().contains(word))
            }
        };
        let (mut first, mut otherwise) = (raises(inline) || collects(inline), false);
        let mut branch = 0;
        let mut returns = inline.starts_with("return");
        let mut behind = false;
        let positive = !says_absent(line.code);
        for next in &self.lines[at + 1..] {
            if next.indent > line.indent && behind {
                // The body of something else, which may be what stands in for the key.
                otherwise |= positive && raises(next.code);
            } else if next.indent > line.indent {
                let raised = raises(next.code) || collects(next.code);
                match branch {
                    0 => {
                        first |= raised;
                        returns |= next.code.starts_with("return");
                    }
                    _ => otherwise |= raised,
                }
            } else if next.indent == line.indent
                && (next.code.starts_with("else") || next.code.starts_with("elif "))
            {
                branch += 1;
                let body = next
                    .code
                    .split_once(':')
                    .map_or("", |(_, body)| body.trim());
                otherwise |= raises(body);
            } else if next.indent < line.indent {
                break;
            } else if returns && branch == 0 {
                // `if key: return key`, and something is raised behind that.
                if raises(next.code) {
                    otherwise = true;
                    break;
                }
                behind = true;
                returns = !is_block(next.code);
            } else {
                break;
            }
        }
        (first, otherwise)
    }

    /// Whether the body of a condition makes a secret.
    fn replaces(&self, at: usize, inline: &str) -> bool {
        let line = &self.lines[at];
        let makes = |code: &str| {
            let words = [
                "secrets.", "token_", "urandom", "uuid", "generate", "Fernet",
            ];
            code.contains('=') && words.iter().any(|word| code.contains(word))
        };
        let body = self.lines[at + 1..].iter();
        let mut body = body.take_while(|next| next.indent > line.indent);
        makes(inline) || body.any(|next| makes(next.code))
    }

    /// Calls of functions that check what they are given, by their names.
    fn hands(&self, at: usize, code: &str, checks: &mut Checks) {
        const WORDS: &[&str] = &[
            "check", "valid", "require", "ensure", "verif", "assert", "must", "strong", "length",
            "enforce", "guard", "secret",
        ];
        let field = code.split_once(':').map_or("", |(name, _)| name.trim());
        for (open, _) in code.match_indices('(') {
            let inner = |c: char| c == '_' || c.is_alphanumeric();
            let before = code[..open].trim_end();
            let function = before.rsplit(|c| !inner(c)).next().unwrap_or_default();
            let function = function.to_lowercase();
            if !WORDS.iter().any(|word| function.contains(word)) {
                continue;
            }
            let list = &code[open + 1..];
            let end = list.rfind(')').unwrap_or(list.len());
            // `name: Annotated[str, AfterValidator(f)]`
            if function.ends_with("validator") {
                for given in mentions(&list[..end]) {
                    checks.handed.insert((given, field.to_lowercase()));
                }
                continue;
            }
            for name in self.meant(at, &list[..end]).0 {
                checks.handed.insert((function.clone(), name));
            }
        }
    }
}

/// Names are followed this far.
const HOPS: usize = 2;

/// `if condition:` or `elif condition:`, and what follows on its line.
fn condition(code: &str) -> Option<(&str, &str)> {
    let rest = code
        .strip_prefix("if ")
        .or_else(|| code.strip_prefix("elif "));
    let rest = rest.or_else(|| code.strip_prefix("if(").map(|_| &code[2..]))?;
    let mut depth = 0_i32;
    let end = rest.find(|c| {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        c == ':' && depth <= 0
    });
    // A walrus has a colon, too.
    match end {
        Some(end) if !rest[end..].starts_with(":=") => Some((&rest[..end], rest[end + 1..].trim())),
        Some(_) => Some((rest, "")),
        None => Some((rest, "")),
    }
}

fn is_block(code: &str) -> bool {
    ["def ", "class ", "async "]
        .iter()
        .any(|start| code.starts_with(start))
}

fn raises(code: &str) -> bool {
    let starts = [
        "raise",
        "sys.exit",
        "exit(",
        "quit(",
        "os._exit",
        "pytest.exit",
    ];
    let ends = [".error(", "abort(", "fail(", "die("];
    starts.iter().any(|start| code.starts_with(start))
        || ends.iter().any(|word| {
            let at = code.find(word);
            at.is_some_and(|at| !code[..at].contains("log"))
        }) && !code.starts_with("log")
}

fn says_absent(condition: &str) -> bool {
    let words = ["not ", "None", "\"\"", "''", "len("];
    words.iter().any(|word| condition.contains(word))
}

/// `os.environ["X"]` raises.
fn read_from_environment(code: &str, checks: &mut Checks) {
    for (at, found) in code.match_indices("environ[") {
        let rest = &code[at + found.len()..];
        let Some((key, rest)) = rest.split_once(']') else {
            continue;
        };
        let set = rest.trim_start();
        if set.starts_with('=') && !set.starts_with("==") || code.starts_with("del ") {
            continue;
        }
        let names = mentions(key).into_iter().filter(|name| may_be_secret(name));
        checks.present.extend(names);
    }
}

/// The names of a list of parameters.
fn named(parameters: &str) -> Vec<String> {
    let list = parameters
        .rsplit_once(')')
        .map_or(parameters, |(list, _)| list);
    let name = |one: &str| {
        let name = one.split([':', '=']).next().unwrap_or_default();
        name.trim().trim_start_matches('*').to_lowercase()
    };
    let own = ["self", "cls", ""];
    let names = list.split(',').map(name);
    names.filter(|name| !own.contains(&name.as_str())).collect()
}

/// Whether a name, in lower case, may be that of a secret.
fn may_be_secret(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "secret",
        "key",
        "token",
        "jwt",
        "pass",
        "salt",
        "credential",
        "sign",
        "crypt",
        "fernet",
        "cookie",
        "session",
    ];
    name == "*" || WORDS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, Vec<(String, u32)>) {
        let checks = checks(text).joined();
        let lengths = checks.lengths.into_iter().collect();
        (checks.present.into_iter().collect(), lengths)
    }

    #[test]
    fn what_raises_when_there_is_none() {
        for text in [
            "if not JWT_SECRET:\n    raise ValueError('no secret')\n",
            "if settings.jwt_secret is None: raise E\n",
            "assert jwt_secret, 'none'\n",
            "def f(self):\n    if not (\n        self.jwt_secret\n    ):\n        sys.exit(1)\n",
            "key = os.environ[\"JWT_SECRET\"]\n",
            "def f():\n    key = os.getenv('JWT_SECRET')\n    if key:\n        return key\n    raise E\n",
            "def f():\n    if jwt_secret:\n        return jwt_secret\n    if not other:\n        raise E\n    return other\n",
            "def f():\n    key = settings.jwt_secret\n    if key:\n        use(key)\n    else:\n        raise E\n",
            "if not (key := os.getenv('JWT_SECRET')):\n    raise E\n",
            "for name in ('JWT_SECRET', 'X'):\n    if not os.getenv(name):\n        raise E\n",
            "NEEDED = ['JWT_SECRET']\nmissing = [n for n in NEEDED if not os.getenv(n)]\nif missing:\n    raise E\n",
            "@field_validator('jwt_secret')\ndef f(cls, v):\n    if not v:\n        raise E\n    return v\n",
            "def require(value):\n    if value is None:\n        raise E\n\n\nrequire(settings.jwt_secret)\n",
            "if not jwt_secret:\n    jwt_secret = secrets.token_hex()\n",
            "raise_ = 1\nif not jwt_secret:\n    errors.append('x')\n",
        ] {
            let (present, _) = read(&[text, "\n# raise\n"].concat());
            assert!(
                present.contains(&"jwt_secret".into()),
                "{text}: {present:?}"
            );
        }
        for text in [
            "if not jwt_secret:\n    log.error('raise')\n",
            "if jwt_secret:\n    use(jwt_secret)\n",
            "os.environ['JWT_SECRET'] = 'raise'\n",
            "\"\"\"\nif not jwt_secret:\n    raise E\n\"\"\"\n",
            "def f():\n    if not other:\n        raise E\n    return jwt_secret\n",
            "def f():\n    if not key * 2:\n        raise E\n    use(jwt_secret)\n",
            "def f():\n    if not jwt_secret:\n        return\n    if not other:\n        raise E\n",
        ] {
            let (present, _) = read(text);
            assert!(
                !present.contains(&"jwt_secret".into()),
                "{text}: {present:?}"
            );
        }
    }

    #[test]
    fn what_raises_when_it_is_short() {
        for (text, least) in [
            ("if len(settings.jwt_secret) < 32:\n    raise E\n", 32),
            ("assert len(jwt_secret.get_secret_value()) >= 64\n", 64),
            (
                "MIN = 32\ndef f(self):\n    if len(self.jwt_secret) < MIN:\n        raise E\n",
                32,
            ),
            (
                "@validator('jwt_secret')\ndef f(cls, v):\n    if len(v) < 16:\n        raise E\n",
                16,
            ),
            (
                "def check(v):\n    if len(v) < 32:\n        raise E\n\n\ndef g(s):\n    check(s.jwt_secret)\n",
                32,
            ),
            (
                "def check(v):\n    if len(v) < 32:\n        raise E\nclass S:\n    jwt_secret: Annotated[str, AfterValidator(check)]\n",
                32,
            ),
            (
                "def f(self):\n    length = len(self.jwt_secret)\n    if length < 32:\n        raise E\n",
                32,
            ),
        ] {
            let (_, lengths) = read(text);
            assert!(
                lengths.contains(&("jwt_secret".into(), least)),
                "{text}: {lengths:?}"
            );
        }
        assert!(
            read("if len(x) < 32:\n    raise E\nuse(jwt_secret)\n")
                .1
                .is_empty()
        );
    }
}
