//! `package.json` of npm and its kin, with spans, through `jsonc-parser`: `serde_json` knows no places.

use jsonc_parser::ast::{Object, StringLit, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::text::Span;

/// What a `package.json` says. Nothing in a text that is no JSON, half-typed ones included. Spans are absolute.
#[derive(Debug, Default)]
pub struct Package {
    pub name: Option<Text>,
    /// The value of `license`, or of its `type` in the old form.
    pub license: Option<Text>,
    /// The packages that it needs to run.
    pub dependencies: Vec<Text>,
    /// The first key, where what the package lacks is told.
    pub first: Span,
    /// It lists packages of its own.
    pub workspaces: bool,
}

/// A text, and where it stands without its quotes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text {
    pub text: String,
    pub span: Span,
}

impl Package {
    pub fn read(text: &str) -> Package {
        let bare = text.trim_start_matches('\u{feff}');
        let base = text.len() - bare.len();
        let collect = CollectOptions::default();
        let Ok(parsed) = parse_to_ast(bare, &collect, &ParseOptions::default()) else {
            return Package::default();
        };
        let Some(Value::Object(object)) = &parsed.value else {
            return Package::default();
        };
        let first = object.properties.first();
        let first = first.map(|first| first.name.range());
        Package {
            name: object.get_string("name").map(|name| read(name, base)),
            license: license(object, base),
            dependencies: dependencies(object, base),
            first: first.map_or(Span::default(), |range| {
                Span::new(base + range.start, base + range.end)
            }),
            workspaces: object.get("workspaces").is_some(),
        }
    }

    /// Where what the package lacks is told: its name, else its first key.
    pub fn place(&self) -> Span {
        self.name.as_ref().map_or(self.first, |name| name.span)
    }
}

fn read(text: &StringLit, base: usize) -> Text {
    let range = text.range;
    Text {
        text: text.value.to_string(),
        span: Span::new(
            base + range.start + 1,
            base + range.end.max(range.start + 2) - 1,
        ),
    }
}

fn license(object: &Object, base: usize) -> Option<Text> {
    match &object.get("license")?.value {
        Value::StringLit(text) => Some(read(text, base)),
        Value::Object(inner) => Some(read(inner.get_string("type")?, base)),
        _ => None,
    }
}

fn dependencies(object: &Object, base: usize) -> Vec<Text> {
    let Some(list) = object.get_object("dependencies") else {
        return Vec::new();
    };
    let names = list.properties.iter().filter_map(|entry| {
        let range = entry.name.range();
        Some(Text {
            text: entry.name.as_str().to_owned(),
            span: Span::new(base + range.start + 1, base + range.end.checked_sub(1)?),
        })
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_have_places() {
        let text = "\u{feff}{\n  \"name\": \"é/x\",\n  \"license\": {\"type\": \"MIT\"},\n  \"dependencies\": {\"a-b\": \"^1\"}\n}\n";
        let package = Package::read(text);
        let said = [
            package.name,
            package.license,
            package.dependencies.into_iter().next(),
        ];
        let said: Vec<&str> = said
            .iter()
            .flatten()
            .map(|said| &text[said.span.range()])
            .collect();
        assert_eq!(said, ["é/x", "MIT", "a-b"]);
        assert_eq!(&text[package.first.range()], "\"name\"");
    }

    #[test]
    fn any_text_is_read() {
        let deep = "[".repeat(100_000);
        for text in [
            "",
            "\u{feff}",
            "{",
            "[]",
            "null",
            "{\"name\": 1}",
            "{\"license\": [",
            "{\"name\": \"",
            "nonsense",
            &deep,
        ] {
            assert!(Package::read(text).name.is_none(), "{}", text.len());
        }
    }
}
