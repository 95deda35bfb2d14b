//! What a part may take from the rest of its file, each question recorded so that an answer that changes, and nothing
//! else, makes the part be asked again.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use crate::model::Part;

/// A name under which parts of one file know each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A name bound at the module level of a Python file.
    Name(Arc<str>),
    /// A name bound in the body of a class, or an attribute that its methods set on their object: the qualified name of the
    /// class, the name. The class of a member that was cut out of it is written as what follows the name of the class that
    /// was cut, until it is known where the member stands ([`Key::within`]).
    Member(Arc<str>, Arc<str>),
    /// What a function does, by its qualified name, with the places where it does it. Of a member as above.
    Body(Arc<str>),
    /// The file imports something of this library of event loops.
    Loop(&'static str),
    /// The name of the class of which the asking part is a member.
    Enclosing,
    /// A YAML anchor.
    Anchor(Arc<str>),
    /// A service of a compose file.
    Service(Arc<str>),
    /// A secret of a compose file that a variable of this name would hold. The digest is that of the secret.
    Literal(Arc<str>),
    /// Some service of this file is an edge (reverse proxy).
    Edge,
    /// Python code that sets the state of a random generator.
    Seeds,
    /// Python code that may sign a token.
    Signs,
}

impl Key {
    /// The key that a part means that is a member of `class`.
    pub fn within(&self, class: &str) -> Key {
        let cut = |path: &str| path.is_empty() || path.starts_with('.');
        match self {
            Key::Member(path, name) if cut(path) => {
                Key::Member([class, path].concat().into(), name.clone())
            }
            Key::Body(path) if cut(path) => Key::Body([class, path].concat().into()),
            _ => self.clone(),
        }
    }
}

/// One thing that a part offers to the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    pub key: Key,
    /// Changes when what is offered changes; positions are no part of it unless readers take spans from the part.
    pub digest: u64,
}

/// All exports of a file's parts.
#[derive(Debug, Default)]
pub struct Table {
    parts: HashMap<Key, Vec<(u64, Arc<Part>)>>,
}

impl Table {
    pub fn add(&mut self, part: &Arc<Part>) {
        self.add_within(part, "");
    }
    /// Take what a part offers that is a member of `class`, or of none.
    pub fn add_within(&mut self, part: &Arc<Part>, class: &str) {
        for export in part.exports() {
            self.parts
                .entry(export.key.within(class))
                .or_default()
                .push((export.digest, part.clone()));
        }
    }
    pub fn remove(&mut self, part: &Arc<Part>, class: &str) {
        for export in part.exports() {
            let key = export.key.within(class);
            if let Some(list) = self.parts.get_mut(&key) {
                if let Some(at) = list
                    .iter()
                    .position(|(digest, p)| *digest == export.digest && Arc::ptr_eq(p, part))
                {
                    list.swap_remove(at);
                }
                if list.is_empty() {
                    self.parts.remove(&key);
                }
            }
        }
    }
    /// The parts that offer `key`, in no order that means anything: readers must not depend on it.
    pub fn get(&self, key: &Key) -> &[(u64, Arc<Part>)] {
        self.parts.get(key).map_or(&[], Vec::as_slice)
    }
    /// One number for all that is offered under `key`, whatever the order.
    pub fn digest(&self, key: &Key) -> u64 {
        self.get(key).iter().fold(0, |sum, (digest, _)| {
            sum.wrapping_add(digest.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
        })
    }
}

/// A part that offers something, behind the digest of that.
type Offer = (u64, Arc<Part>);

/// The questions that were asked, with the digest of each answer.
pub type Asked = Vec<(Key, u64)>;

/// The digest of the answer to a question of a member of `class`.
pub(crate) fn digest(table: &Table, class: &str, key: &Key) -> u64 {
    match key {
        Key::Enclosing => xxh3_64(class.as_bytes()),
        _ => table.digest(key),
    }
}

/// A table that remembers what it was asked.
#[derive(Debug)]
pub struct Outside<'a> {
    table: &'a Table,
    class: &'a str,
    asked: RefCell<Asked>,
}

impl<'a> Outside<'a> {
    pub fn new(table: &'a Table) -> Outside<'a> {
        Outside::within(table, "")
    }
    /// For a part that is a member of `class`, or of none.
    pub fn within(table: &'a Table, class: &'a str) -> Outside<'a> {
        Outside {
            table,
            class,
            asked: RefCell::default(),
        }
    }
    pub fn get(&self, key: &Key) -> &'a [(u64, Arc<Part>)] {
        self.note(key);
        self.table.get(key)
    }
    /// As [`Outside::get`], with the key that lives as long as the answer.
    pub(crate) fn entry(&self, key: &Key) -> Option<(&'a Key, &'a [Offer])> {
        self.note(key);
        let (key, list) = self.table.parts.get_key_value(key)?;
        Some((key, list.as_slice()))
    }
    /// The name of the class of which the part is a member; empty where it is none.
    pub fn enclosing(&self) -> &'a str {
        self.note(&Key::Enclosing);
        self.class
    }
    fn note(&self, key: &Key) {
        let mut asked = self.asked.borrow_mut();
        if !asked.iter().any(|(known, _)| known == key) {
            asked.push((key.clone(), digest(self.table, self.class, key)));
        }
    }
    pub fn has(&self, key: &Key) -> bool {
        !self.get(key).is_empty()
    }
    pub fn into_asked(self) -> Asked {
        self.asked.into_inner()
    }
}
