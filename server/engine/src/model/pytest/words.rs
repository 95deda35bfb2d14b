//! Values as words and as lines, each with its place.

use super::{Opt, Value};
use crate::syntax::toml::{self, Data};
use crate::text::Span;

/// A word of `addopts`, or a line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    /// Where it stands, quotes included; the whole string where TOML's escapes are in the way.
    pub span: Span,
}

impl Opt {
    /// The words that a shell would make of the value; an array has them already. `None` when quotes are not balanced, or
    /// the value is no text.
    pub fn words(&self) -> Option<Vec<Word>> {
        match &self.value {
            Value::Toml(value) => match &value.data {
                Data::Array(list) => Some(strings(list)),
                Data::String(_) => split(&characters(value)),
                _ => None,
            },
            Value::Ini(lines, _) => {
                let mut all = Vec::new();
                for line in lines {
                    if let Some((at, _)) = all.last() {
                        all.push((at + 1, '\n'));
                    }
                    let start = line.span.start as usize;
                    all.extend(line.text.char_indices().map(|(at, c)| (start + at, c)));
                }
                split(&all)
            }
        }
    }

    /// The value as a list of lines; an array has them already.
    pub fn lines(&self) -> Vec<Word> {
        match &self.value {
            Value::Ini(lines, _) => lines
                .iter()
                .map(|line| Word {
                    text: line.text.clone(),
                    span: line.span,
                })
                .collect(),
            Value::Toml(value) => match &value.data {
                Data::Array(list) => strings(list),
                Data::String(_) => {
                    let all = characters(value);
                    all.split(|(_, c)| *c == '\n').filter_map(trimmed).collect()
                }
                _ => Vec::new(),
            },
        }
    }
}

fn strings(list: &[toml::Value]) -> Vec<Word> {
    let text = |value: &toml::Value| match &value.data {
        Data::String(text) => Some(Word {
            text: text.clone(),
            span: value.span,
        }),
        _ => None,
    };
    list.iter().filter_map(text).collect()
}

fn trimmed(line: &[(usize, char)]) -> Option<Word> {
    let blank = |(_, c): &(usize, char)| c.is_whitespace();
    let start = line.iter().position(|c| !blank(c))?;
    let end = line.iter().rposition(|c| !blank(c))?;
    Some(word(
        &line[start..=end],
        line[start..=end].iter().map(|(_, c)| c).collect(),
    ))
}

/// A string's characters with their places. Where escapes make text and value differ, all have the string's place.
fn characters(value: &toml::Value) -> Vec<(usize, char)> {
    let Data::String(text) = &value.data else {
        return Vec::new();
    };
    let start = value.span.start as usize;
    let quotes = if value.raw.starts_with("\"\"\"") || value.raw.starts_with("'''") {
        3
    } else {
        1
    };
    let content = value
        .raw
        .get(quotes..value.raw.len().saturating_sub(quotes))
        .unwrap_or_default();
    // A line break right behind three quotes is no part of the value.
    let skipped = content.len() - content.trim_start_matches(['\r', '\n']).len();
    for from in [0, skipped.min(1), skipped.min(2)] {
        if content[from..] == *text {
            let at = start + quotes + from;
            return text
                .char_indices()
                .map(|(offset, c)| (at + offset, c))
                .collect();
        }
    }
    text.chars()
        .map(|c| (usize::MAX, c))
        .map(|(_, c)| (start, c))
        .collect()
}

/// `shlex.split` of Python, without comments.
fn split(all: &[(usize, char)]) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut at = 0;
    while at < all.len() {
        if matches!(all[at].1, ' ' | '\t' | '\r' | '\n') {
            at += 1;
            continue;
        }
        let (from, mut text) = (at, String::new());
        while at < all.len() && !matches!(all[at].1, ' ' | '\t' | '\r' | '\n') {
            match all[at].1 {
                '\\' => {
                    text.push(all.get(at + 1)?.1);
                    at += 2;
                }
                quote @ ('\'' | '"') => {
                    at += 1;
                    loop {
                        let c = all.get(at)?.1;
                        let next = all.get(at + 1).map(|(_, c)| *c);
                        match c {
                            _ if c == quote => break,
                            '\\' if quote == '"' && matches!(next, Some('"' | '\\')) => {
                                text.extend(next);
                                at += 1;
                            }
                            _ => text.push(c),
                        }
                        at += 1;
                    }
                    at += 1;
                }
                c => {
                    text.push(c);
                    at += 1;
                }
            }
        }
        words.push(word(&all[from..at], text));
    }
    Some(words)
}

fn word(of: &[(usize, char)], text: String) -> Word {
    let start = of.first().map_or(0, |(at, _)| *at);
    let end = of.last().map_or(start, |(at, c)| at + c.len_utf8());
    Word {
        text,
        span: Span::new(start, end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Option<Vec<(String, &str)>> {
        let all: Vec<(usize, char)> = text.char_indices().collect();
        let words = split(&all)?.into_iter();
        Some(
            words
                .map(|word| (word.text, &text[word.span.range()]))
                .collect(),
        )
    }

    /// The left-hand sides of the pairs are what Python's shlex.split printed.
    #[test]
    fn words_are_those_of_shlex() {
        let pair = |text: &str, raw| (text.to_string(), raw);
        assert_eq!(
            words("-m 'not slow' # -q"),
            Some(vec![
                pair("-m", "-m"),
                pair("not slow", "'not slow'"),
                pair("#", "#"),
                pair("-q", "-q")
            ])
        );
        assert_eq!(
            words(r#"a"b\"c\d"e"#),
            Some(vec![pair(r#"ab"c\de"#, r#"a"b\"c\d"e"#)])
        );
        assert_eq!(
            words("-ra \\\n-q"),
            Some(vec![pair("-ra", "-ra"), pair("\n-q", "\\\n-q")])
        );
        assert_eq!(words("'' é"), Some(vec![pair("", "''"), pair("é", "é")]));
        assert_eq!(words("'open"), None);
        assert_eq!(words("end\\"), None);
    }
}
