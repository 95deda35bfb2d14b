//! Globs over the paths of a project, read as `.gitignore` reads its lines.

use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Patterns: one without `/` takes every file and folder of that name; one with `/` starts at the configuration's folder.
/// A folder stands for all that is in it.
#[derive(Debug, Clone, Default)]
pub struct Globs {
    patterns: Vec<String>,
    set: GlobSet,
}

impl PartialEq for Globs {
    fn eq(&self, other: &Globs) -> bool {
        self.patterns == other.patterns
    }
}

impl Globs {
    /// # Errors
    /// The first pattern that is no glob: its index and why.
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Result<Globs, (usize, String)> {
        let mut builder = GlobSetBuilder::new();
        let patterns: Vec<String> = patterns.into_iter().map(str::to_owned).collect();
        for (at, pattern) in patterns.iter().enumerate() {
            let anchored = pattern.trim_end_matches('/').contains('/');
            let pattern = pattern.trim_start_matches("./").trim_matches('/');
            let root = if anchored { "" } else { "**/" };
            for form in [format!("{root}{pattern}"), format!("{root}{pattern}/**")] {
                let glob = GlobBuilder::new(&form).literal_separator(true).build();
                builder.add(glob.map_err(|error| (at, error.kind().to_string()))?);
            }
        }
        let set = builder.build().map_err(|error| (0, error.to_string()))?;
        Ok(Globs { patterns, set })
    }

    /// As they were given.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }

    pub fn take(&self, path: &Path) -> bool {
        self.set.is_match(path)
    }
}
