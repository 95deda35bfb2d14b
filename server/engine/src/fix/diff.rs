//! The difference between two texts: as edits, and as people read it.

use similar::{Algorithm, DiffOp, TextDiff, capture_diff_slices};

use crate::text::{Edit, Span};

/// The edits that make `new` of `old`: ordered, apart from each other, each without what both sides share at its ends.
pub fn minimal(old: &str, new: &str) -> Vec<Edit> {
    let old_lines: Vec<&str> = old.split_inclusive('\n').collect();
    let new_lines: Vec<&str> = new.split_inclusive('\n').collect();
    let (old_at, new_at) = (offsets(&old_lines), offsets(&new_lines));
    capture_diff_slices(Algorithm::Myers, &old_lines, &new_lines)
        .iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(|op| {
            let (from, to) = (op.old_range(), op.new_range());
            let (start, end) = (old_at[from.start], old_at[from.end]);
            trimmed(old, start, end, &new[new_at[to.start]..new_at[to.end]])
        })
        .collect()
}

/// The offsets at which the lines start, and the end.
fn offsets(lines: &[&str]) -> Vec<usize> {
    let mut at = 0;
    let mut offsets = vec![0];
    for line in lines {
        at += line.len();
        offsets.push(at);
    }
    offsets
}

fn trimmed(old: &str, start: usize, end: usize, new: &str) -> Edit {
    let gone = &old[start..end];
    let shared = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| -> usize {
        a.zip(b)
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a.len_utf8())
            .sum()
    };
    let head = shared(&mut gone.chars(), &mut new.chars());
    let tail = shared(
        &mut gone[head..].chars().rev(),
        &mut new[head..].chars().rev(),
    );
    Edit {
        span: Span::new(start + head, end - tail),
        text: new[head..new.len() - tail].to_owned(),
    }
}

/// A unified diff with three lines of context, as `patch` and `git apply` take it. Empty where nothing differs.
pub fn unified(path: &str, old: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(3)
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string()
}
