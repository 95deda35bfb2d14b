//! Path and range → a location.

use super::super::json::Range;
use super::log::{Artifact, Location, Physical, Region};

/// The root of the repository, by GitHub's name for it. Where it lies is not said: reports travel.
pub(super) const BASE: &str = "%SRCROOT%";

/// A range of a file.
pub(super) fn located(path: &str, range: Range) -> Location {
    Location {
        physical_location: Physical {
            region: Some(region(range)),
            ..file(path).physical_location
        },
        ..file(path)
    }
}

/// A file as a whole.
pub(super) fn file(path: &str) -> Location {
    Location {
        id: None,
        physical_location: Physical {
            artifact_location: artifact(path),
            region: None,
        },
        message: None,
    }
}

pub(super) fn region(range: Range) -> Region {
    Region {
        start_line: range.start.line,
        start_column: range.start.column,
        end_line: range.end.line,
        end_column: range.end.column,
    }
}

/// A path with `/` between its parts: below the base, or absolute.
pub(super) fn artifact(path: &str) -> Artifact {
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes().get(2) == Some(&b'/');
    let (uri, uri_base_id) = if path.starts_with('/') {
        (format!("file://{}", encoded(path)), None)
    } else if drive {
        let (drive, rest) = path.split_at(2);
        (format!("file:///{drive}{}", encoded(rest)), None)
    } else {
        (encoded(path), Some(BASE))
    };
    Artifact { uri, uri_base_id }
}

/// Percent-encoded but for what RFC 3986 reserves for nothing. A colon in the first part would make it a scheme.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::artifact;

    #[test]
    fn a_path_is_a_valid_address() {
        let uri = |path: &str| artifact(path).uri;
        assert_eq!(uri("a b/é#1?.py"), "a%20b/%C3%A9%231%3F.py");
        assert_eq!(uri("a:b/100%.py"), "a%3Ab/100%25.py");
        assert_eq!(uri("/tmp/a.py"), "file:///tmp/a.py");
        assert_eq!(uri("C:/x y.py"), "file:///C:/x%20y.py");
    }
}
