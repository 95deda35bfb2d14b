//! Values of variables where a line is read: ARG and ENV.

use std::collections::BTreeMap;

use super::{Dockerfile, Instruction, Keyword, Stage, Word};

/// The variables in force at a line. What the base image sets is not known.
#[derive(Debug, Default, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    values: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Value {
    /// `None`: set, to what is not known.
    text: Option<String>,
    /// By ENV, which goes on in the stages made from this one and wins over ARG.
    env: bool,
}

impl Scope {
    /// The word with its variables, where all of them are known.
    pub fn expand(&self, word: &Word) -> Option<String> {
        word.expand(&mut |name| self.get(name).map(str::to_owned))
    }

    /// As [`Scope::expand`], for `FROM`, in which Docker knows the platform: that of most builds is taken.
    pub(super) fn expand_from(&self, word: &Word) -> Option<String> {
        word.expand(&mut |name| {
            let automatic = PLATFORM.iter().find(|(known, _)| *known == name);
            let automatic = automatic.map(|(_, value)| *value);
            self.get(name).or(automatic).map(str::to_owned)
        })
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.text.as_deref()
    }

    /// Take what an instruction sets; `global` are the arguments before the first stage, which an `ARG` without a value
    /// names again.
    pub(super) fn take(&mut self, instruction: &Instruction, global: Option<&Scope>) {
        let env = match instruction.keyword {
            Keyword::Env => true,
            Keyword::Arg => false,
            _ => return,
        };
        // All are expanded with what was known before the line.
        let pairs = instruction.pairs().iter();
        let set: Vec<_> = pairs
            .filter_map(|pair| {
                let name = pair.name.fixed()?;
                let text = match &pair.value {
                    Some(value) => self.expand(value),
                    None => global?.get(&name).map(str::to_owned),
                };
                Some((name, Value { text, env }))
            })
            .collect();
        for (name, value) in set {
            let wins = |known: &Value| known.env && !value.env;
            if !self.values.get(&name).is_some_and(wins) {
                self.values.insert(name, value);
            }
        }
    }
}

/// Arguments that a build sets by itself.
const PLATFORM: &[(&str, &str)] = &[
    ("BUILDPLATFORM", "linux/amd64"),
    ("BUILDOS", "linux"),
    ("BUILDARCH", "amd64"),
    ("TARGETPLATFORM", "linux/amd64"),
    ("TARGETOS", "linux"),
    ("TARGETARCH", "amd64"),
    ("TARGETVARIANT", ""),
];

impl Dockerfile {
    /// Visit the instructions that make a stage, with the variables in force before each. Arguments end with their stage.
    pub fn walk<'a>(&'a self, stage: &'a Stage, mut visit: impl FnMut(&'a Instruction, &Scope)) {
        let mut stages: Vec<&Stage> = self.lineage(stage).collect();
        stages.reverse();
        let mut scope = Scope::default();
        for stage in stages {
            for instruction in &stage.instructions {
                visit(instruction, &scope);
                scope.take(instruction, Some(&self.globals));
            }
            scope.values.retain(|_, value| value.env);
        }
    }
}
