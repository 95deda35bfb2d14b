//! The fix that makes a stage run as another user than root.

use crate::fix::dockerfile::{behind, cased};
use crate::model::dockerfile::{Dialect, Dockerfile, Image, Instruction, Keyword, Stage, User};
use crate::rule::{Fix, Safety};

/// `root` is the `USER` to be taken back, where there is one.
pub(super) fn fix(
    file: &Dockerfile,
    stage: &Stage,
    image: Option<&Image>,
    root: Option<&User>,
) -> Fix {
    let (user, make) = user(file, stage, image);
    let title = match &make {
        Some(_) => {
            format!("Make a user `{user}` and run as it: what it writes to must belong to it")
        }
        None => format!("Run as `{user}`: what it writes to must belong to it"),
    };
    let fix = Fix::new(title, Safety::Unsafe);
    if root.is_none() && image.is_some_and(Image::is_web_server) {
        return fix.disabled(
            "the server binds its ports and opens its logs as root: use an image made for other users, such as `nginxinc/nginx-unprivileged`",
        );
    }
    let last = last_for_root(stage);
    let mut lines: Vec<String> = make.into_iter().collect();
    // A `USER root` of this stage behind which nothing needs root is itself the place.
    if let Some(root) = root.filter(|root| is_behind(root.instruction, last, stage)) {
        lines.push(format!("USER {user}"));
        let span = root.instruction.span;
        return fix.replace(root.instruction.place(span), cased(file, &lines).join("\n"));
    }
    lines.push(format!("USER {user}"));
    let (place, text) = behind(file, last, &lines);
    fix.replace(place, text)
}

/// The last instruction that may need root; the `FROM` where there is none.
fn last_for_root(stage: &Stage) -> &Instruction {
    let needs = |instruction: &&Instruction| {
        matches!(
            instruction.keyword,
            Keyword::Run | Keyword::Copy | Keyword::Add
        )
    };
    stage
        .instructions
        .iter()
        .rfind(needs)
        .unwrap_or(&stage.from)
}

/// Whether an instruction of the stage comes behind another one.
fn is_behind(instruction: &Instruction, other: &Instruction, stage: &Stage) -> bool {
    let place = |of: &Instruction| (of.chunk, of.span);
    place(instruction) > place(other) && stage.instructions.contains(instruction)
}

/// The user to run as, and the line that makes it.
fn user(file: &Dockerfile, stage: &Stage, image: Option<&Image>) -> (String, Option<String>) {
    if let Some(known) = known(file, stage) {
        return (known, None);
    }
    if let Some(own) = image.and_then(Image::own_user) {
        return (own.to_owned(), None);
    }
    let dialect = image.map_or(Dialect::Unknown, Image::dialect);
    // The smallest images of this family come without `useradd`.
    let small = image.is_some_and(|image| {
        ["minimal", "micro", "amazonlinux"]
            .iter()
            .any(|word| image.repository.contains(word))
    });
    let make = match dialect {
        Dialect::Debian => "RUN useradd --create-home --shell /usr/sbin/nologin --uid 10001 app",
        Dialect::Alpine => "RUN adduser -D -u 10001 app",
        Dialect::Rhel if !small => {
            "RUN useradd --create-home --shell /sbin/nologin --uid 10001 app"
        }
        Dialect::Distroless | Dialect::Scratch => return ("65532:65532".to_owned(), None),
        // A number needs no entry among the users.
        Dialect::Rhel | Dialect::Windows | Dialect::Unknown => {
            return ("10001:10001".to_owned(), None);
        }
    };
    ("app".to_owned(), Some(make.to_owned()))
}

/// A user that the file knows: one that it switches to, makes, or gives files to.
fn known(file: &Dockerfile, stage: &Stage) -> Option<String> {
    let instructions = file.instructions(stage);
    let before = instructions.iter().rev().find_map(|instruction| {
        let word = instruction.words().first()?;
        let name = word.written.split(':').next().unwrap_or_default();
        let user = instruction.keyword == Keyword::User && !name.is_empty() && name != "root";
        (user && !name.bytes().all(|byte| byte == b'0')).then(|| word.written.clone())
    });
    let made = || {
        file.made_users(stage)
            .last()
            .map(|made| made.name.to_owned())
    };
    let given = || {
        instructions.iter().rev().find_map(|instruction| {
            let owner = instruction.flag("chown")?.value.as_deref()?;
            let name = owner.split(':').next().unwrap_or_default();
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            let word =
                name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(plain);
            (word && name != "root").then(|| name.to_owned())
        })
    };
    before.or_else(made).or_else(given)
}
