//! Secrets that a team has looked at and calls none, as the lists of other tools have them.

use std::path::{Path, PathBuf};

use super::{Fact, Question, Source, View, Workspace};
use crate::output::slashed;

/// detect-secrets' `.secrets.baseline`: the SHA-1 of each known secret, by file.
#[derive(Debug, Hash)]
struct Baseline(Vec<(String, String)>);

impl Fact for Baseline {
    fn read(source: &Source) -> Option<Baseline> {
        let json: serde_json::Value = serde_json::from_str(source.text()).ok()?;
        let files = json.get("results")?.as_object()?;
        let mut known = Vec::new();
        for (file, secrets) in files {
            let secrets = secrets.as_array().map_or(&[][..], Vec::as_slice);
            let hashes = secrets
                .iter()
                .filter_map(|secret| secret.get("hashed_secret")?.as_str());
            // A secret that an audit called real stays one.
            known.extend(hashes.map(|hash| (file.replace('\\', "/"), hash.to_ascii_lowercase())));
        }
        Some(Baseline(known))
    }
}

/// gitleaks' `.gitleaksignore`: `file:rule:line`, with a commit before it or not.
#[derive(Debug, Hash)]
struct Fingerprints(Vec<(String, String, usize)>);

impl Fact for Fingerprints {
    fn read(source: &Source) -> Option<Fingerprints> {
        let lines = source.text().lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let known = lines.filter_map(|line| {
            let (rest, number) = line.rsplit_once(':')?;
            let (file, rule) = rest.rsplit_once(':')?;
            let is_commit =
                |text: &str| text.len() >= 7 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            let file = match file.split_once(':') {
                Some((commit, file)) if is_commit(commit) => file,
                _ => file,
            };
            Some((file.to_owned(), rule.to_owned(), number.parse().ok()?))
        });
        Some(Fingerprints(known.collect()))
    }
}

/// The lists of a name that may speak of a file, each with what it calls the file.
fn lists(file: &Path, name: &str) -> Vec<(PathBuf, String)> {
    let folders = file.ancestors().skip(1);
    let below = |folder: &Path| file.strip_prefix(folder).map(slashed).unwrap_or_default();
    folders
        .map(|folder| (folder.join(name), below(folder)))
        .collect()
}

/// Does a baseline know a secret with one of these hashes in a file?
#[derive(Debug)]
struct InBaseline(PathBuf, Vec<String>);

impl Question for InBaseline {
    type Answer = bool;
    fn answer(&self, workspace: &Workspace) -> bool {
        let InBaseline(file, hashes) = self;
        lists(file, ".secrets.baseline").iter().any(|(list, name)| {
            let known = workspace.fact::<Baseline>(list).here();
            let same = |(file, hash): &(String, String)| file == name && hashes.contains(hash);
            known.is_some_and(|known| known.0.iter().any(same))
        })
    }
}

/// On which lines of a file does a list know a finding of a rule of gitleaks?
#[derive(Debug)]
struct OnLines(PathBuf, &'static str);

impl Question for OnLines {
    type Answer = Vec<usize>;
    fn answer(&self, workspace: &Workspace) -> Vec<usize> {
        let OnLines(file, rule) = self;
        let mut lines = Vec::new();
        for (list, name) in self::lists(file, ".gitleaksignore") {
            let Some(known) = workspace.fact::<Fingerprints>(&list).here() else {
                continue;
            };
            let same = known
                .0
                .iter()
                .filter(|(file, known, _)| *file == name && known == rule);
            lines.extend(same.map(|(_, _, line)| *line));
        }
        lines
    }
}

impl View<'_> {
    /// Whether the team's baseline lists one of these texts as a known secret of the file.
    pub fn is_known_secret(&self, file: &Path, texts: &[&str]) -> bool {
        let hashes = texts
            .iter()
            .map(|text| sha1_smol::Sha1::from(text).digest().to_string());
        self.ask(InBaseline(file.to_path_buf(), hashes.collect()))
    }

    /// The lines (1-based) on which the team's list says that this rule of gitleaks is wrong.
    pub fn known_lines(&self, file: &Path, rule: &'static str) -> Vec<usize> {
        self.ask(OnLines(file.to_path_buf(), rule))
    }
}
