//! When a workflow runs.

/// The events of `on`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Triggers(pub Vec<Trigger>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Trigger {
    /// `push`, `pull_request`, `workflow_dispatch`, …
    pub event: String,
    /// Of a push: it names tags and no branches.
    pub tags_only: bool,
}

impl Triggers {
    pub fn has(&self, event: &str) -> bool {
        self.0.iter().any(|trigger| trigger.event == event)
    }

    /// Whether a push to a branch, or what is about to be merged, starts it.
    pub fn on_change(&self) -> bool {
        self.on_push() || self.0.iter().any(Trigger::is_review)
    }

    /// Whether a push to a branch starts it.
    pub fn on_push(&self) -> bool {
        let mut all = self.0.iter();
        all.any(|trigger| trigger.event == "push" && !trigger.tags_only)
    }

    /// Whether nothing but pull requests starts it.
    pub fn reviews_only(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(Trigger::is_review)
    }

    /// Whether other workflows start it, and nothing else does.
    pub fn called_only(&self) -> bool {
        !self.0.is_empty()
            && self
                .0
                .iter()
                .all(|trigger| trigger.event == "workflow_call")
    }
}

impl Trigger {
    fn is_review(&self) -> bool {
        matches!(
            &*self.event,
            "pull_request" | "pull_request_target" | "merge_group" | "pull_request_review"
        )
    }
}
