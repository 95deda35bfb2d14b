//! `harden advisories`: what is known of vulnerabilities, from when it is, and how newer data comes in.
//!
//! Nothing is fetched unless the user asks for it by `update`. What was imported lies in one file below the user's cache
//! folder, which the command line and the server read; what comes with the program counts beside it.

mod cache;
mod fetch;
mod import;
mod osv;
mod status;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use harden_engine::config::Config;
use harden_engine::rule::Policy;
use jiff::civil::Date;

use super::{Failure, Outcome};
pub(crate) use cache::{current, look_again, problem};
pub(super) use status::{Tally, report};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show what is known of vulnerabilities, from when it is, and where it is from
    Status {
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Read OSV data: a folder of JSON, all.zip, a cache of osv-scanner, a checkout of the PyPA advisory database
    Import {
        #[arg(value_name = "PATH")]
        path: PathBuf,
    },
    /// Fetch OSV's data for PyPI, and read it
    Update {
        /// From where
        #[arg(long, env = "HARDEN_ADVISORIES_URL", default_value = OSV)]
        url: String,
    },
}

/// Where OSV publishes all that it knows of PyPI.
const OSV: &str = "https://storage.googleapis.com/osv-vulnerabilities/PyPI/all.zip";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

pub(super) fn run(command: &Command) -> Result<Outcome, Failure> {
    let today = jiff::Zoned::now().date();
    match command {
        Command::Status { format } => status::show(*format, today)?,
        Command::Import { path } => {
            let read = import::read(path, &progress()).map_err(Failure::Usage)?;
            keep(&read, today)?;
        }
        Command::Update { url } => {
            let folder = cache::folder().ok_or_else(no_folder)?;
            let progress = progress();
            let fetched = fetch::fetch(url, &folder, &progress).map_err(Failure::Usage)?;
            match import::read(&fetched.file, &progress) {
                Ok(read) => {
                    keep(&read, today)?;
                    fetched.discard();
                }
                Err(reason) => {
                    // Resuming it would only bring the same again.
                    fetched.discard();
                    let message = format!(
                        "what was fetched is damaged and was thrown away, nothing was changed: {reason}"
                    );
                    return Err(Failure::Usage(message));
                }
            }
        }
    }
    Ok(Outcome::Clean)
}

/// What a configuration says to rules, with what is known of vulnerabilities.
pub(crate) fn policy(config: &Config) -> Policy {
    Policy {
        advisories: current(),
        ..config.policy()
    }
}

fn keep(read: &import::Read, today: Date) -> Result<(), Failure> {
    let path = cache::file().ok_or_else(no_folder)?;
    cache::write(&path, &read.table(today))?;
    let mut out = anstream::stdout().lock();
    writeln!(
        out,
        "{} advisories on {} packages, the newest of {}; written to {}",
        read.entries,
        read.packages(),
        read.date,
        path.display()
    )?;
    if read.unread > 0 {
        let message = format!(
            "{} entries could not be read, so what they say is not known",
            read.unread
        );
        writeln!(anstream::stderr(), "harden: {message}")?;
    }
    Ok(())
}

fn no_folder() -> Failure {
    Failure::Usage("no folder for caches is known: set HARDEN_CACHE_DIR".into())
}

/// Says how far long work has got, where somebody looks on.
fn progress() -> impl Fn(&str) {
    let shown = std::io::stderr().is_terminal();
    move |message: &str| {
        if shown {
            // The work goes on where nobody can be told of it.
            let _ = write!(std::io::stderr(), "\r\x1b[K{message}");
            if message.is_empty() {
                let _ = std::io::stderr().flush();
            }
        }
    }
}
