//! Command lines that start servers: half-typed ones, and every fix that is offered.

use std::path::Path;
use std::sync::Arc;

use harden_engine::batch;
use harden_engine::check::Rules;
use harden_engine::document::Engine;
use harden_engine::file::File;
use harden_engine::project::{Texts, Workspace};
use harden_engine::rule::{Finding, Fix, Piece, Policy};

const DOCKERFILES: &[&str] = &[
    "FROM a\nCMD [\"uvicorn\", \"--reload\", \"app:app\", \"--port\", \"80\", \"--workers\", \"1\"]\n",
    "FROM a\nENTRYPOINT [\"uvicorn\"]\nCMD [\"--port=80\", \"--reload\", \"app:app\", \"--reload-dir\", \"/é\"]\n",
    "FROM a\nENTRYPOINT [\"uvicorn\", \"app:app\"]\nCMD [\"--reload\"]\n",
    "FROM a\nCMD alembic upgrade head && exec uvicorn app:app \\\n  # 😀\n  --host $HOST --port \"${PORT:-80}\"\n",
    "FROM a\nCMD [\"bash\", \"-c\", \"cd src && uvicorn app:app --host 0.0.0.0 --port ${PORT}\"]\n",
    "FROM a\nENTRYPOINT [\"bash\", \"-c\"]\nCMD [\"uvicorn app:app --port 80\"]\n",
    "FROM a\nENV FLASK_APP=hello\nCMD [\"flask\", \"run\", \"-h\", \"0.0.0.0\"]\n",
    "FROM a\nCMD [\"./manage.py\", \"runserver\"]\n",
    "FROM a\nCMD python -u manage.py runserver 8000 --noreload\n",
    "FROM a\nCMD [\"python\", \"main.py\"]\n",
    "FROM a\nCMD [\"fastapi\", \"dev\", \"main.py\", \"--host\", \"::\"]\n",
    "FROM a\nCMD uvicorn app:app --host :: --port 80 > /dev/stdout\n",
];

const COMPOSE: &[&str] = &[
    "services:\n  a:\n    image: a\n    command: uvicorn app:app --host 0.0.0.0 --port $$PORT # why\n    restart: always\n",
    "services:\n  a:\n    image: a\n    command: \"uvicorn app:app --reload --workers=2\"\n",
    "services:\n  a:\n    image: a\n    command: ['uvicorn', --reload, 'app:app', '--port', '80']\n",
    "services:\n  a:\n    image: a\n    command:\n    - uvicorn\n    - --port\n    - \"80\" # é\n    - app:app\n    - --reload",
    "services:\n  a:\n    image: a\n    command:\n      - sh\n      - -c\n      - |\n        set -e\n        uvicorn app:app --host 0.0.0.0 \\\n          --port 80\n",
    "services:\n  a:\n    image: a\n    command: bash -c \"a && uvicorn app:app --port ${PORT:-80}\"\n",
    "services:\n  a:\n    image: a\n    command: >-\n      bash -c 'a &&\n      uvicorn app:app'\n",
    "services: {a: {image: a, command: [uvicorn, \"app:app\"], cpus: 2}}\n",
    "x-c: &c [uvicorn, \"app:app\"]\nservices:\n  a:\n    image: a\n    command: *c\n",
];

fn findings(name: &str, text: &str) -> (Vec<Finding>, Arc<File>, Workspace) {
    let others = [
        ("requirements.txt", "uvicorn\n"),
        (
            "hello.py",
            "from flask import Flask\napp = Flask(__name__)\n",
        ),
        (
            "manage.py",
            "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings')\n",
        ),
        ("site/wsgi.py", ""),
        (
            "main.py",
            "import uvicorn\nfrom x import app\nuvicorn.run(app, host='0.0.0.0')\n",
        ),
    ];
    let files = others.iter().copied().chain([(name, text)]);
    let workspace = Workspace::new(files.collect::<Texts>());
    let rules =
        harden_engine::rules::all().filter(|rule| rule.name.ends_with("single-worker-server"));
    let engine = Engine::new(Rules::new(rules), Policy::default());
    let file = Arc::new(File::classify(Path::new(name), text, &[]).unwrap());
    let found = batch::check(&engine, &workspace, &file, text).0;
    assert_eq!(engine.rules.panicked(), [""; 0], "{text:?}");
    (found, file, workspace)
}

/// The text with a fix; its edits must not overlap.
fn with(text: &str, fix: &Fix) -> String {
    let mut edits: Vec<_> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| edit.place.span);
    let mut made = String::new();
    let mut at = 0;
    for edit in edits {
        let span = edit.place.span.range();
        assert!(span.start >= at, "edits overlap in {text:?}: {fix:?}");
        made += &text[at..span.start];
        for piece in &edit.text {
            match piece {
                Piece::Text(piece) => made += piece,
                _ => panic!("a command line knows no names"),
            }
        }
        at = span.end;
    }
    made + &text[at..]
}

fn texts() -> impl Iterator<Item = (&'static str, String)> {
    let docker = DOCKERFILES.iter().map(|text| ("Dockerfile", *text));
    let compose = COMPOSE.iter().map(|text| ("compose.yml", *text));
    let all = docker
        .chain(compose)
        .map(|(name, text)| (name, text.to_owned()));
    let crlf = |(name, text): &(&'static str, String)| (*name, text.replace('\n', "\r\n"));
    let all: Vec<_> = all.collect();
    all.clone()
        .into_iter()
        .chain(all.iter().map(crlf).collect::<Vec<_>>())
}

#[test]
fn every_fix_that_is_offered_removes_its_finding() {
    for (name, text) in texts() {
        let (found, ..) = findings(name, &text);
        assert_eq!(found.len(), 1, "{text:?}: {found:?}");
        let finding = &found[0];
        assert!(!finding.fixes.is_empty(), "{text:?}");
        for fix in &finding.fixes {
            if fix.disabled.is_some() {
                assert!(fix.edits.is_empty());
                continue;
            }
            let made = with(&text, fix);
            let (left, ..) = findings(name, &made);
            let same = left.iter().any(|left| left.message == finding.message);
            assert!(!same, "{}: {text:?} became {made:?}", fix.title);
            for comment in ["# why", "# é", "# 😀"] {
                assert_eq!(made.contains(comment), text.contains(comment), "{made:?}");
            }
            let breaks = |text: &str| text.matches('\n').count() - text.matches("\r\n").count();
            let lone = text.contains("\r\n")
                && !fix
                    .edits
                    .iter()
                    .any(|edit| format!("{edit:?}").contains("\\n"));
            assert!(!lone || breaks(&made) == 0, "{made:?}");
        }
    }
}

#[test]
fn half_a_command_is_read_to_its_end() {
    for (name, text) in texts() {
        let cuts = text.char_indices().map(|(at, _)| at);
        for cut in cuts {
            for rest in ["", "\"", "\n", "]\n"] {
                let text = format!("{}{rest}", &text[..cut]);
                let Some(_) = File::classify(Path::new(name), &text, &[]) else {
                    continue;
                };
                let (found, ..) = findings(name, &text);
                for fix in found.iter().flat_map(|finding| &finding.fixes) {
                    with(&text, fix);
                }
            }
        }
    }
}
