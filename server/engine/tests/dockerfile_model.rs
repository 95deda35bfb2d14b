//! Stages, and what each of them is in the end.

use harden_engine::model::dockerfile::{Dialect, Dockerfile, From, Image, Stage};
use harden_engine::rule::{Owner, Place};

use crate::dockerfile_real::parts;

struct Read {
    text: String,
    starts: Vec<usize>,
    file: Dockerfile,
}

fn read(text: &str) -> Read {
    let parts = parts(text);
    Read {
        text: text.into(),
        starts: parts.iter().map(|(start, _)| *start).collect(),
        file: Dockerfile::read(&parts),
    }
}

impl Read {
    fn slice(&self, place: &Place) -> &str {
        let Owner::Nth(chunk) = place.owner else {
            panic!("{place:?} names no chunk");
        };
        &self.text[place.span.shifted(self.starts[chunk as usize]).range()]
    }
    fn last(&self) -> &Stage {
        self.file.stages.last().unwrap()
    }
}

#[test]
fn stages_and_their_bases() {
    let it = read(
        "ARG V=3.12\nARG IMAGE=python:${V}\nARG NONE\nFROM $IMAGE-slim AS Base\nFROM --platform=$X base AS build\nFROM ${NONE:-debian}\nFROM $NONE\nFROM BUILD\nFROM late\nFROM x AS late\n",
    );
    let bases: Vec<_> = it
        .file
        .stages
        .iter()
        .map(|stage| (stage.base.name.as_deref(), stage.base.stage))
        .collect();
    let wanted = [
        (Some("python:3.12-slim"), None),
        (Some("base"), Some(0)),
        (Some("debian"), None),
        (None, None),
        (Some("BUILD"), Some(1)),
        (Some("late"), None),
        (Some("x"), None),
    ];
    assert_eq!(bases, wanted);
    let names: Vec<_> = it
        .file
        .stages
        .iter()
        .filter_map(|stage| stage.name.as_ref())
        .collect();
    let names: Vec<_> = names
        .into_iter()
        .map(|(name, place)| (&**name, it.slice(place)))
        .collect();
    assert_eq!(
        names,
        [("base", "Base"), ("build", "build"), ("late", "late")]
    );
    assert_eq!(it.file.stages[1].platform.as_deref(), Some("$X"));
    assert_eq!(it.slice(&it.file.stages[2].base.place), "${NONE:-debian}");
    let image = it.file.image(&it.file.stages[4]).unwrap();
    assert_eq!(
        (image.name(), image.tag.as_deref()),
        ("python", Some("3.12-slim"))
    );
    assert_eq!(it.file.image(&it.file.stages[3]), None);
    let shipped = |target| it.file.shipped(target).map(|stage| stage.index);
    assert_eq!(shipped(None), Some(6));
    assert_eq!(shipped(Some("Build")), Some(1));
    assert_eq!(shipped(Some("3")), Some(3));
    assert_eq!(shipped(Some("none")), None);
    assert_eq!(Dockerfile::read(&[]).shipped(None), None);
}

#[test]
fn the_user_is_inherited() {
    let user = |text: &str| {
        let it = read(text);
        let user = it.file.user(it.last());
        user.map(|user| {
            (
                user.name.clone(),
                user.is_root(),
                it.slice(&user.place).to_owned(),
            )
        })
    };
    let some = |name: &str, root, written: &str| {
        Some((Some(name.to_owned()), Some(root), written.to_owned()))
    };
    assert_eq!(user("FROM a\n"), None);
    assert_eq!(user("FROM a\nUSER x\nUSER 0:0\n"), some("0", true, "0:0"));
    assert_eq!(
        user("FROM a AS b\nUSER app\nFROM b\nRUN c\n"),
        some("app", false, "app")
    );
    assert_eq!(
        user("FROM a AS b\nUSER app\nFROM b AS c\nFROM c\nUSER root\n"),
        some("root", true, "root")
    );
    assert_eq!(user("FROM a AS b\nUSER app\nFROM a\n"), None);
    assert_eq!(
        user("FROM a\nARG U=app\nUSER ${U}:$U\n"),
        some("app", false, "${U}:$U")
    );
    assert_eq!(
        user("ARG U=app\nFROM a\nARG U\nENV V=$U\nUSER $V\n"),
        some("app", false, "$V")
    );
    assert_eq!(user("FROM a\nUSER $U\n"), Some((None, None, "$U".into())));
    // A global argument is not seen in a stage that does not name it.
    assert_eq!(
        user("ARG U=app\nFROM a\nUSER $U\n"),
        Some((None, None, "$U".into()))
    );
    // Arguments end with their stage, the environment does not.
    assert_eq!(
        user("FROM a AS b\nARG U=x\nENV V=y\nFROM b\nUSER $V$U\n"),
        Some((None, None, "$V$U".into()))
    );
    assert_eq!(
        user("FROM a\nENV U=env\nARG U=arg\nUSER $U\n"),
        some("env", false, "$U")
    );
    assert_eq!(user("FROM a\nONBUILD USER root\n"), None);
}

#[test]
fn the_working_directory_is_joined() {
    let workdir = |text: &str| {
        let it = read(text);
        let workdir = it.file.workdir(it.last());
        workdir.map(|workdir| {
            let places = workdir.places.iter().map(|place| it.slice(place));
            (workdir.path, places.collect::<Vec<_>>().join(" "))
        })
    };
    let some = |path: &str, places: &str| Some((Some(path.to_owned()), places.to_owned()));
    assert_eq!(workdir("FROM a"), None);
    assert_eq!(workdir("FROM a\nWORKDIR /x/\n"), some("/x", "/x/"));
    assert_eq!(
        workdir("FROM a\nWORKDIR /x\nWORKDIR y/./z\nWORKDIR ../w\n"),
        some("/x/y/w", "/x y/./z ../w")
    );
    assert_eq!(
        workdir("FROM a\nWORKDIR /x\nWORKDIR /y\n"),
        some("/y", "/y")
    );
    assert_eq!(
        workdir("FROM a AS b\nENV H=/h\nWORKDIR $H\nFROM b\nWORKDIR app\n"),
        some("/h/app", "$H app")
    );
    assert_eq!(workdir("FROM a\nWORKDIR app\n"), Some((None, "app".into())));
    assert_eq!(
        workdir("FROM a\nWORKDIR $X\nWORKDIR app\n"),
        Some((None, "$X app".into()))
    );
    assert_eq!(
        workdir("# escape=`\nFROM a\nWORKDIR C:\\app\nWORKDIR b\n"),
        some("C:\\app\\b", "C:\\app b")
    );
}

#[test]
fn the_environment_goes_on() {
    let it = read(
        "ARG G=g\nFROM a AS b\nARG G\nENV A=1 B=$A C=$G D=$PATH:x\nFROM b\nENV B=\"2 $A\" E f\n",
    );
    let env = it.file.env(it.last());
    let env: Vec<_> = env
        .iter()
        .map(|v| {
            format!(
                "{}={} {}",
                v.name,
                v.value.as_deref().unwrap_or("?"),
                it.slice(&v.place)
            )
        })
        .collect();
    // All of a line is expanded with what was set before it; a pair without a value is refused, and set to nothing known.
    let wanted = [
        "A=1 A=1",
        "B=2 1 B=\"2 $A\"",
        "C=g C=$G",
        "D=? D=$PATH:x",
        "E=? E",
        "f=? f",
    ];
    assert_eq!(env, wanted);
}

#[test]
fn what_is_launched() {
    let launch = |text: &str| {
        let it = read(text);
        let show = |launch: Option<harden_engine::model::dockerfile::Launch>| {
            launch.map_or("-".to_owned(), |launch| it.slice(&launch.place).to_owned())
        };
        (
            show(it.file.entrypoint(it.last())),
            show(it.file.cmd(it.last())),
        )
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(launch("FROM a\nCMD b\nENTRYPOINT c d\n"), pair("c d", "b"));
    assert_eq!(
        launch("FROM a\nENTRYPOINT c\nCMD [\"b\"]\nCMD [\"d\"]\n"),
        pair("c", "[\"d\"]")
    );
    assert_eq!(
        launch("FROM a AS b\nCMD x\nFROM b\nENTRYPOINT y\n"),
        pair("y", "-")
    );
    assert_eq!(
        launch("FROM a AS b\nENTRYPOINT y\nFROM b\nCMD z\n"),
        pair("y", "z")
    );
    assert_eq!(
        launch("FROM a AS b\nCMD x\nFROM b\nRUN y\n"),
        pair("-", "x")
    );
    let it = read(
        "FROM a\nSHELL [\"powershell\", \"-c\"]\nRUN b\nCMD c\nSHELL [\"bash\", \"-c\"]\nENTRYPOINT d && e\nRUN f\n",
    );
    assert!(it.file.cmd(it.last()).unwrap().commands().is_empty());
    let entrypoint = it.file.entrypoint(it.last()).unwrap();
    assert_eq!(entrypoint.commands().len(), 2);
    assert_eq!(entrypoint.words(), None);
    assert_eq!(entrypoint.shell, ["bash", "-c"]);
    assert_eq!(it.file.shell(it.last()), ["bash", "-c"]);
    let commands = it.file.commands(it.last());
    let names: Vec<_> = commands.iter().map(|(_, command)| command.name()).collect();
    assert_eq!(names, ["f"]);
}

#[test]
fn what_is_copied() {
    let it = read(
        "FROM a AS build\nFROM b\nWORKDIR /srv\nENV D=data\nCOPY a \"b\" c/\nCOPY --from=build /x .\nADD --from=1 [\"p q\", \"/abs/\"]\nCOPY --from=img:1 $D ../$D/x\nCOPY <<E f $NO\nE\nCOPY --from=0 g h\nCOPY i\n",
    );
    let copies = it.file.copies(it.last());
    let shown: Vec<_> = copies
        .iter()
        .map(|copy| {
            let sources: Vec<_> = copy
                .sources
                .iter()
                .map(|(path, place)| {
                    assert!(it.text.contains(it.slice(place)));
                    path.as_str()
                })
                .collect();
            let from = match &copy.from {
                None => String::new(),
                Some(From::Stage(at)) => format!(" of {at}"),
                Some(From::Other(name)) => format!(" of {name}"),
            };
            let folder = if copy.folder { "/" } else { "" };
            format!(
                "{}{from} -> {}{folder} {}",
                sources.join(","),
                copy.destination.as_deref().unwrap_or("?"),
                it.slice(&copy.place)
            )
        })
        .collect();
    let wanted = [
        "a,b -> /srv/c/ c/",
        "/x of 0 -> /srv/ .",
        "p q of 1 -> /abs/ \"/abs/\"",
        "data of img:1 -> /data/x ../$D/x",
        "f -> ?/ $NO",
        "g of 0 -> /srv/h h",
        " -> /srv/i i",
    ];
    assert_eq!(shown, wanted);
    let inherited = read("FROM a AS b\nWORKDIR /x\nCOPY a b\nFROM b\nCOPY c d\n");
    let copies = inherited.file.copies(inherited.last());
    let to: Vec<_> = copies
        .iter()
        .filter_map(|copy| copy.destination.as_deref())
        .collect();
    assert_eq!(to, ["/x/b", "/x/d"]);
}

#[test]
fn stages_for_work_on_the_code() {
    let it = read(
        "FROM a AS dev\nFROM a AS testing\nFROM a AS ci-lint\nFROM a AS circle\nFROM a AS builder\nFROM a AS docs\n",
    );
    let development = |target: Option<&str>| -> Vec<usize> {
        let stages = it
            .file
            .stages
            .iter()
            .filter(|stage| it.file.is_development(stage, target));
        stages.map(|stage| stage.index).collect()
    };
    // The last one is shipped, and so is a targeted one.
    assert_eq!(development(None), [0, 1, 2]);
    assert_eq!(development(Some("dev")), [1, 2]);
}

#[test]
fn images() {
    for (name, wanted) in [
        ("python", "docker.io python - - Debian"),
        (
            "python:3.12-alpine3.20",
            "docker.io python 3.12-alpine3.20 - Alpine",
        ),
        (
            "docker.io/library/node:20@sha256:ab",
            "docker.io node 20 sha256:ab Debian",
        ),
        ("localhost:5000/a/b:1", "localhost:5000 a/b 1 - Unknown"),
        (
            "ghcr.io/astral-sh/uv:python3.12-bookworm-slim",
            "ghcr.io astral-sh/uv python3.12-bookworm-slim - Debian",
        ),
        (
            "public.ecr.aws/docker/library/python:3",
            "public.ecr.aws docker/library/python 3 - Debian",
        ),
        ("alpine:3", "docker.io alpine 3 - Alpine"),
        ("ubuntu", "docker.io ubuntu - - Debian"),
        (
            "registry.access.redhat.com/ubi9/ubi-minimal",
            "registry.access.redhat.com ubi9/ubi-minimal - - Rhel",
        ),
        ("rockylinux:9", "docker.io rockylinux 9 - Rhel"),
        (
            "gcr.io/distroless/python3-debian12:nonroot",
            "gcr.io distroless/python3-debian12 nonroot - Distroless",
        ),
        ("scratch", "docker.io scratch - - Scratch"),
        (
            "mcr.microsoft.com/windows/servercore:ltsc2022",
            "mcr.microsoft.com windows/servercore ltsc2022 - Windows",
        ),
        (
            "golang:1.26-nanoserver",
            "docker.io golang 1.26-nanoserver - Windows",
        ),
        (
            "mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled",
            "mcr.microsoft.com dotnet/aspnet 8.0-jammy-chiseled - Distroless",
        ),
        ("acme/thing:2", "docker.io acme/thing 2 - Unknown"),
        ("", "docker.io  - - Unknown"),
    ] {
        let image = Image::read(name);
        let Image {
            registry,
            repository,
            tag,
            digest,
        } = &image;
        let or = |part: &Option<String>| part.clone().unwrap_or("-".into());
        let found = format!(
            "{registry} {repository} {} {} {:?}",
            or(tag),
            or(digest),
            image.dialect()
        );
        assert_eq!(found, wanted, "{name}");
    }
    let _ = Dialect::Unknown;
}

/// A fact that other files read says the same after an edit elsewhere in the file.
#[test]
fn the_model_has_no_offsets() {
    let text = "# syntax=x\nARG A=1\nFROM a AS b\nRUN c\nWORKDIR /d\nUSER e\n";
    let moved = format!(
        "# a new line\n{}",
        text.replace("# syntax=x\n", "# syntax=x\n\n")
    );
    let other = text.replace("FROM a", "FROM z");
    let read = |text: &str| read(text).file;
    let digest = |file: &Dockerfile| {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        file.stages.hash(&mut hasher);
        hasher.finish()
    };
    assert_eq!(read(text).stages, read(&moved).stages);
    assert_eq!(digest(&read(text)), digest(&read(&moved)));
    assert_ne!(digest(&read(text)), digest(&read(&other)));
}
