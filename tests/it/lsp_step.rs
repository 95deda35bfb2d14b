//! Documents whose text is not the client's any more.

use serde_json::{Value, json};

use crate::client::{Client, uri};

const RANDOM: &str = "import random\ntoken = random.choice('ab')\n";

fn at(line: u32, character: u32) -> Value {
    json!({"line": line, "character": character})
}

fn insert(line: u32, text: &str) -> Value {
    json!([{"range": {"start": at(line, 0), "end": at(line, 0)}, "text": text}])
}

/// Nothing is said about the document, nor offered for it, until its whole text comes.
fn silent_until_whole(client: &mut Client, file: &str, version: i32, shown_as: i32) {
    assert!(client.diagnostics(file, shown_as).is_empty());
    let everywhere = json!({"start": at(0, 0), "end": at(9, 0)});
    assert!(client.actions(file, &everywhere, &[]).is_empty());
    // What follows cannot be placed either.
    client.change(file, version, insert(0, "\n"));
    assert!(client.diagnostics(file, shown_as).is_empty());
    client.change(file, version + 1, json!([{"text": RANDOM}]));
    assert_eq!(client.diagnostics(file, version + 1).len(), 1);
    client.change(file, version + 2, insert(0, "# more\n"));
    assert_eq!(client.diagnostics(file, version + 2).len(), 1);
}

#[test]
fn an_impossible_range_or_version_says_that_the_text_is_out_of_step() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let file = uri(&folder.path().join("app.py"));
    client.open(&file, "python", 10, RANDOM);
    assert_eq!(client.diagnostics(&file, 10).len(), 1);
    client.change(&file, 11, insert(50, "x = 1\n"));
    silent_until_whole(&mut client, &file, 12, 11);
    assert_eq!(client.leave(), Some(0));

    let mut client = Client::start(folder.path(), json!({}));
    client.open(&file, "python", 10, RANDOM);
    assert_eq!(client.diagnostics(&file, 10).len(), 1);
    client.change(&file, 9, insert(0, "\n"));
    silent_until_whole(&mut client, &file, 11, 10);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn the_end_of_the_text_may_be_named_from_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let file = uri(&folder.path().join("app.py"));
    client.open(&file, "python", 1, RANDOM.trim_end());
    assert_eq!(client.diagnostics(&file, 1).len(), 1);
    // One line behind the last, as editors do that end every line; and far behind, as those do that replace all.
    client.change(&file, 2, insert(2, "\nb = random.choice('ab')\n"));
    assert_eq!(client.diagnostics(&file, 2).len(), 2);
    let whole = json!({"start": at(0, 0), "end": at(100_000, 0)});
    client.change(&file, 3, json!([{"range": whole, "text": "x = 1\n"}]));
    assert!(client.diagnostics(&file, 3).is_empty());
    assert_eq!(client.leave(), Some(0));
}
