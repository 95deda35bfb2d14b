//! A requirement by PEP 508: `name[extras] versions ; marker`, or `name[extras] @ url ; marker`.

use std::ops::Range;
use std::str::FromStr;

use pep440_rs::VersionSpecifier;

use super::Joined;
use crate::model::requirements::{Problem, Requirement, Specifier, Text, normal};

pub(super) fn read(joined: &Joined, range: Range<usize>) -> Result<Requirement, Problem> {
    let mut cursor = Cursor {
        joined,
        at: range.start,
        end: range.end,
    };
    let name = cursor.name("The line does not start with the name of a package.")?;
    let extras = cursor.extras()?;
    let behind = joined.span(joined.trimmed(range.start..cursor.at)).end;
    cursor.blanks();
    let (mut specifiers, mut url) = (Vec::new(), None);
    if cursor.take("@") {
        url = Some(cursor.url()?);
    } else if cursor.take("(") {
        specifiers = cursor.specifiers()?;
        if !cursor.take(")") {
            return Err(cursor.problem("The parenthesis around the versions is not closed."));
        }
    } else {
        specifiers = cursor.specifiers()?;
    }
    cursor.blanks();
    let mut marker = None;
    if cursor.take(";") {
        marker = Some(self::marker(joined, cursor.at..range.end)?);
    } else if cursor.at < range.end {
        return Err(cursor.stray());
    }
    Ok(Requirement {
        key: normal(&name.text),
        name,
        extras,
        behind,
        specifiers,
        url,
        marker,
    })
}

/// The marker in a range, checked for its form.
pub(super) fn marker(joined: &Joined, range: Range<usize>) -> Result<Text, Problem> {
    let range = joined.trimmed(range);
    if is_marker(&joined.text[range.clone()]) {
        Ok(joined.text(range))
    } else {
        Err(joined.problem(range, "What follows the `;` is no environment marker."))
    }
}

struct Cursor<'a> {
    joined: &'a Joined,
    at: usize,
    end: usize,
}

impl Cursor<'_> {
    fn rest(&self) -> &str {
        &self.joined.text[self.at..self.end]
    }
    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }
    fn take(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        self.at += if found { text.len() } else { 0 };
        found
    }
    fn run(&mut self, test: impl Fn(char) -> bool) -> Range<usize> {
        let rest = self.rest();
        let length = rest.find(|c| !test(c)).unwrap_or(rest.len());
        self.at += length;
        self.at - length..self.at
    }
    fn problem(&self, message: impl Into<String>) -> Problem {
        self.joined.problem(self.at..self.end, message)
    }
    fn stray(&self) -> Problem {
        let rest = self.rest();
        if rest.starts_with('=') {
            return self.problem("`=` compares nothing. Write `==`.");
        }
        let word = rest.split_whitespace().next().unwrap_or_default();
        self.problem(format!("`{word}` belongs to no version, extra or marker."))
    }

    fn name(&mut self, message: &str) -> Result<Text, Problem> {
        let start = self.at;
        let range = self.run(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        let text = &self.joined.text[range.clone()];
        let edges = [text.chars().next(), text.chars().next_back()];
        if edges
            .iter()
            .all(|c| c.is_some_and(|c| c.is_ascii_alphanumeric()))
        {
            return Ok(self.joined.text(range));
        }
        Err(self.joined.problem(start..self.end, message))
    }

    fn extras(&mut self) -> Result<Vec<Text>, Problem> {
        let mut extras = Vec::new();
        self.blanks();
        let open = self.at;
        if !self.take("[") {
            return Ok(extras);
        }
        self.blanks();
        while !self.take("]") {
            if self.at == self.end {
                let rest = open..self.end;
                return Err(self
                    .joined
                    .problem(rest, "The bracket of the extras is not closed."));
            }
            extras.push(self.name("An extra is a name.")?);
            self.blanks();
            if self.take(",") {
                self.blanks();
            } else if self.at < self.end && !self.rest().starts_with(']') {
                return Err(self.problem("Extras stand between commas, and end with `]`."));
            }
        }
        Ok(extras)
    }

    fn url(&mut self) -> Result<Text, Problem> {
        self.blanks();
        let range = self.run(|c| !c.is_whitespace());
        if range.is_empty() {
            return Err(self.problem("A URL belongs behind the `@`."));
        }
        Ok(self.joined.text(range))
    }

    fn specifiers(&mut self) -> Result<Vec<Specifier>, Problem> {
        let mut all = Vec::new();
        loop {
            self.blanks();
            let start = self.at;
            let operator = self.run(|c| "=<>!~".contains(c));
            let operator = &self.joined.text[operator];
            if operator.is_empty() {
                return Ok(all);
            }
            self.blanks();
            let version = self.run(|c| !c.is_whitespace() && !",;)".contains(c));
            let version = &self.joined.text[version];
            let text = format!("{operator}{version}");
            let read = VersionSpecifier::from_str(&text).ok();
            let range = start..self.at;
            if read.is_none() && (operator != "===" || text.len() == 3) {
                let message = match operator {
                    "=" => "`=` compares nothing. Write `==`.".into(),
                    _ => format!("`{text}` is no comparison with a version (PEP 440)."),
                };
                return Err(self.joined.problem(range, message));
            }
            let span = self.joined.span(range);
            let version = version.to_owned();
            all.push(Specifier {
                span,
                version,
                read,
            });
            self.blanks();
            if !self.take(",") {
                return Ok(all);
            }
        }
    }
}

/// Whether a text has the form of a marker: comparisons, joined by `and` and `or`, in parentheses or not.
fn is_marker(text: &str) -> bool {
    const NAMES: &[&str] = &[
        "dependency_groups",
        "extra",
        "extras",
        "implementation_name",
        "implementation_version",
        "os.name",
        "os_name",
        "platform.machine",
        "platform.python_implementation",
        "platform.version",
        "platform_machine",
        "platform_python_implementation",
        "platform_release",
        "platform_system",
        "platform_version",
        "python_full_version",
        "python_implementation",
        "python_version",
        "sys.platform",
        "sys_platform",
    ];
    #[derive(Clone, Copy, PartialEq)]
    enum Next {
        Left,
        Operator,
        Right,
        Joint,
    }
    let (mut next, mut depth, mut rest) = (Next::Left, 0usize, text.trim_start());
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' => 1,
            '\'' | '"' => match rest[1..].find(first) {
                Some(end) => end + 2,
                None => return false,
            },
            '<' | '>' | '=' | '!' | '~' => {
                rest.find(|c| !"<>=!~".contains(c)).unwrap_or(rest.len())
            }
            _ => {
                let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
                rest.find(|c| !word(c)).unwrap_or(rest.len())
            }
        };
        let (token, behind) = rest.split_at(length);
        rest = behind.trim_start();
        let operand = token.starts_with(['\'', '"']) || NAMES.contains(&token);
        next = match (next, token) {
            (Next::Left, "(") => {
                depth += 1;
                Next::Left
            }
            (Next::Left, _) if operand => Next::Operator,
            (Next::Operator, "not") if rest.starts_with("in") => Next::Operator,
            (Next::Operator, "<" | "<=" | "==" | "!=" | ">" | ">=" | "~=" | "===" | "in") => {
                Next::Right
            }
            (Next::Right, _) if operand => Next::Joint,
            (Next::Joint, ")") if depth > 0 => {
                depth -= 1;
                Next::Joint
            }
            (Next::Joint, "and" | "or") => Next::Left,
            _ => return false,
        };
    }
    next == Next::Joint && depth == 0
}
