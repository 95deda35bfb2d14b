//! The identity of a finding across commits.

use std::collections::HashMap;

use crate::rule::Finding;

/// One fingerprint for each finding, in the same order: rule, path, the text of the span and how many equal ones come
/// before it in the file. Lines are no part of it, so that an edit above changes nothing. Hashed, since the text of the
/// span may be a secret.
pub fn fingerprints(path: &str, text: &str, findings: &[Finding]) -> Vec<String> {
    let mut seen: HashMap<(&str, &str), usize> = HashMap::new();
    let one = |finding: &Finding| {
        let subject = text.get(finding.span().range()).unwrap_or_default();
        let ordinal = seen.entry((finding.rule.name, subject)).or_default();
        let key = format!("{}\0{path}\0{subject}\0{ordinal}", finding.rule.name);
        *ordinal += 1;
        format!("{:032x}", xxhash_rust::xxh3::xxh3_128(key.as_bytes()))
    };
    findings.iter().map(one).collect()
}
