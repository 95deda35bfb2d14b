//! Writing a suppression comment where the language takes one.

use std::path::Path;

use super::layout::{Block, Layout};
use super::ours::{self, Directive, Reach};
use crate::chunk::dockerfile;
use crate::file::{File, Language};
use crate::output::Lines;
use crate::text::{Edit, Span};

/// Writes suppressions into one text, whose comments and strings it has read.
#[derive(Debug)]
pub struct Pen<'a> {
    language: Language,
    text: &'a str,
    lines: Lines<'a>,
    layout: Layout,
    directives: Vec<Directive>,
    /// What begins a comment, and what ends it.
    signs: (&'static str, &'static str),
}

/// Characters of a line above which a comment gets a line of its own: formatters would break the longer one, and move the
/// comment to where it says nothing.
const WIDE: usize = 100;

/// How comments are written in files of no language of ours, by their names.
fn signs(path: &Path) -> Option<(&'static str, &'static str)> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    Some(match extension {
        "bash" | "cfg" | "cmake" | "conf" | "cr" | "ex" | "exs" | "fish" | "jl" | "mk" | "nix"
        | "pl" | "pm" | "properties" | "ps1" | "r" | "rb" | "sh" | "tcl" | "tf" | "tfvars"
        | "toml" | "yaml" | "yml" | "zsh" => ("#", ""),
        "c" | "cc" | "cjs" | "cpp" | "cs" | "cts" | "dart" | "go" | "gradle" | "groovy" | "h"
        | "hpp" | "java" | "js" | "jsonc" | "jsx" | "kt" | "kts" | "mjs" | "mts" | "php"
        | "proto" | "rs" | "scala" | "scss" | "sol" | "swift" | "ts" | "tsx" | "zig" => ("//", ""),
        "elm" | "hs" | "lua" | "sql" => ("--", ""),
        "asm" | "clj" | "el" | "ini" | "lisp" => (";", ""),
        "htm" | "html" | "markdown" | "md" | "svelte" | "vue" | "xhtml" | "xml" => ("<!--", "-->"),
        "" if matches!(
            &*name,
            "makefile" | "procfile" | "gemfile" | "rakefile" | "vagrantfile"
        ) =>
        {
            ("#", "")
        }
        _ => return None,
    })
}

/// Where a comment goes.
#[derive(Debug, Clone, Copy)]
enum Spot {
    Behind(usize),
    Above(usize),
}

impl<'a> Pen<'a> {
    pub fn new(language: Language, text: &'a str) -> Pen<'a> {
        let lines = Lines::new(text);
        let layout = Layout::read(language, text, &lines);
        Pen {
            directives: ours::directives(text, &layout),
            language,
            text,
            lines,
            layout,
            signs: ("#", ""),
        }
    }

    /// For a file; `None` where nobody knows how a comment is written in it.
    pub fn of(file: &File, text: &'a str) -> Option<Pen<'a>> {
        let language = file.kind.language();
        let signs = match language {
            Language::Plain => signs(&file.path)?,
            _ => ("#", ""),
        };
        Some(Pen {
            signs,
            ..Pen::new(language, text)
        })
    }

    fn comment(&self, words: &str) -> String {
        let (open, close) = self.signs;
        let gap = if close.is_empty() { "" } else { " " };
        format!("{open} {words}{gap}{close}")
    }

    /// The edit that silences a rule where a finding starts: on its line, or in the whole of a text over several lines.
    pub fn here(&self, rule: &str, finding: Span) -> Edit {
        let line = self.lines.line_at(finding.start as usize);
        let about = |directive: &&Directive| match &directive.reach {
            Reach::Lines(lines) => lines.contains(&line),
            Reach::File => false,
        };
        if let Some(edit) = self.join(rule, about) {
            return edit;
        }
        let comment = self.comment(&format!("harden: ignore[{rule}]"));
        match self.spot(line, &comment) {
            Spot::Behind(line) => self.behind(line, &comment),
            Spot::Above(line) => self.above(line, &comment),
        }
    }

    /// The edit that silences a rule in the whole text.
    pub fn everywhere(&self, rule: &str) -> Edit {
        let about = |directive: &&Directive| directive.reach == Reach::File;
        if let Some(edit) = self.join(rule, about) {
            return edit;
        }
        let comment = self.comment(&format!("harden: ignore-file[{rule}]"));
        self.insert(self.top(), "", &comment)
    }

    /// One more name in a comment that is there. One with a date is left alone, which the new name is not about.
    fn join(&self, rule: &str, about: impl Fn(&&Directive) -> bool) -> Option<Edit> {
        let mut open = self.directives.iter().filter(about);
        let (at, [before, behind]) = open.find_map(|directive| {
            let lasting = directive.until.is_none();
            directive.room.filter(|_| lasting)
        })?;
        Some(Edit {
            span: Span::new(at, at),
            text: format!("{before}{rule}{behind}"),
        })
    }

    fn spot(&self, line: usize, comment: &str) -> Spot {
        let behind = matches!(
            self.language,
            Language::Python | Language::Yaml | Language::Toml
        );
        let block = self.layout.block(line);
        let free = |line: usize, block: Option<&Block>| match block {
            None => true,
            Some(block) if line == block.last => block.tail_open,
            Some(block) => line == block.first && block.head_open,
        };
        let inside = block.filter(|block| block.first < line);
        if behind && free(line, block) {
            let wide = self.lines.line(line).chars().count() + comment.chars().count() + 2 > WIDE;
            if !wide || inside.is_some() {
                return Spot::Behind(line);
            }
        }
        match inside {
            None => Spot::Above(line),
            Some(block) if behind && block.head_open => Spot::Behind(block.first),
            Some(block) => Spot::Above(block.first),
        }
    }

    fn behind(&self, line: usize, comment: &str) -> Edit {
        let (start, text) = (self.lines.start(line), self.lines.line(line));
        let end = text.trim_end().len();
        let gap = match (self.language, text[..end].contains('#')) {
            // On a blank line it is a comment of its own.
            _ if end == 0 => "",
            (Language::Python, false) => "  ",
            _ => " ",
        };
        Edit {
            span: Span::new(start + end, start + text.len()),
            text: format!("{gap}{comment}"),
        }
    }

    /// Above a line, and in a Dockerfile above the comments there: other tools look at the line above the instruction.
    fn above(&self, line: usize, comment: &str) -> Edit {
        let text = self.lines.line(line).trim_start_matches('\u{feff}');
        let indent = &text[..text.len() - text.trim_start_matches([' ', '\t']).len()];
        let mut line = line;
        if self.language == Language::Dockerfile {
            let top = self.top();
            let is_comment = |line: usize| {
                let mut comments = self.layout.comments.iter();
                comments.any(|comment| comment.line == line && comment.above.is_some())
            };
            while line > top && is_comment(line - 1) {
                line -= 1;
            }
        }
        self.insert(line, indent, comment)
    }

    fn insert(&self, line: usize, indent: &str, comment: &str) -> Edit {
        let mut at = self.lines.start(line);
        if at == 0 && self.text.starts_with('\u{feff}') {
            at = '\u{feff}'.len_utf8();
        }
        let newline = match self.text.find(['\n', '\r']) {
            Some(end) if self.text[end..].starts_with("\r\n") => "\r\n",
            Some(end) if self.text[end..].starts_with('\r') => "\r",
            _ => "\n",
        };
        // Behind a last line that has no end.
        let open = line >= self.lines.count() && !self.text.ends_with(['\n', '\r']) && at > 0;
        let before = if open { newline } else { "" };
        Edit {
            span: Span::new(at, at),
            text: format!("{before}{indent}{comment}{newline}"),
        }
    }

    /// The first line above which a comment changes nothing: what is read at the top of a file stays there.
    fn top(&self) -> usize {
        match self.language {
            Language::Dockerfile => {
                let end = dockerfile::directives_end(self.text);
                end.map_or(0, |end| self.lines.line_at(end) + 1)
            }
            Language::Python => {
                let first = self.lines.line(0).trim_start_matches('\u{feff}');
                let line = usize::from(first.starts_with("#!"));
                // PEP 263: in one of the first two lines.
                let coding = |line: usize| {
                    let text = self.lines.line(line).trim_start_matches('\u{feff}');
                    text.trim_start().starts_with('#')
                        && (text.contains("coding:") || text.contains("coding="))
                };
                (0..2)
                    .rfind(|line| coding(*line))
                    .map_or(line, |line| line + 1)
            }
            _ => 0,
        }
    }
}
