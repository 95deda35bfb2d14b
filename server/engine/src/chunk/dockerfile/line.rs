//! What one line of a Dockerfile is, as BuildKit sees it.

use std::ops::Range;

/// The line without its break: `\n`, and any `\r` before it.
pub(crate) fn content(text: &str, line: Range<usize>) -> Range<usize> {
    let bare = text[line.clone()].trim_end_matches(['\n', '\r']);
    line.start..line.start + bare.len()
}

/// The line without the blanks before it.
pub(crate) fn bare(text: &str, line: Range<usize>) -> Range<usize> {
    let bare = text[line.clone()].trim_start();
    line.end - bare.len()..line.end
}

/// The length of the line without what continues it; `None` when nothing does. An escape that another one precedes is text.
pub(crate) fn continued(line: &str, escape: u8) -> Option<usize> {
    let line = line.trim_end_matches([' ', '\t']);
    let length = line.len().checked_sub(1)?;
    let bytes = line.as_bytes();
    let text = length > 0 && bytes[length - 1] == escape;
    (bytes[length] == escape && !text).then_some(length)
}

/// Name and value of a parser directive: `# escape=\`.
pub(crate) fn directive(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix('#')?.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    let known = ["syntax", "escape", "check"];
    let known = known.iter().any(|known| name.eq_ignore_ascii_case(known));
    (known && !value.is_empty()).then_some((name, value))
}

/// What separates the words of an instruction.
pub(crate) const BLANK: [char; 5] = [' ', '\t', '\r', '\u{b}', '\u{c}'];

/// Where the keyword of a logical line lies, and where its arguments start.
pub(crate) fn keyword(line: &str, from: usize) -> (Range<usize>, usize) {
    let start = line.len() - line[from..].trim_start().len();
    let end = line[start..].find(BLANK).map_or(line.len(), |n| start + n);
    let rest = line.len() - line[end..].trim_start().len();
    (start..end, rest)
}

/// A flag of an instruction: `--from=build`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Flag {
    /// Without quotes and escapes.
    pub(crate) text: String,
    pub(crate) at: Range<usize>,
}

/// The flags at `from`, and where the arguments behind them start. A lone `--` ends them.
pub(crate) fn flags(line: &str, from: usize) -> (Vec<Flag>, usize) {
    let mut flags = Vec::new();
    let mut at = from;
    loop {
        at = line.len() - line[at..].trim_start().len();
        if !line[at..].starts_with("--") {
            return (flags, at);
        }
        let (text, end) = flag(line, at);
        if text == "--" {
            let rest = line.len() - line[end..].trim_start().len();
            return (flags, rest);
        }
        flags.push(Flag { text, at: at..end });
        at = end;
    }
}

fn flag(line: &str, at: usize) -> (String, usize) {
    let mut text = String::new();
    let mut quote = None;
    let mut chars = line[at..].char_indices();
    while let Some((offset, c)) = chars.next() {
        match (quote, c) {
            (None, c) if c.is_whitespace() => return (text, at + offset),
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (_, '\\') => text.extend(chars.next().map(|(_, c)| c)),
            (_, c) => text.push(c),
        }
    }
    (text, line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_continued_by_one_escape() {
        for (line, wanted) in [
            ("a \\", Some(2)),
            ("a\\ \t", Some(1)),
            ("\\", Some(0)),
            ("a \\\\", None),
            ("\\\\", None),
            ("a \\ b", None),
            ("", None),
            ("é\\", Some(2)),
        ] {
            assert_eq!(continued(line, b'\\'), wanted, "{line:?}");
        }
        assert_eq!(continued("a `", b'`'), Some(2));
        assert_eq!(continued("a \\", b'`'), None);
    }

    #[test]
    fn directives_have_known_names() {
        assert_eq!(directive("# Escape = `"), Some(("Escape", "`")));
        assert_eq!(directive("#syntax=a=b"), Some(("syntax", "a=b")));
        for line in ["# a=b", "# syntax=", "syntax=a", "# see escape=x"] {
            assert_eq!(directive(line), None, "{line}");
        }
    }

    #[test]
    fn flags_end_where_arguments_start() {
        let of = |line: &str| {
            let (flags, rest) = flags(line, 0);
            let flags: Vec<String> = flags.into_iter().map(|flag| flag.text).collect();
            (flags.join("|"), line[rest..].to_string())
        };
        let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
        assert_eq!(of("--a=b  --c x --d"), pair("--a=b|--c", "x --d"));
        assert_eq!(of("--a='b c' [x]"), pair("--a=b c", "[x]"));
        assert_eq!(of("-- --c x"), pair("", "--c x"));
        assert_eq!(of("--a=\"b"), pair("--a=b", ""));
        assert_eq!(of("-a"), pair("", "-a"));
    }
}
