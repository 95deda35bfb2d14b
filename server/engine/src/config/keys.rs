//! The keys of a configuration: the one table from which reading, suggestions, the schema, completion and hover are made.

use super::overlap::Tool;
use super::{Config, Globs, PerFile, Scope, Selector};
use crate::rule::Severity;

/// A key that does something.
#[derive(Debug)]
pub struct Key {
    /// From the root of the configuration, with dots: `compose.edge`.
    pub path: &'static str,
    /// What it does, as Markdown; a sentence a line.
    pub doc: &'static str,
    /// What holds without it, as TOML; empty for tables.
    pub default: &'static str,
    /// A value that somebody may want, as TOML.
    pub example: &'static str,
    pub value: Value,
}

/// What may stand behind a key, and where it goes.
#[derive(Debug)]
pub enum Value {
    /// Other keys.
    Table,
    /// Names of rules.
    Rules(Field<Vec<Selector>>),
    /// Patterns of paths.
    Globs(Field<Globs>),
    /// Any strings.
    Names(Field<Vec<String>>),
    /// A whole number of 1 to 100.
    Percent(Field<u32>),
    /// A whole number from 1 on.
    Number(Field<u32>),
    /// `true` or `false`.
    Flag(Field<bool>),
    /// A table of severities by names of rules.
    Severities(Field<Vec<(Selector, Severity)>>),
    /// A table of lists of rules by patterns of paths.
    RulesByGlob(Field<PerFile>),
    /// One of these words.
    Choice(&'static [Word], fn(&mut Config, usize)),
    /// Any of these words.
    Choices(&'static [Word], fn(&mut Config, Vec<usize>)),
}

type Field<T> = fn(&mut Config) -> &mut T;

/// A word that a key takes, and what it means.
#[derive(Debug)]
pub struct Word {
    pub name: &'static str,
    pub doc: &'static str,
}

/// In the order in which they are best told.
pub static KEYS: &[Key] = &[
    Key {
        path: "select",
        doc: "The rules that are asked, by name or by the beginning of names; all that are not off by default when left out.",
        default: "[\"ALL\"]",
        example: "[\"compose\", \"dockerfile\", \"python\", \"pytest/markers-not-strict\"]",
        value: Value::Rules(|config| &mut config.select),
    },
    Key {
        path: "ignore",
        doc: "Rules that are not asked, whatever `select` says.",
        default: "[]",
        example: "[\"python/insecure-random\"]",
        value: Value::Rules(|config| &mut config.ignore),
    },
    Key {
        path: "exclude",
        doc: "Files and folders that are not checked.\nA pattern with `/` starts at this file's folder, one without is found at any depth.",
        default: "[]",
        example: "[\"vendor\", \"old/*.py\"]",
        value: Value::Globs(|config| &mut config.exclude),
    },
    Key {
        path: "severity",
        doc: "How severe findings are, by rule or by the beginning of names: `critical`, `high`, `medium`, `low` or `info`.\nOf several that name a rule the last holds.",
        default: "{}",
        example: "{ \"compose/published-port\" = \"low\" }",
        value: Value::Severities(|config| &mut config.severity),
    },
    Key {
        path: "per-file",
        doc: "Rules that are ignored in some files, by their patterns.",
        default: "{}",
        example: "{ \"scripts/**\" = [\"python\"] }",
        value: Value::RulesByGlob(|config| &mut config.per_file),
    },
    Key {
        path: "fix",
        doc: "Which fixes may be made without being chosen.",
        default: "",
        example: "",
        value: Value::Table,
    },
    Key {
        path: "fix.safe",
        doc: "Rules whose unsafe fix you call safe: `harden fix` and fixing on save apply it.",
        default: "[]",
        example: "[\"compose/default-secret\"]",
        value: Value::Rules(|config| &mut config.safe),
    },
    Key {
        path: "compose",
        doc: "What your compose files and Dockerfiles are for.",
        default: "",
        example: "",
        value: Value::Table,
    },
    Key {
        path: "compose.production",
        doc: "Compose files and Dockerfiles that count as production, whatever their names say.",
        default: "[]",
        example: "[\"docker-compose.test.yml\"]",
        value: Value::Globs(|config| &mut config.production),
    },
    Key {
        path: "compose.development",
        doc: "Compose files and Dockerfiles that count as development, whatever their names say.",
        default: "[]",
        example: "[\"docker-compose.lab.yml\"]",
        value: Value::Globs(|config| &mut config.development),
    },
    Key {
        path: "compose.edge",
        doc: "Services that face the world, besides the well-known proxies: they may publish ports.",
        default: "[]",
        example: "[\"gateway\"]",
        value: Value::Names(|config| &mut config.policy.edge),
    },
    Key {
        path: "python",
        doc: "What counts in your Python code.",
        default: "",
        example: "",
        value: Value::Table,
    },
    Key {
        path: "python.broad-exceptions",
        doc: "Exceptions that `python/swallowed-exception` finds as it finds `Exception`, by their full names.",
        default: "[]",
        example: "[\"OSError\", \"requests.RequestException\"]",
        value: Value::Names(|config| &mut config.policy.broad_exceptions),
    },
    Key {
        path: "python.strict-models",
        doc: "`python/pydantic-extra-allowed` asks every model of pydantic's to forbid extra fields, not only the bodies of requests.",
        default: "false",
        example: "true",
        value: Value::Flag(|config| &mut config.policy.strict_models),
    },
    Key {
        path: "policy",
        doc: "What you ask of your project.",
        default: "",
        example: "",
        value: Value::Table,
    },
    Key {
        path: "policy.coverage",
        doc: "The percentage of coverage that you want: the fix of `pytest/no-coverage-gate` sets it, or today's where that is lower.",
        default: "80",
        example: "80",
        value: Value::Percent(|config| &mut config.policy.coverage),
    },
    Key {
        path: "policy.error-rate",
        doc: "The percentage of requests that may fail before an alert is given: `prometheus/missing-alert` proposes it, `prometheus/loose-threshold` holds alerts against it.",
        default: "1",
        example: "1",
        value: Value::Percent(|config| &mut config.policy.error_rate),
    },
    Key {
        path: "policy.latency",
        doc: "How many milliseconds 95 of 100 requests may take before an alert is given: for the same two rules.",
        default: "500",
        example: "500",
        value: Value::Number(|config| &mut config.policy.latency),
    },
    Key {
        path: "policy.secret-length",
        doc: "The fewest characters that you ask of a key that signs or encrypts: for `python/unchecked-secret-length`.",
        default: "32",
        example: "32",
        value: Value::Number(|config| &mut config.policy.secret_length),
    },
    Key {
        path: "editor",
        doc: "What is shown in editors. The command line is not concerned.\nThe editor's own settings go before these.",
        default: "",
        example: "",
        value: Value::Table,
    },
    Key {
        path: "editor.scope",
        doc: "Of which files findings are shown.",
        default: "\"workspace\"",
        example: "\"open-files\"",
        value: Value::Choice(
            &[
                Word {
                    name: "workspace",
                    doc: "Of all files of the folder.",
                },
                Word {
                    name: "open-files",
                    doc: "Of the files that are open.",
                },
            ],
            |config, chosen| {
                config.scope = Some([Scope::Workspace, Scope::OpenFiles][chosen]);
            },
        ),
    },
    Key {
        path: "editor.overlap",
        doc: "Tools that show their own findings in your editor: what they show is not shown twice.",
        default: "[]",
        example: "[\"ruff\"]",
        value: Value::Choices(
            &[
                Word {
                    name: "ruff",
                    doc: "Findings that carry a code of Ruff's `S` or `ASYNC` rules. Name it only where Ruff selects them: by default it does not.",
                },
                Word {
                    name: "hadolint",
                    doc: "Findings that carry a code of hadolint's: `DL…`, `SC…`.",
                },
                Word {
                    name: "docker-dx",
                    doc: "Findings that carry the name of a BuildKit check, which the Docker DX extension shows.",
                },
            ],
            |config, chosen| {
                config.overlap = chosen.into_iter().map(|at| Tool::ALL[at]).collect();
            },
        ),
    },
];

impl Key {
    /// The last part of the path.
    pub fn name(&self) -> &'static str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }

    /// The path of the table that holds it; empty for the root.
    pub fn table(&self) -> &'static str {
        self.path.rsplit_once('.').map_or("", |(table, _)| table)
    }

    /// Whether a header may stand for it.
    pub fn is_table(&self) -> bool {
        matches!(
            self.value,
            Value::Table | Value::Severities(_) | Value::RulesByGlob(_)
        )
    }

    /// What may stand behind it, as part of a sentence.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Table => "a table",
            Value::Rules(_) => "a list of rules",
            Value::Globs(_) => "a list of patterns",
            Value::Names(_) => "a list of names",
            Value::Percent(_) => "a number of 1 to 100",
            Value::Number(_) => "a number from 1 on",
            Value::Flag(_) => "true or false",
            Value::Severities(_) => "a table of severities by rule",
            Value::RulesByGlob(_) => "a table of rules by pattern",
            Value::Choice(..) => "one of the words",
            Value::Choices(..) => "a list of the words",
        }
    }

    /// The words that it takes.
    pub fn words(&self) -> &'static [Word] {
        match self.value {
            Value::Choice(words, _) | Value::Choices(words, _) => words,
            _ => &[],
        }
    }
}

/// The key of this path.
pub(super) fn key(path: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.path == path)
}

/// The keys of the table of this path; those of the root for the empty one.
pub(super) fn keys(table: &str) -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(move |key| key.table() == table)
}
