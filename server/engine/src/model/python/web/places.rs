//! Where the routes of a file stand.

use std::sync::Arc;

use super::super::blocking::facts::each;
use super::routes::place_of;
use crate::model::Part;
use crate::rule::{Owner, Place};

/// The functions of a file that have decorators, by their qualified names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Places(pub Vec<(String, Place)>);

pub(crate) fn places(parts: &[(usize, Arc<Part>)]) -> Places {
    let mut list = Vec::new();
    each(parts, |nth, resolver| {
        let part = resolver.part;
        for record in &part.functions {
            let path = resolver.qualified(&record.path);
            let place = Place {
                owner: Owner::Nth(nth),
                span: place_of(part, record),
            };
            list.push((path, place));
        }
    });
    Places(list)
}
