//! The grammar's node kinds and fields by number, so that the visitor compares no strings.

use std::sync::LazyLock;

use tree_sitter::Node;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing of its own: its children are visited.
    Plain,
    /// Nothing in it is of interest: names in odd places, annotations, comments, numbers.
    Skip,
    Comment,
    AsPattern,
    Assignment,
    Attribute,
    AugmentedAssignment,
    Await,
    Block,
    Binary,
    Boolean,
    Break,
    Call,
    CasePattern,
    ClassDefinition,
    Comparison,
    Comprehension,
    Conditional,
    Continue,
    DecoratedDefinition,
    Decorator,
    Dictionary,
    DottedName,
    Ellipsis,
    ExceptClause,
    ExpressionStatement,
    False,
    For,
    ForInClause,
    FunctionDefinition,
    Future,
    Generator,
    Global,
    Identifier,
    If,
    Import,
    ImportFrom,
    KeywordArgument,
    Lambda,
    List,
    NamedExpression,
    None,
    Nonlocal,
    Number,
    Pair,
    Parameters,
    Parenthesized,
    Pass,
    Pattern,
    Return,
    Set,
    Splat,
    String,
    Subscript,
    True,
    Try,
    Tuple,
    Unary,
    With,
    Yield,
}

const KINDS: &[(&str, Kind)] = &[
    ("comment", Kind::Comment),
    ("as_pattern", Kind::AsPattern),
    ("assignment", Kind::Assignment),
    ("attribute", Kind::Attribute),
    ("augmented_assignment", Kind::AugmentedAssignment),
    ("await", Kind::Await),
    ("block", Kind::Block),
    ("binary_operator", Kind::Binary),
    ("boolean_operator", Kind::Boolean),
    ("break_statement", Kind::Break),
    ("call", Kind::Call),
    ("case_pattern", Kind::CasePattern),
    ("class_definition", Kind::ClassDefinition),
    ("comparison_operator", Kind::Comparison),
    ("not_operator", Kind::Comparison),
    ("if_clause", Kind::Comparison),
    ("list_comprehension", Kind::Comprehension),
    ("set_comprehension", Kind::Comprehension),
    ("dictionary_comprehension", Kind::Comprehension),
    ("generator_expression", Kind::Generator),
    ("conditional_expression", Kind::Conditional),
    ("continue_statement", Kind::Continue),
    ("decorated_definition", Kind::DecoratedDefinition),
    ("decorator", Kind::Decorator),
    ("dictionary", Kind::Dictionary),
    ("dotted_name", Kind::DottedName),
    ("ellipsis", Kind::Ellipsis),
    ("except_clause", Kind::ExceptClause),
    ("expression_statement", Kind::ExpressionStatement),
    ("false", Kind::False),
    ("for_statement", Kind::For),
    ("for_in_clause", Kind::ForInClause),
    ("function_definition", Kind::FunctionDefinition),
    ("future_import_statement", Kind::Future),
    ("global_statement", Kind::Global),
    ("identifier", Kind::Identifier),
    ("keyword_identifier", Kind::Identifier),
    ("if_statement", Kind::If),
    ("import_statement", Kind::Import),
    ("import_from_statement", Kind::ImportFrom),
    ("keyword_argument", Kind::KeywordArgument),
    ("lambda", Kind::Lambda),
    ("list", Kind::List),
    ("named_expression", Kind::NamedExpression),
    ("none", Kind::None),
    ("nonlocal_statement", Kind::Nonlocal),
    ("integer", Kind::Number),
    ("float", Kind::Number),
    ("pair", Kind::Pair),
    ("parameters", Kind::Parameters),
    ("lambda_parameters", Kind::Parameters),
    ("parenthesized_expression", Kind::Parenthesized),
    ("pass_statement", Kind::Pass),
    ("pattern_list", Kind::Pattern),
    ("tuple_pattern", Kind::Pattern),
    ("list_pattern", Kind::Pattern),
    ("list_splat_pattern", Kind::Pattern),
    ("dictionary_splat_pattern", Kind::Pattern),
    ("return_statement", Kind::Return),
    ("set", Kind::Set),
    ("list_splat", Kind::Splat),
    ("dictionary_splat", Kind::Splat),
    ("string", Kind::String),
    ("concatenated_string", Kind::String),
    ("subscript", Kind::Subscript),
    ("true", Kind::True),
    ("try_statement", Kind::Try),
    ("tuple", Kind::Tuple),
    ("expression_list", Kind::Tuple),
    ("unary_operator", Kind::Unary),
    ("with_statement", Kind::With),
    ("yield", Kind::Yield),
    ("type", Kind::Skip),
    ("type_parameter", Kind::Skip),
    ("type_alias_statement", Kind::Skip),
    ("delete_statement", Kind::Skip),
    ("string_content", Kind::Skip),
    ("import_prefix", Kind::Skip),
    ("wildcard_import", Kind::Skip),
];

/// The grammar, its kinds by id, and the fields that the visitor asks for.
pub(super) struct Grammar {
    pub(super) language: tree_sitter::Language,
    kinds: Vec<Kind>,
    pub(super) name: u16,
    pub(super) alias: u16,
    pub(super) value: u16,
    pub(super) left: u16,
    pub(super) right: u16,
    pub(super) body: u16,
    pub(super) module_name: u16,
    pub(super) condition: u16,
    pub(super) annotation: u16,
    pub(super) superclasses: u16,
    pub(super) operator: u16,
}

pub(super) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let language = tree_sitter::Language::from(tree_sitter_python::LANGUAGE);
    let kinds = (0..language.node_kind_count())
        .map(|id| {
            let id = id as u16;
            let name = language.node_kind_for_id(id).unwrap_or_default();
            KINDS
                .iter()
                .find(|(kind, _)| *kind == name && language.node_kind_is_named(id))
                .map_or(Kind::Plain, |(_, kind)| *kind)
        })
        .collect();
    let field = |name| language.field_id_for_name(name).map_or(0, u16::from);
    Grammar {
        kinds,
        name: field("name"),
        alias: field("alias"),
        value: field("value"),
        left: field("left"),
        right: field("right"),
        body: field("body"),
        module_name: field("module_name"),
        condition: field("condition"),
        annotation: field("type"),
        superclasses: field("superclasses"),
        operator: field("operator"),
        language,
    }
});

impl Grammar {
    pub(super) fn kind(&self, node: Node) -> Kind {
        self.kinds
            .get(node.kind_id() as usize)
            .copied()
            .unwrap_or(Kind::Plain)
    }
}
