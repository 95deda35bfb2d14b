//! PromQL, read only so far as rules need it: names, matchers, calls, the first comparison with a number.

use std::ops::Range;

use crate::syntax::origin::Origin;
use crate::text::Span;

/// What an expression speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Query {
    /// Names of metrics, in their order.
    pub metrics: Vec<String>,
    /// Label, operator, value.
    pub matchers: Vec<(String, String, String)>,
    calls: Vec<String>,
    /// The first quantile that is asked for.
    pub quantile: Option<Number>,
    /// Something is divided by something.
    pub divides: bool,
    factors: Vec<Number>,
    pub comparison: Option<Comparison>,
}

/// `> 0.05`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Comparison {
    /// `None` where it compares with something else than a number.
    pub number: Option<Number>,
    /// Of the number, relative to the chunk.
    pub span: Span,
}

/// A number as its bits, so that it can be compared and hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Number(u64);

impl Number {
    fn new(value: f64) -> Number {
        Number(value.to_bits())
    }
    pub fn value(self) -> f64 {
        f64::from_bits(self.0)
    }
}

impl PartialEq<f64> for Number {
    fn eq(&self, other: &f64) -> bool {
        (self.value() - other).abs() < 1e-9
    }
}

impl PartialOrd<f64> for Number {
    fn partial_cmp(&self, other: &f64) -> Option<std::cmp::Ordering> {
        self.value().partial_cmp(other)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Name,
    Number,
    Text,
    /// `[5m]`
    Range,
    Sign,
}

struct Token<'a> {
    sort: Sort,
    text: &'a str,
    at: Range<usize>,
}

const WORDS: &[&str] = &[
    "and",
    "or",
    "unless",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "bool",
    "offset",
    "inf",
    "nan",
];

impl Query {
    /// Read an expression. Whatever is written gives a query.
    pub fn read(text: &str, origin: &Origin) -> Query {
        let tokens = tokens(text);
        let mut query = Query::default();
        let sign = |at: usize, wanted: &str| {
            tokens
                .get(at)
                .is_some_and(|token| token.sort == Sort::Sign && token.text == wanted)
        };
        // Labels within `by (…)` are no metrics.
        let mut labels = 0;
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token.sort {
                Sort::Sign => match token.text {
                    "{" => at = query.matchers(&tokens, at),
                    "(" if labels > 0 => labels += 1,
                    ")" if labels > 0 => labels -= 1,
                    "/" => query.divides |= !number_at(&tokens, at),
                    "*" => {
                        let beside = [
                            tokens.get(at),
                            at.checked_sub(2).and_then(|at| tokens.get(at)),
                        ];
                        let numbers = beside.into_iter().flatten().filter_map(number);
                        query.factors.extend(numbers.map(Number::new));
                    }
                    ">" | ">=" if query.comparison.is_none() => {
                        let at = at
                            + usize::from(tokens.get(at).is_some_and(|token| token.text == "bool"));
                        let value = tokens.get(at).and_then(number);
                        let more = ["*", "/", "+", "-", "^"]
                            .iter()
                            .any(|one| sign(at + 1, one));
                        let span = tokens.get(at).map_or(0..0, |token| token.at.clone());
                        query.comparison = Some(Comparison {
                            number: value.filter(|_| !more).map(Number::new),
                            span: origin.span(span),
                        });
                    }
                    _ => {}
                },
                Sort::Name => {
                    let lower = token.text.to_ascii_lowercase();
                    if matches!(
                        &*lower,
                        "by" | "without" | "on" | "ignoring" | "group_left" | "group_right"
                    ) {
                        if sign(at, "(") {
                            labels = 1;
                            at += 1;
                        }
                    } else if sign(at, "(") || followed_by_labels(&tokens, at) {
                        if matches!(
                            &*lower,
                            "histogram_quantile" | "quantile" | "quantile_over_time"
                        ) {
                            let value = tokens.get(at + 1).and_then(number);
                            query.quantile = query.quantile.or(value.map(Number::new));
                        }
                        query.calls.push(lower);
                    } else if labels == 0 && !WORDS.contains(&&*lower) {
                        query.metrics.push(token.text.to_owned());
                    }
                }
                Sort::Number | Sort::Text | Sort::Range => {}
            }
        }
        query
    }

    fn matchers(&mut self, tokens: &[Token], mut at: usize) -> usize {
        while let Some(token) = tokens.get(at) {
            at += 1;
            if token.sort == Sort::Sign && token.text == "}" {
                break;
            }
            let (Some(operator), Some(value)) = (tokens.get(at), tokens.get(at + 1)) else {
                continue;
            };
            let matches = matches!(operator.text, "=" | "=~" | "!=" | "!~");
            if token.sort != Sort::Name || !matches || value.sort != Sort::Text {
                continue;
            }
            let text = value
                .text
                .get(1..value.text.len().saturating_sub(1))
                .unwrap_or_default();
            if token.text == "quantile" && operator.text == "=" {
                self.quantile = self.quantile.or(text.parse().ok().map(Number::new));
            }
            if token.text == "__name__" {
                self.metrics.push(text.to_owned());
            }
            self.matchers.push((
                token.text.to_owned(),
                operator.text.to_owned(),
                text.to_owned(),
            ));
            at += 2;
        }
        at
    }

    pub fn calls(&self, name: &str) -> bool {
        self.calls.iter().any(|known| known == name)
    }

    pub fn multiplies(&self, by: f64) -> bool {
        self.factors.iter().any(|factor| *factor == by)
    }

    pub fn has_value(&self, text: &str) -> bool {
        self.matchers
            .iter()
            .any(|(_, _, value)| value.contains(text))
    }

    /// Whether a matcher picks what failed on the side of the server.
    pub fn asks_for_5xx(&self) -> bool {
        self.matchers.iter().any(|(label, operator, value)| {
            let status = label.contains("status") || label.contains("code");
            let class = value.trim_start_matches(['^', '(']);
            status
                && matches!(&**operator, "=" | "=~")
                && (class.starts_with('5') || value.contains("|5") || value.contains("[45]"))
        })
    }
}

/// `sum by (le) (…)`: the labels of an aggregation stand before what it sums.
fn followed_by_labels(tokens: &[Token], at: usize) -> bool {
    let word = |token: &Token| matches!(token.text, "by" | "without") && token.sort == Sort::Name;
    tokens.get(at).is_some_and(word)
}

fn number_at(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).and_then(number).is_some()
}

fn number(token: &Token) -> Option<f64> {
    (token.sort == Sort::Number).then(|| token.text.parse().ok())?
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    let run = |from: usize, is: fn(u8) -> bool| {
        from + bytes[from..].iter().take_while(|byte| is(**byte)).count()
    };
    while let Some(byte) = bytes.get(at).copied() {
        let (sort, end) = match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {
                at += 1;
                continue;
            }
            b'#' => {
                at = text[at..].find('\n').map_or(text.len(), |end| at + end);
                continue;
            }
            b'"' | b'\'' | b'`' => (Sort::Text, quoted(bytes, at)),
            b'[' => {
                let end = text[at..].find(']').map_or(text.len(), |end| at + end + 1);
                (Sort::Range, end)
            }
            b'0'..=b'9' | b'.' => {
                let end = run(at, |byte| byte.is_ascii_alphanumeric() || byte == b'.');
                let signed =
                    bytes[at..end].ends_with(b"e") && matches!(bytes.get(end), Some(b'-' | b'+'));
                let end = if signed {
                    run(end + 1, |byte| byte.is_ascii_digit())
                } else {
                    end
                };
                (Sort::Number, end)
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':' => {
                let end = run(at, |byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':')
                });
                (Sort::Name, end)
            }
            _ => {
                let two = text.get(at..at + 2).unwrap_or_default();
                let double = matches!(two, ">=" | "<=" | "==" | "!=" | "=~" | "!~");
                let length = text[at..].chars().next().map_or(1, char::len_utf8);
                (Sort::Sign, at + if double { 2 } else { length })
            }
        };
        found.push(Token {
            sort,
            text: &text[at..end],
            at: at..end,
        });
        at = end;
    }
    found
}

/// Behind a text in quotes; the end where none closes it.
fn quoted(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if bytes[start] != b'`' => at += 2,
            byte if *byte == bytes[start] => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Query {
        Query::read(text, &Origin::at(0))
    }

    #[test]
    fn names_matchers_and_comparisons() {
        let text = "sum by (job) (rate(http_requests_total{status=~\"5..\", job!='x'}[5m]))\n / sum(rate(http_requests_total[5m])) * 100 > 5";
        let query = read(text);
        assert_eq!(
            query.metrics,
            ["http_requests_total", "http_requests_total"]
        );
        assert!(query.asks_for_5xx() && query.divides && query.multiplies(100.0));
        let compared = query.comparison.map(|compared| {
            let number = compared.number.map(|number| number.value());
            (number, &text[compared.span.range()])
        });
        assert_eq!(compared, Some((Some(5.0), "5")));
    }

    #[test]
    fn quantiles_and_what_is_no_number() {
        let query = read(
            "histogram_quantile(0.95, sum(rate(a_seconds_bucket[5m])) by (le)) > 5e-1 and b > 3",
        );
        let quantile = |query: &Query| query.quantile.map(Number::value);
        // Outer: whether it compares at all; inner: whether with one number.
        let number = |query: &Query| {
            let compared = query.comparison.as_ref();
            compared.map(|compared| compared.number.map(Number::value))
        };
        assert_eq!(quantile(&query), Some(0.95));
        assert_eq!(query.metrics, ["a_seconds_bucket", "b"]);
        assert_eq!(number(&query), Some(Some(0.5)));
        assert_eq!(number(&read("a > b")), Some(None));
        assert_eq!(number(&read("a > 2 * 60")), Some(None));
        let labelled = read("a{quantile=\"0.99\"} >= bool 1");
        assert_eq!(quantile(&labelled), Some(0.99));
        assert!(!read("a / 1024 > 5").divides);
        for odd in [
            "",
            "é > ",
            "a{b=\"",
            "a{b=~\"c\\",
            "[",
            "histogram_quantile(",
            "1e",
        ] {
            read(odd);
        }
    }
}
