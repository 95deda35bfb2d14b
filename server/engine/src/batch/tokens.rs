//! The words of a Python text that are code, by its logical lines: comments and long strings are left out, short strings are
//! not, since annotations are written in them.

use std::ops::Range;

use super::words::INNER;

/// A word of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) at: Range<usize>,
    /// The last byte of code before it that is no blank, if the line has one behind the word before.
    pub(super) behind: Option<u8>,
    /// The logical line, counted from the first word's.
    pub(super) line: u32,
    /// It stands in the brackets of a call, of a subscript, or in braces.
    pub(super) argument: bool,
    /// An equals sign stands before it on the line, outside of brackets.
    pub(super) assigned: bool,
    /// The first word of the line.
    pub(super) first: Range<usize>,
}

/// The words between two places of a text at which statements begin and end.
pub(super) fn words(text: &str, within: Range<usize>) -> impl Iterator<Item = Word> + '_ {
    let mut tokens = Tokens {
        text: &text.as_bytes()[..within.end],
        at: within.start,
        last: within.start..within.start,
        quote: None,
        open: Vec::new(),
        line: 0,
        assigned: false,
        first: None,
    };
    std::iter::from_fn(move || tokens.next())
}

struct Tokens<'t> {
    text: &'t [u8],
    at: usize,
    /// The word before.
    last: Range<usize>,
    /// What ends the string in which this is, and whether it does so three times.
    quote: Option<(u8, bool)>,
    /// The brackets that are open: whether each is that of a call.
    open: Vec<bool>,
    line: u32,
    assigned: bool,
    first: Option<Range<usize>>,
}

impl Tokens<'_> {
    fn next(&mut self) -> Option<Word> {
        let mut behind = None;
        loop {
            let byte = *self.text.get(self.at)?;
            if INNER[byte as usize] {
                break;
            }
            self.at += 1;
            match (byte, self.quote) {
                (b' ' | b'\t' | 0x0c, _) => continue,
                (b'\\', _) => self.at += self.escaped(),
                (b'\n' | b'\r', _) => {
                    self.quote = self.quote.filter(|(_, long)| *long);
                    if self.quote.is_none() && self.end_line() {
                        behind = None;
                    }
                    continue;
                }
                (quote, Some((open, long))) if quote == open => self.end(quote, long),
                (_, Some(_)) => {}
                (b'#', None) => {
                    self.at += memchr::memchr2(b'\n', b'\r', &self.text[self.at..])
                        .unwrap_or(self.text.len() - self.at);
                    continue;
                }
                (quote @ (b'"' | b'\''), None) => self.begin(quote),
                (b'(' | b'[', None) => self.open.push(self.is_called()),
                (b')' | b']' | b'}', None) => drop(self.open.pop()),
                (b';', None) => drop(self.end_line()),
                (b'=', None) => self.assigned |= self.open.is_empty(),
                (b'{', None) => self.open.push(true),
                _ => {}
            }
            behind = Some(byte);
        }
        let start = self.at;
        let rest = self.text[start..].iter();
        self.at += rest.take_while(|byte| INNER[**byte as usize]).count();
        self.last = start..self.at;
        Some(Word {
            at: self.last.clone(),
            behind,
            line: self.line,
            argument: self.open.last() == Some(&true),
            assigned: self.assigned,
            first: self.first.get_or_insert(start..self.at).clone(),
        })
    }

    /// Whether a logical line ends where one of the text does.
    fn end_line(&mut self) -> bool {
        let ends = self.open.is_empty();
        if ends {
            self.line += 1;
            (self.assigned, self.first) = (false, None);
        }
        ends
    }

    /// Bytes behind a backslash that are not read, as they would end a string or a line.
    fn escaped(&self) -> usize {
        match &self.text[self.at..] {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n' | b'\\' | b'"' | b'\'', ..] => 1,
            _ => 0,
        }
    }

    /// Whether the bracket that was just read follows what it may call.
    fn is_called(&self) -> bool {
        let before = self.text[..self.at - 1].last();
        before.is_some_and(|byte| INNER[*byte as usize] || b")]\"'".contains(byte))
    }

    /// Go out of a string, if a quote ends it.
    fn end(&mut self, quote: u8, long: bool) {
        if !long {
            self.quote = None;
        } else if self.text[self.at..].starts_with(&[quote, quote]) {
            self.at += 2;
            self.quote = None;
        }
    }

    /// Go into a string, and behind a long one in which nothing is calculated.
    fn begin(&mut self, quote: u8) {
        if !self.text[self.at..].starts_with(&[quote, quote]) {
            self.quote = Some((quote, false));
            return;
        }
        self.at += 2;
        let glued = self.last.end + 3 == self.at;
        let prefix = &self.text[self.last.clone()];
        let formatted = prefix.iter().any(|byte| b"fFtT".contains(byte));
        if glued && formatted && prefix.len() <= 2 {
            self.quote = Some((quote, true));
            return;
        }
        let mut from = self.at;
        while let Some(end) = memchr::memmem::find(&self.text[from..], &[quote; 3]) {
            let end = from + end;
            let escapes = self.text[from..end].iter().rev();
            from = end + 3;
            if escapes.take_while(|byte| **byte == b'\\').count() % 2 == 0 {
                break;
            }
        }
        self.at = if from == self.at {
            self.text.len()
        } else {
            from
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words with the lines on which they stand.
    fn read(text: &str) -> String {
        let words = words(text, 0..text.len());
        let words = words.map(|word| format!("{}{}", &text[word.at.clone()], word.line));
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_of_code() {
        for (text, expected) in [
            ("a = b\nc\r\nd", "a0 b0 c1 d3"),
            ("a(\n  b,  # c)\n  d)\ne", "a0 b0 d0 e1"),
            ("a = 'b)' \\\n  + c\nd", "a0 b0 c0 d1"),
            ("a = (')',\n b)\nc", "a0 b0 c1"),
            ("a = '\\'(' + b\nc", "a0 b0 c1"),
            ("a = '''b\nc''' + d\ne", "a0 d0 e1"),
            ("a = '''b\\''' c''' + d\ne", "a0 d0 e1"),
            ("a = f'''{b}''' + c\nd", "a0 f0 b0 c0 d1"),
            ("a = f'''b 'c'\n(''' + d\ne", "a0 f0 b0 c0 d0 e1"),
            ("a = '''b\nc", "a0"),
            ("a = 'b\nc", "a0 b0 c1"),
            ("a = ''\nb = ''''''\nc", "a0 b1 c2"),
            ("a; b", "a0 b1"),
            ("é = ü", "é0 ü0"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn words_in_calls() {
        let text = "f(a, (b, c[d]), *[e]), {g: h}, i = j\nk";
        let of = |picked: fn(&Word) -> bool| -> Vec<&str> {
            let words = words(text, 0..text.len()).filter(picked);
            words.map(|word| &text[word.at]).collect()
        };
        assert_eq!(of(|word| word.argument), ["a", "d", "g", "h"]);
        assert_eq!(of(|word| word.assigned), ["j"]);
        assert_eq!(of(|word| word.first == word.at), ["f", "k"]);
    }

    #[test]
    fn what_stands_before_a_word() {
        let text = "a. b . c 'd' # e.\n.f:\ng";
        let behind = words(text, 0..text.len()).map(|word| word.behind.map(char::from));
        let expected = [None, Some('.'), Some('.'), Some('\''), Some('.'), None];
        assert_eq!(behind.collect::<Vec<_>>(), expected);
    }
}
