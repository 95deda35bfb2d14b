//! What a text must hold for some rule to find something in it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::iter;

use super::handlers::is_swallow;
use super::lexical;
use super::words::{Found, Words};
use crate::model::pytest::markers::is_own;
use crate::model::python::SETTINGS;
use crate::model::python::blocking::beginnings;

/// The words of the enabled rules, searched for in one pass.
#[derive(Debug, Default)]
pub(crate) struct Needles {
    words: Words,
    /// What each of the words is.
    list: Vec<Word>,
    /// The dotted names that are asked for, and what they begin with.
    beginnings: HashSet<&'static str>,
    /// A name of one word counts only where it may be called.
    called: bool,
}

#[derive(Debug)]
struct Word {
    of: Names,
    /// Of a root, its place among them.
    number: u32,
    handler: bool,
    /// `mark`, behind which the name of a marker may stand.
    mark: bool,
    /// The name of a class on which the classes rest whose fields are asked for.
    base: bool,
}

/// First words of names, a bit for each; some share one where there are very many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Roots(u128);

impl Roots {
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn add(&mut self, other: Roots) {
        self.0 |= other.0;
    }

    pub(super) fn meets(self, other: Roots) -> bool {
        self.0 & other.0 != 0
    }
}

/// What a word is to names that are asked for. Roots are places in the list.
#[derive(Debug, Default)]
struct Names {
    /// The first word: a module, or a builtin.
    root: bool,
    /// The name is asked for as it is, without anything behind it.
    alone: bool,
    /// The second word: the first ones.
    second: Vec<usize>,
    /// The last word: the first ones.
    last: Vec<usize>,
}

/// Where a text holds needles.
#[derive(Debug, Default)]
pub(super) struct Scan<'n> {
    pub(super) roots: Vec<(usize, &'n str)>,
    /// Second words, with the roots that they follow in a name.
    pub(super) parts: Vec<(usize, &'n str)>,
    pub(super) handlers: Vec<usize>,
    /// Where a marker of pytest may be used.
    pub(super) marks: Vec<usize>,
    /// Some class may rest on one that is asked for.
    pub(super) based: bool,
}

/// Where a word stands, and which.
type Hit<'n> = (usize, &'n str);

impl Scan<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.roots.is_empty() && self.handlers.is_empty() && self.marks.is_empty() && !self.based
    }
}

impl Needles {
    /// `names` are dotted names of calls, `bases` names of classes. Handlers are those that catch every error, and
    /// whose body begins with a statement that does nothing about it: what rules are told of other handlers is nothing to
    /// them.
    pub(crate) fn new(
        names: impl Iterator<Item = &'static str>,
        bases: impl Iterator<Item = &'static str>,
        handlers: bool,
        marks: bool,
    ) -> Needles {
        let names: Vec<&'static str> = names.collect();
        let bases: BTreeSet<&str> = bases.collect();
        let firsts = Firsts::new(&names);
        let mut all: BTreeSet<&str> = bases.clone();
        all.extend(&firsts.roots);
        all.extend(firsts.seconds.keys().chain(firsts.lasts.keys()));
        if handlers {
            all.insert("except");
        }
        if marks {
            all.insert("mark");
        }
        let position = |word: &str| all.iter().position(|known| *known == word);
        let places = |of: Option<&BTreeSet<&str>>| {
            let of = of.into_iter().flatten();
            of.filter_map(|root| position(root)).collect()
        };
        let list: Vec<Word> = all
            .iter()
            .map(|word| Word {
                of: Names {
                    root: firsts.roots.contains(word),
                    alone: firsts.alone.contains(word),
                    second: places(firsts.seconds.get(word)),
                    last: places(firsts.lasts.get(word)),
                },
                number: (0..)
                    .zip(&firsts.roots)
                    .find_map(|(at, root)| (root == word).then_some(at))
                    .unwrap_or_default(),
                handler: handlers && *word == "except",
                mark: marks && *word == "mark",
                base: bases.contains(word),
            })
            .collect();
        Needles {
            words: Words::new(all.iter().map(|word| (*word).to_owned()).collect()),
            list,
            beginnings: names.iter().flat_map(|name| beginnings(name)).collect(),
            called: false,
        }
    }

    /// Dotted names, of which builtins count only where they may be called.
    pub(super) fn of_calls(names: impl Iterator<Item = &'static str>) -> Needles {
        Needles {
            called: true,
            ..Needles::new(names, iter::empty(), false, false)
        }
    }

    /// `broad` are dotted names of errors that count as every error.
    pub(super) fn scan(&self, text: &str, broad: &[String]) -> Scan<'_> {
        let mut scan = Scan::default();
        if self.words.is_empty() {
            return scan;
        }
        let mut seen = Seen::new(self);
        // What only a name as a whole makes worth a look.
        let mut roots: Vec<(usize, usize)> = Vec::new();
        let mut parts: Vec<(usize, usize)> = Vec::new();
        for found in self.words.find(text) {
            let word = &self.list[found.word];
            seen.note(self, text, found);
            if word.of.root {
                roots.push((found.start, found.word));
            }
            if word.of.alone && self.counts(text, found) {
                parts.push((found.start, found.word));
            }
            let second = word.of.second.iter();
            parts.extend(second.map(|root| (found.start, *root)));
            if word.handler && is_swallow(text, found.end, broad) {
                scan.handlers.push(found.start);
            }
            if word.mark && is_own(text, found.end) {
                scan.marks.push(found.start);
            }
            scan.based |= word.base;
        }
        scan.based |= self.list.iter().any(|word| word.base) && rests_on_settings(text);
        // Whoever means pytest's marks names pytest.
        if !scan.marks.is_empty() && memchr::memmem::find(text.as_bytes(), b"pytest").is_none() {
            scan.marks.clear();
        }
        let whole = |list: &[(usize, usize)]| -> Vec<Hit> {
            let whole = list.iter().filter(|(_, root)| seen.all_of(*root));
            whole
                .map(|(at, root)| (*at, self.words.get(*root)))
                .collect()
        };
        (scan.roots, scan.parts) = (whole(&roots), whole(&parts));
        scan
    }

    /// Whether a name of one word is meant there.
    fn counts(&self, text: &str, found: Found) -> bool {
        !self.called || is_used(text, found)
    }

    /// Which words of its names a text holds of each root.
    pub(super) fn seen(&self, text: &str) -> Seen {
        let mut seen = Seen::new(self);
        for found in self.words.find(text) {
            seen.note(self, text, found);
        }
        seen
    }

    /// The root that a word is, of a name of which all words are there.
    pub(super) fn active(&self, seen: &Seen, word: &str) -> Roots {
        let place = self.words.place(word.as_bytes());
        let root = place.filter(|at| self.list[*at].of.root && seen.all_of(*at));
        root.map_or(Roots::default(), |root| self.number(root))
    }

    /// The roots of such names of which a word is the last one.
    pub(super) fn last(&self, seen: &Seen, word: &str) -> Roots {
        let mut roots = Roots::default();
        if let Some(at) = self.words.place(word.as_bytes()) {
            let of = self.list[at].of.last.iter();
            of.filter(|root| seen.all_of(**root))
                .for_each(|root| roots.add(self.number(*root)));
        }
        roots
    }

    fn number(&self, root: usize) -> Roots {
        Roots(1 << (self.list[root].number % u128::BITS))
    }

    /// Whether the word there is a builtin that blocks, and may be called.
    pub(super) fn is_builtin(&self, text: &str, start: usize, end: usize) -> bool {
        let place = self.words.place(&text.as_bytes()[start..end]);
        place.is_some_and(|word| {
            self.list[word].of.alone && is_used(text, Found { word, start, end })
        })
    }

    /// Whether a text may hold a call of something that blocks.
    pub(super) fn may_block(&self, text: &str) -> bool {
        let mut seen = Seen::new(self);
        self.words.find(text).any(|found| {
            let names = &self.list[found.word].of;
            seen.note(self, text, found);
            let of = names.second.iter().chain(&names.last);
            let mut of = of.copied().chain(Some(found.word));
            of.any(|root| seen.all_of(root))
        })
    }

    pub(super) fn is_root(&self, name: &str) -> bool {
        let words = self.list.iter().enumerate();
        let mut roots = words.filter(|(_, word)| word.of.root);
        roots.any(|(at, _)| self.words.get(at) == name)
    }

    /// Whether a name that is asked for is this one, or begins with it.
    pub(super) fn leads(&self, dotted: &str) -> bool {
        self.beginnings.contains(dotted)
    }
}

/// Which words of its names a text holds of each root. Who calls something by its name has written out the import of the
/// first word, the second one, and the last one.
#[derive(Debug)]
pub(super) struct Seen(Vec<u8>);

const IMPORTED: u8 = 1;
const SECOND: u8 = 2;
const LAST: u8 = 4;
const ALL: u8 = IMPORTED | SECOND | LAST;

impl Seen {
    fn new(needles: &Needles) -> Seen {
        Seen(vec![0; needles.list.len()])
    }

    fn note(&mut self, needles: &Needles, text: &str, found: Found) {
        let names = &needles.list[found.word].of;
        if names.root && lexical::is_imported(text, found.start) {
            self.0[found.word] |= IMPORTED;
        }
        if names.alone && needles.counts(text, found) {
            self.0[found.word] |= ALL;
        }
        for root in &names.second {
            self.0[*root] |= SECOND;
        }
        for root in &names.last {
            self.0[*root] |= LAST;
        }
    }

    fn all_of(&self, root: usize) -> bool {
        self.0[root] & ALL == ALL
    }
}

/// Whether a class may rest on one of another file that makes settings of its fields.
fn rests_on_settings(text: &str) -> bool {
    SETTINGS.iter().any(|word| {
        let mut found = memchr::memmem::find_iter(text.as_bytes(), word);
        found.any(|at| {
            let behind = text[at + word.len()..].trim_start();
            let line = text[..at].rfind('\n').map_or(0, |line| line + 1);
            let before = text[line..at].trim_start();
            behind.starts_with([')', ',']) && before.starts_with("class ") && before.contains('(')
        })
    })
}

/// Whether a builtin may be called, or be given another name that is.
fn is_used(text: &str, found: Found) -> bool {
    lexical::is_called(text, found.end) && !lexical::is_member(text, found.start)
}

/// The first words of dotted names.
struct Firsts {
    roots: BTreeSet<&'static str>,
    alone: BTreeSet<&'static str>,
    /// Who writes a name out writes its first two words, or has the second one from an import or an assignment.
    seconds: BTreeMap<&'static str, BTreeSet<&'static str>>,
    lasts: BTreeMap<&'static str, BTreeSet<&'static str>>,
}

impl Firsts {
    fn new(names: &[&'static str]) -> Firsts {
        let mut firsts = Firsts {
            roots: BTreeSet::new(),
            alone: BTreeSet::new(),
            seconds: BTreeMap::new(),
            lasts: BTreeMap::new(),
        };
        for name in names {
            let mut words = name.split(['.', '(', ')']).filter(|word| !word.is_empty());
            if let Some(root) = words.next() {
                firsts.roots.insert(root);
                if let Some(second) = words.next() {
                    firsts.seconds.entry(second).or_default().insert(root);
                    let last = words.next_back().unwrap_or(second);
                    firsts.lasts.entry(last).or_default().insert(root);
                } else {
                    firsts.alone.insert(root);
                }
            }
        }
        firsts
    }
}
