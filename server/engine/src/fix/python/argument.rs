//! Arguments of calls, in whatever layout.

use crate::model::python::Call;
use crate::text::Span;

/// Where one more argument goes behind the others, and what is written there. In a call with one argument a line it gets a
/// line of its own.
pub fn with_argument(call: &Call, argument: &str) -> (Span, String) {
    if !call.is_whole() {
        return (call.list, call.text(call.list).to_owned());
    }
    let open = call.list.start as usize + 1;
    let close = (call.list.end as usize).saturating_sub(1).max(open);
    let Some(last) = call.arguments.last() else {
        return (Span::new(open, open), argument.to_owned());
    };
    let end = last.value.end as usize;
    let rest = call.text(Span::new(end, close));
    let at_once = call
        .text(Span::new(open, close))
        .trim_start_matches([' ', '\t', '\r']);
    let gap = match at_once.strip_prefix('\n') {
        Some(lines) if rest.contains('\n') => {
            let blank = lines.len() - lines.trim_start_matches([' ', '\t']).len();
            format!("\n{}", &lines[..blank])
        }
        _ => " ".to_owned(),
    };
    let code = rest.split('#').next().unwrap_or_default();
    // A comma that is there already follows what is new, unless a comment stands behind it.
    match code.find(',') {
        Some(comma) if rest[comma..].contains('#') => {
            let at = end + comma + 1;
            let behind = &rest[comma + 1..];
            let line = behind.find('\n').map_or(0, |line| line + 1);
            if line == 0 {
                return (Span::new(at, at), format!("{gap}{argument},"));
            }
            let at = at + line;
            let indent = gap.trim_start_matches('\n');
            (Span::new(at, at), format!("{indent}{argument},\n"))
        }
        _ => (Span::new(end, end), format!(",{gap}{argument}")),
    }
}

/// What to delete so that a call loses the argument at an index, with the comma and the blanks that belong to it. Comments
/// stay.
pub fn without_argument(call: &Call, at: usize) -> Span {
    if !call.is_whole() {
        return Span::new(call.list.start as usize, call.list.start as usize);
    }
    let span = |at: usize| {
        let argument = call.arguments.get(at)?;
        let keyword = argument.keyword.as_deref().map_or(0, str::len);
        // `keyword = value`: what stands before the value, as far as it is the keyword.
        let start = argument.value.start as usize;
        let inside = Span::new(call.list.start as usize, start);
        let before = call.text(inside);
        let named = match before.trim_end().strip_suffix('=') {
            Some(head) if keyword > 0 => inside.start as usize + head.trim_end().len() - keyword,
            _ => start,
        };
        Some(Span::new(named, argument.value.end as usize))
    };
    let Some(this) = span(at) else {
        return Span::new(call.list.start as usize, call.list.start as usize);
    };
    if let Some(next) = span(at + 1) {
        let between = call.text(Span::new(this.end as usize, next.start as usize));
        let end = match between.find('#') {
            // The comma and the blanks before the comment go.
            Some(comment) => this.end as usize + comment,
            None => next.start as usize,
        };
        return Span::new(this.start as usize, end);
    }
    let before = at.checked_sub(1).and_then(span);
    let close = call.list.end as usize - 1;
    match before {
        Some(before) => {
            let between = call.text(Span::new(before.end as usize, this.start as usize));
            match between.contains('#') {
                true => {
                    let rest = call.text(Span::new(this.end as usize, close));
                    let comma = usize::from(rest.trim_start().starts_with(','));
                    let comma = comma * (rest.len() - rest.trim_start().len() + comma);
                    Span::new(this.start as usize, this.end as usize + comma)
                }
                false => Span::new(before.end as usize, this.end as usize),
            }
        }
        None => {
            let rest = call.text(Span::new(this.end as usize, close));
            let code = rest.split('#').next().unwrap_or_default();
            let end = match code.find(',') {
                Some(comma) => this.end as usize + comma + 1,
                None => this.end as usize,
            };
            Span::new(this.start as usize, end)
        }
    }
}
