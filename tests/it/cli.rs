//! Running the binary in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A folder that is gone when the test is over.
#[derive(Debug)]
pub(crate) struct Folder {
    dir: TempDir,
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Folder {
    pub(crate) fn new(files: &[(&str, &str)]) -> Folder {
        let folder = Folder {
            dir: TempDir::new().unwrap(),
        };
        for (name, text) in files {
            folder.write(name, text.as_bytes());
        }
        folder
    }
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    pub(crate) fn read(&self, name: &str) -> String {
        String::from_utf8(std::fs::read(self.path(name)).unwrap()).unwrap()
    }
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        run_in(self.dir.path(), arguments)
    }
    /// The findings of `check` with these arguments.
    pub(crate) fn findings(&self, arguments: &[&str]) -> Vec<Value> {
        let run = self.run(&[&["check", "--format", "jsonl"], arguments].concat());
        assert!(run.code == Some(0) || run.code == Some(1), "{run:?}");
        run.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
    /// The names of the rules, in the order of the output.
    pub(crate) fn rules(&self, arguments: &[&str]) -> Vec<String> {
        let findings = self.findings(arguments);
        let name = |finding: &Value| finding["rule"].as_str().unwrap().to_owned();
        findings.iter().map(name).collect()
    }
}

/// A folder of caches that is not there: what the user has imported is no business of a test.
pub(crate) const NOWHERE: &str = "/nowhere/harden";

fn run_in(folder: &Path, arguments: &[&str]) -> Run {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_harden"))
        .args(arguments)
        .current_dir(folder)
        .env("HARDEN_CACHE_DIR", NOWHERE)
        .output()
        .unwrap();
    Run {
        code: status.code(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

/// A compose file with one secret that has a default, and one port on every interface.
pub(crate) const COMPOSE: &str = "services:
  init:
    image: acme/app:16
    environment:
      POSTGRES_PASSWORD: ${DB_PASSWORD:-swordf1}
";
/// A configuration of pytest with one finding, which has a safe fix.
pub(crate) const PYTEST: &str =
    "[pytest]\r\naddopts = -q --doctest-modules --strict-config -o xfail_strict=true\r\n";
