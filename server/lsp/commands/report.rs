//! What somebody who looks for a fault needs to know. No text of a document, and so no secret, is in it.

use std::collections::{BTreeMap, BTreeSet};

use harden_engine::work::Work;
use serde_json::{Value, json};

use super::Facts;

pub(super) fn report(facts: &Facts) -> Value {
    let mut kinds: BTreeMap<String, Kind> = BTreeMap::new();
    for document in &facts.documents {
        let name = document.kind.map(|kind| format!("{kind:?}"));
        let kind = kinds.entry(name.unwrap_or("other".into())).or_default();
        kind.documents += 1;
        kind.bytes += document.rope.len_bytes();
        kind.longest = kind.longest.max(document.rope.len_lines());
    }
    let kinds = kinds.into_iter().map(|(name, kind)| {
        let Kind {
            documents,
            bytes,
            longest,
        } = kind;
        (
            name,
            json!({"documents": documents, "bytes": bytes, "longest": longest}),
        )
    });
    let support = facts.support;
    let mut work = Work::default();
    let mut panicked: BTreeSet<&str> = BTreeSet::new();
    for document in &facts.documents {
        work += document.work.unwrap_or_default();
        panicked.extend(&document.panicked);
    }
    let folders: Vec<_> = facts.folders.iter().map(|(folder, _)| folder).collect();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "platform": format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
        "client": facts.program,
        "encoding": format!("{:?}", support.encoding),
        "support": format!("{support:?}"),
        "folders": folders,
        "configurations": facts.configurations,
        "documents": kinds.collect::<serde_json::Map<_, _>>(),
        "analyses": {"running": facts.running, "workers": facts.workers},
        "changes": facts.epoch,
        "work": format!("{work:?}"),
        "panicked": panicked,
    })
}

#[derive(Default)]
struct Kind {
    documents: usize,
    bytes: usize,
    /// Lines.
    longest: usize,
}
