//! Arguments → command.

pub(crate) mod advisories;
mod baseline;
mod check;
mod config;
mod excerpt;
pub(crate) mod fix;
mod list;
pub(crate) mod lock;
pub(crate) mod page;
pub(crate) mod pick;
mod print;
pub(crate) mod project;
pub(crate) mod read;
mod summary;
mod text;
pub(crate) mod walk;
mod write;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// Finds what a production audit would flag in compose files, Python and test configuration, and fixes it.
#[derive(Debug, Parser)]
#[command(name = "harden", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check files and folders
    Check(check::Arguments),
    /// Apply the safe fixes
    Fix(check::FixArguments),
    /// Show the documentation of a rule
    Explain {
        /// Its name, like compose/default-secret
        rule: String,
    },
    /// List all rules
    Rules {
        #[arg(long, value_enum, default_value = "text")]
        format: list::Format,
    },
    /// Say what is known of vulnerable versions, and bring newer data
    #[command(subcommand)]
    Advisories(advisories::Command),
    /// Lock requirements with hashes, through uv or pip-compile where one is installed
    Lock(lock::Arguments),
    /// Show the configuration that holds for a file, or the schema of all
    #[command(subcommand)]
    Config(config::Command),
    /// Print completions for a shell
    Completions { shell: clap_complete::Shell },
    /// Run the language server on standard input and output
    Server {
        /// What many clients add to the command of any server; it is spoken that way in any case.
        #[arg(long, hide = true)]
        stdio: bool,
    },
}

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Clean,
    /// Findings at or above `--fail-on`.
    Found,
    /// Something was not done, and has been said.
    Failed,
}

/// Why a command could not be carried out: exit code 2.
#[derive(Debug)]
pub(crate) enum Failure {
    Usage(String),
    Io(io::Error),
}

impl Failure {
    pub(crate) fn reason(&self) -> String {
        match self {
            Failure::Usage(reason) => reason.clone(),
            Failure::Io(error) => error.to_string(),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

/// Run the command that the process was started with.
pub fn run() -> ExitCode {
    crate::quiet_panics();
    let done = match Arguments::parse().command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Fix(arguments) => check::run_fix(&arguments),
        Command::Explain { rule } => list::explain(&rule),
        Command::Rules { format } => list::rules(format),
        Command::Advisories(command) => advisories::run(&command),
        Command::Lock(arguments) => lock::run(&arguments),
        Command::Config(command) => config::run(&command),
        Command::Completions { shell } => list::completions(shell, Arguments::command()),
        Command::Server { stdio: _ } => return crate::lsp::run(),
    };
    match done {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Found) => ExitCode::from(1),
        Ok(Outcome::Failed) => ExitCode::from(2),
        // The reader has seen enough (`harden check | head`).
        Err(Failure::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Io(error)) => fail(&error.to_string()),
        Err(Failure::Usage(message)) => fail(&message),
    }
}

fn fail(message: &str) -> ExitCode {
    // Nothing is left to be done when stderr is closed too.
    let _ = writeln!(anstream::stderr(), "harden: {message}");
    ExitCode::from(2)
}
