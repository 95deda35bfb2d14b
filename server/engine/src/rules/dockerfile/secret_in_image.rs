use std::path::PathBuf;

use crate::fix::dockerfile::{without, without_pair};
use crate::model::dockerfile::{
    Copied, Dockerfile, Instruction, Keyword, Leak, Stage, What, leaks, of_copy, reaches, runs_with,
};
use crate::path::join;
use crate::project::{InChain, Sent, View};
use crate::rule::{Area, Check, Context, Fix, Intent, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "dockerfile/secret-in-image",
    area: Area::Security,
    severity: Severity::Critical,
    cases: &[
        ("build-argument", Severity::Medium),
        ("no-secret-inside", Severity::Low),
        ("development", Severity::Low),
    ],
    minutes: 15,
    off: false,
    also: &["CIS-4.10", "CWE-798", "DS-0031"],
    docs: r#"
A secret gets into the image.

Whoever can pull the image has it: the environment is shown by `docker inspect`, every instruction by `docker history`, and a file
of a lower layer stays there when a later one deletes it.

```dockerfile bad
FROM python:3.12-slim
ENV DJANGO_SECRET_KEY=correct-horse-battery
COPY app /app
USER 1000
```

What the program needs, the container is given when it is run.

```dockerfile fixed
FROM python:3.12-slim
COPY app /app
USER 1000
```

What the build needs is mounted for the one command that needs it.
An argument that becomes a variable of the environment is found at medium severity; the second fix mounts it instead.

```dockerfile bad
FROM node:22
ARG NPM_TOKEN
ENV NPM_TOKEN=$NPM_TOKEN
RUN echo "registry=https://npm.acme.dev/$NPM_TOKEN" && npm ci
USER node
```

```dockerfile fixed
FROM node:22
ARG NPM_TOKEN
RUN echo "registry=https://npm.acme.dev/$NPM_TOKEN" && npm ci
USER node
```

Files with secrets are found where they are copied by name, and where `COPY . .` takes an environment file along that
`.dockerignore` does not leave out; listing it there is safe.

```dockerfile api/Dockerfile bad
FROM python:3.12-slim
COPY . /app
USER 1000
```
```ini api/.env bad
SECRET_KEY=correct-horse-battery
```
```dockerfile api/Dockerfile fixed
FROM python:3.12-slim
COPY . /app
USER 1000
```
```text api/.dockerignore fixed
.env
```

Commands that write a secret to a file (`.npmrc`, `.netrc`, `git config`, `chpasswd`) are found as well, unless the same
command removes the file again; what they should write instead nobody but you knows, so for those there is no fix.
In Dockerfiles for development the severity is low, as it is for an environment file in which nothing is a secret.

```dockerfile good
FROM node:22 AS build
ARG NPM_TOKEN
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
RUN TOKEN=only-here npm run build
RUN echo "//registry.npmjs.org/:_authToken=$NPM_TOKEN" > .npmrc && npm ci && rm -f .npmrc
ENV PASSWORD_FILE=/run/secrets/password \
    API_KEY=
COPY .env.example .
USER node
```
"#,
    checks: &[Check::Dockerfile(check)],
};

fn check(file: &Dockerfile, cx: &Context, sink: &mut Sink) {
    for leak in leaks(file) {
        report(file, &leak, sink);
    }
    let builders = cx.project.builders(&cx.file.path);
    let shipped = shipped(file, &builders);
    let contexts = contexts(&builders, cx);
    for stage in &file.stages {
        for copied in file.copies(stage) {
            let own = stage.instructions.contains(copied.instruction);
            if !own || copied.from.is_some() {
                continue;
            }
            let path = copied.destination.as_deref();
            if shipped
                .iter()
                .any(|last| reaches(file, last, stage.index, path))
            {
                named(&copied, &contexts, cx, sink);
                whole(&copied, &contexts, cx, sink);
            }
        }
    }
}

/// The stages that are run as they are.
fn shipped<'a>(file: &'a Dockerfile, builders: &[InChain]) -> Vec<&'a Stage> {
    let targets = builders.iter().filter_map(|builder| {
        let target = builder.merged.service.build.as_ref()?.target.as_ref()?;
        file.shipped(target.expanded().as_deref())
    });
    let mut stages: Vec<&Stage> = targets.chain(file.shipped(None)).collect();
    stages.sort_by_key(|stage| stage.index);
    stages.dedup_by_key(|stage| stage.index);
    stages
}

/// The folders that builds are given; that of the Dockerfile where nothing says another one.
fn contexts(builders: &[InChain], cx: &Context) -> Vec<PathBuf> {
    let said = builders.iter().filter_map(|builder| {
        let build = builder.merged.service.build.as_ref()?;
        let place = build
            .context
            .as_ref()
            .map_or(&build.place, |text| &text.place);
        Some(join(View::folder(place.file()?), &build.context_path()?))
    });
    let mut contexts: Vec<PathBuf> = said.collect();
    contexts.sort();
    contexts.dedup();
    if contexts.is_empty() {
        contexts.push(View::folder(&cx.file.path).to_path_buf());
    }
    contexts
}

fn report(file: &Dockerfile, leak: &Leak, sink: &mut Sink) {
    let place = leak.place.clone();
    match &leak.what {
        What::Literal { name, pair } => {
            let env = leak.instruction.keyword == Keyword::Env;
            let shown = if env { "environment" } else { "history" };
            let message = format!(
                "`{name}` holds a secret that everyone who has the image reads in its {shown}. Give it when it is needed, and change it."
            );
            let draft = sink
                .at(place.clone(), message)
                .also(RULE.also)
                .secret(place);
            let fix = match env {
                true => Fix::new(
                    format!("Remove `{name}`: the container has to be given it when it is run"),
                    Safety::Unsafe,
                ),
                false => Fix::new(
                    format!("Remove the default: the build then needs `--build-arg {name}`"),
                    Safety::Unsafe,
                ),
            };
            draft.fix(match env {
                true => removed(fix, leak.instruction, *pair),
                false => undefined(fix, leak.instruction, *pair),
            });
        }
        What::Argument {
            name,
            argument,
            pair,
        } => {
            let message = format!(
                "`ENV {name}` keeps the build argument `{argument}` in the image, where `docker inspect` shows it. Mount it as a secret."
            );
            let draft = sink
                .at(place, message)
                .also(RULE.also)
                .case("build-argument");
            let title = format!("Remove `{name}`: the container has to be given it when it is run");
            let first = removed(Fix::new(title, Safety::Unsafe), leak.instruction, *pair);
            draft
                .fix(first)
                .fix(mounted(file, leak.instruction, name, argument, *pair));
        }
        What::Written(written) => {
            let what = match written.variable {
                Some(variable) => format!("`{variable}`"),
                None => "A secret".into(),
            };
            let message = format!(
                "{what} is written to `{}`, which stays in a layer of the image. Mount it for this command: `RUN --mount=type=secret`.",
                written.file
            );
            let mut draft = sink.at(place.clone(), message).also(RULE.also);
            if written.variable.is_none() {
                draft = draft.secret(place);
            }
            let _ = draft;
        }
        What::Copied { .. } => {}
    }
}

/// The fix without one pair of an `ENV`.
fn removed(fix: Fix, instruction: &Instruction, pair: usize) -> Fix {
    let (place, text) = without_pair(instruction, pair);
    fix.replace(place, text)
}

/// The fix without the value of an `ARG`.
fn undefined(fix: Fix, instruction: &Instruction, pair: usize) -> Fix {
    let Some(pair) = instruction.pairs().get(pair) else {
        return fix;
    };
    let mut span = pair.span;
    span.start = pair.name.span.end;
    fix.replace(instruction.place(span), "")
}

/// The argument as a mount of the commands that name it.
fn mounted(file: &Dockerfile, env: &Instruction, name: &str, argument: &str, pair: usize) -> Fix {
    let id = argument.to_ascii_lowercase();
    let title = format!(
        "Mount it as the secret `{id}` where it is used: build with `--secret id={id},env={argument}`"
    );
    let fix = Fix::new(title, Safety::Unsafe).never_preferred();
    let own = |stage: &&Stage| stage.instructions.contains(env);
    let Some(stage) = file.stages.iter().find(own) else {
        return fix.disabled("it belongs to no stage");
    };
    let mut runs = runs_with(stage, name);
    runs.retain(|run| run.run().is_some_and(|run| !run.exec));
    let declared = stage.all(Keyword::Arg).find(|arg| {
        let mut pairs = arg.pairs().iter();
        pairs.any(|pair| pair.name.fixed().as_deref() == Some(argument))
    });
    let (Some(declared), false) = (declared, runs.is_empty()) else {
        return fix.disabled(format!("no command of this stage names `{name}`"));
    };
    let at = declared
        .pairs()
        .iter()
        .position(|pair| pair.name.fixed().as_deref() == Some(argument));
    let mut fix = removed(fix, env, pair);
    fix = removed(fix, declared, at.unwrap_or_default());
    for run in runs {
        let mut span = run.name;
        span.start = span.end;
        fix = fix.replace(
            run.place(span),
            format!(" --mount=type=secret,id={id},env={name}"),
        );
    }
    fix
}

/// Files with secrets that are copied by name.
fn named(copied: &Copied, contexts: &[PathBuf], cx: &Context, sink: &mut Sink) {
    for leak in of_copy(copied) {
        let What::Copied { path, word, alone } = &leak.what else {
            continue;
        };
        let bare = path.trim_start_matches("./").trim_start_matches('/');
        let mut ignored = contexts
            .iter()
            .map(|context| cx.project.is_docker_ignored(&cx.file.path, context, bare));
        if ignored.any(|ignored| ignored) {
            continue;
        }
        let message = format!(
            "`{path}` is copied into the image, with the secrets in it. Give them when the container is run."
        );
        let fix = Fix::new(
            format!(
                "Do not copy `{path}`: the container has to be given what is in it when it is run"
            ),
            Safety::Unsafe,
        );
        let fix = match alone {
            true => {
                let (place, text) = without(leak.instruction);
                fix.replace(place, text)
            }
            false => {
                let next = leak
                    .instruction
                    .words()
                    .iter()
                    .find(|next| next.span.start >= word.end);
                let mut span = *word;
                span.end = next.map_or(span.end, |next| next.span.start);
                fix.replace(leak.instruction.place(span), "")
            }
        };
        sink.at(leak.place.clone(), message)
            .also(RULE.also)
            .fix(fix);
    }
}

/// Environment files that are copied with the folder in which they lie.
fn whole(copied: &Copied, contexts: &[PathBuf], cx: &Context, sink: &mut Sink) {
    let folder = |source: &str| {
        let bare = source
            .trim_start_matches('/')
            .trim_start_matches("./")
            .trim_end_matches('/');
        let folder = match bare {
            "." | "*" => "",
            bare => bare.strip_suffix("/*").unwrap_or(bare),
        };
        (!folder.contains(['*', '?', '$', '['])).then(|| folder.to_owned())
    };
    let sources: Vec<_> = copied
        .sources
        .iter()
        .filter_map(|(source, place)| Some((folder(source)?, place)))
        .collect();
    let folders = sources.iter().map(|(folder, _)| folder.clone()).collect();
    let sent = cx.project.env_files_sent(&cx.file.path, contexts, folders);
    for ((_, files), (_, place)) in sent.iter().zip(&sources) {
        let Some(first) = files.iter().find(|file| file.secret).or(files.first()) else {
            continue;
        };
        let names: Vec<String> = files
            .iter()
            .map(|file| format!("`{}`", file.path))
            .collect();
        let message = format!(
            "{} {} into the image with the rest: `{}` does not leave {} out. List {} there.",
            names.join(", "),
            if names.len() == 1 { "gets" } else { "get" },
            name(first),
            if names.len() == 1 { "it" } else { "them" },
            if names.len() == 1 { "it" } else { "them" },
        );
        let mut draft = sink.at((*place).clone(), message).also(RULE.also);
        if !first.secret {
            draft = draft.case("no-secret-inside");
        }
        let mut fix = Fix::new(
            format!("List {} in `{}`", names.join(", "), name(first)),
            Safety::Safe,
        );
        for file in files {
            fix = fix.with(Intent::DockerIgnore {
                file: file.ignored_by.clone(),
                path: file.path.clone(),
            });
        }
        draft.fix(fix);
    }
}

fn name(sent: &Sent) -> String {
    let name = sent.ignored_by.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
