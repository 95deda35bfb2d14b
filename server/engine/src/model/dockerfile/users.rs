//! Users that a stage makes, and programs by which it leaves root.

use super::{Dockerfile, Instruction, Keyword, Stage};
use crate::rule::Place;
use crate::syntax::shell::{Command, base};

/// A user that a RUN makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made<'a> {
    pub name: &'a str,
    pub place: Place,
    pub instruction: &'a Instruction,
}

impl Dockerfile {
    /// The users that the stage, and those that it is made from, make with `useradd` or `adduser`, in order.
    pub fn made_users<'a>(&'a self, stage: &'a Stage) -> Vec<Made<'a>> {
        let mut stages: Vec<&Stage> = self.lineage(stage).collect();
        stages.reverse();
        let commands = stages.into_iter().flat_map(|stage| self.commands(stage));
        let made = commands.filter_map(|(instruction, command)| {
            let word = made(command)?;
            let name = command.argv()[word].fixed()?;
            Some(Made {
                name,
                place: instruction.place(command.argv()[word].span),
                instruction,
            })
        });
        made.collect()
    }

    /// The program by which the container's start leaves root, with the place that names it: in what is launched, or put into
    /// the image by the stage or one that it is made from. What a script that is copied does cannot be seen.
    pub fn leaves_root<'a>(&'a self, stage: &'a Stage) -> Option<(&'a str, Place)> {
        let launches = [self.entrypoint(stage), self.cmd(stage)];
        for launch in launches.into_iter().flatten() {
            for command in launch.commands() {
                let word = command.words.iter().find(|word| {
                    let name = base(&word.text);
                    DROPPERS.contains(&name) || SWITCHERS.contains(&name)
                });
                // `sudo` and `su` lead up as well: without a user they lead to root.
                if let Some(word) = word.filter(|word| is_downwards(command, &word.text)) {
                    return Some((base(&word.text), launch.instruction.place(word.span)));
                }
            }
            let init = launch.words().and_then(|words| words.first());
            let init = init.filter(|word| matches!(word.text.as_str(), "/init" | "/sbin/my_init"));
            if let Some(word) = init {
                return Some((&word.text, launch.instruction.place(word.span)));
            }
        }
        self.instructions(stage)
            .into_iter()
            .find_map(|instruction| {
                put(instruction).map(|(name, span)| (name, instruction.place(span)))
            })
    }
}

/// Programs that do nothing else.
const DROPPERS: &[&str] = &[
    "gosu",
    "su-exec",
    "setpriv",
    "s6-setuidgid",
    "setuidgid",
    "chpst",
    "s6-applyuidgid",
    "s6-svscan",
    "setuser",
];
const SWITCHERS: &[&str] = &[
    "su",
    "runuser",
    "sudo",
    "doas",
    "start-stop-daemon",
    "capsh",
];

fn is_downwards(command: &Command, word: &str) -> bool {
    let name = base(word);
    if DROPPERS.contains(&name) {
        return true;
    }
    let words = command.words.iter().map(|word| word.text.as_str());
    let mut rest = words.skip_while(|text| *text != word).skip(1);
    match name {
        "sudo" | "doas" => rest.any(|text| text.starts_with("-u") || text.starts_with("--user")),
        "su" => rest.any(|text| {
            !text.starts_with('-') && text != "root" && text.len() > 1 && !text.contains(' ')
        }),
        _ => rest.any(|text| text.contains("user") || text.contains("-u") || text.contains("-c")),
    }
}

/// What an instruction puts into the image so that a script can leave root.
fn put(instruction: &Instruction) -> Option<(&str, crate::text::Span)> {
    let named = |text: &str| {
        let known = NAMED.iter().find(|known| text.contains(*known))?;
        // `gosu` in `gosub` is none.
        let at = text.find(known)?;
        let after = text[at + known.len()..].chars().next();
        let before = text[..at].chars().next_back();
        let whole = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
        (whole(after) && whole(before)).then_some(*known)
    };
    match instruction.keyword {
        Keyword::Run => {
            let commands = instruction.run()?.script.commands.iter();
            let mut words = commands.flat_map(|command| &command.words);
            words.find_map(|word| Some((named(&word.text)?, word.span)))
        }
        Keyword::Copy | Keyword::Add => {
            let flags = instruction.flags.iter();
            let mut flags =
                flags.filter_map(|flag| Some((named(flag.value.as_deref()?)?, flag.span)));
            let words = instruction.words().iter();
            flags.next().or_else(|| {
                let mut words = words.filter_map(|word| Some((named(&word.written)?, word.span)));
                words.next()
            })
        }
        _ => None,
    }
}

/// Names in packages, addresses and paths.
const NAMED: &[&str] = &["gosu", "su-exec", "s6-overlay", "setpriv", "s6-setuidgid"];

/// Which word of `argv` names the user that a command makes.
fn made(command: &Command) -> Option<usize> {
    let words = command.argv();
    let name = base(&words.first()?.text);
    let valued: &[&str] = match name {
        "useradd" => &[
            "-b",
            "-c",
            "-d",
            "-e",
            "-f",
            "-g",
            "-G",
            "-k",
            "-K",
            "-p",
            "-P",
            "-R",
            "-s",
            "-u",
            "-Z",
            "--base-dir",
            "--comment",
            "--home-dir",
            "--home",
            "--expiredate",
            "--inactive",
            "--gid",
            "--groups",
            "--skel",
            "--key",
            "--password",
            "--prefix",
            "--root",
            "--shell",
            "--uid",
            "--selinux-user",
        ],
        // Debian's and busybox's, of which one option differs: `-G` and `-g` take a value in both where they are used.
        "adduser" => &[
            "-h",
            "-g",
            "-s",
            "-G",
            "-u",
            "-k",
            "--home",
            "--shell",
            "--uid",
            "--gid",
            "--ingroup",
            "--gecos",
            "--comment",
            "--firstuid",
            "--lastuid",
            "--conf",
            "--ugid",
        ],
        _ => return None,
    };
    let mut at = 1;
    while let Some(word) = words.get(at) {
        let text = word.text.as_str();
        if !text.starts_with('-') || text == "-" {
            // `adduser user group` adds to a group; whoever it is was made before.
            return Some(at);
        }
        // A cluster ends with the one that takes a value: `-mu 1000`, `-DHh /app`.
        let cluster = !text.starts_with("--")
            && text
                .chars()
                .next_back()
                .is_some_and(|last| valued.contains(&&*format!("-{last}")));
        at += 1 + usize::from(cluster || valued.contains(&text));
    }
    None
}
