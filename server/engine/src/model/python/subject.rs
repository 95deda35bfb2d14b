//! What rules are asked about, made from the records of a part.

use std::sync::Arc;

use super::literal::Written;
use super::{CallRecord, NONE, Part, Resolver, TargetKind, Trivial, ValueKind};
use crate::text::Span;

/// A call whose callee is known by its dotted name.
#[derive(Debug)]
pub struct Call {
    /// `random.uniform`; `random.Random().uniform` for a method of what a call returned.
    pub name: String,
    /// The callee is written with nothing but imported names: no alias by assignment in between.
    pub imported: bool,
    pub span: Span,
    pub callee: Span,
    /// With the parentheses.
    pub list: Span,
    pub arguments: Vec<Argument>,
    /// The innermost function around the call.
    pub function: Option<Box<str>>,
    pub in_async: bool,
    /// Where the value goes: the nearest place first, then the places to which that one goes on.
    pub targets: Vec<Target>,
    /// The literal behind `or`, where that follows the call.
    pub fallback: Option<(Span, ValueKind)>,
    /// The `with` statement whose only item the call is.
    pub with: Option<With>,
    text: Arc<str>,
}

#[derive(Debug)]
pub struct Argument {
    pub keyword: Option<Box<str>>,
    pub value: Span,
    pub kind: ValueKind,
    /// The dotted name of a value that is a name.
    pub name: Option<String>,
    /// The literal that such a name stands for.
    pub written: Option<Written>,
}

/// A place to which a value goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub kind: TargetKind,
    pub name: Box<str>,
    pub span: Span,
}

/// `with f(…):`
#[derive(Debug, Clone, Copy)]
pub struct With {
    /// `with` to the colon.
    pub header: Span,
    /// First to last leaf.
    pub body: Span,
    pub is_async: bool,
}

impl Call {
    /// The call at an index of `part.calls`, whose name the resolver has found.
    pub(crate) fn new(resolver: &Resolver, index: usize, name: &str) -> Option<Call> {
        let part = resolver.part;
        let record = part.calls.get(index)?;
        let text = |span| Box::from(part.slice(span));
        let function = part.functions.get(record.function as usize);
        Some(Call {
            name: name.to_owned(),
            imported: resolver.imported(record.callee),
            span: record.span,
            callee: part.paths.get(record.callee as usize)?.span,
            list: record.list,
            arguments: arguments(resolver, record),
            function: function.map(|function| text(function.name)),
            in_async: function.is_some_and(|function| function.is_async),
            targets: targets(part, record.target),
            fallback: part
                .fallbacks
                .iter()
                .find(|fallback| fallback.call == record.span)
                .map(|fallback| (fallback.value, fallback.kind)),
            with: part
                .withs
                .iter()
                .find(|with| with.call as usize == index)
                .map(|with| With {
                    header: with.header,
                    body: with.body,
                    is_async: with.is_async,
                }),
            text: part.text.clone(),
        })
    }

    /// The text of a span of the call's chunk.
    pub fn text(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Whether its list of arguments stands in parentheses, all of them. Text that is being typed may have others.
    pub fn is_whole(&self) -> bool {
        let list = self.text(self.list);
        let inside = |argument: &Argument| {
            let value = argument.value;
            self.list.start <= value.start && value.end <= self.list.end
        };
        list.len() > 1
            && list.starts_with('(')
            && list.ends_with(')')
            && self.arguments.iter().all(inside)
    }

    /// The indentation of the line on which a span begins; `None` when something else stands before it.
    pub fn indent(&self, span: Span) -> Option<&str> {
        indent(&self.text, span)
    }

    /// The end of the line on which a span ends, before its line break.
    pub fn line_end(&self, span: Span) -> usize {
        line_end(&self.text, span)
    }
}

fn line_end(text: &str, span: Span) -> usize {
    let end = span.end as usize;
    let rest = text.get(end..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    end + line.trim_end_matches('\r').len()
}

/// What a call is given.
pub(super) fn arguments(resolver: &Resolver, call: &CallRecord) -> Vec<Argument> {
    let part = resolver.part;
    let (from, to) = call.arguments;
    part.arguments[from as usize..to as usize]
        .iter()
        .map(|argument| Argument {
            keyword: (!argument.keyword.is_empty()).then(|| part.slice(argument.keyword).into()),
            value: argument.value,
            kind: argument.kind,
            name: match argument.kind {
                ValueKind::Path(path) => resolver.name(path),
                _ => None,
            },
            written: match argument.kind {
                ValueKind::Path(path) => resolver.literal(path),
                _ => None,
            },
        })
        .collect()
}

/// Everything to which a value at `from` goes, nearest first.
fn targets(part: &Part, from: u32) -> Vec<Target> {
    let mut order: Vec<u32> = Vec::new();
    let mut next = vec![from];
    while let Some(at) = next.pop() {
        if at == NONE || order.contains(&at) || order.len() > 16 {
            continue;
        }
        let Some(record) = part.targets.get(at as usize) else {
            continue;
        };
        order.push(at);
        let onward = part.onward.iter().filter(|(first, _)| *first == at);
        next.extend(onward.rev().map(|(_, to)| *to));
        next.push(record.outer);
    }
    order
        .into_iter()
        .filter_map(|at| part.targets.get(at as usize))
        .map(|record| Target {
            kind: record.kind,
            name: part.slice(record.name).into(),
            span: record.name,
        })
        .collect()
}

/// An `except` clause.
#[derive(Debug)]
pub struct Handler {
    /// `except` or `except*`.
    pub keyword: Span,
    /// `except` to the last type, without `as` and colon.
    pub header: Span,
    /// The dotted names of the types, as far as they are known.
    pub types: Vec<Option<String>>,
    pub tuple: bool,
    pub bare: bool,
    /// The innermost function around the clause.
    pub function: Option<Box<str>>,
    /// The statements of the body where each is trivial; empty otherwise.
    pub body: Vec<(Trivial, Span)>,
    /// The callee of the first call of the `try` body, as it is written.
    pub tried: Option<Box<str>>,
    text: Arc<str>,
}

/// The `except` clauses of a part.
pub fn handlers(resolver: &Resolver) -> Vec<Handler> {
    let part = resolver.part;
    part.handlers
        .iter()
        .map(|record| Handler {
            keyword: record.keyword,
            header: record.header,
            // Names are looked up only where the answer can matter, so that a part depends on no more than it must.
            types: if record.body.is_empty() {
                Vec::new()
            } else {
                record.types.iter().map(|p| resolver.name(*p)).collect()
            },
            tuple: record.tuple,
            bare: record.bare,
            function: part
                .functions
                .get(record.function as usize)
                .map(|function| part.slice(function.name).into()),
            body: record.body.clone(),
            tried: part
                .paths
                .get(record.tried as usize)
                .map(|path| part.slice(path.span).into()),
            text: part.text.clone(),
        })
        .collect()
}

impl Handler {
    /// The text of a span of the clause's chunk.
    pub fn text(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
    /// The indentation of the line on which a span begins; `None` when something else stands before it.
    pub fn indent(&self, span: Span) -> Option<&str> {
        indent(&self.text, span)
    }
    /// Whether a comment or a string in the clause says in words why nothing is done. Pragmas (`# noqa`, `# type: ignore`)
    /// are no words.
    pub fn explained(&self) -> bool {
        let mut from = self.header.end;
        self.body.iter().any(|(kind, span)| {
            let end = line_end(&self.text, *span);
            let before = Span::new(from as usize, span.start as usize);
            let after = Span::new(span.end as usize, end);
            from = span.end;
            *kind == Trivial::Str
                || comments(self.text(before)).any(says_why)
                || comments(self.text(after)).any(says_why)
        })
    }
}

/// The comments of a text that holds no strings.
fn comments(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.split(['\n', '\r']);
    lines.filter_map(|line| line.split_once('#').map(|(_, comment)| comment))
}

fn says_why(comment: &str) -> bool {
    // What stands before the first pragma: `# may be gone already  # noqa: S110`.
    let prose = comment.split('#').next().unwrap_or_default().trim();
    let pragma = [
        "noqa", "nosec", "pragma", "type:", "pylint", "ruff:", "harden:", "expect:",
    ];
    !pragma
        .iter()
        .any(|word| prose.to_ascii_lowercase().starts_with(word))
        && prose
            .split_whitespace()
            .filter(|word| word.chars().all(char::is_alphabetic))
            .count()
            >= 2
}

fn indent(text: &str, span: Span) -> Option<&str> {
    let before = text.get(..span.start as usize)?;
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    line.bytes()
        .all(|byte| matches!(byte, b' ' | b'\t' | 0x0c))
        .then_some(line)
}
