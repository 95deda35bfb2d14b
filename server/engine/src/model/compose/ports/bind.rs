//! Edits that bind a port to the loopback interface.

use std::ops::Range;

use crate::rule::Place;
use crate::syntax::yaml::Value;
use crate::text::Span;

use super::super::interpolation::{Operator, Reference, UNKNOWN, expanded, masked, references};
use super::super::reader::Ref;
use super::LOOPBACK;

/// The replacement in the raw text that binds a port in short syntax to the loopback interface.
pub(super) fn loopback(raw: &str) -> Option<(Range<usize>, String)> {
    let list = references(raw);
    let whole = |range: Range<usize>| -> Option<&Reference> {
        list.iter()
            .find(|found| found.range == range && found.operator == Some(Operator::Default))
    };
    let mask = masked(raw, b'x');
    let before_container = mask.rfind(':');
    let Some(colon) = before_container else {
        return match whole(0..raw.len()) {
            Some(reference) => {
                let (range, new) = loopback(&raw[reference.operand.clone()])?;
                let from = reference.operand.start;
                Some((range.start + from..range.end + from, new))
            }
            None => Some((0..0, format!("{LOOPBACK}::"))),
        };
    };
    match mask[..colon].rfind(':') {
        Some(end) => Some(match whole(0..end) {
            Some(reference) => (reference.operand.clone(), LOOPBACK.to_string()),
            None => (0..end, LOOPBACK.to_string()),
        }),
        // The address hides in a variable's default.
        None if expanded(&raw[..colon], UNKNOWN).contains(':') => {
            let reference = whole(0..colon)?;
            let operand = &raw[reference.operand.clone()];
            let end = operand.rfind(':').filter(|_| reference.nested.is_empty())?;
            let start = reference.operand.start;
            Some((start..start + end, LOOPBACK.to_string()))
        }
        None => Some((0..0, format!("{LOOPBACK}:"))),
    }
}

/// `host_ip` before the published port, in the style of the mapping.
pub(super) fn add_host_ip(node: &Ref) -> Option<Vec<(Place, String)>> {
    let Value::Mapping { entries, flow } = &node.part.node(node.id).value else {
        return None;
    };
    let named = |name: &str| {
        entries
            .iter()
            .find(|entry| node.part.scalar(entry.key).as_deref() == Some(name))
    };
    let at = named("published").or_else(|| named("target"))?.span.start;
    let text = if *flow {
        format!("host_ip: {LOOPBACK}, ")
    } else {
        let indent = " ".repeat(node.part.column(at));
        format!("host_ip: {LOOPBACK}{}{indent}", node.part.newline())
    };
    Some(vec![(node.place(Span { start: at, end: at }), text)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binding() {
        let bound = |raw: &str| {
            let (range, new) = loopback(raw).unwrap_or_default();
            let mut text = raw.to_string();
            text.replace_range(range, &new);
            text
        };
        for (raw, expected) in [
            ("5432:5432", "127.0.0.1:5432:5432"),
            ("5432", "127.0.0.1::5432"),
            ("0.0.0.0:80:80", "127.0.0.1:80:80"),
            ("[::]:80:80", "127.0.0.1:80:80"),
            ("${P:-80}:80", "127.0.0.1:${P:-80}:80"),
            ("${IP:-}:80:80", "${IP:-127.0.0.1}:80:80"),
            ("${IP:-0.0.0.0}:${P}:80", "${IP:-127.0.0.1}:${P}:80"),
            ("${P:-0.0.0.0:80}:80", "${P:-127.0.0.1:80}:80"),
            ("${ALL:-80:80}", "${ALL:-127.0.0.1:80:80}"),
        ] {
            assert_eq!(bound(raw), expected);
        }
    }
}
