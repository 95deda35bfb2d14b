//! Shapes of tokens: what stands before a literal, what behind it, and where it must end. Nothing is compiled.

/// A set of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Digits,
    Letters,
    Alnum,
    /// Small letters and digits.
    Small,
    /// Capital letters and digits.
    Large,
    /// `A-Z2-7`.
    Base32,
    /// In small letters.
    Hex,
    /// In either case.
    AnyHex,
    /// Letters, digits and `_`.
    Word,
    /// Letters, digits and `-`.
    Dashed,
    /// Base64 for URLs: letters, digits, `_`, `-`.
    Url,
    /// The same with `=` and `.`.
    UrlDot,
    /// Letters, digits, `_`, `~`, `.`.
    Tilde,
    /// The same with `-`.
    TildeDash,
    /// Letters, digits, `+`, `/`.
    Base64,
    /// The same with `=`.
    Padded,
    /// What a path of a URL has.
    Path,
    /// Bech32 in capitals.
    Bech32,
}

impl Class {
    pub(super) fn has(self, byte: u8) -> bool {
        let alnum = byte.is_ascii_alphanumeric();
        match self {
            Class::Digits => byte.is_ascii_digit(),
            Class::Letters => byte.is_ascii_alphabetic(),
            Class::Alnum => alnum,
            Class::Small => byte.is_ascii_lowercase() || byte.is_ascii_digit(),
            Class::Large => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Class::Base32 => byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte),
            Class::Hex => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
            Class::AnyHex => byte.is_ascii_hexdigit(),
            Class::Word => alnum || byte == b'_',
            Class::Dashed => alnum || byte == b'-',
            Class::Url => alnum || matches!(byte, b'_' | b'-'),
            Class::UrlDot => alnum || matches!(byte, b'_' | b'-' | b'=' | b'.'),
            Class::Tilde => alnum || matches!(byte, b'_' | b'~' | b'.'),
            Class::TildeDash => alnum || matches!(byte, b'_' | b'~' | b'.' | b'-'),
            Class::Base64 => alnum || matches!(byte, b'+' | b'/'),
            Class::Padded => alnum || matches!(byte, b'+' | b'/' | b'='),
            Class::Path => alnum || matches!(byte, b'-' | b'@' | b'/' | b'_'),
            Class::Bech32 => BECH32.contains(&byte),
        }
    }
}

pub(super) const BECH32: &[u8; 32] = b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

/// One piece of what follows the literal.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// As many bytes of a class as there are, from so many to so many.
    Run(Class, usize, usize),
    /// These bytes.
    Is(&'static str),
}

impl Step {
    /// The bytes that it can begin with.
    pub(super) fn heads(&self) -> Vec<u8> {
        match *self {
            Step::Run(class, ..) => (0..128).filter(|byte| class.has(*byte)).collect(),
            Step::Is(text) => text.bytes().take(1).collect(),
        }
    }
}

/// The end of a token that goes on at `at` in these steps, where it ends there. What comes behind the last run may not be
/// of its class, nor a letter or a digit.
pub(super) fn end(bytes: &[u8], mut at: usize, steps: &[Step]) -> Option<usize> {
    let mut last = Class::Alnum;
    for step in steps {
        match *step {
            Step::Run(class, least, most) => {
                let rest = bytes.get(at..)?;
                let rest = &rest[..rest.len().min(most)];
                let length = rest.iter().position(|byte| !class.has(*byte));
                let length = length.unwrap_or(rest.len());
                if length < least {
                    return None;
                }
                at += length;
                last = class;
            }
            Step::Is(text) => {
                if !bytes.get(at..)?.starts_with(text.as_bytes()) {
                    return None;
                }
                at += text.len();
            }
        }
    }
    let next = bytes.get(at).copied();
    // A sentence may end behind a token.
    let open = next.is_some_and(|byte| {
        byte.is_ascii_alphanumeric() || byte == b'_' || byte != b'.' && last.has(byte)
    });
    (!open).then_some(at)
}

/// The start of so many bytes of a class that end at `at`.
pub(super) fn start(
    bytes: &[u8],
    at: usize,
    class: Class,
    least: usize,
    most: usize,
) -> Option<usize> {
    let before = &bytes[at.saturating_sub(most)..at];
    let length = before
        .iter()
        .rev()
        .take_while(|byte| class.has(**byte))
        .count();
    (length >= least).then_some(at - length)
}

/// Whether a token may start at `at`: not within a word. An escape of a string (`\n`) or of a URL (`%3D`) before it is none
/// of its letters.
pub(super) fn begins(bytes: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| bytes[before]) else {
        return true;
    };
    if !before.is_ascii_alphanumeric() && !matches!(before, b'_' | b'-') {
        return true;
    }
    let escape = at > 1 && bytes[at - 2] == b'\\' && matches!(before, b'n' | b'r' | b't');
    let hex = |byte: u8| byte.is_ascii_hexdigit();
    let percent = at > 2 && bytes[at - 3] == b'%' && hex(before) && hex(bytes[at - 2]);
    escape || percent
}

/// The line that holds a place.
pub(super) fn line(bytes: &[u8], at: usize) -> &[u8] {
    let start = memchr::memrchr2(b'\n', b'\r', &bytes[..at]).map_or(0, |end| end + 1);
    let end = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |end| at + end);
    &bytes[start..end]
}

/// Whether a text holds a word that is given in small letters.
pub(super) fn holds(text: &[u8], word: &str) -> bool {
    let word = word.as_bytes();
    text.windows(word.len())
        .any(|part| part.eq_ignore_ascii_case(word))
}
