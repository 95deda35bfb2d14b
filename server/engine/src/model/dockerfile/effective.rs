//! What holds at the end of a stage, through the stages that it is made from.

use super::{Arguments, Dockerfile, Instruction, Keyword, Scope, Stage};
use crate::rule::Place;
use crate::syntax::dockerfile::Run;
use crate::syntax::shell::{Command, Word as ShellWord};

/// The last `USER`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User<'a> {
    /// `app`, `1000`; `None` where a variable in it is not known.
    pub name: Option<String>,
    /// `None` also where a variable is not known.
    pub group: Option<String>,
    pub written: &'a str,
    /// Of its argument.
    pub place: Place,
    pub instruction: &'a Instruction,
}

impl User<'_> {
    /// Whether it is root; `None` where that is not known.
    pub fn is_root(&self) -> Option<bool> {
        let name = self.name.as_deref()?;
        let numeric = !name.is_empty() && name.bytes().all(|byte| byte == b'0');
        let windows = name.eq_ignore_ascii_case("ContainerAdministrator")
            || name.eq_ignore_ascii_case("Administrator");
        Some(name == "root" || numeric || windows)
    }
}

/// The working directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workdir {
    /// Absolute, without a slash at its end; `None` where it rests on what is not known: a variable, or the image's own.
    pub path: Option<String>,
    /// The arguments of every `WORKDIR` that it is made of.
    pub places: Vec<Place>,
}

/// A variable of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable<'a> {
    pub name: String,
    /// `None` where it is not known.
    pub value: Option<String>,
    /// Of name and value.
    pub place: Place,
    pub instruction: &'a Instruction,
}

/// What an `ENTRYPOINT` or a `CMD` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch<'a> {
    pub run: &'a Run,
    /// `/bin/sh -c`, or what `SHELL` says: what reads a shell form.
    pub shell: Vec<String>,
    pub place: Place,
    pub instruction: &'a Instruction,
}

impl<'a> Launch<'a> {
    /// The words of an exec form; `None` for a shell form.
    pub fn words(&self) -> Option<&'a [ShellWord]> {
        let first = self.run.script.commands.first();
        self.run
            .exec
            .then(|| first.map_or(&[][..], |command| &command.words))
    }
    /// The commands that it runs, those of scripts within it too. None where the shell is one that is not read.
    pub fn commands(&self) -> &'a [Command] {
        match self.run.exec || is_posix(&self.shell) {
            true => &self.run.script.commands,
            false => &[],
        }
    }
    /// Nothing is launched: `CMD []`.
    pub fn is_empty(&self) -> bool {
        self.run.script.commands.is_empty()
    }
}

/// Whether a shell's text is read as one: `SHELL ["powershell", …]` is not.
fn is_posix(shell: &[String]) -> bool {
    let name = shell.first().map(|name| crate::syntax::shell::base(name));
    let name = name.map(|name| name.trim_end_matches(".exe").to_ascii_lowercase());
    !matches!(name.as_deref(), Some("powershell" | "pwsh" | "cmd"))
}

impl Dockerfile {
    /// The last `USER`; `None` leaves it to the image.
    pub fn user<'a>(&'a self, stage: &'a Stage) -> Option<User<'a>> {
        let mut user = None;
        self.walk(stage, |instruction, scope| {
            if instruction.keyword == Keyword::User
                && let Some(word) = instruction.words().first()
            {
                let text = scope.expand(word);
                let (name, group) = match text.as_deref().map(|text| text.split_once(':')) {
                    Some(Some((name, group))) => (Some(name.to_owned()), Some(group.to_owned())),
                    Some(None) => (text, None),
                    None => (None, None),
                };
                user = Some(User {
                    name,
                    group,
                    written: &word.written,
                    place: instruction.place(word.span),
                    instruction,
                });
            }
        });
        user
    }

    /// `None` leaves it to the image.
    pub fn workdir(&self, stage: &Stage) -> Option<Workdir> {
        let mut workdir = None;
        self.walk(stage, |instruction, scope| {
            enter(&mut workdir, instruction, scope);
        });
        workdir
    }

    /// Every `ENV` in force, in the order of the first mention; the last one of a name counts.
    pub fn env<'a>(&'a self, stage: &'a Stage) -> Vec<Variable<'a>> {
        let mut variables: Vec<Variable> = Vec::new();
        self.walk(stage, |instruction, scope| {
            if instruction.keyword != Keyword::Env {
                return;
            }
            for pair in instruction.pairs() {
                let Some(name) = pair.name.fixed() else {
                    continue;
                };
                let variable = Variable {
                    value: pair.value.as_ref().and_then(|value| scope.expand(value)),
                    place: instruction.place(pair.span),
                    instruction,
                    name,
                };
                match variables
                    .iter_mut()
                    .find(|known| known.name == variable.name)
                {
                    Some(known) => *known = variable,
                    None => variables.push(variable),
                }
            }
        });
        variables
    }

    /// `None` leaves it to the image.
    pub fn entrypoint<'a>(&'a self, stage: &'a Stage) -> Option<Launch<'a>> {
        self.launches(stage).0
    }

    /// What follows the entrypoint, or is run where there is none. An `ENTRYPOINT` resets the image's own, and that of a stage
    /// it is made from; `None` where it did, and where it is left to the image.
    pub fn cmd<'a>(&'a self, stage: &'a Stage) -> Option<Launch<'a>> {
        self.launches(stage).1
    }

    /// What reads shell forms at the end of the stage.
    pub fn shell(&self, stage: &Stage) -> Vec<String> {
        let mut lineage = self.lineage(stage);
        let last = lineage.find_map(|stage| stage.all(Keyword::Shell).next_back());
        last.map_or_else(default_shell, words)
    }

    /// The RUN commands of the stage itself, with the instruction that each stands in; none of a shell that is not read.
    pub fn commands<'a>(&'a self, stage: &'a Stage) -> Vec<(&'a Instruction, &'a Command)> {
        let base = self.base_of(stage);
        let mut read = base.is_none_or(|base| is_posix(&self.shell(base)));
        let mut commands = Vec::new();
        for instruction in &stage.instructions {
            match (&instruction.arguments, instruction.keyword) {
                (Arguments::Run(run), Keyword::Run) if read || run.exec => {
                    commands.extend(
                        run.script
                            .commands
                            .iter()
                            .map(|command| (instruction, command)),
                    );
                }
                (_, Keyword::Shell) => read = is_posix(&words(instruction)),
                _ => {}
            }
        }
        commands
    }

    fn launches<'a>(&'a self, stage: &'a Stage) -> (Option<Launch<'a>>, Option<Launch<'a>>) {
        let (mut entrypoint, mut cmd) = (None, None);
        let mut shell = default_shell();
        let mut stages: Vec<&Stage> = self.lineage(stage).collect();
        stages.reverse();
        for stage in stages {
            // A CMD of the same stage stands, whether it comes before or behind the ENTRYPOINT.
            let mut own = false;
            for instruction in &stage.instructions {
                let launch = || {
                    let Arguments::Run(run) = &instruction.arguments else {
                        return None;
                    };
                    Some(Launch {
                        run,
                        shell: shell.clone(),
                        place: instruction.place(run.span),
                        instruction,
                    })
                };
                match instruction.keyword {
                    Keyword::Entrypoint => {
                        entrypoint = launch();
                        if !own {
                            cmd = None;
                        }
                    }
                    Keyword::Cmd => {
                        cmd = launch();
                        own = true;
                    }
                    Keyword::Shell => shell = words(instruction),
                    _ => {}
                }
            }
        }
        (entrypoint, cmd)
    }
}

fn default_shell() -> Vec<String> {
    vec!["/bin/sh".into(), "-c".into()]
}

fn words(instruction: &Instruction) -> Vec<String> {
    let words = instruction.words().iter();
    words
        .map(|word| word.fixed().unwrap_or_else(|| word.written.clone()))
        .collect()
}

/// Follow a `WORKDIR`.
pub(super) fn enter(workdir: &mut Option<Workdir>, instruction: &Instruction, scope: &Scope) {
    if instruction.keyword != Keyword::Workdir {
        return;
    }
    let Some(word) = instruction.words().first() else {
        return;
    };
    let place = instruction.place(word.span);
    let path = scope.expand(word);
    let absolute = path.as_deref().is_some_and(is_absolute);
    let before = workdir.take();
    *workdir = Some(match (before, absolute) {
        (Some(before), false) => Workdir {
            path: path.and_then(|path| Some(resolve(before.path.as_deref()?, &path))),
            places: before.places.into_iter().chain([place]).collect(),
        },
        (_, absolute) => Workdir {
            path: path.filter(|_| absolute).map(|path| resolve("/", &path)),
            places: vec![place],
        },
    });
}

pub(super) fn is_absolute(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':');
    path.starts_with(['/', '\\']) || drive
}

/// A path seen from a folder, without `.`, `..` and slashes at its end.
pub(super) fn resolve(folder: &str, path: &str) -> String {
    if path.as_bytes().get(1) == Some(&b':') || folder.as_bytes().get(1) == Some(&b':') {
        // Windows: joined, but not made shorter.
        return match is_absolute(path) {
            true => path.to_owned(),
            false => format!("{}\\{path}", folder.trim_end_matches(['\\', '/'])),
        };
    }
    let folder = if path.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}
