//! What is read of a service in every syntax, each piece at its place.

use std::path::Path;
use std::sync::Arc;

use harden_engine::chunk::Chunks;
use harden_engine::document::{Analysis, Engine};
use harden_engine::file::{File as Role, Language};
use harden_engine::model::Part;
use harden_engine::model::compose::{File, Form, MarkKind, Service, VolumeKind};
use harden_engine::project::Workspace;
use harden_engine::rule::{Owner, Place};
use harden_engine::work::Work;

/// A file with the texts of its chunks.
pub(crate) struct Read {
    pub(crate) file: File,
    chunks: Vec<String>,
}

pub(crate) fn read(text: &str) -> Read {
    let engine = Engine::default();
    let role = Role::classify(Path::new("docker-compose.yml"), text, &[]).unwrap();
    let cut = Chunks::cut(Language::Yaml, text, &mut Work::default());
    let mut analysis = Analysis::new(&engine, Arc::new(role));
    analysis.update(&engine, &Workspace::default(), text, cut.list());
    let parts: Vec<(usize, Arc<Part>)> = analysis.parts().collect();
    let chunks = cut.list().iter();
    Read {
        file: File::read(&parts),
        chunks: chunks
            .map(|chunk| text[chunk.start..chunk.end].to_string())
            .collect(),
    }
}

impl Read {
    pub(crate) fn service(&self, name: &str) -> &Service {
        self.file.service(name).unwrap()
    }
    fn at(&self, place: &Place) -> &str {
        let Owner::Nth(chunk) = place.owner else {
            panic!("{place:?}")
        };
        &self.chunks[chunk as usize][place.span.range()]
    }
}

#[test]
fn volumes_in_both_syntaxes() {
    let text = "\
x-more: &more
  - cache:/cache
services:
  web:
    build: .
    volumes:
      - ./src:/app # why
      - \"${DATA:-../data}:/data/:ro\"
      - data:/var/lib
      - /anonymous
      - type: bind
        source: ~/x
        target: /x
        read_only: true
      - {type: tmpfs, target: /tmp}
      - 'C:\\code:/code'
      - ${WHAT}:/what
  one:
    image: a
    volumes: [./a:/b]
  two:
    image: a
    volumes: *more
";
    let read = read(text);
    let shown: Vec<_> = read
        .service("web")
        .volumes
        .iter()
        .map(|volume| {
            let source = volume.source.as_ref().map(|source| &*source.raw);
            let path = volume.source_path().unwrap_or_default();
            let target = volume.target_path().unwrap();
            (
                volume.kind,
                source.unwrap_or_default(),
                path,
                target,
                volume.read_only,
            )
        })
        .collect();
    let expected = [
        (VolumeKind::Bind, "./src", "./src", "/app", false),
        (
            VolumeKind::Bind,
            "${DATA:-../data}",
            "../data",
            "/data",
            true,
        ),
        (VolumeKind::Volume, "data", "data", "/var/lib", false),
        (VolumeKind::Anonymous, "", "", "/anonymous", false),
        (VolumeKind::Bind, "~/x", "~/x", "/x", true),
        (VolumeKind::Tmpfs, "", "", "/tmp", false),
        (VolumeKind::Bind, "C:\\code", "C:\\code", "/code", false),
        (VolumeKind::Unknown, "${WHAT}", "", "/what", false),
    ];
    let expected = expected
        .map(|(kind, raw, path, target, ro)| (kind, raw, path.to_string(), target.to_string(), ro));
    assert_eq!(shown, expected);
    let first = &read.service("web").volumes[0];
    assert_eq!(read.at(&first.entry), "- ./src:/app");
    assert_eq!(
        read.at(&first.remove.as_ref().unwrap()[0]),
        "      - ./src:/app # why\n"
    );
    assert_eq!(read.at(&first.source.as_ref().unwrap().place), "./src");
    let only = &read.service("one").volumes[0];
    assert!(only.alone && !only.shared);
    assert_eq!(
        read.at(&only.remove.as_ref().unwrap()[0]),
        "    volumes: [./a:/b]\n"
    );
    let brought = &read.service("two").volumes[0];
    assert!(brought.shared && brought.remove.is_none());
    assert_eq!(read.at(&brought.target.as_ref().unwrap().place), "/cache");
    assert_eq!(read.at(&brought.entry), "- cache:/cache");
}

#[test]
fn builds_in_both_syntaxes() {
    let read = read(
        "services:\n  a:\n    build: ./api\n  b:\n    build:\n      context: ..\n      dockerfile: Dockerfile.${STAGE:-prod}\n      \
         target: run\n      args:\n        KEY: value\n        BARE:\n  c:\n    build:\n      args: [\"A=b=c\", PASSED]\n      \
         dockerfile_inline: |\n        FROM x\n  d:\n    build: https://example.com/x.git\n",
    );
    let build = |name: &str| read.service(name).build.clone().unwrap();
    assert_eq!(build("a").context_path().unwrap(), "./api");
    assert_eq!(build("a").dockerfile_path().unwrap(), "Dockerfile");
    assert_eq!(build("b").dockerfile_path().unwrap(), "Dockerfile.prod");
    assert_eq!(build("b").target.unwrap().raw, "run");
    assert_eq!(build("c").context_path().unwrap(), ".");
    assert!(build("d").is_remote() && !build("c").is_remote());
    let args = |name: &str| -> Vec<(String, Option<String>)> {
        let args = build(name).args.into_iter();
        args.map(|arg| {
            (
                arg.name,
                arg.value.map(|value| read.at(&value.place).to_string()),
            )
        })
        .collect()
    };
    let said = |name: &str, value: &str| (name.to_string(), Some(value.to_string()));
    assert_eq!(args("b"), [said("KEY", "value"), ("BARE".into(), None)]);
    assert_eq!(args("c"), [said("A", "b=c"), ("PASSED".into(), None)]);
}

#[test]
fn commands_as_words() {
    let read = read(
        "services:\n  a:\n    command: >\n      postgres -c 'max_connections=200'\n      -c x=$$y\n    entrypoint: [\"sh\", \"-c\", \"a \\\"b\\\"\"]\n  \
         b:\n    command:\n    entrypoint: []\n  c:\n    command: \"\"\n    healthcheck:\n      test: [CMD, curl, localhost]\n  \
         d:\n    healthcheck: {disable: true}\n",
    );
    let words = |command: &harden_engine::model::compose::Command| -> Vec<String> {
        command.values().map(str::to_string).collect()
    };
    let a = read.service("a");
    let command = a.command.as_ref().unwrap();
    assert_eq!(
        words(command),
        ["postgres", "-c", "max_connections=200", "-c", "x=$y"]
    );
    assert_eq!(
        read.at(&command.words[2].text.place),
        "'max_connections=200'"
    );
    let entrypoint = a.entrypoint.as_ref().unwrap();
    assert_eq!(entrypoint.form, Form::List);
    assert_eq!(words(entrypoint), ["sh", "-c", "a \"b\""]);
    let b = read.service("b");
    assert!(b.command.is_none() && b.entrypoint.as_ref().unwrap().words.is_empty());
    assert!(read.service("c").command.as_ref().unwrap().words.is_empty());
    let test = read.service("c").healthcheck.as_ref().unwrap();
    assert_eq!(
        words(test.test.as_ref().unwrap()),
        ["CMD", "curl", "localhost"]
    );
    assert!(read.service("d").healthcheck.as_ref().unwrap().disabled);
}

#[test]
fn the_rest_of_a_service() {
    let read = read(
        "x-limits: &limits\n  resources:\n    limits: {memory: 1.5g, cpus: '2'}\nservices:\n  a:\n    image: x\n    deploy:\n      \
         <<: *limits\n      replicas: ${N:-3}\n    user: \"1000:1000\"\n    networks:\n      back: {aliases: [db]}\n      front:\n    \
         depends_on:\n      b: {condition: service_healthy, required: false}\n    env_file:\n      - .env\n      - path: x.env\n        \
         required: false\n    labels: [a.b=c]\n    profiles: [debug]\n    secrets: [one, {source: two, target: three}]\n    \
         extends: {file: base.yml, service: z}\n    environment: !override\n      A: b\n    ports: !reset []\n  b:\n    \
         scale: 2\n    networks: [back]\n    depends_on: [a]\n    env_file: b.env\n    extends: a\n    labels: {k: v}\n",
    );
    let a = read.service("a");
    assert_eq!(a.deploy.count(), Some(3));
    assert_eq!(a.deploy.memory_bytes(), Some(3 << 29));
    assert_eq!(read.at(&a.deploy.limit_cpus.as_ref().unwrap().place), "2");
    assert_eq!(a.user.as_ref().unwrap().value(), "1000:1000");
    let networks: Vec<_> = a
        .networks
        .iter()
        .map(|n| (&*n.network.raw, n.aliases.len()))
        .collect();
    assert_eq!(networks, [("back", 1), ("front", 0)]);
    assert!(!a.depends_on[0].required && a.depends_on[0].condition.is_some());
    let files: Vec<_> = a
        .env_file
        .iter()
        .map(|f| (&*f.path.raw, f.required))
        .collect();
    assert_eq!(files, [(".env", true), ("x.env", false)]);
    assert_eq!(a.labels[0].name, "a.b");
    assert!(a.development);
    assert_eq!(a.secrets[1].target.as_ref().unwrap().raw, "three");
    assert_eq!(
        a.extends.as_ref().unwrap().file.as_ref().unwrap().raw,
        "base.yml"
    );
    let marks: Vec<_> = a
        .marks
        .iter()
        .map(|mark| (mark.path.join("."), mark.kind))
        .collect();
    assert_eq!(
        marks,
        [
            ("environment".into(), MarkKind::Override),
            ("ports".into(), MarkKind::Reset)
        ]
    );
    let b = read.service("b");
    assert_eq!(b.deploy.count(), Some(2));
    assert_eq!(b.depends_on[0].service.raw, "a");
    assert_eq!(b.extends.as_ref().unwrap().service.raw, "a");
    assert_eq!(b.labels[0].value.as_ref().unwrap().raw, "v");
}

#[test]
fn the_top_level() {
    let read = read(
        "name: shop\ninclude:\n  - a.yml\n  - path: [b.yml, c.yml]\n    project_directory: ..\n    env_file: b.env\nservices:\n  a: {image: x}\n\
         networks:\n  back:\n    internal: true\n  out:\n    external: true\nvolumes:\n  data:\nsecrets:\n  s:\n    file: ./s.txt\n\
         configs:\n  c:\n    content: |\n      x\n",
    );
    let file = &read.file;
    assert_eq!(file.name.as_ref().unwrap().raw, "shop");
    let paths: Vec<Vec<&str>> = file
        .include
        .iter()
        .map(|include| include.paths.iter().map(|path| &*path.raw).collect())
        .collect();
    assert_eq!(paths, [vec!["a.yml"], vec!["b.yml", "c.yml"]]);
    assert!(file.networks[0].internal && file.networks[1].external);
    assert_eq!(read.at(&file.volumes[0].place), "data");
    assert_eq!(file.secrets[0].file.as_ref().unwrap().raw, "./s.txt");
    assert!(file.configs[0].content.is_some());
}

#[test]
fn services_may_come_from_an_anchor() {
    let read = read(
        "x-all: &all\n  a:\n    image: nginx\nservices:\n  <<: *all\n  b:\n    image: redis\n",
    );
    let names: Vec<&str> = read.file.services.iter().map(|s| &*s.name).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(
        read.at(&read.service("a").image.as_ref().unwrap().place),
        "nginx"
    );
}

#[test]
fn blank_lines_and_comments_change_nothing() {
    let text = "x-e: &e\n  A: b\nservices:\n  a:\n    image: x\n    environment: *e\n    volumes:\n      - ./a:/b\n  b:\n    image: y\nvolumes:\n  d:\n";
    let before = read(text).file;
    for (from, to) in [
        ("  b:\n", "\n\n  b:\n"),
        ("services:\n", "\n\nservices:\n"),
        ("volumes:\n  d", "\n\n\nvolumes:\n  d"),
        ("    image: y\n", "    image: y\n    # a comment\n"),
        ("services:\n", "# a comment\nservices:\n"),
    ] {
        let changed = text.replace(from, to);
        assert_eq!(read(&changed).file, before, "{changed}");
    }
    // What stands above a service belongs to it, and moves that one alone.
    let changed = read(&text.replace("  b:\n", "  # a comment\n  b:\n")).file;
    assert_eq!(changed.service("a"), before.service("a"));
    assert_eq!(changed.volumes, before.volumes);
}

#[test]
fn an_alias_bomb_is_known_as_one() {
    let mut text = String::from("x0: &a0 {k: v}\n");
    for level in 1..30 {
        let uses = format!("*a{}", level - 1);
        text += &format!("x{level}: &a{level} {{a: {uses}, b: {uses}, c: {uses}}}\n");
    }
    text += "services:\n  bomb:\n    labels: *a29\n  calm:\n    image: x\n";
    let read = read(&text);
    assert!(read.service("bomb").cut_short && !read.service("calm").cut_short);
}
