//! Shell text as words: which commands it runs, with which arguments, and where they stand.
//!
//! POSIX and what bash adds to its words. No expansion, no syntax errors: whatever is written gives commands.

mod argv;
mod read;
mod word;

use super::origin::Origin;
use crate::text::Span;
pub use argv::{argv, base, script};

/// The simple commands of a script, in the order in which they are written; what a command substitutes comes behind it.
#[derive(Debug, Default, Clone, PartialEq, Eq, Hash)]
pub struct Script {
    pub commands: Vec<Command>,
    /// A quote or a bracket is open at the end.
    pub open: bool,
}

/// A simple command: assignments, words, redirections.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Command {
    /// What stands between it and the command before it, on the same level.
    pub joint: Joint,
    /// What it stands in, the outermost first.
    pub inside: Vec<Inside>,
    pub assignments: Vec<Assignment>,
    /// The name of the command and its arguments.
    pub words: Vec<Word>,
    pub redirections: Vec<Redirection>,
    /// From the first to the last of them.
    pub span: Span,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Joint {
    /// The first of a script, of a substitution, of a body.
    #[default]
    First,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `;` or a newline
    Then,
    /// `|`
    Pipe,
    /// `&`: the one before it goes on in the background.
    Background,
}

/// A part of a script that is not run as a matter of course, or not by the same shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Inside {
    /// Between `if`, `while` or `until` and its body.
    Condition,
    /// What an `if` or a `case` chooses.
    Branch,
    Loop,
    /// `( … )`
    Subshell,
    /// `{ … }`
    Group,
    /// The body of a function, which runs when it is called.
    Function,
    /// `$( … )`, backticks, `<( … )`
    Substitution,
    /// The text that a shell is given: `sh -c "…"`.
    Script,
}

/// `NAME=value` before a command, or alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Assignment {
    pub name: String,
    pub value: Word,
    /// Of name and value.
    pub span: Span,
}

/// `2> file`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Redirection {
    /// `>`, `>>`, `<`, `<<`, `<<-`, `<<<`, `>&`, `<&`, `>|`, `<>`, `&>`, `&>>`
    pub operator: &'static str,
    /// The file; the end of a heredoc.
    pub target: Word,
}

/// A word with its quotes removed.
#[derive(Debug, Default, Clone, PartialEq, Eq, Hash)]
pub struct Word {
    /// What the shell expands (`$PORT`, `$(nproc)`) is there as it is written.
    pub text: String,
    /// With its quotes.
    pub span: Span,
    /// A part of it was in quotes or behind a backslash.
    pub quoted: bool,
    /// From this offset of the text on it is known only when the script runs.
    pub dynamic: Option<u32>,
    pub variables: Vec<Variable>,
}

/// `$PORT`, `${PORT:-8000}`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Variable {
    pub name: String,
    /// What it is when it is not set, where that is plain text: `:-`, `-`, `:=`, `=`.
    pub default: Option<String>,
    /// In the word's text.
    pub start: u32,
    pub end: u32,
}

/// Read a script. `origin` tells where its bytes lie in the chunk.
pub fn read(text: &str, origin: &Origin) -> Script {
    let mut script = Script::default();
    script.open = read::read(text, origin, &[], 0, &mut script.commands);
    script
}

/// The command of an exec form, given as texts with their places: its words are taken as they are. What a shell among them is
/// given is read.
pub fn exec(items: Vec<(String, Span, Origin)>) -> Script {
    let mut script = Script::default();
    let (Some((_, first, _)), Some((_, last, _))) = (items.first(), items.last()) else {
        return script;
    };
    let span = Span {
        start: first.start,
        end: last.end.max(first.start),
    };
    let word = |(text, span, _): &(String, Span, Origin)| Word {
        text: text.clone(),
        span: *span,
        quoted: true,
        ..Word::default()
    };
    let words: Vec<Word> = items.iter().map(word).collect();
    let inner = argv::script(&words).map(|at| &items[at]);
    script.commands.push(Command {
        joint: Joint::First,
        inside: Vec::new(),
        assignments: Vec::new(),
        words,
        redirections: Vec::new(),
        span,
    });
    if let Some((text, _, origin)) = inner {
        script.open = read::read(text, origin, &[Inside::Script], 1, &mut script.commands);
    }
    script
}

impl Word {
    /// The text, if nothing of it is expanded.
    pub fn fixed(&self) -> Option<&str> {
        self.dynamic.is_none().then_some(&self.text)
    }
    /// The text up to what is expanded.
    pub fn head(&self) -> &str {
        &self.text[..self.dynamic.map_or(self.text.len(), |at| at as usize)]
    }
    /// The text with the defaults of its variables; `None` where one has none.
    pub fn by_default(&self) -> Option<String> {
        let mut text = String::new();
        let mut at = 0;
        for variable in &self.variables {
            text += &self.text[at..variable.start as usize];
            text += variable.default.as_deref()?;
            at = variable.end as usize;
        }
        // What is expanded and no variable is not known either.
        let rest = &self.text[at..];
        let known =
            self.dynamic.is_none() || !self.variables.is_empty() && !rest.contains(['$', '`']);
        known.then(|| text + rest)
    }
}
