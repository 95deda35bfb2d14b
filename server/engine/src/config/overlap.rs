//! Other tools that show, in the same editor, some of what we find.

/// A tool whose own findings a user sees beside ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tool {
    Ruff,
    Hadolint,
    /// The extension for Docker and its language server, which show what BuildKit's checks say.
    DockerDx,
}

impl Tool {
    /// In the order in which the key `editor.overlap` names them.
    pub const ALL: [Tool; 3] = [Tool::Ruff, Tool::Hadolint, Tool::DockerDx];

    /// Whether the tool shows what has this id. Ids of Ruff's are those of the rule sets that we share with it; that they
    /// are selected is what the user says by naming the tool.
    pub fn shows(self, id: &str) -> bool {
        match self {
            Tool::Ruff => is_code(id, &["S", "ASYNC"]),
            Tool::Hadolint => is_code(id, &["DL", "SC"]),
            Tool::DockerDx => BUILDKIT.contains(&id),
        }
    }
}

/// A prefix and digits: `S110`.
fn is_code(id: &str, prefixes: &[&str]) -> bool {
    let digits = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    prefixes
        .iter()
        .any(|prefix| id.strip_prefix(prefix).is_some_and(digits))
}

/// BuildKit's checks that are on by default, by its documentation of build checks.
#[rustfmt::skip]
const BUILDKIT: &[&str] = &[
    "ConsistentInstructionCasing", "CopyIgnoredFile", "DuplicateStageName", "ExposeInvalidFormat", "ExposeProtoCasing",
    "FromAsCasing", "FromPlatformFlagConstDisallowed", "InvalidDefaultArgInFrom", "JSONArgsRecommended",
    "LegacyKeyValueFormat", "MaintainerDeprecated", "MultipleInstructionsDisallowed", "NoEmptyContinuation",
    "RedundantTargetPlatform", "ReservedStageName", "SecretsUsedInArgOrEnv", "StageNameCasing", "UndefinedArgInFrom",
    "UndefinedVar", "WorkdirRelativePath",
];

#[cfg(test)]
mod tests {
    use super::Tool;

    #[test]
    fn tools_show_their_own_codes() {
        for (tool, id, shows) in [
            (Tool::Ruff, "S110", true),
            (Tool::Ruff, "ASYNC251", true),
            (Tool::Ruff, "SC2086", false),
            (Tool::Ruff, "B110", false),
            (Tool::Ruff, "S", false),
            (Tool::Hadolint, "DL3002", true),
            (Tool::Hadolint, "SC2086", true),
            (Tool::Hadolint, "CKV_DOCKER_3", false),
            (Tool::DockerDx, "SecretsUsedInArgOrEnv", true),
            (Tool::DockerDx, "InvalidDefinitionDescription", false),
        ] {
            assert_eq!(tool.shows(id), shows, "{tool:?} {id}");
        }
    }
}
