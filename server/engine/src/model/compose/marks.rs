//! `!reset` and `!override`: what a service says about merging with what it overrides.
//!
//! Source: the Compose specification, "Merge": `!reset` takes a value away, `!override` takes the place of all that was there.

use crate::syntax::yaml::Value;

use super::reader::{Reader, Ref};

/// A tag on the value of a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// The keys that lead there from the service: `environment`, `DEBUG`.
    pub path: Vec<String>,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Reset,
    Override,
}

/// Keys below keys that are looked at: `deploy.resources.limits.memory`.
const DEPTH: usize = 4;

pub(super) fn read(reader: &Reader, service: &Ref) -> Vec<Mark> {
    let mut marks = Vec::new();
    walk(reader, service, DEPTH, &mut Vec::new(), &mut marks);
    marks
}

fn walk(reader: &Reader, node: &Ref, depth: usize, path: &mut Vec<String>, marks: &mut Vec<Mark>) {
    let Value::Mapping { entries, .. } = &node.part.node(node.id).value else {
        return;
    };
    for entry in entries {
        let (Some(key), Some(value)) = (node.part.scalar(entry.key), entry.value) else {
            continue;
        };
        let Some(value) = reader.resolve(&node.to(value)) else {
            continue;
        };
        let merges = key == "<<";
        if !merges {
            path.push(key.into_owned());
        }
        let kind = if value.is_reset() {
            Some(Kind::Reset)
        } else {
            value.part.is_override(value.id).then_some(Kind::Override)
        };
        if let Some(kind) = kind {
            marks.push(Mark {
                path: path.clone(),
                kind,
            });
        } else if depth > 1 {
            walk(reader, &value, depth - 1, path, marks);
        }
        if !merges {
            path.pop();
        }
    }
}
