//! A file read once from disk: only the chunks from which an enabled rule can get something are parsed.
//!
//! The result is that of the full analysis. A chunk is parsed when it may hold a subject that some rule asks for; when it
//! may bind a name through which such a subject is known by another name; and when it may bind a name that the meaning of
//! a subject rests on.

mod carry;
mod handlers;
mod imports;
mod lexical;
mod names;
mod needles;
mod pieces;
mod reach;
mod sketch;
mod surroundings;
mod tokens;
mod web;
mod words;
mod written;

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, LazyLock};

use handlers::may_be_broad;
use imports::{Imported, imported};
use names::heads;
pub(crate) use needles::Needles;
use needles::Scan;
pub(crate) use sketch::{Sketch, Wait};
pub use surroundings::surroundings;

use crate::chunk::python::State as Cut;
use crate::chunk::{Chunk, Chunks, State};
use crate::document::{Analysis, Engine};
use crate::file::{File, Kind, Language};
use crate::model::Part;
use crate::model::dependencies::Dependencies;
use crate::model::python::blocking;
use crate::model::python::{self, NONE, Value, ValueKind};
use crate::model::token;
use crate::outside::{Key, Outside};
use crate::project::{Heard, View, Workspace};
use crate::rule::Finding;
use crate::suppress;
use crate::work::Work;

/// Rounds after which everything is parsed: each round follows names one step further.
const MOST_ROUNDS: usize = 8;

/// The findings of one text, as [`Analysis::findings`] gives them, and whether something that was parsed has a syntax
/// error: all of it is parsed where the text has suppressions of ours, which alone depend on that.
pub fn check(
    engine: &Engine,
    project: &Workspace,
    file: &Arc<File>,
    text: &str,
) -> (Vec<Finding>, bool) {
    let survey = survey(engine, project, file, text);
    (survey.findings, survey.broken)
}

/// What checking a text gave, and on what of the other files it rests.
#[derive(Debug, Default)]
pub struct Survey {
    pub findings: Vec<Finding>,
    pub broken: bool,
    pub heard: Vec<Heard>,
    /// What was parsed at all rests on what other Python files hold.
    pub by_imports: bool,
    /// What the file says of versions, if it does.
    pub dependencies: Option<Dependencies>,
}

/// [`check`], with what makes it worth another time.
pub fn survey(engine: &Engine, project: &Workspace, file: &Arc<File>, text: &str) -> Survey {
    let (mut by_imports, mut heard) = (false, Vec::new());
    let tokens = || match engine.rules.asks_tokens(file) {
        true => token::places(text),
        false => Vec::new(),
    };
    let written = || {
        let mut found = Vec::new();
        if engine.rules.asks_literals() {
            found.extend(written::literals(text));
        }
        if engine.rules.asks_shown() {
            found.extend(written::shown(text));
        }
        found
    };
    let analysis = match file.kind.language() {
        Language::Python if !suppress::mentioned(text) && !engine.rules.asks_all() => {
            let mut scan = engine
                .rules
                .needles()
                .scan(text, &engine.policy.broad_exceptions);
            let is_async = engine.rules.asks_blocking() && lexical::has_async(text);
            by_imports = is_async && !project.is_alone();
            let chunks = OnceCell::new();
            let reached = match is_async {
                true => reached(project, file, text, &chunks),
                false => Vec::new(),
            };
            let mut tokens = tokens();
            // What stands out only because of other files.
            let view = View::new(project);
            scan.based |= engine.asks_of_web(&view, file, text);
            heard = view.into_heard();
            tokens.extend(written());
            if scan.is_empty() && tokens.is_empty() && reached.is_empty() {
                return Survey {
                    by_imports,
                    heard,
                    ..Survey::default()
                };
            }
            let chunks = chunks.get_or_init(|| cut(text)).list();
            let mut chosen = Chosen::new(engine, project, file, text, chunks, scan);
            chosen.take_all(&reached);
            for at in tokens {
                let chunk = chosen.holding(at);
                chosen.take(chunk);
            }
            chosen.analyse()
        }
        // Nothing else is asked of it, and most have none.
        Language::Plain if file.kind == Kind::Text => match tokens() {
            none if none.is_empty() => return Survey::default(),
            found => holding(engine, project, file, text, &found),
        },
        _ => analyse(engine, project, file, text),
    };
    Survey {
        findings: analysis.findings(),
        broken: analysis.parts().any(|(_, part)| part.broken()),
        heard: {
            heard.extend(analysis.heard().cloned());
            heard
        },
        by_imports,
        dependencies: {
            let parts: Vec<_> = match file.kind.says_versions() {
                true => analysis.parts().collect(),
                false => Vec::new(),
            };
            Dependencies::read(&file.path, file.kind, &parts)
        },
    }
}

/// Names of what blocks, and no others.
static BLOCKING: LazyLock<Needles> = LazyLock::new(|| Needles::of_calls(blocking::names()));

/// Whether a text may hold a call of something that blocks.
pub(crate) fn may_block(text: &str) -> bool {
    BLOCKING.may_block(text)
}

/// What a Python text tells by its words; of one that holds nothing that blocks, only what it imports.
pub(crate) fn sketch_of(text: &str, may_block: bool) -> Sketch {
    let chunks = may_block.then(|| cut(text));
    let chunks = chunks.as_ref().map_or(&[][..], Chunks::list);
    sketch::sketch(&BLOCKING, text, chunks)
}

/// The chunks of a text that tell for what its async functions wait; none if they do not, by their words.
fn reached(project: &Workspace, file: &File, text: &str, chunks: &OnceCell<Chunks>) -> Vec<bool> {
    let waits = |dotted: &str| project.may_wait(&file.path, text, dotted);
    let imports = || {
        let imports = imported(text);
        let mut dotted = imports.iter().map(Imported::dotted);
        dotted.any(|dotted| dotted.is_none_or(|dotted| waits(&dotted)))
    };
    if !may_block(text) && (project.is_alone() || !imports()) {
        return Vec::new();
    }
    let chunks = chunks.get_or_init(|| cut(text));
    reach::reach(&BLOCKING, text, chunks.list(), &waits)
}

/// The parts of a text that hold these places.
fn holding(
    engine: &Engine,
    project: &Workspace,
    file: &Arc<File>,
    text: &str,
    places: &[usize],
) -> Analysis {
    let chunks = Chunks::cut(file.kind.language(), text, &mut Work::default());
    let within = |chunk: &&Chunk| {
        let first = places.partition_point(|at| *at < chunk.start);
        places.get(first).is_some_and(|at| *at < chunk.end)
    };
    let chunks: Vec<Chunk> = chunks.list().iter().filter(within).copied().collect();
    let mut analysis = Analysis::new(engine, file.clone());
    analysis.update(engine, project, text, &chunks);
    analysis
}

fn cut(text: &str) -> Chunks {
    Chunks::cut(Language::Python, text, &mut Work::default())
}

/// All parts of one text, with its findings.
pub fn analyse(engine: &Engine, project: &Workspace, file: &Arc<File>, text: &str) -> Analysis {
    let mut work = Work::default();
    let chunks = Chunks::cut(file.kind.language(), text, &mut work);
    let mut analysis = Analysis::new(engine, file.clone());
    analysis.update(engine, project, text, chunks.list());
    analysis.work += work;
    analysis
}

/// The chunks of a Python text that are parsed, which grow until nothing more is wanted.
struct Chosen<'a> {
    engine: &'a Engine,
    project: &'a Workspace,
    file: &'a Arc<File>,
    text: &'a str,
    chunks: &'a [Chunk],
    parsed: Vec<bool>,
}

impl<'a> Chosen<'a> {
    fn new(
        engine: &'a Engine,
        project: &'a Workspace,
        file: &'a Arc<File>,
        text: &'a str,
        chunks: &'a [Chunk],
        scan: Scan,
    ) -> Chosen<'a> {
        let mut chosen = Chosen {
            engine,
            project,
            file,
            text,
            chunks,
            parsed: vec![false; chunks.len()],
        };
        for at in scan.handlers.into_iter().chain(scan.marks) {
            let chunk = chosen.holding(at);
            chosen.take(chunk);
        }
        if scan.based {
            chosen.parsed.fill(true);
        }
        let parts = scan.parts.iter();
        let parts: HashSet<(usize, &str)> = parts
            .map(|(at, root)| (chosen.holding(*at), *root))
            .collect();
        for (at, word) in scan.roots {
            let chunk = chosen.holding(at);
            if parts.contains(&(chunk, word)) || chosen.binds(chunk, word) {
                chosen.take(chunk);
            }
        }
        chosen
    }

    fn holding(&self, offset: usize) -> usize {
        self.chunks.partition_point(|chunk| chunk.end <= offset)
    }

    /// Parse a chunk, and with a member the header of its class.
    fn take(&mut self, chunk: usize) {
        let Some(parsed) = self.parsed.get_mut(chunk) else {
            return;
        };
        if std::mem::replace(parsed, true) {
            return;
        }
        if let Some(header) = header_of(self.chunks, chunk) {
            self.parsed[header] = true;
        }
    }

    fn take_all(&mut self, chunks: &[bool]) {
        let chunks = chunks.iter().enumerate().filter(|(_, taken)| **taken);
        chunks.for_each(|(chunk, _)| self.take(chunk));
    }

    fn binds(&self, chunk: usize, name: &str) -> bool {
        let chunk = self.chunks.get(chunk);
        chunk.is_some_and(|c| lexical::may_bind(c.state, &self.text[c.start..c.end], name))
    }

    fn analyse(mut self) -> Analysis {
        let mut analysis = Analysis::new(self.engine, self.file.clone());
        let mut known: HashSet<Need> = HashSet::new();
        for round in 0.. {
            let list: Vec<Chunk> = self
                .chunks
                .iter()
                .zip(&self.parsed)
                .filter(|(_, parsed)| **parsed)
                .map(|(chunk, _)| *chunk)
                .collect();
            analysis.update(self.engine, self.project, self.text, &list);
            let needs = self.needs(&analysis);
            let before = list.len();
            for need in needs {
                if !known.insert(need.clone()) {
                    continue;
                }
                match need {
                    Need::All => self.parsed.fill(true),
                    Need::Seeds => self.take_where("seed", |_, _| true),
                    Need::Signs => self.take_where("encode", |_, _| true),
                    Need::Uses(name) => self.take_where(&name, |_, _| true),
                    Need::Loop(name) => {
                        self.take_where(name, |chosen, chunk| chosen.imports(chunk));
                    }
                    Need::Binding(name) => {
                        self.take_where(&name, |chosen, chunk| chosen.binds(chunk, &name));
                    }
                    Need::Stars => self.take_where("*", |chosen, chunk| chosen.binds(chunk, "*")),
                }
            }
            if round == MOST_ROUNDS {
                self.parsed.fill(true);
            }
            if self.parsed.iter().filter(|parsed| **parsed).count() == before {
                break;
            }
        }
        analysis
    }

    fn imports(&self, chunk: usize) -> bool {
        let chunk = self.chunks.get(chunk);
        chunk.is_some_and(|chunk| self.text[chunk.start..chunk.end].contains("import"))
    }

    /// Take the chunks that hold a word, of those that `wanted` picks.
    fn take_where(&mut self, word: &str, wanted: impl Fn(&Chosen, usize) -> bool) {
        let found: Vec<usize> = memchr::memmem::find_iter(self.text.as_bytes(), word)
            .filter(|at| {
                word == "*" || word == "seed" || lexical::is_word(self.text, *at, at + word.len())
            })
            .map(|at| self.holding(at))
            .collect();
        for chunk in found {
            if !self.parsed.get(chunk).is_some_and(|parsed| *parsed) && wanted(self, chunk) {
                self.take(chunk);
            }
        }
    }

    /// What the parsed chunks want to know of the others.
    fn needs(&self, analysis: &Analysis) -> Vec<Need> {
        let mut needs = Vec::new();
        let mut names: Vec<String> = Vec::new();
        // Names of members that carry what rules ask for.
        let mut held: BTreeSet<String> = BTreeSet::new();
        // Some literal is that of a class, and rests on what that is.
        let mut literal_fields = false;
        let outside = Outside::new(analysis.table());
        let parts: Vec<(&python::Part, Outside)> = analysis
            .members()
            .filter_map(|(part, class)| match part {
                Part::Python(part) => Some((part, Outside::within(analysis.table(), class))),
                _ => None,
            })
            .collect();
        for (part, outside) in &parts {
            let resolver = python::Resolver::new(part, outside);
            self.carried(part, &resolver, &mut needs, &mut held);
            let mut wanted: Vec<u32> = Vec::new();
            let own = &self.engine.policy.broad_exceptions;
            let silent = part.handlers.iter().filter(|record| {
                let header = part.slice(record.header);
                !record.body.is_empty() && may_be_broad(self.text, header, own)
            });
            wanted.extend(silent.flat_map(|record| &record.types));
            let mut name = String::new();
            for call in &part.calls {
                let blocking = self.engine.rules.asks_blocking();
                let blocks = |name: &str| blocking && blocking::blocks(name).is_some();
                if resolver.dotted(call.callee, &mut name)
                    && (self.engine.rules.asks_call(&name) || blocks(&name))
                {
                    let (from, to) = call.arguments;
                    let arguments = &part.arguments[from as usize..to as usize];
                    wanted.extend(arguments.iter().filter_map(|argument| match argument.kind {
                        ValueKind::Path(path) => Some(path),
                        _ => None,
                    }));
                }
            }
            if self.engine.rules.asks_literals() && !part.literals.is_empty() {
                // What reads the environment, and on what the classes rest in which they stand.
                wanted.extend(part.fallbacks.iter().flat_map(|fallback| {
                    let calls = part.calls.iter().filter(|call| call.span == fallback.call);
                    calls.map(|call| call.callee)
                }));
                wanted.extend(python::calls_around_literals(part));
                literal_fields |= !part.fields.is_empty();
            }
            if self.engine.rules.asks_shown() {
                let calls = part.shown.iter().map(|shown| shown.call as usize);
                wanted.extend(calls.filter_map(|call| Some(part.calls.get(call)?.callee)));
            }
            if self.engine.rules.asks_marks() {
                let marks = part.markers.iter().filter(|marker| marker.path != NONE);
                wanted.extend(marks.map(|marker| marker.path));
            }
            for path in wanted {
                heads(part, path, &mut names);
            }
        }
        for (part, _) in parts.iter().filter(|_| !held.is_empty()) {
            // What object a member is of, and on which classes its class rests.
            let holds = |path: &python::Path| {
                let text = part.slice(path.span);
                held.iter().any(|name| text.contains(name.as_str()))
            };
            let paths = (0..).zip(&part.paths).filter(|(_, path)| holds(path));
            for (_, path) in paths.clone() {
                // What `b` of `a.b.c` is may be said of it elsewhere, too.
                let between = part.slice(path.span).split('.').skip(1);
                let between: Vec<&str> = between.map(str::trim).collect();
                let between = between.split_last().map_or(&[][..], |(_, names)| names);
                let uses = between.iter().map(|name| Need::Uses((*name).to_owned()));
                needs.extend(uses);
            }
            let bases = part
                .classes
                .iter()
                .flat_map(|class| class.bases.iter().copied());
            for path in paths.map(|(at, _)| at).chain(bases) {
                heads(part, path, &mut names);
            }
        }
        for (part, _) in parts.iter().filter(|_| literal_fields) {
            let bases = part.classes.iter().flat_map(|class| &class.bases);
            bases.for_each(|base| heads(part, *base, &mut names));
        }
        // A name that is bound to another name rests on that one.
        let mut at = 0;
        while at < names.len() {
            let name = names[at].clone();
            at += 1;
            for (_, part) in outside.get(&Key::Name(name.as_str().into())) {
                let Part::Python(part) = &**part else {
                    continue;
                };
                for binding in part.bound(&name) {
                    if let Value::Path(path) | Value::Call(path) = binding.value {
                        heads(part, path, &mut names);
                    }
                }
            }
        }
        if !names.is_empty() {
            needs.push(Need::Stars);
        }
        needs.extend(names.into_iter().map(Need::Binding));
        for key in analysis.asked() {
            match key {
                Key::Name(_) | Key::Enclosing => {}
                // Members and bodies come with what uses them; see `carried`.
                Key::Member(..) | Key::Body(_) => {}
                Key::Seeds => needs.push(Need::Seeds),
                Key::Signs => needs.push(Need::Signs),
                Key::Loop(name) => needs.push(Need::Loop(name)),
                _ => needs.push(Need::All),
            }
        }
        needs
    }

    /// Names that carry what rules ask for: whoever uses them may be a subject.
    fn carried(
        &self,
        part: &python::Part,
        resolver: &python::Resolver,
        needs: &mut Vec<Need>,
        held: &mut BTreeSet<String>,
    ) {
        let needles = self.engine.rules.needles();
        let leads = |value: &Value| {
            let name = resolver.value_name(value);
            name.is_some_and(|name| needles.leads(&name))
        };
        for member in part.members.iter().filter(|member| leads(&member.value)) {
            let name = part.name(member.name);
            held.insert(name.to_owned());
            needs.push(Need::Uses(name.to_owned()));
        }
        for binding in &part.bindings {
            let name = part.name(binding.name);
            match &binding.value {
                Value::Import(dotted) => {
                    let star = name == "*";
                    if star && (needles.is_root(dotted) || needles.leads(dotted)) {
                        needs.push(Need::All);
                    }
                    // A module under its own name is looked for already.
                    let own = dotted.split('.').next() == Some(name);
                    let looked_for = own && needles.is_root(name);
                    if !star && !looked_for && needles.leads(dotted) {
                        needs.push(Need::Uses(name.to_owned()));
                    }
                }
                value @ (Value::Path(_) | Value::Call(_)) if leads(value) => {
                    needs.push(Need::Uses(name.to_owned()));
                }
                _ => {}
            }
        }
    }
}

/// The header of the class of which a chunk is a member.
fn header_of(chunks: &[Chunk], at: usize) -> Option<usize> {
    let member = |chunk: &Chunk| matches!(chunk.state, State::Python(Cut::Member(_)));
    chunks.get(at).filter(|chunk| member(chunk))?;
    chunks[..at].iter().rposition(|chunk| !member(chunk))
}

/// What a parsed chunk wants of the others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Need {
    /// Chunks that use this name.
    Uses(String),
    /// Chunks that may bind this name.
    Binding(String),
    /// `from x import *`.
    Stars,
    Seeds,
    Signs,
    /// Imports of a library of event loops.
    Loop(&'static str),
    All,
}
