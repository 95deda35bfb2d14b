//! `redis.conf` and `postgresql.conf`: what their lines say.
//!
//! Sources: redis.conf's own header (`name value…`, quotes, `#` at the start of a line, names in any case), and PostgreSQL's
//! manual, "Setting Parameters" (`name = value`, the `=` may be left out, quotes doubled, `#` anywhere). Both are read by the
//! same reader: neither has a line that the other would read as something else.

use crate::text::Span;

/// A line that is neither blank nor a comment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Directive {
    /// In lower case.
    pub name: String,
    /// Without quotes; words are divided by single blanks.
    pub value: String,
    /// From 0.
    pub line: u32,
    /// Of name and value, in the line.
    pub span: Span,
}

/// Read all lines. What cannot be read is a name without a value.
pub fn directives(text: &str) -> Vec<Directive> {
    let lines = text.trim_start_matches('\u{feff}').split_inclusive('\n');
    let skipped = text.len() - text.trim_start_matches('\u{feff}').len();
    let read = |(number, line): (u32, &str)| {
        let before = if number == 0 { skipped } else { 0 };
        let mut directive = directive(line)?;
        directive.line = number;
        directive.span = directive.span.shifted(before);
        Some(directive)
    };
    (0..).zip(lines).filter_map(read).collect()
}

fn directive(line: &str) -> Option<Directive> {
    let bare = without_comment(line).trim_end();
    let start = bare.len() - bare.trim_start().len();
    let text = &bare[start..];
    let name = text
        .find(|c: char| c.is_whitespace() || c == '=')
        .map_or(text, |end| &text[..end]);
    if name.is_empty() {
        return None;
    }
    let rest = text[name.len()..].trim_start();
    let rest = rest.strip_prefix('=').unwrap_or(rest).trim();
    let words = rest.split_whitespace().collect::<Vec<_>>().join(" ");
    let quoted = ['\'', '"'].iter().find_map(|quote| {
        let inner = words.strip_prefix(*quote)?;
        inner.strip_suffix(*quote)
    });
    Some(Directive {
        name: name.to_ascii_lowercase(),
        value: quoted.unwrap_or(&words).replace("''", "'"),
        line: 0,
        span: Span::new(start, bare.len()),
    })
}

/// The line up to a `#` outside of quotes.
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (None, '#') => return &line[..at],
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String, u32, String)> {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let said = |d: Directive| {
            let slice = &lines[d.line as usize][d.span.range()];
            (d.name, d.value, d.line, slice.to_owned())
        };
        directives(text).into_iter().map(said).collect()
    }

    #[test]
    fn lines_of_both() {
        let text = "\u{feff}MaxMemory  256mb\r\n# no\n\nsave 900 1\nrequirepass \"a # b\"\nshared_buffers = 256MB  # a quarter\nwork_mem='4MB'\nalone\n =\n";
        let said = read(text);
        let pairs: Vec<(&str, &str, u32)> = said
            .iter()
            .map(|(name, value, line, _)| (&**name, &**value, *line))
            .collect();
        assert_eq!(
            pairs,
            [
                ("maxmemory", "256mb", 0),
                ("save", "900 1", 3),
                ("requirepass", "a # b", 4),
                ("shared_buffers", "256MB", 5),
                ("work_mem", "4MB", 6),
                ("alone", "", 7),
            ]
        );
        assert_eq!(said[0].3, "MaxMemory  256mb");
        assert_eq!(said[3].3, "shared_buffers = 256MB");
        for text in ["", "'", "\"#", "a='", "=", "\u{feff}", "é = ü", "a\rb"] {
            read(text);
        }
    }
}
