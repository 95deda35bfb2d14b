//! Lines for Dockerfiles, written as the file writes its own.

use crate::model::dockerfile::{Dockerfile, Instruction};
use crate::rule::Place;
use crate::text::Span;

/// The edit that puts instructions behind another one: the lines are given without breaks, their keywords in upper case.
pub fn behind(file: &Dockerfile, instruction: &Instruction, lines: &[String]) -> (Place, String) {
    let text = cased(file, lines).join("\n");
    match instruction.end > instruction.span.end {
        true => (instruction.after(), text + "\n"),
        // The last line of a file without a final newline.
        false => (instruction.after(), format!("\n{text}")),
    }
}

/// The lines with their keywords as the file writes them: in lower case if its first `FROM` is.
pub fn cased(file: &Dockerfile, lines: &[String]) -> Vec<String> {
    let lower = file.stages.first().is_some_and(|stage| stage.from.lower);
    let cased = |line: &String| match line.split_once(' ') {
        Some((keyword, rest)) if lower => format!("{} {rest}", keyword.to_lowercase()),
        _ => line.clone(),
    };
    lines.iter().map(cased).collect()
}

/// The edit that takes an instruction out, with its line break.
pub fn without(instruction: &Instruction) -> (Place, String) {
    let span = Span {
        start: instruction.span.start,
        end: instruction.end.max(instruction.span.end),
    };
    (instruction.place(span), String::new())
}

/// The edit that takes one pair out of an `ENV` or `ARG`, or all of it where there is no other.
pub fn without_pair(instruction: &Instruction, pair: usize) -> (Place, String) {
    let pairs = instruction.pairs();
    let (Some(own), true) = (pairs.get(pair), pairs.len() > 1) else {
        return without(instruction);
    };
    let span = match pair.checked_sub(1).and_then(|at| pairs.get(at)) {
        Some(before) => Span {
            start: before.span.end,
            end: own.span.end,
        },
        None => Span {
            start: own.span.start,
            end: pairs[1].span.start,
        },
    };
    (instruction.place(span), String::new())
}
