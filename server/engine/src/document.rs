//! One document's analysis, kept from edit to edit: its parts, what they offer each other, and their findings.

use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use dashmap::DashMap;
use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3Default;

use crate::check::Rules;
use crate::chunk::{Chunk, Source, State, python};
use crate::file::{File, Kind};
use crate::merge::merge;
use crate::model::Part;
use crate::outside::{self, Asked, Key, Outside, Table};
use crate::project::{Heard, Passed, View, Workspace};
use crate::rule::{Context, Finding, Owner, Place, Policy};
use crate::syntax::{self, Kept};
use crate::text::Span;
use crate::work::Work;

/// What stays the same from file to file: the enabled rules, the policy, and the store.
#[derive(Debug, Default)]
pub struct Engine {
    pub rules: Rules,
    pub policy: Policy,
    /// What Ruff and Bandit are told does not count.
    alone: bool,
    /// `None` where each text is read once.
    store: Option<Store>,
}

impl Engine {
    pub fn new(rules: Rules, policy: Policy) -> Engine {
        Engine {
            rules,
            policy,
            alone: false,
            store: Some(Store::default()),
        }
    }

    /// For the command line: nothing is kept from one text to the next.
    pub fn once(rules: Rules, policy: Policy) -> Engine {
        Engine {
            rules,
            policy,
            alone: false,
            store: None,
        }
    }

    /// The same, for which nothing counts that Ruff and Bandit are told.
    #[must_use]
    pub fn alone(self, alone: bool) -> Engine {
        Engine { alone, ..self }
    }
}

/// Parts by content, and answers by part and by what was asked of the outside; shared by documents and workers, so that a
/// text that comes back (undo, a moved function) costs nothing.
#[derive(Debug, Default)]
struct Store {
    parts: DashMap<(State, u128), (Arc<str>, Arc<Part>)>,
    answers: DashMap<(State, u128, u64), Answers>,
}

/// What was answered, by what had been asked of the outside.
type Answers = Vec<Answer>;

/// Findings, with all that they rest on.
#[derive(Debug, Clone, Default)]
struct Answer {
    asked: Asked,
    heard: Arc<[Heard]>,
    findings: Arc<[Finding]>,
}

/// Above this many the store starts anew: documents keep what they show by themselves.
const STORE_LIMIT: usize = 20_000;
/// New chunks from which on it pays to read them on all cores.
const MANY: usize = 64;
/// Variants of the outside under which one part's answers are kept.
const VARIANTS: usize = 4;

#[derive(Debug, Clone)]
struct Entry {
    state: State,
    hash: u128,
    start: usize,
    text: Arc<str>,
    part: Arc<Part>,
    /// The class that this one is the header or a member of; empty for none.
    class: Arc<str>,
    answer: Answer,
    /// Findings of the last clean text of this chunk, while the present text is broken. They carry no fix.
    retained: Vec<Finding>,
}

impl Entry {
    /// The same text at another place, not asked yet.
    fn moved(&self, start: usize) -> Entry {
        Entry {
            start,
            text: self.text.clone(),
            part: self.part.clone(),
            class: Arc::default(),
            answer: Answer::default(),
            retained: Vec::new(),
            ..*self
        }
    }
}

/// The analysis of one document.
#[derive(Debug)]
pub struct Analysis {
    file: Arc<File>,
    role: u64,
    entries: Vec<Entry>,
    table: Table,
    file_findings: Vec<Finding>,
    /// The questions of the file tier were asked once.
    asked_file: bool,
    /// What the file's own findings rest on.
    file_heard: Vec<Heard>,
    /// What other linters are told to pass over, where it has been asked, and what that rests on.
    passed: Option<Passed>,
    passed_heard: Vec<Heard>,
    /// The project's revision that the findings are about.
    seen: u64,
    /// The tree of the chunk that was parsed last: the one that is being typed in.
    kept: Option<(State, Kept)>,
    pub work: Work,
}

impl Analysis {
    pub fn new(engine: &Engine, file: Arc<File>) -> Analysis {
        let mut hasher = Xxh3Default::new();
        (&*file, &engine.policy).hash(&mut hasher);
        let role = hasher.finish();
        Analysis {
            file,
            role,
            entries: Vec::new(),
            table: Table::default(),
            file_findings: Vec::new(),
            asked_file: false,
            file_heard: Vec::new(),
            passed: None,
            passed_heard: Vec::new(),
            seen: 0,
            kept: None,
            work: Work::default(),
        }
    }

    pub fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// Bring the analysis up to a text, given as its chunks, and to what the project tells by now. Only chunks that are new,
    /// and chunks that asked the file or the project something whose answer has changed, cost anything.
    pub fn update(
        &mut self,
        engine: &Engine,
        project: &Workspace,
        source: &(impl Source + ?Sized),
        chunks: &[Chunk],
    ) {
        let same =
            |entry: &Entry, chunk: &Chunk| entry.hash == chunk.hash && entry.state == chunk.state;
        let head = self
            .entries
            .iter()
            .zip(chunks)
            .take_while(|(entry, chunk)| same(entry, chunk))
            .count();
        let tail = self.entries[head..]
            .iter()
            .rev()
            .zip(chunks[head..].iter().rev())
            .take_while(|(entry, chunk)| same(entry, chunk))
            .count();
        let old = head..self.entries.len() - tail;
        let new = head..chunks.len() - tail;

        let known = self.known(engine, old.clone());
        // The tree of what was parsed last is of use to what is typed now, not to what is opened.
        self.kept = self.kept.take().filter(|_| new.len() <= 2);
        self.read_ahead(engine, source, &chunks[new.clone()]);
        let fresh: Vec<Entry> = chunks[new.clone()]
            .iter()
            .map(|chunk| match known.get(&(chunk.state, chunk.hash)) {
                Some(&at) => self.entries[at].moved(chunk.start),
                None => self.read(engine, project, source, chunk),
            })
            .collect();
        let gone: Vec<Entry> = self.entries.splice(old, fresh).collect();
        for (entry, chunk) in self.entries.iter_mut().zip(chunks) {
            entry.start = chunk.start;
        }

        let moved = self.place_in_classes(&new);
        let old = gone.iter().map(|entry| (&entry.part, &entry.class));
        let old = old.chain(
            moved
                .iter()
                .map(|(at, class)| (&self.entries[*at].part, class)),
        );
        let mut old: Vec<(Arc<Part>, Arc<str>)> = old
            .map(|(part, class)| (part.clone(), class.clone()))
            .collect();
        let fresh = new.clone().chain(moved.iter().map(|(at, _)| *at));
        let fresh: Vec<(Arc<Part>, Arc<str>)> = fresh
            .map(|at| {
                (
                    self.entries[at].part.clone(),
                    self.entries[at].class.clone(),
                )
            })
            .collect();
        let mut touched: HashSet<Key> = HashSet::new();
        for (part, class) in old.iter().chain(&fresh) {
            let keys = part.exports().iter().map(|export| &export.key);
            touched.extend(keys.map(|key| key.within(class)));
        }
        let before: Vec<(Key, u64)> = touched
            .into_iter()
            .map(|key| (key.clone(), self.table.digest(&key)))
            .collect();
        for (part, class) in old.drain(..) {
            self.table.remove(&part, &class);
        }
        for (part, class) in &fresh {
            self.table.add_within(part, class);
        }
        let changed: HashSet<&Key> = before
            .iter()
            .filter(|(key, digest)| self.table.digest(key) != *digest)
            .map(|(key, _)| key)
            .collect();

        let revision = project.revision();
        let elsewhere = std::mem::replace(&mut self.seen, revision) != revision;
        let outdated = |heard: &[Heard]| elsewhere && !heard.iter().all(|h| h.holds(project));
        for at in 0..self.entries.len() {
            let answer = &self.entries[at].answer;
            let stale = new.contains(&at)
                || moved.iter().any(|(moved, _)| *moved == at)
                || !changed.is_empty() && answer.asked.iter().any(|(key, _)| changed.contains(key))
                || outdated(&answer.heard);
            if stale {
                self.ask(engine, project, at);
            }
        }
        let edited = !new.is_empty() || !gone.is_empty();
        if edited {
            retain(&gone, &mut self.entries[new]);
        }
        // A text without a chunk is asked about, too: what a file does not say may be the finding.
        let first = !std::mem::replace(&mut self.asked_file, true);
        if first || edited || outdated(&self.file_heard) {
            self.ask_file(engine, project);
        }
        self.ask_linters(engine, project, elsewhere);
    }

    /// Ask what other linters are told of the file, where there is something that it may be about.
    fn ask_linters(&mut self, engine: &Engine, project: &Workspace, elsewhere: bool) {
        let shared = |finding: &Finding| !finding.also.is_empty();
        let mut entries = self.entries.iter();
        let found = self.file.kind == Kind::Python
            && !engine.alone
            && entries.any(|e| e.answer.findings.iter().chain(&e.retained).any(shared));
        let mut heard = self.passed_heard.iter();
        if !found || elsewhere && !heard.all(|heard| heard.holds(project)) {
            self.passed = None;
            self.passed_heard.clear();
        }
        if found && self.passed.is_none() {
            let view = View::new(project);
            self.passed = Some(view.passed(&self.file.path));
            self.passed_heard = view.into_heard();
        }
    }

    /// Say of every entry which class it belongs to. Gives back those beside `new` that belong to another one than before,
    /// with that.
    fn place_in_classes(&mut self, new: &Range<usize>) -> Vec<(usize, Arc<str>)> {
        let mut moved = Vec::new();
        let mut class: Arc<str> = Arc::default();
        for (at, entry) in self.entries.iter_mut().enumerate() {
            match entry.state {
                State::Python(python::State::Header) => {
                    let name = entry.part.class_name();
                    if *class != *name {
                        class = name.into();
                    }
                }
                State::Python(python::State::Member(_)) => {}
                _ if class.is_empty() => {}
                _ => class = Arc::default(),
            }
            if entry.class != class {
                let before = std::mem::replace(&mut entry.class, class.clone());
                if !new.contains(&at) {
                    moved.push((at, before));
                }
            }
        }
        moved
    }

    /// Ask the questions of the file tier again.
    fn ask_file(&mut self, engine: &Engine, project: &Workspace) {
        let outside = Outside::new(&self.table);
        let view = View::new(project);
        let cx = Context {
            file: &self.file,
            policy: &engine.policy,
            outside: &outside,
            project: &view,
        };
        let parts: Vec<(usize, Arc<Part>)> = self.parts().collect();
        self.file_findings = engine.rules.ask_file(&parts, &cx, &mut self.work);
        self.file_heard = view.into_heard();
    }

    /// Where there is no store, entries about to be replaced whose text may come again.
    fn known(&self, engine: &Engine, range: Range<usize>) -> HashMap<(State, u128), usize> {
        if engine.store.is_some() {
            return HashMap::new();
        }
        range
            .map(|at| ((self.entries[at].state, self.entries[at].hash), at))
            .collect()
    }

    /// Read many chunks at once, on all cores, into the store: a file that is opened.
    fn read_ahead(&mut self, engine: &Engine, source: &(impl Source + ?Sized), chunks: &[Chunk]) {
        let Some(store) = engine.store.as_ref().filter(|_| chunks.len() >= MANY) else {
            return;
        };
        let missing = chunks
            .iter()
            .filter(|chunk| !store.parts.contains_key(&(chunk.state, chunk.hash)));
        let texts: Vec<(&Chunk, Arc<str>)> = missing
            .map(|chunk| (chunk, source.slice(chunk.start..chunk.end).into()))
            .collect();
        self.work.chunks_parsed += texts.len();
        texts.into_par_iter().for_each(|(chunk, text)| {
            let part = Arc::new(syntax::read(chunk.state, &text, &mut None));
            store.parts.insert((chunk.state, chunk.hash), (text, part));
        });
    }

    fn read(
        &mut self,
        engine: &Engine,
        project: &Workspace,
        source: &(impl Source + ?Sized),
        chunk: &Chunk,
    ) -> Entry {
        let key = (chunk.state, chunk.hash);
        let store = engine.store.as_ref();
        let known = store.and_then(|store| Some(store.parts.get(&key)?.value().clone()));
        let (text, part) = known.unwrap_or_else(|| {
            let text: Arc<str> = source.slice(chunk.start..chunk.end).into();
            self.work.chunks_parsed += 1;
            let part = match store {
                Some(store) => self.parse(store, chunk, &text),
                None => project.part(chunk, &text),
            };
            (text, part)
        });
        Entry {
            state: chunk.state,
            hash: chunk.hash,
            start: chunk.start,
            text,
            part,
            class: Arc::default(),
            answer: Answer::default(),
            retained: Vec::new(),
        }
    }

    fn parse(&mut self, store: &Store, chunk: &Chunk, text: &Arc<str>) -> Arc<Part> {
        let kept = self.kept.take();
        let mut kept = kept
            .filter(|(state, _)| *state == chunk.state)
            .map(|(_, kept)| kept);
        let part = Arc::new(syntax::read(chunk.state, text, &mut kept));
        self.kept = kept.map(|kept| (chunk.state, kept));
        if store.parts.len() > STORE_LIMIT {
            store.parts.clear();
        }
        let key = (chunk.state, chunk.hash);
        store.parts.insert(key, (text.clone(), part.clone()));
        part
    }

    fn ask(&mut self, engine: &Engine, project: &Workspace, at: usize) {
        let entry = &mut self.entries[at];
        let key = (entry.state, entry.hash, self.role);
        let holds = |answer: &&Answer| {
            let mut asked = answer.asked.iter();
            asked.all(|(key, digest)| outside::digest(&self.table, &entry.class, key) == *digest)
                && answer.heard.iter().all(|heard| heard.holds(project))
        };
        if let Some(store) = &engine.store
            && let Some(known) = store.answers.get(&key)
            && let Some(answer) = known.iter().find(holds)
        {
            entry.answer = answer.clone();
            return;
        }
        let outside = Outside::within(&self.table, &entry.class);
        let view = View::new(project);
        let cx = Context {
            file: &self.file,
            policy: &engine.policy,
            outside: &outside,
            project: &view,
        };
        let findings = engine
            .rules
            .ask_part(&entry.part, &entry.text, &cx, &mut self.work);
        entry.answer = Answer {
            findings: findings.into(),
            asked: outside.into_asked(),
            heard: view.into_heard().into(),
        };
        let Some(store) = &engine.store else { return };
        if store.answers.len() > STORE_LIMIT {
            store.answers.clear();
        }
        let mut variants = store.answers.entry(key).or_default();
        if variants.len() == VARIANTS {
            variants.remove(0);
        }
        variants.push(entry.answer.clone());
    }

    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    /// All that the parts asked of each other.
    pub(crate) fn asked(&self) -> impl Iterator<Item = &Key> {
        let asked = self.entries.iter().flat_map(|entry| &entry.answer.asked);
        asked.map(|(key, _)| key)
    }

    /// What the findings rest on in other files.
    pub fn heard(&self) -> impl Iterator<Item = &Heard> {
        let of_chunks = self.entries.iter().flat_map(|entry| &*entry.answer.heard);
        of_chunks.chain(&self.file_heard).chain(&self.passed_heard)
    }

    /// The parts with the offsets at which they start.
    pub fn parts(&self) -> impl Iterator<Item = (usize, Arc<Part>)> + '_ {
        self.entries
            .iter()
            .map(|entry| (entry.start, entry.part.clone()))
    }

    /// The parts, each with the class that it is the header or a member of; empty for none.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&Part, &str)> {
        let entries = self.entries.iter();
        entries.map(|entry| (&*entry.part, &*entry.class))
    }

    /// Fresh findings, in the order of the text, all places absolute, one finding for each (rule, place).
    pub fn findings(&self) -> Vec<Finding> {
        let mut of_file = self.file_findings.clone();
        for finding in &mut of_file {
            finding.each_place(|place| self.resolve(place, 0));
        }
        self.gather(of_file, |entry| &entry.answer.findings)
    }

    /// Findings of the last clean text of chunks that are broken at present.
    pub fn retained(&self) -> Vec<Finding> {
        self.gather(Vec::new(), |entry| &entry.retained)
    }

    fn gather<'a>(
        &'a self,
        mut all: Vec<Finding>,
        of: impl Fn(&'a Entry) -> &'a [Finding],
    ) -> Vec<Finding> {
        for entry in &self.entries {
            for finding in of(entry) {
                let mut finding = finding.clone();
                finding.each_place(|place| self.resolve(place, entry.start));
                all.push(finding);
            }
        }
        let mut all = merge(all);
        if let Some(passed) = &self.passed {
            all.retain(|finding| !passed.takes(finding));
        }
        all
    }

    fn resolve(&self, place: &mut Place, own: usize) {
        let base = match &place.owner {
            Owner::File => 0,
            Owner::Nth(at) | Owner::In(_, at) => self
                .entries
                .get(*at as usize)
                .map_or(own, |entry| entry.start),
            Owner::Chunk => own,
            Owner::Other(key) => {
                let exports = |entry: &&Entry| {
                    let mut keys = entry.part.exports().iter().map(|export| &export.key);
                    keys.any(|known| known.within(&entry.class) == *key)
                };
                self.entries
                    .iter()
                    .find(exports)
                    .map_or(own, |entry| entry.start)
            }
        };
        *place = Place {
            owner: Owner::File,
            span: place.span.shifted(base),
        };
    }
}

/// Keep the findings of a clean text beside those of the broken text that took its place, where they lie outside of what
/// was typed.
fn retain(gone: &[Entry], fresh: &mut [Entry]) {
    let [old] = gone else { return };
    let Some(new) = fresh.first_mut().filter(|new| new.part.broken()) else {
        return;
    };
    let same = |(a, b): &(u8, u8)| a == b;
    let limit = old.text.len().min(new.text.len());
    let head = old
        .text
        .bytes()
        .zip(new.text.bytes())
        .take_while(same)
        .count();
    let tail = old
        .text
        .bytes()
        .rev()
        .zip(new.text.bytes().rev())
        .take(limit - head)
        .take_while(same)
        .count();
    let last = if old.part.broken() {
        &old.retained[..]
    } else {
        &old.answer.findings
    };
    let moved = |span: Span| -> Option<Span> {
        if span.end as usize <= head {
            Some(span)
        } else if span.start as usize >= old.text.len() - tail {
            Some(Span::new(
                span.start as usize + new.text.len() - old.text.len(),
                span.end as usize + new.text.len() - old.text.len(),
            ))
        } else {
            None
        }
    };
    for finding in last {
        let mut kept = finding.clone();
        kept.fixes.clear();
        let mut whole = true;
        kept.each_place(|place| {
            if place.owner == Owner::Chunk {
                match moved(place.span) {
                    Some(span) => place.span = span,
                    None => whole = false,
                }
            }
        });
        let shown = new
            .answer
            .findings
            .iter()
            .any(|f| f.rule.name == kept.rule.name && f.place == kept.place);
        if whole && !shown {
            new.retained.push(kept);
        }
    }
}
