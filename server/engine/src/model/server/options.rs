//! The options of a server's command line.

use super::{Arg, Kind};

/// `--workers 4`, `--workers=4`, `-w4`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opt {
    /// With its dashes, in its long form where both are known.
    pub name: String,
    /// Of its word.
    pub at: usize,
    pub value: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Of its word, which is the option's own in `--workers=4`.
    pub at: usize,
    pub text: String,
    /// The text when no variable is set; `None` where that is not known.
    pub by_default: Option<String>,
    pub dynamic: bool,
}

impl Opt {
    /// How many words it takes.
    pub fn words(&self) -> usize {
        match &self.value {
            Some(value) => value.at - self.at + 1,
            None => 1,
        }
    }
    pub fn is_inline(&self) -> bool {
        self.value.as_ref().is_some_and(|value| value.at == self.at)
    }
}

/// Options and other arguments from a word on.
pub(super) fn read(kind: Kind, args: &[Arg], from: usize) -> (Vec<Opt>, Vec<usize>) {
    let (mut options, mut others) = (Vec::new(), Vec::new());
    let mut at = from;
    while let Some(arg) = args.get(at) {
        let text = arg.text.as_str();
        let (name, inline) = split(text);
        if name.is_empty() {
            others.push(at);
            at += 1;
            continue;
        }
        let name = long(kind, name);
        let value = match inline {
            Some(inline) => {
                let cut = arg.text.len() - inline.len();
                let default = arg.by_default.as_ref();
                Some(Value {
                    at,
                    text: inline.to_owned(),
                    by_default: default.and_then(|text| text.get(cut..)).map(str::to_owned),
                    dynamic: arg.dynamic,
                })
            }
            None if is_flag(kind, name) => None,
            None => args.get(at + 1).map(|value| Value {
                at: at + 1,
                text: value.text.clone(),
                by_default: value.by_default.clone(),
                dynamic: value.dynamic,
            }),
        };
        let option = Opt {
            name: name.to_owned(),
            at,
            value,
        };
        at += option.words();
        options.push(option);
    }
    (options, others)
}

/// An option's name and the value that is written in the same word; an empty name for what is no option.
fn split(text: &str) -> (&str, Option<&str>) {
    if text.starts_with("--") && text.len() > 2 {
        return match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
    }
    let short = text
        .strip_prefix('-')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    match (short, text.get(2..)) {
        (true, Some("")) => (text, None),
        (true, Some(value)) => (&text[..2], Some(value.strip_prefix('=').unwrap_or(value))),
        _ => ("", None),
    }
}

fn long(kind: Kind, name: &str) -> &str {
    match (kind, name) {
        (Kind::Hypercorn, "-w") => "--workers",
        (Kind::Hypercorn, "-b") => "--bind",
        (Kind::Flask, "-A") => "--app",
        (Kind::Flask, "-h") => "--host",
        (Kind::Flask, "-p") => "--port",
        (_, name) => name,
    }
}

/// Options without a value.
fn is_flag(kind: Kind, name: &str) -> bool {
    let common = name.starts_with("--no-") || matches!(name, "--reload" | "--help" | "--version");
    let own: &[&str] = match kind {
        Kind::Uvicorn => &[
            "--access-log",
            "--use-colors",
            "--proxy-headers",
            "--server-header",
            "--date-header",
            "--factory",
            "--reset-contextvars",
        ],
        Kind::Hypercorn => &["--debug"],
        Kind::FastApi => &["--proxy-headers"],
        Kind::Flask => &[
            "--debug",
            "--debugger",
            "--with-threads",
            "--without-threads",
        ],
        Kind::Django => &[
            "--noreload",
            "--nothreading",
            "--insecure",
            "--nostatic",
            "--skip-checks",
            "--force-color",
            "--traceback",
            "--ipv6",
            "-6",
        ],
        Kind::Gunicorn => &[
            "-R",
            "-D",
            "-s",
            "-S",
            "--daemon",
            "--preload",
            "--proxy-protocol",
            "--check-config",
            "--disable-redirect-access-to-syslog",
        ],
        Kind::Script => &[],
    };
    common || own.contains(&name)
}
