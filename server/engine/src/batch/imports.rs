//! What a Python text imports, by its words alone.

use memchr::memmem;

/// One name that an import binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Imported<'t> {
    Module {
        dotted: &'t str,
        bound: &'t str,
    },
    /// The name of a module, or a module of a package.
    Name {
        module: &'t str,
        name: &'t str,
        bound: &'t str,
    },
    /// All names of a module.
    Star(&'t str),
    /// Something that takes a closer look.
    Unsure,
}

impl Imported<'_> {
    /// The dotted name of what is bound.
    pub(super) fn dotted(&self) -> Option<String> {
        match self {
            Imported::Module { dotted, .. } => Some((*dotted).to_owned()),
            Imported::Name { module, name, .. } => {
                let dot = if module.ends_with('.') { "" } else { "." };
                Some([module, dot, name].concat())
            }
            Imported::Star(module) => Some((*module).to_owned()),
            Imported::Unsure => None,
        }
    }
}

/// What a text imports, and more: lines of strings and comments count as well.
pub(super) fn imported(text: &str) -> Vec<Imported<'_>> {
    let mut found = Vec::new();
    let mut done = 0;
    for at in memmem::find_iter(text.as_bytes(), "import") {
        if at < done {
            continue;
        }
        let ends = ['\n', '\r'];
        let start = text[..at].rfind(ends).map_or(0, |end| end + 1);
        let end = text[at..].find(ends).map_or(text.len(), |end| at + end);
        done = read(text, start, at, end, &mut found);
    }
    found
}

fn is_blank(c: char) -> bool {
    c == ' ' || c == '\t'
}

/// Read the line around the `import` at `at`; up to where nothing more is to be read is returned.
fn read<'t>(
    text: &'t str,
    start: usize,
    at: usize,
    end: usize,
    found: &mut Vec<Imported<'t>>,
) -> usize {
    let before = text[start..at].trim_matches(is_blank);
    let behind = at + "import".len();
    let list = uncommented(&text[behind..end]);
    let joined = |text: &str| text.contains(['\\', ';']);
    let glued = text[start..at].ends_with(|c| !is_blank(c)) && at > start;
    let continues = text[..start].trim_end_matches(['\n', '\r']).ends_with('\\') && start > 0;
    if glued && !before.ends_with([':', ';']) {
        // A longer word, or no import.
        return behind;
    }
    if before.is_empty() && !continues {
        if !list.starts_with(is_blank) && !list.starts_with('\\') {
            return behind;
        }
        for item in list.split(',') {
            match item_of(item) {
                // `import a.b` binds `a`.
                Some((dotted, bound)) if dotted == bound => {
                    let first = dotted.split('.').next().unwrap_or_default();
                    found.push(Imported::Module {
                        dotted: first,
                        bound: first,
                    });
                }
                Some((dotted, bound)) => found.push(Imported::Module { dotted, bound }),
                None if joined(list) => found.push(Imported::Unsure),
                None => {}
            }
        }
        return end;
    }
    let module = before
        .strip_prefix("from")
        .filter(|rest| rest.starts_with(is_blank) || rest.starts_with('.'))
        .map(|rest| rest.trim_matches(is_blank))
        .filter(|module| is_plain(module) && !continues);
    let Some(module) = module else {
        if !before.starts_with('#') && (continues || begins_statement(before, list)) {
            found.push(Imported::Unsure);
        }
        return behind;
    };
    let open = list.trim_start_matches(is_blank);
    let (list, done) = match open.strip_prefix('(') {
        Some(_) => {
            let from = behind + (list.len() - open.len()) + 1;
            let list = parenthesized(&text[from..]);
            (list, from + list.len())
        }
        None => (open, end),
    };
    for line in list.split(['\n', '\r']) {
        let line = uncommented(line);
        for item in line.split(',') {
            match item_of(item) {
                Some((name, bound)) => found.push(Imported::Name {
                    module,
                    name,
                    bound,
                }),
                None if item.trim() == "*" => found.push(Imported::Star(module)),
                None if joined(item) => found.push(Imported::Unsure),
                None => {}
            }
        }
    }
    done
}

/// Whether an import stands behind something else on its line: what is before it, and behind.
fn begins_statement(before: &str, behind: &str) -> bool {
    let Some((_, before)) = before.rsplit_once([':', ';']) else {
        return false;
    };
    let from = before
        .trim_matches(is_blank)
        .strip_prefix("from")
        .map(|module| module.trim_matches(is_blank));
    match from {
        Some(module) => is_plain(module),
        None => before.trim_matches(is_blank).is_empty() && behind.starts_with([' ', '\t', '\\']),
    }
}

/// `a` or `a as b`: what is meant, and what is bound.
fn item_of(item: &str) -> Option<(&str, &str)> {
    let mut words = item.split_ascii_whitespace();
    let name = words.next().filter(|name| is_plain(name))?;
    match (words.next(), words.next(), words.next()) {
        (None, ..) => Some((name, name)),
        (Some("as"), Some(bound), None) if is_plain(bound) => Some((name, bound)),
        _ => None,
    }
}

fn is_plain(name: &str) -> bool {
    let inner = |c: char| c == '.' || c == '_' || c.is_alphanumeric();
    !name.is_empty() && name.chars().all(inner)
}

fn uncommented(line: &str) -> &str {
    line.split('#').next().unwrap_or_default()
}

/// A text up to its first closing parenthesis that is no comment.
fn parenthesized(text: &str) -> &str {
    let mut comment = false;
    let end = text.find(|c| {
        comment = match c {
            '\n' | '\r' => false,
            '#' => true,
            _ => comment,
        };
        c == ')' && !comment
    });
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lines_import() {
        let cases = [
            ("import a.b\n", "a=a"),
            ("import a, b.c as d\n", "a=a d=b.c"),
            ("  from .c import d\n", "d=.c.d"),
            ("from . import e  # f\n", "e=.e"),
            ("from.a import b\n", "b=.a.b"),
            (
                "from a.b import (c, d as e,  # f, g)\n  h\r\n)\nimport i",
                "c=a.b.c e=a.b.d h=a.b.h i=i",
            ),
            ("from a import(b)\n", "b=a.b"),
            ("from a import *\n", "*a"),
            ("import h.i as j # k\n", "j=h.i"),
            ("from l import m; import n\n", "?"),
            ("from a import \\\n  b\n", "?"),
            ("from a \\\n  import b\n", "?"),
            ("import \\\n  b\n", "?"),
            ("if a: import b\nx = 1; from c import d\n", "? ?"),
            (
                "a: what is imported\n# b; import c\nd: e import f\n:g: importing\n",
                "",
            ),
            ("# from the start\nimportant = 1\nunimport = [\n", ""),
            (
                "to import the start\nfrom the world, import nothing to see\n",
                "",
            ),
            ("from a import (b,\n", "b=a.b"),
            ("import", ""),
        ];
        for (text, expected) in cases {
            let found = imported(text).into_iter().map(|import| match import {
                Imported::Module { bound, .. } | Imported::Name { bound, .. } => {
                    format!("{bound}={}", import.dotted().unwrap_or_default())
                }
                Imported::Star(module) => format!("*{module}"),
                Imported::Unsure => "?".into(),
            });
            assert_eq!(found.collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }
}
