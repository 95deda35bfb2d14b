use crate::file::Stage as Role;
use crate::model::dockerfile::{Dialect, Dockerfile, Image, Instruction, Keyword, Stage};
use crate::project::InChain;
use crate::rule::{Area, Check, Context, Rule, Severity, Sink};

use super::non_root;

pub static RULE: Rule = Rule {
    name: "dockerfile/root-user",
    area: Area::Security,
    severity: Severity::High,
    cases: &[
        ("development", Severity::Low),
        ("unknown-image", Severity::Low),
    ],
    minutes: 15,
    off: false,
    also: &[
        "CIS-4.1",
        "CKV_DOCKER_3",
        "CKV_DOCKER_8",
        "DL3002",
        "DS-0002",
        "checkov:RootUser",
        "checkov:UserExists",
        "kics:last_user_is_root",
        "kics:missing_user_instruction",
    ],
    docs: r#"
The container runs as root.

Whoever gets a program in it to run a command is root there, and one flaw of the kernel or one mount away from root on the host.
An image without `USER` runs as root, and so does one whose last `USER` is root.

```dockerfile bad
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .

CMD ["gunicorn", "app:app"]
```

Make a user once everything is installed, and switch to it.

```dockerfile fixed
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN useradd --create-home --shell /usr/sbin/nologin --uid 10001 app
USER app

CMD ["gunicorn", "app:app"]
```

The fix is unsafe, since folders that the program writes to must belong to the user: `COPY --chown=app:app`, or
`RUN chown app:app /data`.
A user that the file makes already is taken, or the one that the image brings along; Alpine has its own command.

```dockerfile bad
FROM node:22-alpine
WORKDIR /app
COPY . .
RUN npm ci
CMD ["node", "server.js"]
```
```dockerfile fixed
FROM node:22-alpine
WORKDIR /app
COPY . .
RUN npm ci
USER node
CMD ["node", "server.js"]
```
```dockerfile bad
FROM alpine:3.22
RUN apk add --no-cache curl && adduser -D -u 1000 fetcher
USER root
ENTRYPOINT ["curl"]
```
```dockerfile fixed
FROM alpine:3.22
RUN apk add --no-cache curl && adduser -D -u 1000 fetcher
USER fetcher
ENTRYPOINT ["curl"]
```

`scratch` has no users; a number needs none.

```dockerfile bad
FROM scratch
COPY server /server
ENTRYPOINT ["/server"]
```
```dockerfile fixed
FROM scratch
COPY server /server
USER 65532:65532
ENTRYPOINT ["/server"]
```

What counts is the stage that is shipped: the last one, or the `build.target` of a service that is no development one, with all
that it takes over from stages before it.
A service's own `user:` is as good.
In Dockerfiles for development the severity is low.

Images that are known not to run as root, and entrypoints that leave it, are fine.

```dockerfile good
FROM golang:1.26 AS build
COPY . .
RUN go build -o /server

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /server /server
ENTRYPOINT ["/server"]
```
```dockerfile good
FROM debian:13-slim
RUN apt-get update && apt-get install -y --no-install-recommends gosu
COPY entrypoint.sh /
ENTRYPOINT ["/entrypoint.sh"]
```

Images are known by name, and only well-known ones.
Where a file takes a foreign image as it is, without a command of its own, the severity is low, since that image may have a
`USER`.
What a script does that is copied into the image is not seen unless the Dockerfile names `gosu`, `su-exec`, `setpriv`, s6, `su` or the like.
Left alone are a stage from `scratch` that starts nothing, since only its files are exported, one that starts nothing and only
checks what is mounted while it is built, and Windows images.
"#,
    checks: &[Check::Dockerfile(check)],
};

fn check(file: &Dockerfile, cx: &Context, sink: &mut Sink) {
    let builders = cx.project.builders(&cx.file.path);
    for (stage, development) in shipped(file, &builders) {
        report(file, stage, development, sink);
    }
}

/// The stages that are run as they are, each with whether only for development.
fn shipped<'a>(file: &'a Dockerfile, builders: &[InChain]) -> Vec<(&'a Stage, bool)> {
    let mut stages: Vec<(&Stage, bool)> = Vec::new();
    let mut production = false;
    for builder in builders {
        let service = &builder.merged.service;
        let target = service
            .build
            .as_ref()
            .and_then(|build| build.target.as_ref());
        let target = target.map(|target| target.expanded().unwrap_or_default());
        let development = builder.stage == Role::Development || service.development;
        production |= !development;
        let user = service.user.as_ref().and_then(|user| user.expanded());
        // A variable that has no default is somebody's decision.
        let set = service.user.is_some() && user.is_none_or(|user| !is_root(&user));
        let Some(stage) = file.shipped(target.as_deref()).filter(|_| !set) else {
            continue;
        };
        match stages
            .iter_mut()
            .find(|(known, _)| known.index == stage.index)
        {
            Some((_, known)) => *known &= development,
            None => stages.push((stage, development)),
        }
    }
    // Without a service that is more than development, the image is run by other means.
    if !production && let Some(last) = file.shipped(None) {
        match stages
            .iter_mut()
            .find(|(known, _)| known.index == last.index)
        {
            Some((_, known)) => *known = false,
            None => stages.push((last, false)),
        }
    }
    stages.sort_by_key(|(stage, _)| stage.index);
    stages
}

fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or_default().trim();
    name == "root" || !name.is_empty() && name.bytes().all(|byte| byte == b'0')
}

fn report(file: &Dockerfile, stage: &Stage, development: bool, sink: &mut Sink) {
    let image = file.image(stage);
    let dialect = image
        .as_ref()
        .map_or(Dialect::Unknown, |image| image.dialect());
    let user = file.user(stage);
    if dialect == Dialect::Windows || file.leaves_root(stage).is_some() {
        return;
    }
    let Some(user) = user else {
        return without_user(file, stage, image.as_ref(), development, sink);
    };
    if user.is_root() != Some(true) {
        return;
    }
    let message = format!(
        "The last `USER` is `{}`: {} runs as root. Switch to another user at the end.",
        user.written,
        name(stage)
    );
    let mut draft = sink.at(user.place.clone(), message).also(&[
        "CIS-4.1",
        "CKV_DOCKER_8",
        "DL3002",
        "DS-0002",
        "checkov:RootUser",
        "kics:last_user_is_root",
    ]);
    if !stage.instructions.contains(user.instruction) {
        draft = draft.related(stage.base.place.clone(), "It is taken over here");
    }
    if development {
        draft = draft.case("development");
    }
    draft.fix(non_root::fix(file, stage, image.as_ref(), Some(&user)));
}

fn without_user(
    file: &Dockerfile,
    stage: &Stage,
    image: Option<&Image>,
    development: bool,
    sink: &mut Sink,
) {
    let dialect = image.map_or(Dialect::Unknown, Image::dialect);
    let entrypoint = file.entrypoint(stage);
    let launched = entrypoint.is_some() || file.cmd(stage).is_some();
    let replaced = entrypoint.is_some_and(|launch| {
        let mut words = launch.commands().iter().flat_map(|command| &command.words);
        !words.any(|word| word.text.contains("docker-entrypoint"))
    });
    let fine = image.is_some_and(|image| {
        image.is_non_root() || !replaced && (image.drops_root() || image.is_supervised())
    });
    let runs_nothing = !launched && (dialect == Dialect::Scratch || only_checks(file, stage));
    if fine || runs_nothing {
        return;
    }
    let what = name(stage);
    let foreign = image.is_none_or(Image::is_foreign);
    let message = match dialect {
        Dialect::Scratch => {
            "`scratch` has no user but root, and so the program runs as root. Add `USER` with a number.".to_owned()
        }
        _ if foreign => {
            let root = file.lineage(stage).last().unwrap_or(stage);
            let base = &root.base.written;
            format!(
                "No `USER`: {what} runs as root, unless `{base}` says otherwise. Switch to another user at the end."
            )
        }
        _ => format!("No `USER`: {what} runs as root. Switch to another user at the end."),
    };
    let mut draft = sink.at(stage.base.place.clone(), message).also(&[
        "CIS-4.1",
        "CKV_DOCKER_3",
        "DS-0002",
        "checkov:UserExists",
    ]);
    if dialect != Dialect::Scratch {
        draft = draft.also(&["kics:missing_user_instruction"]);
    }
    if development {
        draft = draft.case("development");
    }
    if foreign && !launched {
        draft = draft.case("unknown-image");
    }
    draft.fix(non_root::fix(file, stage, image, None));
}

/// Nothing is copied into the stage, but a command of it reads the context through a mount: it is built for its exit code.
fn only_checks(file: &Dockerfile, stage: &Stage) -> bool {
    let mounts = |run: &Instruction| {
        let mut flags = run.flags.iter().filter(|flag| flag.name == "mount");
        flags.any(|flag| {
            let options = flag.value.as_deref().unwrap_or_default();
            let typed = options.contains("type=");
            let foreign = options.contains("from=");
            !foreign && (!typed || options.contains("type=bind"))
        })
    };
    file.copies(stage).is_empty() && stage.all(Keyword::Run).any(mounts)
}

fn name(stage: &Stage) -> String {
    match &stage.name {
        Some((name, _)) => format!("stage `{name}`"),
        None => "the image".into(),
    }
}
