//! `Pipfile.lock`: JSON, `{"default": {"name": {"version": "==1.0", "hashes": […]}}, "develop": {…}}`, with places.

use std::str::FromStr;
use std::sync::Arc;

use pep440_rs::Version;

use super::{Dependencies, Dependency, Form, Tool, Wants};
use crate::model::requirements::normal;
use crate::model::{Part, plain};
use crate::text::Span;

pub(super) fn read(parts: &[(usize, Arc<Part>)]) -> Dependencies {
    let text = plain::text(parts);
    let mut reader = Reader {
        text: &text,
        at: 0,
        path: Vec::new(),
        all: Dependencies {
            form: Form::Lock(Tool::Pipenv),
            ..Dependencies::default()
        },
    };
    if reader.value(0).is_none() {
        let at = reader.at.min(text.len());
        reader.all.unread.push(Span::new(at, at));
    }
    reader.all
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    path: Vec<String>,
    all: Dependencies,
}

/// Deeper than any lock file is.
const DEPTH: usize = 64;

impl Reader<'_> {
    /// Read one value; `None` where the text is no JSON.
    fn value(&mut self, depth: usize) -> Option<()> {
        self.blanks();
        match self.peek()? {
            b'{' if depth < DEPTH => self.object(depth),
            b'[' if depth < DEPTH => self.list(depth),
            b'"' => {
                let (text, span) = self.string()?;
                self.found(&text, span);
                Some(())
            }
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => {
                let rest = &self.text[self.at..];
                let word = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
                self.at += rest.find(|c| !word(c)).unwrap_or(rest.len());
                Some(())
            }
            _ => None,
        }
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        self.at += 1;
        self.blanks();
        while self.peek()? != b'}' {
            let (key, _) = self.string()?;
            self.blanks();
            self.take(b':')?;
            self.path.push(key);
            let read = self.value(depth + 1);
            self.path.pop();
            read?;
            self.blanks();
            if self.peek()? != b'}' {
                self.take(b',')?;
                self.blanks();
            }
        }
        self.at += 1;
        Some(())
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        self.at += 1;
        self.blanks();
        while self.peek()? != b']' {
            self.value(depth + 1)?;
            self.blanks();
            if self.peek()? != b']' {
                self.take(b',')?;
                self.blanks();
            }
        }
        self.at += 1;
        Some(())
    }

    /// A string with its place between the quotes. Escapes are left as they are: no name and no version has one.
    fn string(&mut self) -> Option<(String, Span)> {
        self.take(b'"')?;
        let start = self.at;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        let text = self.text.get(start..self.at)?.to_owned();
        let span = Span::new(start, self.at);
        self.at += 1;
        Some((text, span))
    }

    fn found(&mut self, text: &str, span: Span) {
        let [section, name, key] = &self.path[..] else {
            return;
        };
        if section == "_meta" {
            return;
        }
        self.all.hashed |= key == "hashes";
        if let ("version", Some(version)) = (key.as_str(), text.strip_prefix("==")) {
            self.all.list.push(Dependency {
                key: normal(name),
                name: name.clone(),
                span,
                wants: match Version::from_str(version) {
                    Ok(read) => Wants::One(read, version.to_owned()),
                    Err(_) => Wants::Other,
                },
                hashes: Vec::new(),
                written: None,
            });
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
    fn take(&mut self, byte: u8) -> Option<()> {
        let found = self.peek()? == byte;
        self.at += usize::from(found);
        found.then_some(())
    }
    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }
}
