//! `harden check`: exit codes, formats, what is read, what is never shown.

use serde_json::Value;

use crate::cli::{COMPOSE, Folder, PYTEST};

const SECRET: &str = "compose/default-secret";
const MARKERS: &str = "pytest/markers-not-strict";

#[test]
fn the_exit_code_says_what_was_found() {
    let folder = Folder::new(&[("compose.yml", COMPOSE), ("clean/a.py", "x = 1\n")]);
    let code = |arguments: &[&str]| folder.run(arguments).code;
    assert_eq!(code(&["check"]), Some(1));
    assert_eq!(code(&["check", "clean"]), Some(0));
    assert_eq!(code(&["check", "--exit-zero"]), Some(0));
    assert_eq!(code(&["check", "--fail-on", "critical"]), Some(1));
    assert_eq!(code(&["check", "--ignore", "compose"]), Some(0));
    assert_eq!(code(&["check", "--select", "pytest,file"]), Some(0));
    assert_eq!(code(&["check", "nowhere"]), Some(2));
    assert_eq!(code(&["check", "--select", "no/such"]), Some(2));
    assert_eq!(code(&["check", "--unsafe-fixes"]), Some(2));
    assert_eq!(code(&["chek"]), Some(2));
    let folder = Folder::new(&[("pytest.ini", PYTEST)]);
    assert_eq!(folder.run(&["check", "--fail-on", "high"]).code, Some(0));
    assert_eq!(
        folder.run(&["check", "--min-severity", "high"]).code,
        Some(0)
    );
}

#[test]
fn an_unknown_rule_is_answered_with_the_nearest() {
    let folder = Folder::new(&[]);
    let run = folder.run(&["check", "--select", "compose/defualt-secret"]);
    assert!(
        run.err.contains("did you mean `compose/default-secret`?"),
        "{run:?}"
    );
    let run = folder.run(&["explain", "default-secret"]);
    assert!(
        run.err.contains("did you mean `compose/default-secret`?"),
        "{run:?}"
    );
}

#[test]
fn the_json_format_is_as_scripts_know_it() {
    let folder = Folder::new(&[(
        "a b/compose.yml",
        &format!("# é🦀\r\n{}", COMPOSE.replace('\n', "\r\n")),
    )]);
    let run = folder.run(&["check", "--format", "json"]);
    let whole: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(whole["files"]["checked"], 1);
    assert_eq!(whole["files"]["unread"], serde_json::json!([]));
    assert!(whole["advisories"].is_object());
    let finding = &whole["findings"][0];
    let keys: Vec<&String> = finding.as_object().unwrap().keys().collect();
    let mut wanted = vec![
        "also",
        "area",
        "file",
        "fingerprint",
        "fixes",
        "message",
        "range",
        "related",
        "rule",
        "severity",
    ];
    wanted.sort_unstable();
    assert_eq!(keys, wanted);
    assert_eq!(finding["file"], "a b/compose.yml");
    assert_eq!(finding["rule"], SECRET);
    assert_eq!(finding["severity"], "critical");
    assert_eq!(finding["range"]["start"]["line"], 6);
    let line = "      POSTGRES_PASSWORD: ${DB_PASSWORD:-swordf1}";
    let column = line.find("swordf1").unwrap() + 1;
    assert_eq!(finding["range"]["start"]["column"], column);
    assert_eq!(finding["range"]["end"]["column"], column + 7);
    let fix = &finding["fixes"][0];
    assert_eq!(fix["safety"], "unsafe");
    assert_eq!(fix["preferred"], true);
    assert_eq!(fix["edits"][0]["create"], false);
    assert!(fix["edits"][0]["range"]["start"]["line"].is_number());
    assert_eq!(
        folder.findings(&[])[0],
        *finding,
        "jsonl is the same, a line each"
    );
}

#[test]
fn paths_are_relative_to_the_folder_that_was_named() {
    let folder = Folder::new(&[("a/b/compose.yml", COMPOSE)]);
    let file = |arguments: &[&str]| folder.findings(arguments)[0]["file"].clone();
    assert_eq!(file(&[]), "a/b/compose.yml");
    assert_eq!(file(&["a"]), "b/compose.yml");
    assert_eq!(file(&["./a/../a/b"]), "compose.yml");
    assert_eq!(file(&["a/b/compose.yml"]), "a/b/compose.yml");
    assert_eq!(file(&["a/b", "a"]), "a/b/compose.yml");
    assert_eq!(
        folder.findings(&["a/b", "a", "a/b/compose.yml"]).len(),
        folder.findings(&[]).len()
    );
}

#[test]
fn fingerprints_follow_the_text_and_not_the_line() {
    let folder = Folder::new(&[("compose.yml", COMPOSE)]);
    let print = |folder: &Folder| folder.findings(&["--select", SECRET])[0]["fingerprint"].clone();
    let before = print(&folder);
    folder.write("compose.yml", format!("\n# more\n{COMPOSE}").as_bytes());
    assert_eq!(print(&folder), before);
    let text = |from: &str, to: &str| COMPOSE.replace(from, to).into_bytes();
    folder.write("compose.yml", &text("DB_PASSWORD", "OTHER_PASSWORD"));
    assert_ne!(print(&folder), before);
    // A hash of a password tells it to whoever guesses it.
    folder.write("compose.yml", &text("swordf1", "hunter3"));
    assert_eq!(print(&folder), before);
    let twice = COMPOSE.replace(
        "    environment:\n",
        "    environment:\n      MYSQL_PASSWORD: ${B:-swordf1}\n",
    );
    folder.write("compose.yml", twice.as_bytes());
    let both = folder.findings(&["--select", SECRET]);
    assert_ne!(both[0]["fingerprint"], both[1]["fingerprint"]);
}

#[test]
fn secrets_are_never_shown() {
    let beside = COMPOSE.to_owned() + "      OTHER: swordf1\n";
    for text in [
        COMPOSE.to_owned(),
        beside,
        // Silenced, yet next to one that is shown.
        COMPOSE.to_owned()
            + "      # harden: ignore[compose]\n      MYSQL_PASSWORD: ${B:-swordfish}\n",
    ] {
        let folder = Folder::new(&[("compose.yml", text.as_str())]);
        for arguments in [
            &["check"][..],
            &["check", "--format", "json"],
            &["check", "--format", "jsonl"],
            &["check", "--format", "sarif"],
            &["check", "--format", "github"],
            &["check", "--format", "gitlab"],
            &["check", "--format", "junit"],
            &["check", "--diff", "--unsafe-fixes"],
            &["fix", "--diff", "--unsafe-fixes"],
        ] {
            let run = folder.run(arguments);
            for secret in ["swordf1", "swordfish"] {
                assert!(
                    !run.out.contains(secret) && !run.err.contains(secret),
                    "{arguments:?}: {run:?}"
                );
            }
        }
        assert!(folder.run(&["check"]).out.contains("•••"));
    }
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_goes_on() {
    let folder = Folder::new(&[
        ("compose.yml", COMPOSE),
        ("long.py", &"x = 1\n".repeat(100_001)),
    ]);
    folder.write("latin.py", b"x = '\xe9'\n");
    folder.write("wide.py", b"\xff\xfex\0");
    folder.write("large.py", &vec![b'#'; (4 << 20) + 1]);
    folder.write(
        "bom.ini/pytest.ini",
        b"\xef\xbb\xbf[pytest]\naddopts = -q\n",
    );
    let run = folder.run(&["check", "--format", "json"]);
    assert_eq!(run.code, Some(1));
    let whole: Value = serde_json::from_str(&run.out).unwrap();
    let found: Vec<(&str, &str)> = whole["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            (
                finding["file"].as_str().unwrap(),
                finding["rule"].as_str().unwrap(),
            )
        })
        .collect();
    for wanted in [
        ("bom.ini/pytest.ini", MARKERS),
        ("compose.yml", SECRET),
        ("large.py", "file/too-large"),
        ("latin.py", "file/unreadable"),
        ("long.py", "file/too-large"),
        ("wide.py", "file/unreadable"),
    ] {
        assert!(found.contains(&wanted), "{wanted:?} is not among {found:?}");
    }
    let unread = whole["files"]["unread"].as_array().unwrap();
    assert_eq!(unread.len(), 4);
    assert!(run.out.contains("Latin-1") && run.out.contains("UTF-16"));
}

#[test]
fn what_git_ignores_is_not_read_unless_named() {
    let folder = Folder::new(&[
        (".gitignore", "/skipped\n"),
        ("skipped/compose.yml", COMPOSE),
        ("node_modules/a/compose.yml", COMPOSE),
        ("env/pyvenv.cfg", ""),
        ("env/lib/compose.yml", COMPOSE),
        (".devcontainer/compose.yml", COMPOSE),
    ]);
    let files = |arguments: &[&str]| -> Vec<Value> {
        let arguments = [arguments, &["--select", SECRET]].concat();
        folder
            .findings(&arguments)
            .iter()
            .map(|f| f["file"].clone())
            .collect()
    };
    assert_eq!(files(&[]), [".devcontainer/compose.yml"]);
    assert_eq!(files(&["skipped/compose.yml"]), ["skipped/compose.yml"]);
    assert_eq!(files(&["node_modules"]), ["a/compose.yml"]);
    let run = folder.run(&["check", ".gitignore", "--ignore", "secrets"]);
    assert!(run.err.contains(".gitignore: no rule reads"), "{run:?}");
}

#[test]
fn the_text_shows_the_place_and_ends_with_what_can_be_done() {
    let folder = Folder::new(&[("compose.yml", COMPOSE), ("pytest.ini", PYTEST)]);
    let run = folder.run(&["check"]);
    assert!(
        run.out.contains("critical[compose/default-secret]"),
        "{}",
        run.out
    );
    assert!(run.out.contains("--> compose.yml:5:"), "{}", run.out);
    assert!(
        run.out.contains("(unsafe fix)") && run.out.contains("(safe fix)"),
        "{}",
        run.out
    );
    assert!(
        !run.out.contains('\u{1b}'),
        "colour without a terminal: {}",
        run.out
    );
    let end: Vec<&str> = run.out.lines().rev().take(2).collect();
    assert!(end[1].contains("in 2 files: 1 critical"), "{end:?}");
    assert!(
        end[0].contains("1 fixable with `harden fix`") && end[0].contains("--unsafe-fixes"),
        "{end:?}"
    );
}

#[test]
fn one_long_line_is_no_trouble() {
    let long = format!(
        "services:\n  a:\n    image: b\n    environment: [\"POSTGRES_PASSWORD=${{A:-x{}y}}\"]\n",
        "ü".repeat(900_000)
    );
    let folder = Folder::new(&[("compose.yml", &long)]);
    let run = folder.run(&["check"]);
    assert!(run.code == Some(0) || run.code == Some(1), "{:?}", run.err);
    assert!(run.out.len() < 4000, "{}", run.out.len());
}

#[test]
fn rules_and_their_documentation_are_listed() {
    let folder = Folder::new(&[]);
    let run = folder.run(&["rules", "--format", "json"]);
    let rules: Vec<Value> = serde_json::from_str(&run.out).unwrap();
    let secret = rules.iter().find(|rule| rule["name"] == SECRET).unwrap();
    assert_eq!(secret["severity"], "critical");
    assert_eq!(secret["fix"], "unsafe");
    assert!(secret["also"].is_array() && secret["minutes"].is_number());
    for rule in &rules {
        let name = rule["name"].as_str().unwrap();
        let run = folder.run(&["explain", name]);
        assert!(run.out.starts_with(&format!("# {name}\n")), "{run:?}");
    }
    assert!(
        folder
            .run(&["rules", "--format", "markdown"])
            .out
            .contains("| `compose/default-secret` |")
    );
    assert!(folder.run(&["completions", "bash"]).out.contains("harden"));
}

#[test]
fn a_dockerfile_may_have_any_name_that_compose_gives_it() {
    let compose = "services:\n  web:\n    build: { context: ., dockerfile: images/web.build }\n";
    let folder = Folder::new(&[
        ("compose.yml", compose),
        ("images/web.build", "FROM python:3.12\nCMD [\"python\"]\n"),
        ("images/other.build", "FROM python:3.12\nCMD [\"python\"]\n"),
    ]);
    let run = folder.run(&["check", "--exit-zero"]);
    assert!(run.out.contains("in 3 files"), "{run:?}");
    let run = folder.run(&["check", "--exit-zero", "--ignore", "secrets"]);
    assert!(run.out.contains("in 2 files"), "{run:?}");
}

#[test]
fn files_that_are_no_text_are_left_alone_without_a_word() {
    let folder = Folder::new(&[("notes.md", "Nothing here.\n")]);
    folder.write("data.dump", b"\0\x01\xff binary");
    folder.write("alt.txt", b"gr\xfc\xdfe");
    folder.write("big.log", &b"line\n".repeat(1 << 20));
    let run = folder.run(&["check"]);
    assert_eq!(
        (run.code, run.out.as_str(), run.err.as_str()),
        (Some(0), "nothing found in 1 file\n", "")
    );
    let run = folder.run(&["check", "alt.txt"]);
    assert!(run.out.contains("looks like Latin-1"), "{run:?}");
    // One that rules read is told of.
    folder.write(".env", b"NAME=gr\xfc\xdfe\n");
    let run = folder.run(&["check"]);
    assert!(run.out.contains("file/unreadable"), "{run:?}");
}

#[test]
fn a_token_is_shown_by_no_output() {
    let token = ["sk_", "live_", "4eC39HqLyjWDarjtT1zdp7dc"].concat();
    let folder = Folder::new(&[("src/pay.ts", &format!("const key = '{token}';\n"))]);
    for format in [
        "text", "json", "jsonl", "sarif", "github", "gitlab", "junit",
    ] {
        let run = folder.run(&["check", "--format", format]);
        assert_eq!(run.code, Some(1), "{format}: {run:?}");
        assert!(
            run.out.contains("a Stripe key") && !run.out.contains(&token),
            "{format}: {run:?}"
        );
    }
}

#[test]
fn a_new_secret_is_made_when_it_is_written_and_shown_nowhere() {
    let folder = Folder::new(&[(".env", "JWT_SECRET=topsecret\n"), (".gitignore", ".env\n")]);
    let once = folder.run(&["check", "--format", "json"]);
    assert_eq!(
        once.out,
        folder.run(&["check", "--format", "json"]).out,
        "reproducible"
    );
    assert!(
        once.out.contains("\"redacted\": true") || once.out.contains("\"redacted\":true"),
        "{once:?}"
    );
    folder.run(&["fix", "--unsafe-fixes"]);
    let made = folder.read(".env");
    assert_eq!(made.len(), "JWT_SECRET=".len() + 43 + 1, "{made}");
    folder.run(&["fix", "--unsafe-fixes"]);
    assert_eq!(folder.read(".env"), made, "twice is once");
}

#[test]
fn git_is_asked_whether_it_has_the_file_already() {
    let secret = "JWT_SECRET=Zk3vY1qXwR8tLm5NpB7cD9fGhJ2sKaQe0uTiOyVxWzA\n";
    let folder = Folder::new(&[("app/.env", secret), ("app/main.py", "x = 1\n")]);
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.current_dir(folder.path("")).args(arguments);
        command.output().is_ok_and(|output| output.status.success())
    };
    let told = || folder.findings(&["--select", "env/not-ignored"]);
    if !git(&["init", "-q"]) {
        return;
    }
    assert!(
        told()[0]["message"]
            .as_str()
            .unwrap()
            .starts_with("No `.gitignore`")
    );
    assert!(git(&["add", "-f", "."]));
    assert!(
        told()[0]["message"]
            .as_str()
            .unwrap()
            .starts_with("Git tracks")
    );
    folder.run(&["fix"]);
    assert_eq!(folder.read("app/.gitignore"), ".env\n");
    assert!(told().is_empty());
}
