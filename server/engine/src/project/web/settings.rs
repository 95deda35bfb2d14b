//! Classes of settings that rest on those of other files.

use std::path::{Path, PathBuf};

use super::super::{Question, View, Workspace};
use crate::model::python::web::{Classes, Ref};

/// Does what a file knows by a dotted name rest on a class that is called so?
#[derive(Debug)]
struct RestsOn {
    from: PathBuf,
    name: String,
    base: &'static str,
}

/// Classes are followed this far.
const DEPTH: usize = 8;

impl Question for RestsOn {
    type Answer = bool;
    fn answer(&self, workspace: &Workspace) -> bool {
        let of = (self.from.clone(), Ref::dotted(self.name.clone()));
        workspace.rests_on(&of, self.base, DEPTH)
    }
}

impl Workspace {
    fn rests_on(&self, of: &(PathBuf, Ref), base: &str, depth: usize) -> bool {
        let Some((file, path)) = self.class_meant(&of.0, &of.1).filter(|_| depth > 0) else {
            return of.1.path.rsplit('.').next() == Some(base);
        };
        let Some(classes) = self.fact::<Classes>(&file).here() else {
            return false;
        };
        let mut known = classes.list.iter().filter(|class| class.path == path);
        known.any(|class| {
            let mut bases = class.bases.iter().flatten();
            bases.any(|next| self.rests_on(&(file.clone(), next.clone()), base, depth - 1))
        })
    }
}

impl View<'_> {
    /// Whether a class of another file of the project, which `from` knows by a dotted name, rests on one of this name.
    pub fn rests_on(&self, from: &Path, name: &str, base: &'static str) -> bool {
        if self.workspace.is_alone() {
            return false;
        }
        self.ask(RestsOn {
            from: from.to_path_buf(),
            name: name.to_owned(),
            base,
        })
    }
}
