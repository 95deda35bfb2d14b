//! The settings of the editor: the section `harden` of what the client calls its configuration.
//!
//! They come in three ways: with `initializationOptions`, pushed with `workspace/didChangeConfiguration`, and as the answer to
//! `workspace/configuration`, for each folder. What comes later counts; what is not understood is logged and left out.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use harden_engine::config::{Config, Scope, Tool};
use harden_engine::rule::Finding;
use serde_json::{Map, Value};
use tower_lsp::Client;
use tower_lsp::lsp_types::{ConfigurationItem, Registration, Url};

/// What a user says in the editor; where it says nothing the configuration of the project holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Preferences {
    enable: Option<bool>,
    scope: Option<Scope>,
    /// By [`Tool::ALL`].
    overlap: [Option<bool>; 3],
}

impl Preferences {
    /// Read a section, and say what in it is not understood.
    fn read(section: &Value) -> (Preferences, Vec<String>) {
        let mut reading = Reading::default();
        if let Some(section) = reading.object("", section) {
            for (key, value) in section {
                match key.as_str() {
                    "enable" => reading.preferences.enable = reading.flag(key, value),
                    "diagnostics" => reading.diagnostics(value),
                    "overlap" => reading.overlap(value),
                    // The extension's own: `path`, `trace` and what else it has.
                    _ => {}
                }
            }
        }
        (reading.preferences, reading.wrong)
    }

    pub(super) fn enabled(&self) -> bool {
        self.enable != Some(false)
    }

    /// Of which files findings are shown, where the project's configuration says this; `None` where nobody does.
    pub(super) fn scope(&self, config: &Config) -> Option<Scope> {
        self.scope.or(config.scope)
    }

    /// Whether a finding is shown that other tools may show, too.
    pub(super) fn shows(&self, config: &Config, finding: &Finding) -> bool {
        let named = |tool: &Tool, own: Option<bool>| own.unwrap_or(config.overlap.contains(tool));
        let mut tools = Tool::ALL.iter().zip(self.overlap);
        finding.also.is_empty()
            || !tools
                .any(|(tool, own)| named(tool, own) && finding.also.iter().any(|id| tool.shows(id)))
    }
}

/// Names of the keys of `overlap`, by [`Tool::ALL`].
const OVERLAP: [&str; 3] = ["ruff", "hadolint", "dockerDx"];

#[derive(Debug, Default)]
struct Reading {
    preferences: Preferences,
    wrong: Vec<String>,
}

impl Reading {
    fn diagnostics(&mut self, value: &Value) {
        let Some(scope) = self
            .object("diagnostics", value)
            .and_then(|section| section.get("scope"))
        else {
            return;
        };
        self.preferences.scope = match scope.as_str() {
            Some("openFiles") => Some(Scope::OpenFiles),
            Some("workspace") => Some(Scope::Workspace),
            _ if scope.is_null() => None,
            _ => {
                self.wrong("diagnostics.scope", "\"openFiles\" or \"workspace\"");
                None
            }
        };
    }

    fn overlap(&mut self, value: &Value) {
        let Some(section) = self.object("overlap", value) else {
            return;
        };
        for (at, name) in OVERLAP.into_iter().enumerate() {
            if let Some(value) = section.get(name) {
                self.preferences.overlap[at] = self.flag(&format!("overlap.{name}"), value);
            }
        }
    }

    fn object<'v>(&mut self, key: &str, value: &'v Value) -> Option<&'v Map<String, Value>> {
        let object = value.as_object();
        // Some clients know no other empty table than an empty list.
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if object.is_none() && !empty {
            self.wrong(key, "an object");
        }
        object
    }

    fn flag(&mut self, key: &str, value: &Value) -> Option<bool> {
        let flag = value.as_bool();
        if flag.is_none() && !value.is_null() {
            self.wrong(key, "true or false");
        }
        flag
    }

    fn wrong(&mut self, key: &str, wanted: &str) {
        let dot = if key.is_empty() { "" } else { "." };
        self.wrong
            .push(format!("the setting `harden{dot}{key}` must be {wanted}"));
    }
}

/// What the client has said of all folders.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    general: Preferences,
    /// Folders of which the client was asked for itself.
    folders: HashMap<PathBuf, Preferences>,
    /// What was wrong, each once.
    logged: Vec<String>,
    /// How often the client was asked, and which of the questions was answered last: answers may come in another order.
    asked: u64,
    answered: u64,
}

impl Chosen {
    /// The preferences for a file: those of the innermost folder that holds it.
    pub(super) fn of(&self, path: Option<&Path>) -> Preferences {
        let Some(path) = path else {
            return self.general;
        };
        let within = self
            .folders
            .iter()
            .filter(|(folder, _)| path.starts_with(folder));
        within
            .max_by_key(|(folder, _)| folder.components().count())
            .map_or(self.general, |(_, preferences)| *preferences)
    }

    /// Take what came unasked: the section, or an object that has it. True where it changes something.
    pub(super) fn push(&mut self, settings: &Value) -> bool {
        let section = settings.get("harden").unwrap_or(settings);
        let before = self.general;
        if !section.is_null() {
            self.general = self.read(section);
        }
        self.general != before
    }

    /// Take the answer to [`pull`]. A client that has no such section answers with nothing. True where it changes something.
    pub(super) fn answer(&mut self, answer: Answer) -> bool {
        let Answer {
            question,
            folders,
            sections,
        } = answer;
        let Some((general, rest)) = sections.split_first() else {
            return false;
        };
        if question < self.answered {
            return false;
        }
        self.answered = question;
        let before = self.general;
        if !general.is_null() {
            self.general = self.read(general);
        }
        let mut own = HashMap::new();
        for (folder, section) in folders.into_iter().zip(rest) {
            if !section.is_null() {
                own.insert(folder, self.read(section));
            }
        }
        let others = std::mem::replace(&mut self.folders, own);
        before != self.general || others != self.folders
    }

    fn read(&mut self, section: &Value) -> Preferences {
        let (preferences, wrong) = Preferences::read(section);
        for message in wrong {
            if !self.logged.contains(&message) {
                eprintln!("harden: {message}, and was ignored");
                self.logged.push(message);
            }
        }
        preferences
    }
}

/// What a client answers.
#[derive(Debug)]
pub(super) struct Answer {
    question: u64,
    folders: Vec<PathBuf>,
    /// In general, then of each folder.
    sections: Vec<Value>,
}

/// Ask the client for its settings, in general and for each folder. Awaited apart from every handler, which may be cancelled.
pub(super) fn pull(
    chosen: &mut Chosen,
    client: Client,
    folders: Vec<PathBuf>,
    answer: impl FnOnce(Answer) + Send + 'static,
) {
    chosen.asked += 1;
    let question = chosen.asked;
    let item = |scope_uri| ConfigurationItem {
        scope_uri,
        section: Some("harden".into()),
    };
    let scopes = folders
        .iter()
        .filter_map(|folder| Url::from_file_path(folder).ok());
    let items = [item(None)]
        .into_iter()
        .chain(scopes.map(|uri| item(Some(uri))))
        .collect();
    tokio::spawn(async move {
        match client.configuration(items).await {
            Ok(sections) => answer(Answer {
                question,
                folders,
                sections,
            }),
            Err(_) => eprintln!("harden: the client did not tell its settings"),
        }
    });
}

/// Ask the client to say when its settings change.
pub(super) fn watch(client: Client) {
    let registration = Registration {
        id: "settings".into(),
        method: "workspace/didChangeConfiguration".into(),
        register_options: Some(serde_json::json!({"section": "harden"})),
    };
    tokio::spawn(async move {
        if client
            .register_capability(vec![registration])
            .await
            .is_err()
        {
            eprintln!("harden: the client does not tell when its settings change");
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wrong_is_left_out() {
        let (read, wrong) = Preferences::read(&json!({
            "enable": "yes",
            "diagnostics": {"scope": "all"},
            "overlap": {"ruff": true, "hadolint": null, "dockerDx": 1},
            "path": "/x",
        }));
        assert_eq!(read.overlap, [Some(true), None, None]);
        assert_eq!((read.enable, read.scope), (None, None));
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        for empty in [json!(null), json!([]), json!({})] {
            let read = Preferences::read(&empty);
            assert_eq!(read, (Preferences::default(), Vec::new()));
        }
        assert_eq!(Preferences::read(&json!("x")).1.len(), 1);
    }

    #[test]
    fn the_innermost_folder_counts() {
        let mut chosen = Chosen::default();
        chosen.push(&json!({"harden": {"enable": false}}));
        let answer = |question, sections| Answer {
            question,
            folders: vec!["/a".into(), "/a/b".into(), "/c".into()],
            sections,
        };
        let sections = vec![json!(null), json!({"enable": true}), json!({}), json!(null)];
        assert!(chosen.answer(answer(2, sections)));
        assert!(
            !chosen.answer(answer(1, vec![json!({"enable": true})])),
            "too late"
        );
        let enabled = |path: &str| chosen.of(Some(Path::new(path))).enable;
        assert_eq!(enabled("/a/x"), Some(true));
        assert_eq!(enabled("/a/b/x"), None);
        assert_eq!(enabled("/c/x"), Some(false));
        assert_eq!(chosen.of(None).enable, Some(false));
    }
}
