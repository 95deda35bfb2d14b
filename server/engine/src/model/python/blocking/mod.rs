//! Calls in async functions that hold up the event loop, by themselves or by way of functions of the file.

pub mod facts;
mod table;

use std::collections::{HashSet, VecDeque};
use std::path::PathBuf;

pub use table::{Blocks, Wait, blocks};
pub(crate) use table::{beginnings, names};

use super::class::{At, Enclosing, Known};
use super::{Call, Resolver};
use crate::outside::Key;
use crate::project::Elsewhere;
use crate::rule::{Owner, Place};

/// Functions that call each other are followed this far.
pub(crate) const DEPTH: usize = 3;
/// Functions that are looked into for one call.
const MOST: usize = 64;

/// A call in an async function that blocks.
#[derive(Debug)]
pub struct BlockingCall {
    pub call: Call,
    pub blocks: Blocks,
    /// The dotted name of what blocks.
    pub what: String,
    /// The functions by way of which it does, the one that is called first; empty where it does so itself.
    pub path: Vec<Box<str>>,
    /// What blocks in the last of them, and in which other file.
    pub place: Option<(Option<PathBuf>, Place)>,
    /// `await` may stand there.
    pub awaitable: bool,
    /// It is opened by a `with`.
    pub opened: bool,
    /// Something is taken of what it gives, so that `await` needs parentheses.
    pub trailed: bool,
}

/// How what other files call by a dotted name blocks, through so many functions at most.
type Ask<'a> = dyn Fn(&str, usize) -> Option<Elsewhere> + 'a;

/// The blocking calls in the async functions of a part.
pub(crate) fn blocking_calls(resolver: &Resolver, elsewhere: &Ask) -> Vec<BlockingCall> {
    let part = resolver.part;
    let mut found = Vec::new();
    if !part.functions.iter().any(|function| function.is_async) {
        return found;
    }
    let mut name = String::new();
    for (index, record) in part.calls.iter().enumerate() {
        let function = part.functions.get(record.function as usize);
        if record.deferred || !function.is_some_and(|function| function.is_async) {
            continue;
        }
        let way = if resolver.dotted(record.callee, &mut name) {
            // What is awaited is no call of these; but nothing makes that of the builtin.
            match blocks(&name) {
                Some(_) if record.awaited && name != "open" => None,
                Some(blocks) => Some((blocks, name.clone(), Vec::new(), None)),
                None if record.awaited => None,
                None => elsewhere(&name, DEPTH).map(|found| {
                    let place = (Some(found.file), found.place);
                    (found.blocks, found.what, found.path, Some(place))
                }),
            }
        } else if record.awaited {
            None
        } else {
            let helper = resolver.function(record.callee);
            let way = helper.and_then(|helper| way(resolver, helper, elsewhere));
            way.map(|way| (way.blocks, way.what, way.path, Some((way.file, way.place))))
        };
        let Some((blocks, what, path, place)) = way else {
            continue;
        };
        let Some(call) = Call::new(resolver, index, &what) else {
            continue;
        };
        found.push(BlockingCall {
            call,
            blocks,
            what,
            path,
            place,
            awaitable: record.awaitable,
            opened: record.opened,
            trailed: record.trailed,
        });
    }
    found
}

/// How a function blocks.
struct Way {
    blocks: Blocks,
    what: String,
    path: Vec<Box<str>>,
    file: Option<PathBuf>,
    place: Place,
}

/// A function of the file.
#[derive(Clone, Copy)]
struct Function<'s> {
    at: At<'s>,
    index: u32,
}

/// The shortest way on which a function blocks, a long wait before a short one.
fn way<'s>(
    resolver: &'s Resolver<'_, '_, '_>,
    helper: (At<'s>, u32),
    elsewhere: &Ask,
) -> Option<Way> {
    let (at, index) = helper;
    let mut next = VecDeque::from([(Function { at, index }, Vec::<Box<str>>::new())]);
    let mut seen: HashSet<(*const super::Part, u32)> = HashSet::new();
    let mut short = None;
    let mut name = String::new();
    while let Some((function, mut path)) = next.pop_front() {
        let part = function.at.part;
        if seen.len() > MOST || !seen.insert((part, function.index)) {
            continue;
        }
        let Some(place) = place_of(resolver, function) else {
            continue;
        };
        let Some(record) = part.functions.get(function.index as usize) else {
            continue;
        };
        path.push(part.slice(record.name).into());
        for call in part.calls.iter() {
            if call.function != function.index || call.deferred || call.awaited {
                continue;
            }
            name.clear();
            match resolver.path(function.at, call.callee, super::resolve::HOPS, &mut name) {
                Known::Dotted => {
                    let way = match blocks(&name) {
                        Some(blocks) => Way {
                            blocks,
                            what: name.clone(),
                            path: path.clone(),
                            file: None,
                            place: Place {
                                owner: place.clone(),
                                span: call.span,
                            },
                        },
                        None => match elsewhere(&name, DEPTH - path.len()) {
                            Some(found) => Way {
                                blocks: found.blocks,
                                what: found.what,
                                path: path.iter().cloned().chain(found.path).collect(),
                                file: Some(found.file),
                                place: found.place,
                            },
                            None => continue,
                        },
                    };
                    if !way.blocks.wait.is_short() {
                        return Some(way);
                    }
                    short.get_or_insert(way);
                }
                Known::Function(at, index) if path.len() < DEPTH => {
                    next.push_back((Function { at, index }, path.clone()));
                }
                _ => {}
            }
        }
    }
    short
}

/// The chunk that holds a function, where calling that runs what is in it. Whoever asks rests on what the function does
/// from then on.
fn place_of(resolver: &Resolver, function: Function) -> Option<Owner> {
    let part = function.at.part;
    let record = part.functions.get(function.index as usize)?;
    if !runs_there(part, record) {
        return None;
    }
    let (outer, inner) = record.path.split_once('(').unwrap_or((&record.path, ""));
    if std::ptr::eq(part, resolver.part) && !inner.is_empty() {
        return Some(Owner::Chunk);
    }
    let at = resolver.own(function.at);
    let Enclosing::Known(class) = at.class else {
        return None;
    };
    let key = Key::Body(outer.into()).within(class);
    let known = resolver.outside.get(&key).len();
    (known == 1).then_some(Owner::Other(key))
}

/// Whether calling a function runs what is in it.
fn runs_there(part: &super::Part, record: &super::FunctionRecord) -> bool {
    !record.is_async && !record.generator && !goes_elsewhere(part, record.decorators)
}

/// Whether a decorator may make something else run the function.
fn goes_elsewhere(part: &super::Part, (from, to): (u32, u32)) -> bool {
    const WORDS: &[&str] = &[
        "actor", "async", "defer", "executor", "job", "task", "thread",
    ];
    let decorators = &part.decorators[from as usize..to as usize];
    decorators.iter().any(|decorator| {
        let text = part.slice(decorator.span);
        WORDS.iter().any(|word| text.contains(word))
    })
}
