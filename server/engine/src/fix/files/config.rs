//! What is written into a configuration: rules that one file ignores, and files that are for development.

use std::path::Path;

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::Edits;
use crate::config::{Config, Home, read};
use crate::fix::diff;
use crate::output::slashed;

/// Ignore a rule in a file, given by its path from the configuration's folder.
///
/// # Errors
/// The configuration cannot be read, or leaves no place for it.
pub fn ignore(text: Option<&str>, home: Home, path: &Path, rule: &str) -> Edits {
    let done = |config: &Config| {
        let mut here = config.per_file.iter().filter(|(globs, _)| globs.take(path));
        here.any(|(_, ignored)| ignored.iter().any(|selector| selector.takes(rule)))
    };
    edit(text, home, done, |root, inline| {
        let table = section(root, inline, "per-file")?;
        let pattern = pattern(path);
        let known = table.iter().find(|(key, _)| same(key, &pattern));
        let key = known.map_or(pattern.clone(), |(key, _)| key.to_owned());
        list(table, &key)?.add(rule);
        Ok(())
    })
}

/// Say that a compose file is for development.
///
/// # Errors
/// As above, or it is said to be for production.
pub fn development(text: Option<&str>, home: Home, path: &Path) -> Edits {
    if let Some(reading) = read(home, text.unwrap_or_default())
        && reading.config.production.take(path)
    {
        return Err("says that the file is for production".into());
    }
    let done = |config: &Config| config.development.take(path);
    edit(text, home, done, |root, inline| {
        list(section(root, inline, "compose")?, "development")?.add(&pattern(path));
        Ok(())
    })
}

/// The pattern that takes this file alone.
fn pattern(path: &Path) -> String {
    let mut pattern = String::new();
    for c in slashed(path).chars() {
        match c {
            '*' | '?' | '[' | ']' | '{' | '}' => pattern.extend(['[', c, ']']),
            '\\' => pattern.push_str("\\\\"),
            c => pattern.push(c),
        }
    }
    // Without a slash it would take every file of that name.
    let lone = !pattern.contains('/');
    if lone { format!("/{pattern}") } else { pattern }
}

/// Whether two patterns are the same, from the configuration's folder.
fn same(a: &str, b: &str) -> bool {
    let bare = |text: &str| text.trim_start_matches("./").trim_matches('/').to_owned();
    a.contains('/') && bare(a) == bare(b)
}

type Change = Result<(), String>;

fn edit(
    text: Option<&str>,
    home: Home,
    done: impl Fn(&Config) -> bool,
    change: impl FnOnce(&mut dyn TableLike, bool) -> Change,
) -> Edits {
    let old = text.unwrap_or_default();
    if read(home, old).is_some_and(|reading| done(&reading.config)) {
        return Ok(Vec::new());
    }
    let bare = old.trim_start_matches('\u{feff}');
    let mark = &old[..old.len() - bare.len()];
    let crlf = super::newline(bare) == "\r\n";
    let parsed = bare.replace("\r\n", "\n").parse::<DocumentMut>();
    let mut document = parsed.map_err(|_| "has a syntax error")?;
    let mut root: &mut dyn TableLike = document.as_table_mut();
    let mut inline = false;
    if home == Home::Pyproject {
        for key in ["tool", "harden"] {
            let item = root.get_mut(key);
            inline = item.as_ref().is_some_and(|item| item.is_inline_table());
            let table = item.and_then(Item::as_table_like_mut);
            root = table.ok_or("has no table `tool.harden`")?;
        }
    }
    change(root, inline)?;
    let mut new = document.to_string();
    if crlf {
        new = new.replace('\n', "\r\n");
    }
    let new = format!("{mark}{new}");
    match read(home, &new) {
        Some(reading) if done(&reading.config) => Ok(diff::minimal(old, &new)),
        _ => Err("leaves no place for it".into()),
    }
}

/// A table of the configuration, made at its end where it is missing; in braces within braces.
fn section<'t>(
    root: &'t mut dyn TableLike,
    inline: bool,
    name: &str,
) -> Result<&'t mut dyn TableLike, String> {
    if !root.contains_key(name) {
        let item = if inline {
            Item::Value(Value::InlineTable(InlineTable::new()))
        } else {
            let mut table = Table::new();
            if !root.is_empty() {
                table.decor_mut().set_prefix("\n");
            }
            Item::Table(table)
        };
        root.insert(name, item);
    }
    let table = root.get_mut(name).and_then(Item::as_table_like_mut);
    table.ok_or_else(|| format!("has a `{name}` that is no table"))
}

/// A list of strings in a table; one string alone becomes a list.
fn list<'t>(table: &'t mut dyn TableLike, key: &str) -> Result<&'t mut Array, String> {
    match table.get_mut(key) {
        None => {
            table.insert(key, Item::Value(Value::Array(Array::new())));
        }
        Some(item) => {
            if let Some(text) = item.as_str() {
                let mut array = Array::new();
                array.push(text);
                *item = Item::Value(Value::Array(array));
            }
        }
    }
    let list = table.get_mut(key).and_then(Item::as_array_mut);
    list.ok_or_else(|| format!("has a `{key}` that is no list"))
}

trait Add {
    /// One text more at the end, on a line of its own where the last one has one.
    fn add(&mut self, text: &str);
}

impl Add for Array {
    fn add(&mut self, text: &str) {
        let written = |raw: Option<&toml_edit::RawString>| {
            let text = raw.and_then(|raw| raw.as_str());
            text.unwrap_or_default().to_owned()
        };
        let last = self.iter().last();
        let before = last.map(|last| written(last.decor().prefix()));
        let Some(before) = before.filter(|before| before.contains('\n')) else {
            self.push(text);
            return;
        };
        // A comment belongs to the item that it stands behind, and a line above an item to that one.
        let line = before.rfind('\n').map_or("", |at| &before[at..]);
        let behind = self.trailing().as_str().unwrap_or_default().to_owned();
        let comment = behind.contains('#');
        let prefix = match comment {
            true => format!("{}{line}", behind.trim_end()),
            false => line.to_owned(),
        };
        if comment {
            self.set_trailing("\n");
        }
        self.push_formatted(Value::from(text).decorated(prefix, ""));
        if !behind.contains('\n') {
            self.set_trailing("\n");
        }
        self.set_trailing_comma(true);
    }
}
