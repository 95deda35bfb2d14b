//! `harden fix`: what is written, and what is not.

use crate::cli::{COMPOSE, Folder, PYTEST};

#[test]
fn safe_fixes_are_written_and_twice_is_once() {
    let folder = Folder::new(&[("compose.yml", COMPOSE), ("pytest.ini", PYTEST)]);
    let run = folder.run(&["fix"]);
    assert_eq!(run.code, Some(0));
    assert!(run.out.contains("pytest.ini: 1 fixed"), "{run:?}");
    assert!(
        run.out.ends_with("(2 files checked)\n")
            && run.out.contains("1 fixed, 1 more with --unsafe-fixes"),
        "{run:?}"
    );
    let once = folder.read("pytest.ini");
    assert!(
        once.contains("--strict-markers")
            && once.matches("\r\n").count() == once.matches('\n').count()
    );
    assert_eq!(
        folder.read("compose.yml"),
        COMPOSE,
        "unsafe fixes are asked for"
    );
    assert!(folder.run(&["fix"]).out.starts_with("0 fixed, 1 more"));
    assert_eq!(folder.read("pytest.ini"), once);
}

#[test]
fn unsafe_fixes_are_written_when_asked_for() {
    let folder = Folder::new(&[("compose.yml", COMPOSE)]);
    let run = folder.run(&[
        "check",
        "--fix",
        "--unsafe-fixes",
        "--select",
        "compose/default-secret",
    ]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.contains("1 fixed, nothing found"), "{run:?}");
    assert!(folder.read("compose.yml").contains("${DB_PASSWORD:?"));
}

#[test]
fn a_diff_writes_nothing() {
    let folder = Folder::new(&[("compose.yml", COMPOSE), ("pytest.ini", PYTEST)]);
    for arguments in [
        &["fix", "--diff", "--unsafe-fixes"][..],
        &["check", "--fix", "--diff", "--unsafe-fixes"],
    ] {
        let run = folder.run(arguments);
        assert!(
            run.out.contains("--- a/pytest.ini\n+++ b/pytest.ini\n@@ "),
            "{run:?}"
        );
        assert!(run.out.contains("2 would be fixed"), "{run:?}");
        assert_eq!(folder.read("compose.yml"), COMPOSE);
        assert_eq!(folder.read("pytest.ini"), PYTEST);
    }
}

#[test]
fn a_byte_order_mark_stays() {
    let folder = Folder::new(&[]);
    folder.write("pytest.ini", b"\xef\xbb\xbf[pytest]\naddopts = -q\n");
    folder.run(&["fix"]);
    let text = folder.read("pytest.ini");
    assert!(
        text.starts_with("\u{feff}[pytest]") && text.contains("--strict-markers"),
        "{text:?}"
    );
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new(&[("real/pytest.ini", PYTEST)]);
    let real = folder.path("real/pytest.ini");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real/pytest.ini", folder.path("pytest.ini")).unwrap();
    let run = folder.run(&["fix", "pytest.ini"]);
    assert!(run.out.contains("1 fixed"), "{run:?}");
    assert!(
        folder
            .path("pytest.ini")
            .symlink_metadata()
            .unwrap()
            .is_symlink()
    );
    assert!(folder.read("real/pytest.ini").contains("--strict-markers"));
    assert_eq!(real.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    let left: Vec<_> = std::fs::read_dir(folder.path("real")).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is left aside");

    let folder = Folder::new(&[("pytest.ini", PYTEST), ("a/pytest.ini", PYTEST)]);
    let locked = folder.path("pytest.ini");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o444)).unwrap();
    let run = folder.run(&["fix"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.err
            .contains("pytest.ini: not fixed: the file is read-only"),
        "{run:?}"
    );
    assert_eq!(folder.read("pytest.ini"), PYTEST);
    assert!(
        folder.read("a/pytest.ini").contains("--strict-markers"),
        "the others go on"
    );
}
