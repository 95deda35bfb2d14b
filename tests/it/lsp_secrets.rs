//! Tokens in any text, and new secrets for environment files.

use serde_json::{Value, json};

use crate::client::{Client, uri};
use crate::model::{Encoding, Model};

fn at(line: u32, character: u32) -> Value {
    let place = json!({"line": line, "character": character});
    json!({"start": place, "end": place})
}

#[test]
fn a_token_in_any_text_is_shown_while_it_is_typed() {
    let folder = tempfile::tempdir().unwrap();
    let token = ["sk_", "live_", "4eC39HqLyjWDarjtT1zdp7dc"].concat();
    let mut client = Client::start(folder.path(), json!({}));
    let file = uri(&folder.path().join("pay.ts"));
    client.open(&file, "typescript", 1, "const a = 1;\nconst key = '';\n");
    assert_eq!(client.diagnostics(&file, 1), [] as [Value; 0]);
    let here = json!({"line": 1, "character": 13});
    client.change(
        &file,
        2,
        json!([{"range": {"start": here, "end": here}, "text": token}]),
    );
    let shown = client.diagnostics(&file, 2);
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert_eq!(shown[0]["code"], "secrets/exposed-token");
    assert_eq!(shown[0]["range"]["start"], here);
    // The comment is one of the language.
    let offered = client.actions(&file, &shown[0]["range"], &["quickfix"]);
    let silence = offered
        .iter()
        .find(|action| action["title"] == "Ignore secrets/exposed-token on this line")
        .unwrap();
    let edits = silence["edit"].to_string();
    assert!(
        edits.contains("// harden: ignore[secrets/exposed-token]"),
        "{edits}"
    );
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn every_secret_of_an_environment_file_can_be_rotated() {
    let folder = tempfile::tempdir().unwrap();
    let text = "MODE=fast\r\nPOSTGRES_PASSWORD=correct-horse-battery\r\nDATABASE_URL=postgres://app:correct-horse-battery@db/app\r\nOPENAI_API_KEY=abc\r\n";
    let mut client = Client::start(
        folder.path(),
        json!({"textDocument": {"codeAction": {"disabledSupport": true}}}),
    );
    let file = uri(&folder.path().join(".env"));
    client.open(&file, "dotenv", 1, text);
    client.diagnostics(&file, 1);
    let rotate = |client: &mut Client, line: u32| -> Vec<Value> {
        let offered = client.actions(&file, &at(line, 3), &["refactor"]);
        offered
            .into_iter()
            .filter(|action| action["title"].as_str().unwrap().starts_with("Rotate"))
            .collect()
    };
    assert_eq!(rotate(&mut client, 0), [] as [Value; 0]);
    let offered = rotate(&mut client, 1);
    assert_eq!(offered.len(), 1, "{offered:?}");
    let mut model = Model::new(text, Encoding::ALL[1]);
    model.apply(&offered[0]["edit"]);
    let line = model.text.lines().nth(1).unwrap();
    let new = line.strip_prefix("POSTGRES_PASSWORD=").unwrap();
    assert_eq!(new.len(), 43);
    assert!(
        model
            .text
            .contains(&format!("DATABASE_URL=postgres://app:{new}@db/app\r\n"))
    );
    let offered = rotate(&mut client, 3);
    let reason = offered[0]["disabled"]["reason"].as_str().unwrap();
    assert!(reason.contains("platform.openai.com"), "{reason}");
    assert_eq!(client.leave(), Some(0));
}
