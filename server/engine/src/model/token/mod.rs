//! Tokens of providers and private keys in any text: one pass over its bytes, which looks closer where two of them begin a
//! literal that is known.

pub(crate) mod key;
mod proof;
mod shape;
mod skip;
mod table;

use std::sync::LazyLock;

pub(crate) use proof::is_made_up;
pub use proof::{Proof, base62_sum, crc32};
pub use skip::{is_looked_at, is_template};
pub use table::{Kind, Use};

use crate::text::Span;
use shape::Step;
use table::{NAMED, PRIVATE_KEY};

/// Something that opens an account.
#[derive(Debug, Clone)]
pub struct Token {
    pub kind: &'static Kind,
    pub proof: Proof,
    /// All of it.
    pub span: Span,
    /// What a reader looks at: of a key its first line.
    pub head: Span,
    /// As it is written.
    pub text: String,
}

/// Bytes of a line above which only a checksum is believed: such lines are written by programs, and hold anything.
const LONG: usize = 20_000;

/// The tokens of a text, in order and apart from each other.
pub fn find(text: &str) -> Vec<Token> {
    let mut found = candidates(text);
    if found.is_empty() {
        return found;
    }
    found.retain(|token| {
        let line = shape::line(text.as_bytes(), token.span.start as usize);
        token.proof == Proof::Right || line.len() <= LONG
    });
    // What is known by its shape counts before what is known by its name, and the longer before the shorter.
    let rank = |token: &Token| {
        (
            token.kind.starts.is_empty(),
            std::cmp::Reverse(token.span.end - token.span.start),
        )
    };
    let mut ranked: Vec<usize> = (0..found.len()).collect();
    ranked.sort_by_key(|at| (rank(&found[*at]), found[*at].span));
    let mut kept: Vec<usize> = Vec::new();
    for at in ranked {
        let meets = |other: &usize| found[*other].span.meets(found[at].span);
        if !kept.iter().any(meets) {
            kept.push(at);
        }
    }
    kept.sort_by_key(|at| found[*at].span);
    kept.into_iter().map(|at| found[at].clone()).collect()
}

/// Where a text may hold tokens: wherever one of its chunks has one, and perhaps elsewhere.
pub(crate) fn places(text: &str) -> Vec<usize> {
    let found = candidates(text);
    found
        .iter()
        .map(|token| token.span.start as usize)
        .collect()
}

/// The ids of gitleaks that some token carries.
pub fn ids() -> impl Iterator<Item = &'static str> {
    let named = NAMED.iter().map(|named| &named.kind);
    let kinds = table::kinds().chain(named).chain([&PRIVATE_KEY]);
    kinds.map(|kind| kind.id).filter(|id| !id.is_empty())
}

/// What a literal may begin.
#[derive(Debug, Clone, Copy)]
enum Begin {
    Shape(&'static Kind, &'static str),
    Named(usize, &'static str),
    Key,
}

impl Begin {
    fn literal(self) -> &'static str {
        match self {
            Begin::Shape(_, literal) | Begin::Named(_, literal) => literal,
            Begin::Key => key::BEGIN,
        }
    }
}

/// The literals by their first two bytes, of which seven bits count.
struct Index {
    /// One more than the place in `groups`.
    pairs: Vec<u8>,
    groups: Vec<Group>,
}

/// Literals that begin with the same two bytes.
#[derive(Default)]
struct Group {
    /// The bytes that can follow, a bit for each.
    thirds: u128,
    begins: Vec<Begin>,
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first & 0x7f) << 7 | usize::from(second & 0x7f)
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let shapes = table::kinds().flat_map(|kind| {
        kind.starts
            .iter()
            .map(move |start| Begin::Shape(kind, start))
    });
    let named = NAMED.iter().enumerate();
    let named = named.flat_map(|(at, named)| {
        named
            .kind
            .starts
            .iter()
            .map(move |word| Begin::Named(at, word))
    });
    let mut index = Index {
        pairs: vec![0; 1 << 14],
        groups: Vec::new(),
    };
    for begin in shapes.chain(named).chain([Begin::Key]) {
        let [first, second, third] = begin.heads();
        for pair in first
            .iter()
            .flat_map(|first| second.iter().map(|second| pair(*first, *second)))
        {
            if index.pairs[pair] == 0 {
                index.groups.push(Group::default());
                // There are fewer literals than that.
                index.pairs[pair] = index.groups.len() as u8;
            }
            let group = &mut index.groups[usize::from(index.pairs[pair]) - 1];
            group.begins.push(begin);
            group.thirds |= third.iter().fold(0, |bits, byte| bits | 1 << (byte & 0x7f));
        }
    }
    debug_assert!(index.groups.len() < 256);
    index
});

impl Begin {
    /// The bytes that can be the first, the second and the third.
    fn heads(self) -> [Vec<u8>; 3] {
        let literal = self.literal().as_bytes();
        let either = |byte: u8| match self {
            Begin::Named(..) => vec![byte, byte.to_ascii_uppercase()],
            _ => vec![byte],
        };
        let third = match (literal.get(2), self) {
            (Some(third), _) => either(*third),
            (None, Begin::Shape(kind, _)) => kind.steps.first().map_or(Vec::new(), Step::heads),
            (None, _) => Vec::new(),
        };
        [either(literal[0]), either(literal[1]), third]
    }
}

fn candidates(text: &str) -> Vec<Token> {
    let (index, bytes) = (&*INDEX, text.as_bytes());
    let mut found = Vec::new();
    for (at, three) in bytes.windows(3).enumerate() {
        let group = index.pairs[pair(three[0], three[1])];
        if group == 0 {
            continue;
        }
        let group = &index.groups[usize::from(group) - 1];
        if group.thirds >> (three[2] & 0x7f) & 1 == 0 {
            continue;
        }
        for begin in &group.begins {
            if let Some(token) = read(text, at, *begin) {
                found.push(token);
                break;
            }
        }
    }
    found
}

/// The token whose literal is at `at`, if it is one.
fn read(text: &str, at: usize, begin: Begin) -> Option<Token> {
    let bytes = text.as_bytes();
    let literal = begin.literal().as_bytes();
    match begin {
        Begin::Key => {
            if !bytes[at..].starts_with(literal) {
                return None;
            }
            let (head, end, proof) = key::read(text, at)?;
            Some(token(text, &PRIVATE_KEY, proof, at..end, at..head))
        }
        Begin::Shape(kind, _) => {
            if !bytes[at..].starts_with(literal) {
                return None;
            }
            shaped(text, at, kind, literal.len())
        }
        Begin::Named(which, _) => {
            let there = bytes.get(at..at + literal.len())?;
            if !there.eq_ignore_ascii_case(literal) {
                return None;
            }
            named(text, at + literal.len(), &NAMED[which])
        }
    }
}

fn shaped(text: &str, at: usize, kind: &'static Kind, literal: usize) -> Option<Token> {
    let bytes = text.as_bytes();
    let end = shape::end(bytes, at + literal, kind.steps)?;
    let start = match kind.lead {
        Some((class, least, most)) => shape::start(bytes, at, class, least, most)?,
        None => at,
    };
    if !shape::begins(bytes, start) {
        return None;
    }
    if !kind.word.is_empty() && !shape::holds(shape::line(bytes, at), kind.word) {
        return None;
    }
    // Only bytes of ASCII were matched.
    let whole = text.get(start..end)?;
    // Of what only leads to a secret, that alone is it.
    let secret = if kind.starts.iter().any(|start| start.ends_with(['=', '"'])) {
        at + literal
    } else {
        start
    };
    let body = text.get(at + literal..end)?;
    let proof = (kind.proof)(if secret == start { whole } else { body });
    let said = if kind.lead.is_some() || body.len() < 12 {
        whole
    } else {
        body
    };
    // A checksum tells more than the look of a token.
    let proved = proof == Proof::Right || kind.use_of == Use::Key;
    if proof == Proof::None || !proved && proof::is_made_up(said) {
        return None;
    }
    Some(token(text, kind, proof, secret..end, secret..end))
}

/// A value of the right length behind a name that ends with or goes on from the word at `at`: `COHERE_API_KEY = "…"`.
fn named(text: &str, mut at: usize, named: &'static table::Named) -> Option<Token> {
    let bytes = text.as_bytes();
    let skip = |at: &mut usize, most: usize, is: fn(u8) -> bool| {
        let rest = bytes[*at..].iter().take(most);
        let length = rest.take_while(|byte| is(**byte)).count();
        *at += length;
        length
    };
    skip(&mut at, 30, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' ' | b'\t')
    });
    skip(&mut at, 3, |byte| {
        matches!(byte, b'"' | b'\'' | b']' | b' ')
    });
    if skip(&mut at, 6, |byte| {
        matches!(byte, b'=' | b':' | b'>' | b'?' | b',' | b'(' | b'|')
    }) == 0
    {
        return None;
    }
    skip(&mut at, 6, |byte| {
        matches!(byte, b'"' | b'\'' | b'`' | b' ' | b'\t' | b'=')
    });
    let end = shape::end(
        bytes,
        at,
        &[Step::Run(named.class, named.length, named.length)],
    )?;
    let body = text.get(at..end)?;
    let proof = (named.kind.proof)(body);
    if proof == Proof::None || proof::is_made_up(body) {
        return None;
    }
    Some(token(text, &named.kind, proof, at..end, at..end))
}

fn token(
    text: &str,
    kind: &'static Kind,
    proof: Proof,
    span: std::ops::Range<usize>,
    head: std::ops::Range<usize>,
) -> Token {
    Token {
        kind,
        proof,
        text: text[span.clone()].to_owned(),
        span: Span::new(span.start, span.end),
        head: Span::new(head.start, head.end),
    }
}
