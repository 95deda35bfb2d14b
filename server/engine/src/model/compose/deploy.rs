//! How many containers a service has, and what each may take.

use super::reader::Fields;
use super::text::Text;
use crate::rule::Place;

/// Replicas and limits, from `deploy` and from the keys that mean the same. Values are as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Deploy {
    /// `deploy.replicas`.
    pub replicas: Option<Text>,
    /// `deploy.resources.limits.cpus`.
    pub limit_cpus: Option<Text>,
    /// `deploy.resources.limits.memory`.
    pub limit_memory: Option<Text>,
    /// `deploy.mode: global`: a container on each node.
    pub global: bool,
    pub scale: Option<Text>,
    /// `cpus` of the service itself.
    pub cpus: Option<Text>,
    /// `mem_limit` of the service itself.
    pub mem_limit: Option<Text>,
    /// The key below which limits stand or would have to stand: `limits`, `resources` or `deploy`.
    pub limits: Option<Place>,
}

impl Deploy {
    /// The number of containers, where it is said and known.
    pub fn count(&self) -> Option<u32> {
        let said = self.replicas.as_ref().or(self.scale.as_ref())?;
        said.expanded()?.trim().parse().ok()
    }
    /// CPUs that a container may use, as a decimal number.
    pub fn cpu_limit(&self) -> Option<&Text> {
        self.limit_cpus.as_ref().or(self.cpus.as_ref())
    }
    /// Memory that a container may use: `512M`, `1g`.
    pub fn memory_limit(&self) -> Option<&Text> {
        self.limit_memory.as_ref().or(self.mem_limit.as_ref())
    }
    /// The same in bytes, where it is known.
    pub fn memory_bytes(&self) -> Option<u64> {
        bytes(&self.memory_limit()?.expanded()?)
    }
}

/// A size as Docker reads it: a number with `b`, `k`, `kb`, `m`, `mb`, `g`, `gb`, `t` behind it, all binary.
pub fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let number: f64 = text[..digits].parse().ok()?;
    let shift = match text[digits..].trim() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return None,
    };
    Some((number * (1_u64 << shift) as f64) as u64)
}

pub(super) fn read(fields: &Fields) -> Deploy {
    let said = |path: &[&str]| below(fields, path);
    Deploy {
        replicas: said(&["deploy", "replicas"]),
        limit_cpus: said(&["deploy", "resources", "limits", "cpus"]),
        limit_memory: said(&["deploy", "resources", "limits", "memory"]),
        global: said(&["deploy", "mode"]).is_some_and(|mode| mode.raw == "global"),
        scale: fields.text("scale"),
        cpus: fields.text("cpus"),
        mem_limit: fields.text("mem_limit"),
        limits: innermost(fields, &["deploy", "resources", "limits"]),
    }
}

/// The last key of a path that is there.
fn innermost(fields: &Fields, path: &[&str]) -> Option<Place> {
    let (first, rest) = path.split_first()?;
    let key = &fields.pair(first)?.key;
    let inner = fields.get(first).map(|value| fields.reader.fields(&value));
    let deeper = inner.and_then(|fields| innermost(&fields, rest));
    deeper.or_else(|| Some(key.place(key.span())))
}

fn below(fields: &Fields, path: &[&str]) -> Option<Text> {
    match path {
        [] => None,
        [last] => fields.text(last),
        [first, rest @ ..] => below(&fields.reader.fields(&fields.get(first)?), rest),
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes() {
        assert_eq!(bytes("512M"), Some(512 << 20));
        assert_eq!(bytes("1.5g"), Some(3 << 29));
        assert_eq!(bytes("100kb"), Some(100 << 10));
        assert_eq!(bytes("64"), Some(64));
        assert_eq!(bytes("${MEM}"), None);
        assert_eq!(bytes("big"), None);
    }
}
