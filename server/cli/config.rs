//! `harden config`: the schema of a configuration, and which one holds for a file.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use harden_engine::config::{self, Home, KEYS, Resolver, Value, schema};

use super::pick::absolute;
use super::{Failure, Outcome};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the JSON Schema of harden.toml
    Schema,
    /// Print the configuration that holds for a file, defaults as comments
    Show {
        /// The file, which need not exist
        #[arg(default_value = ".")]
        file: PathBuf,
    },
}

pub(super) fn run(command: &Command) -> Result<Outcome, Failure> {
    match command {
        Command::Schema => print_schema(),
        Command::Show { file } => show(file),
    }
}

fn print_schema() -> Result<Outcome, Failure> {
    let mut out = anstream::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &schema()).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(Outcome::Clean)
}

fn show(file: &Path) -> Result<Outcome, Failure> {
    let mut path = absolute(file)?;
    // A folder's own configuration holds for what lies in it.
    if path.is_dir() {
        path.push("harden.toml");
    }
    let resolver = Resolver::new(|path| {
        Some(String::from_utf8_lossy(&std::fs::read(path).ok()?).into_owned())
    });
    let found = resolver.of(&path);
    let home = found.file.as_deref().and_then(Home::of);
    let set = home.and_then(|home| config::read(home, &found.text));
    let set = set.unwrap_or_default().set;
    let mut out = anstream::stdout().lock();
    match &found.file {
        Some(file) => writeln!(out, "# {}", file.display())?,
        None => writeln!(out, "# No configuration: the defaults hold.")?,
    }
    let relative = found.relative(&path);
    if found.config.exclude.take(relative) {
        writeln!(out, "# {} is excluded.", relative.display())?;
    }
    let ignored = found
        .config
        .per_file
        .iter()
        .filter(|(globs, _)| globs.take(relative))
        .flat_map(|(_, ignored)| ignored);
    let ignored: Vec<&str> = ignored.map(config::Selector::as_str).collect();
    if !ignored.is_empty() {
        let ignored = ignored.join(", ");
        writeln!(out, "# Ignored in {}: {ignored}.", relative.display())?;
    }
    for key in KEYS.iter().filter(|key| !matches!(key.value, Value::Table)) {
        let mut written = set
            .iter()
            .filter(|(path, _)| *path == key.path)
            .map(|(_, written)| written)
            .peekable();
        if written.peek().is_none() {
            writeln!(out, "# {} = {}", key.path, key.default)?;
        }
        let dot = if key.is_table() { "." } else { " = " };
        for written in written {
            writeln!(out, "{}{dot}{written}", key.path)?;
        }
    }
    if !found.problems.is_empty() {
        let all = found.problems.len();
        let they = if all == 1 {
            "1 mistake is"
        } else {
            "mistakes are"
        };
        let they = if all == 1 {
            they.into()
        } else {
            format!("{all} {they}")
        };
        writeln!(
            anstream::stderr(),
            "harden: {they} left out: see `harden check`"
        )?;
        return Ok(Outcome::Found);
    }
    Ok(Outcome::Clean)
}
