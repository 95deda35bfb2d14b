//! Mounts that fixes write into compose files: found again by the engine's own reader, and all else as it was.

use std::path::Path;

use harden_engine::fix::files::compose::add_volume;
use harden_engine::text::apply;

use crate::chunk_texts::Dice;
use crate::files_edits::{keeps, made};

fn add(text: &str, service: &str, item: &str) -> Result<String, String> {
    let edits = add_volume(Some(text), service, item)?;
    let new = apply(text, &edits);
    assert_eq!(
        add_volume(Some(&new), service, item),
        Ok(Vec::new()),
        "twice: {new:?}"
    );
    Ok(new)
}

const SRC: &str = "./src:/app/src";

#[test]
fn what_is_missing_is_made() {
    for (before, after) in [
        (
            "",
            "services:\n  web:\n    volumes:\n      - ./src:/app/src\n",
        ),
        (
            "# only a comment",
            "# only a comment\nservices:\n  web:\n    volumes:\n      - ./src:/app/src",
        ),
        (
            "name: x\r\n",
            "name: x\r\nservices:\r\n  web:\r\n    volumes:\r\n      - ./src:/app/src\r\n",
        ),
        (
            "services:\nvolumes:\n  data:\n",
            "services:\n  web:\n    volumes:\n      - ./src:/app/src\nvolumes:\n  data:\n",
        ),
        (
            "services: {} # none\n",
            "services:\n  web:\n    volumes:\n      - ./src:/app/src # none\n",
        ),
        (
            "services:\n    db:\n        ports:\n        - 1:1\n\n# end\n",
            "services:\n    db:\n        ports:\n        - 1:1\n    web:\n        volumes:\n        - ./src:/app/src\n\n# end\n",
        ),
        (
            "services:\n  web:\n  db:\n    image: x\n",
            "services:\n  web:\n    volumes:\n      - ./src:/app/src\n  db:\n    image: x\n",
        ),
        (
            "services:\n  web:\n    image: x # which\n  db:\n    image: x\n",
            "services:\n  web:\n    image: x # which\n    volumes:\n      - ./src:/app/src\n  db:\n    image: x\n",
        ),
        (
            "services:\n  web:\n    volumes:\n    image: x",
            "services:\n  web:\n    volumes:\n      - ./src:/app/src\n    image: x",
        ),
        (
            "services:\n  web:\n    volumes:\n    - a:/a # one\n    # two\n    image: x\n",
            "services:\n  web:\n    volumes:\n    - a:/a # one\n    - ./src:/app/src\n    # two\n    image: x\n",
        ),
        (
            "services:\n  web:\n    volumes: [\"a:/a\", ]\n",
            "services:\n  web:\n    volumes: [\"a:/a\", ./src:/app/src, ]\n",
        ),
        (
            "services:\n  web:\n    volumes: []\n    image: x\n",
            "services:\n  web:\n    volumes:\n      - ./src:/app/src\n    image: x\n",
        ),
    ] {
        assert_eq!(add(before, "web", SRC).as_deref(), Ok(after), "{before}");
    }
    assert_eq!(
        add_volume(None, "web", SRC),
        add_volume(Some(""), "web", SRC)
    );
}

#[test]
fn mappings_are_written_and_known_again() {
    let item = "type: bind\nsource: ./src\ntarget: /app/src";
    let new = add(
        "services:\n  web:\n    volumes:\n      - a:/a\n",
        "web",
        item,
    )
    .unwrap();
    assert_eq!(
        new,
        "services:\n  web:\n    volumes:\n      - a:/a\n      - type: bind\n        source: ./src\n        target: /app/src\n"
    );
    let other_order = "services:\n  web:\n    volumes:\n      - target: \"/app/src\"\n        source: './src'\n        type: bind\n";
    assert_eq!(add(other_order, "web", item).as_deref(), Ok(other_order));
    let quoted = "services:\n  web:\n    volumes: ['./src:/app/src']\n";
    assert_eq!(add(quoted, "web", SRC).as_deref(), Ok(quoted));
}

#[test]
fn what_cannot_be_done_has_a_reason() {
    for (text, reason) in [
        ("services:\n  web: {image: x}\n", "braces"),
        ("services:\n  web:\n    volumes: {a: b}\n", "no list"),
        ("services:\n  web:\n    volumes: !reset []\n", "resets"),
        ("services:\n  web:\n    <<: *base\n    image: x\n", "anchor"),
        (
            "services:\n  web:\n    volumes:\n      - ./other:/app/src/\n",
            "`/app/src`",
        ),
        (
            "services:\n  web:\n    volumes:\n      - {type: volume, target: /app/src}\n",
            "`/app/src`",
        ),
        ("- a\n", "no mapping"),
        ("services:\n\tweb:\n", "syntax error"),
    ] {
        let said = add(text, "web", SRC).unwrap_err();
        assert!(said.contains(reason), "{text}: {said}");
    }
}

#[test]
fn random_files_keep_all_else() {
    let lines = [
        "services:",
        "  web:",
        "  db:",
        "    image: x",
        "    volumes:",
        "      - a:/a",
        "    - ./src:/app/src",
        "    volumes: [b:/b]",
        "    ports: [1]",
        "# c",
        "",
        "    # c",
        "volumes:",
        "  data:",
        "name: x",
        "---",
        "    <<: *x",
        "      - type: bind",
        "        target: /t",
    ];
    let mut dice = Dice::new(3);
    let mut done = 0;
    for _ in 0..4_000 {
        let text = crate::files_edits::random(&mut dice, &lines);
        if let Some(new) = made(&text, |text| add_volume(text, "web", SRC)) {
            done += 1;
            let text = text.replace("volumes: [b:/b]", "volumes: [b:/b, ./src:/app/src]");
            let new = new.replace("volumes: [b:/b]", "volumes: [b:/b, ./src:/app/src]");
            keeps(&text, &new, 4);
        }
    }
    assert!(done > 200, "{done}");
}

/// Real compose files, where a folder of them is named by `HARDEN_REAL`.
#[test]
fn real_files_take_a_mount_in_every_service() {
    let Some(files) = crate::chunk_texts::real(harden_engine::file::Language::Yaml) else {
        return;
    };
    let (mut done, mut refused) = (0, Vec::new());
    for (path, text) in files {
        let Some(file) =
            harden_engine::file::File::classify(Path::new("docker-compose.yml"), &text, &[])
        else {
            continue;
        };
        assert_eq!(file.kind, harden_engine::file::Kind::Compose);
        let names = text
            .lines()
            .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
        for name in names.filter(|name| name.chars().all(char::is_alphanumeric)) {
            match add(&text, name, "./x:/new/place") {
                Ok(new) => {
                    done += 1;
                    keeps(&text, &new, 4);
                }
                Err(reason) => refused.push(format!("{}: {name}: {reason}", path.display())),
            }
        }
    }
    println!(
        "{done} made, {} refused\n{}",
        refused.len(),
        refused.join("\n")
    );
}
