//! Comments of the linters of Dockerfiles.

use super::{Foreign, Silence};
use crate::chunk::dockerfile::{directives, instructions};
use crate::suppress::checks::is_code;

/// How far a comment reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Instruction,
    Stage,
    File,
}

impl Foreign<'_> {
    pub(super) fn dockerfile(&mut self) {
        let text = self.text;
        // At the top of the file only: further down it is a comment like any other.
        let checks = directives(text);
        let checks = checks
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("check"));
        self.file
            .extend(checks.filter_map(|(_, value)| skipped(value)));

        let instructions = instructions(text);
        let layout = self.layout;
        for comment in &layout.comments {
            let words = text[comment.span.range()].trim_start_matches('#').trim();
            let Some((ids, reach)) = read(words) else {
                continue;
            };
            let silence = Silence::Ids(ids);
            if reach == Reach::File {
                self.file.push(silence);
                continue;
            }
            let below = instructions.partition_point(|(lines, _)| lines.end <= comment.line);
            let Some((lines, _)) = instructions.get(below) else {
                continue;
            };
            let end = match reach {
                Reach::Stage => {
                    let next = instructions[below + 1..].iter().find(|(_, from)| *from);
                    next.map_or(usize::MAX, |(lines, _)| lines.start)
                }
                _ => lines.end,
            };
            // Above, with no blank line between.
            if comment.above == Some(lines.start) || comment.line >= lines.start {
                self.ranges.push((lines.start..end, silence));
            }
        }
    }
}

/// `skip=A,B;error=true`, the value of the directive `check`.
fn skipped(value: &str) -> Option<Silence> {
    let mut options = value.split(';').map(str::trim);
    let list = options.find_map(|option| option.strip_prefix("skip="))?;
    let names: Vec<String> = list.split(',').map(|name| name.trim().to_owned()).collect();
    Some(Silence::BuildKit(
        match names.iter().any(|name| name == "all") {
            true => Vec::new(),
            false => names,
        },
    ))
}

/// The ids that a comment names, given without its `#`.
fn read(comment: &str) -> Option<(Vec<String>, Reach)> {
    if let Some(rest) = comment.strip_prefix("hadolint") {
        let (list, reach) = ignored(rest)?;
        let ids = list.split('#').next().unwrap_or_default().split(',');
        let ids: Vec<String> = ids.map(|id| id.trim().to_owned()).collect();
        // One word that is no code makes it a plain comment to hadolint.
        return ids.iter().all(|id| is_code(id)).then_some((ids, reach));
    }
    if let Some(rest) = comment.strip_prefix("tally ") {
        let (list, reach) = ignored(rest)?;
        let names = list.split(';').next().unwrap_or_default().split(',');
        // `hadolint/DL3002`: the tool's name comes first.
        let id = |name: &str| {
            name.trim()
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        return Some((names.map(id).collect(), reach));
    }
    if let Some(list) = comment.strip_prefix("checkov:skip=") {
        let id = list.split([':', ' ']).next().unwrap_or_default();
        return Some((vec![id.to_owned()], Reach::File));
    }
    let id = comment.strip_prefix("trivy:ignore:")?;
    let id = id.split([' ', ':']).next().unwrap_or_default();
    // `AVD-DS-0002`, `DS-0002`, `DS002` are one.
    let digits = id
        .trim_start_matches("AVD-")
        .strip_prefix("DS")?
        .trim_start_matches('-');
    let number: u32 = digits.parse().ok()?;
    Some((vec![format!("DS-{number:04}")], Reach::Instruction))
}

/// `ignore=`, `stage ignore=`, `global ignore=`: what is behind it, and how far it reaches.
fn ignored(rest: &str) -> Option<(&str, Reach)> {
    let rest = rest.trim_start();
    let (rest, reach) = match (rest.strip_prefix("global"), rest.strip_prefix("stage")) {
        (Some(rest), _) => (rest.trim_start(), Reach::File),
        (_, Some(rest)) => (rest.trim_start(), Reach::Stage),
        _ => (rest, Reach::Instruction),
    };
    let list = rest.strip_prefix("ignore")?.trim_start();
    Some((list.strip_prefix('=')?, reach))
}
