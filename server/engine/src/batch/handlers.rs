//! Handlers that may swallow every error, by their words.

use super::lexical::is_word;
use super::words;

/// Whether the handler whose `except` ends at `at` may catch every error, and have a body that begins with a statement that
/// does nothing. `own` are dotted names of errors that count as every error, too.
pub(super) fn is_swallow(text: &str, at: usize, own: &[String]) -> bool {
    /// Bytes of a header. A longer one is read by the parser.
    const LONGEST: usize = 2000;
    let bytes = text.as_bytes();
    let line = text[..at].strip_suffix("except").unwrap_or_default();
    if !line
        .trim_end_matches([' ', '\t', '\x0c', '\u{feff}'])
        .ends_with(['\n', '\r', ';', ':'])
        && !line.trim().is_empty()
    {
        return false;
    }
    let mut depth = 0_i32;
    let mut here = at;
    // The header: up to a colon outside of brackets.
    loop {
        match bytes.get(here) {
            None => return false,
            _ if here > at + LONGEST => return true,
            Some(b'(' | b'[' | b'{') => depth += 1,
            Some(b')' | b']' | b'}') => depth -= 1,
            Some(b':') if depth <= 0 => break,
            Some(b'#') => here = line_end(bytes, here),
            // Strings in a header are nothing that anyone writes.
            Some(b'"' | b'\'') => return true,
            Some(_) => {}
        }
        here += 1;
    }
    let header = text.get(at..here).unwrap_or_default();
    here += 1;
    loop {
        match bytes.get(here) {
            Some(b' ' | b'\t' | b'\r' | b'\n' | b'\\' | 0x0c) => here += 1,
            Some(b'#') => here = line_end(bytes, here),
            _ => break,
        }
    }
    is_idle(&text[text.ceil_char_boundary(here)..]) && may_be_broad(text, header, own)
}

/// Whether a statement may be one that does nothing.
fn is_idle(rest: &str) -> bool {
    let end = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    match &rest[..end] {
        "" => rest.starts_with(['"', '\'', '.', '(', '-']),
        "pass" | "continue" | "break" | "Ellipsis" => true,
        "return" => {
            let value = rest[end..].trim_start_matches([' ', '\t', '\\']);
            let word_end = value
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(value.len());
            let word = &value[..word_end];
            word.is_empty()
                || matches!(word, "None" | "True" | "False" | "not")
                || value.starts_with(|c: char| c.is_ascii_digit())
                || is_prefix(word) && value[word_end..].starts_with(['"', '\''])
        }
        word => {
            is_prefix(word) && rest[end..].starts_with(['"', '\''])
                || word.as_bytes()[0].is_ascii_digit()
        }
    }
}

/// Whether one of the types that a header names may be that of every error: what stands between `except`, with or without
/// that, and the colon.
pub(super) fn may_be_broad(text: &str, header: &str, own: &[String]) -> bool {
    let broad = |word: &str| {
        let own = || own.iter().any(|name| name.rsplit('.').next() == Some(word));
        matches!(word, "Exception" | "BaseException") || own()
    };
    let header = header.strip_prefix("except").unwrap_or(header);
    let mut words = words::all(header).peekable();
    let bare = words.peek().is_none();
    let mut words = words
        .map(|range| (range.start, &header[range]))
        .take_while(|(_, word)| *word != "as");
    bare || words.any(|(at, word)| {
        let attribute = header[..at].trim_end().ends_with('.');
        broad(word) || !attribute && may_be_given(text, word, &broad)
    })
}

/// Whether a name may be bound to something else than what is imported or defined under it.
fn may_be_given(text: &str, name: &str, broad: &dyn Fn(&str) -> bool) -> bool {
    let mut found = memchr::memmem::find_iter(text.as_bytes(), name);
    found.any(|at| {
        let end = at + name.len();
        if !is_word(text, at, end) {
            return false;
        }
        let rest = text[end..].split(['\n', '\r']).next().unwrap_or_default();
        let given = match rest.trim_start().as_bytes() {
            [b'=', b'=', ..] => false,
            [b'=' | b'\\', ..] => true,
            [b':' | b',' | b')' | b']', rest @ ..] => rest.contains(&b'='),
            _ => false,
        };
        // `import Exception as name`
        let before = || text[..at].trim_end().strip_suffix("as").map(str::trim_end);
        given
            || before().is_some_and(|before| {
                let start = before.rfind(|c: char| !c.is_alphanumeric() && c != '_');
                broad(&before[start.map_or(0, |at| at + 1)..])
            })
    })
}

/// What may stand before a string.
fn is_prefix(word: &str) -> bool {
    word.len() <= 2
        && word
            .bytes()
            .all(|b| matches!(b.to_ascii_lowercase(), b'r' | b'b' | b'u' | b'f' | b't'))
}

/// Before the end of the line, so that the next step stands on it.
fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |end| at + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_that_do_something_are_left_out() {
        let swallow = |text: &str| {
            is_swallow(
                text,
                text.find("except").unwrap_or(0) + 6,
                &["db.Failure".into()],
            )
        };
        for text in [
            "except: pass",
            "except (A,\n  Exception) as e:  # why\n    # because\n    pass",
            "except Exception:\r\n\treturn None",
            "except Exception: return",
            "except Exception: return -1",
            "except Exception: 'why'",
            "except Exception: rb''",
            "except Exception:\n    ...",
            "except* Exception:\n    continue",
            "except db.Failure: pass",
            "except Failure: pass",
            "except E: pass\nE = A",
            "except E: pass\nfrom a import Exception as E",
            "except E: pass\nA, E = b",
            "except E: pass\ndef f(E: type = A): 0",
        ] {
            assert!(swallow(text), "{text}");
        }
        for text in [
            "except Exception: raise",
            "except Exception:\n  return x",
            "except Exception:\n  log()",
            "except",
            "except Exception:",
            "# except Exception: pass",
            "the world except: all",
            "except KeyError: pass",
            "except (a.b.Error, KeyError) as Exception: pass",
            "except E: pass\nfrom a import E\nassert e == E\nraise E(a=E)\nwith f(E) as g: 0",
            "except E: pass\nfrom a import Failed as E",
        ] {
            assert!(!swallow(text), "{text}");
        }
    }
}
