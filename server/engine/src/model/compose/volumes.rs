//! Volumes of a service, in both syntaxes.
//!
//! Source: the Compose specification, "volumes": `[source:]target[:options]`, or a mapping of type, source, target,
//! `read_only`; and compose-go, for what is a path and where a Windows drive's colon divides nothing.

use std::ops::Range;

use crate::rule::Place;
use crate::syntax::yaml::Item;

use super::interpolation::{Operator, UNKNOWN, expanded, masked, references};
use super::reader::{Pair, Reader, Ref};
use super::removal;
use super::text::Text;

/// An entry of a service's `volumes`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Volume {
    pub kind: Kind,
    /// As it is written: `./src`, `${SRC:-./src}`, `data`.
    pub source: Option<Text>,
    pub target: Option<Text>,
    pub read_only: bool,
    /// All of it, with the dash where there is one.
    pub entry: Place,
    /// Without the dash and quotes: what is written of it in short syntax, all of it in long syntax.
    pub text: Place,
    /// What is deleted to take it out of its list: the key `volumes` too where it is the last entry, but no comment beside
    /// it. `None` where it cannot be cut out as text.
    pub remove: Option<Vec<Place>>,
    /// The entry as YAML that can stand elsewhere: without the dash, later lines indented from the first. `None` where it
    /// refers to an anchor.
    pub item: Option<String>,
    /// The only entry of its list.
    pub alone: bool,
    /// It stands in an anchor, or is one, so that others may have it too.
    pub shared: bool,
    /// The alias through which the service has it.
    pub used: Option<Place>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A path of the host.
    Bind,
    /// A named volume.
    Volume,
    /// A target alone.
    Anonymous,
    Tmpfs,
    /// A variable without default decides between a path and a name.
    Unknown,
    /// `npipe`, `cluster`, `image`.
    Other,
}

impl Volume {
    /// The source with the defaults of its variables; `None` where one without default is in it.
    pub fn source_path(&self) -> Option<String> {
        self.source.as_ref()?.expanded()
    }
    /// The target as lists of volumes are merged by: with defaults, without a slash at the end.
    pub fn target_path(&self) -> Option<String> {
        let path = expanded(&self.target.as_ref()?.value(), UNKNOWN);
        let bare = path.trim_end_matches('/');
        Some(if bare.is_empty() { path } else { bare.into() })
    }
}

/// The volumes of a service; what is none is skipped.
pub(super) fn read<'a>(reader: &Reader<'a>, pair: &Pair<'a>, list: &Ref<'a>) -> Vec<Volume> {
    let items = reader.items(list);
    let read = |(item, node): &(Item, Ref<'a>)| {
        let (kind, source, target, read_only) = match node.text() {
            Some(text) => short(&text)?,
            None => long(reader, node)?,
        };
        Some(Volume {
            kind,
            source,
            target,
            read_only,
            entry: list.place(item.span),
            text: node
                .text()
                .map_or_else(|| node.place(node.span()), |text| text.place),
            remove: removal::of_item(pair, list, *item),
            item: written(node),
            alone: items.len() == 1,
            shared: !pair.own
                || list.used.is_some()
                || node.used.is_some()
                || [list, node].into_iter().any(Ref::is_anchored),
            used: node.used.clone(),
        })
    };
    items.iter().filter_map(read).collect()
}

fn written(node: &Ref) -> Option<String> {
    let text = node.part.text();
    let span = node.span();
    let start = text[..span.start as usize].rfind('\n');
    let indent = span.start as usize - start.map_or(0, |at| at + 1);
    let lines = node.part.slice(span).lines().map(|line| {
        let blank = line.len() - line.trim_start_matches(' ').len();
        &line[blank.min(indent)..]
    });
    // The first line has no indent of its own.
    let written = lines.collect::<Vec<_>>().join("\n");
    let refers = node.text().is_none() && (written.contains(": *") || written.contains("<<"));
    (!refers).then_some(written)
}

type Read = (Kind, Option<Text>, Option<Text>, bool);

fn short(text: &Text) -> Option<Read> {
    let fields = fields(&text.raw);
    let piece = |at: usize| fields.get(at).map(|range| text.piece(range.clone()));
    if text.raw.trim().is_empty() {
        return None;
    }
    let Some(target) = piece(1) else {
        return Some((Kind::Anonymous, None, piece(0), false));
    };
    let source = piece(0)?;
    let options = piece(2).map(|options| options.value().into_owned());
    let read_only = options.is_some_and(|options| {
        options
            .split(',')
            .any(|word| matches!(word, "ro" | "readonly"))
    });
    let kind = kind_of(&expanded(&source.value(), UNKNOWN));
    Some((kind, Some(source), Some(target), read_only))
}

/// The ranges between the colons that divide a volume in short syntax.
fn fields(raw: &str) -> Vec<Range<usize>> {
    // All of it may be the default of one variable.
    if let [only] = references(raw).as_slice()
        && only.range == (0..raw.len())
        && only.operator == Some(Operator::Default)
    {
        let inner = fields(&raw[only.operand.clone()]);
        if inner.len() > 1 {
            let start = only.operand.start;
            let moved = |range: Range<usize>| range.start + start..range.end + start;
            return inner.into_iter().map(moved).collect();
        }
    }
    let mask = masked(raw, b'x');
    let bytes = mask.as_bytes();
    let mut fields = Vec::new();
    let mut start = 0;
    for at in memchr::memchr_iter(b':', bytes) {
        let written = &raw.as_bytes()[start..at];
        let drive = written.len() == 1
            && written[0].is_ascii_alphabetic()
            && matches!(bytes.get(at + 1), Some(b'\\' | b'/'));
        // `a:/b` with a volume named by one letter reads as a drive as well; compose takes it for one.
        if !drive {
            fields.push(start..at);
            start = at + 1;
        }
    }
    fields.push(start..raw.len());
    fields
}

fn kind_of(source: &str) -> Kind {
    let mut chars = source.chars();
    match chars.next() {
        None => Kind::Anonymous,
        Some('.' | '/' | '~' | '\\') => Kind::Bind,
        Some(c) if c.is_ascii_alphabetic() && chars.next() == Some(':') => Kind::Bind,
        _ if source.contains(['/', '\\']) => Kind::Bind,
        _ if source.contains(UNKNOWN) => Kind::Unknown,
        _ => Kind::Volume,
    }
}

fn long<'a>(reader: &Reader<'a>, node: &Ref<'a>) -> Option<Read> {
    let fields = reader.fields(node);
    let source = fields.text("source").or_else(|| fields.text("src"));
    let target = fields
        .text("target")
        .or_else(|| fields.text("destination"))
        .or_else(|| fields.text("dst"));
    let kind = match fields.text("type").and_then(|kind| kind.expanded()) {
        Some(kind) => match &*kind {
            "bind" => Kind::Bind,
            "volume" if source.is_none() => Kind::Anonymous,
            "volume" => Kind::Volume,
            "tmpfs" => Kind::Tmpfs,
            _ => Kind::Other,
        },
        None => {
            let source = source.as_ref()?;
            kind_of(&expanded(&source.value(), UNKNOWN))
        }
    };
    Some((kind, source, target, fields.is_true("read_only")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_syntax_is_divided_where_compose_divides_it() {
        for (raw, expected) in [
            ("/data", vec!["/data"]),
            ("./src:/app", vec!["./src", "/app"]),
            ("./src:/app:ro,z", vec!["./src", "/app", "ro,z"]),
            ("${SRC:-./src}:/app", vec!["${SRC:-./src}", "/app"]),
            ("${V:-./a:/b:ro}", vec!["./a", "/b", "ro"]),
            ("${V}", vec!["${V}"]),
            ("C:\\x:/y", vec!["C:\\x", "/y"]),
            ("C:/x:D:/y:ro", vec!["C:/x", "D:/y", "ro"]),
        ] {
            let found: Vec<&str> = fields(raw).into_iter().map(|range| &raw[range]).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn sources_are_paths_or_names() {
        for (source, kind) in [
            (".", Kind::Bind),
            ("../x", Kind::Bind),
            ("~/x", Kind::Bind),
            ("/x", Kind::Bind),
            ("C:\\x", Kind::Bind),
            ("\0/x", Kind::Bind),
            ("\0", Kind::Unknown),
            ("data", Kind::Volume),
            ("pg-data_1", Kind::Volume),
        ] {
            assert_eq!(kind_of(source), kind, "{source}");
        }
    }
}
