//! Tokens for tests, put together when they run, so that no scanner finds one in the repository. `{{token:github}}` in a
//! fixture stands for one.

use harden_engine::model::token::{base62_sum, crc32};

/// A text with its tokens written out. One that has none is as it was.
pub(crate) fn written(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{token:") {
        let (name, behind) = after.split_once("}}").expect("a token has an end");
        out.push_str(before);
        out.push_str(&token(name));
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// The text as fixtures have it.
pub(crate) fn hidden(text: &str) -> String {
    NAMES.iter().fold(text.to_owned(), |text, name| {
        text.replace(&token(name), &format!("{{{{token:{name}}}}}"))
    })
}

pub(crate) const NAMES: &[&str] = &[
    "github",
    "github-wrong",
    "npm",
    "gitlab",
    "aws",
    "slack",
    "stripe",
    "stripe-trial",
    "anthropic",
    "openai",
    "google",
    "grafana",
    "sendgrid",
    "huggingface",
    "jwt",
    "jwt-past",
    "pem",
    "pem-encrypted",
    "pem-line",
    "login",
    "telegram",
];

/// A token of a sort; always the same.
pub(crate) fn token(name: &str) -> String {
    let alnum = |length: usize| {
        letters(
            name,
            length,
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        )
    };
    match name {
        "github" => with_sum("ghp_", &alnum(30)),
        "github-wrong" => ["gh", "p_", &alnum(36)].concat(),
        "npm" => with_sum("npm_", &alnum(30)),
        "gitlab" => ["glpat", "-", &alnum(20)].concat(),
        "aws" => [
            "AK",
            "IA",
            &letters(name, 16, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
        ]
        .concat(),
        "slack" => ["xox", "b-", "2718281828459-4523536028747-", &alnum(24)].concat(),
        "stripe" => ["sk_", "live_", &alnum(24)].concat(),
        "stripe-trial" => ["sk_", "test_", &alnum(24)].concat(),
        "anthropic" => ["sk-ant", "-api03-", &alnum(93), "AA"].concat(),
        "openai" => [
            "sk",
            "-",
            &alnum(20),
            "T3Blbk",
            "FJ",
            &letters("openai2", 20, b"abcdefghijkmnpqrstuvw0123456789"),
        ]
        .concat(),
        "google" => ["AI", "za", &alnum(35)].concat(),
        "grafana" => {
            let body = ["gl", "sa_", &alnum(32)].concat();
            let sum: String = crc32(body.as_bytes())
                .to_le_bytes()
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect();
            format!("{body}_{sum}")
        }
        "sendgrid" => [
            "S",
            "G.",
            &alnum(22),
            ".",
            &letters("sendgrid2", 43, b"abcdefghijklmnopqrst0123456789ABCDE"),
        ]
        .concat(),
        "huggingface" => [
            "h",
            "f_",
            &letters(
                name,
                34,
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            ),
        ]
        .concat(),
        "jwt" => jwt("{\"sub\":\"u-81\",\"exp\":4102444800}", &alnum(43)),
        "jwt-past" => jwt("{\"sub\":\"u-81\",\"exp\":1500000000}", &alnum(43)),
        "pem" => pem("RSA ", "", "\n", &alnum(192)),
        "pem-encrypted" => pem("ENCRYPTED ", "", "\n", &alnum(192)),
        "pem-line" => pem("", "", "\\n", &alnum(192)),
        "login" => base64(["robot:", &alnum(20)].concat().as_bytes()),
        "telegram" => ["27182818", ":A", "A", &alnum(33)].concat(),
        _ => panic!("no token is called {name}"),
    }
}

fn with_sum(prefix: &str, body: &str) -> String {
    [prefix, body, &base62_sum(body)].concat()
}

fn jwt(claims: &str, signature: &str) -> String {
    let header = base64(b"{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
    [
        header.as_str(),
        ".",
        &base64(claims.as_bytes()),
        ".",
        signature,
    ]
    .concat()
}

fn pem(kind: &str, header: &str, newline: &str, body: &str) -> String {
    let lines: Vec<&str> = (0..body.len() / 64)
        .map(|at| &body[at * 64..at * 64 + 64])
        .collect();
    let (dashes, key) = ("-".repeat(5), "PRIVATE KEY");
    let body = lines.join(newline);
    format!(
        "{dashes}BEGIN {kind}{key}{dashes}{newline}{header}{body}{newline}{dashes}END {kind}{key}{dashes}"
    )
}

/// Without padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let mut held = [0; 3];
        held[..three.len()].copy_from_slice(three);
        let bits = u32::from_be_bytes([0, held[0], held[1], held[2]]);
        for at in 0..=three.len() {
            out.push(char::from(DIGITS[(bits >> (18 - 6 * at) & 63) as usize]));
        }
    }
    out
}

/// As chance would have it, and always the same for the same name.
fn letters(name: &str, length: usize, of: &[u8]) -> String {
    let mut state = u64::from(crc32(name.as_bytes())) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(of[(state >> 24) as usize % of.len()])
    };
    // The first few are alike for names that are.
    let all: String = (0..length + 8).map(|_| next()).collect();
    all[8..].into()
}
