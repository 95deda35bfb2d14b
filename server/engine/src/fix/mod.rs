//! Plans → edits.

pub mod apply;
pub mod diff;
pub mod dockerfile;
pub mod elsewhere;
pub mod files;
pub mod python;
mod random;
pub mod server;

use std::sync::Arc;

use crate::file::File;
use crate::model::Part;
use crate::project::Workspace;
use crate::rule::{Fix, Intent, Owner, Piece};
use crate::text::{Edit, Span};
pub use elsewhere::Elsewhere;

/// A file as it is now, for rendering.
#[derive(Debug)]
pub struct View<'a> {
    pub file: &'a File,
    pub text: &'a str,
    pub parts: &'a [(usize, Arc<Part>)],
    /// The other files.
    pub workspace: &'a Workspace,
}

/// The edits of a fix.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rendered {
    /// Of the finding's own file, ordered and without overlap.
    pub own: Vec<Edit>,
    pub others: Vec<Elsewhere>,
}

/// The edits of one fix of a finding that has left the engine.
///
/// # Errors
/// The reason why the fix cannot be made here.
pub fn render(view: &View, fix: &Fix) -> Result<Rendered, String> {
    rendered(view, fix, &mut random::Bits::new())
}

/// The same to be looked at: where new secrets are made it says [`crate::output::HIDDEN`].
///
/// # Errors
/// The reason why the fix cannot be made here.
pub fn preview(view: &View, fix: &Fix) -> Result<Rendered, String> {
    rendered(view, fix, &mut random::Bits::hidden())
}

fn rendered(view: &View, fix: &Fix, bits: &mut random::Bits) -> Result<Rendered, String> {
    let own = own(view, fix, bits)?;
    let others = elsewhere::render(view.workspace, &view.file.path, &elsewhere::needs(fix))?;
    Ok(Rendered { own, others })
}

fn own(view: &View, fix: &Fix, bits: &mut random::Bits) -> Result<Vec<Edit>, String> {
    if let Some(reason) = &fix.disabled {
        return Err(reason.clone());
    }
    let uses: Vec<usize> = fix
        .edits
        .iter()
        .map(|edit| edit.place.span.start as usize)
        .collect();
    let mut edits = Vec::new();
    let mut named: Vec<(Intent, String)> = Vec::new();
    for intent in intents(fix) {
        let (name, made) = match &intent {
            Intent::Import(module) => python::import(view, module, &uses)?,
            Intent::ImportFrom { module, name } => python::import_from(view, module, name, &uses)?,
            Intent::ForbidExtra { class, old } => {
                edits.extend(python::forbid_extra(view, class, *old)?);
                continue;
            }
            Intent::Limit(limit) => {
                edits.extend(python::limit(view, limit)?);
                continue;
            }
            Intent::Logger => python::logger(view, &uses)?,
            Intent::Compose(changes) => {
                edits.extend(files::change::change(view.text, changes)?);
                continue;
            }
            // Needs of other files: see `elsewhere`.
            _ => continue,
        };
        edits.extend(made);
        named.push((intent, name));
    }
    let name = |intent: &Intent| {
        let known = named.iter().find(|(known, _)| known == intent);
        known.map_or("", |(_, name)| name)
    };
    for planned in &fix.edits {
        debug_assert_eq!(planned.place.owner, Owner::File);
        let mut text = String::new();
        for piece in &planned.text {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Name(intent) => text.push_str(name(intent)),
                Piece::Random(form) => text.push_str(&bits.written(*form)?),
            }
        }
        edits.push(Edit {
            span: planned.place.span,
            text,
        });
    }
    merge(view.text, edits)
}

/// What a fix needs, each need once, in the order of first mention.
pub(crate) fn intents(fix: &Fix) -> Vec<Intent> {
    let pieces = fix.edits.iter().flat_map(|edit| &edit.text);
    let named = pieces.filter_map(|piece| match piece {
        Piece::Name(intent) => Some(intent),
        Piece::Text(_) | Piece::Random(_) => None,
    });
    let mut all: Vec<Intent> = Vec::new();
    for intent in fix.intents.iter().chain(named) {
        if !all.contains(intent) {
            all.push(intent.clone());
        }
    }
    all
}

/// Edits in the order of the text and in its kind of line ends; equal ones once, insertions at one place joined.
fn merge(text: &str, mut edits: Vec<Edit>) -> Result<Vec<Edit>, String> {
    let crlf = text.find('\n').is_some_and(|at| text[..at].ends_with('\r'));
    edits.sort_by_key(|edit| edit.span);
    let mut merged: Vec<Edit> = Vec::with_capacity(edits.len());
    for mut edit in edits {
        if edit.span.end as usize > text.len() {
            return Err("the file has changed".into());
        }
        if crlf {
            edit.text = edit.text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        match merged.last_mut() {
            Some(last) if *last == edit => {}
            Some(last) if last.span == edit.span && last.span.is_empty() => {
                last.text.push_str(&edit.text);
            }
            Some(last) if last.span.end > edit.span.start => {
                return Err("its edits overlap".into());
            }
            _ => merged.push(edit),
        }
    }
    Ok(merged)
}

/// The end of the line on which `at` lies, behind its line break; the end of the text when there is none.
pub(crate) fn next_line(text: &str, at: usize) -> usize {
    text.get(at..)
        .and_then(|rest| rest.find('\n'))
        .map_or(text.len(), |end| at + end + 1)
}

/// The start of the line on which `at` lies.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |end| end + 1)
}

/// An insertion.
pub(crate) fn insert(at: usize, text: impl Into<String>) -> Edit {
    Edit {
        span: Span::new(at, at),
        text: text.into(),
    }
}
