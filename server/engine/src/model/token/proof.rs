//! What a token tells about itself: checksums, structure, and whether it was made up.

use super::shape::BECH32;

/// What is known of something that has the shape of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proof {
    /// Its checksum is right: nobody wrote this by hand.
    Right,
    /// It has no checksum that is known.
    Likely,
    /// Its checksum is wrong: it cannot be used, or is of a kind that is not known yet.
    Wrong,
    /// A private key that a passphrase protects.
    Encrypted,
    /// It is none.
    None,
}

/// GitHub and npm: the last six of 36 characters are the CRC-32 of those before, in base 62.
pub(super) fn base62(token: &str) -> Proof {
    let body = &token[token.len() - 36..];
    verdict(base62_sum(&body[..30]) == body[30..])
}

/// The checksum of GitHub and npm.
pub fn base62_sum(body: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut left = crc32(body.as_bytes());
    let mut sum = [b'0'; 6];
    for digit in sum.iter_mut().rev() {
        *digit = DIGITS[left as usize % 62];
        left /= 62;
    }
    sum.iter().map(|byte| char::from(*byte)).collect()
}

/// Grafana's service accounts: CRC-32 of all that stands before the last `_`, its bytes from the lowest on.
pub(super) fn grafana(token: &str) -> Proof {
    let (body, sum) = token.split_at(37);
    let known: String = crc32(body.as_bytes())
        .to_le_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    verdict(sum[1..].eq_ignore_ascii_case(&known))
}

/// age: BIP 173.
pub(super) fn bech32(token: &str) -> Proof {
    const POLY: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    let Some((name, data)) = token.rsplit_once('1') else {
        return Proof::None;
    };
    let name: Vec<u8> = name.bytes().map(|byte| byte.to_ascii_lowercase()).collect();
    let value = |byte: u8| BECH32.iter().position(|known| *known == byte).unwrap_or(0) as u8;
    let high = name.iter().map(|byte| byte >> 5);
    let low = name.iter().map(|byte| byte & 31);
    let values = high.chain([0]).chain(low).chain(data.bytes().map(value));
    let mut sum: u32 = 1;
    for value in values {
        let top = sum >> 25;
        sum = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        for (bit, poly) in POLY.iter().enumerate() {
            if top >> bit & 1 == 1 {
                sum ^= poly;
            }
        }
    }
    verdict(sum == 1)
}

fn verdict(right: bool) -> Proof {
    if right { Proof::Right } else { Proof::Wrong }
}

/// AWS: the account stands in the first eight characters, and a bit of the ninth; of the accounts that documentation has,
/// no key is real.
pub(super) fn aws(token: &str) -> Proof {
    const SHOWN: &[u64] = &[
        0,
        111_111_111_111,
        111_122_223_333,
        123_456_789_012,
        444_455_556_666,
        999_999_999_999,
    ];
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => u64::from(byte - b'A'),
        _ => u64::from(byte.wrapping_sub(b'2')) + 26,
    };
    let body = token.as_bytes().get(4..13).unwrap_or_default();
    let bits = body
        .iter()
        .take(8)
        .fold(0, |bits, byte| bits << 5 | digit(*byte));
    let odd = u64::from(body.last().is_some_and(|byte| digit(*byte) >= 16));
    let account = bits.checked_sub(1 << 39).map(|half| half * 2 + odd);
    if account.is_some_and(|account| SHOWN.contains(&account)) {
        Proof::None
    } else {
        Proof::Likely
    }
}

pub(super) fn openai(token: &str) -> Proof {
    const MARK: &str = "T3BlbkFJ";
    let Some(at) = token.find(MARK) else {
        return Proof::None;
    };
    let head = token[..at].rsplit_once("sk-").map_or("", |(_, head)| head);
    let head = ["proj-", "svcacct-", "admin-"]
        .iter()
        .find_map(|kind| head.strip_prefix(kind))
        .unwrap_or(head);
    let tail = &token[at + MARK.len()..];
    let fits = head.len() == tail.len() && matches!(tail.len(), 20 | 58 | 74);
    if fits { Proof::Likely } else { Proof::None }
}

pub(super) fn anthropic(token: &str) -> Proof {
    if token.ends_with("AA") {
        Proof::Likely
    } else {
        Proof::None
    }
}

/// A header that names an algorithm, claims, and a signature. One that ran out before this was written harms nobody, and
/// what is made for browsers (`anon`) is no secret.
pub(super) fn jwt(token: &str) -> Proof {
    let mut parts = token.split('.');
    let mut json = || {
        let text = String::from_utf8(decode(parts.next()?)?).ok()?;
        (text.starts_with('{') && text.ends_with('}')).then_some(text)
    };
    let (Some(header), Some(claims)) = (json(), json()) else {
        return Proof::None;
    };
    let bare: String = claims.chars().filter(|c| !c.is_whitespace()).collect();
    let expiry = bare.split_once("\"exp\":").map(|(_, rest)| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u64>().unwrap_or(u64::MAX)
    });
    // 2026-01-01.
    let past = expiry.is_some_and(|at| at < 1_767_225_600);
    let public = bare.contains("\"role\":\"anon\"") || bare.contains("\"1234567890\"");
    if header.contains("\"alg\"") && !past && !public {
        Proof::Likely
    } else {
        Proof::None
    }
}

/// A Discord bot: the first part is its number.
pub(super) fn snowflake(token: &str) -> Proof {
    let first = token.split('.').next().and_then(decode).unwrap_or_default();
    let number = first.len() >= 16 && first.iter().all(u8::is_ascii_digit);
    if number { Proof::Likely } else { Proof::None }
}

/// A login of a registry: `"auth": "…"`, which is `user:password` in base64.
pub(super) fn login(token: &str) -> Proof {
    let text = decode(token.trim_end_matches('=')).and_then(|bytes| String::from_utf8(bytes).ok());
    let login = text.is_some_and(|text| {
        let graphic = text.chars().all(|c| c.is_ascii_graphic());
        let halves = text.split_once(':');
        graphic && halves.is_some_and(|(user, password)| !user.is_empty() && password.len() > 7)
    });
    if login { Proof::Likely } else { Proof::None }
}

/// Letters of both cases and digits, as chance has them.
pub(super) fn mixed(token: &str) -> Proof {
    let count = |is: fn(&u8) -> bool| token.bytes().filter(is).count();
    let digits = count(u8::is_ascii_digit);
    let both = count(u8::is_ascii_lowercase) > 1 && count(u8::is_ascii_uppercase) > 1;
    if both && digits > 1 {
        Proof::Likely
    } else {
        Proof::None
    }
}

pub(super) fn teams(token: &str) -> Proof {
    if token.contains("/IncomingWebhook/") {
        Proof::Likely
    } else {
        Proof::None
    }
}

/// Whether somebody wrote this instead of a token: one character again and again, characters in a row, a word that says so,
/// few characters.
pub(crate) fn is_made_up(body: &str) -> bool {
    const WORDS: &[&str] = &[
        "example",
        "placeholder",
        "your",
        "dummy",
        "redacted",
        "changeme",
    ];
    let bytes = body.as_bytes();
    if WORDS.iter().any(|word| super::shape::holds(bytes, word)) {
        return true;
    }
    let pairs = || {
        bytes
            .windows(2)
            .map(|pair| i16::from(pair[1]) - i16::from(pair[0]))
    };
    let (mut longest, mut now) = (1, 1);
    for step in pairs() {
        now = if step == 0 { now + 1 } else { 1 };
        longest = longest.max(now);
    }
    let in_a_row = pairs().filter(|step| matches!(step, 1 | -1)).count();
    longest >= 5.max(bytes.len() / 8) || in_a_row * 9 > bytes.len() * 4 || bits(bytes) < 2.6
}

/// Shannon's entropy, in bits for each byte.
fn bits(bytes: &[u8]) -> f32 {
    let mut counts = [0_u16; 256];
    for byte in bytes.iter().take(512) {
        counts[*byte as usize] += 1;
    }
    let all = bytes.len().min(512) as f32;
    let share = |count: u16| f32::from(count) / all;
    let known = counts.into_iter().filter(|count| *count > 0);
    known.map(|count| -share(count) * share(count).log2()).sum()
}

/// Base64, of URLs or not, without padding.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut bits) = (Vec::with_capacity(text.len() * 3 / 4), 0_u32, 0);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8);
        }
    }
    Some(bytes)
}

/// As in zip and Ethernet.
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut sum = !0_u32;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            let odd = sum & 1 == 1;
            sum >>= 1;
            if odd {
                sum ^= 0xedb8_8320;
            }
        }
    }
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_their_standards() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(base62_sum(""), "000000");
        assert_eq!(decode("aGk_"), Some(b"hi?".to_vec()));
        // The empty data part of BIP 173's first valid string.
        assert_eq!(bech32("A12UEL5L"), Proof::Right);
        assert_eq!(bech32("A12UEL5Q"), Proof::Wrong);
    }
}
