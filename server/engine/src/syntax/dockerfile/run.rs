//! Command lines: what a RUN, CMD or ENTRYPOINT runs.

use std::ops::Range;

use super::json::Array;
use super::{Heredoc, Logical, Run};
use crate::syntax::origin::Origin;
use crate::syntax::shell::{self, Command, Inside, Script};

pub(super) fn read(
    logical: &Logical,
    range: Range<usize>,
    array: Array,
    heredocs: &[Heredoc],
) -> Run {
    let span = logical.span(range.clone());
    if let Array::Strings(items) = array {
        let words = items
            .into_iter()
            .map(|item| (item.text, item.span, item.origin));
        return Run {
            exec: true,
            span,
            script: shell::exec(words.collect()),
        };
    }
    let text = &logical.text[range.clone()];
    let mut origin = Origin::default();
    let mut last = None;
    for (at, _) in text.char_indices() {
        let there = logical.origin.of(range.start + at);
        if last != Some(there) {
            origin.add(at, there);
        }
        last = Some(there);
    }
    let mut script = shell::read(text, &origin);
    for heredoc in heredocs {
        body(logical, heredoc, &mut script);
    }
    Run {
        exec: false,
        span,
        script,
    }
}

/// Add the commands of a body that a shell reads: `RUN <<EOF`, `RUN bash <<EOF`.
fn body(logical: &Logical, heredoc: &Heredoc, script: &mut Script) {
    let by = script.commands.iter().position(|command| {
        let marks = command.redirections.iter();
        let mut marks = marks.filter(|redirection| redirection.operator.starts_with("<<"));
        marks.any(|mark| {
            heredoc.mark.start <= mark.target.span.start && mark.target.span.end <= heredoc.mark.end
        })
    });
    let command = by.map(|at| &script.commands[at]);
    let alone = command.is_some_and(|command| command.words.is_empty());
    let text = &logical.chunk[heredoc.body.range()];
    let interpreter = text.strip_prefix("#!").map(|rest| {
        let line = rest.lines().next().unwrap_or_default();
        let mut words = line
            .split_whitespace()
            .filter(|word| shell::base(word) != "env" && !word.starts_with('-'));
        shell::base(words.next().unwrap_or_default()).to_owned()
    });
    let read = match alone {
        true => interpreter.as_deref().is_none_or(is_shell),
        false => command.is_some_and(reads_script),
    };
    if !read {
        return;
    }
    let found = shell::read(text, &Origin::at(heredoc.body.start as usize));
    script.open |= found.open;
    script
        .commands
        .extend(found.commands.into_iter().map(|mut command| {
            if !alone {
                command.inside.insert(0, Inside::Script);
            }
            command
        }));
}

fn is_shell(name: &str) -> bool {
    matches!(name, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh")
}

/// A shell without a file to read.
fn reads_script(command: &Command) -> bool {
    let options = |word: &shell::Word| word.text.starts_with(['-', '+']) || word.text == "pipefail";
    is_shell(command.name()) && command.argv()[1..].iter().all(options)
}
