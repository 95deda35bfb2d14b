//! A file on disk → text, or what is reported instead.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use harden_engine::rule::{Finding, Owner, Place, Rule};
use harden_engine::rules::file::{too_large, unreadable};
use harden_engine::text::Span;

/// The largest file that is read, in bytes. Spans rely on it.
const MOST_BYTES: u64 = 4 << 20;
const MOST_LINES: usize = 100_000;
pub(super) const BOM: &str = "\u{feff}";

/// A text without its byte order mark.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) text: String,
}

/// Why a file was not read.
#[derive(Debug)]
pub(crate) struct Unread {
    pub(crate) rule: &'static Rule,
    pub(crate) message: String,
}

pub(crate) fn read(path: &Path) -> Result<Text, Unread> {
    let unreadable = |message: String| Unread {
        rule: &unreadable::RULE,
        message,
    };
    let failed = |error: std::io::Error| {
        unreadable(match error.kind() {
            ErrorKind::PermissionDenied => {
                "The file was not checked: no permission to read it".into()
            }
            ErrorKind::NotFound => {
                "The file was not checked: it is gone, or a link to nothing".into()
            }
            _ => format!("The file was not checked: {error}"),
        })
    };
    let kind = fs::metadata(path).map_err(failed)?;
    if !kind.is_file() {
        return Err(unreadable(
            "The file was not checked: it is no regular file".into(),
        ));
    }
    if let Some(excess) = excess(kind.len(), 0) {
        return Err(excess);
    }
    let mut bytes = Vec::with_capacity(kind.len() as usize + 1);
    // The file may grow while it is read.
    let limited =
        File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    limited.map_err(failed)?;
    let mut text =
        String::from_utf8(bytes).map_err(|error| unreadable(encoding(error.as_bytes())))?;
    if text.starts_with(BOM) {
        text.drain(..BOM.len());
    }
    let lines = text.bytes().filter(|&byte| byte == b'\n').count();
    excess(0, lines).map_or(Ok(Text { text }), Err)
}

/// Why a text of so many bytes and line breaks is not checked, if it is not.
pub(crate) fn excess(bytes: u64, lines: usize) -> Option<Unread> {
    let message = if bytes > MOST_BYTES {
        let size = bytes as f64 / f64::from(1 << 20);
        format!("The file was not checked: {size:.1} MiB, the limit is 4 MiB")
    } else if lines > MOST_LINES {
        format!("The file was not checked: {lines} lines, the limit is 100,000")
    } else {
        return None;
    };
    Some(Unread {
        rule: &too_large::RULE,
        message,
    })
}

impl Unread {
    /// As a finding at the head of the file.
    pub(crate) fn finding(self) -> Finding {
        Finding {
            rule: self.rule,
            severity: self.rule.severity,
            place: Place {
                owner: Owner::File,
                span: Span::default(),
            },
            message: self.message,
            also: Vec::new(),
            related: Vec::new(),
            secrets: Vec::new(),
            known_on: Vec::new(),
            fixes: Vec::new(),
        }
    }
}

/// What bytes that are not UTF-8 look like.
fn encoding(bytes: &[u8]) -> String {
    let guess = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        "it is UTF-16 by its byte order mark, save it as UTF-8"
    } else if bytes.contains(&0) {
        "it is binary"
    } else {
        "it is not UTF-8 but looks like Latin-1, save it as UTF-8"
    };
    format!("The file was not checked: {guess}")
}
