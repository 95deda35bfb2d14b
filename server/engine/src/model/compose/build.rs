//! How the image of a service is built.

use crate::rule::Place;

use super::reader::{Pair, Reader, Ref};
use super::text::{Assigned, Text, assigned};

/// `build` in both syntaxes. Paths are as they are written, relative to the folder of the file that says them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Build {
    /// The key.
    pub place: Place,
    /// `None` stands for the folder itself.
    pub context: Option<Text>,
    /// Relative to the context; `None` stands for `Dockerfile`.
    pub dockerfile: Option<Text>,
    pub dockerfile_inline: Option<Text>,
    pub target: Option<Text>,
    pub args: Vec<Assigned>,
}

impl Build {
    /// The context with the defaults of its variables; `None` where one without default is in it.
    pub fn context_path(&self) -> Option<String> {
        self.context
            .as_ref()
            .map_or(Some(".".into()), Text::expanded)
    }
    /// The Dockerfile's path below the context, likewise.
    pub fn dockerfile_path(&self) -> Option<String> {
        self.dockerfile
            .as_ref()
            .map_or(Some("Dockerfile".into()), Text::expanded)
    }
    /// Whether the context is fetched from elsewhere.
    pub fn is_remote(&self) -> bool {
        let context = self.context.as_ref().map(Text::value).unwrap_or_default();
        context.contains("://")
            || ["git@", "github.com/", "docker-image:"]
                .iter()
                .any(|start| context.starts_with(start))
    }
}

pub(super) fn read<'a>(reader: &Reader<'a>, pair: &Pair<'a>, value: &Ref<'a>) -> Option<Build> {
    let place = pair.key.place(pair.key.span());
    if let Some(context) = value.text() {
        return (!context.is_null()).then_some(Build {
            place,
            context: Some(context),
            dockerfile: None,
            dockerfile_inline: None,
            target: None,
            args: Vec::new(),
        });
    }
    let fields = reader.fields(value);
    if fields.pairs.is_empty() {
        return None;
    }
    Some(Build {
        place,
        context: fields.text("context"),
        dockerfile: fields.text("dockerfile"),
        dockerfile_inline: fields.text("dockerfile_inline"),
        target: fields.text("target"),
        args: fields
            .get("args")
            .map(|args| assigned(reader, &args))
            .unwrap_or_default(),
    })
}
