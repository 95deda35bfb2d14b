//! Where imports go, so that isort, ruff and a formatter would leave them there.

use super::stdlib::is_stdlib;
use crate::fix::{View, insert, line_start, next_line};
use crate::model;
use crate::model::python::StatementKind;
use crate::text::Edit;

/// A statement of the module.
#[derive(Debug)]
struct Statement<'a> {
    kind: StatementKind,
    start: usize,
    end: usize,
    module: &'a str,
}

fn statements<'a>(view: &'a View) -> Vec<Statement<'a>> {
    let mut all = Vec::new();
    for (start, part) in view.parts {
        let model::Part::Python(part) = &**part else {
            continue;
        };
        all.extend(part.statements.iter().map(|statement| Statement {
            kind: statement.kind,
            start: (start + statement.span.start as usize).min(view.text.len()),
            end: (start + statement.span.end as usize).min(view.text.len()),
            module: part.slice(statement.module),
        }));
    }
    all
}

/// The insertion of `import module` for a module of the standard library.
pub(super) fn import(view: &View, module: &str) -> Edit {
    let all = statements(view);
    let is_import = |s: &&Statement| matches!(s.kind, StatementKind::Import | StatementKind::From);
    let first = all.iter().position(|s| is_import(&s));
    let code = all
        .iter()
        .position(|s| matches!(s.kind, StatementKind::Definition | StatementKind::Guarded))
        .unwrap_or(all.len());
    let line = format!("import {module}\n");
    let Some(first) = first.filter(|first| *first < code) else {
        return top(view, &all, &line);
    };
    let run: Vec<&Statement> = all[first..].iter().take_while(is_import).collect();
    let standard: Vec<&&Statement> = run.iter().filter(|s| is_stdlib(s.module)).collect();
    let plain = |s: &&Statement| s.kind == StatementKind::Import;
    // `import` before `from` within a section, unless this file sorts by module alone.
    let mixed = standard
        .windows(2)
        .any(|pair| !plain(pair[0]) && plain(pair[1]));
    let peers: Vec<&&Statement> = standard
        .iter()
        .filter(|s| mixed || plain(s))
        .copied()
        .collect();
    let before = |s: &&&&Statement| s.module.to_ascii_lowercase() <= module.to_ascii_lowercase();
    if let Some(last) = peers.iter().rev().find(before) {
        return after(view.text, last.end, &line);
    }
    if let Some(next) = peers.first().or(standard.first()) {
        return insert(above(view.text, next.start), line);
    }
    insert(above(view.text, run[0].start), format!("{line}\n"))
}

/// The insertion of `from module import name` for a module of a library, or of the name into such a statement.
pub(super) fn import_from(view: &View, module: &str, name: &str) -> Edit {
    let all = statements(view);
    let is_import = |s: &&Statement| matches!(s.kind, StatementKind::Import | StatementKind::From);
    let code = all
        .iter()
        .position(|s| matches!(s.kind, StatementKind::Definition | StatementKind::Guarded))
        .unwrap_or(all.len());
    let run: Vec<&Statement> = all[..code].iter().filter(is_import).collect();
    let same = |s: &&&Statement| s.kind == StatementKind::From && s.module == module;
    if let Some(edit) = run
        .iter()
        .find(same)
        .and_then(|s| into_list(view.text, s, name))
    {
        return edit;
    }
    let line = format!("from {module} import {name}\n");
    let own = |module: &str| {
        let head = module.split('.').next().unwrap_or_default();
        head.is_empty()
            || view
                .file
                .path
                .iter()
                .any(|part| part.to_str() == Some(head))
    };
    // `import` before `from` within a section.
    let peer = |s: &&&Statement| !is_stdlib(s.module) && own(s.module) == own(module);
    let peers: Vec<&Statement> = run.iter().filter(peer).copied().collect();
    let from = |s: &&&Statement| s.kind == StatementKind::From;
    let froms: Vec<&Statement> = peers.iter().filter(from).copied().collect();
    let below = |s: &&&Statement| s.module.to_ascii_lowercase() <= module.to_ascii_lowercase();
    if let Some(last) = froms.iter().rev().find(below) {
        return after(view.text, last.end, &line);
    }
    if let Some(next) = froms.first() {
        return insert(above(view.text, next.start), line);
    }
    if let Some(last) = peers.last() {
        return after(view.text, last.end, &line);
    }
    // A section of its own: the project's last, those of libraries behind the standard library's.
    let before = |s: &&&Statement| own(module) || is_stdlib(s.module);
    let last = run.iter().rev().find(before);
    if let Some(last) = last {
        return after(view.text, last.end, &format!("\n{line}"));
    }
    match run.first() {
        Some(first) => insert(above(view.text, first.start), format!("{line}\n")),
        None => top(view, &all, &line),
    }
}

/// A name put into the list of a `from x import a, b`, at its sorted place; one that imports all names has none.
fn into_list(text: &str, statement: &Statement, name: &str) -> Option<Edit> {
    let whole = text.get(statement.start..statement.end)?;
    let list = whole.find(" import")? + " import".len();
    let mut items: Vec<(usize, usize)> = Vec::new();
    let mut at = list;
    for piece in whole[list..].split_inclusive([',', '\n']) {
        let code = piece.split('#').next().unwrap_or_default();
        let solid = |c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '\\');
        let start = at + (code.len() - code.trim_start_matches(solid).len());
        let end = start + code.trim_matches(solid).len();
        if end > start {
            items.push((start, end));
        }
        at += piece.len();
    }
    let word = |(start, end): &(usize, usize)| &whole[*start..*end];
    if items.is_empty() || items.iter().any(|item| word(item) == "*") {
        return None;
    }
    let upright = |at: usize| {
        let line = line_start(whole, at);
        let before = &whole[line..at];
        (line > 0 && before.trim().is_empty()).then_some(before)
    };
    let next = items.iter().find(|item| sorted(word(item)) > sorted(name));
    let (at, new) = match (next, items.last()) {
        (Some((start, _)), _) => match upright(*start).filter(|_| items.len() > 1) {
            Some(indent) => (*start, format!("{name},\n{indent}")),
            None => (*start, format!("{name}, ")),
        },
        (None, Some((start, end))) => match upright(*start) {
            Some(indent) => (*end, format!(",\n{indent}{name}")),
            None => (*end, format!(", {name}")),
        },
        (None, None) => return None,
    };
    Some(insert(statement.start + at, new))
}

/// Constants, then classes, then the rest, each by name.
fn sorted(name: &str) -> (u8, &str) {
    let lower = |c: char| c.is_ascii_lowercase();
    let class = match name.chars().next() {
        Some(first) if first.is_ascii_uppercase() => u8::from(name.contains(lower)),
        _ => 2,
    };
    (class, name)
}

/// The insertion of a statement behind the imports. Takes in the import that is inserted as well where the file has none.
pub(super) fn after_imports(view: &View, statement: &str, imports: &mut Vec<Edit>) -> Edit {
    let all = statements(view);
    let code = all
        .iter()
        .position(|s| s.kind == StatementKind::Definition)
        .unwrap_or(all.len());
    let last = all[..code].iter().rev().find(|s| {
        use StatementKind::{From, Guarded, Import};
        matches!(s.kind, Import | From | Guarded)
    });
    let Some(last) = last else {
        let line: String = imports.drain(..).map(|edit| edit.text).collect();
        let line = line.trim();
        let line = if line.is_empty() {
            statement.to_owned()
        } else {
            format!("{line}\n\n{statement}")
        };
        return top(view, &all, &line);
    };
    let text = view.text;
    let at = next_line(text, last.end);
    let gap = if blank_at(text, at) { "" } else { "\n" };
    after(text, last.end, &format!("\n{statement}{gap}"))
}

/// The insertion of lines at the top of the file: behind the docstring, `__future__` and the comments that head the file.
fn top(view: &View, all: &[Statement], lines: &str) -> Edit {
    let text = view.text;
    let head = all
        .iter()
        .enumerate()
        .take_while(|(at, s)| {
            s.kind == StatementKind::Future || *at == 0 && s.kind == StatementKind::Str
        })
        .last();
    if let Some((_, head)) = head {
        let at = next_line(text, head.end);
        let gap = if blank_at(text, at) { "" } else { "\n" };
        return after(text, head.end, &format!("\n{lines}{gap}"));
    }
    let Some(first) = all.first() else {
        return after(text, text.len(), lines);
    };
    let at = above(text, first.start);
    let gap = if first.kind == StatementKind::Definition {
        "\n\n"
    } else {
        "\n"
    };
    insert(at, format!("{lines}{gap}"))
}

/// The start of the statement that begins at `start`, with the comment lines directly above it. Those that head the file (a
/// shebang, a licence, a pragma) stay there.
fn above(text: &str, start: usize) -> usize {
    let bom = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let line = line_start(text, start).max(bom);
    let mut at = line;
    while at > bom {
        let before = line_start(text, at - 1).max(bom);
        if !text[before..at].starts_with('#') {
            return at;
        }
        at = before;
    }
    line
}

/// An insertion of whole lines behind the line on which `end` lies.
fn after(text: &str, end: usize, lines: &str) -> Edit {
    let at = next_line(text, end);
    if at == text.len() && !text.is_empty() && !text.ends_with('\n') {
        return insert(at, format!("\n{}", lines.trim_end_matches('\n')));
    }
    insert(at, lines)
}

/// Whether the line at `at` is blank, or the text ends there.
fn blank_at(text: &str, at: usize) -> bool {
    text.get(at..)
        .and_then(|rest| rest.lines().next())
        .is_none_or(|line| line.trim().is_empty())
}
