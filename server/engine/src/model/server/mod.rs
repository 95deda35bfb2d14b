//! What a command line of a container starts: web servers of Python, with their options and places.
//!
//! Sources: the command lines of uvicorn 0.54, hypercorn 0.17, fastapi-cli 0.0, Flask 3, Django 5, gunicorn 27.

mod line;
mod options;
mod source;
mod start;

use crate::model::compose;
use crate::rule::Place;
use crate::syntax::shell;

pub use line::{in_file, of_image, of_service};
pub use options::{Opt, Value};
pub use source::Home;
pub use start::{Kind, Script, Server, Workers, servers};

/// A command with its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Line {
    pub args: Vec<Arg>,
    /// `NAME=value` before it, and before commands of the same script.
    pub assignments: Vec<(String, Option<String>)>,
    /// It is one of several that a script chooses from, or runs when it is called.
    pub optional: bool,
}

/// A word of a command line, wherever that is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Arg {
    /// What the program gets, what is expanded as it is written.
    pub text: String,
    /// The text when nothing is set that it refers to; `None` where that is not known.
    pub by_default: Option<String>,
    /// Something in it is known only when the container runs.
    pub dynamic: bool,
    /// With its quotes.
    pub place: Place,
    pub form: Form,
    /// It may stand in another word beside it: it needs no quotes.
    pub plain: bool,
    /// Words of one instruction or key have the same number.
    pub group: u32,
    /// Why it is not edited.
    pub frozen: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Form {
    /// An item of a JSON array.
    Json,
    /// A word between blanks: of a shell's text, or of a line of compose.
    Word,
    /// An item of a list of compose.
    Item(compose::Item),
}

impl Arg {
    /// A text between quotes that has no escapes, so that its bytes lie in the chunk as they are.
    fn inside(&self) -> Option<usize> {
        let span = self.place.span;
        let quotes = (span.end - span.start) as usize == self.text.len() + 2;
        quotes.then_some(span.start as usize + 1)
    }

    fn word(&self) -> shell::Word {
        shell::Word {
            text: self.text.clone(),
            span: self.place.span,
            ..shell::Word::default()
        }
    }
}

/// Whether a text needs no quotes, wherever it is written.
pub fn is_plain(text: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || "_.:-/,=@+${}[]".contains(c);
    text.chars().all(fine)
}
