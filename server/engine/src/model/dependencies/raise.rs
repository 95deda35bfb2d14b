//! Other versions in the place of those that are written.

use pep440_rs::Version;
use version_ranges::Ranges;

use super::{Dependency, Style};
use crate::text::{Edit, Span};

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

    /// Whether none but older versions are let in.
    pub fn is_behind(&self, version: &Version) -> bool {
        let up_to = Ranges::lower_than(version.clone());
        let allowed = self.allowed();
        allowed.is_some_and(|allowed| allowed.subset_of(&up_to) && !allowed.contains(version))
    }

    /// Whether a version could be written here at all.
    pub fn is_writable(&self) -> bool {
        self.written.is_some()
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

    fn edits(&self, text: String, span: Span) -> Vec<Edit> {
        let mut edits = vec![Edit { span, text }];
        edits.extend(self.hashes.iter().map(|span| Edit {
            span: *span,
            text: String::new(),
        }));
        edits
    }
}
