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
    let texts = own(language).into_iter().enumerate();
    let texts = texts.map(|(at, text)| (format!("own {at}").into(), text));
    let files: Vec<_> = real(language).into_iter().flatten().chain(texts).collect();
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

/// Visit the named nodes, each with those above it, the nearest last.
fn walk<'t>(tree: &'t Tree, visit: &mut impl FnMut(Node<'t>, &[Node<'t>])) {
    below(tree.root_node(), &mut Vec::new(), visit);
}

fn below<'t>(
    node: Node<'t>,
    above: &mut Vec<Node<'t>>,
    visit: &mut impl FnMut(Node<'t>, &[Node<'t>]),
) {
    visit(node, above);
    above.push(node);
    let mut cursor = node.walk();
    let children: Vec<Node> = node.named_children(&mut cursor).collect();
    children
        .into_iter()
        .for_each(|child| below(child, above, visit));
    above.pop();
}

fn chunk_at(chunks: &[Chunk], at: usize) -> Option<&Chunk> {
    chunks.get(chunks.partition_point(|c| c.end <= at))
}

/// All but the module, and the class and block of a class that is cut at its members.
fn python_whole(_: &str, tree: &Tree, chunks: &[Chunk]) -> Vec<Named> {
    let header = State::Python(python::State::Header);
    python_nodes(tree, &|class| {
        chunk_at(chunks, class.start_byte()).is_some_and(|chunk| chunk.state == header)
    })
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
    let nodes = python_nodes(&tree, &|_| state != python::State::Statement);
    let ours = nodes.into_iter().filter(|node| range.contains(&node.0));
    named.extend(ours.map(|(start, end, kind)| {
        let moved = |at: usize| at + chunk.start - range.start;
        (moved(start), moved(end), kind)
    }));
}

/// All nodes but the module and, of a top-level class that is cut, itself, its decorated definition and its block.
fn python_nodes(tree: &Tree, is_cut: &dyn Fn(Node) -> bool) -> Vec<Named> {
    let cut = |node: Node| node.kind() == "class_definition" && is_cut(node);
    let mut named = Vec::new();
    walk(tree, &mut |node, above| {
        let wrapper = match above {
            [] => true,
            [_] => match node.child_by_field_name("definition") {
                Some(class) if node.kind() == "decorated_definition" => cut(class),
                _ => cut(node),
            },
            [_, over] => {
                cut(*over) && node.kind() == "block"
                    || over.kind() == "decorated_definition" && cut(node)
            }
            [_, over, class] => {
                over.kind() == "decorated_definition" && cut(*class) && node.kind() == "block"
            }
            _ => false,
        };
        if !wrapper {
            named.push((node.start_byte(), node.end_byte(), node.kind_id()));
        }
    });
    named
}

fn yaml_whole(_: &str, tree: &Tree, chunks: &[Chunk]) -> Vec<Named> {
    let section = |at: usize| chunk_at(chunks, at).is_some_and(is_section);
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
    let mut named = Vec::new();
    walk(tree, &mut |node, above| {
        // stream, document, node, mapping, pair, node, mapping
        let cut = above.get(4).is_none_or(|pair| section(pair.start_byte()));
        let wrapper = match above.len() {
            0 | 1 => node.kind() != "comment",
            2 => node.kind() == "block_node",
            3 => matches!(node.kind(), "block_mapping" | "block_sequence"),
            4 => node.kind() == "block_mapping_pair" && section(node.start_byte()),
            5 => {
                above[4].kind() == "block_mapping_pair"
                    && cut
                    && above[4].child_by_field_name("value") == Some(node)
            }
            6 => {
                above[4].kind() == "block_mapping_pair"
                    && cut
                    && matches!(node.kind(), "block_mapping" | "block_sequence")
            }
            _ => false,
        };
        if !wrapper {
            named.push((
                base + node.start_byte(),
                base + leaf_end(node),
                node.kind_id(),
            ));
        }
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
