//! Where coverage.py is configured, and what it measured last.
//!
//! Source: coverage.py 7.17 (`config.py`, `tomlconfig.py`, `xmlreport.py`) as pytest-cov 7.1 starts it.

mod report;

use std::sync::Arc;

use super::Part;
use crate::chunk::Chunks;
use crate::file::{Kind, Language};
use crate::syntax;
use crate::syntax::toml::Data;
use crate::text::Span;
use crate::work::Work;
pub use report::{Covered, Rate, Report, rate_of};

/// A file from which coverage.py takes its configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Home {
    /// `.coveragerc`, or an ini file that `--cov-config` names.
    Rc,
    /// `.coveragerc.toml`, or a TOML file that `--cov-config` names.
    RcToml,
    SetupCfg,
    ToxIni,
    Pyproject,
}

/// In the order of coverage.py. The first that counts is the only one that is read: those of its own always do, the others
/// when they have a setting of coverage.
pub const HOMES: [(&str, Home); 5] = [
    (".coveragerc", Home::Rc),
    (".coveragerc.toml", Home::RcToml),
    ("setup.cfg", Home::SetupCfg),
    ("tox.ini", Home::ToxIni),
    ("pyproject.toml", Home::Pyproject),
];

impl Home {
    /// The home that a file of this name is.
    pub fn of_name(name: &str) -> Home {
        match HOMES.iter().find(|(known, _)| *known == name) {
            Some((_, home)) => *home,
            None if name.ends_with(".toml") => Home::RcToml,
            None => Home::Rc,
        }
    }
    /// Whether the file is coverage's own, where sections need no prefix.
    fn is_own(self) -> bool {
        matches!(self, Home::Rc | Home::RcToml)
    }
}

/// The least coverage with which a run does not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Under {
    /// In hundredths of a percent; 0 lets every run pass.
    Known(u32),
    /// A variable, or no number.
    Unknown,
}

impl Under {
    pub fn read(text: &str) -> Under {
        match text.trim().parse::<f64>() {
            Ok(percent) if (0.0..=100.0).contains(&percent) => {
                Under::Known((percent * 100.0).round() as u32)
            }
            _ => Under::Unknown,
        }
    }
    /// Whether some coverage fails the run.
    pub fn is_gate(self) -> bool {
        self != Under::Known(0)
    }
}

/// What a home says that matters here. Spans are absolute.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The value of `fail_under`, and where it stands.
    pub fail_under: Option<(Under, Span)>,
    /// The end of the header's line of the report's section.
    pub report: Option<u32>,
}

/// The settings of a file; `None` where coverage.py goes on to the next home.
pub fn gate_of(home: Home, text: &str) -> Option<Settings> {
    match home {
        Home::Rc | Home::SetupCfg | Home::ToxIni => ini(home, text),
        Home::RcToml | Home::Pyproject => {
            let chunks = Chunks::cut(Language::Toml, text, &mut Work::default());
            let parts = chunks.list().iter().map(|chunk| {
                let text: Arc<str> = text[chunk.start..chunk.end].into();
                let part = syntax::read(chunk.state, &text, &mut None);
                (chunk.start, Arc::new(part))
            });
            let parts: Vec<(usize, Arc<Part>)> = parts.collect();
            of_toml(home, &parts)
        }
    }
}

/// As [`gate_of`], of a file that is read already. ini is taken as pytest reads it, which is stricter than coverage.py.
pub fn gate_of_parts(kind: Kind, parts: &[(usize, Arc<Part>)]) -> Option<Settings> {
    match kind {
        Kind::Pyproject => return of_toml(Home::Pyproject, parts),
        Kind::SetupCfg | Kind::ToxIni => {}
        _ => return None,
    }
    let (mut settings, mut any) = (Settings::default(), false);
    for (base, part) in parts {
        let Part::Ini(part) = &**part else { continue };
        for section in &part.sections {
            let Some(name) = section
                .name
                .strip_prefix("coverage:")
                .filter(|name| SECTIONS.contains(name))
            else {
                continue;
            };
            any |= !section.options.is_empty();
            if name != "report" {
                continue;
            }
            settings.report = Some(section.line_end + *base as u32);
            let fail_under = section
                .options
                .iter()
                .find(|option| option.key.eq_ignore_ascii_case("fail_under"));
            if let Some((option, line)) =
                fail_under.and_then(|option| Some((option, option.lines.first()?)))
            {
                settings.fail_under =
                    Some((Under::read(&option.value()), line.span.shifted(*base)));
            }
        }
    }
    any.then_some(settings)
}

const SECTIONS: [&str; 7] = ["run", "report", "html", "xml", "json", "lcov", "paths"];

fn of_toml(home: Home, parts: &[(usize, Arc<Part>)]) -> Option<Settings> {
    let (mut settings, mut any) = (Settings::default(), home.is_own());
    let below = |path: &[String]| -> Option<Vec<String>> {
        match path {
            [tool, coverage, rest @ ..] if tool == "tool" && coverage == "coverage" => {
                Some(rest.to_vec())
            }
            rest if home.is_own() => Some(rest.to_vec()),
            _ => None,
        }
    };
    for (base, part) in parts {
        let Part::Toml(part) = &**part else { continue };
        for table in &part.tables {
            if below(&table.path).is_some_and(|path| path == ["report"]) {
                settings.report = Some(table.line_end + *base as u32);
            }
        }
        for entry in &part.entries {
            let Some(path) = below(&entry.path).filter(|path| path.len() > 1) else {
                continue;
            };
            any |= SECTIONS.contains(&path[0].as_str());
            if path == ["report", "fail_under"] {
                let under = match &entry.value.data {
                    Data::Integer(percent) => Under::read(&percent.to_string()),
                    Data::String(text) => Under::read(text),
                    _ => Under::Unknown,
                };
                settings.fail_under = Some((under, entry.value.span.shifted(*base)));
            }
        }
    }
    any.then_some(settings)
}

/// As Python's configparser reads it: a line that is indented more than its option goes on with the value; options may be
/// indented themselves.
fn ini(home: Home, text: &str) -> Option<Settings> {
    let (mut settings, mut any) = (Settings::default(), home.is_own());
    let mut section: Option<&str> = None;
    let mut option: Option<(usize, bool)> = None;
    let mut at = 0;
    for raw in text.split_inclusive(['\n', '\r']) {
        let start = at;
        at += raw.len();
        let line = raw.trim_end();
        let bare = line.trim_start_matches('\u{feff}').trim_start();
        let indent = line.len() - bare.len();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        let span = |from: usize| Span::new(start + from, start + line.len());
        if let Some((_, wanted)) = option.filter(|(known, _)| indent > *known) {
            // `fail_under =` with its value on the next line.
            if wanted && settings.fail_under.is_none() {
                settings.fail_under = Some((Under::read(bare), span(indent)));
            }
            continue;
        }
        if let Some((name, _)) = bare
            .strip_prefix('[')
            .and_then(|rest| rest.rsplit_once(']'))
        {
            let own = home.is_own().then_some(name);
            let name = name.strip_prefix("coverage:").or(own);
            section = name.filter(|name| SECTIONS.contains(name));
            option = None;
            if section == Some("report") {
                settings.report = Some((start + line.len()) as u32);
            }
        } else if let (Some(section), Some((key, value))) = (section, bare.split_once(['=', ':'])) {
            any = true;
            let wanted = section == "report" && key.trim_end().eq_ignore_ascii_case("fail_under");
            option = Some((indent, wanted));
            let value = value.trim_start();
            if wanted && !value.is_empty() {
                settings.fail_under = Some((Under::read(value), span(line.len() - value.len())));
            }
        } else {
            option = Some((indent, false));
        }
    }
    any.then_some(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value of `fail_under` as it is written, `-` for settings without one.
    fn gate(home: Home, text: &str) -> Option<String> {
        let settings = gate_of(home, text)?;
        let under = settings.fail_under.map(|(under, span)| {
            let mark = if under.is_gate() { "" } else { "!" };
            format!("{mark}{}", &text[span.range()])
        });
        Some(under.unwrap_or_else(|| "-".into()))
    }

    #[test]
    fn homes_are_read_as_coverage_reads_them() {
        for (home, text, expected) in [
            (Home::Rc, "", Some("-")),
            (Home::Rc, "[report]\nfail_under = 80\n", Some("80")),
            (
                Home::Rc,
                "\u{feff}[report]\r\n  Fail_Under: 80.5\r\n  x = 1\r\n",
                Some("80.5"),
            ),
            (
                Home::Rc,
                "[coverage:report]\nfail_under =\n  # c\n  70\n",
                Some("70"),
            ),
            (
                Home::Rc,
                "[report]\nexclude_lines =\n  fail_under = 3\n",
                Some("-"),
            ),
            (Home::Rc, "[run]\nfail_under = 3\n", Some("-")),
            (Home::Rc, "[report]\nfail_under = 0\n", Some("!0")),
            (Home::Rc, "[report]\nfail_under = ${COV}\n", Some("${COV}")),
            (Home::SetupCfg, "[report]\nfail_under = 80\n", None),
            (Home::SetupCfg, "[coverage:run]\n", None),
            (Home::ToxIni, "[coverage:run]\nbranch = 1\n", Some("-")),
            (
                Home::SetupCfg,
                "[coverage:report]\nfail_under=80",
                Some("80"),
            ),
            (
                Home::Pyproject,
                "[tool.coverage.report]\nfail_under = 80\n",
                Some("80"),
            ),
            (
                Home::Pyproject,
                "[tool.coverage]\nreport = { fail_under = \"75\" }\n",
                Some("\"75\""),
            ),
            (
                Home::Pyproject,
                "[tool.coverage.run]\nbranch = true\n",
                Some("-"),
            ),
            (Home::Pyproject, "[report]\nfail_under = 80\n", None),
            (Home::RcToml, "[report]\nfail_under = 80\n", Some("80")),
            (Home::RcToml, "", Some("-")),
        ] {
            assert_eq!(gate(home, text).as_deref(), expected, "{home:?} {text:?}");
        }
    }
}
