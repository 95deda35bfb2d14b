//! Whether a unit can be served with gunicorn.

use std::path::{Path, PathBuf};

use super::requires::DoesRequire;
use super::{Question, View, Workspace};
use crate::fix::elsewhere;
use crate::rule::Intent;

/// What a unit requires, and may be made to require.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Gunicorn {
    /// It requires gunicorn.
    pub required: bool,
    /// It requires `uvicorn-worker`, which holds what `uvicorn.workers` held once.
    pub worker_package: bool,
    /// Why gunicorn cannot be added to its requirements.
    pub obstacle: Option<String>,
}

#[derive(Debug)]
struct CanUse(PathBuf);

impl Question for CanUse {
    type Answer = Gunicorn;
    fn answer(&self, workspace: &Workspace) -> Gunicorn {
        let inside = self.0.join("x");
        let folder = workspace.unit(&inside);
        let requires = |name| {
            let question = DoesRequire {
                folder: folder.clone(),
                name,
                but: PathBuf::new(),
            };
            question.answer(workspace)
        };
        let required = requires("gunicorn");
        let need = Intent::Dependency {
            name: "gunicorn".into(),
            folder: self.0.clone(),
        };
        let obstacle = (!required).then(|| elsewhere::render(workspace, &inside, &[need]).err());
        Gunicorn {
            required,
            worker_package: requires("uvicorn-worker"),
            obstacle: obstacle.flatten(),
        }
    }
}

impl View<'_> {
    /// Whether the unit of a folder can be served with gunicorn.
    pub fn gunicorn(&self, folder: &Path) -> Gunicorn {
        self.ask(CanUse(folder.to_path_buf()))
    }
}
