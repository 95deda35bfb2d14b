//! Requirements: a chunk for each line as pip joins them: a backslash at the end of a line that is no comment takes the
//! next one in.

use super::reader::Reader;
use super::{Cut, State};

pub fn next(text: &str, start: usize) -> Cut {
    let mut reader = Reader::new(&text[start..]);
    let mut line = 0;
    let end = loop {
        let first = reader.skip(line, |byte| byte == b' ' || byte == b'\t');
        let comment = reader.at(first) == Some(b'#');
        let end = reader.find2(line, b'\n', b'\r');
        let goes_on = end > line && reader.at(end - 1) == Some(b'\\') && !comment;
        line = reader.past_line(end);
        if !goes_on || line == reader.len() {
            break line;
        }
    };
    Cut {
        end: start + end,
        is: State::Requirements,
        next: State::Requirements,
        reach: start + reader.reach(),
        open: false,
    }
}
