//! Published ports in both syntaxes, and the edits that bind or hide one.
//!
//! Source: the Compose specification, "ports": `[ip:]host:container[/protocol]`, ranges, a container port alone, or a mapping
//! of target, published, host_ip, protocol.

mod bind;
mod hide;

use crate::rule::Place;
use crate::syntax::yaml::Item;

use super::Text;
use super::interpolation::{Operator, UNKNOWN, expanded, masked, references};
use super::reader::{Pair, Reader, Ref};
use bind::{add_host_ip, loopback};
use hide::Hide;

const LOOPBACK: &str = "127.0.0.1";

/// One published port, or a range.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
    /// By which lists of ports are merged: address, host and container port, protocol.
    pub key: String,
    /// Edits that bind it to the loopback interface.
    pub to_loopback: Option<Vec<(Place, String)>>,
    /// Edits that offer it to the networks of the service alone.
    pub to_expose: Option<Vec<(Place, String)>>,
}

/// Who can reach a published port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    let Some(spec) = Spec::of(&expanded(raw, UNKNOWN)) else {
        return is_port_variable(raw).then(|| Port::of_variable(text));
    };
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
        published: spec.shown(raw),
        container: first_port(&spec.container),
        udp: spec.protocol.as_deref() == Some("udp"),
        bind,
        key: spec.key(),
        to_loopback: loopback(raw).map(|(range, new)| vec![(text.at(range), new)]),
        to_expose: hidden.and_then(|hidden| hide.edits(node, text.place.span, &hidden)),
    })
}

/// `${GRAFANA_PORT}` alone: whatever it holds, it publishes something.
fn is_port_variable(raw: &str) -> bool {
    matches!(references(raw).as_slice(), [only]
        if only.range == (0..raw.len()) && only.name.to_ascii_lowercase().split('_').any(|word| word == "port"))
}

impl Port {
    /// Whether one port of the host is taken, so that there can be only one such container.
    pub fn is_fixed(&self) -> bool {
        let host = self.key.split('|').nth(1).unwrap_or_default();
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_digit())
    }
    fn of_variable(text: &Text) -> Port {
        Port {
            place: text.place.clone(),
            used: text.used.clone(),
            published: text.raw.to_string(),
            container: None,
            udp: false,
            bind: Bind::Everywhere,
            key: text.raw.to_string(),
            to_loopback: None,
            to_expose: None,
        }
    }
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

    fn key(&self) -> String {
        key(
            self.ip.as_deref(),
            self.host.as_deref(),
            &self.container,
            self.protocol.as_deref(),
        )
    }

    fn shown(&self, raw: &str) -> String {
        let shown = self.host.as_ref().unwrap_or(&self.container);
        if is_unknown(shown) { raw } else { shown }.to_string()
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

fn key(ip: Option<&str>, host: Option<&str>, container: &str, protocol: Option<&str>) -> String {
    let (ip, host) = (ip.unwrap_or_default(), host.unwrap_or_default());
    format!("{ip}|{host}|{container}/{}", protocol.unwrap_or("tcp"))
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

fn long<'a>(reader: &Reader<'a>, node: &Ref<'a>, hide: &Hide) -> Option<Port> {
    let pairs = reader.pairs(node);
    let get = |key: &str| -> Option<Text> {
        let pair = pairs.iter().rfind(|pair| pair.name == key)?;
        reader.resolve(pair.value.as_ref()?)?.text()
    };
    let target = get("target")?;
    // The one key that every port has.
    let entry = pairs.iter().rfind(|pair| pair.name == "target")?;
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
    let key = {
        let host = published.as_ref().map(|host| expanded(&host.raw, UNKNOWN));
        let protocol = protocol.as_ref().map(|text| text.raw.to_ascii_lowercase());
        key(
            ip.as_deref(),
            host.as_deref(),
            &container,
            protocol.as_deref(),
        )
    };
    let exposed = match &protocol {
        Some(protocol) if !protocol.raw.eq_ignore_ascii_case("tcp") => {
            format!("\"{}/{}\"", target.raw, protocol.raw)
        }
        _ => format!("\"{}\"", target.raw),
    };
    Some(Port {
        place: entry.key.place(entry.entry.span),
        used: node.used.clone(),
        published: known(shown),
        container: first_port(&container),
        udp: protocol.is_some_and(|protocol| protocol.raw.eq_ignore_ascii_case("udp")),
        bind: ip.as_deref().map_or(Bind::Everywhere, bind_of),
        key,
        to_loopback,
        to_expose: hide.edits(node, node.span(), &exposed),
    })
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
}
