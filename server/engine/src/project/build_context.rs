//! What a build sends to Docker: the files of its context that hold secrets and that no `.dockerignore` leaves out.

use std::path::{Path, PathBuf};

use super::{Content, Fact, Question, Source, View, Workspace};
use crate::file::Kind;
use crate::model::Part;
use crate::model::dockerfile::is_secret_file;
use crate::model::dockerignore::covers;
use crate::model::secret;
use crate::output::slashed;
use crate::path::join;

/// A file of a context.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sent {
    /// Relative to the context, with `/`.
    pub path: String,
    /// The file that would leave it out, as the project names it, and whether it is there.
    pub ignored_by: PathBuf,
    pub listed: bool,
    /// It holds something that is a secret by name or shape; unknown for what is no environment file.
    pub secret: bool,
}

/// What an ignore file says.
#[derive(Debug, Hash)]
struct Patterns(String);

impl Fact for Patterns {
    fn read(source: &Source) -> Option<Patterns> {
        Some(Patterns(source.text().to_owned()))
    }
}

/// The environment file holds a secret.
#[derive(Debug, Hash)]
struct Holds;

impl Fact for Holds {
    fn read(source: &Source) -> Option<Holds> {
        let parts = source.parts(Kind::Dotenv, |_| true);
        let entries = parts.iter().flat_map(|(_, part)| match &**part {
            Part::Dotenv(part) => part.entries.as_slice(),
            _ => &[],
        });
        let mut holds = entries.filter(|entry| {
            let Some(value) = &entry.value else {
                return false;
            };
            let text = value.text.as_str();
            let password = secret::is_password_name(&entry.key);
            secret::is_secret_name(&entry.key) && secret::is_secret_value(text, password)
                || secret::looks_like_token(text)
                || !secret::url_passwords(text).is_empty()
        });
        holds.next().map(|_| Holds)
    }
}

/// Which environment files does a build of a Dockerfile send that copies these folders of its context?
#[derive(Debug)]
struct EnvFiles {
    dockerfile: PathBuf,
    contexts: Vec<PathBuf>,
    folders: Vec<String>,
}

impl Question for EnvFiles {
    type Answer = Vec<(String, Vec<Sent>)>;
    fn answer(&self, workspace: &Workspace) -> Self::Answer {
        let mut found: Vec<(String, Vec<Sent>)> = Vec::new();
        for folder in &self.folders {
            let mut sent = Vec::new();
            for context in &self.contexts {
                for file in of_folder(workspace, &self.dockerfile, context, folder) {
                    if !sent.contains(&file) {
                        sent.push(file);
                    }
                }
            }
            found.push((folder.clone(), sent));
        }
        found
    }
}

fn of_folder(workspace: &Workspace, dockerfile: &Path, context: &Path, folder: &str) -> Vec<Sent> {
    let place = join(context, folder);
    let Ok(below) = place.strip_prefix(context) else {
        return Vec::new();
    };
    let Some(names) = workspace.folder(&place) else {
        return Vec::new();
    };
    let env = names
        .files()
        .filter(|name| name.starts_with(".env") && is_secret_file(name));
    let ignore = ignore_file(workspace, dockerfile, context);
    let patterns = workspace.fact::<Patterns>(&ignore).here();
    let sent = env.filter_map(|name| {
        let path = slashed(&below.join(name));
        let covered = patterns
            .as_ref()
            .is_some_and(|patterns| covers(&patterns.0, &path));
        (!covered).then(|| Sent {
            ignored_by: ignore.clone(),
            listed: patterns.is_some(),
            secret: workspace.fact::<Holds>(&place.join(name)).here().is_some(),
            path,
        })
    });
    sent.collect()
}

/// The one of the Dockerfile itself goes before that of the context.
fn ignore_file(workspace: &Workspace, dockerfile: &Path, context: &Path) -> PathBuf {
    let mut own = dockerfile.as_os_str().to_owned();
    own.push(".dockerignore");
    let own = PathBuf::from(own);
    match workspace.content(&own) {
        Content::Missing => context.join(".dockerignore"),
        Content::Text(_) | Content::Strange(_) => own,
    }
}

/// Does an ignore file leave a path of the context out?
#[derive(Debug)]
struct Ignored {
    dockerfile: PathBuf,
    context: PathBuf,
    path: String,
}

impl Question for Ignored {
    type Answer = bool;
    fn answer(&self, workspace: &Workspace) -> bool {
        let ignore = ignore_file(workspace, &self.dockerfile, &self.context);
        let patterns = workspace.fact::<Patterns>(&ignore).here();
        patterns.is_some_and(|patterns| covers(&patterns.0, &self.path))
    }
}

impl View<'_> {
    /// The environment files with secrets in folders of the build's contexts that are sent to Docker, by folder.
    pub fn env_files_sent(
        &self,
        dockerfile: &Path,
        contexts: &[PathBuf],
        folders: Vec<String>,
    ) -> Vec<(String, Vec<Sent>)> {
        if folders.is_empty() {
            return Vec::new();
        }
        self.ask(EnvFiles {
            dockerfile: dockerfile.to_path_buf(),
            contexts: contexts.to_vec(),
            folders,
        })
    }

    /// Whether a path of the context never reaches Docker.
    pub fn is_docker_ignored(&self, dockerfile: &Path, context: &Path, path: &str) -> bool {
        self.ask(Ignored {
            dockerfile: dockerfile.to_path_buf(),
            context: context.to_path_buf(),
            path: path.to_owned(),
        })
    }
}
