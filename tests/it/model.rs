//! A document as an editor keeps it: a text, positions in one encoding, and edits. Written apart from the server's own.

use serde_json::{Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Bytes,
    Units,
    Characters,
}

impl Encoding {
    pub(crate) const ALL: [Encoding; 3] = [Encoding::Bytes, Encoding::Units, Encoding::Characters];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Encoding::Bytes => "utf-8",
            Encoding::Units => "utf-16",
            Encoding::Characters => "utf-32",
        }
    }

    fn width(self, text: &str) -> usize {
        match self {
            Encoding::Bytes => text.len(),
            Encoding::Units => text.encode_utf16().count(),
            Encoding::Characters => text.chars().count(),
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) text: String,
    pub(crate) encoding: Encoding,
}

impl Model {
    pub(crate) fn new(text: &str, encoding: Encoding) -> Model {
        Model {
            text: text.into(),
            encoding,
        }
    }

    /// Starts of all lines: behind LF, CRLF, and CR.
    fn lines(&self) -> Vec<usize> {
        let bytes = self.text.as_bytes();
        let mut starts = vec![0];
        for at in 0..bytes.len() {
            let lone_cr = bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n');
            if bytes[at] == b'\n' || lone_cr {
                starts.push(at + 1);
            }
        }
        starts
    }

    pub(crate) fn position(&self, offset: usize) -> Value {
        let lines = self.lines();
        let line = lines.partition_point(|start| *start <= offset) - 1;
        let column = self.encoding.width(&self.text[lines[line]..offset]);
        json!({"line": line, "character": column})
    }

    pub(crate) fn range(&self, range: std::ops::Range<usize>) -> Value {
        json!({"start": self.position(range.start), "end": self.position(range.end)})
    }

    pub(crate) fn offset(&self, position: &Value) -> usize {
        let number = |key: &str| usize::try_from(position[key].as_u64().unwrap()).unwrap();
        let start = self.lines()[number("line")];
        let rest = &self.text[start..];
        let ends = rest
            .char_indices()
            .map(|(at, _)| at)
            .chain([rest.len()])
            .find(|at| self.encoding.width(&rest[..*at]) == number("character"));
        start + ends.expect("a column of the line")
    }

    /// The text of a range of the protocol.
    pub(crate) fn slice(&self, range: &Value) -> &str {
        &self.text[self.offset(&range["start"])..self.offset(&range["end"])]
    }

    /// Apply the edits of a `WorkspaceEdit` that is about this document alone.
    pub(crate) fn apply(&mut self, edit: &Value) {
        let edits = match edit["changes"].as_object() {
            Some(changes) => changes.values().next().unwrap(),
            None => &edit["documentChanges"][0]["edits"],
        };
        let mut edits: Vec<(std::ops::Range<usize>, &str)> = edits
            .as_array()
            .unwrap()
            .iter()
            .map(|edit| {
                let range = &edit["range"];
                let bytes = self.offset(&range["start"])..self.offset(&range["end"]);
                (bytes, edit["newText"].as_str().unwrap())
            })
            .collect();
        edits.sort_by_key(|(range, _)| (range.start, range.end));
        for pair in edits.windows(2) {
            assert!(pair[0].0.end <= pair[1].0.start, "edits overlap: {pair:?}");
        }
        for (range, new) in edits.into_iter().rev() {
            self.text.replace_range(range, new);
        }
    }
}
