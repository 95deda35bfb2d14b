//! What a command runs, seen through what only starts it.

use super::{Command, Word};

impl Command {
    /// The name of the command that does the work, and its arguments: without `exec`, `env`, `sudo`, `tini --` and the like
    /// before it.
    pub fn argv(&self) -> &[Word] {
        argv(&self.words)
    }

    /// The last part of the path of what [`Command::argv`] starts with.
    pub fn name(&self) -> &str {
        self.argv().first().map_or("", |word| base(&word.text))
    }
}

/// The last part of a path.
pub fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// As [`Command::argv`], of words from elsewhere: an exec form.
pub fn argv(mut words: &[Word]) -> &[Word] {
    while let [first, rest @ ..] = words {
        let starter = base(&first.text);
        if !STARTERS.contains(&starter) {
            return words;
        }
        let mut after = options(starter, rest);
        if starter == "timeout" {
            after = after.get(1..).unwrap_or_default();
        }
        if after.is_empty() {
            return words;
        }
        words = after;
    }
    words
}

/// Commands that run another one as the same user sees it, or as root.
const STARTERS: &[&str] = &[
    "exec",
    "command",
    "builtin",
    "nohup",
    "setsid",
    "time",
    "sudo",
    "doas",
    "env",
    "tini",
    "dumb-init",
    "docker-init",
    "catatonit",
    "stdbuf",
    "unbuffer",
    "ionice",
    "nice",
    "timeout",
];

/// Behind the options of a starter, and the variables that it sets.
fn options<'a>(starter: &str, mut words: &'a [Word]) -> &'a [Word] {
    while let [word, rest @ ..] = words {
        let text = word.text.as_str();
        if text == "--" {
            return rest;
        }
        let set = matches!(starter, "env" | "sudo" | "doas") && text.contains('=');
        if !set && (text.len() < 2 || !text.starts_with('-')) {
            return words;
        }
        let value = usize::from(!set && takes_value(starter, text));
        words = rest.get(value..).unwrap_or_default();
    }
    words
}

/// Whether an option of a starter is followed by its value.
fn takes_value(starter: &str, option: &str) -> bool {
    let list: &[&str] = match starter {
        "exec" => &["-a"],
        "env" => &["-u", "-C"],
        "sudo" | "doas" => &["-u", "-g", "-h", "-p", "-C"],
        "nice" => &["-n"],
        "ionice" => &["-c", "-n", "-p"],
        "stdbuf" => &["-i", "-o", "-e"],
        "timeout" => &["-k", "-s"],
        "tini" => &["-p", "-e"],
        _ => &[],
    };
    list.contains(&option)
}

/// Which word of a command is a script that a shell is given.
pub fn script(words: &[Word]) -> Option<usize> {
    let skipped = words.len() - argv(words).len();
    let words = &words[skipped..];
    let (first, arguments) = words.split_first()?;
    let at = match base(&first.text) {
        "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "rbash" => of_shell(arguments)?,
        "su" => {
            let is = |word: &Word| matches!(word.text.as_str(), "-c" | "--command" | "-lc");
            arguments.iter().position(is)? + 1
        }
        // Both run what they are given; these hand it to a shell only if it is one.
        "gosu" | "su-exec" => {
            let inner = script(arguments.get(1..)?)?;
            inner + 1
        }
        _ => return None,
    };
    let at = skipped + 1 + at;
    (at < skipped + words.len()).then_some(at)
}

/// The argument behind `-c`.
fn of_shell(arguments: &[Word]) -> Option<usize> {
    let mut at = 0;
    while let Some(word) = arguments.get(at) {
        let text = word.text.as_str();
        let flags = text.strip_prefix(['-', '+'])?;
        at += 1;
        if flags.starts_with('-') {
            continue;
        }
        // `-o pipefail`, `-euo pipefail`.
        let valued = flags.ends_with('o');
        if text.starts_with('-') && flags.contains('c') {
            return Some(at + usize::from(valued));
        }
        at += usize::from(valued);
    }
    None
}
