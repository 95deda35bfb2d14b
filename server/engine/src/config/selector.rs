//! Naming rules.

use crate::rules;

/// `ALL`, the name of a rule, or the start of several names (`compose`, `python/`, `compose/*`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Selector(String);

/// Whether one of the selectors takes the rule of this name.
pub fn takes<'a>(selectors: impl IntoIterator<Item = &'a Selector>, name: &str) -> bool {
    selectors.into_iter().any(|selector| selector.takes(name))
}

impl Selector {
    /// # Errors
    /// No rule is named so: says which name comes nearest.
    pub fn parse(text: &str) -> Result<Selector, String> {
        let text = text.trim();
        let selector = Selector(text.strip_suffix('*').unwrap_or(text).to_owned());
        if rules::all().any(|rule| selector.takes(rule.name)) {
            return Ok(selector);
        }
        Err(match Selector::meant(text) {
            Some(name) => format!("No rule is named `{text}`: did you mean `{name}`?"),
            None => format!("No rule is named `{text}`: see `harden rules`"),
        })
    }

    /// The name that comes nearest.
    pub(super) fn meant(text: &str) -> Option<&'static str> {
        nearest(text.trim(), names())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn takes(&self, name: &str) -> bool {
        let words = ['/', '-'];
        self.0 == "ALL"
            || name.strip_prefix(self.0.as_str()).is_some_and(|rest| {
                rest.is_empty()
                    || self.0.ends_with(words)
                    || !self.0.is_empty() && rest.starts_with(words)
            })
    }
}

/// `ALL`, and the names of all rules, each domain before its rules.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    let named = rules::all().flat_map(move |rule| {
        let domain = rule.name.split('/').next().unwrap_or_default();
        let first = std::mem::replace(&mut last, domain) != domain;
        first.then_some(domain).into_iter().chain([rule.name])
    });
    ["ALL"].into_iter().chain(named)
}

/// The name that a reader most probably meant. A name without its domain counts as the whole.
pub(crate) fn nearest<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let close = |name: &str| {
        let tail = name.split_once('/').map_or(name, |(_, tail)| tail);
        // One slip is enough in a short word to make it look like another.
        let slip = typed.len() > 2 && strsim::osa_distance(typed, name) == 1;
        let alike = strsim::jaro_winkler(typed, name).max(strsim::jaro_winkler(typed, tail) - 0.01);
        if slip { alike.max(0.95) } else { alike }
    };
    names
        .map(|name| (close(name), name))
        .filter(|(close, _)| *close > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
        .map(|(_, name)| name)
}
