//! What a Dockerfile writes into its image, or into the image's history, that should be known to few.

use std::ops::Range;

use super::{Arguments, Copied, Dockerfile, Instruction, Keyword, Stage};
use crate::model::secret;
use crate::rule::Place;
use crate::syntax::dockerfile::{Pair, Word};
use crate::syntax::shell::{self, Command, Redirection};
use crate::text::Span;

/// A secret, or a place where one gets in.
#[derive(Debug)]
pub struct Leak<'a> {
    pub what: What<'a>,
    /// Of the secret, or of what names it.
    pub place: Place,
    pub instruction: &'a Instruction,
}

#[derive(Debug)]
pub enum What<'a> {
    /// `ENV NAME=secret`, `ARG NAME=secret`: which of the instruction's pairs.
    Literal { name: String, pair: usize },
    /// `ENV NAME=$ARG`: the argument becomes a part of the image.
    Argument {
        name: String,
        argument: String,
        pair: usize,
    },
    /// A command writes it to a file.
    Written(Written<'a>),
    /// A file that holds secrets: which of the words names it.
    Copied {
        path: String,
        word: Span,
        alone: bool,
    },
}

/// How a command writes a secret to a file.
#[derive(Debug)]
pub struct Written<'a> {
    /// The variable that holds it; `None` where it is written out.
    pub variable: Option<&'a str>,
    /// `.npmrc`; the program that writes one where it is not said.
    pub file: String,
}

/// All of them, in the order of the file.
pub fn leaks(file: &Dockerfile) -> Vec<Leak<'_>> {
    let mut found = Vec::new();
    for argument in &file.args {
        of_pairs(argument, &[], &mut found);
    }
    for stage in &file.stages {
        let mut arguments: Vec<String> = Vec::new();
        for instruction in &stage.instructions {
            of_pairs(instruction, &arguments, &mut found);
            if instruction.keyword == Keyword::Arg {
                let names = instruction.pairs().iter();
                arguments.extend(names.filter_map(|pair| pair.name.fixed()));
            }
        }
        of_commands(file, stage, &mut found);
    }
    found.sort_by_key(|leak| (leak.instruction.chunk, leak.place.span));
    found
}

fn of_pairs<'a>(instruction: &'a Instruction, arguments: &[String], found: &mut Vec<Leak<'a>>) {
    let env = instruction.keyword == Keyword::Env;
    if !env && instruction.keyword != Keyword::Arg {
        return;
    }
    for (at, pair) in instruction.pairs().iter().enumerate() {
        let (Some(name), Some(value)) = (pair.name.fixed(), &pair.value) else {
            continue;
        };
        let secret = match value.fixed() {
            Some(text) => literal(&name, &text).map(|range| within(value, &text, range)),
            None => None,
        };
        if let Some(span) = secret {
            found.push(Leak {
                what: What::Literal { name, pair: at },
                place: instruction.place(span),
                instruction,
            });
        } else if let Some(argument) = argument(pair, &name, arguments).filter(|_| env) {
            found.push(Leak {
                what: What::Argument {
                    name,
                    argument,
                    pair: at,
                },
                place: instruction.place(value.span),
                instruction,
            });
        }
    }
}

/// The part of a value that is a secret by the name that it has, or by its own shape.
fn literal(name: &str, text: &str) -> Option<Range<usize>> {
    let value = text.trim();
    let whole = 0..text.len();
    if secret::is_about_secret(name) || value.is_empty() || is_stand_in(value) {
        return None;
    }
    if text.contains("://") {
        return secret::url_passwords(text).into_iter().find(|range| {
            let password = &text[range.clone()];
            secret::is_secret_value(password, true) && !secret::is_filled_in(password)
        });
    }
    let named = secret::is_secret_name(name)
        && secret::is_secret_value(value, secret::is_password_name(name))
        && !secret::is_path(value)
        && !value.starts_with('/')
        && !secret::is_filled_in(value)
        && !matches!(value, "0" | "1");
    (named || secret::looks_like_token(value)).then_some(whole)
}

/// What builds are given that insist on some value and need none.
fn is_stand_in(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    let value = value.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    [
        "build-only",
        "buildtime",
        "build-time",
        "not-used",
        "unused",
        "ignored",
    ]
    .iter()
    .any(|word| value.contains(word))
}

/// The place of a range of a word's text, where the word is written as it reads; else of all of it.
fn within(word: &Word, text: &str, range: Range<usize>) -> Span {
    let Span { start, end } = word.span;
    let written = word.written.as_str();
    let exact = (end - start) as usize == written.len();
    match written.find(text).filter(|_| exact) {
        Some(at) => Span::new(at + range.start, at + range.end).shifted(start as usize),
        None => word.span,
    }
}

/// The secret build argument that a pair takes its value from.
fn argument(pair: &Pair, name: &str, arguments: &[String]) -> Option<String> {
    let mut variables = pair.value.as_ref()?.variables();
    let secret = |argument: &str| {
        secret::is_secret_name(argument)
            || secret::is_secret_name(name) && !secret::is_about_secret(argument)
    };
    let known =
        variables.find(|variable| arguments.contains(&variable.name) && secret(&variable.name));
    known.map(|variable| variable.name.clone())
}

fn of_commands<'a>(file: &'a Dockerfile, stage: &'a Stage, found: &mut Vec<Leak<'a>>) {
    let commands = file.commands(stage);
    for (at, (instruction, command)) in commands.iter().enumerate() {
        let mounts = instruction.flags.iter().filter(|flag| flag.name == "mount");
        let mut mounts = mounts.filter_map(|flag| flag.value.as_deref());
        if mounts.any(|mount| mount.contains("type=secret") || mount.contains("type=ssh")) {
            continue;
        }
        let after = commands[at + 1..].iter();
        let same = after.take_while(|(other, _)| std::ptr::eq(*other, *instruction));
        let rest: Vec<&Command> = same.map(|(_, command)| *command).collect();
        let Some((written, span)) = written(command, &rest) else {
            continue;
        };
        found.push(Leak {
            what: What::Written(written),
            place: instruction.place(span),
            instruction,
        });
    }
}

/// What a command writes, and where it names the secret. `rest` are the commands behind it in the same layer.
fn written<'a>(command: &'a Command, rest: &[&'a Command]) -> Option<(Written<'a>, Span)> {
    let name = command.name();
    let target = |redirection: &&Redirection| {
        matches!(redirection.operator, ">" | ">>" | ">|" | "&>" | "&>>")
    };
    let mut targets = command.redirections.iter().filter(target);
    let file = targets
        .next()
        .map(|redirection| redirection.target.text.clone());
    let file = match (name, file) {
        ("echo" | "printf" | "cat", Some(file)) if !file.starts_with("/dev/") => file,
        // `echo … | tee file`, `echo user:password | chpasswd`
        ("echo" | "printf", None) => {
            let next = rest
                .first()
                .filter(|next| next.joint == shell::Joint::Pipe)?;
            match next.name() {
                "chpasswd" => "/etc/shadow".into(),
                "tee" => next
                    .argv()
                    .iter()
                    .skip(1)
                    .find(|word| !word.text.starts_with('-'))?
                    .text
                    .clone(),
                _ => return None,
            }
        }
        _ if keeps(command) => name.to_owned(),
        _ => return None,
    };
    let removed = rest.iter().any(|later| {
        matches!(later.name(), "rm" | "shred")
            && later.words.iter().any(|word| {
                file.ends_with(word.text.trim_start_matches('~')) && word.text.len() > 2
            })
    });
    if removed {
        return None;
    }
    let words = command.argv().get(1..).unwrap_or_default();
    words.iter().enumerate().find_map(|(at, word)| {
        let held = word
            .variables
            .iter()
            .find(|variable| secret::is_secret_name(&variable.name));
        if let Some(variable) = held {
            let variable = Some(variable.name.as_str());
            return Some((
                Written {
                    variable,
                    file: file.clone(),
                },
                word.span,
            ));
        }
        let before = at.checked_sub(1).map(|at| words[at].text.as_str());
        let literal = is_written_out(word, before, &file)?;
        let span = if literal.len() == word.text.len() || !word.quoted_plainly() {
            word.span
        } else {
            word.part(literal)
        };
        Some((
            Written {
                variable: None,
                file: file.clone(),
            },
            span,
        ))
    })
}

/// Commands that keep what they are told in a file of their own.
fn keeps(command: &Command) -> bool {
    let words: Vec<&str> = command
        .argv()
        .iter()
        .map(|word| word.text.as_str())
        .collect();
    let has = |word: &str| words.contains(&word);
    match words.first().map(|word| shell::base(word)) {
        Some("git") => has("config") || has("clone"),
        Some("npm" | "pnpm" | "yarn") => has("config") && has("set"),
        Some("pip" | "pip3" | "poetry" | "composer" | "bundle") => has("config"),
        _ => false,
    }
}

/// The secret that a word writes out.
fn is_written_out(word: &shell::Word, before: Option<&str>, file: &str) -> Option<Range<usize>> {
    let text = word.text.as_str();
    let fine = |value: &str| {
        secret::is_secret_value(value, true) && !value.contains('$') && !secret::is_filled_in(value)
    };
    if let Some(range) = secret::url_passwords(text)
        .into_iter()
        .find(|range| fine(&text[range.clone()]))
    {
        return Some(range);
    }
    if file == "/etc/shadow" {
        let at = text.find(':')? + 1;
        return fine(text[at..].trim_end()).then_some(at..text.len());
    }
    if secret::looks_like_token(text) {
        return Some(0..text.len());
    }
    // `machine x login y password z`, `//registry.npmjs.org/:_authToken=…`
    let token = ["_authToken=", "_auth=", "_password="]
        .iter()
        .find_map(|key| Some(text.find(key)? + key.len()));
    if let Some(at) = token {
        let value = text[at..].split_whitespace().next().unwrap_or_default();
        return fine(value).then(|| at..at + value.len());
    }
    let netrc = file.ends_with("netrc");
    if netrc && before == Some("password") {
        return fine(text).then_some(0..text.len());
    }
    if netrc && let Some(at) = text.find("password ") {
        let at = at + "password ".len();
        let value = text[at..]
            .split([' ', '\n', '\\'])
            .next()
            .unwrap_or_default();
        return fine(value).then(|| at..at + value.len());
    }
    None
}

impl shell::Word {
    /// One pair of quotes around all of it, or none: its bytes lie in the chunk as they are.
    fn quoted_plainly(&self) -> bool {
        let length = (self.span.end - self.span.start) as usize;
        length == self.text.len() + if self.quoted { 2 } else { 0 }
    }
    fn part(&self, range: Range<usize>) -> Span {
        let quote = usize::from(self.quoted);
        Span::new(range.start, range.end).shifted(self.span.start as usize + quote)
    }
}

/// Names of files that hold secrets; not those that show how one looks.
pub fn is_secret_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    if name == ".env" || name == ".env*" {
        return true;
    }
    if let Some(rest) = name.strip_prefix(".env.") {
        const SHOWN: &[&str] = &[
            "example", "sample", "template", "dist", "default", "defaults", "schema", "test", "ci",
        ];
        return !rest
            .split(['.', '-', '_'])
            .any(|word| SHOWN.contains(&word));
    }
    matches!(
        name.as_str(),
        "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519" | ".netrc" | ".pypirc" | ".git-credentials"
    )
}

/// Files with secrets that a copy names.
pub fn of_copy<'a>(copied: &Copied<'a>) -> Vec<Leak<'a>> {
    let alone = copied.sources.len() == 1 && copied.instruction.heredocs.is_empty();
    let named = copied
        .sources
        .iter()
        .filter(|(path, _)| is_secret_file(path));
    named
        .map(|(path, place)| Leak {
            what: What::Copied {
                path: path.clone(),
                word: place.span,
                alone,
            },
            place: place.clone(),
            instruction: copied.instruction,
        })
        .collect()
}

/// Which stages go into the one that is shipped, as far as folders that are copied from them cover what lies at a path there.
pub fn reaches(file: &Dockerfile, shipped: &Stage, stage: usize, path: Option<&str>) -> bool {
    reaches_within(file, shipped, stage, path, file.stages.len())
}

fn reaches_within(
    file: &Dockerfile,
    shipped: &Stage,
    stage: usize,
    path: Option<&str>,
    depth: usize,
) -> bool {
    if file.lineage(shipped).any(|own| own.index == stage) {
        return true;
    }
    if depth == 0 {
        return false;
    }
    file.copies(shipped).iter().any(|copied| {
        let Some(super::From::Stage(from)) = copied.from else {
            return false;
        };
        let covers = |source: &str| {
            let source = source.trim_end_matches('/');
            let path = path.unwrap_or_default();
            path == source
                || path
                    .strip_prefix(source)
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        let taken = path.is_none() || copied.sources.iter().any(|(source, _)| covers(source));
        let Some(other) = file.stages.get(from) else {
            return false;
        };
        taken && reaches_within(file, other, stage, path, depth - 1)
    })
}

/// RUNs of a stage that name a variable, or run a program that may.
pub fn runs_with<'a>(stage: &'a Stage, variable: &str) -> Vec<&'a Instruction> {
    let names = |run: &&Instruction| match &run.arguments {
        Arguments::Run(read) => {
            let words = read.script.commands.iter().flat_map(|command| {
                let assigned = command.assignments.iter().map(|set| &set.value);
                command.words.iter().chain(assigned)
            });
            let mut variables = words.flat_map(|word| &word.variables);
            variables.any(|known| known.name == variable)
        }
        _ => false,
    };
    stage.all(Keyword::Run).filter(names).collect()
}
