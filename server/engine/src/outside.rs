//! What a part may take from the rest of its file, each question recorded so that an answer that changes, and nothing
//! else, makes the part be asked again.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::model::Part;

/// A name under which parts of one file know each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A name bound at the module level of a Python file.
    Name(Arc<str>),
    /// A name bound in the body of a top-level class: class, name.
    Member(Arc<str>, Arc<str>),
    /// A YAML anchor.
    Anchor(Arc<str>),
    /// A service of a compose file.
    Service(Arc<str>),
    /// Some service of this file is an edge (reverse proxy).
    Edge,
    /// Python code that sets the state of a random generator.
    Seeds,
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
        for export in part.exports() {
            self.parts
                .entry(export.key.clone())
                .or_default()
                .push((export.digest, part.clone()));
        }
    }
    pub fn remove(&mut self, part: &Arc<Part>) {
        for export in part.exports() {
            if let Some(list) = self.parts.get_mut(&export.key) {
                if let Some(at) = list
                    .iter()
                    .position(|(digest, p)| *digest == export.digest && Arc::ptr_eq(p, part))
                {
                    list.swap_remove(at);
                }
                if list.is_empty() {
                    self.parts.remove(&export.key);
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

/// The questions that were asked, with the digest of each answer.
pub type Asked = Vec<(Key, u64)>;

/// A table that remembers what it was asked.
#[derive(Debug)]
pub struct Outside<'a> {
    table: &'a Table,
    asked: RefCell<Asked>,
}

impl<'a> Outside<'a> {
    pub fn new(table: &'a Table) -> Outside<'a> {
        Outside {
            table,
            asked: RefCell::default(),
        }
    }
    pub fn get(&self, key: &Key) -> &'a [(u64, Arc<Part>)] {
        let mut asked = self.asked.borrow_mut();
        if !asked.iter().any(|(known, _)| known == key) {
            asked.push((key.clone(), self.table.digest(key)));
        }
        self.table.get(key)
    }
    pub fn has(&self, key: &Key) -> bool {
        !self.get(key).is_empty()
    }
    pub fn into_asked(self) -> Asked {
        self.asked.into_inner()
    }
}
