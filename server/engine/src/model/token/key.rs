//! Private keys: PEM blocks and what looks like them, over several lines or with `\n` between them.

use super::proof::Proof;
use super::shape::holds;

pub(crate) const BEGIN: &str = "-----BEGIN ";
pub(crate) const END: &str = "-----END ";

/// The label of the block that begins at `at`, with its dashes; `None` for what is no private key.
pub(crate) fn label(text: &str, at: usize) -> Option<&str> {
    let rest = text.get(at + BEGIN.len()..)?;
    let window = &rest[..rest.floor_char_boundary(48)];
    let kind = &window[..window.find("-----")?];
    let named = kind.ends_with("PRIVATE KEY") || kind == "PGP PRIVATE KEY BLOCK";
    let plain = kind
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b' ');
    (named && plain).then(|| &text[at..at + BEGIN.len() + kind.len() + 5])
}

/// Bytes of base64 that a key has at least.
const LEAST: usize = 64;
/// Bytes behind the label that are looked at.
const MOST: usize = 16 << 10;

/// The key that begins at `at`: its label, where it ends, and what it is.
pub(super) fn read(text: &str, at: usize) -> Option<(usize, usize, Proof)> {
    let label = label(text, at)?;
    let body = at + label.len();
    let stop = text.floor_char_boundary((body + MOST).min(text.len()));
    // A key that is still being typed has no end.
    let last = body + text[body..stop].find(END)?;
    let close = last + END.len();
    let dashes = text[close..].find("-----").filter(|length| *length < 48);
    let end = dashes.map_or(close, |length| close + length + 5);
    let inner = &text[body..last];
    // What stands between the lines of a key, however it is written: breaks, escapes, quotes, signs that join strings.
    let mut key = String::new();
    let mut lines = inner.split(['\n', '\r']).flat_map(|line| line.split("\\n"));
    let encrypted = label.contains("ENCRYPTED") || holds(inner.as_bytes(), "4,encrypted");
    for line in &mut lines {
        let line = line.replace("\\r", "");
        let line = line.trim_matches(|c: char| !c.is_ascii_alphanumeric() && !"+/=".contains(c));
        let data = !line.is_empty()
            && line
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
        if data {
            key.push_str(line);
        } else if line.contains(": ") && key.is_empty() || line.is_empty() {
            // A header of the block.
        } else if key.len() >= LEAST {
            break;
        } else {
            return None;
        }
    }
    let mut kinds: Vec<u8> = key.bytes().take(512).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if key.len() < LEAST || kinds.len() < 20 || holds(key.as_bytes(), "example") {
        return None;
    }
    let proof = if encrypted {
        Proof::Encrypted
    } else {
        Proof::Likely
    };
    Some((body, end, proof))
}
