//! Lines for Dockerfiles, written as the file writes its own.

use crate::model::dockerfile::{Dockerfile, Instruction};
use crate::rule::Place;

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
