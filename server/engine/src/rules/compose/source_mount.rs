use std::path::{Path, PathBuf};

use crate::file::Stage;
use crate::model::compose::{Service, Volume, VolumeKind};
use crate::path::join;
use crate::project::{Deployed, Image, Spot, View, is_code};
use crate::rule::{Area, Check, Context, Fix, Intent, Place, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "compose/source-mount",
    area: Area::Infrastructure,
    severity: Severity::Critical,
    cases: &[("code-file", Severity::High)],
    minutes: 5,
    off: false,
    also: &[],
    docs: r#"
Source code of the host is mounted over the code of an image.

The image was built, scanned and tested; what runs is whatever lies on the host at that moment.
A pull that stops half-way, a file edited in place or another branch is live at once, the container can write to its own
source, and a rollback to an older image changes nothing.

```yaml docker-compose.yml bad
services:
  api:
    build: ./api
    volumes:
      - ./api:/app
      - uploads:/app/uploads
volumes:
  uploads:
```
```dockerfile api/Dockerfile bad
FROM python:3.12-slim
WORKDIR /app
COPY . .
```
```python api/main.py bad
print("hello")
```

Let production run the code of the image.

```yaml docker-compose.yml fixed
services:
  api:
    build: ./api
    volumes:
      - uploads:/app/uploads
volumes:
  uploads:
```

For work on the code the mount belongs into `docker-compose.override.yml`, which a plain `docker compose up` reads and a
deployment with `-f docker-compose.yml` does not.
Where the image has its code is read from the `WORKDIR` and the `COPY`s of the stage that is shipped, and from
`working_dir`; without a Dockerfile to be seen the usual folders count: `/app`, `/code`, `/src`, `/usr/src/app`,
`/workspace`.
A single file of code that is mounted there is high.

In a base file beside a production file the mount is a severity lower.
Lists are appended when files are merged: a production file that does not mention the mount does not remove it, and the
message says so.
Where the production file takes it away with `!reset` or `!override`, or mounts something else there, nothing is reported.

```yaml docker-compose.yml good
services:
  api:
    build: ./api
    volumes:
      - ./api:/app
```
```yaml docker-compose.prod.yml good
services:
  api:
    volumes: !override
      - uploads:/app/uploads
volumes:
  uploads:
```
```python api/main.py good
print("hello")
```

Data, configuration, named volumes, sockets, folders without code, services that build no image, and files and profiles for
development are not meant.
"#,
    checks: &[Check::Service(check)],
};

fn check(service: &Service, cx: &Context, sink: &mut Sink) {
    if cx.file.stage == Stage::Development || service.development {
        return;
    }
    let found: Vec<Hidden> = service
        .volumes
        .iter()
        .filter_map(|volume| hidden(service, volume, cx))
        .collect();
    // What deletes the last entry deletes its list: two that are deleted at once would leave an empty one.
    let all = found.len() == service.volumes.len();
    let first = found
        .first()
        .and_then(|hidden| hidden.volume.remove.as_ref()?.first().cloned());
    for (at, hidden) in found.iter().enumerate() {
        let one_by_one = first.clone().filter(|_| all && at > 0);
        report(service, hidden, one_by_one, cx, sink);
    }
}

/// A mount with what it hides.
struct Hidden<'a> {
    volume: &'a Volume,
    source: &'a str,
    target: String,
    is_file: bool,
    spot: Spot,
    deployed: Deployed,
}

fn hidden<'a>(service: &Service, volume: &'a Volume, cx: &Context) -> Option<Hidden<'a>> {
    let folder = View::folder(&cx.file.path);
    let source = volume.source.as_ref()?;
    let path = in_project(volume, folder)?;
    let target = volume
        .target_path()
        .filter(|target| target.starts_with('/'))?;
    let mut chains = cx.project.mounted(&cx.file.path, service, &target);
    // A base goes to production with what is read on top of it, where there is such a file.
    let with_more = |chain: &Deployed| chain.stage == Stage::Production;
    if cx.file.stage == Stage::Base && chains.iter().any(with_more) {
        chains.retain(with_more);
    }
    chains.retain(|chain| !chain.removed && !chain.development);
    let content = Content::of(&path, cx)?;
    chains.into_iter().find_map(|deployed| {
        let image = deployed.image.as_ref()?;
        let spots = spots(service, image);
        let spot = spots.iter().find(|spot| spot.is_covered_by(&target));
        let spot = spot.or_else(|| spots.iter().find(|spot| spot.is_hidden_by(&target)))?;
        is_source(&path, &target, content, image, spot, folder).then(|| Hidden {
            volume,
            source: &source.raw,
            target: target.clone(),
            is_file: content == Content::File,
            spot: spot.clone(),
            deployed: deployed.clone(),
        })
    })
}

/// The path of a mount that is written as one below or beside the compose file.
fn in_project(volume: &Volume, folder: &Path) -> Option<PathBuf> {
    let here = ["${PWD}", "$PWD"];
    let written = volume.source.as_ref()?.value();
    let below = here.iter().find_map(|here| written.strip_prefix(here));
    let path = match below.filter(|rest| rest.is_empty() || rest.starts_with('/')) {
        Some(rest) => format!(".{rest}"),
        None => (volume.kind == VolumeKind::Bind).then(|| volume.source_path())??,
    };
    let drive = path.as_bytes().get(1) == Some(&b':');
    let relative = !path.starts_with(['/', '~', '$']) && !drive && !path.contains('$');
    relative.then(|| join(folder, &path))
}

/// What lies at the source of a mount.
#[derive(Clone, Copy, PartialEq)]
enum Content {
    /// A folder with code.
    Code,
    File,
    /// Nothing can be seen there.
    Unseen,
}

impl Content {
    /// `None` for what is no code.
    fn of(path: &Path, cx: &Context) -> Option<Content> {
        match cx.project.has_code(path) {
            Some(true) => Some(Content::Code),
            Some(false) => None,
            None if is_code(&name(path)) => {
                (!is_configuration(&name(path))).then_some(Content::File)
            }
            None => Some(Content::Unseen),
        }
    }
}

/// Where the image has its code, so far as that is known.
fn spots(service: &Service, image: &Image) -> Vec<Spot> {
    let mut spots = image.code.clone();
    if let Some(text) = &service.working_dir {
        let place = Some(text.place.clone());
        spots.extend(text.expanded().and_then(|path| Spot::new(&path, place)));
    }
    if spots.is_empty() {
        spots.extend(USUAL.iter().filter_map(|path| Spot::new(path, None)));
    }
    spots
}

/// Where images have their code by custom.
const USUAL: &[&str] = &["/app", "/code", "/src", "/usr/src/app", "/workspace"];

fn is_source(
    path: &Path,
    target: &str,
    content: Content,
    image: &Image,
    spot: &Spot,
    folder: &Path,
) -> bool {
    let context = image.context.as_deref();
    // What the image is built from is its code.
    let is_context = context.is_some_and(|context| context.starts_with(path));
    let is_data = || {
        let base = context
            .filter(|context| path.starts_with(context))
            .unwrap_or(folder);
        let below = path.strip_prefix(base).unwrap_or(path).components();
        let mut words = below.map(|part| part.as_os_str().to_string_lossy().to_lowercase());
        let mut inside = target
            .strip_prefix(&*spot.path)
            .unwrap_or_default()
            .split('/');
        words.any(|word| says_data(&word)) || inside.any(says_data)
    };
    let says_code = || {
        let name = name(path).to_lowercase();
        spot.is_covered_by(target) && CODE.contains(&&*name)
    };
    match content {
        _ if is_context => content != Content::File,
        Content::Code | Content::File => !is_data(),
        Content::Unseen => says_code(),
    }
}

/// Names of folders that are no source code, whatever lies in them.
const DATA: &[&str] = &[
    ".ai",
    ".aws",
    ".cache",
    ".git",
    ".ssh",
    ".venv",
    "assets",
    "backup",
    "backups",
    "cache",
    "cert",
    "certs",
    "conf",
    "conf.d",
    "config",
    "configs",
    "data",
    "dataset",
    "datasets",
    "db",
    "doc",
    "docs",
    "downloads",
    "dump",
    "dumps",
    "fonts",
    "images",
    "input",
    "inputs",
    "keys",
    "locale",
    "locales",
    "log",
    "logs",
    "media",
    "node_modules",
    "output",
    "outputs",
    "reports",
    "results",
    "run",
    "secrets",
    "sockets",
    "ssl",
    "static",
    "staticfiles",
    "storage",
    "temp",
    "tls",
    "tmp",
    "uploads",
    "upload",
    "venv",
    "volumes",
];

/// Whether a folder's name says so: `logs`, `data-logs`; not `log-parser`.
fn says_data(name: &str) -> bool {
    let last = name.rsplit(['-', '_']).next().unwrap_or_default();
    DATA.contains(&name) || DATA.contains(&last)
}

/// Names of folders that say code, where it cannot be seen.
const CODE: &[&str] = &[
    "api", "app", "backend", "client", "code", "frontend", "lib", "server", "source", "src", "web",
];

/// Whether a file of code is one that people configure things with.
fn is_configuration(name: &str) -> bool {
    let mut words = name.split(['.', '-', '_']);
    words.any(|word| {
        let word = word.to_ascii_lowercase();
        matches!(
            &*word,
            "conf" | "config" | "configuration" | "env" | "gunicorn" | "settings" | "secrets"
        )
    })
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn report(
    service: &Service,
    hidden: &Hidden,
    one_by_one: Option<Place>,
    cx: &Context,
    sink: &mut Sink,
) {
    let Hidden {
        volume,
        source,
        target,
        spot,
        deployed,
        ..
    } = hidden;
    let shown = if spot.is_covered_by(target) {
        &spot.path
    } else {
        target
    };
    let over = deployed
        .over
        .as_ref()
        .filter(|_| cx.file.stage == Stage::Base);
    let advice = match over {
        Some((file, _)) => format!(
            "`{}` does not take it away, since lists are appended when files are merged; remove it here, or write \
             `volumes: !override` there.",
            name(file)
        ),
        None => {
            "What runs is what lies on the host, not what was built and tested; remove the mount."
                .into()
        }
    };
    let message = format!(
        "`{source}` hides what the image of `{}` has in `{shown}`. {advice}",
        service.name
    );
    let mut draft = sink.at(volume.text.clone(), message);
    if hidden.is_file {
        draft = draft.case("code-file");
    }
    if cx.file.stage == Stage::Base {
        draft = draft.one_lower();
    }
    if let Some(place) = &spot.place {
        draft = draft.related(place.clone(), "the image has its code here");
    }
    if let Some((file, place)) = over {
        draft = draft.related(
            place.clone(),
            format!("`{}` leaves the mount in place", name(file)),
        );
    }
    if let Some(used) = &volume.used {
        draft = draft.related(used.clone(), format!("used by `{}` here", service.name));
    }
    let mut remove = Fix::new(
        "Remove the mount: the container runs the code of its image then",
        Safety::Unsafe,
    );
    let mut shift = Fix::new(
        format!(
            "Move the mount to the override file: deploy with `-f {}`, since a plain `docker compose up` reads both",
            name(&cx.file.path)
        ),
        Safety::Unsafe,
    )
    .never_preferred();
    let pieces = volume.remove.iter().flatten();
    for place in pieces {
        remove = remove.replace(place.clone(), "");
        shift = shift.replace(place.clone(), "");
    }
    if let Some(first) = one_by_one {
        let start = Place {
            span: crate::text::Span {
                end: first.span.start,
                ..first.span
            },
            ..first
        };
        remove = remove.replace(start, "");
    }
    if let Some(entry) = &volume.item {
        shift = shift.with(Intent::OverrideVolume {
            service: service.name.clone(),
            entry: entry.clone(),
        });
    }
    if volume.shared {
        let reason = "an anchor holds the mount, so that other services may use it";
        remove = remove.disabled(reason);
        shift = shift.disabled(reason);
    } else if volume.remove.is_none() {
        let reason = "other text stands on the same lines";
        remove = remove.disabled(reason);
        shift = shift.disabled(reason);
    } else if volume.item.is_none() {
        shift = shift.disabled("the mount refers to an anchor of this file");
    } else if !deployed.overridable {
        shift = shift.disabled("no file that compose reads unasked has this service, so that an override file would not be read");
    }
    draft.fix(remove).fix(shift);
}
