//! What commands and actions do, by evidence: tests, scans, deployments. A name alone is none.

mod actions;
mod deploy;
mod scan;
mod tests;
mod words;
mod wrap;

use crate::rule::{Owner, Place};
use crate::syntax::shell::{Command, Script, Word};
use crate::text::Span;

pub(super) use actions::of_action;
pub use words::{is_test_name, says_e2e};

/// Something that a step does, and where it says so.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Deed {
    pub what: What,
    /// In a few words: `docker push`, `pypa/gh-action-pypi-publish`.
    pub shown: String,
    pub place: Place,
    /// The command of the step's script.
    pub command: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum What {
    Test(Reach),
    /// Looks for known flaws.
    Scan {
        /// In what the project requires, not only in its code.
        dependencies: bool,
    },
    Deploy(Deploy),
    /// Waits for other checks of the commit.
    Waits,
    Calls(Call),
}

/// Whether tests from end to end are among those that are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// They are.
    EndToEnd,
    /// All that the configuration of pytest lets through.
    Configured,
    /// They are left out, or lie elsewhere.
    Apart,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deploy {
    /// An image is pushed.
    Image,
    /// A package, or a release with files.
    Package,
    /// Something that runs is changed.
    Running,
    /// A site of documents.
    Pages,
}

/// What a step hands its work to. Paths are as they are written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// A script of the project, by its path as it is written.
    Script(String),
    /// Targets of `make`, and the folder of its file.
    Make(Vec<String>, Option<String>),
    /// A script of `package.json`.
    Npm(String),
    /// An action of the project, by its folder.
    Action(String),
    /// A workflow of the project.
    Workflow(String),
    /// What cannot be looked into.
    Elsewhere,
}

/// What the commands of a script do. `owner` is the chunk in which it lies.
pub fn deeds(script: &Script, owner: &Owner) -> Vec<Deed> {
    let commands = script.commands.iter().enumerate();
    let mut found: Vec<Deed> = commands
        .filter_map(|(at, command)| {
            let (what, shown, span) = of_command(command)?;
            Some(Deed {
                what,
                shown,
                place: Place {
                    owner: owner.clone(),
                    span,
                },
                command: Some(at),
            })
        })
        .collect();
    found.dedup();
    found
}

/// What a command does, what of it says so, and where.
fn of_command(command: &Command) -> Option<(What, String, Span)> {
    let (what, at, count) = of_words(command.argv())?;
    let said = command.argv().get(at..at + count)?;
    let shown: Vec<&str> = said.iter().map(|word| words::base(&word.text)).collect();
    let span = Span {
        start: said.first()?.span.start,
        end: said.last()?.span.end.max(said.first()?.span.start),
    };
    Some((what, shown.join(" "), span))
}

/// What the words of a command do; which word says so first, and how many do.
fn of_words(all: &[Word]) -> Option<(What, usize, usize)> {
    let told = |at: usize| {
        let (what, count) = direct(&all[at..])?;
        Some((what, at, count.min(all.len() - at)))
    };
    wrap::inner(all).find_map(told).or_else(|| told(0))
}

/// What a command does that begins with these words, and how many of them say so.
fn direct(all: &[Word]) -> Option<(What, usize)> {
    let name = words::base(&all.first()?.text);
    let python = name.starts_with("python") || name == "py" || name == "-m";
    if python {
        let at = match name {
            "-m" => 1,
            _ => words::behind_options(all, 1, &["-X", "-W"]),
        };
        let module = all
            .get(at.checked_sub(1)?)
            .is_some_and(|word| word.text == "-m")
            || name == "-m";
        let rest = all.get(at..)?;
        return match module {
            true => {
                named(rest, &rest.first()?.text.replace('_', "-")).map(|(what, n)| (what, n + at))
            }
            false => tests::of_python_file(rest).map(|(what, n)| (what, n + at)),
        };
    }
    named(all, name)
}

fn named(all: &[Word], name: &str) -> Option<(What, usize)> {
    let texts: Vec<&str> = all.iter().skip(1).map(|word| word.text.as_str()).collect();
    scan::of(name, &texts)
        .or_else(|| deploy::of(name, &texts))
        .or_else(|| tests::of(name, &texts, all))
}
