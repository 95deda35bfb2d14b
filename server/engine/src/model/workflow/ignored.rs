//! Where a failure is ignored: `continue-on-error`, `|| true`, `set +e`, a pipe, options that always succeed.

use crate::model::compose::Text;
use crate::model::compose::reader::{Fields, Ref};
use crate::rule::Place;
use crate::syntax::shell::{Command, Inside, Joint, Script};
use crate::text::Span;

use super::evidence::Deed;
use super::{Edit, Step, What, edit};

/// A place that lets a step succeed whatever it finds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ignored {
    pub way: Way,
    pub place: Place,
    /// Which deed of the step it is about; `None` for all.
    pub deed: Option<usize>,
    /// Takes it away.
    pub edit: Edit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// `continue-on-error: true`
    Continues,
    /// `|| true` and its kin.
    Or,
    /// `set +e`
    Set,
    /// `--exit-zero` and its kin.
    Option,
    /// `| tee`, in a shell without `pipefail`.
    Pipe,
}

/// `continue-on-error: true` of a job or a step.
pub(super) fn continues(
    node: &Ref,
    fields: &Fields,
    place: &dyn Fn(&Ref, Span) -> Place,
) -> Option<Ignored> {
    let pair = fields.pair("continue-on-error")?;
    let value = pair.value.as_ref()?.scalar()?;
    let value: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    matches!(&*value.to_ascii_lowercase(), "true" | "${{true}}").then(|| Ignored {
        way: Way::Continues,
        place: place(&pair.key, pair.entry.span),
        deed: None,
        edit: match pair.own {
            true => edit::without(node, pair.entry, place),
            false => Edit::Obstacle("an anchor holds it, which others may use"),
        },
    })
}

/// Inputs of an action that let it succeed.
pub(super) fn inputs(deeds: &[Deed], input: impl Fn(&str) -> Option<Text>) -> Option<Ignored> {
    let at = deeds
        .iter()
        .position(|deed| matches!(deed.what, What::Scan { .. }))?;
    let quiet = |(key, quiet, loud): (&str, &str, &'static str)| {
        let text = input(key)?;
        (text.value() == quiet).then_some((text, loud))
    };
    let known = [
        ("exit-code", "0", "1"),
        ("soft_fail", "true", "false"),
        ("fail-build", "false", "true"),
    ];
    let (text, loud) = known.into_iter().find_map(quiet)?;
    Some(Ignored {
        way: Way::Option,
        place: text.place.clone(),
        deed: Some(at),
        edit: Edit::Pieces(vec![(text.place, loud.into())]),
    })
}

/// What a script does to that end. `whole` is the text of its chunk; `pipes` says how a step is given a shell with
/// `pipefail`, where its shell has none.
pub(super) fn in_script(
    script: &Script,
    deeds: &[Deed],
    run: &Text,
    whole: &str,
    pipes: Option<Edit>,
) -> Vec<Ignored> {
    let mut found = Vec::new();
    for (at, deed) in deeds.iter().enumerate() {
        let Some(index) = deed.command.filter(|_| deed.may_fail()) else {
            continue;
        };
        let place = |span: Span| Place {
            owner: run.place.owner.clone(),
            span,
        };
        let pipes = pipes.as_ref();
        let mut add = |way, span, edit| {
            found.push(Ignored {
                way,
                place: place(span),
                deed: Some(at),
                edit,
            });
        };
        if let Some(span) = exit_zero(&script.commands[index]) {
            let blank = whole[..span.start as usize]
                .trim_end_matches([' ', '\t'])
                .len();
            let edit = match whole[..blank].ends_with(['\n', '\\']) {
                true => Edit::Obstacle("it stands on a line of its own"),
                false => Edit::Pieces(vec![(
                    place(Span::new(blank, span.end as usize)),
                    String::new(),
                )]),
            };
            add(Way::Option, span, edit);
        }
        match after(&script.commands, index) {
            After::Or(..) if is_judged_later(script, deeds, at) => {}
            After::Or(first, last) => {
                let (span, cut) = or(&script.commands, first, last, whole);
                let edit = match cut {
                    Some(cut) => Edit::Pieces(vec![(place(cut), String::new())]),
                    None => Edit::Obstacle("its layout leaves no way to cut it out"),
                };
                add(Way::Or, span, edit);
            }
            After::Piped(last) if !has_pipefail(script, index) => {
                if let Some(edit) = pipes.filter(|_| passes(&script.commands[last])) {
                    add(Way::Pipe, script.commands[last].span, edit.clone());
                }
            }
            After::Piped(_) | After::Handled => {}
            After::Plain { more } => {
                if let Some(set) =
                    unset(script, index).filter(|_| more && !asks(script, index, whole))
                {
                    add(Way::Set, set.span, line(whole, set.span, &place));
                }
            }
        }
    }
    found
}

impl Deed {
    /// Whether it tells of flaws by failing.
    fn may_fail(&self) -> bool {
        matches!(
            self.what,
            What::Test(_) | What::Scan { .. } | What::Calls(_)
        )
    }
}

/// Whether the same tool runs again in a script, and what it says then is looked at: the first time was for people to read.
fn is_judged_later(script: &Script, deeds: &[Deed], at: usize) -> bool {
    let same = |deed: &&Deed| deed.shown == deeds[at].shown;
    let mut later = deeds[at + 1..].iter().filter(same);
    later.any(|deed| {
        let after = deed.command.map(|index| after(&script.commands, index));
        matches!(after, Some(After::Handled))
    })
}

/// What becomes of a command's failure.
enum After {
    /// Commands from here to there run in its place, and succeed.
    Or(usize, usize),
    /// It goes into a pipe whose last command this is.
    Piped(usize),
    /// Something looks at it.
    Handled,
    /// The shell decides; whether more commands follow.
    Plain { more: bool },
}

fn after(commands: &[Command], index: usize) -> After {
    let own = &commands[index];
    // What is substituted is kept, and looked at.
    let kept = own.inside.contains(&Inside::Substitution);
    if kept
        || own.inside.last() == Some(&Inside::Condition)
        || own.words.first().is_some_and(|w| w.text == "!")
    {
        return After::Handled;
    }
    let level = own.inside.len();
    let mut piped = None;
    // What is substituted, and what a shell is given, is told behind the command that has it.
    let held = |command: &Command| {
        let below = command.inside.get(level);
        command.inside.starts_with(&own.inside)
            && matches!(below, Some(Inside::Substitution | Inside::Script))
    };
    let rest = (index + 1..commands.len()).filter(|at| !held(&commands[*at]));
    for at in rest {
        let command = &commands[at];
        match command.joint {
            Joint::And => {}
            Joint::Pipe => piped = Some(at),
            Joint::Or => return alternative(commands, at, level),
            Joint::First | Joint::Then | Joint::Background => {
                let inner =
                    command.inside.len() > level && command.joint == Joint::Then && piped.is_some();
                if !inner {
                    return match piped {
                        Some(last) => After::Piped(last),
                        None => After::Plain { more: true },
                    };
                }
            }
        }
    }
    match piped {
        Some(last) => After::Piped(last),
        None => After::Plain { more: false },
    }
}

/// Whether what stands behind `||` lets a failure pass.
fn alternative(commands: &[Command], first: usize, level: usize) -> After {
    let depth = commands[first].inside.len();
    let grouped = depth > level
        && matches!(
            commands[first].inside[depth - 1],
            Inside::Group | Inside::Subshell
        );
    let members = match grouped {
        true => {
            let within = |command: &&Command| {
                command.inside.len() >= depth
                    && command.inside[..depth] == commands[first].inside[..]
            };
            commands[first..].iter().take_while(within).count()
        }
        false => 1,
    };
    let last = first + members - 1;
    let all = &commands[first..=last];
    let next = commands.get(last + 1).map(|next| next.joint);
    let goes_on = matches!(next, Some(Joint::And | Joint::Or | Joint::Pipe));
    let quiet = |command: &Command| {
        let asks = command.words.iter().any(|word| word.text.contains("$?"));
        let keeps = command
            .redirections
            .iter()
            .any(|to| to.target.text.contains("GITHUB_"));
        let argument = command.words.get(1).map_or("", |word| word.text.as_str());
        !asks
            && !keeps
            && match command.name() {
                "true" | ":" | "echo" | "printf" => true,
                "exit" => argument == "0",
                _ => false,
            }
    };
    match !goes_on && all.iter().all(quiet) {
        true => After::Or(first, last),
        false => After::Handled,
    }
}

/// From `||` to the end of what stands behind it; and what is cut out with that.
fn or(commands: &[Command], first: usize, last: usize, whole: &str) -> (Span, Option<Span>) {
    let (start, end) = (
        commands[first].span.start as usize,
        commands[last].span.end as usize,
    );
    let own = Span::new(start, end);
    let Some(bars) = whole[..start].rfind("||") else {
        return (own, None);
    };
    let opening = whole[bars + 2..start].trim();
    let closing = match opening {
        "" => Some(end),
        "{" | "(" => {
            let rest = whole[end..].trim_start_matches([' ', '\t', ';', '\n', '\r']);
            let wanted = if opening == "{" { '}' } else { ')' };
            rest.starts_with(wanted)
                .then(|| whole.len() - rest.len() + 1)
        }
        _ => None,
    };
    let Some(end) = closing else {
        return (own, None);
    };
    let mut before = whole[..bars].trim_end();
    if let Some(bare) = before.strip_suffix('\\') {
        before = bare.trim_end();
    }
    (Span::new(bars, end), Some(Span::new(before.len(), end)))
}

/// Whether a command at the end of a pipe succeeds whatever it reads.
fn passes(command: &Command) -> bool {
    matches!(
        command.name(),
        "tee" | "cat" | "ts" | "tail" | "head" | "sed" | "awk" | "tr" | "nl"
    )
}

fn sets(command: &Command, with: &str) -> bool {
    command.name() == "set" && command.words.iter().any(|word| word.text.contains(with))
}

fn has_pipefail(script: &Script, index: usize) -> bool {
    let asked = |command: &Command| {
        command
            .words
            .iter()
            .any(|word| word.text.contains("PIPESTATUS"))
    };
    let behind = script.commands[index..].iter().any(|command| {
        asked(command)
            || command
                .assignments
                .iter()
                .any(|a| a.value.text.contains("PIPESTATUS"))
    });
    behind
        || script.commands[..index]
            .iter()
            .any(|command| sets(command, "pipefail"))
}

/// The `set +e` that holds for a command.
fn unset(script: &Script, index: usize) -> Option<&Command> {
    let own = &script.commands[index];
    let mut before = script.commands[..index].iter().rev();
    let set = before.find(|command| {
        let flags = command.words.get(1).map_or("", |word| word.text.as_str());
        command.name() == "set" && (flags.contains('e') || sets(command, "errexit"))
    })?;
    let off = set
        .words
        .get(1)
        .is_some_and(|word| word.text.starts_with('+'));
    (off && own.inside.starts_with(&set.inside)).then_some(set)
}

/// Whether a script looks at the end of a command.
fn asks(script: &Script, index: usize, whole: &str) -> bool {
    let start = script.commands[index].span.end as usize;
    let end = script
        .commands
        .iter()
        .map(|command| command.span.end as usize)
        .max();
    let rest = whole
        .get(start..end.unwrap_or(start).max(start))
        .unwrap_or_default();
    rest.contains("$?") || rest.contains("PIPESTATUS") || rest.contains("exit ")
}

/// Takes out the line of a command that stands there alone.
fn line(whole: &str, span: Span, place: &dyn Fn(Span) -> Place) -> Edit {
    let start = whole[..span.start as usize]
        .rfind('\n')
        .map_or(0, |at| at + 1);
    let end = span.end as usize;
    let behind = whole[end..].find('\n').map(|at| end + at + 1);
    let alone = whole[start..span.start as usize].trim().is_empty()
        && behind.is_some_and(|behind| whole[end..behind].trim().is_empty());
    match behind.filter(|_| alone) {
        Some(behind) => Edit::Pieces(vec![(place(Span::new(start, behind)), String::new())]),
        None => Edit::Obstacle("other commands stand on the same line"),
    }
}

/// An option with which a command succeeds whatever it finds.
fn exit_zero(command: &Command) -> Option<Span> {
    let words = command.argv();
    let quiet = |word: &&crate::syntax::shell::Word| {
        matches!(
            word.text.as_str(),
            "--exit-zero"
                | "-no-fail"
                | "--no-fail"
                | "--soft-fail"
                | "--exit-code=0"
                | "-Dmaven.test.failure.ignore=true"
                | "-Dmaven.test.failure.ignore"
        )
    };
    words.iter().find(quiet).map(|word| word.span)
}

/// Forget what is looked at later in the job, whose text is given.
pub(super) fn settle(steps: &mut [Step], job: &str) {
    for at in 0..steps.len() {
        if steps[at].ignored.is_empty() {
            continue;
        }
        let (head, later) = steps.split_at_mut(at + 1);
        let step = &mut head[at];
        let asked = |id: &String| {
            job.contains(&format!("steps.{id}.")) || job.contains(&format!("steps['{id}']"))
        };
        let outcome = step.id.as_ref().is_some_and(asked);
        let uses = |words: &[&str]| {
            later.iter().any(|step| {
                let uses = step
                    .uses
                    .as_ref()
                    .map(|uses| uses.value().to_ascii_lowercase());
                uses.is_some_and(|uses| words.iter().any(|word| uses.contains(word)))
            })
        };
        let reported = uses(&[
            "test-report",
            "publish-unit-test-result",
            "junit-report",
            "test-summary",
        ]);
        let alerts = uses(&["upload-sarif"]);
        let (script, deeds) = (&step.script, &step.deeds);
        let looked = |deed: &Deed| {
            let command = deed.command.and_then(|index| script.commands.get(index));
            let files = command.map_or_else(Vec::new, files_of);
            let own = script
                .commands
                .iter()
                .skip(deed.command.map_or(0, |index| index + 1));
            let mut own =
                own.flat_map(|command| command.words.iter().map(|word| word.text.as_str()));
            let mut reads = |name: &&String| {
                own.any(|word| word.contains(&***name))
                    || later.iter().any(|step| {
                        step.run
                            .as_ref()
                            .is_some_and(|run| run.raw.contains(&***name))
                    })
            };
            files.iter().any(|name| reads(&name))
        };
        step.ignored.retain(|ignored| {
            let deed = ignored.deed.and_then(|at| deeds.get(at));
            let scan = deeds
                .iter()
                .any(|deed| matches!(deed.what, What::Scan { .. }));
            let by_outcome = ignored.way == Way::Continues && outcome;
            !(by_outcome || !scan && reported || scan && alerts || deed.is_some_and(looked))
        });
    }
}

/// Names of the files that a command writes its findings to.
fn files_of(command: &Command) -> Vec<String> {
    let targets = command
        .redirections
        .iter()
        .filter(|to| to.operator.starts_with(['>', '&']));
    let targets = targets.map(|to| to.target.text.as_str());
    let words = command
        .words
        .iter()
        .map(|word| word.text.rsplit('=').next().unwrap_or_default());
    let written = words.filter(|word| {
        let ends = [".json", ".sarif", ".xml", ".txt", ".log", ".md"];
        ends.iter().any(|end| word.ends_with(end)) && !word.contains("requirements")
    });
    let names = targets
        .chain(written)
        .map(|name| name.rsplit('/').next().unwrap_or(name));
    names
        .filter(|name| !matches!(*name, "null" | "1" | "2" | ""))
        .map(str::to_owned)
        .collect()
}
