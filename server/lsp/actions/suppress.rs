//! Actions that silence findings: on their line, in their file, in the configuration. They come after all that repairs, and
//! none is ever preferred.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use harden_engine::config::Home;
use harden_engine::file::{Kind, Stage};
use harden_engine::fix::files::{Edits, config};
use harden_engine::output::slashed;
use harden_engine::project::Content;
use harden_engine::rule::{Finding, Rule};
use harden_engine::suppress::Pen;
use ropey::Rope;
use tower_lsp::lsp_types::{
    CodeAction, CodeActionDisabled, CodeActionKind, Command, Url, WorkspaceEdit,
};

use super::Making;
use super::edits::{self, Change, Why, together};
use crate::files::{absolute, relative};
use crate::lsp::commands::OPEN_DOCS;
use crate::lsp::diagnostics;

/// All of them for the findings of a place, those that silence least first, and then what leads to the docs.
pub(super) fn offer(making: &Making, here: &[&Finding]) -> Vec<CodeAction> {
    let rules: BTreeSet<&'static str> = here.iter().map(|finding| finding.rule.name).collect();
    let of = |rule: &str| -> Vec<&Finding> {
        let of = here.iter().filter(|finding| finding.rule.name == rule);
        of.copied().collect()
    };
    let mut actions = comments(making, here, &rules);
    if let Some(home) = Configuration::find(making) {
        for &rule in &rules {
            let path = home.path.clone();
            let made = home.edit(making, |text, home| config::ignore(text, home, &path, rule));
            let title = format!("Ignore {rule} in this file, in {}", home.name());
            actions.extend(made.action(making, title, &of(rule)));
        }
        let file = making.file;
        if file.kind == Kind::Compose && file.stage != Stage::Development && !here.is_empty() {
            let path = home.path.clone();
            let made = home.edit(making, |text, home| config::development(text, home, &path));
            let title = format!(
                "Mark {} as development in {}",
                slashed(&home.path),
                home.name()
            );
            actions.extend(made.action(making, title, here));
        }
    }
    actions.extend(rules.into_iter().map(|rule| docs(making, rule, &of(rule))));
    actions
}

/// By comments in the document itself.
fn comments(making: &Making, here: &[&Finding], rules: &BTreeSet<&'static str>) -> Vec<CodeAction> {
    let Some(pen) = Pen::of(making.file, &making.text) else {
        return Vec::new();
    };
    let mut actions = Vec::new();
    let mut seen = BTreeSet::new();
    let mut own = |title: String, edit, of: &[&Finding]| {
        let edit = edits::with_others(making.now, vec![edit], &[]);
        actions.extend(Made(edit.map(Some)).action(making, title, of));
    };
    for finding in here.iter().filter(|finding| takes_comments(finding.rule)) {
        let rule = finding.rule.name;
        let edit = pen.here(rule, finding.span());
        // Two on one line are silenced by one comment.
        if seen.insert((rule, edit.span, edit.text.clone())) {
            own(format!("Ignore {rule} on this line"), edit, &[finding]);
        }
    }
    for rule in rules {
        let of: Vec<&Finding> = here
            .iter()
            .filter(|finding| finding.rule.name == *rule && takes_comments(finding.rule))
            .copied()
            .collect();
        if !of.is_empty() {
            own(
                format!("Ignore {rule} in this file"),
                pen.everywhere(rule),
                &of,
            );
        }
    }
    actions
}

/// Comments are not judged by comments.
fn takes_comments(rule: &Rule) -> bool {
    !rule.name.starts_with("suppression/")
}

fn docs(making: &Making, rule: &'static str, of: &[&Finding]) -> CodeAction {
    let title = format!("Show what {rule} is about");
    CodeAction {
        command: Some(Command {
            title: title.clone(),
            command: OPEN_DOCS.into(),
            arguments: Some(vec![rule.into()]),
        }),
        title,
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(shown(making, of)),
        ..CodeAction::default()
    }
}

fn shown(making: &Making, of: &[&Finding]) -> Vec<tower_lsp::lsp_types::Diagnostic> {
    let of = of.iter();
    of.map(|finding| diagnostics::one(making.now.view, finding))
        .collect()
}

/// An edit, `None` where there is nothing to change, or the reason why there can be none.
struct Made(Result<Option<WorkspaceEdit>, String>);

impl Made {
    fn action(self, making: &Making, title: String, of: &[&Finding]) -> Option<CodeAction> {
        let (edit, disabled) = match self.0 {
            Ok(None) => return None,
            Ok(edit) => (edit, None),
            Err(_) if !making.now.view.support.disabled_actions => return None,
            Err(reason) => (None, Some(CodeActionDisabled { reason })),
        };
        Some(CodeAction {
            title,
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(shown(making, of)),
            edit,
            disabled,
            ..CodeAction::default()
        })
    }
}

/// The configuration that holds for the document, or the one that would.
struct Configuration {
    /// Absolute.
    file: PathBuf,
    /// `None`: there is no such file.
    text: Option<String>,
    /// The document, from the folder of the configuration.
    path: PathBuf,
}

impl Configuration {
    fn find(making: &Making) -> Option<Configuration> {
        let now = making.now;
        let document = now.path;
        let around = now.view.others;
        // An untitled document has no path that a pattern could take.
        if !document.is_absolute() {
            return None;
        }
        let known = now.settings.file();
        let file = match known {
            Some(file) => file.to_path_buf(),
            None => around?.folder.join("harden.toml"),
        };
        let path = document.strip_prefix(file.parent()?).ok()?.to_path_buf();
        // As it is in an editor, where it is open.
        let held = around.map(|around| {
            let path = relative(around.folder, &file);
            around.workspace.content(&path)
        });
        let text = match held {
            Some(Content::Text(text)) => Some(text.to_string()),
            _ => known.and_then(|file| std::fs::read_to_string(file).ok()),
        };
        Some(Configuration { file, text, path })
    }

    fn name(&self) -> String {
        let name = self.file.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    fn edit(&self, making: &Making, make: impl FnOnce(Option<&str>, Home) -> Edits) -> Made {
        let home = match self.name().as_str() {
            "pyproject.toml" => Home::Pyproject,
            _ => Home::Own,
        };
        let support = making.now.view.support;
        let edits = match make(self.text.as_deref(), home) {
            Ok(edits) if edits.is_empty() => return Made(Ok(None)),
            Ok(edits) => edits,
            Err(reason) => return Made(Err(format!("`{}` {reason}", self.name()))),
        };
        let Ok(uri) = Url::from_file_path(absolute(Path::new("/"), &self.file)) else {
            return Made(Ok(None));
        };
        let before = Rope::from_str(self.text.as_deref().unwrap_or_default());
        let change = Change {
            create: self.text.is_none(),
            why: Why::Needed,
            ..Change::new(uri, None, &before, edits, support)
        };
        Made(together(support, vec![change]).map(Some))
    }
}
