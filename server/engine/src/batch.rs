//! A file read once from disk: only the chunks from which an enabled rule can get something are parsed.

use std::sync::Arc;

use crate::chunk::Chunks;
use crate::document::{Analysis, Engine};
use crate::file::File;
use crate::project::Project;
use crate::rule::Finding;
use crate::work::Work;

/// The findings of one text, as [`Analysis::findings`] gives them, and whether something in it could not be read without a
/// syntax error.
pub fn check(
    engine: &Engine,
    project: &dyn Project,
    file: &Arc<File>,
    text: &str,
) -> (Vec<Finding>, bool) {
    let analysis = analyse(engine, project, file, text);
    let broken = analysis.parts().any(|(_, part)| part.broken());
    (analysis.findings(), broken)
}

/// All parts of one text, for whoever renders fixes.
pub fn analyse(engine: &Engine, project: &dyn Project, file: &Arc<File>, text: &str) -> Analysis {
    let mut work = Work::default();
    let chunks = Chunks::cut(file.kind.language(), text, &mut work);
    let mut analysis = Analysis::new(engine, file.clone());
    analysis.update(engine, project, text, chunks.list());
    analysis.work += work;
    analysis
}
