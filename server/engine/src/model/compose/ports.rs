//! Published ports in both syntaxes, and the edits that bind or hide one.
//!
//! Source: the Compose specification, "ports": `[ip:]host:container[/protocol]`, ranges, a container port alone, or a mapping
//! of target, published, host_ip, protocol.

use crate::rule::Place;
use crate::syntax::yaml::{Item, Value};
use crate::text::Span;

use super::Text;
use super::interpolation::{Operator, Reference, expanded, masked, references};
use super::reader::{Pair, Reader, Ref};

/// Stands for a variable that has no default.
const UNKNOWN: char = '\0';
const LOOPBACK: &str = "127.0.0.1";

/// One published port, or a range.
#[derive(Debug)]
pub struct Port {
    pub place: Place,
    /// The alias through which the service has it.
    pub used: Option<Place>,
    /// On the host as far as it is known, else in the container: `5432`, `8000-8010`.
    pub published: String,
    /// In the container; the first of a range.
    pub container: Option<u16>,
    pub udp: bool,
    pub bind: Bind,
    /// Edits that bind it to the loopback interface.
    pub to_loopback: Option<Vec<(Place, String)>>,
    /// Edits that offer it to the networks of the service alone.
    pub to_expose: Option<Vec<(Place, String)>>,
}

/// Who can reach a published port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bind {
    /// Every interface of the host.
    Everywhere,
    Loopback,
    /// One address.
    Address,
    /// A variable without default decides.
    Unknown,
}

/// What the edits need to know of the service.
#[derive(Debug)]
pub(super) struct Around<'p, 'a> {
    pub(super) service: &'p Ref<'a>,
    pub(super) ports: &'p Pair<'a>,
    pub(super) expose: Option<&'p Pair<'a>>,
}

/// The ports of a service; what is no port is skipped.
pub(super) fn read<'a>(reader: &Reader<'a>, list: &Ref<'a>, around: &Around<'_, 'a>) -> Vec<Port> {
    let items = reader.items(list);
    let read = |(item, node): &(Item, Ref<'a>)| {
        let hide = Hide {
            around,
            list,
            item: *item,
            alone: items.len() == 1,
        };
        match node.text() {
            Some(text) => short(&text, node, &hide),
            None => long(reader, node, &hide),
        }
    };
    items.iter().filter_map(read).collect()
}

fn short(text: &Text, node: &Ref, hide: &Hide) -> Option<Port> {
    let raw = text.raw.as_str();
    let spec = Spec::of(&expanded(raw, UNKNOWN))?;
    let bind = match &spec.ip {
        None if spec.host.as_deref().is_some_and(is_unknown) && names_an_address(raw) => {
            Bind::Unknown
        }
        None => Bind::Everywhere,
        Some(ip) => bind_of(ip),
    };
    let hidden = spec.exposed(raw);
    Some(Port {
        place: text.place.clone(),
        used: text.used.clone(),
        published: spec.shown(),
        container: first_port(&spec.container),
        udp: spec.protocol.as_deref() == Some("udp"),
        bind,
        to_loopback: loopback(raw).map(|(range, new)| vec![(text.at(range), new)]),
        to_expose: hidden.and_then(|hidden| hide.edits(node, text.place.span, &hidden)),
    })
}

/// The parts of a port in short syntax, references expanded.
#[derive(Debug, PartialEq, Eq)]
struct Spec {
    ip: Option<String>,
    host: Option<String>,
    container: String,
    protocol: Option<String>,
}

impl Spec {
    fn of(text: &str) -> Option<Spec> {
        let (text, protocol) = match text.trim().rsplit_once('/') {
            Some((text, protocol)) => (text, Some(protocol.to_ascii_lowercase())),
            None => (text.trim(), None),
        };
        let (rest, container) = match text.rsplit_once(':') {
            Some((rest, container)) => (Some(rest), container),
            None => (None, text),
        };
        let is_port = |text: &str| {
            text.chars()
                .all(|c| c.is_ascii_digit() || c == '-' || c == UNKNOWN)
        };
        let whole_unknown = rest.is_none() && container.contains(UNKNOWN);
        if container.is_empty() || !is_port(container) || whole_unknown {
            return None;
        }
        let (ip, host) = match rest.map(|rest| {
            rest.rsplit_once(':')
                .map_or((None, rest), |(ip, host)| (Some(ip), host))
        }) {
            Some((ip, host)) => (ip, Some(host)),
            None => (None, None),
        };
        if !host.is_none_or(is_port) {
            return None;
        }
        let bare = |ip: &str| ip.trim_start_matches('[').trim_end_matches(']').to_string();
        Some(Spec {
            ip: ip.map(bare),
            host: host.filter(|host| !host.is_empty()).map(str::to_string),
            container: container.to_string(),
            protocol,
        })
    }

    fn shown(&self) -> String {
        let host = self.host.as_deref().filter(|host| !is_unknown(host));
        host.unwrap_or(&self.container).replace(UNKNOWN, "…")
    }

    /// What `expose` says for it; `raw` is what was written, for a container port that a variable gives.
    fn exposed(&self, raw: &str) -> Option<String> {
        if is_unknown(&self.container) {
            let mask = masked(raw, b'x');
            return Some(raw[mask.rfind(':')? + 1..].to_string());
        }
        Some(match &self.protocol {
            Some(protocol) => format!("{}/{protocol}", self.container),
            None => self.container.clone(),
        })
    }
}

fn is_unknown(text: &str) -> bool {
    text.contains(UNKNOWN)
}

fn first_port(container: &str) -> Option<u16> {
    container.split('-').next()?.parse().ok()
}

fn bind_of(ip: &str) -> Bind {
    match ip {
        "" | "0.0.0.0" | "::" | "0:0:0:0:0:0:0:0" | "*" => Bind::Everywhere,
        "::1" | "localhost" => Bind::Loopback,
        _ if ip.starts_with("127.") => Bind::Loopback,
        _ if is_unknown(ip) => Bind::Unknown,
        _ => Bind::Address,
    }
}

/// Whether the first variable of a mapping says by its name that it may hold an address: `${BIND}:5432`.
fn names_an_address(raw: &str) -> bool {
    const WORDS: &[&str] = &[
        "bind",
        "ip",
        "addr",
        "address",
        "interface",
        "listen",
        "host",
    ];
    references(raw).first().is_some_and(|first| {
        let name = first.name.to_ascii_lowercase();
        let mut words = name.split('_');
        words.clone().any(|word| WORDS.contains(&word)) && !words.any(|word| word == "port")
    })
}

/// The replacement in the raw text that binds a port in short syntax to the loopback interface.
fn loopback(raw: &str) -> Option<(std::ops::Range<usize>, String)> {
    let list = references(raw);
    let whole = |range: std::ops::Range<usize>| -> Option<&Reference> {
        list.iter()
            .find(|found| found.range == range && found.operator == Some(Operator::Default))
    };
    let mask = masked(raw, b'x');
    let before_container = mask.rfind(':');
    let Some(colon) = before_container else {
        return match whole(0..raw.len()) {
            Some(reference) => {
                let (range, new) = loopback(&raw[reference.operand.clone()])?;
                let from = reference.operand.start;
                Some((range.start + from..range.end + from, new))
            }
            None => Some((0..0, format!("{LOOPBACK}::"))),
        };
    };
    match mask[..colon].rfind(':') {
        Some(end) => Some(match whole(0..end) {
            Some(reference) => (reference.operand.clone(), LOOPBACK.to_string()),
            None => (0..end, LOOPBACK.to_string()),
        }),
        // The address hides in a variable's default.
        None if expanded(&raw[..colon], UNKNOWN).contains(':') => {
            let reference = whole(0..colon)?;
            let operand = &raw[reference.operand.clone()];
            let end = operand.rfind(':').filter(|_| reference.nested.is_empty())?;
            let start = reference.operand.start;
            Some((start..start + end, LOOPBACK.to_string()))
        }
        None => Some((0..0, format!("{LOOPBACK}:"))),
    }
}

fn long<'a>(reader: &Reader<'a>, node: &Ref<'a>, hide: &Hide) -> Option<Port> {
    let pairs = reader.pairs(node);
    let get = |key: &str| -> Option<Text> {
        let pair = pairs.iter().rfind(|pair| pair.name == key)?;
        reader.resolve(pair.value.as_ref()?)?.text()
    };
    let target = get("target")?;
    let published = get("published");
    let container = expanded(&target.raw, UNKNOWN);
    let shown = published.as_ref().unwrap_or(&target);
    let host_ip = get("host_ip");
    let ip = host_ip.as_ref().map(|ip| expanded(&ip.raw, UNKNOWN));
    let protocol = get("protocol");
    let known = |text: &Text| expanded(&text.raw, UNKNOWN).replace(UNKNOWN, "…");
    let to_loopback = match &host_ip {
        Some(ip) => {
            let range = match references(&ip.raw).as_slice() {
                [only]
                    if only.range == (0..ip.raw.len())
                        && only.operator == Some(Operator::Default) =>
                {
                    only.operand.clone()
                }
                _ => 0..ip.raw.len(),
            };
            Some(vec![(ip.at(range), LOOPBACK.to_string())])
        }
        None => add_host_ip(node),
    };
    let exposed = match &protocol {
        Some(protocol) if !protocol.raw.eq_ignore_ascii_case("tcp") => {
            format!("\"{}/{}\"", target.raw, protocol.raw)
        }
        _ => format!("\"{}\"", target.raw),
    };
    Some(Port {
        place: shown.place.clone(),
        used: node.used.clone(),
        published: known(shown),
        container: first_port(&container),
        udp: protocol.is_some_and(|protocol| protocol.raw.eq_ignore_ascii_case("udp")),
        bind: ip.as_deref().map_or(Bind::Everywhere, bind_of),
        to_loopback,
        to_expose: hide.edits(node, node.span(), &exposed),
    })
}

/// `host_ip` before the published port, in the style of the mapping.
fn add_host_ip(node: &Ref) -> Option<Vec<(Place, String)>> {
    let Value::Mapping { entries, flow } = &node.part.node(node.id).value else {
        return None;
    };
    let named = |name: &str| {
        entries
            .iter()
            .find(|entry| node.part.scalar(entry.key).as_deref() == Some(name))
    };
    let at = named("published").or_else(|| named("target"))?.span.start;
    let text = if *flow {
        format!("host_ip: {LOOPBACK}, ")
    } else {
        let indent = " ".repeat(node.part.column(at));
        format!("host_ip: {LOOPBACK}{}{indent}", node.part.newline())
    };
    Some(vec![(node.place(Span { start: at, end: at }), text)])
}

/// Where a port stands, for moving it to `expose`.
struct Hide<'p, 'a> {
    around: &'p Around<'p, 'a>,
    list: &'p Ref<'a>,
    item: Item,
    alone: bool,
}

impl Hide<'_, '_> {
    /// Edits that make `exposed` the replacement of `replaced`, a span within the item, and the item one of `expose`. `None`
    /// where the port or its list stands elsewhere than in the service itself.
    fn edits(&self, node: &Ref, replaced: Span, exposed: &str) -> Option<Vec<(Place, String)>> {
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

/// The whole lines of a span; `None` when other text stands before it.
fn lines(text: &str, span: Span) -> Option<Span> {
    let bytes = text.as_bytes();
    let range = span.range();
    let start = memchr::memrchr(b'\n', &bytes[..range.start]).map_or(0, |at| at + 1);
    let end =
        memchr::memchr(b'\n', &bytes[range.end..]).map_or(bytes.len(), |at| range.end + at + 1);
    let blank = bytes[start..range.start].trim_ascii().is_empty();
    blank.then(|| Span::new(start, end))
}

/// An item of a flow sequence with the comma behind it, or else before it.
fn with_comma(text: &str, span: Span) -> Span {
    let range = span.range();
    let after = &text[range.end..];
    let bare = after.trim_start();
    if let Some(rest) = bare.strip_prefix(',') {
        return Span::new(range.start, text.len() - rest.trim_start_matches(' ').len());
    }
    let before = text[..range.start].trim_end();
    let start = before
        .strip_suffix(',')
        .map_or(range.start, |before| before.trim_end().len());
    Span::new(start, range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_syntax() {
        let read = |text: &str| {
            Spec::of(&expanded(text, UNKNOWN))
                .map(|spec| (spec.ip, spec.host, spec.container, spec.protocol))
        };
        let some = |text: &str| Some(text.to_string());
        assert_eq!(read("5432"), Some((None, None, "5432".into(), None)));
        assert_eq!(
            read("80:8000/udp"),
            Some((None, some("80"), "8000".into(), some("udp")))
        );
        assert_eq!(
            read("127.0.0.1::80"),
            Some((some("127.0.0.1"), None, "80".into(), None))
        );
        assert_eq!(
            read("[::1]:80-81:90-91"),
            Some((some("::1"), some("80-81"), "90-91".into(), None))
        );
        assert_eq!(
            read("${P:-127.0.0.1:5432}:5432"),
            Some((some("127.0.0.1"), some("5432"), "5432".into(), None))
        );
        for text in ["", "a", "${P}", "a:80", "80:", "80:b"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn binding() {
        let bound = |raw: &str| {
            let (range, new) = loopback(raw).unwrap_or_default();
            let mut text = raw.to_string();
            text.replace_range(range, &new);
            text
        };
        for (raw, expected) in [
            ("5432:5432", "127.0.0.1:5432:5432"),
            ("5432", "127.0.0.1::5432"),
            ("0.0.0.0:80:80", "127.0.0.1:80:80"),
            ("[::]:80:80", "127.0.0.1:80:80"),
            ("${P:-80}:80", "127.0.0.1:${P:-80}:80"),
            ("${IP:-}:80:80", "${IP:-127.0.0.1}:80:80"),
            ("${IP:-0.0.0.0}:${P}:80", "${IP:-127.0.0.1}:${P}:80"),
            ("${P:-0.0.0.0:80}:80", "${P:-127.0.0.1:80}:80"),
            ("${ALL:-80:80}", "${ALL:-127.0.0.1:80:80}"),
        ] {
            assert_eq!(bound(raw), expected);
        }
    }
}
