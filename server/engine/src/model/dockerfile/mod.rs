//! A Dockerfile: its stages, and what each of them is in the end.
//!
//! It carries no offsets: every place is a span in a chunk of its file, so that it can be a fact that other files read.

mod copies;
mod effective;
mod expand;
mod image;
mod known;
mod secrets;
mod users;

use std::collections::HashMap;
use std::sync::Arc;

use super::Part;
use crate::rule::{Owner, Place};
use crate::syntax::dockerfile as syntax;
pub use crate::syntax::dockerfile::{Arguments, Keyword, Word};
use crate::text::Span;
pub use copies::{Copied, From};
pub use effective::{Launch, User, Variable, Workdir};
pub use expand::Scope;
pub use image::{Dialect, Image};
pub use secrets::{Leak, What, is_secret_file, leaks, of_copy, reaches, runs_with};
pub use users::Made;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Dockerfile {
    /// `ARG` before the first stage: they are known in `FROM`, and in stages that name them again.
    pub args: Vec<Instruction>,
    /// What they are by default.
    pub globals: Scope,
    /// In the order of the file. What comes before the first `FROM` and is no `ARG` belongs to none.
    pub stages: Vec<Stage>,
    /// What continues a line.
    pub escape: char,
    /// By which new lines are written.
    pub newline: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Stage {
    /// From 0.
    pub index: usize,
    /// `FROM … AS name`: the name, in lower case as Docker compares it, and its place.
    pub name: Option<(String, Place)>,
    /// Its `FROM`.
    pub from: Instruction,
    pub base: Base,
    /// `--platform=…`, as it is written.
    pub platform: Option<String>,
    /// All but its `FROM`.
    pub instructions: Vec<Instruction>,
}

/// What a stage starts from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Base {
    pub written: String,
    pub place: Place,
    /// The name with the defaults of global `ARG`s; `None` where one has none.
    pub name: Option<String>,
    /// The earlier stage of that name.
    pub stage: Option<usize>,
}

/// An instruction and the chunk that it stands in. It reads as what `syntax` made of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Instruction {
    /// The number of its chunk.
    pub chunk: u32,
    part: Arc<syntax::Part>,
    at: u32,
}

impl std::ops::Deref for Instruction {
    type Target = syntax::Instruction;

    fn deref(&self) -> &syntax::Instruction {
        &self.part.instructions[self.at as usize]
    }
}

impl Instruction {
    /// The place of a span that this instruction gave.
    pub fn place(&self, span: Span) -> Place {
        Place {
            owner: Owner::Nth(self.chunk),
            span,
        }
    }

    /// Behind the break of its last line: where another instruction may be put.
    pub fn after(&self) -> Place {
        self.place(Span {
            start: self.end,
            end: self.end,
        })
    }
}

impl Dockerfile {
    /// The model of a file's parts, in their order.
    pub fn read(parts: &[(usize, Arc<Part>)]) -> Dockerfile {
        let mut file = Dockerfile {
            args: Vec::new(),
            globals: Scope::default(),
            stages: Vec::new(),
            escape: '\\',
            newline: "\n",
        };
        let mut newline = None;
        let mut names = HashMap::new();
        for (chunk, (_, part)) in parts.iter().enumerate() {
            let Part::Dockerfile(read) = &**part else {
                continue;
            };
            newline = newline.or(read.newline);
            let escape = read.directives.iter().find(|known| known.name == "escape");
            if escape.is_some_and(|directive| directive.value == "`") {
                file.escape = '`';
            }
            for at in 0..read.instructions.len() {
                let instruction = Instruction {
                    chunk: chunk as u32,
                    part: read.clone(),
                    at: at as u32,
                };
                file.take(instruction, &mut names);
            }
        }
        file.newline = newline.unwrap_or("\n");
        file
    }

    fn take(&mut self, instruction: Instruction, names: &mut HashMap<String, usize>) {
        if instruction.keyword == Keyword::From {
            let stage = self.stage_of(instruction, names);
            names.extend(
                stage
                    .name
                    .iter()
                    .map(|(name, _)| (name.clone(), stage.index)),
            );
            self.stages.push(stage);
        } else if let Some(stage) = self.stages.last_mut() {
            stage.instructions.push(instruction);
        } else if instruction.keyword == Keyword::Arg {
            self.globals.take(&instruction, None);
            self.args.push(instruction);
        }
    }

    /// `names` are those of the stages before it; of several the last one is meant.
    fn stage_of(&self, from: Instruction, names: &HashMap<String, usize>) -> Stage {
        let words = from.words();
        let written = words.first().map(|word| word.written.clone());
        let span = words.first().map_or(from.name, |word| word.span);
        let base = words
            .first()
            .and_then(|word| self.globals.expand_from(word));
        let name = words
            .get(2)
            .filter(|_| words[1].written.eq_ignore_ascii_case("as"));
        let name = name.map(|word| (word.written.to_lowercase(), from.place(word.span)));
        let stage = base
            .as_ref()
            .and_then(|base| names.get(&base.to_lowercase()).copied());
        Stage {
            index: self.stages.len(),
            name,
            base: Base {
                written: written.unwrap_or_default(),
                place: from.place(span),
                name: base,
                stage,
            },
            platform: from.flag("platform").and_then(|flag| flag.value.clone()),
            instructions: Vec::new(),
            from,
        }
    }

    /// The stage that a build makes: the one that is targeted, by name or number, else the last. `None` where there is none.
    pub fn shipped(&self, target: Option<&str>) -> Option<&Stage> {
        let Some(target) = target else {
            return self.stages.last();
        };
        let named = self.stages.iter().rfind(|stage| stage.is_named(target));
        named.or_else(|| self.stages.get(target.parse::<usize>().ok()?))
    }

    /// The stage, what it is made from, and so on: the last one starts from an image. A name that leads back to its own
    /// stage cannot be written, since only earlier ones are seen.
    pub fn lineage<'a>(&'a self, stage: &'a Stage) -> impl Iterator<Item = &'a Stage> {
        std::iter::successors(Some(stage), |stage| self.base_of(stage))
    }

    /// The stage that a stage is made from.
    pub fn base_of(&self, stage: &Stage) -> Option<&Stage> {
        stage.base.stage.and_then(|at| self.stages.get(at))
    }

    /// The image that the stage rests on, through all stages that it is made from; `None` where a variable in its name is not
    /// known.
    pub fn image(&self, stage: &Stage) -> Option<Image> {
        let root = self.lineage(stage).last()?;
        root.base.name.as_deref().map(Image::read)
    }

    /// The instructions that make the stage, those of the stages it is made from first.
    pub fn instructions<'a>(&'a self, stage: &'a Stage) -> Vec<&'a Instruction> {
        let mut stages: Vec<&Stage> = self.lineage(stage).collect();
        stages.reverse();
        stages
            .into_iter()
            .flat_map(|stage| &stage.instructions)
            .collect()
    }

    /// Whether a stage is one for work on the code: named so, and neither the last nor targeted.
    pub fn is_development(&self, stage: &Stage, target: Option<&str>) -> bool {
        let shipped = self.shipped(target).map(|shipped| shipped.index);
        let last = self.shipped(None).map(|last| last.index);
        let named = stage.name.as_ref().is_some_and(|(name, _)| {
            DEVELOPMENT.iter().any(|start| {
                let rest = name.strip_prefix(start);
                rest.is_some_and(|rest| *start != "ci" || !rest.starts_with(char::is_alphabetic))
            })
        });
        named && shipped != Some(stage.index) && last != Some(stage.index)
    }
}

/// How the names of stages start that are for work on the code.
const DEVELOPMENT: &[&str] = &["dev", "test", "ci", "lint", "docs"];

impl Stage {
    pub fn is_named(&self, name: &str) -> bool {
        let known = self.name.as_ref();
        known.is_some_and(|(known, _)| *known == name.to_lowercase())
    }

    /// Its instructions of a kind, without those of the stages it is made from.
    pub fn all(&self, keyword: Keyword) -> impl DoubleEndedIterator<Item = &Instruction> {
        let instructions = self.instructions.iter();
        instructions.filter(move |instruction| instruction.keyword == keyword)
    }

    /// The last instruction of the stage, or its `FROM`.
    pub fn last(&self) -> &Instruction {
        self.instructions.last().unwrap_or(&self.from)
    }
}
