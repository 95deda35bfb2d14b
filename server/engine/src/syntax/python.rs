//! Python's tree → [`python::Part`].

use std::sync::Arc;

use super::Kept;
use crate::chunk::python::State;
use crate::model::python::Part;

pub(super) fn read(_state: State, _text: &Arc<str>, _kept: &mut Option<Kept>) -> Part {
    Part::default()
}
