//! Compose's interpolation: `$V`, `${V}`, `${V:-d}`, `${V-d}`, `${V:?e}`, `${V?e}`, `${V:+x}`, `${V+x}`, nested; `$$` is a
//! dollar. Read from the raw text of a scalar, so that every range is exact there.
//!
//! Source: the Compose specification, "Interpolation", and the way compose-go finds closing braces: only `${` opens one.

use std::ops::Range;

/// Nesting that is read.
const DEPTH: usize = 24;

/// Stands for the value of a variable that has no default.
pub const UNKNOWN: char = '\0';

/// A reference to a variable. Ranges are bytes of the text that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// With the dollar and the braces.
    pub range: Range<usize>,
    pub name: String,
    pub operator: Option<Operator>,
    /// Of the operator: `:-`.
    pub operator_range: Range<usize>,
    /// What follows the operator, up to the brace.
    pub operand: Range<usize>,
    /// References in the operand.
    pub nested: Vec<Reference>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `:-` and `-`.
    Default,
    /// `:?` and `?`.
    Required,
    /// `:+` and `+`.
    Alternative,
}

/// The references in a text, in order. What is no valid reference is skipped.
pub fn references(text: &str) -> Vec<Reference> {
    if !text.contains('$') {
        return Vec::new();
    }
    within(text, &braces(text.as_bytes()), 0..text.len(), DEPTH)
}

/// A text with all references replaced by `with`, byte for byte, so that ranges stay.
pub fn masked(text: &str, with: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for reference in references(text) {
        bytes[reference.range].fill(with);
    }
    // References begin and end at ASCII characters, and `with` is one, so this is UTF-8.
    String::from_utf8(bytes).unwrap_or_default()
}

/// What a text becomes when no variable is set; `unknown` stands for a variable without default.
pub fn expanded(text: &str, unknown: char) -> String {
    expand(text, 0..text.len(), &references(text), unknown)
}

fn expand(text: &str, range: Range<usize>, references: &[Reference], unknown: char) -> String {
    let mut out = String::new();
    let mut from = range.start;
    for reference in references {
        out.push_str(&text[from..reference.range.start]);
        match reference.operator {
            Some(Operator::Default) => {
                out += &expand(text, reference.operand.clone(), &reference.nested, unknown);
            }
            Some(Operator::Alternative) => {}
            Some(Operator::Required) | None => out.push(unknown),
        }
        from = reference.range.end;
    }
    out.push_str(&text[from..range.end]);
    out
}

fn within(
    text: &str,
    braces: &[(usize, usize)],
    range: Range<usize>,
    depth: usize,
) -> Vec<Reference> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = range.start;
    if depth == 0 {
        return found;
    }
    while let Some(dollar) = memchr::memchr(b'$', &bytes[at..range.end]).map(|found| at + found) {
        match bytes.get(dollar + 1).filter(|_| dollar + 1 < range.end) {
            Some(b'$') => at = dollar + 2,
            Some(b'{') => {
                match braced(text, braces, dollar, depth) {
                    Some(reference) => {
                        at = reference.range.end;
                        found.push(reference);
                    }
                    None => at = dollar + 2,
                };
            }
            _ => {
                let end = name_end(bytes, dollar + 1, range.end);
                if end > dollar + 1 {
                    found.push(Reference {
                        range: dollar..end,
                        name: text[dollar + 1..end].to_string(),
                        operator: None,
                        operator_range: end..end,
                        operand: end..end,
                        nested: Vec::new(),
                    });
                }
                at = end.max(dollar + 1);
            }
        }
    }
    found
}

fn braced(text: &str, braces: &[(usize, usize)], dollar: usize, depth: usize) -> Option<Reference> {
    let bytes = text.as_bytes();
    let known = braces.binary_search_by_key(&dollar, |(dollar, _)| *dollar);
    let close = braces[known.ok()?].1;
    let name = dollar + 2..name_end(bytes, dollar + 2, close);
    if name.is_empty() {
        return None;
    }
    let colon = usize::from(bytes[name.end] == b':');
    let operator = match bytes[name.end + colon] {
        b'-' => Some(Operator::Default),
        b'?' => Some(Operator::Required),
        b'+' => Some(Operator::Alternative),
        b'}' if colon == 0 => None,
        _ => return None,
    };
    let operand = match operator {
        Some(_) => name.end + colon + 1..close,
        None => close..close,
    };
    Some(Reference {
        range: dollar..close + 1,
        name: text[name.clone()].to_string(),
        operator,
        operator_range: name.end..operand.start,
        nested: within(text, braces, operand.clone(), depth - 1),
        operand,
    })
}

/// Dollars with a brace behind them, in order, and where that is closed: found in one pass.
fn braces(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut open = Vec::new();
    let mut closed = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'$' && bytes.get(at + 1) == Some(&b'{') {
            open.push(at);
        } else if *byte == b'}'
            && let Some(dollar) = open.pop()
        {
            closed.push((dollar, at));
        }
    }
    closed.sort_unstable();
    closed
}

fn name_end(bytes: &[u8], start: usize, end: usize) -> usize {
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
    if !bytes.get(start).is_some_and(letter) {
        return start;
    }
    (start..end)
        .find(|at| !letter(&bytes[*at]) && !bytes[*at].is_ascii_digit())
        .unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(text: &str) -> Vec<(String, Option<Operator>, &str)> {
        fn add<'t>(
            text: &'t str,
            list: &[Reference],
            out: &mut Vec<(String, Option<Operator>, &'t str)>,
        ) {
            for reference in list {
                out.push((
                    reference.name.clone(),
                    reference.operator,
                    &text[reference.operand.clone()],
                ));
                add(text, &reference.nested, out);
            }
        }
        let mut out = Vec::new();
        add(text, &references(text), &mut out);
        out
    }

    #[test]
    fn all_forms() {
        use Operator::{Alternative, Default, Required};
        let one = |text| {
            shapes(text)
                .into_iter()
                .map(|(_, operator, operand)| (operator, operand))
                .collect::<Vec<_>>()
        };
        assert_eq!(one("$V é ${V}"), [(None, ""), (None, "")]);
        assert_eq!(
            one("${V:-d} ${V-d}"),
            [(Some(Default), "d"), (Some(Default), "d")]
        );
        assert_eq!(
            one("${V:?e} ${V?}"),
            [(Some(Required), "e"), (Some(Required), "")]
        );
        assert_eq!(
            one("${V:+x} ${V+x}"),
            [(Some(Alternative), "x"), (Some(Alternative), "x")]
        );
        assert_eq!(
            one("${A:-${B:-${C-s}}}").last(),
            Some(&(Some(Default), "s"))
        );
        assert_eq!(one("${A:-{\"a\": 1}"), [(Some(Default), "{\"a\": 1")]);
        for text in [
            "$$V", "$${V:-d}", "${", "${}", "${V", "${V:-", "${1}", "$1", "${A/b/c}", "$", "${V:}",
            "${V:",
        ] {
            assert!(one(text).is_empty(), "{text}");
        }
        assert_eq!(
            shapes("${A/${B}").first().map(|found| found.0.as_str()),
            Some("B")
        );
    }

    #[test]
    fn unset_variables_give_their_defaults() {
        assert_eq!(
            expanded("${BIND:-127.0.0.1}:${P:-${Q:-1}}:$R", '\0'),
            "127.0.0.1:1:\0"
        );
        assert_eq!(masked("a://u:${P:-x/y}@h", b'x'), "a://u:xxxxxxxxx@h");
    }
}
