//! SARIF 2.1.0, as GitHub's code scanning, Azure DevOps and the viewers of editors read it.
//!
//! GitHub takes at most 25,000 results a run and shows 5,000, in at most 10 MB of gzip.

mod log;
mod place;

use std::collections::{BTreeMap, HashMap};

use serde::{Serialize, Serializer};

use super::{HIDDEN, address, json, readable};
use crate::rule::{Area, Rule, Severity};
use log::{
    Change, Configuration, Content, Described, Descriptor, Driver, Entry, Fix, Invocation, LeftOut,
    Log, Message, Notification, Properties, Replacement, RuleProperties, RuleReference, Run, Tool,
};
use place::{BASE, artifact, file, located, region};

/// The name of our fingerprint. Not GitHub's `primaryLocationLineHash`: its upload action makes that one by itself, and
/// warns of each that another tool made differently.
const FINGERPRINT: &str = "harden/v1";
/// Related places that the message links to, since GitHub shows no others.
const MOST_LINKS: usize = 10;

/// What there is to say of one run.
#[derive(Debug, Default)]
pub struct Report<'a> {
    /// Paths relative to the root of the repository.
    pub findings: Vec<&'a json::Finding>,
    /// All that were asked: GitHub lists them in the tool's status, those without a finding too.
    pub rules: Vec<&'static Rule>,
    /// Files with the reason why they were not read.
    pub unread: Vec<(&'a str, &'a str)>,
    /// Other things that were not done.
    pub failed: &'a [String],
    /// Names of rules that panicked.
    pub panicked: &'a [&'static str],
    /// Known findings have been left out.
    pub baseline: bool,
}

/// The report as a value to serialise. Results are made while they are written, since there may be many.
pub fn log<'a>(report: &'a Report) -> Log<impl Serialize + 'a> {
    let mut rules = report.rules.clone();
    rules.extend(report.findings.iter().map(|finding| finding.rule));
    rules.sort_by_key(|rule| rule.name);
    rules.dedup_by_key(|rule| rule.name);
    let index = rules.iter().map(|rule| rule.name).zip(0..).collect();
    let about = "The folder that was checked from: the root of the repository.";
    Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "Harden",
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules: rules.into_iter().map(descriptor).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: report.panicked.is_empty(),
                tool_execution_notifications: notifications(report),
            }],
            original_uri_base_ids: BTreeMap::from([(
                BASE,
                Described {
                    description: text(about),
                },
            )]),
            column_kind: "unicodeCodePoints",
            redaction_tokens: [HIDDEN],
            results: Results { report, index },
        }],
    }
}

struct Results<'a> {
    report: &'a Report<'a>,
    index: HashMap<&'static str, usize>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let findings = self.report.findings.iter();
        to.collect_seq(findings.map(|finding| self.result(finding)))
    }
}

impl Results<'_> {
    fn result<'f>(&self, finding: &'f json::Finding) -> Entry<'f> {
        let mut fixes = Vec::new();
        let mut fixes_left_out = Vec::new();
        for alternative in &finding.fixes {
            match fix(alternative) {
                Ok(fix) if fixes.contains(&fix) => {}
                Ok(fix) => fixes.push(fix),
                Err(reason) => fixes_left_out.push(LeftOut {
                    title: &alternative.title,
                    reason,
                }),
            }
        }
        let related = (1..).zip(&finding.related).map(|(id, related)| {
            let mut place = located(&related.file, related.range);
            place.id = Some(id);
            place.message = Some(text(&literal(&related.message)));
            place
        });
        Entry {
            rule_id: finding.rule.name,
            rule_index: self.index.get(finding.rule.name).copied().unwrap_or(0),
            kind: (finding.severity == Severity::Info).then_some("informational"),
            level: level(finding.severity),
            message: text(&message(finding)),
            locations: [located(&finding.file, finding.range)],
            related_locations: related.collect(),
            partial_fingerprints: BTreeMap::from([(FINGERPRINT, finding.fingerprint.as_str())]),
            baseline_state: self.report.baseline.then_some("new"),
            fixes,
            properties: Properties {
                severity: finding.severity.name(),
                area: finding.area,
                also: &finding.also,
                fixes_left_out,
            },
        }
    }
}

/// The message with links to the related places.
fn message(finding: &json::Finding) -> String {
    let mut text = literal(&finding.message);
    for (id, related) in (1..).zip(&finding.related).take(MOST_LINKS) {
        let label: String = related
            .message
            .chars()
            .flat_map(|c| {
                let escape = matches!(c, '\\' | '[' | ']').then_some('\\');
                escape.into_iter().chain([c])
            })
            .collect();
        text.push_str(&format!("\n[{label}]({id})"));
    }
    text
}

/// A text in which nothing is taken for a link. Braces would have to be doubled, by the specification; no reader that we
/// know takes that back, and they stand in every message on interpolation.
fn literal(text: &str) -> String {
    if text.contains("](") {
        text.replace('[', "\\[").replace(']', "\\]")
    } else {
        text.to_owned()
    }
}

/// A fix, or why it is no use to a program.
fn fix(alternative: &json::Alternative) -> Result<Fix, &str> {
    if let Some(reason) = &alternative.disabled {
        return Err(reason);
    }
    let edits = &alternative.edits;
    if edits.is_empty() {
        return Err("it changes no text");
    }
    if edits.iter().any(|edit| edit.redacted) {
        return Err("its text would show a secret");
    }
    if edits.iter().any(|edit| edit.create) {
        return Err("it makes a file, which this format cannot say");
    }
    let mut changes: Vec<Change> = Vec::new();
    for edit in edits {
        let artifact = artifact(&edit.file);
        let replacement = Replacement {
            deleted_region: region(edit.range),
            inserted_content: (!edit.text.is_empty()).then(|| Content {
                text: edit.text.clone(),
            }),
        };
        match changes
            .iter_mut()
            .find(|change| change.artifact_location == artifact)
        {
            Some(change) => change.replacements.push(replacement),
            None => changes.push(Change {
                artifact_location: artifact,
                replacements: vec![replacement],
            }),
        }
    }
    Ok(Fix {
        description: text(&literal(&alternative.title)),
        artifact_changes: changes,
    })
}

fn notifications(report: &Report) -> Vec<Notification> {
    let unread = report.unread.iter().map(|(path, reason)| Notification {
        level: "warning",
        message: text(&literal(&format!("{path}: {reason}"))),
        locations: Some([file(path)]),
        associated_rule: None,
    });
    let failed = report.failed.iter().map(|reason| Notification {
        level: "warning",
        message: text(&literal(reason)),
        locations: None,
        associated_rule: None,
    });
    let panicked = report.panicked.iter().map(|name| Notification {
        level: "error",
        message: text("The rule failed: not everything that it is about was checked."),
        locations: None,
        associated_rule: Some(RuleReference { id: name }),
    });
    unread.chain(failed).chain(panicked).collect()
}

fn descriptor(rule: &'static Rule) -> Descriptor {
    let docs = readable(rule.docs);
    Descriptor {
        id: rule.name,
        name: identifier(rule.name),
        short_description: text(rule.summary()),
        full_description: text(&opening(&docs)),
        help: Message {
            text: docs.clone(),
            markdown: Some(docs),
        },
        help_uri: address(rule),
        default_configuration: Configuration {
            level: level(rule.severity),
        },
        properties: RuleProperties {
            tags: tags(rule),
            precision: "high",
            problem_severity: match rule.severity {
                Severity::Critical | Severity::High => "error",
                Severity::Medium => "warning",
                Severity::Low | Severity::Info => "recommendation",
            },
            security_severity: match rule.severity {
                Severity::Critical => "9.5",
                Severity::High => "8.0",
                Severity::Medium => "5.5",
                Severity::Low => "3.0",
                Severity::Info => "0.0",
            },
        },
    }
}

/// What stands before the first example.
fn opening(docs: &str) -> String {
    let prose = docs.split("```").next().unwrap_or_default();
    prose.trim().to_owned()
}

/// `compose/default-secret` → `ComposeDefaultSecret`, as the specification wants names.
fn identifier(name: &str) -> String {
    let words = name.split(['/', '-']);
    words
        .flat_map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            [first.to_ascii_uppercase(), rest.to_owned()]
        })
        .collect()
}

/// GitHub reads `security-severity` only of rules with the tag `security`, and CWEs only in this form.
fn tags(rule: &Rule) -> Vec<String> {
    let security = matches!(
        rule.area,
        Area::Security
            | Area::Infrastructure
            | Area::Network
            | Area::Dependencies
            | Area::Compliance
    );
    let mut tags = vec![rule.area.name().to_owned()];
    if security && rule.area != Area::Security {
        tags.push(Area::Security.name().to_owned());
    }
    let numbers = rule.also.iter().filter_map(|id| id.strip_prefix("CWE-"));
    tags.extend(numbers.map(|number| format!("external/cwe/cwe-{number:0>3}")));
    tags
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
        Severity::Info => "none",
    }
}

fn text(text: &str) -> Message {
    Message {
        text: text.to_owned(),
        markdown: None,
    }
}
