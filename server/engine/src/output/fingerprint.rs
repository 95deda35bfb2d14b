//! The identity of a finding across commits.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{HIDDEN, Secrets};
use crate::fix::line_start;
use crate::rule::Finding;

/// Characters before a secret that tell which one it is.
const CONTEXT: usize = 200;

/// One fingerprint for each finding, in the same order: rule, path, the text of the span and how many equal ones come
/// before it in the file. Lines are no part of it, so that an edit above changes nothing.
///
/// No secret is a part of it either: fingerprints go where the files do not (alerts, reports, baselines), and whoever has
/// one could try passwords against it until it fits, hashed or not. Where a span holds a secret, what stands before it on
/// its line is taken instead, so that another password in the same place is the same finding.
///
/// A change of this changes what baselines know: their version goes with it ([`super::baseline::VERSION`]).
pub fn fingerprints(
    path: &str,
    text: &str,
    findings: &[Finding],
    secrets: &Secrets,
) -> Vec<String> {
    let mut seen: HashMap<(&str, Cow<str>), usize> = HashMap::new();
    let one = |finding: &Finding| {
        let rule = finding.rule.name;
        let subject = subject(text, finding, secrets);
        let mut key = format!("{rule}\0{path}\0{subject}\0");
        let ordinal = seen.entry((rule, subject)).or_default();
        key.push_str(&ordinal.to_string());
        *ordinal += 1;
        format!("{:032x}", xxhash_rust::xxh3::xxh3_128(key.as_bytes()))
    };
    findings.iter().map(one).collect()
}

fn subject<'t>(text: &'t str, finding: &Finding, secrets: &Secrets) -> Cow<'t, str> {
    let span = finding.span().range();
    let subject = if secrets.marked(span.clone()).next().is_some() {
        Cow::Owned(before(text, finding, secrets))
    } else {
        Cow::Borrowed(text.get(span).unwrap_or_default())
    };
    // Git may give the same file other line ends elsewhere.
    if subject.contains('\r') {
        return Cow::Owned(subject.replace("\r\n", "\n"));
    }
    subject
}

/// From the start of the line to the end of the span, without secrets.
fn before(text: &str, finding: &Finding, secrets: &Secrets) -> String {
    let span = finding.span().range();
    let start = line_start(text, span.start).max(span.start.saturating_sub(CONTEXT));
    let start = text.ceil_char_boundary(start);
    let mut shown = String::new();
    let mut at = start;
    for hidden in secrets.marked(start..span.end) {
        shown.push_str(&text[at..hidden.start]);
        shown.push_str(HIDDEN);
        at = hidden.end;
    }
    shown.push_str(&text[at..span.end]);
    // What this finding marks may stand there once more, unmarked.
    let own = Secrets::of(text, std::slice::from_ref(finding));
    own.hide_anywhere(shown.trim_start()).into_owned()
}
