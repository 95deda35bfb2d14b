//! Guesses about Python text without a tree. Each says yes where it is not sure.

use crate::chunk::{State, python};

/// Whether what was found is a whole identifier.
pub(super) fn is_word(text: &str, start: usize, end: usize) -> bool {
    let inner = |byte: Option<&u8>| {
        byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80)
    };
    let bytes = text.as_bytes();
    !inner(start.checked_sub(1).and_then(|at| bytes.get(at))) && !inner(bytes.get(end))
}

/// Whether the word that ends at `end` may be called, or be given another name that is.
pub(super) fn is_called(text: &str, end: usize) -> bool {
    let rest = text[end..].trim_start_matches([' ', '\t']);
    rest.starts_with(['(', '\\', '\n', '\r', '#', ')', ','])
}

/// Whether the word at `at` is that of something else: of an object, or of a function that is defined there.
pub(super) fn is_member(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\t']);
    before.ends_with('.') || before.len() < at && before.ends_with("def")
}

/// Whether the word at `at` may be a module that is imported there.
pub(super) fn is_imported(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end();
    before.len() < at && (before.ends_with("import") || before.ends_with("from"))
        || before.ends_with([',', '(', '\\', ';'])
        // Behind a comment within parentheses.
        || text[..at].lines().next_back().is_none_or(|line| line.trim().is_empty())
}

/// Whether some function may be async.
pub(super) fn has_async(text: &str) -> bool {
    let mut found = memchr::memmem::find_iter(text.as_bytes(), "async");
    found.any(|at| {
        let end = at + "async".len();
        is_word(text, at, end) && after_blanks(&text[end..]).starts_with("def")
    })
}

/// A text without the space and the comments that it begins with, also those that go on behind a line.
fn after_blanks(mut text: &str) -> &str {
    const BLANKS: &[char] = &['\\', '\u{200b}', '\u{2060}', '\u{feff}'];
    loop {
        text = text.trim_start_matches(|c: char| c.is_whitespace() || BLANKS.contains(&c));
        match text.strip_prefix('#') {
            Some(comment) => text = &comment[comment.find(['\n', '\r']).unwrap_or(comment.len())..],
            None => return text,
        }
    }
}

/// Whether the handler whose `except` ends at `at` may have a body that begins with a statement that does nothing.
pub(super) fn is_swallow(text: &str, at: usize) -> bool {
    /// Bytes of a header. A longer one is read by the parser.
    const LONGEST: usize = 2000;
    let bytes = text.as_bytes();
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
    here += 1;
    loop {
        match bytes.get(here) {
            Some(b' ' | b'\t' | b'\r' | b'\n' | b'\\' | 0x0c) => here += 1,
            Some(b'#') => here = line_end(bytes, here),
            _ => break,
        }
    }
    let rest = &text[text.ceil_char_boundary(here)..];
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

/// Whether a chunk may bind a name of the module. `*` is what a star import binds.
pub(super) fn may_bind(state: State, text: &str, name: &str) -> bool {
    let holds = memchr::memmem::find_iter(text.as_bytes(), name)
        .any(|at| name == "*" || is_word(text, at, at + name.len()));
    if !holds {
        return false;
    }
    !only_defines(state, text) || defined(state, text).any(|known| known == name)
}

/// Whether a chunk binds nothing of the module but the name that it defines, if it has one.
pub(super) fn only_defines(state: State, text: &str) -> bool {
    if text.contains("global") || text.contains(":=") {
        return false;
    }
    match state {
        State::Python(python::State::Member(_) | python::State::Header) => true,
        _ => is_definition(text),
    }
}

/// What a chunk that only defines may define, and more.
pub(super) fn defined(state: State, text: &str) -> impl Iterator<Item = &str> {
    let member = matches!(state, State::Python(python::State::Member(_)));
    let words: &[&str] = if member { &[] } else { &["def", "class"] };
    words.iter().flat_map(move |word| {
        memchr::memmem::find_iter(text.as_bytes(), word).map(move |at| {
            let rest = text[at + word.len()..].trim_start_matches([' ', '\t', '\\', '\r', '\n']);
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
            &rest[..end.unwrap_or(rest.len())]
        })
    })
}

/// Whether a chunk is one function or class, decorated or not: nothing but that begins at the start of a line.
pub(super) fn is_definition(text: &str) -> bool {
    let mut defined = false;
    for line in text.lines() {
        // A line end of its own.
        if line.contains('\r') {
            return false;
        }
        match line.as_bytes().first() {
            None | Some(b' ' | b'\t' | b'#' | b')' | b']' | b'}' | 0x0c) => {}
            Some(b'@') if !defined => {}
            Some(_) if defined => return false,
            Some(_) => {
                let starts = ["def ", "class ", "async def "];
                if !starts.iter().any(|start| line.starts_with(start)) {
                    return false;
                }
                defined = true;
            }
        }
    }
    defined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_that_do_something_are_left_out() {
        let swallow = |text: &str| is_swallow(text, "except".len());
        for text in [
            "except: pass",
            "except (A,\n  B) as e:  # why\n    # because\n    pass",
            "except E:\r\n\treturn None",
            "except E: return",
            "except E: return -1",
            "except E: 'why'",
            "except E: rb''",
            "except E:\n    ...",
            "except* E:\n    continue",
        ] {
            assert!(swallow(text), "{text}");
        }
        for text in [
            "except E: raise",
            "except E:\n  return x",
            "except E:\n  log()",
            "except",
            "except E:",
        ] {
            assert!(!swallow(text), "{text}");
        }
    }

    #[test]
    fn async_functions_are_told_from_other_words() {
        for text in [
            "async def f(): 0",
            "x;async\\\n  def f(): 0",
            "async # why\n def f(): 0",
        ] {
            assert!(has_async(text), "{text}");
        }
        for text in [
            "isasync def",
            "async_def",
            "# async, deferred",
            "async with a: 0",
            "async",
        ] {
            assert!(!has_async(text), "{text}");
        }
    }

    #[test]
    fn definitions_bind_their_own_name_only() {
        let state = State::Python(python::State::Statement);
        let binds = |text: &str, name: &str| may_bind(state, text, name);
        assert!(binds("@a\ndef f(x):\n    y = x\n", "f"));
        assert!(!binds("@a\ndef f(x):\n    y = x\n", "y"));
        assert!(binds("def f(x):\n    global y\n    y = x\n", "y"));
        assert!(binds("y = 1\n", "y") && binds("if a:\n    import y\n", "y"));
        assert!(!binds("yy = 1\n", "y"));
        assert!(
            binds("def f(): pass\ny = 1\n", "y"),
            "a chunk that was cut wrong"
        );
        assert!(
            binds("def f(): pass\ry = 1\n", "y"),
            "a line that ends in CR alone"
        );
        assert!(binds("from a import *\n", "*"));
    }
}
