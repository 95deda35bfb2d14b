//! What a text must hold for some rule to find something in it.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, MatchKind};

use super::lexical;

/// The words of the enabled rules, searched for in one pass.
#[derive(Debug, Default)]
pub(crate) struct Needles {
    /// `None` when no word is looked for.
    words: Option<AhoCorasick>,
    /// By pattern.
    list: Vec<Word>,
    /// The dotted names that are asked for.
    names: Vec<&'static str>,
}

#[derive(Debug)]
struct Word {
    text: String,
    /// The first word of a name that is asked for: a module, or a builtin.
    root: bool,
    /// The name is asked for as it is, without anything behind it.
    alone: bool,
    /// A later word of a name that is asked for.
    part: bool,
    handler: bool,
}

/// Where a text holds needles.
#[derive(Debug, Default)]
pub(super) struct Scan<'n> {
    pub(super) roots: Vec<(usize, &'n str)>,
    pub(super) parts: Vec<usize>,
    pub(super) handlers: Vec<usize>,
}

impl Scan<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.roots.is_empty() && self.handlers.is_empty()
    }
}

impl Needles {
    /// `names` are dotted names of calls. Handlers are those whose body begins with a statement that does nothing about an
    /// error: rules are told of the statements of no other body.
    pub(crate) fn new(names: impl Iterator<Item = &'static str>, handlers: bool) -> Needles {
        let names: Vec<&'static str> = names.collect();
        let mut roots = BTreeSet::new();
        let mut alone = BTreeSet::new();
        let mut parts = BTreeSet::new();
        for name in &names {
            let mut words = name.split(['.', '(', ')']).filter(|word| !word.is_empty());
            if let Some(root) = words.next() {
                roots.insert(root);
                if root.len() == name.len() {
                    alone.insert(root);
                }
            }
            parts.extend(words);
        }
        let mut all: BTreeSet<&str> = roots.union(&parts).copied().collect();
        if handlers {
            all.insert("except");
        }
        let list: Vec<Word> = all
            .into_iter()
            .map(|word| Word {
                text: word.to_owned(),
                root: roots.contains(word),
                alone: alone.contains(word),
                part: parts.contains(word),
                handler: handlers && word == "except",
            })
            .collect();
        // Words without a boundary between them: the longest one decides, and shorter ones could only be within it.
        let words = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(list.iter().map(|word| &word.text));
        Needles {
            words: words.ok().filter(|_| !list.is_empty()),
            list,
            names,
        }
    }

    pub(super) fn scan(&self, text: &str) -> Scan<'_> {
        let mut scan = Scan::default();
        let Some(words) = &self.words else {
            return scan;
        };
        let mut imported = false;
        for found in words.find_iter(text) {
            if !lexical::is_word(text, found.start(), found.end()) {
                continue;
            }
            let word = &self.list[found.pattern().as_usize()];
            if word.root {
                imported |= word.alone || lexical::is_imported(text, found.start());
                scan.roots.push((found.start(), word.text.as_str()));
            }
            if word.part || word.alone {
                scan.parts.push(found.start());
            }
            if word.handler && lexical::is_swallow(text, found.end()) {
                scan.handlers.push(found.start());
            }
        }
        if !imported {
            scan.roots.clear();
        }
        scan
    }

    pub(super) fn is_root(&self, name: &str) -> bool {
        self.list.iter().any(|word| word.root && word.text == name)
    }

    /// Whether a name that is asked for is this one, or begins with it.
    pub(super) fn leads(&self, dotted: &str) -> bool {
        self.names.iter().any(|name| {
            name.strip_prefix(dotted)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '(']))
        })
    }
}
