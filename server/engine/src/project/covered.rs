//! The files that a coverage report names, as they are now.

use std::path::{Path, PathBuf};

use super::{Question, View, Workspace};

/// Where is each of these files? A report names them relative to folders of the machine that made it.
#[derive(Debug)]
struct WhereAre {
    folder: PathBuf,
    sources: Vec<String>,
    names: Vec<String>,
}

impl Question for WhereAre {
    type Answer = Vec<Option<PathBuf>>;
    fn answer(&self, workspace: &Workspace) -> Vec<Option<PathBuf>> {
        let mut bases: Vec<PathBuf> = Vec::new();
        let folders = self
            .folder
            .ancestors()
            .filter(|folder| workspace.within(folder));
        for folder in folders {
            bases.push(folder.to_path_buf());
            for source in &self.sources {
                // Of a path of another machine the last names may be those of a folder here.
                let names: Vec<&str> = source
                    .split(['/', '\\'])
                    .filter(|name| !name.is_empty())
                    .collect();
                let tails =
                    (1..=names.len().min(4)).map(|count| names[names.len() - count..].join("/"));
                bases.extend(tails.map(|tail| folder.join(tail)));
            }
            bases.push(folder.join("src"));
        }
        bases.retain(|base| workspace.folder(base).is_some());
        bases.dedup();
        let find = |name: &String| {
            let name = name.replace('\\', "/");
            let mut places = bases.iter().map(|base| crate::path::join(base, &name));
            places.find(|path| workspace.has_file(path))
        };
        self.names.iter().map(find).collect()
    }
}

impl View<'_> {
    /// Where the files are that a report in `folder` names; `None` for those that are not there any more.
    pub fn covered_files(
        &self,
        folder: &Path,
        sources: &[String],
        names: Vec<String>,
    ) -> Vec<Option<PathBuf>> {
        self.ask(WhereAre {
            folder: folder.to_path_buf(),
            sources: sources.to_vec(),
            names,
        })
    }
}
