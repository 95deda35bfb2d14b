//! Servers in front of a project that limit how often it is called, and where limiters keep their counts.

use std::path::Path;

use super::super::{Fact, Question, Source, View, Workspace};

/// A file limits requests before they come to the application: nginx, traefik, Caddy, HAProxy, Envoy, Kong, an ingress.
#[derive(Debug, Hash)]
struct Limiting;

impl Fact for Limiting {
    fn read(source: &Source) -> Option<Limiting> {
        let lines = source.text().lines().map(str::trim_start);
        let mut lines = lines.filter(|line| !line.starts_with('#'));
        lines.any(limits).then_some(Limiting)
    }
}

fn limits(line: &str) -> bool {
    const WORDS: &[&str] = &[
        "http_req_rate",
        "limit-rpm",
        "limit-rps",
        "local_rate_limit",
        "rate-limiting",
        "rate_limit",
        "ratelimit",
    ];
    let lower = line.to_ascii_lowercase();
    // `limit_req_zone` only says how it would be counted.
    lower.starts_with("limit_req ") || WORDS.iter().any(|word| lower.contains(word))
}

/// Whether a file may be the configuration of such a server, by its path.
fn is_edge(path: &Path) -> bool {
    const WORDS: &[&str] = &[
        "nginx",
        "traefik",
        "caddyfile",
        "haproxy",
        "envoy",
        "kong",
        "ingress",
        "compose",
        "gateway",
    ];
    let lower = path.to_string_lossy().to_ascii_lowercase();
    let ends = [".conf", ".conf.template", ".conf.j2", ".vhost"];
    let named = ends.iter().any(|end| lower.ends_with(end))
        || WORDS.iter().any(|word| lower.contains(word));
    let other = [
        ".py", ".md", ".rst", ".txt", ".js", ".ts", ".lock", ".svg", ".png", ".html", ".go",
    ];
    named && !other.iter().any(|end| lower.ends_with(end))
}

/// Some file of the project is such a configuration.
struct Edge(bool);

impl Workspace {
    pub(super) fn limits_at_edge(&self) -> bool {
        let edge = self.derived(Path::new(""), || {
            let list = self.list();
            let mut paths = list.iter().filter(|path| is_edge(path));
            Edge(paths.any(|path| self.fact::<Limiting>(path).here().is_some()))
        });
        edge.0
    }
}

/// A file says where a limiter keeps its counts, or which limits it has for all routes.
#[derive(Debug, Hash)]
struct Says {
    storage: bool,
    defaults: bool,
}

impl Fact for Says {
    fn read(source: &Source) -> Option<Says> {
        let text = source.text();
        let storage =
            |line: &str| line.contains("RATELIMIT_STORAGE_UR") && !line.contains("memory://");
        let says = Says {
            storage: text.lines().any(storage),
            defaults: text.contains("RATELIMIT_DEFAULT") || text.contains("RATELIMIT_APPLICATION"),
        };
        (says.storage || says.defaults).then_some(says)
    }
}

/// What the configuration of a unit says of its limiters.
struct Configured {
    storage: bool,
    defaults: bool,
}

impl Workspace {
    fn configured(&self, unit: &Path) -> std::sync::Arc<Configured> {
        self.derived(unit, || {
            let list = self.list();
            let inside = list
                .range(unit.to_path_buf()..)
                .take_while(|path| path.starts_with(unit))
                .filter(|path| may_configure(path));
            let mut configured = Configured {
                storage: false,
                defaults: false,
            };
            for path in inside {
                if let Some(says) = self.fact::<Says>(path).here() {
                    configured.storage |= says.storage;
                    configured.defaults |= says.defaults;
                }
            }
            configured
        })
    }

    /// Whether some configuration of a unit has limits for all routes of Flask-Limiter.
    pub(super) fn configures_limits(&self, unit: &Path) -> bool {
        self.configured(unit).defaults
    }
}

fn may_configure(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let ends = [
        ".py", ".yml", ".yaml", ".toml", ".cfg", ".ini", ".env", ".json",
    ];
    name.starts_with(".env") || ends.iter().any(|end| name.ends_with(end))
}

/// Does the configuration around a file say where limiters keep their counts?
#[derive(Debug)]
struct Storage(std::path::PathBuf);

impl Question for Storage {
    type Answer = bool;
    fn answer(&self, workspace: &Workspace) -> bool {
        let unit = workspace.unit(&self.0);
        // What starts the application may lie above its unit.
        let above = unit.parent().filter(|above| workspace.within(above));
        workspace.configured(&unit).storage
            || above.is_some_and(|above| {
                let names = workspace.folder(above).unwrap_or_default();
                let mut files = names.files().filter(|name| may_configure(Path::new(name)));
                files.any(|name| {
                    let says = workspace.fact::<Says>(&above.join(name)).here();
                    says.is_some_and(|says| says.storage)
                })
            })
    }
}

impl View<'_> {
    /// Whether the environment or the configuration of a file's unit says where limiters keep their counts.
    pub fn says_limit_storage(&self, file: &Path) -> bool {
        self.ask(Storage(file.to_path_buf()))
    }
}
