//! `harden.toml` and `[tool.harden]`.

use crate::rule::Rule;
use crate::rules;

/// `ALL`, the name of a rule, or the start of several names (`compose`, `python/`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Selector(String);

impl Selector {
    /// # Errors
    /// No rule is named so: says which name comes nearest.
    pub fn parse(text: &str) -> Result<Selector, String> {
        let selector = Selector(text.trim().to_owned());
        if rules::all().any(|rule| selector.takes(rule.name)) {
            return Ok(selector);
        }
        let names = rules::all().flat_map(|rule| [rule.name, domain(rule)]);
        Err(match nearest(&selector.0, names) {
            Some(name) => format!("no rule is named `{}`: did you mean `{name}`?", selector.0),
            None => format!("no rule is named `{}`", selector.0),
        })
    }

    pub fn takes(&self, name: &str) -> bool {
        self.0 == "ALL"
            || name.strip_prefix(self.0.as_str()).is_some_and(|rest| {
                !self.0.is_empty()
                    && (rest.is_empty()
                        || self.0.ends_with(['/', '-'])
                        || rest.starts_with(['/', '-']))
            })
    }
}

fn domain(rule: &'static Rule) -> &'static str {
    rule.name.split('/').next().unwrap_or_default()
}

/// The name that a reader most probably meant.
pub(crate) fn nearest<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|name| (strsim::jaro_winkler(typed, name), name))
        .filter(|(close, _)| *close > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}
