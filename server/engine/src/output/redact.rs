//! Secrets are shown by no output but the editor's own edits.

use std::borrow::Cow;
use std::ops::Range;

use crate::rule::Finding;
use crate::text::Span;

pub const HIDDEN: &str = "•••";

/// The secrets of one file, as its findings mark them.
#[derive(Debug, Default)]
pub struct Secrets<'a> {
    /// Ordered and apart from each other.
    spans: Vec<Span>,
    /// The longest first, so that a secret that holds another is hidden whole.
    texts: Vec<&'a str>,
}

impl<'a> Secrets<'a> {
    /// All findings of the text are wanted, those that are not shown too.
    pub fn of(text: &'a str, findings: &[Finding]) -> Secrets<'a> {
        let secrets = findings.iter().flat_map(|finding| &finding.secrets);
        Secrets::new(text, secrets.map(|place| place.span))
    }

    pub fn new(text: &'a str, spans: impl IntoIterator<Item = Span>) -> Secrets<'a> {
        let mut spans: Vec<Span> = spans
            .into_iter()
            .filter(|span| !span.is_empty() && text.get(span.range()).is_some())
            .collect();
        spans.sort();
        let mut texts: Vec<&str> = spans
            .iter()
            .map(|span| text[span.range()].trim_matches(['"', '\'']))
            // Shorter ones are words that any sentence may hold by chance.
            .filter(|secret| secret.len() > 2)
            .collect();
        texts.sort_by_key(|secret| (std::cmp::Reverse(secret.len()), *secret));
        texts.dedup();
        spans.dedup_by(|next, last| {
            let joined = next.start <= last.end;
            if joined {
                last.end = last.end.max(next.end);
            }
            joined
        });
        Secrets { spans, texts }
    }

    /// The marked places within a range, in order.
    pub(super) fn marked(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let first = self
            .spans
            .partition_point(|span| span.end as usize <= range.start);
        let after = self.spans[first..].iter().map(|span| span.range());
        after
            .take_while({
                let end = range.end;
                move |span| span.start < end
            })
            .map(move |span| span.start.max(range.start)..span.end.min(range.end))
    }

    /// The places within a range of the file's text that must not be shown: the marked ones, and repetitions of what they
    /// hold.
    pub fn within(&self, text: &str, range: Range<usize>) -> Vec<Range<usize>> {
        let mut hidden: Vec<Range<usize>> = self.marked(range.clone()).collect();
        for secret in &self.texts {
            let found = text[range.clone()].match_indices(secret);
            hidden.extend(found.map(|(at, _)| range.start + at..range.start + at + secret.len()));
        }
        hidden
    }

    /// A text for people, without the secrets that stand in it as words. A message speaks of the things in a file, some of
    /// which are called like a default password (`postgres`): plain words stay.
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.replace(text, true)
    }

    /// A text for programs, without the secrets that stand in it anywhere.
    pub fn hide_anywhere<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.replace(text, false)
    }

    fn replace<'t>(&self, text: &'t str, words: bool) -> Cow<'t, str> {
        let mut shown = Cow::Borrowed(text);
        for secret in &self.texts {
            if words && is_plain_word(secret) {
                continue;
            }
            let mut out = String::new();
            let mut done = 0;
            for (at, _) in shown.match_indices(secret) {
                let end = at + secret.len();
                let inner = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
                if words
                    && (inner(shown[..at].chars().next_back())
                        || inner(shown[end..].chars().next()))
                {
                    continue;
                }
                out.push_str(&shown[done..at]);
                out.push_str(HIDDEN);
                done = end;
            }
            if done > 0 {
                out.push_str(&shown[done..]);
                shown = Cow::Owned(out);
            }
        }
        shown
    }
}

fn is_plain_word(secret: &str) -> bool {
    secret.len() < 12 && secret.bytes().all(|byte| byte.is_ascii_lowercase())
}
