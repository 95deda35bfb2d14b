//! Between the engine's bytes and the client's positions.

use ropey::Rope;
use tower_lsp::lsp_types::{Position, PositionEncodingKind, Range, TextEdit};

use harden_engine::text::{Edit, Span};

/// The unit of a position's `character`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Encoding {
    Utf8,
    #[default]
    Utf16,
    Utf32,
}

impl Encoding {
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }
    fn width(self, character: char) -> usize {
        match self {
            Encoding::Utf8 => character.len_utf8(),
            Encoding::Utf16 => character.len_utf16(),
            Encoding::Utf32 => 1,
        }
    }
}

/// The byte at a position. A line behind the last is the end of the text, a column behind the line's end is that end (before
/// the line break), a column within a character is that character's start.
pub(super) fn offset(rope: &Rope, position: Position, encoding: Encoding) -> usize {
    let line = position.line as usize;
    if line >= rope.len_lines() {
        return rope.len_bytes();
    }
    let start = rope.line_to_byte(line);
    let (mut column, mut bytes) = (0, 0);
    for character in rope.line(line).chars() {
        column += encoding.width(character);
        if column > position.character as usize || matches!(character, '\n' | '\r') {
            break;
        }
        bytes += character.len_utf8();
    }
    start + bytes
}

/// The position of a byte.
pub(super) fn position(rope: &Rope, offset: usize, encoding: Encoding) -> Position {
    let offset = offset.min(rope.len_bytes());
    let line = rope.byte_to_line(offset);
    let start = rope.line_to_byte(line);
    let character = match encoding {
        Encoding::Utf8 => offset - start,
        Encoding::Utf32 => rope.byte_to_char(offset) - rope.byte_to_char(start),
        Encoding::Utf16 => {
            let units = |byte| rope.char_to_utf16_cu(rope.byte_to_char(byte));
            units(offset) - units(start)
        }
    };
    Position::new(line as u32, character as u32)
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
    let Edit { mut span, mut text } = edit;
    let splits = |at: u32| {
        let at = at as usize;
        at > 0 && at < rope.len_bytes() && rope.byte(at - 1) == b'\r' && rope.byte(at) == b'\n'
    };
    if splits(span.start) {
        span.start -= 1;
        text.insert(0, '\r');
    }
    if splits(span.end) {
        span.end += 1;
        text.push('\n');
    }
    TextEdit {
        range: range(rope, span, encoding),
        new_text: text,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_position_and_its_byte_are_each_other() {
        let text = "a\u{1f600}b\r\nüx\rlast\n";
        let rope = Rope::from_str(text);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            for (byte, _) in text.char_indices() {
                // Between the two bytes of a CRLF there is no position.
                if text[..byte].ends_with('\r') && text[byte..].starts_with('\n') {
                    continue;
                }
                let there = position(&rope, byte, encoding);
                assert_eq!(
                    offset(&rope, there, encoding),
                    byte,
                    "{encoding:?} {there:?}"
                );
            }
        }
        assert_eq!(position(&rope, 5, Encoding::Utf16), Position::new(0, 3));
        assert_eq!(position(&rope, 5, Encoding::Utf32), Position::new(0, 2));
    }

    #[test]
    fn positions_outside_of_the_text_are_drawn_in() {
        let rope = Rope::from_str("a\u{1f600}\r\nb");
        assert_eq!(offset(&rope, Position::new(9, 0), Encoding::Utf16), 8);
        assert_eq!(offset(&rope, Position::new(0, 99), Encoding::Utf16), 5);
        // Within the surrogate pair.
        assert_eq!(offset(&rope, Position::new(0, 2), Encoding::Utf16), 1);
    }
}
