//! What is shown after any edits is what is shown of the same text opened anew.

use std::ops::Range;

use serde_json::{Value, json};

use crate::client::{Client, uri};
use crate::model::{Encoding, Model};

pub(crate) const PYTHON: &str = "import random as dice\r\nimport logging\r\n\r\nWORD = \"\u{1f3b2} héllo\"\r\n\r\n\
def token(n):\r\n    \"\"\"Makes a \u{1f511}.\r\n    \"\"\"\r\n    secret = \"\u{1f600}\" + dice.choice(WORD)  # \u{1f600}\r\n    return secret\r\n\r\n\
class Session:\r\n    def key(self):\r\n        try:\r\n            return dice.randint(0, 9)\r\n        except Exception:\r\n            pass\r\n\r\n\
    def other(self):\r\n        password = dice.choice('ab')\r\n        return password\r\n\r\nprint(dice.random())\r\n";

pub(crate) const COMPOSE: &str = "x-common: &common\n  restart: always\n\nservices:\n  db:\n    <<: *common\n    image: postgres:17\n    environment:\n      \
POSTGRES_PASSWORD: ${DB_PASSWORD:-changeme} # \u{1f511}\n      \"N\u{e9}\": \"\u{1f600}\"\n  web:\n    image: example/web:1\n    environment:\n      - \
SECRET_KEY=${SECRET_KEY:-changeme}\n      - 'A=\u{1f600}${API_TOKEN:-changeme}'\n\nvolumes:\n  data: {}\n";

pub(crate) const PYTEST: &str = "[pytest]\naddopts = -q\n  --tb=short\n# \u{1f600}\nmarkers =\n    slow: takes long \u{1f40c}\n    fast: \u{e9}\n";

/// Scripts of edits in each encoding, for each kind of file.
const ROUNDS: usize = 60;

/// What is typed, pasted and left half done.
const TYPED: &[&str] = &[
    "x",
    " ",
    "    ",
    "\n",
    "\r\n",
    "\r",
    "\u{1f600}",
    "é",
    "\"",
    "'",
    "\"\"\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    "#",
    "\\",
    "\t",
    "- ",
    "dice.choice(WORD)",
    "\r\nimport secrets\r\n",
    "def f():\n    pass\n",
    "except Exception:",
    "${TOKEN:-changeme}",
    "\n  cache:\n    image: redis\n",
    "&a ",
    "*common",
    "markers =\n",
    "--strict-markers",
    "[tool]\n",
];

pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    /// A place that a position can name: between characters, and not within a CRLF.
    fn place(&mut self, text: &str) -> usize {
        let at = text.floor_char_boundary(self.below(text.len() + 1));
        let within = text[..at].ends_with('\r') && text[at..].starts_with('\n');
        if within { at - 1 } else { at }
    }

    pub(crate) fn edit(&mut self, text: &str) -> (Range<usize>, &'static str) {
        let start = self.place(text);
        match self.below(4) {
            0 => {
                let mut end = text.floor_char_boundary((start + self.below(12)).min(text.len()));
                if text[..end].ends_with('\r') && text[end..].starts_with('\n') {
                    end += 1;
                }
                (start..end.max(start), "")
            }
            1 => {
                let end = self.place(text);
                let short = start.abs_diff(end) < 40;
                let range = if short {
                    start.min(end)..start.max(end)
                } else {
                    start..start
                };
                (range, TYPED[self.below(TYPED.len())])
            }
            _ => (start..start, TYPED[self.below(TYPED.len())]),
        }
    }
}

/// Diagnostics without those kept of an earlier, clean text: the same text opened anew cannot have them.
pub(crate) fn fresh(diagnostics: Vec<Value>) -> Vec<Value> {
    let retained = |one: &Value| one["data"]["retained"] == true;
    diagnostics
        .into_iter()
        .filter(|one| !retained(one))
        .collect()
}

fn edited_equals_anew(name: &str, language: &str, text: &str) {
    let folder = tempfile::tempdir().unwrap();
    for (seed, encoding) in (1_u64..).zip(Encoding::ALL) {
        let mut client = Client::start(
            folder.path(),
            json!({
                "general": {"positionEncodings": [encoding.name()]},
                "textDocument": {"publishDiagnostics": {"dataSupport": true}},
            }),
        );
        let (edited, anew) = (
            uri(&folder.path().join("a").join(name)),
            uri(&folder.path().join("b").join(name)),
        );
        let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ seed);
        let mut found = 0;
        for round in 0..ROUNDS {
            let mut model = Model::new(text, encoding);
            let mut version = 1;
            client.open(&edited, language, version, &model.text);
            client.diagnostics(&edited, version);
            for step in 0..12 {
                version += 1;
                let mut changes = Vec::new();
                for _ in 0..=random.below(3) {
                    let (range, typed) = random.edit(&model.text);
                    changes.push(json!({"range": model.range(range.clone()), "text": typed}));
                    model.text.replace_range(range, typed);
                }
                client.change(&edited, version, changes.into());
                let shown = fresh(client.diagnostics(&edited, version));
                client.open(&anew, language, version, &model.text);
                let expected = client.diagnostics(&anew, version);
                client.close(&anew);
                client.cleared(&anew);
                found += shown.len();
                assert_eq!(
                    shown,
                    expected,
                    "{} round {round} step {step}: {:?}",
                    encoding.name(),
                    model.text
                );
            }
            client.close(&edited);
            client.cleared(&edited);
        }
        assert!(
            found > 0,
            "{name}: nothing was found, so nothing was compared"
        );
        assert_eq!(client.leave(), Some(0));
    }
}

#[test]
fn edited_python_is_python_opened_anew() {
    edited_equals_anew("app.py", "python", PYTHON);
}

#[test]
fn an_edited_compose_file_is_one_opened_anew() {
    edited_equals_anew("docker-compose.yml", "dockercompose", COMPOSE);
}

#[test]
fn an_edited_pytest_file_is_one_opened_anew() {
    edited_equals_anew("pytest.ini", "ini", PYTEST);
}

#[test]
fn a_burst_of_edits_shows_the_last_text_and_nothing_after() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let file = uri(&folder.path().join("docker-compose.yml"));
    client.open(&file, "dockercompose", 1, "services:\n");
    assert!(client.diagnostics(&file, 1).is_empty());
    // Each edit adds a service with a finding at the foot.
    for number in 0..200 {
        let foot = json!({"line": 1 + number * 3, "character": 0});
        client.change(
            &file,
            number + 2,
            json!([{
                "range": {"start": foot, "end": foot},
                "text": format!("  s{number}:\n    environment:\n      TOKEN: ${{API_TOKEN:-changeme}}\n"),
            }]),
        );
    }
    assert_eq!(client.diagnostics(&file, 201).len(), 200);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn columns_behind_an_emoji_are_counted_in_units() {
    let folder = tempfile::tempdir().unwrap();
    let text = "services:\r\n  a:\r\n    environment:\r\n      API_TOKEN: \"\u{1f600}\u{1f600}${API_TOKEN:-changeme}\u{1f600}\"\r\n";
    for encoding in Encoding::ALL {
        let mut client = Client::start(
            folder.path(),
            json!({"general": {"positionEncodings": [encoding.name()]}}),
        );
        let file = uri(&folder.path().join("docker-compose.yml"));
        client.open(&file, "dockercompose", 1, text);
        let shown = client.diagnostics(&file, 1);
        let model = Model::new(text, encoding);
        assert_eq!(shown.len(), 1, "{shown:?}");
        assert_eq!(model.slice(&shown[0]["range"]), "changeme");
        assert_eq!(client.leave(), Some(0));
    }
}
