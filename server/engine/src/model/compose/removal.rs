//! Taking an entry out of a list or mapping, in the style in which it is written.

use crate::rule::Place;
use crate::syntax::yaml::{Item, Value};
use crate::text::Span;

use super::reader::{Pair, Ref};

/// What is deleted to take `item` out of `list`, the value of `pair`: the whole of `pair` where it is the last item, since an
/// empty `key:` would be null. `None` where other text stands on the same line.
pub(super) fn of_item(pair: &Pair, list: &Ref, item: Item) -> Option<Vec<Place>> {
    let Value::Sequence { items, flow } = &list.part.node(list.id).value else {
        return None;
    };
    let text = list.part.text();
    if items.len() > 1 {
        let span = if *flow {
            with_comma(text, item.span)
        } else {
            lines(text, item.span)?
        };
        return Some(vec![list.place(span)]);
    }
    // A list that an alias brings is not the pair's own.
    let aliased = pair.value.as_ref().is_none_or(|value| value.id != list.id);
    if aliased {
        return None;
    }
    let all = lines(text, pair.entry.span)?;
    let pieces = without_comments(text, all, item.span).into_iter();
    Some(pieces.map(|span| pair.key.place(span)).collect())
}

/// Whole lines but for those of comments that stand outside of `item`.
fn without_comments(text: &str, all: Span, item: Span) -> Vec<Span> {
    let mut pieces: Vec<Span> = Vec::new();
    let mut at = all.start as usize;
    for line in text[all.range()].split_inclusive('\n') {
        let span = Span::new(at, at + line.len());
        at += line.len();
        if line.trim_start().starts_with('#') && !span.meets(item) {
            continue;
        }
        match pieces.last_mut() {
            Some(last) if last.end == span.start => last.end = span.end,
            _ => pieces.push(span),
        }
    }
    pieces
}

/// The whole lines of a span; `None` when other text stands before it.
pub(in crate::model) fn lines(text: &str, span: Span) -> Option<Span> {
    let bytes = text.as_bytes();
    let range = span.range();
    let start = memchr::memrchr(b'\n', &bytes[..range.start]).map_or(0, |at| at + 1);
    let end =
        memchr::memchr(b'\n', &bytes[range.end..]).map_or(bytes.len(), |at| range.end + at + 1);
    let blank = bytes[start..range.start].trim_ascii().is_empty();
    blank.then(|| Span::new(start, end))
}

/// An item of a flow sequence with the comma behind it, or else before it.
pub(in crate::model) fn with_comma(text: &str, span: Span) -> Span {
    let range = span.range();
    let after = &text[range.end..];
    let bare = after.trim_start();
    if let Some(rest) = bare.strip_prefix(',') {
        return Span::new(range.start, text.len() - rest.trim_start_matches(' ').len());
    }
    let before = text[..range.start].trim_end();
    let start = before
        .strip_suffix(',')
        .map_or(range.start, |before| before.trim_end().len());
    Span::new(start, range.end)
}
