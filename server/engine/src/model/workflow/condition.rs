//! `if` of jobs and steps, read only so far as words tell.

use crate::model::compose::Text;

/// A condition, with what it says in small letters, without blanks, and without the quotes of its texts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    pub text: Text,
    says: String,
}

impl Condition {
    pub fn new(text: Text) -> Condition {
        let value = text.value();
        let bare = value.trim();
        let inner = bare
            .strip_prefix("${{")
            .and_then(|rest| rest.strip_suffix("}}"));
        let inner = inner.filter(|inner| !inner.contains("${{")).unwrap_or(bare);
        let says = inner
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '"'));
        let says = says.collect::<String>().to_ascii_lowercase();
        Condition { text, says }
    }

    /// Without blanks and quotes, in small letters.
    pub fn says(&self) -> &str {
        &self.says
    }

    fn has(&self, text: &str) -> bool {
        self.says.contains(text)
    }

    /// `always()`, or `!cancelled()`, and nothing that asks how what it waited for has ended.
    pub fn runs_after_failures(&self) -> bool {
        let whatever = self.has("always()") || self.has("cancelled()");
        let asks = [
            ".result",
            ".conclusion",
            ".outcome",
            "success()",
            "!failure()",
        ];
        whatever && !asks.iter().any(|asked| self.has(asked))
    }

    /// Only when something has failed: to clean up, to tell, to roll back.
    pub fn after_failure_only(&self) -> bool {
        self.has("failure()") && !self.has("!failure()") && !self.has("always()")
            || self.has("==failure")
    }

    pub fn never(&self) -> bool {
        self.says == "false"
    }

    /// Only for pull requests.
    pub fn reviews_only(&self) -> bool {
        self.requires(&[
            "github.event_name==pull_request",
            "github.event_name==merge_group",
            "startswith(github.event_name,pull_request",
        ]) || self.says == "github.head_ref"
            || self.says == "github.event.pull_request"
    }

    /// Only for tags, releases, and what a person or a clock starts.
    pub fn releases_only(&self) -> bool {
        self.requires(&[
            "startswith(github.ref,refs/tags",
            "contains(github.ref,refs/tags",
            "github.ref_type==tag",
            "github.event_name==release",
            "github.event.action==published",
            "github.event.action==released",
            "github.event_name==workflow_dispatch",
            "github.event_name==schedule",
        ])
    }

    /// Only when the workflow on which it follows has succeeded.
    pub fn follows_success(&self) -> bool {
        self.has("conclusion==success") || self.has("conclusion!=failure")
    }

    /// Whether one of these must hold: each alternative has one of them.
    fn requires(&self, texts: &[&str]) -> bool {
        let mut alternatives = self.says.split("||");
        alternatives.all(|alternative| {
            texts.iter().any(|text| {
                let found = alternative.find(text);
                found.is_some_and(|at| !alternative[..at].ends_with('!'))
            })
        })
    }
}
