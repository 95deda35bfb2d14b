//! What services become through overrides, `extends` and `include`, and what does not hold together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use harden_engine::model::compose::{Command, Composed, Found, Service, Wrong, compose};

use crate::compose_service::read;

/// The project of the first `chain` of these files.
fn composed(files: &[(&str, &str)], chain: usize) -> Composed {
    let read: BTreeMap<PathBuf, Arc<_>> = files
        .iter()
        .map(|(name, text)| (PathBuf::from(name), Arc::new(read(text).file)))
        .collect();
    let chain: Vec<PathBuf> = files[..chain].iter().map(|(name, _)| name.into()).collect();
    compose(&chain, &|path: &Path| match read.get(path) {
        Some(file) => Found::Here(file.clone()),
        None if path.starts_with("..") => Found::Unseen,
        None => Found::Missing,
    })
}

fn service<'c>(composed: &'c Composed, name: &str) -> &'c Service {
    &composed.service(name).unwrap().service
}

fn words(command: Option<&Command>) -> String {
    command.map_or("-".into(), |command| {
        command.values().collect::<Vec<_>>().join(" ")
    })
}

fn environment(service: &Service) -> Vec<String> {
    let all = service.environment.iter();
    all.map(|variable| {
        let value = variable.value.as_ref().map(|value| value.raw.as_str());
        format!("{}={}", variable.name, value.unwrap_or("-"))
    })
    .collect()
}

fn wrongs(composed: &Composed) -> Vec<Wrong> {
    let problems = composed.problems.iter();
    problems.map(|problem| problem.wrong.clone()).collect()
}

const BASE: &str = "\
services:
  web:
    build: {context: ., dockerfile: Dockerfile, args: {A: \"1\", B: \"2\"}}
    command: flask run
    user: root
    environment:
      A: one
      B: two
    ports: [\"8000:8000\", \"9000:9000\"]
    volumes: [\"./src:/app\", \"data:/data\"]
    labels: [\"x=1\"]
    depends_on: [db]
    deploy: {replicas: 1, resources: {limits: {memory: 1g}}}
  db:
    image: postgres
volumes:
  data:
";

#[test]
fn a_later_file_says_more() {
    let over = "\
services:
  web:
    build: {target: prod, args: [\"B=3\"]}
    command: [gunicorn, app]
    environment: [\"B=zwei\", \"C\"]
    ports: [\"8000:8000\", \"1:1\"]
    volumes: [\"other:/data/\"]
    depends_on: {cache: {condition: service_started}}
    deploy: {replicas: 3}
  cache:
    image: redis
volumes:
  other:
";
    let composed = composed(
        &[
            ("docker-compose.yml", BASE),
            ("docker-compose.prod.yml", over),
        ],
        2,
    );
    let web = service(&composed, "web");
    assert_eq!(words(web.command.as_ref()), "gunicorn app");
    assert_eq!(environment(web), ["A=one", "B=zwei", "C=-"]);
    let build = web.build.as_ref().unwrap();
    assert_eq!(build.dockerfile_path().unwrap(), "Dockerfile");
    assert_eq!(build.target.as_ref().unwrap().raw, "prod");
    let args: Vec<_> = build
        .args
        .iter()
        .map(|arg| &*arg.value.as_ref().unwrap().raw)
        .collect();
    assert_eq!(args, ["1", "3"]);
    let ports: Vec<_> = web.ports.iter().map(|port| &*port.published).collect();
    assert_eq!(ports, ["8000", "9000", "1"]);
    let sources: Vec<_> = web
        .volumes
        .iter()
        .map(|v| v.source_path().unwrap())
        .collect();
    assert_eq!(sources, ["./src", "other"]);
    assert_eq!(web.depends_on.len(), 2);
    assert_eq!(
        (web.deploy.count(), web.deploy.memory_bytes()),
        (Some(3), Some(1 << 30))
    );
    // Each value knows its file.
    let file =
        |place: &harden_engine::rule::Place| place.file().unwrap().to_string_lossy().into_owned();
    assert_eq!(
        file(&web.command.as_ref().unwrap().place),
        "docker-compose.prod.yml"
    );
    assert_eq!(
        file(&web.user.as_ref().unwrap().place),
        "docker-compose.yml"
    );
    assert_eq!(file(&web.volumes[0].entry), "docker-compose.yml");
    assert_eq!(file(&web.place), "docker-compose.yml");
    let defined = &composed.service("web").unwrap().defined;
    assert_eq!(
        defined.iter().map(file).collect::<Vec<_>>(),
        ["docker-compose.yml", "docker-compose.prod.yml"]
    );
    assert_eq!(wrongs(&composed), []);
}

#[test]
fn tags_take_away_and_replace() {
    let over = "\
services:
  web:
    build: {args: {A: !reset null}}
    command: !reset null
    environment:
      A: !reset null
    ports: !override [\"1:1\"]
    volumes: !reset []
    deploy: {resources: !reset null}
";
    let composed = composed(&[("a.yml", BASE), ("b.yml", over)], 2);
    let web = service(&composed, "web");
    assert_eq!(words(web.command.as_ref()), "-");
    assert_eq!(environment(web), ["B=two"]);
    assert_eq!(
        web.ports
            .iter()
            .map(|port| &*port.published)
            .collect::<Vec<_>>(),
        ["1"]
    );
    assert!(web.volumes.is_empty() && web.deploy.memory_limit().is_none());
    assert_eq!(web.deploy.count(), Some(1));
    assert_eq!(web.build.as_ref().unwrap().args.len(), 1);
}

#[test]
fn services_extend_each_other_across_files() {
    let common = "services:\n  base:\n    image: x\n    user: root\n    env_file: e.env\n    volumes: [\"./a:/a\"]\n  mid:\n    extends: base\n    user: app\n";
    let file =
        "services:\n  web:\n    extends: {file: common/base.yml, service: mid}\n    command: run\n";
    let composed = composed(&[("compose.yml", file), ("common/base.yml", common)], 1);
    let web = service(&composed, "web");
    assert_eq!(web.image.as_ref().unwrap().raw, "x");
    assert_eq!(web.user.as_ref().unwrap().raw, "app");
    // A relative path starts in the folder of the file that says it.
    assert_eq!(composed.folder(&web.volumes[0].entry), Path::new("common"));
    assert_eq!(
        composed.folder(&web.command.as_ref().unwrap().place),
        Path::new("")
    );
    assert_eq!(web.place.file().unwrap(), Path::new("compose.yml"));
    assert_eq!(wrongs(&composed), []);
}

#[test]
fn what_is_included_is_there() {
    let file = "include:\n  - infra/db.yml\n  - path: [a/one.yml, a/two.yml]\n    project_directory: shared\nservices:\n  web:\n    image: x\n    depends_on: [db, one]\n    networks: [back]\n";
    let composed = composed(
        &[
            ("compose.yml", file),
            (
                "infra/db.yml",
                "include: [../compose.yml]\nservices:\n  db:\n    build: .\nnetworks:\n  back:\n",
            ),
            (
                "a/one.yml",
                "services:\n  one:\n    image: y\n    volumes: [\"./v:/v\"]\n",
            ),
            ("a/two.yml", "services:\n  one:\n    command: two\n"),
        ],
        1,
    );
    let cycle = |path: &str| Wrong::IncludeCycle(path.into());
    assert_eq!(
        wrongs(&composed),
        [cycle("infra/db.yml"), cycle("compose.yml")]
    );
    assert_eq!(words(service(&composed, "one").command.as_ref()), "two");
    assert_eq!(
        composed.folder(&service(&composed, "one").volumes[0].entry),
        Path::new("shared")
    );
    let build = service(&composed, "db").build.clone().unwrap();
    assert_eq!(composed.folder(&build.place), Path::new("infra"));
}

#[test]
fn cycles_and_gaps_are_said() {
    let file = "\
include: [gone.yml, self.yml, ../other/x.yml]
services:
  a:
    extends: b
  b:
    extends: a
  c:
    extends: {file: nowhere.yml, service: x}
  d:
    extends: webb
  web:
    image: x
";
    let composed = composed(&[("self.yml", file)], 1);
    assert_eq!(
        wrongs(&composed),
        [
            Wrong::NoFileToInclude("gone.yml".into()),
            Wrong::IncludeCycle("self.yml".into()),
            Wrong::ExtendsCycle("b".into()),
            Wrong::ExtendsCycle("a".into()),
            Wrong::NoFileToExtend("nowhere.yml".into()),
        ]
    );
    let alone = "services:\n  d:\n    extends: webb\n  web:\n    image: x\n";
    let composed = self::composed(&[("a.yml", alone)], 1);
    assert_eq!(wrongs(&composed), [Wrong::NoServiceToExtend("webb".into())]);
    assert_eq!(composed.problems[0].near.as_deref(), Some("web"));
}

#[test]
fn names_that_nothing_defines() {
    let file = "\
services:
  web:
    image: x
    depends_on: {databse: {condition: service_started}, gone: {required: false, condition: service_started}}
    networks: [bakc, default]
    volumes: [\"dat:/d\", \"./x:/x\", \"${V}:/v\"]
    secrets: [s]
    configs: [{source: c, target: /c}]
  database:
    image: y
    network_mode: service:wbe
networks:
  back:
volumes:
  data:
";
    let found = wrongs(&composed(&[("a.yml", file)], 1));
    assert_eq!(
        found,
        [
            Wrong::NoService("databse".into()),
            Wrong::NoNetwork("bakc".into()),
            Wrong::NoVolume("dat".into()),
            Wrong::NoSecret("s".into()),
            Wrong::NoConfig("c".into()),
            Wrong::NoService("wbe".into()),
        ]
    );
    let near: Vec<_> = composed(&[("a.yml", file)], 1)
        .problems
        .into_iter()
        .map(|problem| problem.near.unwrap_or_default())
        .collect();
    assert_eq!(near, ["database", "back", "data", "", "", "web"]);
}

#[test]
fn hostile_projects_come_to_an_end() {
    // Each service extends the next one, further than anyone follows.
    let mut long = String::from("services:\n");
    for at in 0..2_000 {
        long += &format!("  s{at}:\n    extends: s{}\n", at + 1);
    }
    long += "  s2000:\n    image: x\n";
    let found = composed(&[("a.yml", &long)], 1);
    assert_eq!(found.services.len(), 2_001);
    assert!(found.partial);
    // Every file includes every other one.
    let names: Vec<String> = (0..60).map(|at| format!("f{at}.yml")).collect();
    let text = format!("include: [{}]\nservices: {{}}\n", names.join(", "));
    let files: Vec<(&str, &str)> = names
        .iter()
        .map(|name| (name.as_str(), text.as_str()))
        .collect();
    let found = composed(&files, 1);
    assert!(
        wrongs(&found)
            .iter()
            .all(|wrong| matches!(wrong, Wrong::IncludeCycle(_)))
    );
    let mut bomb = String::from("x0: &a0 {k: v}\n");
    for level in 1..30 {
        let uses = format!("*a{}", level - 1);
        bomb += &format!("x{level}: &a{level} {{a: {uses}, b: {uses}, c: {uses}}}\n");
    }
    bomb += "services:\n  bomb:\n    image: x\n    labels: *a29\n";
    assert_eq!(
        wrongs(&composed(&[("a.yml", &bomb)], 1)),
        [Wrong::CutShort("bomb".into())]
    );
}
