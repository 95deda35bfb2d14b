//! Which compose files of a folder are read together.
//!
//! Source: compose-go, `cli/options.go`: the first default name that exists is read with the first override that exists;
//! everything else is named with `-f` by whoever runs it, so that its name and content must tell what it stands on.

use crate::file::{Stage, is_compose_name, says_development, says_production};

use super::File;

/// Compose files that are read one after another, each on top of those before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Chain {
    /// Names in one folder.
    pub files: Vec<String>,
    pub stage: Stage,
}

/// In the order in which compose looks for them.
pub const BASES: &[&str] = &[
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];
const OVERRIDES: &[&str] = &[
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

impl File {
    /// Whether it makes no project by itself: a service of it has neither an image nor a way to one, or says what becomes of
    /// values that only another file can have.
    pub fn is_fragment(&self) -> bool {
        let whole = self.services.iter().all(|service| {
            let extends = service.extends.is_some();
            let marked = !service.marks.is_empty() && !extends;
            // A build that says neither where nor from what adds to another one.
            let builds = service.build.as_ref().is_some_and(|build| {
                build.context.is_some()
                    || build.dockerfile.is_some()
                    || build.dockerfile_inline.is_some()
            });
            (service.image.is_some() || builds || extends) && !marked
        });
        !whole || self.services.is_empty() && self.include.is_empty()
    }
}

/// The chains of a folder whose compose files have these names. `is_fragment` says of one of them whether it makes no
/// project by itself.
pub fn chains(names: &[String], is_fragment: impl Fn(&str) -> bool) -> Vec<Chain> {
    let first = |wanted: &[&'static str]| {
        let mut wanted = wanted.iter().copied();
        wanted.find(|wanted| names.iter().any(|name| name == wanted))
    };
    let default = first(BASES);
    let overriding = first(OVERRIDES).filter(|_| default.is_some());
    let mut chains = Vec::new();
    let mut add = |files: &[&str], stage: Stage| {
        let files = files.iter().map(|name| (*name).to_string()).collect();
        chains.push(Chain { files, stage });
    };
    let is_other = |name: &&str| is_compose_name(name) && overriding != Some(*name);
    let others: Vec<&str> = names.iter().map(String::as_str).filter(is_other).collect();
    let has_production = others.iter().any(|name| says_production(name));
    for name in &others {
        if BASES.contains(name) {
            let stage = if has_production {
                Stage::Base
            } else {
                Stage::Production
            };
            add(&[name], stage);
            continue;
        }
        let stage = if says_development(name) {
            Stage::Development
        } else {
            Stage::Production
        };
        match base_of(name, &others).or(default) {
            Some(base) if is_fragment(name) => add(&[base, name], stage),
            _ => add(&[name], stage),
        }
    }
    if let (Some(base), Some(overriding)) = (default, overriding) {
        add(&[base, overriding], Stage::Development);
    }
    chains
}

/// The base whose name a variant's begins with: `docker-compose.yml` of `docker-compose.prod.yml`.
fn base_of<'n>(variant: &str, names: &[&'n str]) -> Option<&'n str> {
    let begins = |base: &&&str| {
        let stem = base.rsplit_once('.').map_or(**base, |(stem, _)| stem);
        BASES.contains(*base)
            && variant
                .strip_prefix(stem)
                .is_some_and(|rest| rest.starts_with(['.', '-', '_']))
    };
    names.iter().find(begins).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_together() {
        let found = |names: &[&str], fragments: &[&str]| -> Vec<(String, Stage)> {
            let names: Vec<String> = names.iter().map(|name| (*name).to_string()).collect();
            let chains = chains(&names, |name| fragments.contains(&name)).into_iter();
            chains
                .map(|chain| (chain.files.join(" "), chain.stage))
                .collect()
        };
        let (base, prod) = ("docker-compose.yml", "docker-compose.prod.yml");
        let all = [
            base,
            "docker-compose.override.yml",
            prod,
            "x.yml",
            "compose.dev.yml",
        ];
        assert_eq!(
            found(&all, &[prod, "compose.dev.yml"]),
            [
                (base.to_string(), Stage::Base),
                (format!("{base} {prod}"), Stage::Production),
                (format!("{base} compose.dev.yml"), Stage::Development),
                (
                    format!("{base} docker-compose.override.yml"),
                    Stage::Development
                ),
            ]
        );
        assert_eq!(
            found(&[base, prod], &[]),
            [
                (base.to_string(), Stage::Base),
                (prod.to_string(), Stage::Production)
            ]
        );
        assert_eq!(
            found(&["docker-compose.gpu.yml"], &["docker-compose.gpu.yml"]),
            [("docker-compose.gpu.yml".to_string(), Stage::Production)]
        );
    }
}
