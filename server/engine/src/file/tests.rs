//! What files are, by their names and their texts.

use super::*;

fn read(path: &str, text: &str, siblings: &[&str]) -> Option<(Kind, Stage, bool)> {
    let siblings: Vec<String> = siblings.iter().map(|name| (*name).to_string()).collect();
    File::classify(Path::new(path), text, &siblings).map(|file| (file.kind, file.stage, file.test))
}

#[test]
fn names_decide_first() {
    let stage = |path: &str| read(path, "", &[]).map(|(_, stage, _)| stage);
    for path in [
        "docker-compose.yml",
        "compose.yaml",
        "a/docker-compose.prod.yml",
        "docker-compose-staging.yaml",
        "docker-compose.contest.yml",
        "compose.prod.override.yml",
        "/home/me/tests/docker-compose.yml",
        "backup/docker-compose.yml",
        "contests/docker-compose.yml",
    ] {
        assert_eq!(stage(path), Some(Stage::Production), "{path}");
    }
    for path in [
        "docker-compose.dev.yml",
        "docker-compose.override.yml",
        "compose_local.yaml",
        "docker-compose-e2e.yml",
        "docker-compose.prod.example.yml",
        ".devcontainer/docker-compose.yml",
        "tests/end-to-end/docker-compose.yaml",
        "docs/guide/compose.yml",
        "Examples/web/docker-compose.prod.yml",
    ] {
        assert_eq!(stage(path), Some(Stage::Development), "{path}");
    }
    assert_eq!(read("composer.yml", "", &[]), None);
}

#[test]
fn a_base_has_a_production_file_beside_it() {
    let stage = |siblings: &[&str]| read("docker-compose.yml", "", siblings).map(|f| f.1);
    assert_eq!(stage(&["docker-compose.prod.yml"]), Some(Stage::Base));
    assert_eq!(stage(&["compose.production.yaml"]), Some(Stage::Base));
    assert_eq!(stage(&["Dockerfile.prod"]), Some(Stage::Production));
}

#[test]
fn content_decides_where_the_name_does_not() {
    let services = "services:\n  # the site\n  web:\n    image: nginx\n";
    assert!(read("stack.yml", services, &[]).is_some());
    assert!(
        read(
            "ci.yml",
            "jobs:\n  a:\n    services:\n      b:\n        image: c\n",
            &[]
        )
        .is_none()
    );
    assert!(read(".gitlab-ci.yml", "services:\n  - docker:dind\n", &[]).is_none());
    assert!(
        read(
            "docker-compose.yml",
            "services:\n  {{ name }}:\n    image: a\n",
            &[]
        )
        .is_none()
    );
    let script = "services:\n  a:\n    command: |\n      {{ range }}\n    image: a\n";
    assert!(read("docker-compose.yml", script, &[]).is_some());
    assert!(
        read(
            "docker-compose.yml",
            "services:\n  a:\n    hostname: \"{{.Node.Hostname}}\"\n",
            &[]
        )
        .is_some()
    );
}

#[test]
fn requirements_and_environments_are_known_by_name() {
    let kind = |path: &str| read(path, "", &[]).map(|(kind, ..)| kind);
    for path in [
        "requirements.txt",
        "Requirements_dev.txt",
        "dev-requirements.txt",
        "requirements/base.txt",
        "requirements.lock",
        "constraints-3.12.txt",
    ] {
        assert_eq!(kind(path), Some(Kind::Requirements), "{path}");
    }
    for path in [
        ".env",
        ".env.production",
        "deploy/web.env",
        ".env.local.example",
    ] {
        assert_eq!(kind(path), Some(Kind::Dotenv), "{path}");
    }
    for path in [
        "notes.txt",
        "yarn.lock",
        ".envrc",
        ".env.js",
        "env",
        "a.env.txt",
    ] {
        assert_eq!(kind(path), None, "{path}");
    }
}

#[test]
fn lock_files_are_known_by_name() {
    let kind = |path: &str| read(path, "", &[]).map(|(kind, ..)| kind);
    for path in [
        "uv.lock",
        "a/poetry.lock",
        "pdm.lock",
        "pylock.toml",
        "pylock.dev.toml",
    ] {
        assert_eq!(kind(path), Some(Kind::Lock), "{path}");
    }
    assert_eq!(kind("Pipfile.lock"), Some(Kind::PipfileLock));
    assert_eq!(kind("package-lock.toml"), None);
}

#[test]
fn packages_and_reports_are_known_by_name() {
    let kind = |path: &str| read(path, "", &[]).map(|(kind, ..)| kind);
    assert_eq!(kind("web/package.json"), Some(Kind::PackageJson));
    for path in ["coverage.xml", "out/cobertura.xml"] {
        assert_eq!(kind(path), Some(Kind::CoverageXml), "{path}");
    }
    for path in [
        "package-lock.json",
        "composer.json",
        "pom.xml",
        "coverage.json",
    ] {
        assert_eq!(kind(path), None, "{path}");
    }
}

#[test]
fn dockerfiles_are_known_by_name() {
    let stage = |path: &str| read(path, "FROM a\n", &[]).map(|(kind, stage, _)| (kind, stage));
    for path in [
        "Dockerfile",
        "a/dockerfile",
        "Dockerfile.prod",
        "Dockerfile.slim",
        "api.Dockerfile",
        "api.dockerfile",
        "Containerfile",
        "Containerfile.api",
    ] {
        let wanted = Some((Kind::Dockerfile, Stage::Production));
        assert_eq!(stage(path), wanted, "{path}");
    }
    for path in [
        "Dockerfile.dev",
        "test.Dockerfile",
        ".devcontainer/Dockerfile",
    ] {
        let wanted = Some((Kind::Dockerfile, Stage::Development));
        assert_eq!(stage(path), wanted, "{path}");
    }
    for path in [".dockerignore", "Dockerfile.dockerignore"] {
        let kind = read(path, "", &[]).map(|(kind, ..)| kind);
        assert_eq!(kind, Some(Kind::Dockerignore), "{path}");
    }
    for path in ["redis.conf", "db/postgresql.conf"] {
        let kind = read(path, "", &[]).map(|(kind, ..)| kind);
        assert_eq!(kind, Some(Kind::ServerConf), "{path}");
    }
    for path in [
        "nginx.conf",
        "Dockerfile.j2",
        "mydockerfile",
        "Dockerfile-lint",
    ] {
        assert_eq!(stage(path), None, "{path}");
    }
    let kind = |text: &str| read("Dockerfile", text, &[]).is_some();
    assert!(!kind("{% if a %}\nFROM a\n"));
    assert!(!kind("FROM {{ base }}\nRUN b\n"));
    assert!(!kind("FROM a\nCOPY {{ name }} /srv/{{ name }}\n"));
    assert!(kind("FROM a\nRUN docker ps --format '{{.ID}}'\n"));
}

#[test]
fn tests_are_known_by_folder_and_name() {
    let test = |path: &str| read(path, "", &[]).map(|(_, _, test)| test);
    for path in [
        "tests/a.py",
        "pkg/test/a.py",
        "test_a.py",
        "a_test.py",
        "conftest.py",
    ] {
        assert_eq!(test(path), Some(true), "{path}");
    }
    for path in ["a.py", "contest.py", "/tests/project/a.py", "latest/a.py"] {
        assert_eq!(test(path), Some(false), "{path}");
    }
}
