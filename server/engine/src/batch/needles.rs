//! What a text must hold for some rule to find something in it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use aho_corasick::{AhoCorasick, MatchKind};

use super::lexical;
use crate::model::python::blocking::{beginnings, leads};

/// The words of the enabled rules, searched for in one pass.
#[derive(Debug, Default)]
pub(crate) struct Needles {
    /// `None` when no word is looked for.
    words: Option<AhoCorasick>,
    /// By pattern.
    list: Vec<Word>,
    /// The dotted names that are asked for, and what they begin with.
    beginnings: HashSet<&'static str>,
    /// Some rule asks what blocks in async functions.
    blocking: bool,
}

#[derive(Debug)]
struct Word {
    text: String,
    of: Names,
    /// What blocks is asked for only where something is async.
    of_loop: Names,
    handler: bool,
    /// The name of a class on which the classes rest whose fields are asked for.
    base: bool,
}

/// What a word is to names that are asked for.
#[derive(Debug, Default)]
struct Names {
    /// The first word: a module, or a builtin.
    root: bool,
    /// The name is asked for as it is, without anything behind it.
    alone: bool,
    /// The second word: the first ones, as patterns.
    second: Vec<usize>,
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
    /// It is asked what blocks.
    pub(super) is_async: bool,
}

impl Scan<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.roots.is_empty() && self.handlers.is_empty() && !self.based
    }
}

impl Needles {
    /// `names` are dotted names of calls, `bases` names of classes, `blocking` the names of what blocks. Handlers are those
    /// whose body begins with a statement that does nothing about an error: rules are told of the statements of no other
    /// body.
    pub(crate) fn new(
        names: impl Iterator<Item = &'static str>,
        bases: impl Iterator<Item = &'static str>,
        blocking: impl Iterator<Item = &'static str>,
        handlers: bool,
    ) -> Needles {
        let names: Vec<&'static str> = names.collect();
        let bases: BTreeSet<&str> = bases.collect();
        let blocking: Vec<&'static str> = blocking.collect();
        let (plain, late) = (Firsts::new(&names), Firsts::new(&blocking));
        let mut all: BTreeSet<&str> = bases.clone();
        for firsts in [&plain, &late] {
            all.extend(firsts.roots.iter().chain(firsts.seconds.keys()));
        }
        if handlers {
            all.insert("except");
        }
        let position = |word: &str| all.iter().position(|known| *known == word);
        let is = |firsts: &Firsts, word: &str| Names {
            root: firsts.roots.contains(word),
            alone: firsts.alone.contains(word),
            second: firsts.seconds.get(word).map_or(Vec::new(), |of| {
                of.iter().filter_map(|root| position(root)).collect()
            }),
        };
        let list: Vec<Word> = all
            .iter()
            .map(|word| Word {
                text: (*word).to_owned(),
                of: is(&plain, word),
                of_loop: is(&late, word),
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
            beginnings: names.iter().flat_map(|name| beginnings(name)).collect(),
            blocking: !blocking.is_empty(),
        }
    }

    pub(super) fn scan(&self, text: &str) -> Scan<'_> {
        let is_async = self.blocking && memchr::memmem::find(text.as_bytes(), b"async").is_some();
        self.scan_as(text, is_async)
    }

    /// With the names of what blocks, or without.
    pub(super) fn scan_as(&self, text: &str, is_async: bool) -> Scan<'_> {
        let mut scan = Scan {
            is_async,
            ..Scan::default()
        };
        let Some(words) = &self.words else {
            return scan;
        };
        let mut imported = false;
        for found in words.find_iter(text) {
            if !lexical::is_word(text, found.start(), found.end()) {
                continue;
            }
            let word = &self.list[found.pattern().as_usize()];
            let root = |at: &usize| self.list[*at].text.as_str();
            for (names, is_loop) in [(&word.of, false), (&word.of_loop, true)] {
                if is_loop && !scan.is_async {
                    continue;
                }
                if names.root {
                    imported |= names.alone || lexical::is_imported(text, found.start());
                    scan.roots.push((found.start(), word.text.as_str()));
                }
                if names.alone && (!is_loop || lexical::is_called(text, found.end())) {
                    scan.parts.push((found.start(), word.text.as_str()));
                }
                let roots = names.second.iter().map(root);
                scan.parts.extend(roots.map(|root| (found.start(), root)));
            }
            if word.handler && lexical::is_swallow(text, found.end()) {
                scan.handlers.push(found.start());
            }
            scan.based |= word.base;
        }
        if !imported {
            scan.roots.clear();
        }
        scan
    }

    pub(super) fn is_root(&self, name: &str) -> bool {
        self.list
            .iter()
            .any(|word| (word.of.root || word.of_loop.root) && word.text == name)
    }

    /// Whether a name that is asked for is this one, or begins with it.
    pub(super) fn leads(&self, dotted: &str, is_async: bool) -> bool {
        self.beginnings.contains(dotted) || is_async && leads(dotted)
    }
}

/// The first words of dotted names.
struct Firsts {
    roots: BTreeSet<&'static str>,
    alone: BTreeSet<&'static str>,
    /// Who writes a name out writes its first two words, or has the second one from an import or an assignment.
    seconds: BTreeMap<&'static str, BTreeSet<&'static str>>,
}

impl Firsts {
    fn new(names: &[&'static str]) -> Firsts {
        let mut firsts = Firsts {
            roots: BTreeSet::new(),
            alone: BTreeSet::new(),
            seconds: BTreeMap::new(),
        };
        for name in names {
            let mut words = name.split(['.', '(', ')']).filter(|word| !word.is_empty());
            if let Some(root) = words.next() {
                firsts.roots.insert(root);
                if let Some(second) = words.next() {
                    firsts.seconds.entry(second).or_default().insert(root);
                } else {
                    firsts.alone.insert(root);
                }
            }
        }
        firsts
    }
}
