//! What a scalar says: quotes, escapes and folded lines resolved.

use std::borrow::Cow;

use super::Style;
use crate::syntax::origin::Origin;

/// What the text of a scalar says, given without its quotes.
pub fn decode(style: Style, inner: &str) -> Cow<'_, str> {
    match style {
        Style::Plain => fold(inner),
        Style::Single if inner.contains("''") => Cow::Owned(fold(inner).replace("''", "'")),
        Style::Single => fold(inner),
        Style::Double if inner.contains('\\') => Cow::Owned(unescape(inner)),
        Style::Double => fold(inner),
        Style::Literal => Cow::Owned(dedent(inner).join("\n")),
        Style::Folded => Cow::Owned(dedent(inner).join(" ")),
    }
}

/// As [`decode`], with where each byte comes from: `inner` lies in its chunk at `start`. Lines that folding keeps apart are
/// kept apart, so that a script stays one.
pub fn decode_at(style: Style, inner: &str, start: usize) -> (String, Origin) {
    let mut made = Made::default();
    let indent = match style {
        Style::Literal | Style::Folded => margin(inner),
        _ => 0,
    };
    let mut at = 0;
    // Line breaks that are not written yet, and whether the line before them asks to be kept apart.
    let (mut breaks, mut apart) = (0, true);
    for (number, whole) in inner.split_inclusive('\n').enumerate() {
        let line = whole.trim_end_matches(['\n', '\r']);
        let (begin, line) = match style {
            Style::Literal | Style::Folded => match line.get(indent..) {
                Some(rest) if line[..indent].trim().is_empty() => (at + indent, rest),
                _ => (at + line.len() - line.trim_start().len(), line.trim_start()),
            },
            _ if number == 0 => (at, line.trim_end()),
            _ => (at + line.len() - line.trim_start().len(), line.trim()),
        };
        let indented = style == Style::Folded && line.starts_with([' ', '\t']);
        let before = start + at.saturating_sub(1);
        if number > 0 && style == Style::Literal {
            made.push('\n', before);
        } else if number > 0 && line.is_empty() {
            breaks += 1;
        } else if number > 0 {
            match breaks {
                0 if apart || indented => made.push('\n', before),
                0 => made.push(' ', before),
                _ => (0..breaks).for_each(|_| made.push('\n', before)),
            }
            breaks = 0;
        }
        if style == Style::Literal || !line.is_empty() {
            apart = indented;
            match style {
                Style::Double => made.unescaped(line, start + begin),
                Style::Single => made.undoubled(line, start + begin),
                _ => made.as_it_is(line, start + begin),
            }
        }
        at += whole.len();
    }
    (made.text, made.origin)
}

/// A text in the making, with where its bytes come from.
#[derive(Default)]
struct Made {
    text: String,
    origin: Origin,
}

impl Made {
    fn push(&mut self, c: char, from: usize) {
        self.origin.add(self.text.len(), from);
        self.text.push(c);
    }

    fn as_it_is(&mut self, line: &str, from: usize) {
        if !line.is_empty() {
            self.origin.add(self.text.len(), from);
            self.text.push_str(line);
        }
    }

    fn undoubled(&mut self, line: &str, from: usize) {
        let mut chars = line.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c == '\'' && chars.peek().is_some_and(|(_, next)| *next == '\'') {
                chars.next();
            }
            self.push(c, from + at);
        }
    }

    fn unescaped(&mut self, line: &str, from: usize) {
        let mut rest = line;
        while let Some(at) = rest.find('\\') {
            let here = from + line.len() - rest.len();
            self.as_it_is(&rest[..at], here);
            let (code, behind) = escape(&rest[at + 1..]);
            for c in code.chars() {
                self.push(c, here + at);
            }
            rest = &rest[at + 1 + behind..];
        }
        self.as_it_is(rest, from + line.len() - rest.len());
    }
}

/// A line break is a blank; an empty line is a break.
fn fold(text: &str) -> Cow<'_, str> {
    if !text.contains('\n') {
        return Cow::Borrowed(text);
    }
    let mut folded = String::new();
    let mut breaks = 0;
    for (at, line) in text.split('\n').enumerate() {
        let line = if at == 0 {
            line.trim_end()
        } else {
            line.trim()
        };
        if at > 0 && line.is_empty() {
            breaks += 1;
            continue;
        }
        match (at, breaks) {
            (0, _) => {}
            (_, 0) => folded.push(' '),
            _ => folded.extend(std::iter::repeat_n('\n', breaks)),
        }
        breaks = 0;
        folded.push_str(line);
    }
    Cow::Owned(folded)
}

/// Double-quoted text. An escape that YAML does not know stays as it is.
fn unescape(inner: &str) -> String {
    let folded = fold(inner);
    let mut out = String::with_capacity(folded.len());
    let mut rest = &*folded;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (code, behind) = escape(&rest[at + 1..]);
        out.push_str(&code);
        rest = &rest[at + 1 + behind..];
    }
    out + rest
}

/// What the text behind a backslash says, and how many bytes of it that takes.
fn escape(text: &str) -> (Cow<'_, str>, usize) {
    let Some(kind) = text.chars().next() else {
        return (Cow::Borrowed(""), 0);
    };
    let digits = match kind {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    let code = text.get(1..=digits).filter(|_| digits > 0);
    let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
    if let Some(known) = code.and_then(char::from_u32) {
        return (known.to_string().into(), 1 + digits);
    }
    let said = match kind {
        'n' => "\n",
        't' => "\t",
        'r' => "\r",
        '0' => "\0",
        'a' => "\u{7}",
        'b' => "\u{8}",
        'e' => "\u{1b}",
        'f' => "\u{c}",
        'v' => "\u{b}",
        'N' => "\u{85}",
        '_' => "\u{a0}",
        'L' => "\u{2028}",
        'P' => "\u{2029}",
        '"' | '\\' | '/' | ' ' => &text[..1],
        _ => return (format!("\\{kind}").into(), kind.len_utf8()),
    };
    (said.into(), 1)
}

/// The indent of a block scalar, by its first line that says something.
fn margin(inner: &str) -> usize {
    inner
        .lines()
        .find(|line| !line.trim().is_empty())
        .map_or(0, |line| line.len() - line.trim_start_matches(' ').len())
}

fn dedent(inner: &str) -> Vec<&str> {
    let lines = inner.split('\n').map(|line| line.trim_end_matches('\r'));
    let indent = margin(inner);
    lines
        .map(|line| line.get(indent..).unwrap_or_else(|| line.trim_start()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_say_what_yaml_says() {
        assert_eq!(decode(Style::Plain, "a\n  b\n\n  c"), "a b\nc");
        assert_eq!(decode(Style::Single, "it''s"), "it's");
        assert_eq!(decode(Style::Double, r#"a\t\"\x41\u00e9\q"#), "a\t\"Aé\\q");
        assert_eq!(decode(Style::Literal, "  a\n   b\n  c"), "a\n b\nc");
        assert_eq!(decode(Style::Folded, "  a\r\n  b"), "a b");
    }

    #[test]
    fn bytes_are_traced_back() {
        for (style, inner, says) in [
            (Style::Plain, "a\n  b\n\n  c", "a b\nc"),
            (Style::Single, "it''s", "it's"),
            (Style::Double, r#"a\t\"\x41\u00e9\q"#, "a\t\"Aé\\q"),
            (Style::Literal, "  a\r\n\r\n   b\r\n  c", "a\n\n b\nc"),
            (
                Style::Folded,
                "  a\n  b\n\n  c\n    d\n  e",
                "a b\nc\n  d\ne",
            ),
        ] {
            let (text, origin) = decode_at(style, inner, 7);
            assert_eq!(text, says);
            for (at, c) in text.char_indices().filter(|(_, c)| c.is_ascii_lowercase()) {
                let there = origin.of(at) - 7;
                let written = inner[there..].chars().next();
                assert!(
                    written == Some(c) || written == Some('\\'),
                    "{c} of {says:?}"
                );
            }
        }
    }
}
