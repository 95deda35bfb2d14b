//! The tokens that are known: their literal prefixes, what follows, and where each is revoked.
//!
//! Source: the providers' documentation of their formats, and the rules that secret scanners share, by id.

mod clouds;
mod code;
mod services;

use super::proof::{self, Proof};
use super::shape::Class;
use super::shape::Class::{Alnum, Base64, Dashed, Hex, Url};
use super::shape::Step::{self, Run};

/// A sort of token.
#[derive(Debug)]
pub struct Kind {
    /// As in "This is …".
    pub name: &'static str,
    /// Where it is revoked, as in "Revoke it …".
    pub revoke: &'static str,
    /// The id of the same check in gitleaks; empty where it has none.
    pub id: &'static str,
    pub use_of: Use,
    pub(super) starts: &'static [&'static str],
    /// What stands before the literal.
    pub(super) lead: Option<(Class, usize, usize)>,
    pub(super) steps: &'static [Step],
    pub(super) proof: fn(&str) -> Proof,
    /// A word that the line must have, in any case: the shape alone says too little.
    pub(super) word: &'static str,
}

/// What a token opens, as far as its severity goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Account,
    /// For trials: no money, no customers.
    Trial,
    /// Made to be sent to browsers, and often restricted to some.
    Browser,
    /// Of one session, for a time.
    Session,
    Key,
}

const fn of(
    id: &'static str,
    name: &'static str,
    revoke: &'static str,
    starts: &'static [&'static str],
    steps: &'static [Step],
) -> Kind {
    Kind {
        name,
        revoke,
        id,
        use_of: Use::Account,
        starts,
        lead: None,
        steps,
        proof: likely,
        word: "",
    }
}

impl Kind {
    const fn proof(self, proof: fn(&str) -> Proof) -> Kind {
        Kind { proof, ..self }
    }
    const fn lead(self, class: Class, least: usize, most: usize) -> Kind {
        Kind {
            lead: Some((class, least, most)),
            ..self
        }
    }
    const fn used(self, use_of: Use) -> Kind {
        Kind { use_of, ..self }
    }
    const fn word(self, word: &'static str) -> Kind {
        Kind { word, ..self }
    }
}

const AWS: &str = "in the AWS console under IAM › Security credentials";

fn likely(_: &str) -> Proof {
    Proof::Likely
}

/// Of several that fit at a place, the first one counts.
pub(super) fn kinds() -> impl Iterator<Item = &'static Kind> {
    [clouds::KINDS, code::KINDS, services::KINDS]
        .into_iter()
        .flatten()
        .chain([&PUTTY])
}

/// Private keys, which are no run of characters.
pub(super) static PRIVATE_KEY: Kind = of(
    "private-key",
    "a private key",
    "by making a new pair of keys wherever its public half is known",
    &[],
    &[],
)
.used(Use::Key);

/// PuTTY's form of them.
pub(super) static PUTTY: Kind = of(
    "",
    "a private key of PuTTY",
    "by making a new pair of keys wherever its public half is known",
    &[
        "PuTTY-User-Key-File-2: ssh-",
        "PuTTY-User-Key-File-3: ssh-",
        "PuTTY-User-Key-File-3: ecdsa-",
    ],
    &[Run(Dashed, 3, 40)],
)
.used(Use::Key);

/// Kinds without a shape of their own: so many characters of a class, as the value of a name with one of these words.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) kind: Kind,
    pub(super) class: Class,
    pub(super) length: usize,
}

#[rustfmt::skip]
pub(super) static NAMED: &[Named] = &[
    Named { class: Base64, length: 40, kind:
        of("", "an AWS secret access key", AWS, &["aws_secret", "secret_access_key", "secretaccesskey", "aws-secret"],
        &[]).proof(proof::mixed) },
    Named { class: Alnum, length: 40, kind:
        of("cohere-api-token", "a Cohere key", "at dashboard.cohere.com under API keys", &["cohere", "co_api_key"], &[])
        .proof(proof::mixed) },
    Named { class: Alnum, length: 32, kind:
        of("", "a Mistral key", "at console.mistral.ai under API keys", &["mistral"], &[]).proof(proof::mixed) },
    Named { class: Hex, length: 37, kind:
        of("cloudflare-global-api-key", "the global key of a Cloudflare account", "at dash.cloudflare.com under API keys",
        &["cloudflare"], &[]) },
    Named { class: Url, length: 40, kind:
        of("cloudflare-api-key", "a Cloudflare token", "at dash.cloudflare.com under API tokens", &["cloudflare"], &[])
        .proof(digits) },
    Named { class: Alnum, length: 24, kind:
        of("atlassian-api-token", "an Atlassian token", "at id.atlassian.com under Security › API tokens", &["atlassian",
        "confluence", "jira"], &[]).proof(digits) },
];

fn digits(token: &str) -> Proof {
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    let letters = token.bytes().filter(u8::is_ascii_alphabetic).count();
    if digits > 2 && letters > 2 {
        Proof::Likely
    } else {
        Proof::None
    }
}
