//! The lines of a text that a finding speaks of, without secrets and of a length that can be read.

use std::ops::Range;

use harden_engine::output::{HIDDEN, Lines, Secrets};
use harden_engine::text::Span;

/// Lines ready to be printed. Spans are those asked for, moved to where their text is now.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// 1-based.
    pub(super) first_line: usize,
    pub(super) source: String,
    pub(super) spans: Vec<Range<usize>>,
}

/// Longer lines are cut around what they are shown for, in bytes.
const LONG: usize = 240;
/// What is kept on each side of a span of a long line, in bytes.
const AROUND: usize = 60;
/// A span of more lines is shown by its first line.
const MOST_LINES: usize = 6;

/// The lines that hold a span, 0-based, the end exclusive.
pub(super) fn rows(lines: &Lines, span: Span) -> Range<usize> {
    let first = lines.line_at(span.start as usize);
    let last = lines.line_at(
        (span.end as usize)
            .saturating_sub(1)
            .max(span.start as usize),
    );
    if last - first < MOST_LINES {
        first..last + 1
    } else {
        first..first + 1
    }
}

pub(super) fn excerpt(
    text: &str,
    lines: &Lines,
    secrets: &Secrets,
    rows: Range<usize>,
    spans: &[Span],
) -> Excerpt {
    let mut source = String::new();
    let mut moved = vec![0..0; spans.len()];
    let spans: Vec<Range<usize>> = spans.iter().map(|span| span.range()).collect();
    for row in rows.clone() {
        let line = lines.start(row)..lines.start(row) + lines.line(row).len();
        let shown: Vec<&Range<usize>> = spans
            .iter()
            .filter(|span| span.start <= line.end && line.start <= span.end)
            .collect();
        let mut cuts: Vec<(Range<usize>, &str)> = secrets
            .within(text, line.clone())
            .into_iter()
            .map(|range| (range, HIDDEN))
            .collect();
        if line.len() > LONG {
            let start = shown.iter().map(|span| span.start).min();
            let start = start.unwrap_or(line.start).max(line.start);
            let end = shown.iter().map(|span| span.end).max();
            let end = end
                .unwrap_or(start)
                .clamp(start, (start + AROUND * 2).min(line.end));
            let window = text.floor_char_boundary(start.saturating_sub(AROUND).max(line.start))
                ..text.ceil_char_boundary((end + AROUND).min(line.end));
            cuts.push((line.start..window.start, "…"));
            cuts.push((window.end..line.end, "…"));
        }
        let cuts = joined(cuts);
        let base = source.len();
        let copied = copy(text, line.clone(), &cuts, &mut source);
        for (span, moved) in spans.iter().zip(&mut moved) {
            if line.contains(&span.start) || span.start == line.end {
                let start = base + place(span.start, line.start, &cuts, false);
                *moved = start..start;
            }
            if span.end >= line.start && span.start <= line.end {
                let end = span.end.min(line.end);
                moved.end = moved.start.max(base + place(end, line.start, &cuts, true));
            }
        }
        debug_assert_eq!(base + copied, source.len());
        source.push('\n');
    }
    Excerpt {
        first_line: rows.start + 1,
        source,
        spans: moved,
    }
}

/// Ordered cuts that share no byte.
fn joined(mut cuts: Vec<(Range<usize>, &str)>) -> Vec<(Range<usize>, &str)> {
    cuts.retain(|(range, _)| !range.is_empty());
    cuts.sort_by_key(|(range, _)| (range.start, range.end));
    cuts.dedup_by(|(next, _), (last, _)| {
        let meets = next.start < last.end;
        if meets {
            last.end = last.end.max(next.end);
        }
        meets
    });
    cuts
}

fn copy(text: &str, line: Range<usize>, cuts: &[(Range<usize>, &str)], to: &mut String) -> usize {
    let before = to.len();
    let mut at = line.start;
    for (range, with) in cuts {
        to.push_str(&text[at..range.start]);
        to.push_str(with);
        at = range.end;
    }
    to.push_str(&text[at..line.end]);
    to.len() - before
}

/// Where an offset of the line lies in its copy; one within a cut moves to the cut's edge.
fn place(offset: usize, start: usize, cuts: &[(Range<usize>, &str)], end: bool) -> usize {
    let mut at = offset - start;
    for (range, with) in cuts {
        if range.end <= offset {
            at = at + with.len() - range.len();
        } else if range.start < offset || range.start == offset && !end {
            at -= offset - range.start;
            return if end { at + with.len() } else { at };
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use harden_engine::rule::{Area, Finding, Owner, Place, Rule, Severity};

    static RULE: Rule = Rule {
        name: "test/test",
        area: Area::Code,
        severity: Severity::Low,
        cases: &[],
        minutes: 1,
        off: false,
        also: &[],
        docs: "",
        checks: &[],
    };

    fn shown(text: &str, span: Range<usize>, secret: Range<usize>) -> (String, String) {
        let place = |range: Range<usize>| Place {
            owner: Owner::File,
            span: Span::new(range.start, range.end),
        };
        let finding = Finding {
            rule: &RULE,
            severity: Severity::Low,
            place: place(span.clone()),
            message: String::new(),
            also: Vec::new(),
            related: Vec::new(),
            secrets: vec![place(secret)],
            known_on: Vec::new(),
            fixes: Vec::new(),
        };
        let lines = Lines::new(text);
        let secrets = Secrets::of(text, std::slice::from_ref(&finding));
        let made = excerpt(
            text,
            &lines,
            &secrets,
            rows(&lines, finding.span()),
            &[finding.span()],
        );
        let marked = made.source[made.spans[0].clone()].to_owned();
        (made.source, marked)
    }

    #[test]
    fn secrets_are_hidden_and_the_mark_follows() {
        let text = "a: 1\r\nk: é ${K:-hunter2} hunter2 z\r\nb: 2";
        let at = |word: &str| text.find(word).unwrap_or(text.len());
        let span = at("${K")..at("} hunter2") + 1;
        let secret = at("hunter2")..at("} hunter2");
        let (source, marked) = shown(text, span, secret.clone());
        assert_eq!(source, "k: é ${K:-•••} ••• z\n");
        assert_eq!(marked, "${K:-•••}");
        assert_eq!(shown(text, secret.clone(), secret).1, "•••");
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let text = format!("{}🦀needle🦀{}\n", "é".repeat(3000), "ü".repeat(3000));
        let at = text.find("needle").unwrap_or(text.len());
        let (source, marked) = shown(&text, at..at + 6, 0..0);
        assert_eq!(marked, "needle");
        assert!(source.len() < 300 && source.starts_with('…') && source.ends_with("…\n"));
    }

    #[test]
    fn spans_at_the_edges_of_a_text() {
        assert_eq!(shown("", 0..0, 0..0), ("\n".into(), String::new()));
        assert_eq!(shown("ab\n", 3..3, 0..0).1, "");
        assert_eq!(shown("ab\ncd\n", 1..5, 0..0).1, "b\ncd");
    }
}
