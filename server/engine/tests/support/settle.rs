//! What must hold of the fixes of one file: the result parses, the findings are gone, comments are kept, and a second time
//! changes nothing.

use harden_engine::fix::apply::Choice;
use harden_engine::fix::{View, render};
use harden_engine::project::Workspace;

use super::{Checked, check, fixed};

/// What is wrong with the fixes of a domain's rules in a file of this name; `comments` tells what of a text must stay.
pub(crate) fn faults<C: PartialEq>(
    domain: &str,
    name: &str,
    text: &str,
    comments: impl Fn(&str) -> C,
) -> Vec<&'static str> {
    let files = vec![(name.to_owned(), text.to_owned())];
    let before = check(&files);
    if before.iter().all(|file| fixable(domain, file) == 0) {
        return Vec::new();
    }
    let made = fixed(&files, Some(domain), Choice::Unsafe);
    let after = check(&made);
    let now = made[0].1.as_str();
    let breaks = |text: &str| (text.matches('\n').count(), text.matches("\r\n").count());
    let ((all, crlf), (all_now, crlf_now)) = (breaks(text), breaks(now));
    let broken = |files: &[Checked]| files.iter().any(Checked::broken);
    let faults = [
        (
            broken(&after) && !broken(&before),
            "what the fixes make has a syntax error",
        ),
        (
            after.iter().any(|file| fixable(domain, file) > 0),
            "a finding stays after its fix",
        ),
        (comments(now) != comments(text), "comments changed"),
        (all == crlf && all_now != crlf_now, "line ends are mixed"),
        (
            fixed(&made, Some(domain), Choice::Unsafe) != made,
            "a second time changes something",
        ),
    ];
    let faults = faults.into_iter().filter(|(is, _)| *is);
    faults.map(|(_, fault)| fault).collect()
}

/// Findings of the domain whose preferred fix can be made.
fn fixable(domain: &str, file: &Checked) -> usize {
    let view = View {
        file: &file.file,
        text: &file.text,
        parts: &file.parts,
        workspace: &Workspace::default(),
    };
    let findings = file.findings.iter();
    findings
        .filter(|finding| finding.rule.name.starts_with(domain))
        .filter_map(|finding| finding.preferred())
        .filter(|fix| render(&view, fix).is_ok())
        .count()
}
