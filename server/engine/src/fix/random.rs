//! New secrets: the one thing in a fix that no text decides, made when it is rendered.

use crate::output::HIDDEN;
use crate::rule::Form;

/// The random bits of one fix.
#[derive(Debug)]
pub(super) struct Bits {
    hidden: bool,
    made: Option<[u8; 32]>,
}

impl Bits {
    pub(super) fn new() -> Bits {
        Bits {
            hidden: false,
            made: None,
        }
    }

    pub(super) fn hidden() -> Bits {
        Bits {
            hidden: true,
            made: None,
        }
    }

    /// The system's random bits, the same each time.
    pub(super) fn written(&mut self, form: Form) -> Result<String, String> {
        if self.hidden {
            return Ok(HIDDEN.into());
        }
        let bits = match self.made {
            Some(bits) => bits,
            None => {
                let mut bits = [0; 32];
                let filled = getrandom::fill(&mut bits);
                filled.map_err(|error| format!("the system gives no random bits: {error}"))?;
                self.made = Some(bits);
                bits
            }
        };
        Ok(write(&bits, form))
    }
}

fn write(bits: &[u8; 32], form: Form) -> String {
    let (high, pad) = match form {
        Form::Hex => return bits.iter().map(|byte| format!("{byte:02x}")).collect(),
        Form::Url => (['-', '_'], ""),
        Form::Padded => (['-', '_'], "="),
        Form::Base64 => (['+', '/'], "="),
    };
    let digit = |value: u32| match value {
        0..26 => char::from(b'A' + value as u8),
        26..52 => char::from(b'a' + value as u8 - 26),
        52..62 => char::from(b'0' + value as u8 - 52),
        62 => high[0],
        _ => high[1],
    };
    let mut text = String::with_capacity(44);
    for three in bits.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let held = byte(0) << 16 | byte(1) << 8 | byte(2);
        let digits = (0..=three.len()).map(|at| digit(held >> (18 - 6 * at) & 63));
        text.extend(digits);
    }
    text + pad
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_written_as_others_read_them() {
        let bits: [u8; 32] = std::array::from_fn(|at| at as u8 | 0xf0);
        assert_eq!(write(&bits, Form::Url).len(), 43);
        assert_eq!(write(&bits, Form::Padded), write(&bits, Form::Url) + "=");
        assert_eq!(
            write(&[0xff; 32], Form::Base64),
            format!("{}8=", "/".repeat(42))
        );
        assert_eq!(write(&[0xab; 32], Form::Hex), "ab".repeat(32));
        let mut new = Bits::new();
        let first = new.written(Form::Url).unwrap_or_default();
        assert_eq!(new.written(Form::Url), Ok(first.clone()));
        assert_ne!(Bits::new().written(Form::Url), Ok(first));
    }
}
