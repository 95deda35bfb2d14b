use std::path::Path;

use crate::model::compose::{BASES, Composed, Problem, Service, Wrong};
use crate::project::{Built, Known, Stack};
use crate::rule::{Area, Check, Context, Fix, Owner, Place, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "compose/unresolved-reference",
    area: Area::Infrastructure,
    severity: Severity::Medium,
    cases: &[("outside", Severity::Info)],
    minutes: 10,
    off: false,
    also: &[],
    docs: r#"
The file refers to something that is not there, or that leads back to itself.

Compose refuses to start such a project, often only on the machine where it is deployed, and names one fault at a time.

```yaml compose bad
services:
  web:
    image: acme/web
    depends_on: [databse]
    networks: [backend]
  database:
    image: postgres:16
networks:
  backend:
```

Correct the name, or define what it names.
Where a name that exists is close, the fix takes that one.

```yaml compose fixed
services:
  web:
    image: acme/web
    depends_on: [database]
    networks: [backend]
  database:
    image: postgres:16
networks:
  backend:
```

Found are services, networks, volumes, secrets and configs that nothing defines, services and files to extend and files to
include that do not exist, cycles of `extends` and `include`, Dockerfiles and build contexts that do not exist, and services
that aliases blow up so far that nobody can read all of them.
Services are looked at as compose has them, with what they extend and what overrides them: a name that a file beside this
one defines is no finding, and neither is one in a file that others include, or in one that stands on a file elsewhere.
A build context outside of the workspace cannot be seen: that is an info.

```yaml compose good
services:
  web:
    image: acme/web
    depends_on:
      mail: {condition: service_started, required: false}
    networks: [default, backend]
    volumes: ["data:/data", "./conf:/etc/web:ro"]
networks:
  backend:
volumes:
  data:
```
"#,
    checks: &[Check::Compose(check)],
};

fn check(stack: &Stack, cx: &Context, sink: &mut Sink) {
    let here = stack.path.as_path();
    let (runs, alone) = (&stack.runs, stack.alone);
    // A file that is laid over another one by hand says neither so nor over which one.
    let name = here.file_name().and_then(|name| name.to_str());
    let stands = name.is_some_and(|name| BASES.contains(&name));
    let over_unknown = !stands && runs.iter().all(|run| run.files.len() == 1);
    let mut reported: Vec<&Problem> = Vec::new();
    for problem in runs.iter().flat_map(|run| &run.composed.problems) {
        // What is missing in one chain may be defined in another; what includes this file may define it as well.
        let certain = || {
            !problem.wrong.is_name()
                || (!over_unknown || problem.near.is_some())
                    && runs
                        .iter()
                        .all(|run| run.composed.problems.contains(problem))
                    && !cx.project.is_used(here)
        };
        if stack.is_here(&problem.place) && !reported.contains(&problem) && certain() {
            reported.push(problem);
            report(problem, sink);
        }
    }
    // Its paths start wherever that other file lies.
    let moved = over_unknown && name.is_some_and(|name| name.contains("override"));
    if !alone && !moved {
        let mut seen = Vec::new();
        for run in runs {
            for service in run.services() {
                build(service, &run.composed, here, cx, &mut seen, sink);
            }
        }
    }
}

fn report(problem: &Problem, sink: &mut Sink) {
    let mut message = message(&problem.wrong);
    if let Some(near) = &problem.near {
        message += &format!(" Did you mean `{near}`?");
    }
    let draft = sink.at(in_chunk(&problem.place), message);
    if let Some(near) = &problem.near {
        draft.fix(
            Fix::new(format!("Use `{near}`"), Safety::Unsafe)
                .replace(in_chunk(&problem.place), near.clone()),
        );
    }
}

fn message(wrong: &Wrong) -> String {
    let refuses = "Compose refuses to start";
    match wrong {
        Wrong::ExtendsCycle(name) => format!(
            "`{name}` extends the service that extends it here. {refuses}; let one of them stand by itself."
        ),
        Wrong::IncludeCycle(path) => format!(
            "`{}` includes this file, and is included here. {refuses}; take one of the two away.",
            shown(path)
        ),
        Wrong::NoServiceToExtend(name) => {
            format!("There is no service `{name}` to extend. {refuses}.")
        }
        Wrong::NoFileToExtend(path) | Wrong::NoFileToInclude(path) => {
            format!("There is no file `{}`. {refuses}.", shown(path))
        }
        Wrong::StrangeFile(path) => {
            format!(
                "`{}` is no compose file that can be read, so what it brings is not known.",
                shown(path)
            )
        }
        Wrong::CutShort(name) => format!(
            "Aliases blow `{name}` up so far that not all of it was read. Findings may be missing; write it with fewer aliases."
        ),
        Wrong::NoService(name) => format!("No service is called `{name}`. {refuses}."),
        Wrong::NoNetwork(name) => not_defined("network", "networks", name),
        Wrong::NoVolume(name) => not_defined("volume", "volumes", name),
        Wrong::NoSecret(name) => not_defined("secret", "secrets", name),
        Wrong::NoConfig(name) => not_defined("config", "configs", name),
    }
}

fn not_defined(kind: &str, section: &str, name: &str) -> String {
    format!(
        "No {kind} is called `{name}`. Compose refuses to start; define it under the top-level `{section}`."
    )
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Report a Dockerfile that is not there, where this file says which one it is.
fn build(
    service: &Service,
    project: &Composed,
    here: &Path,
    cx: &Context,
    seen: &mut Vec<Place>,
    sink: &mut Sink,
) {
    let Some(build) = &service.build else { return };
    let said = build.dockerfile.as_ref().or(build.context.as_ref());
    let place = said.map_or(&build.place, |text| &text.place);
    let context = build
        .context
        .as_ref()
        .map_or(&build.place, |text| &text.place);
    // Paths start in the folder of the file that has the context.
    let Some(from) = context.file() else { return };
    let moved = project.folder(context) != from.parent().unwrap_or(Path::new(""));
    if place.file() != Some(here) || moved || seen.contains(place) {
        return;
    }
    seen.push(place.clone());
    match cx.project.image(from, build) {
        Built::From(path, Known::Missing) => {
            let advice = "The image cannot be built; correct the path, or add the file.";
            let message = format!(
                "`{}` builds from `{}`, which does not exist. {advice}",
                service.name,
                shown(&path)
            );
            sink.at(in_chunk(place), message);
        }
        Built::Outside(path) => {
            let message = format!(
                "`{}` builds from `{}`, which lies outside of the workspace. What it runs cannot be seen.",
                service.name,
                shown(&path)
            );
            sink.at(in_chunk(place), message).case("outside");
        }
        Built::From(..) | Built::Inline | Built::Elsewhere => {}
    }
}

fn in_chunk(place: &Place) -> Place {
    match &place.owner {
        Owner::In(_, chunk) => Place {
            owner: Owner::Nth(*chunk),
            span: place.span,
        },
        _ => place.clone(),
    }
}
