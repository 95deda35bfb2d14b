//! Names on which it rests what a parsed chunk means.

use crate::model::python::{self, Head, Value};

/// The module's names on which the meaning of a path rests.
pub(super) fn heads(part: &python::Part, path: u32, names: &mut Vec<String>) {
    let mut paths = vec![path];
    let mut steps = 0;
    while let Some(path) = paths.pop().and_then(|at| part.paths.get(at as usize)) {
        steps += 1;
        if steps > 64 {
            return;
        }
        match path.head {
            Head::Free(name) => {
                let name = part.name(name);
                if !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
            Head::Call(callee) => paths.push(callee),
            Head::Local(value) => {
                if let Some(Value::Path(path) | Value::Call(path)) = part.values.get(value as usize)
                {
                    paths.push(*path);
                }
            }
            Head::Unknown => {}
        }
    }
}
