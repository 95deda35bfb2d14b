//! Parsing chunks alone gives the nodes of parsing the whole, on every real file without an error (`HARDEN_REAL`).

use std::ops::Range;

use harden_engine::chunk::{Chunk, State, python, yaml};
use harden_engine::file::Language;
use tree_sitter::{Node, Parser, Tree};

use crate::chunk_edit::cut;
use crate::chunk_texts::{own, real};

/// A named node: its bytes in the file and its kind.
type Named = (usize, usize, u16);

#[test]
fn python_chunks_have_the_nodes_of_the_whole() {
    let language = tree_sitter_python::LANGUAGE.into();
    compare(Language::Python, &language, python_whole, python_chunk);
}

#[test]
fn yaml_chunks_have_the_nodes_of_the_whole() {
    let language = tree_sitter_yaml::LANGUAGE.into();
    compare(Language::Yaml, &language, yaml_whole, yaml_chunk);
}

fn compare(
    language: Language,
    grammar: &tree_sitter::Language,
    whole: fn(&str, &Tree, &[Chunk]) -> Vec<Named>,
    alone: fn(&mut Parser, &str, &Chunk, &mut Vec<Named>),
) {
    let mut parser = Parser::new();
    parser.set_language(grammar).unwrap();
    let files = real(language).unwrap_or_else(|| {
        let texts = own(language).into_iter().enumerate();
        texts
            .map(|(at, text)| (format!("own {at}").into(), text))
            .collect()
    });
    let (mut equal, mut broken, mut different) = (0, 0, Vec::new());
    for (path, text) in &files {
        let tree = parser.parse(text, None).unwrap();
        if tree.root_node().has_error() {
            broken += 1;
            continue;
        }
        let chunks = cut(language, text);
        let mut expected = whole(text, &tree, chunks.list());
        let mut found = Vec::new();
        for chunk in chunks.list() {
            alone(&mut parser, text, chunk, &mut found);
        }
        expected.sort_unstable();
        found.sort_unstable();
        if found == expected {
            equal += 1;
            continue;
        }
        let at = found
            .iter()
            .zip(&expected)
            .take_while(|(a, b)| a == b)
            .count();
        let said = |nodes: &[Named]| {
            let node = nodes.get(at)?;
            Some((
                node.0,
                grammar.node_kind_for_id(node.2),
                snippet(text, node.0..node.1),
            ))
        };
        different.push(format!(
            "{}: chunks {:?}, whole {:?}",
            path.display(),
            said(&found),
            said(&expected)
        ));
    }
    eprintln!(
        "{language:?}: {} files, {equal} equal, {} different, {broken} with errors",
        files.len(),
        different.len()
    );
    assert!(
        equal > 0 && different.is_empty(),
        "{}",
        different.join("\n")
    );
}

fn snippet(text: &str, range: Range<usize>) -> String {
    text[range].chars().take(60).collect()
}

fn walk(node: Node, visit: &mut impl FnMut(Node) -> bool) {
    let inside = !node.is_named() || visit(node);
    if inside {
        let mut cursor = node.walk();
        let children: Vec<Node> = node.children(&mut cursor).collect();
        children.into_iter().for_each(|child| walk(child, visit));
    }
}

/// All but the module, and the class and block of a class that is cut at its members.
fn python_whole(_: &str, tree: &Tree, chunks: &[Chunk]) -> Vec<Named> {
    let header = |at: usize| {
        let holds = |c: &&Chunk| c.start <= at && at < c.end;
        let chunk = chunks.iter().find(holds);
        chunk.is_some_and(|c| c.state == State::Python(python::State::Header))
    };
    let mut named = Vec::new();
    walk(tree.root_node(), &mut |node| {
        let parent = node.parent();
        let top = |node: Node| {
            node.parent().is_none_or(|p| {
                p.kind() == "module"
                    || p.kind() == "decorated_definition"
                        && p.parent().is_some_and(|p| p.kind() == "module")
            })
        };
        let class = |node: Node| {
            node.kind() == "class_definition" && top(node) && header(node.start_byte())
        };
        let wrapper = node.kind() == "module"
            || class(node)
            || node.kind() == "block" && parent.is_some_and(class)
            || node.kind() == "decorated_definition"
                && node.child_by_field_name("definition").is_some_and(class);
        if !wrapper {
            named.push((node.start_byte(), node.end_byte(), node.kind_id()));
        }
        true
    });
    named
}

fn python_chunk(parser: &mut Parser, text: &str, chunk: &Chunk, named: &mut Vec<Named>) {
    let own = &text[chunk.start..chunk.end];
    let State::Python(state) = chunk.state else {
        panic!("{chunk:?}");
    };
    let (before, behind) = match state {
        python::State::Statement => ("", ""),
        python::State::Header => ("", " pass"),
        python::State::Member(_) => ("class _:\n", ""),
    };
    let tree = parser
        .parse(format!("{before}{own}{behind}"), None)
        .unwrap();
    let range = before.len()..before.len() + own.len();
    walk(tree.root_node(), &mut |node| {
        let synthetic = |node: Node| {
            node.kind() == "class_definition" && node.start_byte() < range.start
                || state == python::State::Header
                    && node.kind() == "class_definition"
                    && node.end_byte() > range.end
        };
        let wrapper = node.kind() == "module"
            || synthetic(node)
            || node.kind() == "block" && node.parent().is_some_and(synthetic)
            || node.kind() == "decorated_definition"
                && node
                    .child_by_field_name("definition")
                    .is_some_and(synthetic);
        let ours = node.start_byte() >= range.start && node.start_byte() < range.end;
        if ours && !wrapper {
            let base = chunk.start;
            let (start, end) = (node.start_byte(), node.end_byte());
            named.push((
                base + start - range.start,
                base + end - range.start,
                node.kind_id(),
            ));
        }
        true
    });
}

fn yaml_whole(_: &str, tree: &Tree, chunks: &[Chunk]) -> Vec<Named> {
    let section = |at: usize| {
        let chunk = chunks.iter().find(|c| c.start <= at && at < c.end);
        chunk.is_some_and(is_section)
    };
    yaml_nodes(tree, 0, &section)
}

fn yaml_chunk(parser: &mut Parser, text: &str, chunk: &Chunk, named: &mut Vec<Named>) {
    let tree = parser.parse(&text[chunk.start..chunk.end], None).unwrap();
    named.extend(yaml_nodes(&tree, chunk.start, &|_| is_section(chunk)));
}

fn is_section(chunk: &Chunk) -> bool {
    matches!(chunk.state, State::Yaml(yaml::State::Section { .. }))
}

/// All but what holds several chunks: stream, document, the cut mappings and sequences and what wraps them.
fn yaml_nodes(tree: &Tree, base: usize, section: &dyn Fn(usize) -> bool) -> Vec<Named> {
    let wraps = |node: Node| {
        matches!(
            node.kind(),
            "block_node" | "block_mapping" | "block_sequence"
        )
    };
    let top = |node: Node| {
        let parent = node.parent();
        wraps(node)
            && parent.is_some_and(|p| {
                p.kind() == "document"
                    || wraps(p) && p.parent().is_some_and(|p| p.kind() == "document")
            })
    };
    let pair = |node: Node| {
        node.kind() == "block_mapping_pair"
            && node.parent().is_some_and(top)
            && section(node.start_byte())
    };
    let value = |node: Node| {
        node.parent()
            .is_some_and(|p| pair(p) && p.child_by_field_name("value") == Some(node))
    };
    let mut named = Vec::new();
    walk(tree.root_node(), &mut |node| {
        let wrapper = matches!(node.kind(), "stream" | "document")
            || top(node)
            || pair(node)
            || value(node)
            || wraps(node) && node.parent().is_some_and(value);
        if !wrapper {
            named.push((
                base + node.start_byte(),
                base + leaf_end(node),
                node.kind_id(),
            ));
        }
        true
    });
    named
}

/// The end of the last leaf that is neither comment nor empty: block nodes end wherever the next token begins.
fn leaf_end(node: Node) -> usize {
    let mut end = node.start_byte();
    let mut cursor = node.walk();
    if node.child_count() == 0 {
        return node.end_byte();
    }
    for child in node.children(&mut cursor) {
        if child.kind() != "comment" && child.end_byte() > child.start_byte() {
            end = end.max(leaf_end(child));
        }
    }
    end
}
