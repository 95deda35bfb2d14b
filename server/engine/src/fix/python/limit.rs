//! Routes that a limiter counts.

use super::import_from;
use crate::fix::{View, insert, line_start};
use crate::model::python::blocking::facts::each;
use crate::rule::Limit;
use crate::text::{Edit, Span};

/// A function of the file. Spans are absolute.
struct Found {
    /// Of the last decorator.
    decorator: Span,
    name: Span,
    parameters: Vec<Span>,
    method: bool,
}

/// The edits by which a limiter counts the requests of functions.
///
/// # Errors
/// Why it cannot be.
pub(in crate::fix) fn limit(view: &View, limit: &Limit) -> Result<Vec<Edit>, String> {
    let text = view.text;
    let found = find(view, &limit.functions);
    if found.is_empty() {
        return Err("the routes are not where they were".into());
    }
    let uses: Vec<usize> = found
        .iter()
        .map(|function| function.decorator.start as usize)
        .collect();
    let (name, mut edits) = match &limit.module {
        Some(module) => import_from(view, module, &limit.name, &uses)?,
        None => (limit.name.clone(), Vec::new()),
    };
    let mut request = None;
    for function in &found {
        let at = function.decorator.end as usize;
        let line = line_start(text, function.decorator.start as usize);
        let before = &text[line..function.decorator.start as usize];
        let Some(indent) = before
            .strip_suffix('@')
            .filter(|indent| indent.trim().is_empty())
        else {
            continue;
        };
        let end = at + text[at..].find('\n').unwrap_or(text.len() - at);
        let end = at + text[at..end].trim_end_matches('\r').len();
        edits.push(insert(
            end,
            format!("\n{indent}@{name}.limit(\"{}\")", limit.rate),
        ));
        let written = |span: &Span| text.get(span.range()).unwrap_or_default();
        if limit.request
            && !function
                .parameters
                .iter()
                .any(|span| written(span) == "request")
        {
            let known = match &request {
                Some(known) => known,
                None => {
                    let library = if text.contains("fastapi") {
                        "fastapi"
                    } else {
                        "starlette.requests"
                    };
                    let (known, made) = import_from(view, library, "Request", &uses)?;
                    edits.extend(made);
                    request.insert(known)
                }
            };
            edits.extend(parameter(text, function, known));
        }
    }
    match edits.is_empty() {
        true => Err("the routes have decorators of a form that is not known".into()),
        false => Ok(edits),
    }
}

/// `request: Request`, before all other parameters but the object.
fn parameter(text: &str, function: &Found, class: &str) -> Option<Edit> {
    let from = function.name.end as usize;
    let open = from + text.get(from..)?.find('(')? + 1;
    if function.method
        && let Some(object) = function.parameters.first()
    {
        return Some(insert(object.end as usize, format!(", request: {class}")));
    }
    let rest = &text[open..];
    let blank = rest.len() - rest.trim_start().len();
    if function.parameters.is_empty() {
        return Some(insert(open, format!("request: {class}")));
    }
    Some(match rest[..blank].contains('\n') {
        true => insert(open, format!("{}request: {class},", &rest[..blank])),
        false => insert(open, format!("request: {class}, ")),
    })
}

fn find(view: &View, functions: &[String]) -> Vec<Found> {
    let mut found = Vec::new();
    each(view.parts, |nth, resolver| {
        let part = resolver.part;
        let start = view.parts[nth as usize].0;
        for record in &part.functions {
            if !functions.contains(&resolver.qualified(&record.path)) {
                continue;
            }
            let (from, to) = record.decorators;
            let Some(last) = part.decorators[from as usize..to as usize].last() else {
                continue;
            };
            let (from, to) = record.parameters;
            let parameters = part.parameters[from as usize..to as usize].iter();
            found.push(Found {
                decorator: last.span.shifted(start),
                name: record.name.shifted(start),
                parameters: parameters.map(|span| span.shifted(start)).collect(),
                method: record.method,
            });
        }
    });
    found
}
