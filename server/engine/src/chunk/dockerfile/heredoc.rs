//! Which heredocs a logical line opens.

use std::ops::Range;

use super::line;

/// `<<EOF` and its kin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    /// In the joined line.
    pub(crate) at: Range<usize>,
    pub(crate) name: String,
    /// Variables in the body are expanded: no part of the name is quoted.
    pub(crate) expand: bool,
    /// `<<-`: leading tabs are taken off the body and its end.
    pub(crate) chomp: bool,
}

impl Mark {
    /// Whether a line, given without its break, ends the body.
    pub(super) fn ends(&self, line: &str) -> bool {
        let line = match self.chomp {
            true => line.trim_start_matches('\t'),
            false => line,
        };
        line == self.name
    }
}

/// The heredocs of an instruction's joined line, in order.
pub(crate) fn marks(joined: &str) -> Vec<Mark> {
    if !joined.contains("<<") || !takes_heredocs(joined) {
        return Vec::new();
    }
    let words = words(joined).unwrap_or_default();
    words
        .into_iter()
        .filter_map(|word| mark(joined, word))
        .collect()
}

/// RUN, COPY and ADD, also behind one ONBUILD, but not with a JSON array.
fn takes_heredocs(joined: &str) -> bool {
    let (mut name, mut rest) = line::keyword(joined, 0);
    let is = |name: &Range<usize>, word: &str| joined[name.clone()].eq_ignore_ascii_case(word);
    if is(&name, "ONBUILD") {
        (_, rest) = line::flags(joined, rest);
        (name, rest) = line::keyword(joined, rest);
    }
    if !["RUN", "COPY", "ADD"].iter().any(|word| is(&name, word)) {
        return false;
    }
    let (_, rest) = line::flags(joined, rest);
    let rest = &joined[rest..];
    !rest.starts_with('[') || serde_json::from_str::<Vec<String>>(rest).is_err()
}

fn mark(joined: &str, at: Range<usize>) -> Option<Mark> {
    let word = joined[at.clone()].trim_start_matches(|c: char| c.is_ascii_digit());
    let name = word.strip_prefix("<<")?;
    let chomp = name.starts_with('-');
    let written = name.strip_prefix('-').unwrap_or(name);
    if written.is_empty() || written.contains('<') {
        return None;
    }
    let name = unquoted(written);
    let expand = name == written;
    (!name.is_empty()).then_some(Mark {
        at,
        name,
        expand,
        chomp,
    })
}

fn unquoted(word: &str) -> String {
    let mut text = String::new();
    let mut quote = None;
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, '\\') => text.extend(chars.next()),
            (Some('"'), '\\') if matches!(chars.peek(), Some('"' | '$' | '\\')) => {
                text.extend(chars.next());
            }
            (_, c) => text.push(c),
        }
    }
    text
}

/// The words of a line as BuildKit's lexer for shell words splits them, quotes and variables kept; `None` where it fails: an
/// open quote, a variable that it does not know to read.
fn words(line: &str) -> Option<Vec<Range<usize>>> {
    let mut words = Vec::new();
    let mut at = 0;
    let mut start = None;
    while let Some(c) = line[at..].chars().next() {
        if c.is_whitespace() {
            words.extend(start.take().map(|start| start..at));
            at += c.len_utf8();
        } else {
            start.get_or_insert(at);
            at = step(line, at, c, 0)?;
        }
    }
    words.extend(start.map(|start| start..at));
    Some(words)
}

/// Levels of `${a:-${b:-…}}` that are read.
const DEEPEST: usize = 24;

/// Behind what starts with `c` at `at`: a character, a quoted text, a variable.
fn step(line: &str, at: usize, c: char, depth: usize) -> Option<usize> {
    let bytes = line.as_bytes();
    match c {
        '\'' => line[at + 1..].find('\'').map(|n| at + n + 2),
        '"' => {
            let mut at = at + 1;
            loop {
                match *bytes.get(at)? {
                    b'"' => return Some(at + 1),
                    b'\\' => {
                        at += if bytes.get(at + 1).is_some_and(u8::is_ascii) {
                            2
                        } else {
                            1
                        }
                    }
                    b'$' => at = variable(line, at, depth)?,
                    _ => at += 1,
                }
            }
        }
        '$' => variable(line, at, depth),
        '\\' => {
            let escaped = line[at + 1..].chars().next();
            Some(at + 1 + escaped.map_or(0, char::len_utf8))
        }
        c => Some(at + c.len_utf8()),
    }
}

fn variable(line: &str, at: usize, depth: usize) -> Option<usize> {
    let rest = &line[at + 1..];
    let Some(braced) = rest.strip_prefix('{') else {
        return Some(at + 1);
    };
    let plain = braced.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    let mut name = braced.len() - plain.len();
    if name == 0 {
        name = usize::from(braced.starts_with(['@', '*', '#', '?', '-', '$', '!']));
    }
    let mut at = at + 2 + name;
    match line[at..].chars().next()? {
        '}' => return Some(at + 1),
        ':' if line[at + 1..].starts_with(['+', '-', '?']) => at += 2,
        '+' | '-' | '?' | '#' | '%' | '/' => at += 1,
        _ => return None,
    }
    if depth == DEEPEST {
        return None;
    }
    loop {
        let c = line[at..].chars().next()?;
        if c == '}' {
            return Some(at + 1);
        }
        at = step(line, at, c, depth + 1)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> String {
        let marks = marks(line);
        let each = marks.iter().map(|mark| {
            let chomp = if mark.chomp { "-" } else { "" };
            let expand = if mark.expand { "" } else { "'" };
            format!("{chomp}{expand}{}", mark.name)
        });
        each.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_that_open_a_heredoc() {
        for (line, wanted) in [
            ("RUN <<EOF", "EOF"),
            ("run cat <<-EOF 3<<'B' > x", "-EOF 'B"),
            ("COPY <<\"E\"F <<G /x", "'EF G"),
            ("ONBUILD ADD --link <<E\\F /x", "'EF"),
            ("RUN --mount=type=cache,target=/x <<EOF", "EOF"),
            ("RUN echo \"${a:-<<b}\" <<EOF", "EOF"),
            ("RUN cat<<EOF", ""),
            ("RUN cat <<<EOF", ""),
            ("RUN echo $((1<<2))", ""),
            ("RUN echo 'x <<EOF'", ""),
            ("RUN echo 'x <<EOF", ""),
            ("RUN echo ${a^^} <<EOF", ""),
            ("RUN [\"cat\", \"<<EOF\"]", ""),
            ("RUN [ -f x ] && cat <<EOF", "EOF"),
            ("RUN << EOF", ""),
            ("RUN <<''", ""),
            ("CMD <<EOF", ""),
            ("ONBUILD ONBUILD RUN <<EOF", ""),
        ] {
            assert_eq!(found(line), wanted, "{line}");
        }
    }
}
