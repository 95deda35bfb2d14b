//! `coverage.xml`: what was covered in all.
//!
//! All of it stands in the first tag, so that the head of a report of any size is read and the rest is not. That tag is all
//! that is wanted: a scan for its attributes, which are numbers without entities, serves as well as an XML parser.

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
    fn only_the_head_of_a_report_is_read() {
        let tag = "<coverage lines-valid=\"10\" lines-covered=\"9\">";
        let far = format!("<!--{}-->{tag}", "é".repeat(HEAD));
        assert_eq!(rate_of(&far), None);
        let near = format!("<!--{}-->{tag}", "é".repeat(HEAD / 4));
        assert_eq!(rate_of(&near).map(Rate::floor), Some(90));
    }
}
