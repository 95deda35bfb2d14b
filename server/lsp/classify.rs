//! What an open document is, asked of the engine by its name, its text and its surroundings.

use std::path::{Path, PathBuf};

use harden_engine::file::{File, Language};
use tower_lsp::lsp_types::Url;

use super::project::Member;
use crate::files::around;

/// A document's name, for as long as it is open.
#[derive(Debug, Clone)]
pub(super) struct Name {
    uri: Url,
    /// What the client says that it is.
    language: String,
    /// Where it lies on disk; an untitled document has no place.
    disk: Option<PathBuf>,
    member: Option<Member>,
    /// Relative to the folder that the client has open, where there is one.
    shown: PathBuf,
    /// Relative to the checkout around that folder: what it lies in says what it is, too.
    placed: PathBuf,
    /// The path by which it is judged, where its own says nothing and the client's language does.
    hint: Option<PathBuf>,
}

impl Name {
    pub(super) fn new(uri: &Url, language_id: &str, folders: &[PathBuf]) -> Name {
        let disk = place(uri);
        let member = disk.as_deref().and_then(|path| Member::new(path, folders));
        let shown = match (&member, &disk) {
            (Some(member), _) => member.path.clone(),
            (None, Some(path)) => path.clone(),
            (None, None) => PathBuf::from(uri.path().rsplit('/').next().unwrap_or_default()),
        };
        let around = member.as_ref().map(|member| around(&member.folder));
        let placed = around.unwrap_or_default().join(&shown);
        let named = shown.file_name().and_then(|name| name.to_str());
        let silent = !File::concerns(&shown);
        let hint = silent.then(|| {
            let name = named?;
            let judged = match language_id {
                // Whatever extension it has: people have many.
                "dockerfile" => format!("Dockerfile.{name}"),
                _ if shown.extension().is_some() => return None,
                "python" => format!("{name}.py"),
                "dockercompose" | "yaml.docker-compose" => format!("compose.{name}.yml"),
                "yaml" => format!("{name}.yml"),
                _ => return None,
            };
            Some(placed.with_file_name(judged))
        });
        Name {
            uri: uri.clone(),
            language: language_id.to_owned(),
            disk,
            member,
            shown,
            placed,
            hint: hint.flatten(),
        }
    }

    /// The same document where other folders are open.
    pub(super) fn within(&self, folders: &[PathBuf]) -> Name {
        Name::new(&self.uri, &self.language, folders)
    }

    /// Where it lies on disk; of an untitled document its name.
    pub(super) fn path(&self) -> &Path {
        self.disk().unwrap_or(&self.shown)
    }

    pub(super) fn disk(&self) -> Option<&Path> {
        self.disk.as_deref()
    }

    /// The folder of the client that it lies in.
    pub(super) fn member(&self) -> Option<&Member> {
        self.member.as_ref()
    }

    /// What the document is with this text; `None` if no rule reads such a file.
    pub(super) fn classify(&self, text: &str) -> Option<File> {
        let file = self.judge(text, &[])?;
        let beside = file.kind.language() == Language::Yaml;
        if beside {
            self.judge(text, &self.siblings())
        } else {
            Some(file)
        }
    }

    /// The document as any text is one.
    pub(super) fn text(&self) -> Option<File> {
        File::text(&self.shown)
    }

    /// Whether the name alone is reason enough, a text that speaks against it aside.
    pub(super) fn speaks(&self) -> bool {
        self.judge("", &[]).is_some()
    }

    /// Whether no text can change what the document is.
    pub(super) fn decides(&self) -> bool {
        self.judge("", &[])
            .is_some_and(|file| file.kind.language() != Language::Yaml)
    }

    fn judge(&self, text: &str, siblings: &[String]) -> Option<File> {
        let file = File::classify(&self.placed, text, siblings)
            .or_else(|| File::classify(self.hint.as_ref()?, text, siblings))?;
        Some(File {
            path: self.shown.clone(),
            ..file
        })
    }

    fn siblings(&self) -> Vec<String> {
        let entries = self
            .disk
            .as_deref()
            .and_then(Path::parent)
            .map(std::fs::read_dir);
        let Some(Ok(entries)) = entries else {
            return Vec::new();
        };
        entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect()
    }
}

/// Where a document lies on disk.
pub(super) fn place(uri: &Url) -> Option<PathBuf> {
    uri.to_file_path().ok()
}
