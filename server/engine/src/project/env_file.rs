//! What the environment files of services say about workers.

use std::path::PathBuf;

use super::{Fact, Question, Source, View, Workspace};
use crate::file::Kind;
use crate::model::Part;

/// The variables of a file that say how servers run; of others nothing is kept.
#[derive(Debug, Clone, Hash)]
struct Serving(Vec<(String, Option<String>)>);

impl Fact for Serving {
    fn read(source: &Source) -> Option<Serving> {
        let is_serving = |name: &str| {
            let others = [
                "WEB_CONCURRENCY",
                "FLASK_APP",
                "FLASK_RUN_HOST",
                "FLASK_RUN_PORT",
            ];
            name.starts_with("UVICORN_") || others.contains(&name)
        };
        let text = source.text();
        if !["WEB_CONCURRENCY", "UVICORN_", "FLASK_"]
            .iter()
            .any(|word| text.contains(word))
        {
            return None;
        }
        let mut found = Vec::new();
        for (_, part) in source.parts(Kind::Dotenv, |_| true) {
            let Part::Dotenv(part) = &*part else { continue };
            for entry in part.entries.iter().filter(|entry| is_serving(&entry.key)) {
                let value = entry.value.as_ref().map(|value| value.text.clone());
                let value = value.filter(|value| !value.contains('$'));
                found.push((entry.key.clone(), value));
            }
        }
        Some(Serving(found))
    }
}

/// How do environment files say that servers run? The last one counts.
#[derive(Debug)]
struct ServingIn(Vec<PathBuf>);

impl Question for ServingIn {
    type Answer = Vec<(String, Option<String>)>;
    fn answer(&self, workspace: &Workspace) -> Vec<(String, Option<String>)> {
        let told = self
            .0
            .iter()
            .filter_map(|path| workspace.fact::<Serving>(path).here());
        told.flat_map(|serving| serving.0.clone()).collect()
    }
}

impl View<'_> {
    /// The variables that say how servers run, in environment files from the first to the last.
    pub fn serving_variables(&self, files: Vec<PathBuf>) -> Vec<(String, Option<String>)> {
        match files.is_empty() {
            true => Vec::new(),
            false => self.ask(ServingIn(files)),
        }
    }
}
