//! Sections of ini files and tables of TOML, by their headers.

use super::{Edits, insert_lines, newline};
use crate::fix::{line_start, next_line};
use crate::text::{Edit, Span};

/// Options below a header, `[pytest]` with `addopts = -ra`: those that the section lacks, the section itself where the file
/// lacks it.
///
/// # Errors
/// None so far.
pub fn add(text: Option<&str>, header: &str, options: &[String]) -> Edits {
    let text = text.unwrap_or_default();
    let Some(at) = find(text, header) else {
        let newline = newline(text);
        let mut made = String::new();
        if !text.is_empty() {
            let breaks = if text.ends_with('\n') { 1 } else { 2 };
            made.push_str(&newline.repeat(breaks));
        }
        made.push_str(header);
        for option in options {
            made.push_str(newline);
            made.push_str(&option.replace('\n', newline));
        }
        made.push_str(newline);
        return Ok(vec![crate::fix::insert(text.len(), made)]);
    };
    let body = &text[at.start as usize..at.end as usize];
    let known: Vec<&str> = body.lines().filter_map(key).collect();
    let lacking: Vec<String> = options
        .iter()
        .filter(|option| {
            let named = option.lines().find_map(key);
            named.is_none_or(|name| !known.contains(&name))
        })
        .map(|option| option.replace('\n', newline(text)))
        .collect();
    if lacking.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![insert_lines(text, at.start as usize, &lacking)])
}

/// Take a section away, with its options and the blank lines above it.
///
/// # Errors
/// None so far.
pub fn remove(text: Option<&str>, header: &str) -> Edits {
    let text = text.unwrap_or_default();
    let Some(at) = find(text, header) else {
        return Ok(Vec::new());
    };
    let mut start = at.start as usize;
    while start > 0 {
        let above = line_start(text, start - 1);
        if !text[above..start].trim().is_empty() {
            break;
        }
        start = above;
    }
    Ok(vec![Edit {
        span: Span::new(start, at.end as usize),
        text: String::new(),
    }])
}

/// From a header to the last line of its section that says something.
fn find(text: &str, header: &str) -> Option<Span> {
    let mut at = 0;
    let mut found: Option<Span> = None;
    while at < text.len() {
        let end = next_line(text, at);
        let line = text[at..end].trim_start_matches('\u{feff}');
        let bare = line.split('#').next().unwrap_or_default().trim();
        match &mut found {
            None if bare == header => found = Some(Span::new(at, end)),
            Some(_) if line.starts_with('[') && bare.ends_with(']') => break,
            Some(span) if !bare.is_empty() && !bare.starts_with(';') => span.end = end as u32,
            _ => {}
        }
        at = end;
    }
    found
}

/// The name of the option that a line begins.
fn key(line: &str) -> Option<&str> {
    let begins = line.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '"');
    let name = line.split(['=', ':']).next().filter(|_| begins)?;
    Some(name.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::apply;

    #[test]
    fn sections_come_and_go() {
        let options = [
            "branch = true".to_owned(),
            "omit =\n    a\n    b".to_owned(),
        ];
        let made = |text: &str| {
            apply(
                text,
                &add(Some(text), "[run]", &options).unwrap_or_default(),
            )
        };
        assert_eq!(made(""), "[run]\nbranch = true\nomit =\n    a\n    b\n");
        assert_eq!(
            made("[report]\r\nx = 1\r\n"),
            "[report]\r\nx = 1\r\n\r\n[run]\r\nbranch = true\r\nomit =\r\n    a\r\n    b\r\n"
        );
        let known = "[run]  # how\nbranch = false\n\n[x]\n";
        assert_eq!(
            made(known),
            "[run]  # how\nomit =\n    a\n    b\nbranch = false\n\n[x]\n"
        );
        assert_eq!(made(&made(known)), made(known));
        let without = |text: &str| apply(text, &remove(Some(text), "[run]").unwrap_or_default());
        assert_eq!(
            without("[a]\nx=1\n\n[run]\ny=1\n\n# z\n[z]\n"),
            "[a]\nx=1\n\n# z\n[z]\n"
        );
        assert_eq!(without("[a]\n"), "[a]\n");
    }
}
