//! Names as they are written, in annotations and in lists of base classes, and what they mean to the module.

use std::borrow::Cow;

use super::super::class::{At, Known};
use super::super::resolve::HOPS;
use super::super::{Found, Resolver, lookup};
use super::Ref;

/// What a dotted name of the module means.
pub(super) fn meant(resolver: &Resolver, written: &str) -> Option<Ref> {
    let (head, tail) = match written.split_once('.') {
        Some((head, tail)) => (head.trim(), Some(tail.trim())),
        None => (written.trim(), None),
    };
    let mut dotted = String::new();
    let known = match lookup(resolver.outside, head) {
        Found::One(part, binding) => {
            resolver.value(At::module(part), &binding.value, HOPS, &mut dotted)
        }
        Found::Nothing if resolver.builtin(head, &mut dotted) => Known::Dotted,
        Found::Nothing | Found::Unknown => return None,
    };
    let mut meant = match known {
        Known::Dotted => Ref::dotted(dotted),
        Known::Class(class) => Ref::own(class.path),
        _ => return None,
    };
    if let Some(tail) = tail {
        meant.path.push('.');
        meant.path.push_str(tail);
    }
    Some(meant)
}

/// The dotted names in an annotation, those in strings too.
pub(super) fn names_in(text: &str) -> impl Iterator<Item = &str> {
    let inner = |c: char| c == '_' || c == '.' || c.is_alphanumeric();
    text.split(move |c: char| !inner(c))
        .map(|name| name.trim_matches('.'))
        .filter(|name| name.starts_with(|c: char| c == '_' || c.is_alphabetic()))
}

/// What a type is made of, without what only says how it is used.
pub(super) fn types_in(resolver: &Resolver, annotation: &str) -> Vec<Ref> {
    let mut types: Vec<Ref> = Vec::new();
    for name in names_in(annotation) {
        if let Some(meant) = meant(resolver, name)
            && (meant.own || meant.path.contains('.'))
            && !is_typing(&meant.path)
            && !types.contains(&meant)
        {
            types.push(meant);
        }
    }
    types
}

fn is_typing(dotted: &str) -> bool {
    let library = dotted.split('.').next().unwrap_or_default();
    matches!(
        library,
        "typing"
            | "typing_extensions"
            | "collections"
            | "datetime"
            | "uuid"
            | "fastapi"
            | "starlette"
            | "decimal"
            | "pathlib"
            | "pydantic"
            | "enum"
            | "annotated_types"
    )
}

/// The same text with blanks in place of comments.
pub(crate) fn uncommented(text: &str) -> Cow<'_, str> {
    if !text.contains('#') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let (mut quote, mut comment) = (None, false);
    for c in text.chars() {
        match (c, quote) {
            ('\n', _) => (quote, comment) = (None, false),
            _ if comment => {}
            (_, Some(open)) if c == open => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(c),
            ('#', None) => comment = true,
            _ => {}
        }
        match comment {
            // As many bytes, so that places stay.
            true => plain.extend(std::iter::repeat_n(' ', c.len_utf8())),
            false => plain.push(c),
        }
    }
    Cow::Owned(plain)
}

/// The pieces of a text between commas that stand in no brackets and no string, without blanks around.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    let mut quote = None;
    let pieces = text.split(move |c: char| {
        match (c, quote) {
            ('\n', Some('#')) => quote = None,
            ('#', None) => quote = Some('#'),
            (_, Some(open)) if c == open && c != '#' => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(c),
            ('[' | '(' | '{', None) => depth += 1,
            (']' | ')' | '}', None) => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0 && quote.is_none()
    });
    pieces.map(bare).filter(|piece| !piece.is_empty())
}

/// A piece without the comments before and behind it.
fn bare(piece: &str) -> &str {
    let mut piece = piece.trim();
    while piece.starts_with('#') {
        let end = piece.find('\n').unwrap_or(piece.len());
        piece = piece[end..].trim_start();
    }
    while let Some((line, last)) = piece.rsplit_once('\n')
        && last.trim_start().starts_with('#')
    {
        piece = line.trim_end();
    }
    let line = piece.rfind('\n').map_or(0, |at| at + 1);
    let mut quote = None;
    let comment = piece[line..].char_indices().find(|(_, c)| {
        match (c, quote) {
            (_, Some(open)) if *c == open => quote = None,
            ('"' | '\'', None) => quote = Some(*c),
            _ => {}
        }
        *c == '#' && quote.is_none()
    });
    match comment {
        Some((at, _)) => piece[..line + at].trim_end(),
        None => piece,
    }
}

/// The value of `keyword=value` among such pieces.
pub(super) fn keyword<'t>(list: &'t str, keyword: &str) -> Option<&'t str> {
    pieces(list).find_map(|piece| {
        let (name, value) = piece.split_once('=')?;
        (name.trim() == keyword && !value.starts_with('=')).then(|| value.trim())
    })
}

/// The text between the brackets of a list of arguments or bases.
pub(super) fn inside(list: &str) -> &str {
    let list = list.strip_prefix(['(', '{']).unwrap_or(list);
    list.strip_suffix([')', '}']).unwrap_or(list)
}

/// The content of a string that is written out plainly.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    let text = text
        .trim()
        .trim_start_matches(['r', 'u', 'f', 'R', 'U', 'F']);
    ['"', '\''].into_iter().find_map(|quote| {
        let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains(quote)).then_some(inner)
    })
}
