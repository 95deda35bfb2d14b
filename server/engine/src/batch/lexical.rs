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

/// What the grammar takes for space, and backslashes before ends of lines.
const BLANKS: &[char] = &[
    ' ', '\t', '\r', '\n', '\x0b', '\x0c', '\\', '\u{85}', '\u{a0}', '\u{200b}', '\u{2060}',
    '\u{feff}',
];

/// A text without the space and the comments that it begins with, also those that go on behind a line.
fn after_blanks(mut text: &str) -> &str {
    loop {
        text = text.trim_start_matches(BLANKS);
        match text.strip_prefix('#') {
            Some(comment) => text = &comment[comment.find(['\n', '\r']).unwrap_or(comment.len())..],
            None => return text,
        }
    }
}

/// Whether a chunk may bind a name of the module. `*` is what a star import binds.
pub(super) fn may_bind(state: State, text: &str, name: &str) -> bool {
    let mut found = memchr::memmem::find_iter(text.as_bytes(), name);
    let holds = match name {
        "*" => found.any(|at| text[..at].trim_end_matches(BLANKS).ends_with("import")),
        _ => found.any(|at| is_word(text, at, at + name.len())),
    };
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
