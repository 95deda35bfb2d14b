//! Python's tree → [`Part`].

mod bind;
mod call;
mod definition;
mod expression;
mod handler;
mod kinds;
mod literal;
mod logged;
mod member;
mod scope;
mod statement;

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use tree_sitter::{InputEdit, Parser, Point, Tree};

use self::kinds::GRAMMAR;
use self::scope::Visitor;
use super::Kept;
use crate::chunk::python::State;
use crate::model::python::Part;

/// A class around a member that was cut out of one; the member's own indentation follows.
const WRAPPER: &str = "class _:\n";

/// The body of a class whose members were cut off.
const BODY: &str = "\n pass\n";

pub(super) fn read(state: State, text: &Arc<str>, kept: &mut Option<Kept>) -> Part {
    let parsed: Cow<str> = match state {
        State::Statement => Cow::Borrowed(text),
        State::Header => Cow::Owned([text, BODY].concat()),
        State::Member(_) => Cow::Owned([WRAPPER, text].concat()),
    };
    let shift = match state {
        State::Statement | State::Header => 0,
        State::Member(_) => WRAPPER.len(),
    };
    let Some(tree) = parse(&parsed, kept.take()) else {
        return Part {
            text: text.clone(),
            broken: true,
            state,
            ..Part::default()
        };
    };
    let part = Visitor::new(&parsed, shift, text.clone()).read(&tree, state);
    *kept = Some(Kept {
        tree,
        text: match parsed {
            Cow::Borrowed(_) => text.clone(),
            Cow::Owned(parsed) => parsed.into(),
        },
    });
    part
}

/// Parse, reusing an earlier tree where that gives exactly what a fresh parse gives: neither tree has an error.
fn parse(text: &str, kept: Option<Kept>) -> Option<Tree> {
    thread_local! {
        static PARSER: RefCell<Option<Parser>> = const { RefCell::new(None) };
    }
    PARSER.with_borrow_mut(|parser| {
        let parser = match parser {
            Some(parser) => parser,
            None => {
                let mut fresh = Parser::new();
                fresh.set_language(&GRAMMAR.language).ok()?;
                parser.insert(fresh)
            }
        };
        if let Some(mut kept) = kept
            && !kept.tree.root_node().has_error()
            && let Some(edit) = difference(&kept.text, text)
        {
            kept.tree.edit(&edit);
            let tree = parser.parse(text, Some(&kept.tree))?;
            if !tree.root_node().has_error() {
                return Some(tree);
            }
        }
        parser.parse(text, None)
    })
}

/// The edit between two texts: what lies between their common beginning and their common end. Nothing for texts that have
/// little in common: then a tree is not worth its adjustment.
fn difference(old: &str, new: &str) -> Option<InputEdit> {
    let same = |(a, b): &(u8, u8)| a == b;
    let limit = old.len().min(new.len());
    let head = old.bytes().zip(new.bytes()).take_while(same).count();
    let tail = old
        .bytes()
        .rev()
        .zip(new.bytes().rev())
        .take(limit - head)
        .take_while(same)
        .count();
    if 2 * (head + tail) < old.len().max(new.len()) {
        return None;
    }
    let point = |text: &str, at: usize| {
        let before = &text.as_bytes()[..at];
        Point {
            row: memchr::memchr_iter(b'\n', before).count(),
            column: at - memchr::memrchr(b'\n', before).map_or(0, |line| line + 1),
        }
    };
    Some(InputEdit {
        start_byte: head,
        old_end_byte: old.len() - tail,
        new_end_byte: new.len() - tail,
        start_position: point(new, head),
        old_end_position: point(old, old.len() - tail),
        new_end_position: point(new, new.len() - tail),
    })
}
