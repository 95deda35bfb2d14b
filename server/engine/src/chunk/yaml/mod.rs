//! YAML: entries of the top-level mapping, and the entries of the sections that are known to be long.

mod content;

use super::reader::Reader;
use super::{Cut, State as Any};
use content::{Kind, Line, Rest};

/// What a chunk of YAML is. Indents are columns of the chunk's own first key or dash, in spaces.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Text of which nothing is cut: a document whose top is no block mapping, or a text given whole. It may hold markers
    /// (`---`) and, given whole, several documents.
    #[default]
    Document,
    /// An entry of the top mapping. Directives, markers and comments may stand above the first one of a document.
    Entry { indent: u16 },
    /// The key line of a section that is cut at its children: `services:`, with an anchor, a tag or a comment at most. Its
    /// value lies in the chunks that follow.
    Section { section: Section, indent: u16 },
    /// An entry of a section: `web:` with all below it, or `- …` in a sequence. Its text begins with its own indentation.
    Child {
        section: Section,
        /// Of the section's key.
        outer: u16,
        indent: u16,
        sequence: bool,
    },
}

/// The sections that are cut at their children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    Services,
    Networks,
    Volumes,
    Configs,
    Secrets,
    Jobs,
    Groups,
    ScrapeConfigs,
}

impl Section {
    pub fn named(key: &str) -> Option<Section> {
        Some(match key {
            "services" => Section::Services,
            "networks" => Section::Networks,
            "volumes" => Section::Volumes,
            "configs" => Section::Configs,
            "secrets" => Section::Secrets,
            "jobs" => Section::Jobs,
            "groups" => Section::Groups,
            "scrape_configs" => Section::ScrapeConfigs,
            _ => return None,
        })
    }
    /// The key as it is written in a file.
    pub fn name(self) -> &'static str {
        match self {
            Section::Services => "services",
            Section::Networks => "networks",
            Section::Volumes => "volumes",
            Section::Configs => "configs",
            Section::Secrets => "secrets",
            Section::Jobs => "jobs",
            Section::Groups => "groups",
            Section::ScrapeConfigs => "scrape_configs",
        }
    }
}

/// The end of the chunk that starts at `start`.
pub fn next(text: &str, start: usize, state: State) -> Cut {
    let scan = Scan {
        reader: Reader::new(&text[start..]),
    };
    let cut = scan.run(state);
    Cut {
        end: cut.end + start,
        reach: cut.reach + start,
        ..cut
    }
}

struct Scan<'a> {
    reader: Reader<'a>,
}

/// Where the comments since the last content begin: those at the level's column or left of it, at the outer one's.
#[derive(Default)]
struct Comments {
    level: Option<usize>,
    outer: Option<usize>,
}

impl Scan<'_> {
    fn run(mut self, state: State) -> Cut {
        match state {
            State::Document => self.document(),
            State::Entry { indent } | State::Section { indent, .. } => self.entry(0, indent),
            State::Child { .. } => self.walk(0, None, state),
        }
    }

    /// The start of a document: to the end of its first entry, or of all of it.
    fn document(&mut self) -> Cut {
        let mut pos = 0;
        loop {
            let line = self.look(pos);
            match line.kind {
                Kind::Eof => return self.end(self.reader.len(), State::Document, State::Document),
                Kind::Blank | Kind::Comment | Kind::Marker | Kind::End => {}
                Kind::Content if line.column == 0 && self.reader.at(line.at) == Some(b'%') => {}
                Kind::Content if self.key(line.at).is_some() => {
                    return match u16::try_from(line.column) {
                        Ok(indent) => self.entry(line.start, indent),
                        Err(_) => self.opaque(line.start),
                    };
                }
                Kind::Content | Kind::Begin | Kind::Tabbed => return self.opaque(line.start),
            }
            pos = self.reader.next_line(line.at);
        }
    }

    /// A document that is not cut: to the next marker. What looks like a comment above that may be text.
    fn opaque(&mut self, first: usize) -> Cut {
        let mut pos = self.reader.next_line(first);
        loop {
            let line = self.look(pos);
            let next = self.reader.next_line(line.at);
            let end = match line.kind {
                Kind::Eof => self.reader.len(),
                Kind::Marker | Kind::Begin => line.start,
                Kind::End => next,
                _ => {
                    pos = next;
                    continue;
                }
            };
            return self.end(end, State::Document, State::Document);
        }
    }

    /// An entry of the top mapping, whose key is on the first line of content from `pos` on.
    fn entry(&mut self, mut pos: usize, indent: u16) -> Cut {
        let state = State::Entry { indent };
        let head = loop {
            let line = self.look(pos);
            match line.kind {
                Kind::Blank | Kind::Comment => pos = self.reader.next_line(line.at),
                Kind::Content => break line,
                _ => return self.walk(pos, None, state),
            }
        };
        if let Some(section) = self.section(head.at)
            && let Some(cut) = self.header(&head, section, indent)
        {
            return cut;
        }
        let rest = self.content(&head, Rest::default(), indent as usize);
        self.walk(rest.next, Some(rest), state)
    }

    /// The section that a key with an empty value begins.
    fn section(&mut self, at: usize) -> Option<Section> {
        let key = self.key(at)?;
        let name = std::str::from_utf8(self.reader.read(key.start, key.end)).ok()?;
        let section = Section::named(name)?;
        let value = self.properties(key.behind);
        self.line_ends(value).then_some(section)
    }

    /// The cut behind the key line of a section, where children follow.
    fn header(&mut self, head: &Line, section: Section, outer: u16) -> Option<Cut> {
        let mut pos = self.reader.next_line(head.at);
        let mut comment = None;
        let line = loop {
            let line = self.look(pos);
            match line.kind {
                Kind::Blank => {}
                Kind::Comment => {
                    comment.get_or_insert(line.start);
                }
                Kind::Content => break line,
                _ => return None,
            }
            pos = self.reader.next_line(line.at);
        };
        let indent = u16::try_from(line.column).ok()?;
        let sequence = self.indicator(line.at, b'-');
        let child = if sequence {
            indent >= outer
        } else {
            indent > outer && self.key(line.at).is_some()
        };
        child.then(|| {
            let next = State::Child {
                section,
                outer,
                indent,
                sequence,
            };
            let is = State::Section {
                section,
                indent: outer,
            };
            self.end(comment.unwrap_or(line.start), is, next)
        })
    }

    /// Lines from `pos` on, to the first boundary. `rest` is what the content read so far left; `None` if there was none.
    fn walk(&mut self, mut pos: usize, mut rest: Option<Rest>, is: State) -> Cut {
        let (level, outer) = match is {
            State::Child { indent, outer, .. } => (indent, outer),
            State::Entry { indent } | State::Section { indent, .. } => (indent, indent),
            State::Document => (0, 0),
        };
        let entry = State::Entry { indent: outer };
        let (level, outer) = (level as usize, outer as usize);
        let mut comments = Comments::default();
        loop {
            let line = self.look(pos);
            match line.kind {
                Kind::Eof => return self.end(self.reader.len(), is, is),
                Kind::Marker | Kind::Begin if rest.is_some() => {
                    let end = comments.outer.unwrap_or(line.start);
                    return self.end(end, is, State::Document);
                }
                Kind::End => {
                    let end = self.reader.next_line(line.at);
                    return self.end(end, is, State::Document);
                }
                Kind::Blank => {}
                Kind::Comment => {
                    if line.column <= level {
                        comments.level.get_or_insert(line.start);
                    }
                    if line.column <= outer {
                        comments.outer.get_or_insert(line.start);
                    }
                }
                Kind::Content | Kind::Tabbed | Kind::Marker | Kind::Begin => {
                    if rest.is_some() && line.kind == Kind::Content && line.column <= level {
                        let end = match self.starts(&line, is, outer) {
                            Some(Starts::Sibling) => Some((comments.level, is)),
                            Some(Starts::Entry) => Some((comments.outer, entry)),
                            None => None,
                        };
                        if let Some((comment, next)) = end {
                            return self.end(comment.unwrap_or(line.start), is, next);
                        }
                    }
                    comments = Comments::default();
                    let read = self.content(&line, rest.unwrap_or_default(), level);
                    pos = read.next;
                    rest = Some(read);
                    continue;
                }
            }
            pos = self.reader.next_line(line.at);
        }
    }

    /// What a line of content at the level or left of it starts. A dash at a key's own column is that key's value.
    fn starts(&mut self, line: &Line, is: State, outer: usize) -> Option<Starts> {
        if self.indicator(line.at, b':') {
            return None;
        }
        let dash = self.indicator(line.at, b'-');
        match is {
            State::Child { sequence: true, .. } if dash => {
                (line.column >= outer).then_some(Starts::Sibling)
            }
            _ if dash => None,
            State::Child { sequence, .. } if line.column > outer => {
                (!sequence).then_some(Starts::Sibling)
            }
            _ => Some(Starts::Entry),
        }
    }

    fn end(&mut self, end: usize, is: State, next: State) -> Cut {
        // A chunk that ends with the text knows that it does.
        self.reader.at(end);
        Cut {
            end,
            is: Any::Yaml(is),
            next: Any::Yaml(next),
            reach: self.reader.reach(),
            open: false,
        }
    }
}

enum Starts {
    /// Another child of the same section, or entry of the same mapping.
    Sibling,
    /// An entry of the top mapping.
    Entry,
}
