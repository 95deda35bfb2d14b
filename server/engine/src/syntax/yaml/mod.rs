//! YAML's tree → our own small tree, with recovery from the lines that break the grammar.

mod convert;
mod kinds;
mod node;
mod recover;
mod scalar;

use std::cell::RefCell;
use std::sync::Arc;

use tree_sitter::{InputEdit, Parser, Point, Tree};

use super::Kept;
use crate::chunk::yaml::State;

pub use node::{Entry, Id, Item, Node, Part, Style, Value};
pub use scalar::{decode, decode_at};

pub(super) fn read(state: State, text: &Arc<str>, kept: &mut Option<Kept>) -> Part {
    let bytes = text.as_bytes();
    let reused = kept.take().and_then(|kept| reparse(kept, text));
    let Some(tree) = reused.or_else(|| parse(bytes, None)) else {
        return Part::default();
    };
    if tree.root_node().has_error() {
        return convert::part(state, text, &recover::mend(bytes, tree), true);
    }
    let part = convert::part(state, text, &tree, false);
    *kept = Some(Kept {
        tree,
        text: text.clone(),
    });
    part
}

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new({
        let mut parser = Parser::new();
        let set = parser.set_language(&tree_sitter_yaml::LANGUAGE.into());
        debug_assert!(set.is_ok(), "the grammar fits the library");
        parser
    });
}

/// `None` only if the library refuses the grammar; then every part is empty.
fn parse(text: &[u8], old: Option<&Tree>) -> Option<Tree> {
    PARSER.with_borrow_mut(|parser| parser.parse(text, old))
}

/// The tree of `text` made from that of an earlier text, where it comes out clean. Trees with an error are never reused:
/// there an incremental tree may differ from a fresh one.
fn reparse(kept: Kept, text: &str) -> Option<Tree> {
    let Kept {
        mut tree,
        text: before,
    } = kept;
    let (old, new) = (before.as_bytes(), text.as_bytes());
    let same = |(a, b): &(&u8, &u8)| a == b;
    let limit = old.len().min(new.len());
    let head = old.iter().zip(new).take_while(same).count();
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(limit - head)
        .take_while(same)
        .count();
    if head == limit && old.len() == new.len() {
        return Some(tree);
    }
    tree.edit(&InputEdit {
        start_byte: head,
        old_end_byte: old.len() - tail,
        new_end_byte: new.len() - tail,
        start_position: point(old, head),
        old_end_position: point(old, old.len() - tail),
        new_end_position: point(new, new.len() - tail),
    });
    parse(new, Some(&tree)).filter(|tree| !tree.root_node().has_error())
}

fn point(text: &[u8], offset: usize) -> Point {
    let before = &text[..offset];
    Point {
        row: memchr::memchr_iter(b'\n', before).count(),
        column: offset - memchr::memrchr(b'\n', before).map_or(0, |at| at + 1),
    }
}
