//! Markers in a home of pytest's configuration.

use std::path::Path;
use std::sync::Arc;

use super::Edits;
use crate::chunk::Chunks;
use crate::file::File;
use crate::model::pytest::Config;
use crate::syntax;
use crate::work::Work;

/// Declare a marker in the home at `path`.
///
/// # Errors
/// The file is no home of pytest's configuration, or leaves no place for it.
pub fn declare(text: Option<&str>, path: &Path, name: &str) -> Edits {
    let text = text.unwrap_or_default();
    let read = |text: &str| {
        let kind = File::kind(path, text)?;
        let chunks = Chunks::cut(kind.language(), text, &mut Work::default());
        let parts = chunks.list().iter().map(|chunk| {
            let text: Arc<str> = text[chunk.start..chunk.end].into();
            (
                chunk.start,
                Arc::new(syntax::read(chunk.state, &text, &mut None)),
            )
        });
        Config::read(kind, &parts.collect::<Vec<_>>())
    };
    let Some(config) = read(text) else {
        return Err("it does not configure pytest".into());
    };
    let declares = |config: &Config| config.markers().iter().any(|word| word.text == name);
    if declares(&config) {
        return Ok(Vec::new());
    }
    let edits = config.add_marker(name)?;
    let made = crate::text::apply(text, &edits);
    if read(&made).as_ref().is_some_and(declares) {
        Ok(edits)
    } else {
        Err("its layout leaves no place for a marker".into())
    }
}
