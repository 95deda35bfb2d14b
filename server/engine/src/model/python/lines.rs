//! Logical lines of Python by their text, for what is said of a file as a whole.

use super::literal::string_end;

/// A statement, or the head of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'t> {
    /// The number of blanks before it.
    pub(super) indent: usize,
    /// Without the comment behind it; may go over several lines where brackets are open.
    pub(super) code: &'t str,
}

/// The logical lines of a text that hold code; those that are one string are left out.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        while at < bytes.len() && matches!(bytes[at], b' ' | b'\t' | 0x0c) {
            at += 1;
        }
        let (indent, code, mut end, mut depth) = (at - start, at, at, 0_u32);
        while at < bytes.len() {
            match bytes[at] {
                b'"' | b'\'' => {
                    at = string_end(bytes, at, bytes.len());
                    end = at;
                    continue;
                }
                b'#' => {
                    let rest = &bytes[at..];
                    at = memchr::memchr2(b'\n', b'\r', rest).map_or(bytes.len(), |n| at + n);
                    continue;
                }
                b'\\' => at += 1,
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b'\n' | b'\r' if depth == 0 => break,
                _ => {}
            }
            at += 1;
            if !bytes.get(at - 1).is_some_and(u8::is_ascii_whitespace) {
                end = at;
            }
        }
        at += 1;
        let code = text.get(code..end.min(bytes.len())).unwrap_or_default();
        if !code.is_empty() && !code.starts_with(['"', '\'']) {
            lines.push(Line { indent, code });
        }
    }
    lines
}

/// A function's text up to the end of its parameters; empty where that is not found.
pub(crate) fn head(function: &str) -> &str {
    let ends = ["):\n", "):\r", ") ->", "): "];
    let end = ends.iter().filter_map(|end| function.find(end)).min();
    end.map_or("", |end| &function[..end])
}

/// Whether a text has a name in it that is no piece of a longer one.
pub(crate) fn holds(text: &str, name: &str) -> bool {
    let inner = |c: char| c == '_' || c.is_alphanumeric();
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            !text[..at].ends_with(inner) && !text[at + name.len()..].starts_with(inner)
        })
}

/// The identifiers of a text in lower case, strings that are one included.
pub(super) fn mentions(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !(c == '_' || c.is_alphanumeric()));
    let words =
        words.filter(|word| !word.is_empty() && !word.starts_with(|c: char| c.is_ascii_digit()));
    words.map(str::to_lowercase).collect()
}

/// What a line assigns to a name that is given in lower case.
pub(super) fn assigned<'t>(code: &'t str, name: &str) -> Option<&'t str> {
    let inner = |c: char| c == '_' || c.is_alphanumeric();
    let end = code.find(|c| !inner(c))?;
    if code[..end].to_lowercase() != name {
        return None;
    }
    let rest = code[end..].trim_start();
    let rest = match rest.strip_prefix(':') {
        Some(annotated) => annotated.split_once('=')?.1,
        None => rest.strip_prefix('=')?,
    };
    (!rest.starts_with('=')).then_some(rest.trim())
}

/// Whether a text makes an application of the web or of Celery, or starts a server, in its module or its functions. What a
/// method makes belongs to whoever makes the object: a library, or a command that has a page to look at.
pub(crate) fn starts_application(text: &str) -> bool {
    const MADE: &[&str] = &[
        "FastAPI(",
        "Flask(",
        "Starlette(",
        "Celery(",
        "Quart(",
        "Sanic(",
        "Litestar(",
    ];
    let mut class = false;
    lines(text).iter().any(|line| {
        let code = line.code;
        if line.indent == 0 {
            class = code.starts_with("class ");
        }
        let made = |word: &&str| {
            code.find(word).is_some_and(|at| {
                let before = code[..at].trim_end();
                before.ends_with(['=', '.']) || before.ends_with("return")
            })
        };
        let head = code.starts_with("class ") || code.starts_with("def ");
        !head && !class && (MADE.iter().any(made) || code.contains("uvicorn.run("))
    })
}
