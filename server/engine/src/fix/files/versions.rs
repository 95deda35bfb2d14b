//! Newer versions in whatever file says which are installed.

use std::path::Path;
use std::str::FromStr;

use pep440_rs::Version;

use super::Edits;
use crate::model::dependencies::Dependencies;

/// Let in a version of a distribution (in the normal form of its name) where a file lets in none but older ones.
///
/// # Errors
/// `to` is no version.
pub fn raise(path: &Path, text: Option<&str>, key: &str, to: &str) -> Edits {
    let to = Version::from_str(to).map_err(|_| format!("`{to}` is no version"))?;
    let file = text.and_then(|text| Dependencies::of_text(path, text));
    let file = file.unwrap_or_default();
    let behind = file.of(key).filter(|known| known.is_behind(&to));
    Ok(behind
        .filter_map(|known| known.raise(&to))
        .flatten()
        .collect())
}
