//! Command lines of images and services, in the order in which a container gets their words.

use std::path::Path;
use std::sync::Arc;

use super::{Arg, Form, Line, is_plain};
use crate::model::compose::{self, Service};
use crate::model::dockerfile::{Dockerfile, Launch, Stage};
use crate::rule::{Owner, Place};
use crate::syntax::origin::Origin;
use crate::syntax::shell::{self, Command, Inside};
use crate::syntax::yaml::Style;

const IN_STAGE: &str = "it is written in a stage that others may be made from, too";
const IN_ANCHOR: &str = "it is written in an anchor that others may use, too";
const ELSEWHERE: &str = "a part of the command is written in another file";
const ESCAPED: &str = "the script is written with escapes";

/// What one instruction or key says.
#[derive(Debug, Default)]
struct Said {
    /// The words of an exec form; empty for a shell form.
    words: Vec<Arg>,
    /// The commands of a shell form, or of the scripts that its words hold.
    inner: Vec<Line>,
}

/// The commands that a stage runs by its `ENTRYPOINT` and `CMD`.
pub fn of_image(file: &Dockerfile, stage: &Stage) -> Vec<Line> {
    let said = |launch: Launch| {
        let own = stage.instructions.contains(launch.instruction);
        of_launch(&launch, (!own).then_some(IN_STAGE))
    };
    joined(file.entrypoint(stage).map(said), file.cmd(stage).map(said))
}

/// The commands that a service runs: `entrypoint` and `command`, and what its image says where the service says nothing.
/// `image` is the stage that is built, in the file at its path.
pub fn of_service(
    service: &Service,
    image: Option<(&Arc<Path>, &Dockerfile, &Stage)>,
) -> Vec<Line> {
    let from_image = |launch: Launch, path: &Arc<Path>| {
        let mut said = of_launch(&launch, Some(ELSEWHERE));
        said.words.iter_mut().for_each(|arg| locate(arg, path));
        said.inner
            .iter_mut()
            .flat_map(|line| &mut line.args)
            .for_each(|arg| locate(arg, path));
        said
    };
    let entrypoint = match &service.entrypoint {
        Some(command) => Some(of_command(command)),
        None => image.and_then(|(path, file, stage)| {
            let launch = file.entrypoint(stage)?;
            Some(from_image(launch, path))
        }),
    };
    let command = match (&service.command, &service.entrypoint) {
        (Some(command), _) => Some(of_command(command)),
        // An entrypoint takes the image's command away.
        (None, Some(_)) => None,
        (None, None) => image.and_then(|(path, file, stage)| {
            let launch = file.cmd(stage)?;
            Some(from_image(launch, path))
        }),
    };
    joined(entrypoint, command)
}

/// Let places of a file's model say in which file they lie.
pub fn in_file(place: Place, path: &Arc<Path>) -> Place {
    match place.owner {
        Owner::Nth(chunk) => Place {
            owner: Owner::In(path.clone(), chunk),
            ..place
        },
        _ => place,
    }
}

fn locate(arg: &mut Arg, path: &Arc<Path>) {
    arg.place = in_file(arg.place.clone(), path);
}

fn joined(entrypoint: Option<Said>, command: Option<Said>) -> Vec<Line> {
    let entrypoint = entrypoint.unwrap_or_default();
    let shell_form = entrypoint.words.is_empty() && !entrypoint.inner.is_empty();
    // What follows an entrypoint that a shell reads is not passed on.
    let command = command.filter(|_| !shell_form).unwrap_or_default();
    let split = entrypoint.words.len();
    let args = [entrypoint.words, command.words].concat();
    let mut lines = Vec::new();
    let words: Vec<_> = args.iter().map(Arg::word).collect();
    if let Some(script) = shell::script(&words)
        && (1..=script).contains(&split)
        && let Some(arg) = args.get(script)
    {
        lines.extend(of_script(arg));
    }
    if !args.is_empty() {
        lines.push(Line {
            args,
            assignments: Vec::new(),
            optional: false,
        });
    }
    lines.extend(entrypoint.inner);
    lines.extend(command.inner);
    lines
}

/// The commands of a script that is an argument.
fn of_script(arg: &Arg) -> Vec<Line> {
    let (origin, frozen) = match arg.inside() {
        Some(start) => (Origin::at(start), arg.frozen),
        None => (
            Origin::at(arg.place.span.start as usize),
            arg.frozen.or(Some(ESCAPED)),
        ),
    };
    let script = shell::read(&arg.text, &origin);
    let place = |span| Place {
        owner: arg.place.owner.clone(),
        span,
    };
    of_commands(&script.commands, &place, arg.group, frozen)
}

fn of_launch(launch: &Launch, frozen: Option<&'static str>) -> Said {
    let place = |span| launch.instruction.place(span);
    let group = launch.instruction.span.start;
    let exec = launch.words().is_some();
    let commands = launch.commands();
    let words = launch.words().unwrap_or_default().iter();
    Said {
        words: words
            .map(|word| Arg {
                text: word.text.clone(),
                by_default: Some(word.text.clone()),
                dynamic: false,
                place: place(word.span),
                form: Form::Json,
                plain: is_plain(&word.text),
                group,
                frozen,
            })
            .collect(),
        inner: of_commands(
            commands.get(usize::from(exec)..).unwrap_or_default(),
            &place,
            group,
            frozen,
        ),
    }
}

fn of_command(command: &compose::Command) -> Said {
    let shared = command.used.as_ref().map(|_| IN_ANCHOR);
    let words = command.words.iter().map(|word| {
        let used = word.text.used.as_ref().map(|_| IN_ANCHOR);
        let default = word.text.expanded();
        let quoted = word.value != word.text.value();
        Arg {
            text: word.value.clone(),
            by_default: match quoted && default.is_some() && !word.value.contains('$') {
                true => Some(word.value.clone()),
                false => default,
            },
            dynamic: word.value.contains('$'),
            place: match &word.item {
                Some(item) => item.place.clone(),
                None => word.text.place.clone(),
            },
            form: match &word.item {
                Some(item) => Form::Item(item.clone()),
                None => Form::Word,
            },
            plain: is_plain(&word.value) && !word.text.raw.contains("$$"),
            group: command.place.span.start,
            frozen: match (command.form, &word.item) {
                (compose::Form::List, None) => Some("the list is written in an unusual layout"),
                _ => elsewhere(&word.text.place).or(shared).or(used),
            },
        }
    });
    let words: Vec<Arg> = words.collect();
    let shells: Vec<_> = words.iter().map(Arg::word).collect();
    let script = shell::script(&shells);
    let inner = script.and_then(|at| command.words.get(at));
    Said {
        inner: inner.map_or_else(Vec::new, |word| {
            of_text(word, elsewhere(&word.text.place).or(shared))
        }),
        words,
    }
}

/// Why a place is not edited that lies in another file.
fn elsewhere(place: &Place) -> Option<&'static str> {
    matches!(place.owner, Owner::In(..)).then_some(ELSEWHERE)
}

/// The commands of a script that is a word of compose.
fn of_text(word: &compose::Word, frozen: Option<&'static str>) -> Vec<Line> {
    let text = &word.text;
    let raw = text.raw.as_str();
    let quote = raw.chars().next().filter(|c| matches!(c, '"' | '\''));
    let inner = quote
        .filter(|_| word.item.is_none())
        .and_then(|quote| raw.strip_prefix(quote)?.strip_suffix(quote));
    let escapes = |part: &str| match text.style {
        Style::Plain | Style::Literal | Style::Folded => false,
        Style::Single => part.contains("''"),
        Style::Double => part.contains('\\'),
    };
    let (script, start, exact) = match inner {
        Some(inner) => {
            let exact = !escapes(inner) && !inner.contains(['\\', '"', '\'']);
            (inner, 1, exact)
        }
        None => (raw, 0, !escapes(raw)),
    };
    let frozen = frozen.or(text.used.as_ref().map(|_| IN_ANCHOR));
    let start = text.place.span.start as usize + start;
    let (script, frozen) = match exact {
        true => (script, frozen),
        false => (word.value.as_str(), frozen.or(Some(ESCAPED))),
    };
    let read = match exact {
        true => shell::read(script, &Origin::at(start)),
        false => shell::read(script, &Origin::default()),
    };
    let place = |span| match exact {
        true => Place {
            owner: text.place.owner.clone(),
            span,
        },
        false => text.place.clone(),
    };
    of_commands(&read.commands, &place, start as u32, frozen)
}

fn of_commands(
    commands: &[Command],
    place: &dyn Fn(crate::text::Span) -> Place,
    group: u32,
    frozen: Option<&'static str>,
) -> Vec<Line> {
    let set = |command: &Command| {
        let assigned = command.assignments.iter();
        let assigned = assigned.map(|set| (set.name.clone(), set.value.by_default()));
        // `export NAME=value`, `env NAME=value command`.
        let words = command.words.iter().filter_map(|word| {
            let (name, value) = word.text.split_once('=')?;
            let known = word.dynamic.is_none().then(|| value.to_owned());
            (!name.starts_with('-')).then(|| (name.to_owned(), known))
        });
        assigned.chain(words).collect::<Vec<_>>()
    };
    let assignments: Vec<_> = commands.iter().flat_map(set).collect();
    let run = commands.iter().filter(|command| {
        !command.words.is_empty() && !command.inside.contains(&Inside::Condition)
    });
    run.map(|command| Line {
        args: command
            .words
            .iter()
            .map(|word| Arg {
                text: word.text.clone(),
                by_default: word.by_default(),
                dynamic: word.dynamic.is_some(),
                place: place(word.span),
                form: Form::Word,
                plain: is_plain(&word.text),
                group,
                frozen,
            })
            .collect(),
        assignments: assignments.clone(),
        optional: command
            .inside
            .iter()
            .any(|inside| matches!(inside, Inside::Branch | Inside::Function)),
    })
    .collect()
}
