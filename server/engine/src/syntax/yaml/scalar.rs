//! What a scalar says: quotes, escapes and folded lines resolved.

use std::borrow::Cow;

use super::Style;

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
    let mut rest = folded.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let Some(kind) = rest.next() else { break };
        let digits = match kind {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if digits > 0 {
            let code: String = rest.clone().take(digits).collect();
            let known = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
            if let Some(known) = known.filter(|_| code.len() == digits) {
                out.push(known);
                rest.nth(digits - 1);
                continue;
            }
        }
        match kind {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            '0' => out.push('\0'),
            'a' => out.push('\u{7}'),
            'b' => out.push('\u{8}'),
            'e' => out.push('\u{1b}'),
            'f' => out.push('\u{c}'),
            'v' => out.push('\u{b}'),
            'N' => out.push('\u{85}'),
            '_' => out.push('\u{a0}'),
            'L' => out.push('\u{2028}'),
            'P' => out.push('\u{2029}'),
            '"' | '\\' | '/' | ' ' => out.push(kind),
            _ => out.extend(['\\', kind]),
        }
    }
    out
}

fn dedent(inner: &str) -> Vec<&str> {
    let lines = inner.split('\n').map(|line| line.trim_end_matches('\r'));
    let indent = lines
        .clone()
        .find(|line| !line.trim().is_empty())
        .map_or(0, |line| line.len() - line.trim_start_matches(' ').len());
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
}
