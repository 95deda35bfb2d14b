//! Platforms that start one process a container, and as many containers as are needed.

use std::path::{Path, PathBuf};

use super::{Fact, Question, Source, View, Workspace};

/// The file describes how such a platform runs containers.
#[derive(Debug, Hash)]
struct Platform;

impl Fact for Platform {
    fn read(source: &Source) -> Option<Platform> {
        let name = source.path.file_name()?.to_str()?;
        let text = source.text();
        let is = match name {
            "fly.toml" | "Chart.yaml" => true,
            "app.yaml" | "app.yml" if has_line(text, "runtime:", &[]) => true,
            _ => {
                let kinds = &[
                    "Deployment",
                    "StatefulSet",
                    "DaemonSet",
                    "Rollout",
                    "Kustomization",
                ];
                has_line(text, "apiVersion:", &[]) && has_line(text, "kind:", kinds)
                    || text.contains("serving.knative.dev/")
            }
        };
        is.then_some(Platform)
    }
}

/// Whether a line begins with a key, and goes on with one of these words where any are given.
fn has_line(text: &str, key: &str, words: &[&str]) -> bool {
    let mut values = text.lines().filter_map(|line| line.strip_prefix(key));
    values.any(|value| {
        let value = value.split('#').next().unwrap_or_default();
        let value = value.trim().trim_matches(['"', '\'']);
        words.is_empty() || words.contains(&value)
    })
}

/// Which file of a file's unit, or of a unit around it, describes how such a platform runs containers?
#[derive(Debug)]
struct Platforms(PathBuf);

/// All files of the project that describe one, with the folder of the unit of each.
#[derive(Debug)]
struct Known(Vec<(PathBuf, PathBuf)>);

impl Question for Platforms {
    type Answer = Option<PathBuf>;
    fn answer(&self, workspace: &Workspace) -> Option<PathBuf> {
        let known = workspace.derived(Path::new(""), || {
            let list = workspace.list();
            let described = list
                .iter()
                .filter(|path| may_describe(path))
                .filter(|path| workspace.fact::<Platform>(path).here().is_some());
            Known(
                described
                    .map(|path| (path.clone(), workspace.unit(path)))
                    .collect(),
            )
        });
        let around = |(_, unit): &&(PathBuf, PathBuf)| self.0.starts_with(unit);
        known.0.iter().find(around).map(|(path, _)| path.clone())
    }
}

fn may_describe(path: &Path) -> bool {
    const OTHERS: &[&str] = &["tests", "test", "docs", "doc", "examples", "fixtures"];
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let is_yaml = name.ends_with(".yaml") || name.ends_with(".yml");
    let apart = path.components().any(|part| {
        let part = part.as_os_str().to_str().unwrap_or_default();
        OTHERS.contains(&part) || part.starts_with('.')
    });
    (is_yaml || name == "fly.toml") && !apart
}

impl View<'_> {
    /// The file that says that a file's unit runs on Kubernetes or another platform that starts one process a container.
    pub fn one_process_platform(&self, file: &Path) -> Option<PathBuf> {
        self.ask(Platforms(file.to_path_buf()))
    }
}
