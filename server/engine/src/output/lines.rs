//! Offsets → lines and columns as people count them.

/// 1-based line, and 1-based column in Unicode characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// The lines of a text, ended by `\n`, `\r\n` or a lone `\r`, as editors count them.
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Lines<'a> {
        let bytes = text.as_bytes();
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
            .filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
        Lines {
            text,
            starts: std::iter::once(0).chain(ends.map(|at| at + 1)).collect(),
        }
    }

    /// An offset within a character, or behind the text, counts as the nearest boundary before it.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.line_at(offset);
        Position {
            line: line + 1,
            column: self.text[self.starts[line]..offset].chars().count() + 1,
        }
    }

    /// The 0-based line that holds an offset.
    pub fn line_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset) - 1
    }

    /// At least 1: the empty text is one empty line.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// Where a 0-based line starts; the end of the text for lines behind it.
    pub fn start(&self, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or(self.text.len())
    }

    /// A 0-based line without its end.
    pub fn line(&self, line: usize) -> &'a str {
        self.text[self.start(line)..self.start(line + 1)].trim_end_matches(['\n', '\r'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_counts_once() {
        let lines = Lines::new("a\r\nb\rc\n\nd🦀e");
        assert_eq!(lines.count(), 5);
        assert_eq!(
            (0..6).map(|n| lines.line(n)).collect::<Vec<_>>(),
            ["a", "b", "c", "", "d🦀e", ""]
        );
        assert_eq!(lines.position(13), Position { line: 5, column: 3 });
        assert_eq!(lines.position(99), Position { line: 5, column: 4 });
        assert_eq!(Lines::new("").position(0), Position { line: 1, column: 1 });
    }
}
