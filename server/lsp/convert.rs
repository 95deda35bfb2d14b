//! Between the engine's bytes and the client's positions.

use harden_engine::text::{self, Edit, Encoding, Span};
use ropey::Rope;
use tower_lsp::lsp_types::{Position, PositionEncodingKind, Range, TextEdit};

/// What the protocol calls an encoding.
pub(super) fn kind(encoding: Encoding) -> PositionEncodingKind {
    match encoding {
        Encoding::Utf8 => PositionEncodingKind::UTF8,
        Encoding::Utf16 => PositionEncodingKind::UTF16,
        Encoding::Utf32 => PositionEncodingKind::UTF32,
    }
}

/// The byte at a position; one outside of the text is drawn in.
pub(super) fn offset(rope: &Rope, position: Position, encoding: Encoding) -> usize {
    let position = text::Position {
        line: position.line,
        column: position.character,
    };
    text::rope_offset(rope, position, encoding)
}

/// Whether a range can be about this text. Ends behind it are how clients say "to the end", and a line may begin behind the
/// last one; but none begins further down.
pub(super) fn fits(rope: &Rope, range: Range) -> bool {
    let first = range.start.line.min(range.end.line);
    first as usize <= rope.len_lines()
}

/// The position of a byte.
fn position(rope: &Rope, offset: usize, encoding: Encoding) -> Position {
    let position = text::rope_position(rope, offset, encoding);
    Position::new(position.line, position.column)
}

pub(super) fn range(rope: &Rope, span: Span, encoding: Encoding) -> Range {
    Range::new(
        position(rope, span.start as usize, encoding),
        position(rope, span.end as usize, encoding),
    )
}

/// The bytes of a range, the ends put in order.
pub(super) fn span(rope: &Rope, range: Range, encoding: Encoding) -> Span {
    let (a, b) = (
        offset(rope, range.start, encoding),
        offset(rope, range.end, encoding),
    );
    Span::new(a.min(b), a.max(b))
}

/// An edit of the engine's. One that starts or ends within a CRLF is widened over it, since no position lies there.
pub(super) fn text_edit(rope: &Rope, edit: Edit, encoding: Encoding) -> TextEdit {
    let Edit { mut span, text } = edit;
    let mut new_text = text;
    let splits = |at: u32| {
        let at = at as usize;
        at > 0 && at < rope.len_bytes() && rope.byte(at - 1) == b'\r' && rope.byte(at) == b'\n'
    };
    if splits(span.start) {
        span.start -= 1;
        new_text.insert(0, '\r');
    }
    if splits(span.end) {
        span.end += 1;
        new_text.push('\n');
    }
    TextEdit {
        range: range(rope, span, encoding),
        new_text,
    }
}
