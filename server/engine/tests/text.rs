//! Bytes and positions: a string, a rope, and a reference that counts by hand agree.

use harden_engine::text::{
    Edit, Encoding, Lines, Position, Span, apply, rope_offset, rope_position,
};
use ropey::Rope;

use crate::chunk_texts::Dice;

const ENCODINGS: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];
const PIECES: [&str; 16] = [
    "a", "b c", "\n", "\r", "\r\n", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}", "é", "€",
    "🙂", "\u{feff}", "\t", "e\u{301}",
];

fn at(line: u32, column: u32) -> Position {
    Position { line, column }
}

#[test]
fn columns_are_counted_in_the_encoding() {
    let text = "\u{feff}a🙂é\r\nb\rc\n";
    let lines = Lines::new(text);
    assert_eq!(lines.count(), 4);
    let end = text.find('\r').unwrap();
    for (encoding, column) in ENCODINGS.into_iter().zip([10, 5, 4]) {
        assert_eq!(lines.position(text, end, encoding), at(0, column));
        assert_eq!(lines.offset(text, at(0, column), encoding), end);
    }
    assert_eq!(lines.position(text, text.len(), Encoding::Utf16), at(3, 0));
}

#[test]
fn what_lies_outside_is_clamped() {
    let text = "ab🙂\r\ncd";
    let lines = Lines::new(text);
    let offset = |line, column, encoding| lines.offset(text, at(line, column), encoding);
    // Behind the end of the line: before its break.
    assert_eq!(offset(0, 99, Encoding::Utf16), 6);
    // Behind the last line: the end of the text.
    assert_eq!(offset(2, 0, Encoding::Utf16), text.len());
    assert_eq!(offset(u32::MAX, u32::MAX, Encoding::Utf8), text.len());
    // Within a surrogate pair, within a character's bytes: its start.
    assert_eq!(offset(0, 3, Encoding::Utf16), 2);
    assert_eq!(offset(0, 4, Encoding::Utf8), 2);
    assert_eq!(lines.position(text, 4, Encoding::Utf16), at(0, 2));
    // Between CR and LF: the end of the line.
    assert_eq!(lines.position(text, 7, Encoding::Utf16), at(0, 4));
    assert_eq!(lines.position(text, 99, Encoding::Utf32), at(1, 2));
}

#[test]
fn string_rope_and_reference_agree() {
    for seed in 0..100 {
        let mut dice = Dice::new(seed);
        let long = if seed % 20 == 0 { 2_000 } else { 30 };
        let text: String = (0..dice.below(long)).map(|_| *dice.pick(&PIECES)).collect();
        let (lines, mut rope) = (Lines::new(&text), Rope::new());
        // Built from pieces, so that a CRLF may come together across them.
        for character in text.chars() {
            rope.insert_char(rope.len_chars(), character);
        }
        assert_eq!(lines.count(), rope.len_lines(), "seed {seed}");
        for encoding in ENCODINGS {
            let places = places(&text, encoding);
            for _ in 0..40 {
                let offset = dice.below(text.len() + 3);
                let expected = position_by_hand(&places, offset);
                let said = format!("seed {seed} offset {offset} {encoding:?} in {text:?}");
                assert_eq!(lines.position(&text, offset, encoding), expected, "{said}");
                assert_eq!(rope_position(&rope, offset, encoding), expected, "{said}");

                let position = at(dice.below(lines.count() + 2) as u32, dice.below(20) as u32);
                let expected = offset_by_hand(&places, position);
                let said = format!("seed {seed} {position:?} {encoding:?} in {text:?}");
                assert_eq!(lines.offset(&text, position, encoding), expected, "{said}");
                assert_eq!(rope_offset(&rope, position, encoding), expected, "{said}");
            }
        }
    }
}

fn width(character: char, encoding: Encoding) -> u32 {
    match encoding {
        Encoding::Utf8 => character.len_utf8() as u32,
        Encoding::Utf16 => character.len_utf16() as u32,
        Encoding::Utf32 => 1,
    }
}

/// An offset, its position, and whether a line break starts or goes on there.
type Place = (usize, Position, bool);

/// Walk the characters, a place for each: the reference.
fn places(text: &str, encoding: Encoding) -> Vec<Place> {
    let (mut here, mut places) = (at(0, 0), Vec::new());
    let mut characters = text.char_indices().peekable();
    while let Some((offset, character)) = characters.next() {
        let crlf = character == '\r' && characters.peek().is_some_and(|next| next.1 == '\n');
        let ends = character == '\n' || character == '\r';
        places.push((offset, here, ends));
        if crlf {
            // The LF has the place of its CR.
            places.push((offset + 1, here, true));
            characters.next();
        }
        here = if ends {
            at(here.line + 1, 0)
        } else {
            at(here.line, here.column + width(character, encoding))
        };
    }
    places.push((text.len(), here, true));
    places
}

fn position_by_hand(places: &[Place], offset: usize) -> Position {
    let place = places.iter().rev().find(|(start, ..)| *start <= offset);
    place.unwrap().1
}

fn offset_by_hand(places: &[Place], position: Position) -> usize {
    let mut line = places.iter().filter(|(_, p, _)| p.line == position.line);
    let Some(&(first, ..)) = line.clone().next() else {
        return places.last().unwrap().0;
    };
    let fits = line
        .clone()
        .filter(|(_, p, _)| p.column <= position.column)
        .map(|(offset, p, _)| (p.column, std::cmp::Reverse(*offset)))
        .max();
    let end = line.find(|(_, _, ends)| *ends).map(|(offset, ..)| *offset);
    let found = fits.map_or(first, |(_, std::cmp::Reverse(offset))| offset);
    end.map_or(found, |end| found.min(end))
}

#[test]
fn edits_are_applied_in_order() {
    let edit = |start, end, text: &str| Edit {
        span: Span::new(start, end),
        text: text.into(),
    };
    let edits = [
        edit(0, 0, "<"),
        edit(1, 3, ""),
        edit(3, 3, "é"),
        edit(3, 3, "ê"),
        edit(5, 6, "!"),
    ];
    assert_eq!(apply("abcdef", &edits), "<aéêde!");
    assert_eq!(apply("", &[]), "");
}
