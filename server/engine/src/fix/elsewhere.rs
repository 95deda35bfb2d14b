//! Needs of a fix that are met in other files than the finding's own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::{
    Edits, compose, dockerignore, dotenv, gitignore, marker, prometheus, pyproject, requirements,
    section, test_requirement, versions,
};
use super::{apply, intents};
use crate::project::{Content, Workspace};
use crate::rule::{Fix, Intent};
use crate::text::Edit;

/// Edits of another file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// As the project names it.
    pub path: PathBuf,
    /// `None`: the file is made.
    pub before: Option<Arc<str>>,
    pub edits: Vec<Edit>,
}

impl Elsewhere {
    pub fn after(&self) -> String {
        apply::replace(self.before.as_deref().unwrap_or(""), self.edits.clone())
    }
}

/// What a fix needs of other files, each need once.
pub fn needs(fix: &Fix) -> Vec<Intent> {
    let mut needs = intents(fix);
    let own = |intent: &Intent| {
        matches!(
            intent,
            Intent::Import(_)
                | Intent::ImportFrom { .. }
                | Intent::ForbidExtra { .. }
                | Intent::Limit(_)
                | Intent::Logger
                | Intent::Compose(_)
        )
    };
    needs.retain(|intent| !own(intent));
    needs
}

/// The edits that meet the needs of fixes of `from`; files in which nothing has to change are left out.
///
/// # Errors
/// The reason why a need cannot be met.
pub fn render(
    workspace: &Workspace,
    from: &Path,
    needs: &[Intent],
) -> Result<Vec<Elsewhere>, String> {
    let mut desk = Desk {
        workspace,
        own: from,
        folder: from.parent().unwrap_or(Path::new("")),
        files: Vec::new(),
    };
    for need in needs {
        desk.meet(need)?;
    }
    let files = desk.files.into_iter();
    let changed = files.filter(|file| file.before.as_deref() != Some(&*file.now));
    Ok(changed.map(Draft::finish).collect())
}

/// The files while needs are met: what an earlier need has made, a later one finds.
struct Desk<'a> {
    workspace: &'a Workspace,
    /// The file that is fixed.
    own: &'a Path,
    /// Of the file that is fixed.
    folder: &'a Path,
    files: Vec<Draft>,
}

struct Draft {
    path: PathBuf,
    before: Option<Arc<str>>,
    now: String,
    edits: Vec<Edit>,
    /// How many needs have changed it.
    rounds: usize,
}

impl Draft {
    fn finish(self) -> Elsewhere {
        let before = self.before.as_deref().unwrap_or("");
        let edits = match self.rounds {
            1 => self.edits,
            _ => super::diff::minimal(before, &self.now),
        };
        Elsewhere {
            path: self.path,
            before: self.before,
            edits,
        }
    }
}

/// Names under which the variables of a project are listed.
const EXAMPLES: &[&str] = &[".env.example", ".env.sample", ".env.template", ".env.dist"];

/// Files that may hold the requirements of a unit, the ones that a production image installs first.
const REQUIREMENTS: &[&str] = &[
    "requirements.txt",
    "requirements/production.txt",
    "requirements/prod.txt",
    "requirements/base.txt",
    "requirements.in",
];

impl Desk<'_> {
    fn meet(&mut self, need: &Intent) -> Result<(), String> {
        let beside = |name: &str| self.folder.join(name);
        match need {
            Intent::Import(_)
            | Intent::ImportFrom { .. }
            | Intent::ForbidExtra { .. }
            | Intent::Limit(_)
            | Intent::Logger
            | Intent::Compose(_) => Ok(()),
            Intent::EnvValue { name, value } => {
                self.edit(beside(".env"), |text| dotenv::set(text, name, value))
            }
            Intent::EnvExample(name) => match self.example() {
                Some(path) => self.edit(path, |text| dotenv::list(text, name)),
                None => Ok(()),
            },
            Intent::GitIgnore(path) => {
                let (file, path) = self.gitignore(path);
                self.edit(file, |text| gitignore::add(text, &path))
            }
            Intent::DockerIgnore { file, path } => {
                self.edit(file.clone(), |text| dockerignore::add(text, path))
            }
            Intent::Dependency { name, folder } => {
                let unit = self.workspace.unit(&folder.join("x"));
                let listed = REQUIREMENTS.iter().map(|file| unit.join(file));
                if let Some(file) = listed.into_iter().find(|file| self.is_file(file)) {
                    return self.edit(file, |text| requirements::add(text, name));
                }
                let file = unit.join("pyproject.toml");
                if self.is_file(&file) {
                    return self.edit(file, |text| pyproject::add(text, name));
                }
                Err(format!(
                    "no file lists requirements, to which `{name}` could be added"
                ))
            }
            Intent::Raise { key, to } => {
                for file in self.workspace.behind(self.own, key, to) {
                    self.edit(file.clone(), |text| versions::raise(&file, text, key, to))?;
                }
                Ok(())
            }
            Intent::TestDependency { name, folder } => self.test_dependency(name, folder),
            Intent::Marker { home, name } => {
                self.edit(home.clone(), |text| marker::declare(text, home, name))
            }
            Intent::Section {
                file,
                header,
                lines,
            } => self.edit(file.clone(), |text| section::add(text, header, lines)),
            Intent::DropSection { file, header } => {
                self.edit(file.clone(), |text| section::remove(text, header))
            }
            Intent::CreateFile { file, text: made } => self.edit(file.clone(), |text| {
                let there = text.is_some();
                Ok(if there {
                    Vec::new()
                } else {
                    vec![super::insert(0, made.as_str())]
                })
            }),
            Intent::Alert { file, lines } => {
                self.edit(file.clone(), |text| prometheus::add_alert(text, lines))
            }
            Intent::OverrideVolume { service, entry } => {
                let file = self.override_file();
                self.edit(file, |text| compose::add_volume(text, service, entry))
            }
        }
    }

    /// Where pytest is required, else where the unit lists its requirements.
    fn test_dependency(&mut self, name: &str, folder: &Path) -> Result<(), String> {
        let unit = self.workspace.unit(&folder.join("x"));
        let names = self.workspace.folder(&unit).unwrap_or_default();
        let below = self
            .workspace
            .folder(&unit.join("requirements"))
            .unwrap_or_default();
        let own = names.files().map(|name| unit.join(name));
        let below = below
            .files()
            .map(|name| unit.join("requirements").join(name));
        let lists = own
            .chain(below)
            .filter(|path| path.extension().is_some_and(|end| end == "txt"));
        let text = |path: &Path| match self.workspace.content(path) {
            Content::Text(text) => text,
            _ => Arc::from(""),
        };
        let asks = |path: &PathBuf| {
            let lines = text(path);
            lines
                .lines()
                .any(|line| requirements::key(line).is_ok_and(|key| key == "pytest"))
        };
        let listed: Vec<PathBuf> = lists.collect();
        if let Some(path) = listed.into_iter().find(asks) {
            return self.edit(path, |text| requirements::add(text, name));
        }
        let manifest = unit.join("pyproject.toml");
        if test_requirement::has_pytest(&text(&manifest)) {
            return self.edit(manifest, |text| test_requirement::add(text, name));
        }
        self.meet(&Intent::Dependency {
            name: name.into(),
            folder: folder.to_path_buf(),
        })
    }

    fn edit(&mut self, path: PathBuf, make: impl Fn(Option<&str>) -> Edits) -> Result<(), String> {
        let at = match self.files.iter().position(|file| file.path == path) {
            Some(at) => at,
            None => {
                let before = match self.workspace.content(&path) {
                    Content::Text(text) => Some(text),
                    Content::Missing => None,
                    Content::Strange(reason) => {
                        return Err(format!("{}: {reason}", path.display()));
                    }
                };
                self.files.push(Draft {
                    now: before.as_deref().unwrap_or("").to_owned(),
                    path: path.clone(),
                    before,
                    edits: Vec::new(),
                    rounds: 0,
                });
                self.files.len() - 1
            }
        };
        let file = &mut self.files[at];
        let there = file.before.is_some() || file.rounds > 0;
        let edits = make(there.then_some(&*file.now))
            .map_err(|reason| format!("`{}` {reason}", path.display()))?;
        if !edits.is_empty() {
            file.now = apply::replace(&file.now, edits.clone());
            file.edits = edits;
            file.rounds += 1;
        }
        Ok(())
    }

    /// Whether there is a file, or will be.
    fn is_file(&self, path: &Path) -> bool {
        let made = |file: &&Draft| file.path == path && file.rounds > 0;
        self.files.iter().any(|file| made(&file)) || self.workspace.has_file(path)
    }

    /// Where variables are listed: in the nearest such file upwards, else beside a `.env`.
    fn example(&self) -> Option<PathBuf> {
        let names = |folder: &Path| {
            EXAMPLES
                .iter()
                .map(|name| folder.join(name))
                .collect::<Vec<_>>()
        };
        let folders = self.folder.ancestors();
        let mut known = folders.flat_map(names);
        let made = || self.folder.join(".env");
        known
            .find(|path| self.is_file(path))
            .or_else(|| self.is_file(&made()).then(|| self.folder.join(EXAMPLES[0])))
    }

    /// The nearest `.gitignore` upwards, and the path as it is named there; where there is none, one beside the file.
    fn gitignore(&self, path: &str) -> (PathBuf, String) {
        let known = self
            .folder
            .ancestors()
            .find(|folder| self.is_file(&folder.join(".gitignore")));
        let folder = known.unwrap_or(self.folder);
        let below = self.folder.strip_prefix(folder).unwrap_or(Path::new(""));
        let path = crate::output::slashed(&below.join(path));
        (folder.join(".gitignore"), path)
    }

    /// The file that Docker Compose reads beside the plain one without being told.
    fn override_file(&self) -> PathBuf {
        const NAMES: &[&str] = &[
            "compose.override.yaml",
            "compose.override.yml",
            "docker-compose.override.yml",
            "docker-compose.override.yaml",
        ];
        let mut known = NAMES.iter().map(|name| self.folder.join(name));
        let mut by_base = NAMES.iter().map(|name| {
            let base = self.folder.join(name.replace(".override", ""));
            (self.folder.join(name), base)
        });
        known
            .find(|path| self.is_file(path))
            .or_else(|| Some(by_base.find(|(_, base)| self.is_file(base))?.0))
            .unwrap_or_else(|| self.folder.join("docker-compose.override.yml"))
    }
}
