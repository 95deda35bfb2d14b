//! Edits of workflows that keep their style: made while a workflow is read, since they need its text.

use crate::model::compose::reader::{Fields, Ref};
use crate::model::compose::removal;
use crate::rule::{Fix, Place};
use crate::syntax::yaml::{Entry, Item, Part, Value};
use crate::text::Span;

/// Where and how something is put into a text, or taken out of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Edit {
    /// Names go to a place, with commas between them, `before` and `behind` around them.
    Names {
        place: Place,
        before: String,
        behind: String,
    },
    /// Each line goes to a place, below what stands there, behind these blanks (and a dash where each is an item).
    Lines { place: Place, before: String },
    /// Replacements that ask for nothing.
    Pieces(Vec<(Place, String)>),
    /// Why it cannot be done.
    Obstacle(&'static str),
}

impl Edit {
    /// A fix with this edit, with `lines` in it.
    pub fn of(&self, fix: Fix, lines: &[String]) -> Fix {
        match self {
            Edit::Names {
                place,
                before,
                behind,
            } => fix.replace(
                place.clone(),
                format!("{before}{}{behind}", lines.join(", ")),
            ),
            Edit::Lines { place, before } => {
                let lines = lines.iter().map(|line| format!("\n{before}{line}"));
                fix.replace(place.clone(), lines.collect::<String>())
            }
            Edit::Pieces(pieces) => pieces.iter().fold(fix, |fix, (place, text)| {
                fix.replace(place.clone(), text.clone())
            }),
            Edit::Obstacle(reason) => fix.disabled(*reason),
        }
    }
}

const ALIAS: Edit = Edit::Obstacle("an anchor holds it, which others may use");

/// Adds names to the `needs` of a job.
pub(super) fn needs(job: &Ref, fields: &Fields, place: &dyn Fn(&Ref, Span) -> Place) -> Edit {
    if job.used.is_some() {
        return ALIAS;
    }
    let Some(pair) = fields.pair("needs") else {
        return before_key(
            job,
            fields,
            &["runs-on", "uses", "steps"],
            "needs: [",
            "]",
            place,
        );
    };
    let at = |span: Span, before: &str, behind: &str| Edit::Names {
        place: place(job, span),
        before: before.into(),
        behind: behind.into(),
    };
    let empty = |offset: u32| Span {
        start: offset,
        end: offset,
    };
    let Some(value) = pair.value.as_ref().filter(|_| pair.own) else {
        let end = job.part.node(pair.entry.key).span.end;
        return match pair.own {
            true => at(empty(end + 1), " [", "]"),
            false => ALIAS,
        };
    };
    let node = value.part.node(value.id);
    match &node.value {
        Value::Scalar { .. } => {
            let old = value.part.slice(node.span);
            at(node.span, &format!("[{old}, "), "]")
        }
        Value::Sequence { items, flow } => match (items.last(), flow) {
            (None, _) => at(node.span, "[", "]"),
            (Some(last), true) => at(empty(last.span.end), ", ", ""),
            (Some(last), false) => below(value.part, last.span, "- ", &|span| place(job, span)),
        },
        Value::Empty => at(empty(node.span.end), " [", "]"),
        Value::Mapping { .. } | Value::Alias(_) => ALIAS,
    }
}

/// Puts a key above the first of these that a mapping has, in its style.
pub(super) fn before_key(
    mapping: &Ref,
    fields: &Fields,
    keys: &[&str],
    before: &str,
    behind: &str,
    place: &dyn Fn(&Ref, Span) -> Place,
) -> Edit {
    let own = |key: &&str| fields.pair(key).filter(|pair| pair.own);
    let Some(pair) = keys.iter().find_map(own) else {
        return Edit::Obstacle("its layout leaves no place for it");
    };
    let start = pair.entry.span.start;
    let flow = matches!(
        mapping.part.node(mapping.id).value,
        Value::Mapping { flow: true, .. }
    );
    let column = mapping.part.column(start);
    let behind = match flow {
        true => format!("{behind}, "),
        false => format!("{behind}\n{:column$}", ""),
    };
    Edit::Names {
        place: place(mapping, Span { start, end: start }),
        before: before.into(),
        behind,
    }
}

/// Puts items behind one of a sequence.
pub(super) fn behind_item(list: &Ref, item: Item, place: &dyn Fn(&Ref, Span) -> Place) -> Edit {
    if list.used.is_some() {
        return ALIAS;
    }
    match list.part.node(list.id).value {
        Value::Sequence { flow: false, .. } => {
            below(list.part, item.span, "", &|span| place(list, span))
        }
        _ => Edit::Obstacle("its steps are written in brackets"),
    }
}

fn below(part: &Part, item: Span, dash: &str, place: &dyn Fn(Span) -> Place) -> Edit {
    let text = part.text();
    let end = item.end as usize;
    let line = text[end..]
        .find(['\r', '\n'])
        .map_or(text.len(), |at| end + at);
    let column = part.column(item.start);
    Edit::Lines {
        place: place(Span::new(line, line)),
        before: format!("{:column$}{dash}", ""),
    }
}

/// Takes an entry out of a mapping.
pub(super) fn without(mapping: &Ref, entry: Entry, place: &dyn Fn(&Ref, Span) -> Place) -> Edit {
    let Value::Mapping { entries, flow } = &mapping.part.node(mapping.id).value else {
        return ALIAS;
    };
    let own = entries.iter().position(|known| known.span == entry.span);
    let Some(at) = own.filter(|_| mapping.used.is_none()) else {
        return ALIAS;
    };
    let text = mapping.part.text();
    let span = match (flow, entries.get(at + 1)) {
        (true, _) => Some(removal::with_comma(text, entry.span)),
        // The key behind the dash of an item: the next one takes its place.
        (false, Some(next)) => removal::lines(text, entry.span).or(Some(Span {
            start: entry.span.start,
            end: next.span.start,
        })),
        (false, None) => removal::lines(text, entry.span),
    };
    match span {
        Some(span) => Edit::Pieces(vec![(place(mapping, span), String::new())]),
        None => Edit::Obstacle("other text stands on the same line"),
    }
}
