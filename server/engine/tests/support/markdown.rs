//! Markdown as far as tests need it: headings, fences, and the lines between.

use std::ops::Range;

use super::tokens;

/// One piece of a Markdown text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    Heading(String),
    Text(String),
    Fence(Fence),
}

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fence {
    /// The words after the opening backticks.
    pub(crate) info: Vec<String>,
    /// The line of the opening backticks, 1-based.
    pub(crate) line: usize,
    /// Where the body lies in the Markdown text.
    pub(crate) range: Range<usize>,
    pub(crate) body: String,
}

impl Fence {
    pub(crate) fn has(&self, word: &str) -> bool {
        self.info.iter().any(|known| known == word)
    }
}

pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, Fence)> = None;
    let mut at = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let (start, bare) = (at, line.trim_end());
        at += line.len();
        let ticks = bare.len() - bare.trim_start_matches('`').len();
        match &mut open {
            Some((opened, fence)) if ticks >= *opened && ticks == bare.len() => {
                fence.range.end = start;
                fence.body = tokens::written(&text[fence.range.clone()]);
                blocks.push(Block::Fence(fence.clone()));
                open = None;
            }
            Some(_) => {}
            None if ticks >= 3 => {
                let fence = Fence {
                    info: bare[ticks..].split_whitespace().map(String::from).collect(),
                    line: index + 1,
                    range: at..at,
                    body: String::new(),
                };
                open = Some((ticks, fence));
            }
            None if bare.starts_with('#') => {
                blocks.push(Block::Heading(bare.trim_start_matches('#').trim().into()));
            }
            None => blocks.push(Block::Text(bare.into())),
        }
    }
    blocks
}

/// The file name that a fence's words give: a word with a dot or slash is one, a kind stands for its usual name.
/// The flag says whether the fence named a file, rather than a kind.
pub(crate) fn file_name(info: &[String]) -> Option<(String, bool)> {
    if let Some(name) = info.iter().skip(1).find(|word| word.contains(['.', '/'])) {
        return Some((name.clone(), true));
    }
    let usual = |word: &String| {
        Some(match word.as_str() {
            "compose" | "yaml" | "yml" => "docker-compose.yml",
            "dockerfile" => "Dockerfile",
            "requirements" => "requirements.txt",
            "python" | "py" => "app.py",
            "test" => "tests/test_app.py",
            "ini" => "pytest.ini",
            "toml" => "pyproject.toml",
            _ => return None,
        })
    };
    let kind = info.iter().skip(1).find_map(usual);
    let name = kind.or_else(|| info.first().and_then(usual))?;
    Some((name.into(), false))
}

#[test]
fn fences_keep_their_place() {
    let text = "# A case\n`x.py`:\n````python bad\n```\n````\n";
    let [
        Block::Heading(heading),
        Block::Text(name),
        Block::Fence(fence),
    ] = &blocks(text)[..]
    else {
        panic!("{:?}", blocks(text));
    };
    assert_eq!((heading.as_str(), name.as_str()), ("A case", "`x.py`:"));
    assert_eq!((fence.line, fence.body.as_str()), (3, "```\n"));
    assert_eq!(&text[fence.range.clone()], "```\n");
}
