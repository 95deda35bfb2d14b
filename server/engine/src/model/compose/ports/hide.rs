//! Edits that move a port from `ports` to `expose`.

use crate::rule::Place;
use crate::syntax::yaml::{Item, Value};
use crate::text::Span;

use super::super::reader::Ref;
use super::super::removal::{lines, with_comma};
use super::{Around, is_unknown};

/// Where a port stands, for moving it to `expose`.
pub(super) struct Hide<'p, 'a> {
    pub(super) around: &'p Around<'p, 'a>,
    pub(super) list: &'p Ref<'a>,
    pub(super) item: Item,
    pub(super) alone: bool,
}

impl Hide<'_, '_> {
    /// Edits that make `exposed` the replacement of `replaced`, a span within the item, and the item one of `expose`. `None`
    /// where the port or its list stands elsewhere than in the service itself.
    pub(super) fn edits(
        &self,
        node: &Ref,
        replaced: Span,
        exposed: &str,
    ) -> Option<Vec<(Place, String)>> {
        let Around {
            service,
            ports,
            expose,
        } = self.around;
        let part = self.list.part;
        let own = ports.own && self.list.used.is_none() && node.used.is_none();
        let Value::Sequence { flow, .. } = part.node(self.list.id).value else {
            return None;
        };
        let Value::Mapping { flow: cramped, .. } = service.part.node(service.id).value else {
            return None;
        };
        if !own || is_unknown(exposed) {
            return None;
        }
        let place = |span: Span| self.list.place(span);
        let key = ports.key.span();
        if self.alone && expose.is_none() {
            return Some(vec![
                (place(key), "expose".to_string()),
                (place(replaced), exposed.to_string()),
            ]);
        }
        if cramped {
            return None;
        }
        let newline = part.newline();
        let quoted = if exposed.starts_with('"') {
            exposed.to_string()
        } else {
            format!("\"{exposed}\"")
        };
        let added = match expose {
            Some(expose) => {
                let list = expose
                    .value
                    .as_ref()
                    .filter(|list| expose.own && list.used.is_none())?;
                let Value::Sequence { items, flow } = &part.node(list.id).value else {
                    return None;
                };
                let start = items.first()?.span.start;
                let separator = if *flow {
                    ", ".to_string()
                } else {
                    format!("{newline}{}", " ".repeat(part.column(start)))
                };
                let dash = if *flow { "" } else { "- " };
                (
                    place(Span { start, end: start }),
                    format!("{dash}{quoted}{separator}"),
                )
            }
            None => {
                let start = key.start;
                let indent = " ".repeat(part.column(start));
                let entry = if flow {
                    format!("expose: [{quoted}]{newline}{indent}")
                } else {
                    let dash = " ".repeat(part.column(self.item.span.start));
                    format!("expose:{newline}{dash}- {quoted}{newline}{indent}")
                };
                (place(Span { start, end: start }), entry)
            }
        };
        let removed = if self.alone {
            lines(part.text(), ports.entry.span)?
        } else if flow {
            with_comma(part.text(), self.item.span)
        } else {
            lines(part.text(), self.item.span)?
        };
        Some(vec![added, (place(removed), String::new())])
    }
}
