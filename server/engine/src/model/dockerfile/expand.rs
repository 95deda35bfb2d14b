//! Values of variables where a line is read: ARG and ENV.

use std::collections::HashMap;

use super::{Dockerfile, Instruction, Keyword, Stage, Word};

/// The variables in force at a line. What the base image sets is not known.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Scope {
    /// `None`: set, to what is not known.
    values: HashMap<String, Option<String>>,
}

impl Scope {
    /// The word with its variables, where all of them are known.
    pub fn expand(&self, word: &Word) -> Option<String> {
        word.expand(&mut |name| self.values.get(name).cloned().flatten())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.as_deref()
    }

    /// Take what an instruction sets. `global` are the file's own arguments.
    fn take(&mut self, instruction: &Instruction, global: &Scope) {
        match instruction.keyword {
            Keyword::Env => {
                // All are expanded with what was known before the line.
                let pairs = instruction.pairs().iter();
                let set: Vec<_> = pairs
                    .filter_map(|pair| {
                        let name = pair.name.fixed()?;
                        Some((
                            name,
                            pair.value.as_ref().and_then(|value| self.expand(value)),
                        ))
                    })
                    .collect();
                self.values.extend(set);
            }
            Keyword::Arg => {
                for pair in instruction.pairs() {
                    let Some(name) = pair.name.fixed() else {
                        continue;
                    };
                    let value = match &pair.value {
                        Some(value) => self.expand(value),
                        None => global.get(&name).map(str::to_owned),
                    };
                    // ENV wins over ARG of the same name; both are rarely there, and then mean the same.
                    if pair.value.is_some() || value.is_some() || !self.values.contains_key(&name) {
                        self.values.insert(name, value);
                    }
                }
            }
            _ => {}
        }
    }
}

impl Dockerfile {
    /// What the arguments before the first stage are by default.
    pub fn globals(&self) -> Scope {
        let mut scope = Scope::default();
        for instruction in &self.args {
            let known = scope.clone();
            scope.take(instruction, &known);
        }
        scope
    }

    pub(super) fn expand_global(&self, word: &Word) -> Option<String> {
        self.globals().expand(word)
    }

    /// Visit the instructions that make a stage, with the variables in force before each. Arguments end with their stage.
    pub fn walk<'a>(&'a self, stage: &'a Stage, mut visit: impl FnMut(&'a Instruction, &Scope)) {
        let global = self.globals();
        let mut stages: Vec<&Stage> = self.lineage(stage).collect();
        stages.reverse();
        let mut environment = Scope::default();
        for stage in stages {
            let mut scope = environment.clone();
            for instruction in &stage.instructions {
                visit(instruction, &scope);
                scope.take(instruction, &global);
                if instruction.keyword == Keyword::Env {
                    for pair in instruction.pairs() {
                        if let Some(name) = pair.name.fixed() {
                            let value = scope.values.get(&name).cloned().flatten();
                            environment.values.insert(name, value);
                        }
                    }
                }
            }
        }
    }
}
