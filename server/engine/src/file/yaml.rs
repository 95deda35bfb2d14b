//! What a YAML file is, by its place and its text.

use std::path::Path;

use super::Kind;

/// Whether a file lies in the folder of a repository's workflows; those of code that others wrote run nowhere.
pub(super) fn is_in_workflows(path: &Path) -> bool {
    let folder = path.parent();
    let names = |folder: Option<&Path>, name: &str| {
        folder
            .and_then(Path::file_name)
            .is_some_and(|known| known == name)
    };
    let others = ["vendor", "node_modules", "third_party", "site-packages"];
    names(folder, "workflows")
        && names(folder.and_then(Path::parent), ".github")
        && !path
            .components()
            .any(|part| others.iter().any(|other| part.as_os_str() == *other))
}

/// Whether a text may be a workflow: no template of one, but for GitHub's own expressions.
pub(super) fn is_workflow(text: &str) -> bool {
    !is_template(&text.replace("${{", "$[["))
}

/// What a YAML text is to Prometheus, by its keys at the top. Lexical, as [`has_services`] is.
pub(super) fn prometheus(text: &str) -> Option<Kind> {
    let mut groups = false;
    for line in text.lines() {
        if ["scrape_configs:", "rule_files:"]
            .iter()
            .any(|key| line.starts_with(key))
        {
            return Some(Kind::Prometheus);
        }
        groups |= line.starts_with("groups:");
        let bare = line.trim_start().trim_start_matches("- ");
        if groups
            && ["alert:", "record:"]
                .iter()
                .any(|key| bare.starts_with(key))
        {
            return Some(Kind::PrometheusRules);
        }
    }
    None
}

/// Whether a YAML text has `services:` at its top, with an entry that has `image`, `build` or `extends`. Lexical, since
/// every YAML file of a repository is asked.
pub(super) fn has_services(text: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let mut inside = false;
    let mut level = None;
    for line in text.lines() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        let at = indent(line);
        if at == 0 {
            inside = line.starts_with("services:");
            level = None;
        } else if inside {
            let entries = *level.get_or_insert(at);
            let key = bare.split(':').next().unwrap_or_default();
            if at > entries && matches!(key, "image" | "build" | "extends") {
                return true;
            }
        }
    }
    false
}

/// Whether a template engine shapes the structure: a line, a key or a bare value that begins with its braces. The text of
/// block scalars is no structure.
pub(super) fn is_template(text: &str) -> bool {
    if !text.contains("{{") && !text.contains("{%") {
        return false;
    }
    let mut block: Option<usize> = None;
    text.lines().any(|line| {
        let bare = line.trim_start();
        let indent = line.len() - bare.len();
        if bare.is_empty() || bare.starts_with('#') || block.is_some_and(|block| indent > block) {
            return false;
        }
        let value = bare.rsplit([' ', '\t']).next().unwrap_or_default();
        let opens = value.starts_with(['|', '>']) && value.len() <= 3;
        block = opens.then_some(indent);
        let bare = bare.trim_start_matches("- ");
        let braced = |(key, value): (&str, &str)| {
            !key.contains(['"', '\''])
                && (key.contains("{{") || value.trim_start().starts_with("{{"))
        };
        bare.starts_with("{{") || bare.starts_with("{%") || bare.split_once(':').is_some_and(braced)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::File;

    #[test]
    fn workflows_are_known_by_their_folder() {
        let kind = |path: &str, text: &str| File::kind(Path::new(path), text);
        let text = "on: push\njobs:\n  a:\n    if: ${{ b }}\n    env: {c: \"${{ d }}\"}\n";
        for path in [".github/workflows/ci.yml", "a/b/.github/workflows/x.yaml"] {
            assert_eq!(kind(path, text), Some(Kind::Workflow), "{path}");
            assert_eq!(kind(path, "jobs:\n  {{ name }}:\n"), None);
        }
        for path in [
            ".github/ci.yml",
            "workflows/ci.yml",
            "vendor/a/.github/workflows/ci.yml",
            ".github/workflows/a/b.yml",
        ] {
            assert_eq!(kind(path, text), None, "{path}");
        }
    }

    #[test]
    fn prometheus_is_known_by_its_keys() {
        let kind = |text: &str| File::kind(Path::new("a.yml"), text);
        let config = Some(Kind::Prometheus);
        assert_eq!(
            kind("global:\n  a: b\nscrape_configs:\n  - job_name: c\n"),
            config
        );
        assert_eq!(kind("rule_files: [a.yml]\n"), config);
        let rules = "groups:\n- name: a\n  rules:\n  - alert: B\n    annotations:\n      c: \"{{ $labels.d }} e\"\n";
        assert_eq!(kind(rules), Some(Kind::PrometheusRules));
        assert_eq!(
            kind("groups:\n  - name: a\n    rules:\n      - uid: b\n"),
            None
        );
        assert_eq!(kind("a:\n  groups:\n  - rules:\n    - alert: b\n"), None);
        let template = "groups:\n  - name: a\n    rules:\n    {{- if .b }}\n      - alert: c\n";
        assert_eq!(kind(template), None);
    }
}
