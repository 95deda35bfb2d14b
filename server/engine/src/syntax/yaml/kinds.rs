//! The grammar's node kinds by number, so that no names are compared while a tree is read.

use std::num::NonZeroU16;
use std::sync::LazyLock;

use tree_sitter::{Language, Node, TreeCursor};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Document,
    /// What stands around a value with its tag and its anchor.
    BlockNode,
    FlowNode,
    BlockMapping,
    FlowMapping,
    BlockPair,
    FlowPair,
    BlockSequence,
    FlowSequence,
    BlockItem,
    Plain,
    Single,
    Double,
    BlockScalar,
    Alias,
    Tag,
    Anchor,
    /// Text that no rule of the grammar takes.
    Error,
    Colon,
    /// Has a name of no interest here.
    Other,
    /// Comments and punctuation.
    Nothing,
}

const KINDS: &[(&str, Kind)] = &[
    ("document", Kind::Document),
    ("block_node", Kind::BlockNode),
    ("flow_node", Kind::FlowNode),
    ("block_mapping", Kind::BlockMapping),
    ("flow_mapping", Kind::FlowMapping),
    ("block_mapping_pair", Kind::BlockPair),
    ("flow_pair", Kind::FlowPair),
    ("block_sequence", Kind::BlockSequence),
    ("flow_sequence", Kind::FlowSequence),
    ("block_sequence_item", Kind::BlockItem),
    ("plain_scalar", Kind::Plain),
    ("single_quote_scalar", Kind::Single),
    ("double_quote_scalar", Kind::Double),
    ("block_scalar", Kind::BlockScalar),
    ("alias", Kind::Alias),
    ("tag", Kind::Tag),
    ("anchor", Kind::Anchor),
    ("comment", Kind::Nothing),
    (":", Kind::Colon),
];

/// The kinds by id, and the fields of a pair.
struct Grammar {
    kinds: Vec<Kind>,
    key: Option<NonZeroU16>,
    value: Option<NonZeroU16>,
}

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let language = Language::from(tree_sitter_yaml::LANGUAGE);
    let kind = |id: usize| {
        let id = id as u16;
        let name = language.node_kind_for_id(id).unwrap_or_default();
        let known = KINDS.iter().find(|(known, _)| *known == name);
        let other = match language.node_kind_is_named(id) {
            true => Kind::Other,
            false => Kind::Nothing,
        };
        known.map_or(other, |(_, kind)| *kind)
    };
    Grammar {
        kinds: (0..language.node_kind_count()).map(kind).collect(),
        key: language.field_id_for_name("key"),
        value: language.field_id_for_name("value"),
    }
});

pub(super) fn kind(node: Node) -> Kind {
    // An error has no place in the grammar's list.
    let known = GRAMMAR.kinds.get(node.kind_id() as usize);
    known.copied().unwrap_or(Kind::Error)
}

/// Whether the cursor stands on the key of a pair.
pub(super) fn is_key(cursor: &TreeCursor) -> bool {
    let field = cursor.field_id();
    field.is_some() && field == GRAMMAR.key
}

/// Whether the cursor stands on the value of a pair.
pub(super) fn is_value(cursor: &TreeCursor) -> bool {
    let field = cursor.field_id();
    field.is_some() && field == GRAMMAR.value
}
