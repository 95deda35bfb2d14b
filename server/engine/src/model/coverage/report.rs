//! `coverage.xml`: what was covered, in all and of each file.
//!
//! The total stands in the first tag, so that whoever asks for that alone has the head of a report of any size read, by a
//! scan for attributes that are numbers without entities. The rest is read in one pass without a tree, by `quick-xml`.

use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::text::Span;

/// Bytes before which the first tag has to end.
const HEAD: usize = 16 * 1024;

/// What a run covered, lines and branches together, as coverage.py counts its total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    pub covered: u64,
    /// Never 0.
    pub valid: u64,
}

impl Rate {
    pub fn percent(self) -> f64 {
        100.0 * self.covered as f64 / self.valid as f64
    }
    /// The percent, rounded down.
    pub fn floor(self) -> u32 {
        (self.covered.saturating_mul(100) / self.valid).min(100) as u32
    }
}

/// A report in Cobertura's format.
#[derive(Debug, Default)]
pub struct Report {
    /// `None` where nothing is to be covered, or the file is another tool's.
    pub rate: Option<Rate>,
    /// Branches were measured.
    pub branches: bool,
    /// Of the rate in the first tag with its name, else of the tag's own name.
    pub place: Span,
    /// The folders to which file names are relative, as they were where the report was made.
    pub sources: Vec<String>,
    /// Up to the first thing that is no XML.
    pub files: Vec<Covered>,
}

/// What was covered of one file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Covered {
    pub name: String,
    pub rate: Rate,
}

impl Report {
    pub fn read(text: &str) -> Report {
        let mut report = Report {
            rate: rate_of(text),
            ..Report::default()
        };
        let head = &text[..text.floor_char_boundary(HEAD)];
        let Some(tag) = first_tag(head) else {
            return report;
        };
        // The tag is a slice of the text.
        let base = tag.as_ptr() as usize - text.as_ptr() as usize;
        let branches =
            attribute(tag, "branches-valid").and_then(|number| number.parse::<u64>().ok());
        report.branches = branches.is_some_and(|number| number > 0);
        let start = tag.match_indices("line-rate").map(|(at, _)| at).next();
        report.place = match start {
            Some(at) => {
                let value = attribute(tag, "line-rate").unwrap_or_default();
                let end = tag[at..]
                    .find(value)
                    .map_or(at, |from| at + from + value.len() + 1);
                Span::new(base + at, base + end.min(tag.len()))
            }
            None => Span::new(base - "coverage".len(), base),
        };
        report.read_files(text);
        report
    }

    fn read_files(&mut self, text: &str) {
        let mut reader = Reader::from_str(text);
        let mut source = false;
        let mut file: Option<(String, u64, u64)> = None;
        loop {
            match reader.read_event() {
                Ok(Event::Start(tag)) if tag.name().as_ref() == "source" => source = true,
                Ok(Event::Text(text)) if source => {
                    source = false;
                    self.sources.push(text.trim().to_owned());
                }
                Ok(Event::Start(tag)) if tag.name().as_ref() == "class" => {
                    file = value(&tag, "filename").map(|name| (name, 0, 0));
                }
                // Lines within methods are given once more below the class.
                Ok(Event::Start(tag)) if tag.name().as_ref() == "methods" => {
                    let end = tag.to_end().into_owned();
                    if reader.read_to_end(end.name()).is_err() {
                        break;
                    }
                }
                Ok(Event::Empty(tag) | Event::Start(tag)) if tag.name().as_ref() == "line" => {
                    if let Some((_, covered, valid)) = &mut file {
                        count(&tag, covered, valid);
                    }
                }
                Ok(Event::End(tag)) if tag.name().as_ref() == "class" => {
                    if let Some((name, covered, valid)) =
                        file.take().filter(|(.., valid)| *valid > 0)
                    {
                        let rate = Rate { covered, valid };
                        self.files.push(Covered { name, rate });
                    }
                }
                Ok(Event::Eof) | Err(_) => break,
                Ok(_) => {}
            }
        }
    }

    /// Whether the report is about Python.
    pub fn is_python(&self) -> bool {
        let python = |file: &Covered| {
            Path::new(&file.name)
                .extension()
                .is_some_and(|end| end == "py")
        };
        self.files.iter().any(python)
    }
}

fn value(tag: &BytesStart, name: &str) -> Option<String> {
    let attribute = tag.try_get_attribute(name).ok()??;
    Some(attribute.value.into_owned())
}

/// A line counts as one, each of its branches as one more: `condition-coverage="50% (1/2)"`.
fn count(tag: &BytesStart, covered: &mut u64, valid: &mut u64) {
    let hit = value(tag, "hits").is_some_and(|hits| hits.trim() != "0");
    *valid += 1;
    *covered += u64::from(hit);
    let branches = value(tag, "condition-coverage");
    let Some(branches) = branches.as_deref().and_then(|text| text.split_once('(')) else {
        return;
    };
    let Some((taken, of)) = branches.1.trim_end_matches(')').split_once('/') else {
        return;
    };
    if let (Ok(taken), Ok(of)) = (taken.parse::<u32>(), of.parse::<u32>()) {
        *covered += u64::from(taken.min(of));
        *valid += u64::from(of);
    }
}

/// The total of a report in Cobertura's format; `None` where it has none, or nothing to cover.
pub fn rate_of(text: &str) -> Option<Rate> {
    let tag = first_tag(&text[..text.floor_char_boundary(HEAD)])?;
    let number = |name: &str| attribute(tag, name)?.parse::<u64>().ok();
    let (covered, valid) = match (number("lines-covered"), number("lines-valid")) {
        (Some(covered), Some(valid)) => {
            let branches = number("branches-covered").zip(number("branches-valid"));
            let (more, of) = branches.unwrap_or_default();
            (covered.checked_add(more)?, valid.checked_add(of)?)
        }
        // Reports of old versions have the rate alone.
        _ => {
            let rate: f64 = attribute(tag, "line-rate")?.parse().ok()?;
            let sane = (0.0..=1.0).contains(&rate);
            (sane.then_some((rate * 10_000.0).floor() as u64)?, 10_000)
        }
    };
    (valid > 0 && covered <= valid).then_some(Rate { covered, valid })
}

/// What stands between `<coverage` and its `>`, behind the declaration, comments and the document type.
fn first_tag(head: &str) -> Option<&str> {
    let mut rest = head.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!") => ">",
            _ => break,
        };
        rest = rest[rest.find(end)? + end.len()..].trim_start();
    }
    let rest = rest.strip_prefix("<coverage")?;
    let tag = &rest[..rest.find('>')?];
    tag.starts_with(char::is_whitespace).then_some(tag)
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let mut found = tag.match_indices(name);
    found.find_map(|(at, _)| {
        let value = tag[at + name.len()..].trim_start().strip_prefix('=')?;
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let named = tag[..at].ends_with(char::is_whitespace);
        let value = value[1..].split(quote).next()?;
        named.then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_those_of_coverage() {
        let head = "<?xml version=\"1.0\" ?>\n<!-- <coverage lines-valid=\"1\"> -->\n<coverage version=\"7.17\" ";
        let total = |tag: &str| rate_of(&format!("{head}{tag}>\n\t<sources/>")).map(Rate::percent);
        assert_eq!(
            total("lines-valid=\"4\" lines-covered=\"3\" line-rate=\"0.75\" branches-covered=\"1\" branches-valid=\"2\" branch-rate=\"0.5\"")
                .map(|percent| format!("{percent:.2}")),
            Some("66.67".into())
        );
        assert_eq!(total("lines-covered='3' lines-valid = '4'"), Some(75.0));
        assert_eq!(total("line-rate=\"0.875\" branch-rate=\"0\""), Some(87.5));
        assert_eq!(total("lines-valid=\"0\" lines-covered=\"0\""), None);
        assert_eq!(total("lines-valid=\"1\" lines-covered=\"2\""), None);
        assert_eq!(total("line-rate=\"NaN\""), None);
        assert_eq!(
            rate_of("<coveragex lines-valid=\"1\" lines-covered=\"1\">"),
            None
        );
        assert_eq!(rate_of(""), None);
    }

    #[test]
    fn files_are_counted_as_coverage_counts_them() {
        let text = "<?xml version=\"1.0\" ?>\n<coverage lines-valid=\"3\" lines-covered=\"2\" line-rate=\"0.6667\" branches-valid=\"2\" branches-covered=\"1\">\n<sources><source>/ci/app</source></sources>\n<packages><package><classes><class name=\"a.py\" filename=\"a.py\"><methods/><lines><line number=\"1\" hits=\"1\"/><line number=\"2\" hits=\"1\" branch=\"true\" condition-coverage=\"50% (1/2)\"/><line number=\"3\" hits=\"0\"/></lines></class>";
        let report = Report::read(text);
        assert_eq!(&text[report.place.range()], "line-rate=\"0.6667\"");
        assert_eq!(report.sources, ["/ci/app"]);
        let rate = Rate {
            covered: 3,
            valid: 5,
        };
        assert_eq!(report.rate, Some(rate));
        let name = "a.py".to_owned();
        assert_eq!(report.files, [Covered { name, rate }]);
        // Whatever the text, it is read up to where it ends.
        for (end, _) in text.char_indices() {
            Report::read(&text[..end]);
        }
    }

    #[test]
    fn only_the_head_of_a_report_is_read() {
        let tag = "<coverage lines-valid=\"10\" lines-covered=\"9\">";
        let far = format!("<!--{}-->{tag}", "é".repeat(HEAD));
        assert_eq!(rate_of(&far), None);
        let near = format!("<!--{}-->{tag}", "é".repeat(HEAD / 4));
        assert_eq!(rate_of(&near).map(Rate::floor), Some(90));
    }
}
