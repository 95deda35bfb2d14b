//! What is known of vulnerabilities: its age is said, it is imported and fetched, and nothing breaks it.

use std::io::{BufRead, BufReader, Cursor, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::cli::{Folder, Run};
use crate::client::{Client, uri};
use crate::server::Server;

fn harden(folder: &Folder, arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_harden"))
        .args(arguments)
        .current_dir(folder.path(""))
        .env("HARDEN_CACHE_DIR", folder.path("cache"))
        .output()
        .unwrap();
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// What `check` says of a requirement, once what was imported is taken into account.
fn found(folder: &Folder, requirement: &str) -> String {
    folder.write("project/requirements.txt", requirement.as_bytes());
    let arguments = [
        "check",
        "--select",
        "deps/known-vulnerability",
        "--format",
        "jsonl",
        "project",
    ];
    let run = harden(folder, &arguments);
    assert!(run.code < Some(2), "{run:?}");
    run.out
}

fn entry(id: &str, package: &str, fixed: &str) -> Value {
    json!({
        "schema_version": "1.7.0",
        "id": id,
        "modified": "2026-11-20T10:00:00Z",
        "database_specific": {"severity": "HIGH"},
        "affected": [{
            "package": {"ecosystem": "PyPI", "name": package, "purl": format!("pkg:pypi/{package}")},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
        }],
    })
}

fn zipped(entries: &[Value]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        let name = format!("{}.json", entry["id"].as_str().unwrap());
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(entry.to_string().as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn bulk() -> Vec<u8> {
    let more = (0..40).map(|at| entry(&format!("GHSA-{at}"), &format!("package-{at}"), "2.0"));
    let mut all: Vec<Value> = more.collect();
    all.push(entry("GHSA-new", "newcomer", "1.5"));
    zipped(&all)
}

#[test]
fn the_age_of_what_is_known_is_always_said() {
    let folder = Folder::new(&[("project/requirements.txt", "httpx==0.28.1\ndjango==5.2.8\n")]);
    let run = harden(&folder, &["advisories", "status"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.out
            .contains("of 2024-10-10; PyPA advisory database, CC-BY 4.0"),
        "{}",
        run.out
    );
    assert!(
        run.out
            .contains("days old: what became known later is missing"),
        "{}",
        run.out
    );
    let run = harden(&folder, &["advisories", "status", "--format", "json"]);
    let status: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(
        (&status["old"], &status["complete"]),
        (&json!(true), &json!(false))
    );

    let run = harden(&folder, &["check", "--select", "deps", "project"]);
    let said =
        "2 dependencies were held against advisory data of 2024-10-10, more than 90 days old";
    assert!(run.out.contains(said), "{}", run.out);
    let run = harden(
        &folder,
        &["check", "--select", "deps", "--format", "json", "project"],
    );
    let whole: Value = serde_json::from_str(&run.out).unwrap();
    let advisories = &whole["advisories"];
    assert_eq!(advisories["date"], "2024-10-10");
    assert!(advisories["age_days"].as_i64().unwrap() > 700);
    assert_eq!(
        advisories["dependencies"],
        json!({"checked": 2, "unknown": 0})
    );
    // Where nothing was held against it, nothing is said.
    let folder = Folder::new(&[("app.py", "x = 1\n")]);
    assert!(!folder.run(&["check"]).out.contains("advisory"));
}

#[test]
fn a_folder_of_json_a_zip_and_a_checkout_are_read() {
    let folder = Folder::new(&[]);
    assert_eq!(found(&folder, "newcomer==1.0\n"), "");
    folder.write(
        "osv/a.json",
        entry("GHSA-new", "newcomer", "1.5").to_string().as_bytes(),
    );
    folder.write("osv/npm/b.json", b"{\"id\": \"x\", \"affected\": []}");
    folder.write("osv/broken.json", b"{\"id\": ");
    let run = harden(&folder, &["advisories", "import", "osv"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.out
            .starts_with("1 advisories on 1 packages, the newest of 2026-11-20"),
        "{}",
        run.out
    );
    assert!(
        run.err.contains("1 entries could not be read"),
        "{}",
        run.err
    );
    let told = found(&folder, "newcomer==1.0\ncryptography==46.0.4\n");
    assert!(
        told.contains("GHSA-new") && told.contains("OSV 2026-11-20"),
        "{told}"
    );
    // What comes with the program counts as well.
    assert!(told.contains("CVE-2026-26007"), "{told}");

    // As osv-scanner keeps it.
    folder.write("scanner/osv-scanner/PyPI/all.zip", &bulk());
    folder.write("scanner/osv-scanner/npm/all.zip", b"not looked at");
    let run = harden(&folder, &["advisories", "import", "scanner"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.out.starts_with("41 advisories on 41 packages"),
        "{}",
        run.out
    );
    let run = harden(&folder, &["advisories", "status"]);
    assert!(
        run.out
            .contains("imported: 41 ranges on 41 packages, of 2026-11-20; OSV"),
        "{}",
        run.out
    );

    folder.write(
        "checkout/vulns/newcomer/PYSEC-2026-1.yaml",
        b"id: PYSEC-2026-1\nmodified: '2026-10-01T00:00:00Z'\naffected:\n- package:\n    name: newcomer\n    ecosystem: PyPI\n  ranges:\n  - type: ECOSYSTEM\n    events:\n    - introduced: '0'\n    - fixed: 1.6.0\n",
    );
    folder.write("checkout/.github/dependabot.yml", b"version: 2\n");
    let run = harden(&folder, &["advisories", "import", "checkout"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{run:?}");
    let told = found(&folder, "newcomer==1.5\n");
    assert!(
        told.contains("PYSEC-2026-1") && told.contains("pypa/advisory-database 2026-10-01"),
        "{told}"
    );
}

#[test]
fn what_is_damaged_or_empty_changes_nothing() {
    let folder = Folder::new(&[]);
    folder.write("good.zip", &bulk());
    assert_eq!(
        harden(&folder, &["advisories", "import", "good.zip"]).code,
        Some(0)
    );
    let whole = bulk();
    let mut flipped = whole.clone();
    flipped[60] ^= 0xff;
    folder.write("truncated.zip", &whole[..whole.len() / 2]);
    folder.write("flipped.zip", &flipped);
    folder.write("empty.zip", &zipped(&[]));
    folder.write("nothing/readme.txt", b"");
    folder.write("other/a.json", b"{\"id\": \"x\", \"affected\": []}");
    for path in [
        "truncated.zip",
        "flipped.zip",
        "empty.zip",
        "nothing",
        "other",
        "missing",
    ] {
        let run = harden(&folder, &["advisories", "import", path]);
        assert_eq!(run.code, Some(2), "{path}: {run:?}");
        assert!(
            run.err.starts_with("harden: ") && run.err.contains(path),
            "{path}: {run:?}"
        );
        assert!(
            found(&folder, "newcomer==1.0\n").contains("GHSA-new"),
            "{path}"
        );
    }

    folder.write("cache/advisories.tsv", b"half a line");
    let run = harden(
        &folder,
        &["check", "--select", "deps/known-vulnerability", "project"],
    );
    assert!(
        run.err
            .contains("only the advisories that come with the program are used"),
        "{run:?}"
    );
    assert!(run.out.contains("data of 2024-10-10"), "{run:?}");
}

/// A server that gives one file by parts, and breaks off the first answer after so many bytes.
fn serve(file: Vec<u8>, cut: Option<usize>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/PyPI/all.zip", listener.local_addr().unwrap());
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = asked.clone();
    std::thread::spawn(move || {
        let mut cut = cut;
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let mut range = None;
            while let Some(Ok(line)) = lines.next() {
                if line.is_empty() {
                    break;
                }
                let lower = line.to_ascii_lowercase();
                if let Some(bytes) = lower.strip_prefix("range: bytes=") {
                    range = bytes.trim_end_matches('-').parse::<usize>().ok();
                }
            }
            log.lock().unwrap().push(format!("{range:?}"));
            let total = file.len();
            let (head, from) = match range {
                Some(from) if from < total => (
                    format!(
                        "206 Partial Content\r\nContent-Range: bytes {from}-{}/{total}",
                        total - 1
                    ),
                    from,
                ),
                _ => ("200 OK".into(), 0),
            };
            let body = &file[from..];
            let head = format!(
                "HTTP/1.1 {head}\r\nETag: \"one\"\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let sent = cut.take().unwrap_or(body.len()).min(body.len());
            // The other side may have hung up.
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(&body[..sent]);
        }
    });
    (url, asked)
}

#[test]
fn a_fetch_that_broke_goes_on_where_it_was() {
    let (url, asked) = serve(bulk(), Some(1000));
    let folder = Folder::new(&[]);
    let update = ["advisories", "update", "--url", &url];
    let run = harden(&folder, &update);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(
        run.err.contains("the same command goes on from there"),
        "{}",
        run.err
    );
    assert_eq!(found(&folder, "newcomer==1.0\n"), "");
    let run = harden(&folder, &update);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(*asked.lock().unwrap(), ["None", "Some(1000)"]);
    assert!(found(&folder, "newcomer==1.0\n").contains("GHSA-new"));
    let left: Vec<_> = std::fs::read_dir(folder.path("cache"))
        .unwrap()
        .flatten()
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn what_was_fetched_damaged_is_thrown_away() {
    let whole = bulk();
    let (url, asked) = serve(whole[..whole.len() / 2].to_vec(), None);
    let folder = Folder::new(&[]);
    for _ in 0..2 {
        let run = harden(&folder, &["advisories", "update", "--url", &url]);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(
            run.err.contains("thrown away, nothing was changed"),
            "{}",
            run.err
        );
    }
    assert_eq!(*asked.lock().unwrap(), ["None", "None"]);
    let run = harden(
        &folder,
        &[
            "advisories",
            "update",
            "--url",
            "http://127.0.0.1:1/all.zip",
        ],
    );
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("could not be fetched"), "{}", run.err);
}

#[test]
fn the_server_reads_what_was_imported_when_it_is_told_to() {
    let folder = Folder::new(&[(
        "osv/a.json",
        &entry("GHSA-new", "newcomer", "1.5").to_string(),
    )]);
    let root = folder.path("project");
    std::fs::create_dir(&root).unwrap();
    let mut client = Client::new(Server::process_with(folder.path("cache").to_str().unwrap()));
    client.greet(client.hello(&root, json!({})));
    let file = uri(&root.join("requirements.txt"));
    let codes = |diagnostics: &[Value]| {
        let codes = diagnostics
            .iter()
            .map(|one| one["code"].as_str().unwrap().to_owned());
        codes.collect::<Vec<_>>()
    };
    client.open(&file, "pip-requirements", 1, "newcomer==1.0\n");
    let before = codes(&client.diagnostics(&file, 1));
    assert!(
        !before.contains(&"deps/known-vulnerability".into()),
        "{before:?}"
    );
    assert_eq!(
        harden(&folder, &["advisories", "import", "osv"]).code,
        Some(0)
    );
    assert!(Path::new(&folder.path("cache/advisories.tsv")).exists());
    let command = json!({"command": "harden.reloadConfiguration", "arguments": []});
    client.request("workspace/executeCommand", command);
    let after = codes(&client.diagnostics(&file, 1));
    assert!(
        after.contains(&"deps/known-vulnerability".into()),
        "{after:?}"
    );
}

#[test]
fn the_editor_shows_the_repair_behind_the_version() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let file = uri(&folder.path().join("requirements.txt"));
    let text = "# 🙂\ncryptography==46.0.4\nhttpx==0.28.1\necdsa\n# harden: ignore[deps/known-vulnerability] told\necdsa==0.1\n";
    client.open(&file, "pip-requirements", 1, text);
    assert!(!client.diagnostics(&file, 1).is_empty());
    let hints = |client: &mut Client, first: u32, last: u32| {
        let range = json!({"start": {"line": first, "character": 0}, "end": {"line": last, "character": 0}});
        let params = json!({"textDocument": {"uri": file}, "range": range});
        let hints = client.request("textDocument/inlayHint", params);
        let hint = |hint: &Value| {
            (
                hint["position"].clone(),
                hint["label"].as_str().unwrap().to_owned(),
            )
        };
        hints
            .as_array()
            .unwrap()
            .iter()
            .map(hint)
            .collect::<Vec<_>>()
    };
    let all = hints(&mut client, 0, 9);
    let at = |line: u32, character: u32| json!({"line": line, "character": character});
    assert_eq!(
        all,
        [
            (at(1, 20), "→ 46.0.5".to_owned()),
            (at(3, 5), "→ no repair".to_owned())
        ]
    );
    assert_eq!(hints(&mut client, 2, 3).len(), 1);
}
