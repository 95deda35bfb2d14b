//! Whole identifiers of a text that are on a list.

use std::ops::Range;

/// A list of identifiers in ASCII, to be found as whole words.
#[derive(Debug, Default)]
pub(super) struct Words {
    list: Vec<String>,
    /// Places in the list, by [`slot`].
    slots: Vec<Vec<u16>>,
}

/// A word of the list in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// Its place in the list.
    pub(super) word: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

const SLOTS: usize = 4096;

impl Words {
    pub(super) fn new(list: Vec<String>) -> Words {
        let mut slots = vec![Vec::new(); if list.is_empty() { 0 } else { SLOTS }];
        for (at, word) in (0..).zip(&list) {
            if let Some(slot) = slot(word.as_bytes()) {
                slots[slot].push(at);
            }
        }
        Words { list, slots }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn get(&self, at: usize) -> &str {
        self.list.get(at).map_or("", String::as_str)
    }

    /// The place of a word in the list.
    pub(super) fn place(&self, word: &[u8]) -> Option<usize> {
        let known = self.slots.get(slot(word)?)?;
        let same = |known: &&u16| self.list[**known as usize].as_bytes() == word;
        known.iter().find(same).map(|known| *known as usize)
    }

    /// Where the words stand, in their order.
    pub(super) fn find<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Found> + 't {
        all(text).filter_map(|range| {
            let word = self.place(&text.as_bytes()[range.clone()])?;
            Some(Found {
                word,
                start: range.start,
                end: range.end,
            })
        })
    }
}

/// All identifiers of a text, and numbers.
pub(super) fn all(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while !INNER[*bytes.get(at)? as usize] {
            at += 1;
        }
        let start = at;
        while bytes.get(at).is_some_and(|byte| INNER[*byte as usize]) {
            at += 1;
        }
        Some(start..at)
    })
}

/// What an identifier consists of.
pub(super) static INNER: [bool; 256] = {
    let mut inner = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        inner[byte] = b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80;
        byte += 1;
    }
    inner
};

/// A number for a word that few others share, from three of its bytes and its length.
fn slot(word: &[u8]) -> Option<usize> {
    let (first, last) = (*word.first()? as usize, *word.last()? as usize);
    let inner = word[word.len() / 2] as usize;
    Some(
        (first.wrapping_mul(37)
            ^ last.wrapping_mul(401)
            ^ inner.wrapping_mul(13)
            ^ word.len().wrapping_mul(1789))
            % SLOTS,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_count() {
        let list = ["os", "open", "_x", "é"].map(String::from).to_vec();
        let words = Words::new(list);
        let found = |text: &str| -> Vec<(String, usize)> {
            let found = words.find(text);
            found
                .map(|found| (text[found.start..found.end].into(), found.start))
                .collect()
        };
        let is = |word: &str, at: usize| (word.to_owned(), at);
        assert_eq!(
            found("os.open(os_, _x)os"),
            [is("os", 0), is("open", 3), is("_x", 13), is("os", 16)]
        );
        assert_eq!(found("oséopen 1os é"), [is("é", 13)]);
        assert_eq!(found(""), []);
    }
}
