//! INI as pytest reads it (iniconfig 2.3, called without its inline comments), with spans.
//!
//! A comment is a whole line. `#` behind a value belongs to the value. A line that starts with a space continues the value
//! above it, across blank lines and comments. configparser, which tox and setuptools use on the same files, differs in
//! nothing that a finding rests on.

use std::collections::HashSet;

use crate::text::Span;

/// The reading of a chunk: any number of sections.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Part {
    /// A line is neither a section, an option nor the rest of a value, or a name is given twice.
    pub broken: bool,
    pub sections: Vec<Section>,
    /// The first line break of the text, by which new lines are written.
    pub newline: Option<&'static str>,
}

/// A section, or options without one.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Section {
    /// What stands between the brackets, blanks included.
    pub name: String,
    /// Of the name; empty for options that come before any section of the chunk.
    pub span: Span,
    /// The end of the header's line, behind its comment.
    pub line_end: u32,
    /// From its header to its last line that is neither blank nor a comment, with the break of that line.
    pub whole: Span,
    /// What stands below the header, up to there.
    pub body: String,
    pub options: Vec<Opt>,
}

/// An option.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Opt {
    pub key: String,
    pub span: Span,
    /// `=` or `:`, with the blanks around it on its line.
    pub delimiter: String,
    /// Where a value on the key's own line starts, or would.
    pub value_start: u32,
    /// The lines of the value that are not empty.
    pub lines: Vec<Line>,
}

/// A line of a value, without the blanks around it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub span: Span,
    /// The blanks before it; `None` for the line that holds the key.
    pub indent: Option<String>,
}

impl Opt {
    /// The value, its lines joined by newlines.
    pub fn value(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|line| line.text.as_str()).collect();
        lines.join("\n")
    }
}

pub(super) fn read(text: &str) -> Part {
    let mut part = Part::default();
    for (start, line, end) in lines(text) {
        if part.newline.is_none() {
            part.newline = break_at(&text[end..]);
        }
        part.take(start, line);
        let full = !line.trim().is_empty() && !line.trim_start().starts_with(COMMENT);
        if let Some(section) = part.sections.last_mut().filter(|_| full) {
            let head = section.line_end as usize;
            let stop = end + break_at(&text[end..]).map_or(0, str::len);
            let from = head + break_at(&text[head..]).map_or(0, str::len);
            section.whole = Span::new((section.span.start as usize).saturating_sub(1), stop);
            section.body = text.get(from..stop).unwrap_or_default().to_owned();
        }
    }
    part.broken |= part.repeats();
    part
}

impl Part {
    fn take(&mut self, start: usize, raw: &str) {
        let line = raw.trim_end();
        if line.is_empty() || line.trim_start().starts_with(COMMENT) {
            return;
        }
        if let Some(name) = header(line) {
            self.broken |= name.is_empty();
            self.sections.push(Section {
                name: name.into(),
                span: Span::new(start + 1, start + 1 + name.len()),
                line_end: (start + line.len()) as u32,
                options: Vec::new(),
                ..Section::default()
            });
        } else if line.starts_with(char::is_whitespace) || line.starts_with('[') {
            self.broken |= line.starts_with('[');
            let text = line.trim_start();
            let indent = line.len() - text.len();
            match self
                .sections
                .last_mut()
                .and_then(|section| section.options.last_mut())
            {
                Some(option) => option.lines.push(Line {
                    text: text.into(),
                    span: Span::new(start + indent, start + line.len()),
                    indent: Some(line[..indent].into()),
                }),
                None => self.broken = true,
            }
        } else if let Some(at) = delimiter(line) {
            self.option(start, line, at);
        } else {
            self.broken = true;
        }
    }

    fn option(&mut self, start: usize, line: &str, at: usize) {
        let key = line[..at].trim_end();
        let value = line[at + 1..].trim_start();
        let from = line.len() - value.len();
        let option = Opt {
            key: key.into(),
            span: Span::new(start, start + key.len()),
            delimiter: line[key.len()..from].into(),
            value_start: (start + from) as u32,
            lines: if value.is_empty() {
                Vec::new()
            } else {
                vec![Line {
                    text: value.into(),
                    span: Span::new(start + from, start + line.len()),
                    indent: None,
                }]
            },
        };
        if self.sections.is_empty() {
            self.sections.push(Section::default());
            self.broken = true;
        }
        if let Some(section) = self.sections.last_mut() {
            section.options.push(option);
        }
    }

    /// Whether a section, or an option within one, is there twice.
    fn repeats(&self) -> bool {
        let mut names = HashSet::new();
        let mut keys = HashSet::new();
        !self
            .sections
            .iter()
            .all(|section| names.insert(&section.name))
            || self.sections.iter().any(|section| {
                keys.clear();
                !section
                    .options
                    .iter()
                    .all(|option| keys.insert(&option.key))
            })
    }
}

const COMMENT: [char; 2] = ['#', ';'];

/// The name in a header line: brackets from the first column to the end of the line or to a comment.
fn header(line: &str) -> Option<&str> {
    let bare = line.split(COMMENT).next()?.trim_end();
    bare.strip_prefix('[')?.strip_suffix(']')
}

/// Where the delimiter of an option line is: the first `=`, unless a `:` comes before it.
fn delimiter(line: &str) -> Option<usize> {
    line.find(['=', ':'])
}

/// The lines as Python's `splitlines` has them: start, text without the break, end of that text.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str, usize)> {
    let mut at = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let start = at;
        let end = start + rest.find(BREAKS).unwrap_or(rest.len());
        let width = text[end..].chars().next().map_or(0, char::len_utf8);
        at = end
            + if text[end..].starts_with("\r\n") {
                2
            } else {
                width
            };
        Some((start, &text[start..end], end))
    })
}

const BREAKS: [char; 10] = [
    '\n', '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}',
];

fn break_at(rest: &str) -> Option<&'static str> {
    ["\r\n", "\n", "\r"]
        .into_iter()
        .find(|known| rest.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> String {
        let part = read(text);
        let sections = part.sections.iter().map(|section| {
            let options = section.options.iter();
            let options: Vec<String> = options
                .map(|option| format!("{}={:?}", option.key, option.value()))
                .collect();
            format!("[{}] {}", section.name, options.join(" "))
        });
        let broken = if part.broken { "!" } else { "" };
        sections.collect::<Vec<_>>().join("; ") + broken
    }

    /// The values are those that iniconfig 2.3.1 printed; it refuses the texts with a `!`, but for `[y`, which it takes for
    /// the rest of the value and we for a header that is being typed.
    #[test]
    fn reads_as_iniconfig_does() {
        for (text, wanted) in [
            ("[pytest]\na = 1\n", "[pytest] a=\"1\""),
            ("\u{feff}[pytest]\r\na:b=c\r\n", "[pytest] a=\"b=c\""),
            ("[x] # note\na = b # c ; d\n", "[x] a=\"b # c ; d\""),
            ("[x]\na =\n  b\n\n  # no\n  c\n", "[x] a=\"b\\nc\""),
            ("[x]\ra=1\r  2\r", "[x] a=\"1\\n2\""),
            ("[x]\na=1\n[y\n", "[x] a=\"1\\n[y\"!"),
            ("[ x ]\na=\n", "[ x ] a=\"\""),
            ("a=1\n", "[] a=\"1\"!"),
            ("[x]\nplain\n", "[x] !"),
            ("[x]\n  rest\n", "[x] !"),
            ("[x]\na=1\na=2\n", "[x] a=\"1\" a=\"2\"!"),
            ("[x]\n[x]\n", "[x] ; [x] !"),
            ("[]\n", "[] !"),
            ("", ""),
        ] {
            assert_eq!(shape(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn spans_are_those_of_the_text() {
        let text = "\u{feff}[é]\r\nkey : väl\r\n\t rest 😀 \r\n";
        let part = read(text);
        let section = &part.sections[0];
        let option = &section.options[0];
        assert_eq!(&text[section.span.range()], "é");
        assert_eq!(&text[option.span.range()], "key");
        assert_eq!(option.delimiter, " : ");
        let lines: Vec<&str> = option
            .lines
            .iter()
            .map(|line| &text[line.span.range()])
            .collect();
        assert_eq!(lines, ["väl", "rest 😀"]);
        assert_eq!(option.lines[1].indent.as_deref(), Some("\t "));
        assert_eq!(part.newline, Some("\r\n"));
    }
}
