//! pytest's configuration in all its homes.
//!
//! Sources: pytest 9.2 (`_pytest/config/findpaths.py`), where the first home that is found is the only one that is read:
//! `pytest.toml`, `.pytest.toml`, `pytest.ini`, `.pytest.ini`, `pyproject.toml`, `tox.ini`, `setup.cfg`. Which of several
//! homes in a folder wins, and which version of pytest is pinned elsewhere, is known to the project, not to a file.

mod besides;
mod edit;
pub mod markers;
mod pin;
pub mod plugins;
mod sections;
mod strict;
mod words;

use std::sync::Arc;

use super::Part;
use crate::file::Kind;
use crate::syntax::{ini, toml};
use crate::text::Span;
pub use besides::Besides;
pub(crate) use besides::{gates, measures};
pub use pin::{allows_nine, locked_nine};
pub use sections::{Dead, Sections};
pub use strict::{Strict, Strictness};
pub use words::Word;

/// What one file says to pytest. Spans are absolute.
#[derive(Debug)]
pub struct Config {
    pub form: Form,
    /// The header of the section: its name in ini, with brackets in TOML. `None` for a home without one, and for TOML's
    /// dotted keys.
    pub section: Option<Span>,
    pub options: Vec<Opt>,
    pub besides: Besides,
    /// The end of the header's line.
    header_end: Option<u32>,
    newline: &'static str,
}

/// How the options of a home are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    Ini,
    /// `[tool.pytest.ini_options]`: the texts of ini, or lists of them.
    IniOptions,
    /// `pytest.toml` and `[tool.pytest]`: values with types, from pytest 9 on.
    Native,
}

/// An option.
#[derive(Debug)]
pub struct Opt {
    pub name: String,
    /// Of the name.
    pub span: Span,
    pub value: Value,
    /// What stands between name and value in ini, what stands before the name in TOML (`None`: in braces).
    around: Option<String>,
}

/// A value as it is written, for fixes that keep its layout.
#[derive(Debug)]
pub enum Value {
    /// Lines, and where the first would start.
    Ini(Vec<ini::Line>, u32),
    Toml(toml::Value),
}

impl Config {
    /// `None` when the file is no home of pytest's configuration (a `tox.ini` without `[pytest]`).
    pub fn read(kind: Kind, parts: &[(usize, Arc<Part>)]) -> Option<Config> {
        let mut config = Config::of(kind, parts)?;
        config.besides = Besides::read(kind, parts);
        Some(config)
    }

    fn of(kind: Kind, parts: &[(usize, Arc<Part>)]) -> Option<Config> {
        match kind {
            Kind::PytestIni => {
                Some(Config::ini("pytest", parts).unwrap_or_else(|| Config::new(Form::Ini)))
            }
            Kind::ToxIni => Config::ini("pytest", parts),
            Kind::SetupCfg => Config::ini("tool:pytest", parts),
            Kind::PytestToml => Some(
                Config::toml(Form::Native, &["pytest"], parts)
                    .unwrap_or_else(|| Config::new(Form::Native)),
            ),
            Kind::Pyproject => Config::toml(Form::Native, &["tool", "pytest"], parts)
                .filter(|native| !native.options.is_empty())
                .or_else(|| {
                    Config::toml(Form::IniOptions, &["tool", "pytest", "ini_options"], parts)
                }),
            _ => None,
        }
    }

    pub fn option(&self, name: &str) -> Option<&Opt> {
        self.options.iter().find(|option| option.name == name)
    }

    /// The words of `addopts`; none when its quotes are not balanced.
    pub fn arguments(&self) -> Vec<Word> {
        let words = self.option("addopts").and_then(Opt::words);
        words.unwrap_or_default()
    }

    /// The markers that the home declares: name and place.
    pub fn markers(&self) -> Vec<Word> {
        let lines = self.option("markers").map(Opt::lines).unwrap_or_default();
        lines.into_iter().map(markers::declared).collect()
    }

    /// Whether the options that came with pytest 9 (`strict`, `strict_markers`, …) are read by every version that this home
    /// lets in. Without evidence they are taken to be.
    pub fn allows_nine_only(&self) -> bool {
        if self.form == Form::Native {
            return true;
        }
        let version = self.option("minversion").map(|option| option.text());
        let major = version.and_then(|text| text.trim().split('.').next()?.parse::<u32>().ok());
        major.is_none_or(|major| major >= 9)
    }

    fn new(form: Form) -> Config {
        Config {
            form,
            section: None,
            options: Vec::new(),
            besides: Besides::default(),
            header_end: None,
            newline: "\n",
        }
    }

    fn ini(name: &str, parts: &[(usize, Arc<Part>)]) -> Option<Config> {
        let mut config = Config::new(Form::Ini);
        // Options at the head of a chunk belong to the section before it.
        let mut within = false;
        for (base, part) in parts {
            let Part::Ini(part) = &**part else { continue };
            config.newline = part.newline.unwrap_or(config.newline);
            for section in &part.sections {
                if !section.span.is_empty() {
                    // A second section of the same name is an error to pytest: the first one stands.
                    within = section.name == name && config.section.is_none();
                    if within {
                        config.section = Some(section.span.shifted(*base));
                        config.header_end = Some(section.line_end + *base as u32);
                    }
                }
                if within {
                    let options = section.options.iter();
                    config
                        .options
                        .extend(options.map(|option| Opt::from_ini(option, *base)));
                }
            }
        }
        config.section.is_some().then_some(config)
    }

    fn toml(form: Form, path: &[&str], parts: &[(usize, Arc<Part>)]) -> Option<Config> {
        let mut config = Config::new(form);
        let mut found = false;
        for (base, part) in parts {
            let Part::Toml(part) = &**part else { continue };
            config.newline = part.newline.unwrap_or(config.newline);
            if let Some(table) = part.tables.iter().find(|table| table.path == path) {
                found = true;
                config.section = Some(table.span.shifted(*base));
                config.header_end = Some(table.line_end + *base as u32);
            }
            for entry in &part.entries {
                // `ini_options = {}` is a home, too.
                found |= entry.path == path;
                if let Some((name, above)) = entry.path.split_last()
                    && above == path
                    && name != "ini_options"
                {
                    found = true;
                    config.options.push(Opt::from_toml(name, entry, *base));
                }
            }
        }
        found.then_some(config)
    }
}

impl Opt {
    /// The value as one text: the lines of ini, the string of TOML; empty for other values.
    pub fn text(&self) -> String {
        match &self.value {
            Value::Ini(lines, _) => {
                let lines: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
                lines.join("\n")
            }
            Value::Toml(value) => match &value.data {
                toml::Data::String(text) => text.clone(),
                toml::Data::Integer(number) => number.to_string(),
                _ => String::new(),
            },
        }
    }

    /// Where the value stands; empty where there is none.
    pub fn value_span(&self) -> Span {
        match &self.value {
            Value::Toml(value) => value.span,
            Value::Ini(lines, start) => match (lines.first(), lines.last()) {
                (Some(first), Some(last)) => Span {
                    start: first.span.start,
                    end: last.span.end,
                },
                _ => Span {
                    start: *start,
                    end: *start,
                },
            },
        }
    }

    /// The value as a switch, by the words that pytest takes for one.
    pub fn truth(&self) -> Option<bool> {
        if let Value::Toml(toml::Value {
            data: toml::Data::Boolean(known),
            ..
        }) = &self.value
        {
            return Some(*known);
        }
        match self.text().to_lowercase().as_str() {
            "y" | "yes" | "t" | "true" | "on" | "1" => Some(true),
            "n" | "no" | "f" | "false" | "off" | "0" => Some(false),
            _ => None,
        }
    }

    fn from_ini(option: &ini::Opt, base: usize) -> Opt {
        let shifted = |line: &ini::Line| ini::Line {
            span: line.span.shifted(base),
            ..line.clone()
        };
        Opt {
            name: option.key.clone(),
            span: option.span.shifted(base),
            value: Value::Ini(
                option.lines.iter().map(shifted).collect(),
                option.value_start + base as u32,
            ),
            around: Some(option.delimiter.clone()),
        }
    }

    fn from_toml(name: &str, entry: &toml::Entry, base: usize) -> Opt {
        let mut value = entry.value.clone();
        value.shift(base);
        Opt {
            name: name.into(),
            span: entry.span.shifted(base),
            value: Value::Toml(value),
            around: entry.before.clone(),
        }
    }
}
