//! Locking with hashes runs a tool of the user's, when the user says so, and none from the workspace.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::cli::{Folder, Run};
use crate::client::{Client, uri};
use crate::server::Server;

/// A program that writes what it was asked for, as uv does.
const TOOL: &str = "#!/bin/sh\necho \"$0 $*\" > asked.txt\nwhile [ $# -gt 0 ]; do case $1 in --output-file) shift; printf 'httpx==0.28.1 \\\\\\n    --hash=sha256:00\\n' > \"$1\";; esac; shift; done\n";
const FAILS: &str = "#!/bin/sh\necho 'no such package' >&2\nexit 1\n";

fn program(folder: &Folder, name: &str, text: &str) {
    folder.write(name, text.as_bytes());
    let path = folder.path(name);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn paths(folder: &Folder, names: &[&str]) -> String {
    let own = names
        .iter()
        .map(|name| folder.path(name).display().to_string());
    let all: Vec<String> = own.chain(["/usr/bin".into(), "/bin".into()]).collect();
    all.join(":")
}

fn lock(folder: &Folder, path: &str) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_harden"))
        .arg("lock")
        .current_dir(folder.path("project"))
        .env("PATH", path)
        .output()
        .unwrap();
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn project() -> Folder {
    Folder::new(&[
        ("project/.git/HEAD", ""),
        ("project/requirements.txt", "httpx==0.28.1\n"),
    ])
}

#[test]
fn a_tool_of_the_user_locks() {
    let folder = project();
    program(&folder, "bin/uv", TOOL);
    let run = lock(&folder, &paths(&folder, &["bin"]));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.out
            .contains("requirements.lock: 1 packages with hashes, by uv"),
        "{}",
        run.out
    );
    let asked = folder.read("project/asked.txt");
    let wanted = "pip compile --generate-hashes --no-build ./requirements.txt --output-file requirements.lock";
    assert!(asked.contains(wanted), "{asked}");

    let folder = project();
    program(&folder, "bin/pip-compile", TOOL);
    let run = lock(&folder, &paths(&folder, &["bin"]));
    assert!(run.out.contains("by pip-compile"), "{run:?}");
}

#[test]
fn nothing_of_the_workspace_is_run() {
    let folder = project();
    program(&folder, "project/.venv/bin/uv", TOOL);
    // There may be one in the system's own folders.
    let path = format!("{}:.venv/bin", folder.path("project/.venv/bin").display());
    let run = lock(&folder, &path);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(
        run.err
            .contains("neither `uv` nor `pip-compile` is installed"),
        "{}",
        run.err
    );
    assert!(!Path::new(&folder.path("project/asked.txt")).exists());
}

#[test]
fn what_fails_leaves_the_lock_file() {
    let folder = project();
    program(&folder, "bin/uv", FAILS);
    folder.write("project/requirements.lock", b"before\n");
    let run = lock(&folder, &paths(&folder, &["bin"]));
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.err.contains("no such package"), "{}", run.err);
    assert_eq!(folder.read("project/requirements.lock"), "before\n");
}

#[test]
fn the_editor_offers_it_and_the_finding_goes() {
    let folder = project();
    program(&folder, "bin/uv", TOOL);
    let mut client = Client::new(Server::process_on(&paths(&folder, &["bin"])));
    let root = folder.path("project");
    client.greet(client.hello(&root, json!({})));
    let file = uri(&root.join("requirements.txt"));
    client.open(&file, "pip-requirements", 1, "httpx==0.28.1\n");
    let shown = client.diagnostics(&file, 1);
    assert_eq!(shown.len(), 1, "{shown:?}");
    let actions = client.actions(&file, &shown[0]["range"], &["quickfix"]);
    let offered = actions
        .iter()
        .find_map(|action| action["command"].as_object());
    let offered = offered.expect("a command").clone();
    assert_eq!(offered["command"], "harden.lockWithHashes");
    let done = client.request(
        "workspace/executeCommand",
        json!({"command": offered["command"], "arguments": offered["arguments"]}),
    );
    assert_eq!(
        (&done["locked"], &done["packages"]),
        (&json!(true), &json!(1)),
        "{done}"
    );
    assert!(client.diagnostics(&file, 1).is_empty());
}
