//! pytest's markers, used and declared, as facts about a file.

use std::sync::Arc;

use super::{NONE, Resolver};
use crate::model::Part;
use crate::model::pytest::markers::is_known;
use crate::outside::{Outside, Table};
use crate::text::Span;

/// A marker's name in a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Marker {
    pub name: String,
    /// Absolute as a fact about a file, relative to its chunk as a subject.
    pub span: Span,
}

/// The markers that a part uses, but for those that pytest or a well-known plugin declares.
pub(crate) fn marks(resolver: &Resolver) -> Vec<Marker> {
    let part = resolver.part;
    let mut dotted = String::new();
    let used = part.markers.iter().filter(|marker| {
        marker.path != NONE
            && !is_known(part.slice(marker.name))
            && resolver.dotted(marker.path, &mut dotted)
            && dotted == "pytest.mark"
    });
    used.map(|marker| Marker {
        name: part.slice(marker.name).to_owned(),
        span: marker.name,
    })
    .collect()
}

/// Markers that the tests of a file use: `@pytest.mark.x`, `pytestmark = …`, `pytest.param(…, marks=…)`.
pub fn markers_used(parts: &[(usize, Arc<Part>)]) -> Vec<Marker> {
    let mut table = None;
    gather(parts, |part, path| {
        path != NONE && {
            let table = table.get_or_insert_with(|| {
                let mut table = Table::default();
                parts.iter().for_each(|(_, part)| table.add(part));
                table
            });
            let outside = Outside::new(table);
            let mut name = String::new();
            Resolver::new(part, &outside).dotted(path, &mut name) && name == "pytest.mark"
        }
    })
}

/// Markers that a file declares: `config.addinivalue_line("markers", "x: …")`.
pub fn markers_declared(parts: &[(usize, Arc<Part>)]) -> Vec<Marker> {
    gather(parts, |_, path| path == NONE)
}

fn gather(
    parts: &[(usize, Arc<Part>)],
    mut wanted: impl FnMut(&super::Part, u32) -> bool,
) -> Vec<Marker> {
    let mut markers = Vec::new();
    for (start, part) in parts {
        let Part::Python(part) = &**part else {
            continue;
        };
        for marker in &part.markers {
            if wanted(part, marker.path) {
                markers.push(Marker {
                    name: part.slice(marker.name).to_owned(),
                    span: marker.name.shifted(*start),
                });
            }
        }
    }
    markers
}
