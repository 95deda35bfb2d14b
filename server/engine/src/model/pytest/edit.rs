//! Changes to a home that keep its layout: what to put where.

use super::{Config, Form, Opt, Value};
use crate::syntax::ini;
use crate::syntax::toml::{self, Data};
use crate::text::{Edit, Span};

type Edits = Result<Vec<Edit>, String>;

impl Config {
    /// Add an argument to `addopts`, which is made where there is none.
    ///
    /// # Errors
    /// The reason why it cannot be done in this file.
    pub fn add_argument(&self, argument: &str) -> Edits {
        self.add_arguments(&[argument])
    }

    /// As [`Config::add_argument`], of several at once.
    ///
    /// # Errors
    /// The reason why it cannot be done in this file.
    pub fn add_arguments(&self, arguments: &[&str]) -> Edits {
        let argument = arguments.join(" ");
        let Some(option) = self.option("addopts") else {
            return match self.form {
                Form::Ini => self.add_option("addopts", &argument),
                Form::IniOptions => self.add_option("addopts", &format!("\"{argument}\"")),
                Form::Native => {
                    let items = arguments.join("\", \"");
                    self.add_option("addopts", &format!("[\"{items}\"]"))
                }
            };
        };
        let Some(words) = option.words() else {
            return Err("the quotes in `addopts` are not balanced".into());
        };
        // What follows a bare `--` are paths.
        if words.iter().any(|word| word.text == "--") {
            return Err("`addopts` has a bare `--`: put the argument before it".into());
        }
        match &option.value {
            Value::Ini(lines, start) => {
                Ok(vec![self.extend_lines(option, lines, *start, &argument)])
            }
            Value::Toml(value) => match &value.data {
                Data::Array(list) => Ok(self.extend_array(value, list, arguments)),
                _ => Ok(vec![self.extend_string(value, &argument)]),
            },
        }
    }

    /// Add an option that is not there, as the first one of its section.
    ///
    /// # Errors
    /// The reason why it cannot be done in this file.
    pub fn add_option(&self, name: &str, value: &str) -> Edits {
        let newline = self.newline;
        if let Some(end) = self.header_end {
            let around = match (self.form, self.options.first()) {
                (
                    Form::Ini,
                    Some(Opt {
                        around: Some(around),
                        ..
                    }),
                ) => delimiter(around),
                _ => " = ",
            };
            return Ok(vec![insert(end, format!("{newline}{name}{around}{value}"))]);
        }
        match self.options.first() {
            None => Err("the file has no section for it: add `[pytest]` first".into()),
            Some(Opt { around: None, .. }) => Err("the options are written in braces".into()),
            Some(
                first @ Opt {
                    around: Some(before),
                    ..
                },
            ) => {
                let at = first.span.start - before.len() as u32;
                Ok(vec![insert(
                    at,
                    format!("{before}{name} = {value}{newline}"),
                )])
            }
        }
    }

    /// Declare a marker.
    ///
    /// # Errors
    /// The reason why it cannot be done in this file.
    pub fn add_marker(&self, name: &str) -> Edits {
        let Some(option) = self.option("markers") else {
            let list = format!("[\"{name}\"]");
            let value = if self.form == Form::Ini { name } else { &list };
            return self.add_option("markers", value);
        };
        match &option.value {
            Value::Ini(lines, start) => {
                let newline = self.newline;
                let mut indents = lines.iter().filter_map(|line| line.indent.as_deref());
                let indent = indents.next_back().unwrap_or("    ");
                let end = lines.last().map_or(*start, |line| line.span.end);
                Ok(vec![insert(end, format!("{newline}{indent}{name}"))])
            }
            Value::Toml(value) => match &value.data {
                Data::Array(list) => Ok(self.extend_array(value, list, &[name])),
                Data::String(_)
                    if value.raw.starts_with("\"\"\"") || value.raw.starts_with("'''") =>
                {
                    let last = option.lines().into_iter().next_back();
                    let Some(last) = last else {
                        return Ok(vec![insert(value.span.start + 3, name.to_owned())]);
                    };
                    let line = format!("{}{name}", self.newline);
                    Ok(vec![insert(last.span.end, line)])
                }
                Data::String(_) if value.raw.starts_with('"') => {
                    Ok(vec![insert(value.span.end - 1, format!("\\n{name}"))])
                }
                _ => Err("its `markers` are no list".into()),
            },
        }
    }

    /// Take away a line of `markers`, with the comment that it may have on its line.
    ///
    /// # Errors
    /// The reason why it cannot be done in this file.
    pub fn remove_marker(&self, at: usize) -> Edits {
        let none = || Err("its layout leaves no way to do so".to_owned());
        let Some(option) = self.option("markers") else {
            return none();
        };
        match &option.value {
            Value::Ini(lines, _) => {
                let Some(line) = lines.get(at) else {
                    return none();
                };
                let (start, end) = (line.span.start as usize, line.span.end as usize);
                let newline = self.newline.len();
                Ok(vec![match &line.indent {
                    _ if lines.len() == 1 => {
                        let from = (option.span.start as usize).saturating_sub(newline);
                        cut(from, end)
                    }
                    Some(indent) => cut(start.saturating_sub(indent.len() + newline), end),
                    None => cut(start, end),
                }])
            }
            Value::Toml(value) => match &value.data {
                Data::Array(list) => {
                    remove_item(value, list, at).map_or_else(none, |edit| Ok(vec![edit]))
                }
                _ => {
                    let lines = option.lines();
                    let Some(line) = lines.get(at) else {
                        return none();
                    };
                    let from = match at.checked_sub(1).and_then(|above| lines.get(above)) {
                        Some(above) if above.span != line.span => above.span.end,
                        _ => line.span.start,
                    };
                    let whole = line.span == value.span || value.raw.len() < 6;
                    if whole {
                        none()
                    } else {
                        Ok(vec![cut(from as usize, line.span.end as usize)])
                    }
                }
            },
        }
    }

    /// A line more behind the one that ends at `end`.
    pub fn line_at(&self, end: u32, line: &str) -> Edit {
        insert(end, format!("{}{line}", self.newline))
    }

    fn extend_lines(&self, option: &Opt, lines: &[ini::Line], start: u32, argument: &str) -> Edit {
        let Some(last) = lines.last() else {
            let blank = option
                .around
                .as_deref()
                .is_some_and(|around| around.starts_with(' '));
            return insert(start, format!("{}{argument}", if blank { " " } else { "" }));
        };
        let text = match &last.indent {
            Some(indent) => format!("{}{indent}{argument}", self.newline),
            None => format!(" {argument}"),
        };
        insert(last.span.end, text)
    }

    fn extend_string(&self, value: &toml::Value, argument: &str) -> Edit {
        let raw = &value.raw;
        let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") {
            3
        } else {
            1
        };
        let close = raw.len().saturating_sub(quotes);
        let content = raw.get(quotes..close).unwrap_or_default();
        let at = |offset: usize| value.span.start + (quotes + offset) as u32;
        // The lines with something on them, a `\` at their end aside, which joins lines in TOML.
        let joins = raw.starts_with("\"\"\"");
        let mut start = 0;
        let mut full: Vec<(usize, &str, &str)> = Vec::new();
        for line in content.split_inclusive('\n') {
            let bare = line.trim_end();
            let words = bare
                .strip_suffix('\\')
                .filter(|_| joins)
                .unwrap_or(bare)
                .trim_end();
            if !words.trim_start().is_empty() {
                full.push((start, words, &bare[words.len()..]));
            }
            start += line.len();
        }
        let Some((start, words, join)) = full.last() else {
            return insert(at(0), argument.into());
        };
        let end = start + words.len();
        if *start == 0 {
            return insert(at(end), format!(" {argument}"));
        }
        let indent = &words[..words.len() - words.trim_start().len()];
        let newline = self.newline;
        if join.is_empty() {
            return insert(at(end), format!("{newline}{indent}{argument}"));
        }
        insert(
            at(end + join.len()),
            format!("{newline}{indent}{argument}{join}"),
        )
    }

    fn extend_array(
        &self,
        value: &toml::Value,
        list: &[toml::Value],
        arguments: &[&str],
    ) -> Vec<Edit> {
        let quote = match list.first().map(|first| first.raw.as_str()) {
            Some(raw) if raw.starts_with('\'') => '\'',
            _ => '"',
        };
        let item = arguments.join(&format!("{quote}, {quote}"));
        let item = format!("{quote}{item}{quote}");
        let Some(last) = list.last() else {
            return vec![insert(value.span.start + 1, item)];
        };
        let (start, end) = (
            value.span.start as usize,
            last.span.end as usize - value.span.start as usize,
        );
        let (head, tail) = value.raw.split_at(end.min(value.raw.len()));
        let item_start = last.span.start as usize - start;
        let line = head[..item_start].rfind('\n').map(|at| at + 1);
        let (Some(line), Some(rest)) = (line, tail.find('\n')) else {
            return vec![insert(last.span.end, format!(", {item}"))];
        };
        let lead = &head[line..item_start];
        let indent = &lead[..lead.len() - lead.trim_start().len()];
        let line_end = tail[..rest].trim_end();
        let new = format!("{}{indent}{item}", self.newline);
        let after = last.span.end + line_end.len() as u32;
        if line_end.starts_with(',') {
            return vec![insert(after, new + ",")];
        }
        // The comma goes to the item, the new line behind the comment that may follow it.
        if line_end.is_empty() {
            return vec![insert(after, format!(",{new}"))];
        }
        vec![insert(last.span.end, ",".into()), insert(after, new)]
    }
}

fn cut(start: usize, end: usize) -> Edit {
    Edit {
        span: Span::new(start, end),
        text: String::new(),
    }
}

/// An item of an array with its comma, with its line where it has one of its own.
fn remove_item(value: &toml::Value, list: &[toml::Value], at: usize) -> Option<Edit> {
    let item = list.get(at)?;
    let base = value.span.start as usize;
    let raw = value.raw.as_str();
    let (start, end) = (
        item.span.start as usize - base,
        item.span.end as usize - base,
    );
    let (before, behind) = (raw.get(..start)?, raw.get(end..)?);
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let comma = behind.trim_start_matches([' ', '\t']).strip_prefix(',');
    let rest = comma.unwrap_or(behind);
    let stop = rest.find('\n');
    let tail = stop.map_or(rest, |stop| &rest[..stop]).trim();
    let alone =
        line > 0 && before[line..].trim().is_empty() && (tail.is_empty() || tail.starts_with('#'));
    if let Some(stop) = stop.filter(|_| alone) {
        let end = raw.len() - rest.len() + stop + 1;
        return Some(cut(base + line, base + end));
    }
    if comma.is_some() {
        let end = raw.len() - rest.trim_start_matches([' ', '\t']).len();
        return Some(cut(base + start, base + end));
    }
    let from = at
        .checked_sub(1)
        .and_then(|above| list.get(above))
        .map_or(item.span.start, |above| above.span.end);
    Some(cut(from as usize, item.span.end as usize))
}

/// The delimiter of a new option, like that of its neighbour but for alignment.
fn delimiter(neighbour: &str) -> &str {
    let plain = ["=", ":", " = ", ": ", " : "];
    if plain.contains(&neighbour) {
        neighbour
    } else {
        " = "
    }
}

fn insert(at: u32, text: String) -> Edit {
    Edit {
        span: Span { start: at, end: at },
        text,
    }
}
