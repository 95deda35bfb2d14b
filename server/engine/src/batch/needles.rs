//! What a text must hold for some rule to find something in it.

use std::collections::{BTreeMap, BTreeSet};

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
    /// The second word of names that are asked for: their roots, as patterns.
    part: Vec<usize>,
    handler: bool,
    /// The name of a class on which the classes rest whose fields are asked for.
    base: bool,
}

/// Where a text holds needles.
#[derive(Debug, Default)]
pub(super) struct Scan<'n> {
    pub(super) roots: Vec<(usize, &'n str)>,
    /// Second words, with the roots that they follow in a name.
    pub(super) parts: Vec<(usize, &'n str)>,
    pub(super) handlers: Vec<usize>,
    /// Some class may rest on one that is asked for.
    pub(super) based: bool,
}

impl Scan<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.roots.is_empty() && self.handlers.is_empty() && !self.based
    }
}

impl Needles {
    /// `names` are dotted names of calls, `bases` names of classes. Handlers are those whose body begins with a statement
    /// that does nothing about an error: rules are told of the statements of no other body.
    pub(crate) fn new(
        names: impl Iterator<Item = &'static str>,
        bases: impl Iterator<Item = &'static str>,
        handlers: bool,
    ) -> Needles {
        let names: Vec<&'static str> = names.collect();
        let bases: BTreeSet<&str> = bases.collect();
        let mut roots: BTreeSet<&str> = BTreeSet::new();
        let mut alone = BTreeSet::new();
        // Who writes a name out writes its first two words, or has the second one from an import or an assignment.
        let mut seconds: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for name in &names {
            let mut words = name.split(['.', '(', ')']).filter(|word| !word.is_empty());
            if let Some(root) = words.next() {
                roots.insert(root);
                if let Some(second) = words.next() {
                    seconds.entry(second).or_default().insert(root);
                } else {
                    alone.insert(root);
                }
            }
        }
        let mut all: BTreeSet<&str> = roots.iter().chain(seconds.keys()).copied().collect();
        all.extend(&bases);
        if handlers {
            all.insert("except");
        }
        let position = |word: &str| all.iter().position(|known| *known == word);
        let list: Vec<Word> = all
            .iter()
            .map(|word| Word {
                text: (*word).to_owned(),
                root: roots.contains(word),
                alone: alone.contains(word),
                part: seconds.get(word).map_or(Vec::new(), |of| {
                    of.iter().filter_map(|root| position(root)).collect()
                }),
                handler: handlers && *word == "except",
                base: bases.contains(word),
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
            if word.alone {
                scan.parts.push((found.start(), word.text.as_str()));
            }
            for root in &word.part {
                scan.parts
                    .push((found.start(), self.list[*root].text.as_str()));
            }
            scan.based |= word.base;
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
