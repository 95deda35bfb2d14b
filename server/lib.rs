//! The faces of the engine: the language server and the command line.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

pub mod cli;
mod files;
pub mod lsp;

/// Log where a panic happened, each place once. Its message may quote the document (a slice out of bounds does), so that is
/// left out.
fn quiet_panics() {
    let seen: Mutex<HashSet<String>> = Mutex::default();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.insert(place.clone()) {
            eprintln!("harden: internal error at {place}; please report it");
        }
    }));
}
