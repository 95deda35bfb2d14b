//! Where the bytes of a text that was put together, or unquoted, lie in its chunk.

use std::ops::Range;

use crate::text::Span;

/// Runs of bytes that follow each other in both texts: offset here, offset there.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Origin {
    runs: Vec<(u32, u32)>,
}

impl Origin {
    /// A text that lies in its chunk as it is, from `start` on.
    pub fn at(start: usize) -> Origin {
        Origin {
            runs: vec![(0, start as u32)],
        }
    }

    /// Say that the bytes from `here` on are those from `there` on. Calls come in ascending order of `here`.
    pub fn add(&mut self, here: usize, there: usize) {
        match self.runs.last_mut() {
            Some((at, to)) if here - *at as usize + *to as usize == there => {}
            Some(last) if last.0 as usize == here => last.1 = there as u32,
            _ => self.runs.push((here as u32, there as u32)),
        }
    }

    /// Where a byte comes from.
    pub fn of(&self, here: usize) -> usize {
        let next = self.runs.partition_point(|(at, _)| *at as usize <= here);
        match next.checked_sub(1).map(|at| self.runs[at]) {
            Some((at, to)) => here - at as usize + to as usize,
            None => self.runs.first().map_or(here, |(_, to)| *to as usize),
        }
    }

    /// From the first byte of a range to its last one. What was left out at its ends (a quote) is no part of it.
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = self.of(range.start);
        match range.is_empty() {
            true => Span::new(start, start),
            // Texts are put together in the order of their source, so this cannot run backwards.
            false => Span::new(start, (self.of(range.end - 1) + 1).max(start)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_lead_back() {
        // "abc" + "de", which lie at 10 and 20.
        let mut origin = Origin::default();
        for (here, there) in [(0, 10), (1, 11), (2, 12), (3, 20), (4, 21)] {
            origin.add(here, there);
        }
        assert_eq!(origin.runs, [(0, 10), (3, 20)]);
        assert_eq!(origin.span(1..3), Span::new(11, 13));
        assert_eq!(origin.span(2..4), Span::new(12, 21));
        assert_eq!(origin.span(5..5), Span::new(22, 22));
        assert_eq!(Origin::at(7).span(1..2), Span::new(8, 9));
        assert_eq!(Origin::default().of(3), 3);
    }
}
