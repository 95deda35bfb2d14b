//! `harden lock`: what a file of requirements asks for, with hashes, through a tool that the user has installed.
//!
//! This is the one place where another program is started. It never comes from the workspace, and it takes wheels alone,
//! since building a package would run its code.

use std::env;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use harden_engine::model::dependencies::Dependencies;

use super::{Failure, Outcome};
use crate::files::checkout;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// What is asked for; the lock file is written beside it
    #[arg(value_name = "FILE", default_value = "requirements.txt")]
    file: PathBuf,
}

const LOCK: &str = "requirements.lock";

/// Programs that lock, the one that is preferred first.
const TOOLS: [&str; 2] = ["uv", "pip-compile"];

/// What was written.
#[derive(Debug)]
pub(crate) struct Locked {
    pub(crate) file: PathBuf,
    pub(crate) packages: usize,
    /// The name of the program.
    pub(crate) tool: &'static str,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let shown = std::io::stderr().is_terminal();
    let locked = lock(&arguments.file, shown).map_err(Failure::Usage)?;
    let mut out = anstream::stdout().lock();
    writeln!(
        out,
        "{}: {} packages with hashes, by {}; install them with `pip install --require-hashes -r {LOCK}`",
        locked.file.display(),
        locked.packages,
        locked.tool
    )?;
    Ok(Outcome::Clean)
}

/// The program that would lock a file, and where it lies. Folders within the checkout do not count, nor do relative ones.
pub(crate) fn tool(file: &Path) -> Option<(&'static str, PathBuf)> {
    let own = checkout(file.parent().unwrap_or(Path::new("/")));
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path)
        .filter(|folder| folder.is_absolute() && !folder.starts_with(&own))
        .collect();
    TOOLS.into_iter().find_map(|name| {
        let file = format!("{name}{}", env::consts::EXE_SUFFIX);
        let mut places = folders.iter().map(|folder| folder.join(&file));
        Some((name, places.find(|place| place.is_file())?))
    })
}

/// Write the lock file. `shown`: the program tells the user itself how far it has got.
///
/// # Errors
/// The reason, with what the program said.
pub(crate) fn lock(file: &Path, shown: bool) -> Result<Locked, String> {
    let file = std::path::absolute(file).map_err(|error| error.to_string())?;
    let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else {
        return Err(format!("{}: is no file", file.display()));
    };
    if !file.is_file() {
        return Err(format!("{}: no such file", file.display()));
    }
    if name == LOCK {
        return Err(format!(
            "{LOCK} is what is written: name the file that it is made from"
        ));
    }
    let Some((tool, program)) = tool(&file) else {
        return Err("neither `uv` nor `pip-compile` is installed outside of the project".into());
    };
    let mut command = Command::new(program);
    match tool {
        "uv" => command.args(["pip", "compile", "--generate-hashes", "--no-build"]),
        _ => command.args([
            "--generate-hashes",
            "--allow-unsafe",
            "--pip-args=--only-binary=:all:",
        ]),
    };
    // A name that begins with a dash would be an option.
    command
        .arg(Path::new(".").join(name))
        .arg("--output-file")
        .arg(LOCK)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(if shown {
            Stdio::inherit()
        } else {
            Stdio::piped()
        });
    let done = command
        .spawn()
        .and_then(std::process::Child::wait_with_output)
        .map_err(|error| format!("`{tool}` could not be started: {error}"))?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        let said = said.trim();
        let colon = if said.is_empty() { "" } else { ":\n" };
        return Err(format!(
            "`{tool}` failed, {LOCK} was left as it was{colon}{said}"
        ));
    }
    let made = folder.join(LOCK);
    let text = std::fs::read_to_string(&made).map_err(|error| format!("{LOCK}: {error}"))?;
    let packages = Dependencies::of_text(Path::new(LOCK), &text);
    let packages = packages
        .filter(|made| made.hashed)
        .map(|made| made.list.len());
    Ok(Locked {
        packages: packages.ok_or_else(|| format!("`{tool}` wrote {LOCK} without hashes"))?,
        file: made,
        tool,
    })
}
