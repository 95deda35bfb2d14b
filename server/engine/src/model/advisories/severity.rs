//! How severe a vulnerability is, by a word or by a CVSS vector.

use std::str::FromStr;

use cvss::Cvss;

use crate::rule::Severity;

/// `None` for what is neither.
pub(super) fn read(text: &str) -> Option<Severity> {
    match text.to_ascii_lowercase().as_str() {
        "critical" => return Some(Severity::Critical),
        "high" => return Some(Severity::High),
        "moderate" | "medium" => return Some(Severity::Medium),
        "low" | "minor" => return Some(Severity::Low),
        _ => {}
    }
    // Some databases leave out what the vectors of one version of CVSS begin with.
    let whole = if text.starts_with("AV:") && text.contains("/PR:") {
        format!("CVSS:3.1/{text}")
    } else {
        text.to_owned()
    };
    let vector = Cvss::from_str(&whole).ok()?;
    Some(match vector.severity() {
        cvss::Severity::None => Severity::Info,
        cvss::Severity::Low => Severity::Low,
        cvss::Severity::Medium => Severity::Medium,
        cvss::Severity::High => Severity::High,
        cvss::Severity::Critical => Severity::Critical,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_vectors_are_read() {
        for (text, expected) in [
            ("HIGH", Some(Severity::High)),
            ("moderate", Some(Severity::Medium)),
            (
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                Some(Severity::Critical),
            ),
            (
                "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:N",
                Some(Severity::High),
            ),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:L/SC:N/SI:N/SA:N",
                Some(Severity::Medium),
            ),
            ("AV:N/AC:L/Au:N/C:P/I:P/A:P", Some(Severity::High)),
            ("", None),
            ("nonsense", None),
            ("CVSS:9.9/AV:N", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
