//! The arguments of each instruction, in the form that BuildKit gives them.

use std::ops::Range;

use super::json::{self, Array};
use super::word::{self, Word};
use super::{Arguments, Flag, Heredoc, Instruction, Keyword, Logical, Pair, run};
use crate::chunk::dockerfile::line;
use crate::text::Span;

/// Read the instruction whose keyword comes at `from`. Its span is set by the caller.
pub(super) fn read(
    logical: &Logical,
    from: usize,
    heredocs: Vec<Heredoc>,
    level: usize,
) -> Instruction {
    let (name, rest) = line::keyword(logical.text, from);
    let keyword = Keyword::of(&logical.text[name.clone()]);
    let (flags, rest) = line::flags(logical.text, rest);
    let end = logical.text.trim_end().len().max(rest);
    let mut reading = Reading {
        logical,
        range: rest..end,
        broken: keyword == Keyword::Unknown,
    };
    let arguments = reading.arguments(keyword, &heredocs, level);
    let flags = flags.into_iter().map(|flag| {
        let (name, value) = match flag.text[2..].split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (&flag.text[2..], None),
        };
        Flag {
            name: name.into(),
            value: value.map(str::to_owned),
            span: logical.span(flag.at),
        }
    });
    Instruction {
        keyword,
        name: logical.span(name.clone()),
        lower: logical.text[name.clone()].starts_with(|c: char| c.is_ascii_lowercase()),
        span: logical.span(name.start..end),
        end: 0,
        flags: flags.collect(),
        arguments,
        heredocs,
        broken: reading.broken,
    }
}

struct Reading<'a> {
    logical: &'a Logical<'a>,
    /// The arguments.
    range: Range<usize>,
    broken: bool,
}

impl Reading<'_> {
    fn text(&self) -> &str {
        &self.logical.text[self.range.clone()]
    }

    fn arguments(&mut self, keyword: Keyword, heredocs: &[Heredoc], level: usize) -> Arguments {
        match keyword {
            Keyword::Run | Keyword::Cmd | Keyword::Entrypoint => {
                self.broken |= keyword == Keyword::Run && self.range.is_empty();
                self.run(keyword, heredocs)
            }
            Keyword::Healthcheck => {
                let (kind, rest) = line::keyword(self.logical.text, self.range.start);
                let kind = kind.start..kind.end.min(self.range.end);
                if self.logical.text[kind.clone()].eq_ignore_ascii_case("CMD") {
                    self.range.start = rest.min(self.range.end);
                    self.broken |= self.range.is_empty();
                    return self.run(keyword, &[]);
                }
                self.broken |= !self.text().eq_ignore_ascii_case("NONE");
                Arguments::Words(self.split())
            }
            Keyword::Onbuild => self.inner(heredocs, level),
            Keyword::Env | Keyword::Label => Arguments::Pairs(self.pairs()),
            Keyword::Arg => {
                let words = self.quoted_words();
                self.broken |= words.is_empty();
                Arguments::Pairs(words.into_iter().map(|word| self.pair(word)).collect())
            }
            Keyword::User | Keyword::Workdir | Keyword::Stopsignal | Keyword::Maintainer => {
                self.broken |= self.range.is_empty();
                let whole = (!self.range.is_empty()).then(|| self.word(self.range.clone()));
                Arguments::Words(whole.into_iter().collect())
            }
            Keyword::Add | Keyword::Copy | Keyword::Volume | Keyword::Shell => {
                let array = self.array();
                self.broken |= keyword == Keyword::Shell && array.is_none();
                let words = match array {
                    Some(words) => words,
                    None => self.split(),
                };
                let least = match keyword {
                    Keyword::Add | Keyword::Copy => 2,
                    _ => 1,
                };
                self.broken |= words.len() < least;
                Arguments::Words(words)
            }
            Keyword::From => {
                let words = self.split();
                let alias = |words: &[Word]| words[1].written.eq_ignore_ascii_case("as");
                self.broken |= !(words.len() == 1 || words.len() == 3 && alias(&words));
                Arguments::Words(words)
            }
            Keyword::Expose | Keyword::Unknown => {
                let words = self.split();
                self.broken |= words.is_empty();
                Arguments::Words(words)
            }
        }
    }

    fn run(&mut self, keyword: Keyword, heredocs: &[Heredoc]) -> Arguments {
        let array = json::read(self.logical, self.range.clone());
        self.broken |= matches!(array, Array::NotStrings);
        Arguments::Run(run::read(
            self.logical,
            self.range.clone(),
            array,
            if keyword == Keyword::Run {
                heredocs
            } else {
                &[]
            },
        ))
    }

    /// ONBUILD takes neither itself, nor FROM, nor MAINTAINER.
    fn inner(&mut self, heredocs: &[Heredoc], level: usize) -> Arguments {
        if self.range.is_empty() || level > 0 {
            self.broken = true;
            return Arguments::Words(self.split());
        }
        let inner = read(self.logical, self.range.start, heredocs.to_vec(), level + 1);
        let refused = [Keyword::Onbuild, Keyword::From, Keyword::Maintainer];
        self.broken |= inner.broken || refused.contains(&inner.keyword);
        Arguments::Inner(Box::new(inner))
    }

    /// The items of a JSON array, in which Docker expands variables as in other words.
    fn array(&mut self) -> Option<Vec<Word>> {
        match json::read(self.logical, self.range.clone()) {
            Array::Strings(items) => Some(
                items
                    .into_iter()
                    .map(|item| json::word(item, self.logical.escape))
                    .collect(),
            ),
            Array::NotStrings => {
                self.broken = true;
                None
            }
            Array::None => None,
        }
    }

    /// Words between blanks: quotes do not hold them together.
    fn split(&mut self) -> Vec<Word> {
        let mut words = Vec::new();
        let mut at = self.range.start;
        loop {
            let rest = &self.logical.text[at..self.range.end];
            let start = self.range.end - rest.trim_start_matches(line::BLANK).len();
            if start == self.range.end {
                return words;
            }
            let text = &self.logical.text[start..self.range.end];
            at = start + text.find(line::BLANK).unwrap_or(text.len());
            words.push(self.word(start..at));
        }
    }

    fn word(&mut self, range: Range<usize>) -> Word {
        let (word, fine) = word::read(self.logical, range);
        self.broken |= !fine;
        word
    }

    /// Words that quotes and escapes hold together.
    fn quoted_words(&self) -> Vec<Range<usize>> {
        let mut words = Vec::new();
        let mut start = None;
        let mut quote = None;
        let escape = self.logical.escape;
        let mut chars = self.text().char_indices();
        while let Some((at, c)) = chars.next() {
            let at = self.range.start + at;
            if quote.is_none() && c.is_whitespace() {
                words.extend(start.take().map(|start| start..at));
                continue;
            }
            start.get_or_insert(at);
            match (quote, c) {
                (None, '\'' | '"') => quote = Some(c),
                (Some(open), c) if c == open => quote = None,
                (open, c) if c == escape && open != Some('\'') => {
                    chars.next();
                }
                _ => {}
            }
        }
        words.extend(start.map(|start| start..self.range.end));
        words
    }

    fn pairs(&mut self) -> Vec<Pair> {
        let words = self.quoted_words();
        let Some(first) = words.first() else {
            self.broken = true;
            return Vec::new();
        };
        let has_value = |range: &Range<usize>| self.logical.text[range.clone()].contains('=');
        if has_value(first) {
            self.broken |= !words.iter().all(has_value);
            return words.into_iter().map(|word| self.pair(word)).collect();
        }
        // `ENV NAME the rest is the value`
        let text = self.text();
        let name = text.find(line::BLANK).unwrap_or(text.len());
        let name = self.range.start..self.range.start + name;
        let rest = &self.logical.text[name.end..self.range.end];
        let start = self.range.end - rest.trim_start_matches(line::BLANK).len();
        self.broken |= start == self.range.end;
        let value = (start < self.range.end).then(|| self.word(start..self.range.end));
        vec![Pair {
            name: self.word(name),
            value,
            span: self.logical.span(self.range.clone()),
        }]
    }

    /// `NAME=value`, or a name.
    fn pair(&mut self, range: Range<usize>) -> Pair {
        let text = &self.logical.text[range.clone()];
        let equals = text.find('=').map(|at| range.start + at);
        Pair {
            name: self.word(range.start..equals.unwrap_or(range.end)),
            value: equals.map(|at| self.word(at + 1..range.end)),
            span: self.span(range),
        }
    }

    fn span(&self, range: Range<usize>) -> Span {
        self.logical.span(range)
    }
}
