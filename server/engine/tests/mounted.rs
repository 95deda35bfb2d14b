//! A mount over what an image has: what is said of it follows the Dockerfile and the other compose files, and nobody else is
//! asked again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use harden_engine::check::Rules;
use harden_engine::chunk::Chunks;
use harden_engine::document::{Analysis, Engine};
use harden_engine::file::File;
use harden_engine::fix::{View, render};
use harden_engine::project::{Content, Files, Texts, Workspace};
use harden_engine::rule::{Finding, Fix, Policy, Severity};
use harden_engine::rules;
use harden_engine::work::Work;
use ropey::Rope;

const COMPOSE: &str = "\
services:
  web:
    build: ./web
    volumes:
      - ./web:/srv
  api:
    build: ./api
    volumes:
      - ./api:/app
";
const WEB: &str = "FROM node:22\nRUN npm ci\nWORKDIR /srv/site\nCOPY . .\n";
const API: &str = "FROM python:3.12\nWORKDIR /app\nCOPY . .\n";

/// A project, one file of which is open.
struct Desk {
    engine: Engine,
    project: Workspace,
    text: String,
    chunks: Chunks,
    analysis: Analysis,
}

fn texts(files: &[(&str, &str)]) -> Texts {
    files.iter().copied().collect()
}

fn desk(files: impl Files + 'static, open: &str) -> Desk {
    let path = Path::new(open);
    let Content::Text(text) = files.text(path) else {
        panic!("{open} is no text");
    };
    let siblings: Vec<String> = files
        .folder(Path::new(""))
        .unwrap()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let file = Arc::new(File::classify(path, &text, &siblings).unwrap());
    let rules = Rules::new(rules::find("compose/source-mount"));
    let engine = Engine::new(rules, Policy::default());
    let mut desk = Desk {
        chunks: Chunks::cut(file.kind.language(), &text, &mut Work::default()),
        analysis: Analysis::new(&engine, file),
        project: Workspace::new(files),
        text: text.to_string(),
        engine,
    };
    desk.look();
    desk
}

impl Desk {
    /// Bring the open file up to what the others say: how often a rule was asked.
    fn look(&mut self) -> usize {
        self.analysis.work = Work::default();
        let (engine, chunks) = (&self.engine, self.chunks.list());
        self.analysis
            .update(engine, &self.project, self.text.as_str(), chunks);
        self.analysis.work.rule_calls
    }

    /// Another file says something else, in a buffer that nobody saved.
    fn hold(&self, path: &str, text: &str) -> bool {
        let file = Arc::new(File::classify(Path::new(path), text, &[]).unwrap());
        let chunks = Chunks::cut(file.kind.language(), text, &mut Work::default());
        let mut other = Analysis::new(&self.engine, file.clone());
        other.update(&self.engine, &self.project, text, chunks.list());
        self.project.hold(
            Path::new(path),
            file,
            other.parts().collect(),
            Rope::from_str(text),
        )
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings = self.analysis.findings();
        findings.retain(|finding| finding.rule.name == "compose/source-mount");
        findings
    }

    /// What is said of each, and where in other files it points to: the chunk's number and the text.
    fn shown(&self) -> Vec<String> {
        let findings = self.findings().into_iter();
        findings
            .map(|finding| finding.message.split(". ").next().unwrap().to_owned())
            .collect()
    }

    fn related(&self, text: &str) -> Vec<(PathBuf, String)> {
        let findings = self.findings();
        let related = findings.iter().flat_map(|finding| &finding.related);
        let elsewhere = related.filter_map(|related| Some((related.file.clone()?, &related.place)));
        elsewhere
            .map(|(file, place)| {
                let kind = harden_engine::file::Kind::Dockerfile;
                let chunks = Chunks::cut(kind.language(), text, &mut Work::default());
                let harden_engine::rule::Owner::Nth(at) = place.owner else {
                    panic!("{place:?}");
                };
                let start = chunks.list()[at as usize].start;
                (file, text[place.span.shifted(start).range()].to_owned())
            })
            .collect()
    }
}

fn both() -> Texts {
    texts(&[
        ("docker-compose.yml", COMPOSE),
        ("web/Dockerfile", WEB),
        ("web/index.js", ""),
        ("api/Dockerfile", API),
        ("api/main.py", ""),
    ])
}

#[test]
fn a_workdir_that_changes_asks_again_who_builds_it() {
    let mut desk = desk(both(), "docker-compose.yml");
    let (web, api) = (
        "`./web` hides what the image of `web` has in `/srv/site`",
        "`./api` hides what the image of `api` has in `/app`",
    );
    assert_eq!(desk.shown(), [web, api]);
    assert_eq!(desk.look(), 0);
    // The first to read it.
    desk.hold("web/Dockerfile", WEB);
    assert_eq!(desk.look(), 0, "nothing new");

    let moved = WEB.replace("/srv/site", "/srv/other");
    assert!(desk.hold("web/Dockerfile", &moved));
    assert_eq!(desk.look(), 1);
    assert_eq!(desk.shown(), [&*web.replace("site", "other"), api]);
    let web_file = PathBuf::from("web/Dockerfile");
    assert!(
        desk.related(&moved)
            .contains(&(web_file.clone(), "/srv/other".into()))
    );

    // An instruction above: the same folder, in the next chunk.
    let lower = moved.replace("RUN", "ENV A=1\nRUN");
    assert!(desk.hold("web/Dockerfile", &lower));
    assert_eq!(desk.look(), 1);
    assert!(
        desk.related(&lower)
            .contains(&(web_file.clone(), "/srv/other".into()))
    );

    // Comments and lines above change no place in a chunk.
    for above in ["# why\n", "\n\n", "# ünd 🙂\n\n"] {
        let text = format!("{above}{lower}");
        desk.hold("web/Dockerfile", &text);
        assert_eq!(desk.look(), 0, "{above:?}");
        assert!(
            desk.related(&text)
                .contains(&(web_file.clone(), "/srv/other".into()))
        );
    }

    // Elsewhere: not hidden any more.
    desk.hold("web/Dockerfile", &lower.replace("/srv/other", "/opt"));
    assert_eq!(desk.look(), 1);
    assert_eq!(desk.shown(), [api]);
}

#[test]
fn a_production_file_that_changes_asks_again_who_read_it() {
    let prod = "services:\n  web:\n    restart: always\n  api:\n    restart: always\n";
    let files = [("docker-compose.prod.yml", prod)];
    let files: Vec<(&str, &str)> = [
        ("docker-compose.yml", COMPOSE),
        ("web/Dockerfile", WEB),
        ("web/index.js", ""),
        ("api/Dockerfile", API),
        ("api/main.py", ""),
    ]
    .into_iter()
    .chain(files)
    .collect();
    let mut desk = desk(texts(&files), "docker-compose.yml");
    assert_eq!(desk.findings().len(), 2);
    for finding in desk.findings() {
        assert_eq!(finding.severity, Severity::High);
        assert!(
            finding
                .message
                .contains("`docker-compose.prod.yml` does not take it away")
        );
        let related = finding
            .related
            .iter()
            .filter_map(|related| related.file.as_deref());
        assert!(
            related
                .into_iter()
                .any(|file| file == Path::new("docker-compose.prod.yml"))
        );
    }
    let taken = prod.replace("  api:\n", "    volumes: !override []\n  api:\n");
    assert!(desk.hold("docker-compose.prod.yml", &taken));
    assert_eq!(desk.look(), 1);
    assert_eq!(
        desk.shown(),
        ["`./api` hides what the image of `api` has in `/app`"]
    );
    desk.hold("docker-compose.prod.yml", &format!("# 🙂\n{taken}"));
    assert_eq!(desk.look(), 0);
    desk.hold("docker-compose.prod.yml", prod);
    assert_eq!(desk.look(), 0, "what was answered once is known");
    assert_eq!(desk.findings().len(), 2);
}

/// Files of which the Dockerfiles are not in UTF-8.
#[derive(Debug)]
struct Latin(Texts);

impl Files for Latin {
    fn list(&self) -> Vec<PathBuf> {
        self.0.list()
    }
    fn text(&self, path: &Path) -> Content {
        match path.file_name().is_some_and(|name| name == "Dockerfile") {
            true => Content::Strange("It is not UTF-8.".into()),
            false => self.0.text(path),
        }
    }
    fn folder(&self, path: &Path) -> Option<Vec<(String, bool)>> {
        self.0.folder(path)
    }
}

#[test]
fn a_dockerfile_that_cannot_be_read_leaves_the_usual_folders() {
    let mut desk = desk(Latin(both()), "docker-compose.yml");
    let api = "`./api` hides what the image of `api` has in `/app`";
    assert_eq!(desk.shown(), [api]);
    // Somebody opens it, converted.
    desk.hold("web/Dockerfile", WEB);
    desk.look();
    assert_eq!(desk.shown().len(), 2);
}

/// The first finding's mount, moved: the file, and the file that it went to.
fn moved(text: &str, other: &[(&str, &str)]) -> Result<(String, PathBuf, String), String> {
    let files: Vec<(&str, &str)> = [
        ("docker-compose.yml", text),
        ("web/Dockerfile", WEB),
        ("web/index.js", ""),
    ]
    .into_iter()
    .chain(other.iter().copied())
    .collect();
    let desk = desk(texts(&files), "docker-compose.yml");
    let findings = desk.findings();
    let fix: &Fix = &findings.first().ok_or("no finding")?.fixes[1];
    let parts: Vec<_> = desk.analysis.parts().collect();
    let view = View {
        file: desk.analysis.file(),
        text,
        parts: &parts,
        workspace: &desk.project,
    };
    let rendered = render(&view, fix)?;
    let [other] = &rendered.others[..] else {
        panic!("{:?}", rendered.others);
    };
    Ok((
        harden_engine::text::apply(text, &rendered.own),
        other.path.clone(),
        other.after(),
    ))
}

#[test]
fn a_mount_moves_to_the_override_file() {
    let head = "services:\n  web:\n    build: ./web\n";
    let name = PathBuf::from("docker-compose.override.yml");
    let started = "services:\n  web:\n    volumes:\n";
    for (volumes, left, entry) in [
        (
            "    volumes:\n      - './web:/srv' # live\n",
            "",
            "      - './web:/srv'\n",
        ),
        (
            "    volumes:\n      - a:/a\n      - type: bind\n        # why\n        source: ./web\n        target: /srv\n",
            "    volumes:\n      - a:/a\n",
            "      - type: bind\n        # why\n        source: ./web\n        target: /srv\n",
        ),
        (
            "    volumes: [{type: bind, source: ./web, target: /srv}, a:/a]\n",
            "    volumes: [a:/a]\n",
            "      - {type: bind, source: ./web, target: /srv}\n",
        ),
    ] {
        let (own, path, other) = moved(&format!("{head}{volumes}"), &[]).unwrap();
        assert_eq!(own, format!("{head}{left}"));
        assert_eq!((path, other), (name.clone(), format!("{started}{entry}")));
    }
    let there = "# mine\nservices:\n  web:\n    command: dev\n";
    let text = format!("{head}    volumes:\n    - ./web:/srv\n");
    let (_, path, other) = moved(&text, &[("compose.override.yaml", there)]).unwrap();
    assert_eq!(path, Path::new("compose.override.yaml"));
    assert_eq!(other, format!("{there}    volumes:\n      - ./web:/srv\n"));
    let anchored = format!(
        "{head}    volumes: &all\n    - ./web:/srv\n  b:\n    image: x\n    volumes: *all\n"
    );
    assert!(moved(&anchored, &[]).unwrap_err().contains("anchor"));
}
