//! YAML: entries of the top-level mapping, and the entries of the sections that are known to be long.

use super::Cut;

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

pub fn next(text: &str, _start: usize, state: State) -> Cut {
    Cut {
        end: text.len(),
        next: super::State::Yaml(state),
        reach: text.len() + 1,
    }
}
