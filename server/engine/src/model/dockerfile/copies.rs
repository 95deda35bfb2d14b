//! What is copied into a stage.

use super::effective::{Workdir, enter, is_absolute, resolve};
use super::{Dockerfile, Instruction, Keyword, Stage};
use crate::rule::Place;

/// A `COPY` or an `ADD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied<'a> {
    /// As they are written but for quotes and known variables, with their places. Bodies of heredocs are no sources.
    pub sources: Vec<(String, Place)>,
    /// Absolute, without a slash at its end; `None` where it rests on what is not known.
    pub destination: Option<String>,
    /// The destination ends with a slash, or several things go there: it is a folder.
    pub folder: bool,
    pub place: Place,
    /// Where the sources are; `None`: in the build's context.
    pub from: Option<From>,
    pub instruction: &'a Instruction,
}

/// `--from=…`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// A stage of this file, by its index.
    Stage(usize),
    /// An image, a named context, or what a variable stands for, as it is written.
    Other(String),
}

impl Dockerfile {
    /// What is copied into the stage, and into those that it is made from, in order.
    pub fn copies<'a>(&'a self, stage: &'a Stage) -> Vec<Copied<'a>> {
        let mut copies = Vec::new();
        let mut workdir: Option<Workdir> = None;
        self.walk(stage, |instruction, scope| {
            enter(&mut workdir, instruction, scope);
            if !matches!(instruction.keyword, Keyword::Copy | Keyword::Add) {
                return;
            }
            let Some((last, sources)) = instruction.words().split_last() else {
                return;
            };
            let text = |word| scope.expand(word);
            let here = instruction.heredocs.iter();
            let marks: Vec<_> = here.map(|heredoc| heredoc.mark).collect();
            let written = text(last);
            let destination = written.as_deref().and_then(|path| {
                let folder = match is_absolute(path) {
                    true => "/",
                    false => workdir.as_ref()?.path.as_deref()?,
                };
                Some(resolve(folder, path))
            });
            let sources: Vec<_> = sources
                .iter()
                .filter(|word| !marks.contains(&word.span))
                .map(|word| {
                    let path = text(word).unwrap_or_else(|| word.written.clone());
                    (path, instruction.place(word.span))
                })
                .collect();
            copies.push(Copied {
                folder: last.written.trim_matches(['"', '\'']).ends_with(['/', '.'])
                    || sources.len() + marks.len() > 1,
                sources,
                destination,
                place: instruction.place(last.span),
                from: self.source(instruction),
                instruction,
            });
        });
        copies
    }

    fn source(&self, instruction: &Instruction) -> Option<From> {
        let from = instruction.flag("from")?.value.clone()?;
        let before = |stage: &&Stage| {
            (stage.from.chunk, stage.from.span) < (instruction.chunk, instruction.span)
        };
        let mut stages = self.stages.iter().filter(before);
        let numbered = from.parse::<usize>().ok();
        let found = stages.rfind(|stage| stage.is_named(&from) || numbered == Some(stage.index));
        Some(match found {
            Some(stage) => From::Stage(stage.index),
            None => From::Other(from),
        })
    }
}
