//! Text without a grammar of ours.

use std::sync::Arc;

use super::Part as AnyPart;

/// A line, with what ends it.
#[derive(Debug)]
pub struct Part {
    pub text: Arc<str>,
}

/// The text of a file that was read line by line.
pub fn text(parts: &[(usize, Arc<AnyPart>)]) -> String {
    let lines = parts.iter().filter_map(|(_, part)| match &**part {
        AnyPart::Plain(part) => Some(&*part.text),
        _ => None,
    });
    lines.collect()
}
