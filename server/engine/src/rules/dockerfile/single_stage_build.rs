use crate::file::Stage as Role;
use crate::model::dockerfile::{Dockerfile, From, Stage};
use crate::rule::{Area, Check, Context, Place, Rule, Severity, Sink};
use crate::syntax::shell::{Command, base};

pub static RULE: Rule = Rule {
    name: "dockerfile/single-stage-build",
    area: Area::Infrastructure,
    severity: Severity::Low,
    cases: &[],
    minutes: 60,
    off: false,
    also: &[],
    docs: r#"
The image is shipped with the compilers that built it.

Compilers and headers make an image several times as large, bring most of its known vulnerabilities along, and give whoever gets in
the tools to build more.

```dockerfile bad
FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends build-essential libpq-dev
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . /app
USER 1000
CMD ["gunicorn", "app:app"]
```

Build in one stage, and copy what was built into a clean one.
Which files that are, only you know, so there is no fix.

```dockerfile good
FROM python:3.12 AS build
RUN apt-get update && apt-get install -y --no-install-recommends build-essential libpq-dev
COPY requirements.txt .
RUN pip wheel -r requirements.txt -w /wheels

FROM python:3.12-slim
RUN --mount=from=build,source=/wheels,target=/wheels pip install /wheels/*
COPY . /app
USER 1000
CMD ["gunicorn", "app:app"]
```

Packages that are removed by the same command are no finding, and neither are files for development and images that run nothing,
or only a shell, an interpreter or a build.

```dockerfile good
FROM python:3.12-alpine
RUN apk add --no-cache --virtual .build-deps gcc musl-dev \
    && pip install uvloop \
    && apk del .build-deps
USER 1000
CMD ["python", "main.py"]
```
"#,
    checks: &[Check::Dockerfile(check)],
};

fn check(file: &Dockerfile, cx: &Context, sink: &mut Sink) {
    let Some(shipped) = file
        .shipped(None)
        .filter(|_| cx.file.stage != Role::Development)
    else {
        return;
    };
    let lineage: Vec<&Stage> = file.lineage(shipped).collect();
    let apart = lineage.len() < file.stages.len();
    let copies = file.copies(shipped);
    let clean = apart
        && copies
            .iter()
            .any(|copied| matches!(copied.from, Some(From::Stage(_))));
    if clean || !runs_a_program(file, shipped) {
        return;
    }
    for stage in lineage.iter().rev() {
        if let Some((what, place)) = installed(file, stage) {
            let message = format!(
                "The image is shipped with `{what}`, which only its build needs. Build in a stage of its own, and copy the result."
            );
            sink.at(place, message);
            return;
        }
    }
}

/// Whether the image is there to run a program: not for others to start from, nor to build something when it is run.
fn runs_a_program(file: &Dockerfile, shipped: &Stage) -> bool {
    const TOOLS: &[&str] = &[
        "ash", "bash", "cargo", "cmake", "gcc", "ghci", "go", "irb", "ipython", "jshell", "lua",
        "make", "node", "perl", "php", "pypy", "pypy3", "python", "python2", "python3", "ruby",
        "sh", "zsh",
    ];
    const BUILDS: &[&str] = &["build", "compile", "dind", "html", "lint", "make", "test"];
    let launch = file.entrypoint(shipped).or_else(|| file.cmd(shipped));
    let Some(launch) = launch else {
        // What an image runs by itself that is known to serve.
        let image = file.image(shipped);
        return image.is_some_and(|image| {
            let tag = image.tag.as_deref().unwrap_or_default();
            let serves = ["apache", "fpm"].iter().any(|word| tag.contains(word));
            image.official() == Some("php") && serves
        });
    };
    let mut programs = launch.commands().iter().map(|command| {
        let name = command.name();
        let alone = command.argv().len() == 1;
        let builds = BUILDS
            .iter()
            .any(|word| name.to_ascii_lowercase().contains(word));
        !(builds || alone && TOOLS.contains(&name))
    });
    programs.next().unwrap_or(false)
}

/// The first compiler or package of headers that a stage installs and keeps.
fn installed<'a>(file: &'a Dockerfile, stage: &'a Stage) -> Option<(&'a str, Place)> {
    let commands = file.commands(stage);
    for (at, (instruction, command)) in commands.iter().enumerate() {
        let Some(packages) = packages(command) else {
            continue;
        };
        let later = commands[at + 1..].iter();
        let layer = later.take_while(|(other, _)| std::ptr::eq(*other, *instruction));
        if layer.into_iter().any(|(_, command)| removes(command)) {
            continue;
        }
        for (text, span) in packages {
            if is_build_package(text) {
                return Some((text, instruction.place(span)));
            }
        }
    }
    None
}

const MANAGERS: &[&str] = &[
    "apt", "apt-get", "aptitude", "apk", "dnf", "microdnf", "tdnf", "yum", "zypper", "pacman",
];

type Named<'a> = Vec<(&'a str, crate::text::Span)>;

/// What a command installs.
fn packages(command: &Command) -> Option<Named<'_>> {
    let words = command.argv();
    let (first, rest) = words.split_first()?;
    if !MANAGERS.contains(&base(&first.text)) {
        return None;
    }
    let verb = rest.iter().position(|word| {
        matches!(
            word.text.as_str(),
            "install" | "add" | "in" | "groupinstall"
        ) || word.text.starts_with("-S")
    })?;
    let packages = rest[verb + 1..].iter();
    let named = packages.filter(|word| !word.text.starts_with(['-', '.']));
    Some(named.map(|word| (word.text.as_str(), word.span)).collect())
}

fn removes(command: &Command) -> bool {
    let words = command.argv();
    let manager = words
        .first()
        .is_some_and(|word| MANAGERS.contains(&base(&word.text)));
    let verb = |text: &str| {
        matches!(text, "purge" | "remove" | "autoremove" | "del" | "erase")
            || text.starts_with("-R")
    };
    manager && words.iter().any(|word| verb(&word.text))
}

/// Compilers, and packages whose names end in `-dev` or `-devel`.
fn is_build_package(text: &str) -> bool {
    const COMPILERS: &[&str] = &[
        "build-base",
        "build-essential",
        "alpine-sdk",
        "base-devel",
        "cargo",
        "clang",
        "cmake",
        "g++",
        "gcc",
        "gcc-c++",
        "gfortran",
        "go",
        "golang",
        "golang-go",
        "llvm",
        "make",
        "musl-dev",
        "ninja-build",
        "rustc",
    ];
    let name = text
        .split(['=', '~', '<', '>', ':', '@'])
        .next()
        .unwrap_or(text);
    let version = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    COMPILERS.contains(&name)
        || COMPILERS.contains(&version)
        || name.ends_with("-dev")
        || name.ends_with("-devel")
}
