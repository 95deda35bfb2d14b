//! Where the files of a container come from.

use std::path::{Path, PathBuf};

use crate::model::dockerfile::{Copied, Dockerfile, From, Stage};
use crate::path::join;

/// A container as its files see it.
#[derive(Debug, Clone)]
pub struct Home<'a> {
    pub image: Option<(&'a Dockerfile, &'a Stage)>,
    /// The folder of the build's context, else of the file that says what is run.
    pub context: PathBuf,
    /// Where a service says another one than the image.
    pub workdir: Option<String>,
}

/// Copies from stage to stage are followed this far.
const DEPTH: usize = 4;

impl Home<'_> {
    /// The paths in the project at which a file of the container may lie, the likeliest first.
    pub fn sources(&self, path: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        if let Some((file, stage)) = self.image {
            let own = || file.workdir(stage)?.path;
            let workdir = self.workdir.clone().or_else(own);
            let inside = join(Path::new(workdir.as_deref().unwrap_or("/")), path);
            self.copied(file, stage, &inside, DEPTH, &mut found);
        }
        // What is mounted, or copied in a way that is not understood.
        let near = join(&self.context, path);
        if !path.starts_with('/') && !found.contains(&near) {
            found.push(near);
        }
        found
    }

    fn copied(
        &self,
        file: &Dockerfile,
        stage: &Stage,
        inside: &Path,
        depth: usize,
        found: &mut Vec<PathBuf>,
    ) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        for copied in file.copies(stage).iter().rev() {
            for (source, _) in &copied.sources {
                for path in origins(copied, source, inside) {
                    match &copied.from {
                        None => {
                            let path = join(&self.context, path.trim_start_matches('/'));
                            if !found.contains(&path) {
                                found.push(path);
                            }
                        }
                        Some(From::Stage(at)) => {
                            if let Some(stage) = file.stages.get(*at) {
                                let path = join(Path::new("/"), &path);
                                self.copied(file, stage, &path, depth, found);
                            }
                        }
                        Some(From::Other(_)) => {}
                    }
                }
            }
        }
    }
}

/// What a file of the container was, if this source of a copy brought it: a file of the folder that is copied, or the file.
fn origins(copied: &Copied, source: &str, inside: &Path) -> Vec<String> {
    let Some(rest) = copied
        .destination
        .as_deref()
        .and_then(|to| inside.strip_prefix(to).ok())
    else {
        return Vec::new();
    };
    let rest = rest.to_string_lossy().replace('\\', "/");
    let name = source.rsplit('/').next().unwrap_or_default();
    let mut found = Vec::new();
    if rest.is_empty() || !name.is_empty() && rest == name {
        found.push(source.to_owned());
    }
    if !rest.is_empty() {
        found.push(format!("{}/{rest}", source.trim_end_matches('/')));
    }
    found
}
