//! Whether git would take a file along.

use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::{Fact, Question, Source, View, Workspace};

/// What git makes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ignored {
    /// Some pattern covers it.
    Covered,
    Open,
    /// No pattern covers it, and it is in the index.
    Tracked,
}

/// The lines of a `.gitignore` that may say something.
#[derive(Debug, Hash)]
struct Patterns(Vec<String>);

impl Fact for Patterns {
    fn read(source: &Source) -> Option<Patterns> {
        let lines = source
            .text()
            .split('\n')
            .map(|line| line.strip_suffix('\r').unwrap_or(line));
        let telling = lines.filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        Some(Patterns(telling.map(str::to_owned).collect()))
    }
}

impl Patterns {
    fn matcher(&self) -> Gitignore {
        let mut builder = GitignoreBuilder::new("");
        for line in &self.0 {
            // A pattern that cannot be read matches nothing, as in git.
            let _ = builder.add_line(None, line);
        }
        builder.build().unwrap_or_else(|_| Gitignore::empty())
    }
}

#[derive(Debug)]
struct IsIgnored(PathBuf);

impl Question for IsIgnored {
    type Answer = Ignored;
    fn answer(&self, workspace: &Workspace) -> Ignored {
        if covered(workspace, &self.0) {
            Ignored::Covered
        } else if workspace.tracked(&self.0) {
            Ignored::Tracked
        } else {
            Ignored::Open
        }
    }
}

/// The nearest file that says something decides; within one the last line does.
fn covered(workspace: &Workspace, path: &Path) -> bool {
    for folder in path
        .ancestors()
        .skip(1)
        .filter(|folder| workspace.within(folder))
    {
        let below = path.strip_prefix(folder).unwrap_or(path);
        for name in [".gitignore", ".git/info/exclude"] {
            let Some(patterns) = workspace.fact::<Patterns>(&folder.join(name)).here() else {
                continue;
            };
            match patterns.matcher().matched_path_or_any_parents(below, false) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
        }
    }
    false
}

impl View<'_> {
    /// Whether git ignores a file, or has it already.
    pub fn ignored(&self, path: &Path) -> Ignored {
        self.ask(IsIgnored(path.to_path_buf()))
    }
}
