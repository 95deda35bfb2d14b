//! Other versions in the place of those that are written.

use pep440_rs::Version;

use super::{Dependency, Style};
use crate::text::Edit;

impl Dependency {
    /// Let in a newer version, in the way that versions are written here; hashes of the old one are taken away. `None`
    /// where no version can be written.
    pub fn raise(&self, to: &Version) -> Option<Vec<Edit>> {
        let written = self.written?;
        let text = match written.style {
            Style::Pin | Style::Nothing => format!("=={to}"),
            Style::Compatible if to.release().len() > 1 => format!("~={to}"),
            Style::Compatible | Style::Range => format!(">={to}"),
            Style::Caret => format!("^{to}"),
            Style::Tilde => format!("~{to}"),
            Style::Bare => to.to_string(),
        };
        Some(self.edits(text, written.span))
    }

    /// Pin to a version, as it is written elsewhere.
    pub fn pinned_to(&self, version: &str) -> Option<Vec<Edit>> {
        let written = self.written?;
        let text = match written.style {
            Style::Caret | Style::Tilde | Style::Bare => version.to_owned(),
            _ => format!("=={version}"),
        };
        Some(self.edits(text, written.span))
    }

    fn edits(&self, text: String, span: crate::text::Span) -> Vec<Edit> {
        let mut edits = vec![Edit { span, text }];
        edits.extend(self.hashes.iter().map(|span| Edit {
            span: *span,
            text: String::new(),
        }));
        edits
    }
}
