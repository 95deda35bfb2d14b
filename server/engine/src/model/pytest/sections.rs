//! The sections of a file in which people configure pytest and coverage, and those that nobody reads there.

use std::sync::Arc;

use super::Config;
use crate::file::Kind;
use crate::model::Part;
use crate::text::Span;

/// A file that may be a home of pytest's configuration. Spans are absolute.
#[derive(Debug)]
pub struct Sections {
    pub kind: Kind,
    /// `None` when the file is no home.
    pub config: Option<Config>,
    /// The section that pytest reads.
    pub live: Option<Section>,
    /// Sections that look as if they were read.
    pub dead: Vec<Dead>,
}

/// A section as it stands in its file.
#[derive(Debug, Clone)]
pub struct Section {
    /// With its brackets.
    pub header: String,
    /// Of the name, in TOML with its brackets.
    pub span: Span,
    /// The end of the header's line.
    pub line_end: u32,
    /// From its header to its last line, with the break of that.
    pub whole: Span,
    pub keys: Vec<String>,
    /// Its lines; empty in TOML.
    pub body: String,
}

/// A section that nobody reads in this file.
#[derive(Debug, Clone)]
pub struct Dead {
    pub name: String,
    pub section: Section,
    /// The header under which pytest would read it here.
    pub pytest: Option<&'static str>,
    /// The section of coverage's settings that it means to be: `run`, `report`.
    pub coverage: Option<String>,
}

impl Sections {
    /// `None` for files of other kinds.
    pub fn read(kind: Kind, parts: &[(usize, Arc<Part>)]) -> Option<Sections> {
        let own = match kind {
            Kind::PytestIni | Kind::ToxIni => "pytest",
            Kind::SetupCfg => "tool:pytest",
            Kind::PytestToml => "pytest",
            Kind::Pyproject => "tool.pytest.ini_options",
            _ => return None,
        };
        let mut sections = Sections {
            kind,
            config: Config::read(kind, parts),
            live: None,
            dead: Vec::new(),
        };
        for (base, part) in parts {
            for (name, section) in of_part(part, *base) {
                if name == own {
                    sections.live.get_or_insert(section);
                } else if let Some((pytest, coverage)) = dead(kind, &name, own) {
                    sections.dead.push(Dead {
                        name,
                        section,
                        pytest,
                        coverage,
                    });
                }
            }
        }
        Some(sections)
    }
}

type Lives = (Option<&'static str>, Option<String>);

/// What a section of this name wants to be that nobody reads in such a file.
fn dead(kind: Kind, name: &str, own: &'static str) -> Option<Lives> {
    let pytest = matches!(
        name,
        "pytest" | "tool:pytest" | "tool.pytest" | "tool.pytest.ini_options"
    );
    let coverage = name
        .strip_prefix("coverage:")
        .or_else(|| name.strip_prefix("tool.coverage."));
    match kind {
        // coverage.py reads `coverage:` in `tox.ini` and `setup.cfg`.
        Kind::PytestIni | Kind::PytestToml if coverage.is_some() => {
            Some((None, coverage.map(str::to_owned)))
        }
        Kind::PytestIni | Kind::ToxIni | Kind::SetupCfg | Kind::PytestToml => {
            pytest.then_some((Some(own), None))
        }
        _ => None,
    }
}

fn of_part(part: &Part, base: usize) -> Vec<(String, Section)> {
    match part {
        Part::Ini(part) => {
            let named = part
                .sections
                .iter()
                .filter(|section| !section.span.is_empty());
            let read = |section: &crate::syntax::ini::Section| {
                let keys = section.options.iter().map(|option| option.key.clone());
                let section_of = Section {
                    header: format!("[{}]", section.name),
                    span: section.span.shifted(base),
                    line_end: section.line_end + base as u32,
                    whole: section.whole.shifted(base),
                    keys: keys.collect(),
                    body: section.body.clone(),
                };
                (section.name.clone(), section_of)
            };
            named.map(read).collect()
        }
        Part::Toml(part) => {
            let read = |table: &crate::syntax::toml::Table| {
                let name = table.path.join(".");
                let below = part.entries.iter().filter(|entry| {
                    entry
                        .path
                        .split_last()
                        .is_some_and(|(_, above)| above == table.path)
                });
                let section = Section {
                    header: format!("[{name}]"),
                    span: table.span.shifted(base),
                    line_end: table.line_end + base as u32,
                    whole: table.whole.shifted(base),
                    keys: below
                        .filter_map(|entry| entry.path.last().cloned())
                        .collect(),
                    body: String::new(),
                };
                (name, section)
            };
            part.tables.iter().map(read).collect()
        }
        _ => Vec::new(),
    }
}
