//! Which routes of an application nothing limits.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::{Question, View, Workspace};
use super::chain::{Answered, Object, Unit};
use crate::model::python::web::{App, Framework, Places, Ref, Route, Web};
use crate::rule::Place;

/// Routes that take as many requests as anybody sends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Open {
    pub framework: Framework,
    /// What is attacked first comes first.
    pub routes: Vec<OpenRoute>,
    pub count: usize,
    /// How many others something limits.
    pub limited: usize,
    /// A limiter that these routes could use.
    pub limiter: Option<Usable>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OpenRoute {
    pub shown: String,
    pub handler: String,
    pub file: PathBuf,
    /// In that file.
    pub place: Option<Place>,
}

/// A limiter of the unit.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Usable {
    pub name: String,
    pub slowapi: bool,
    pub file: PathBuf,
    /// By what name others import its module; nothing where that would go round in a circle.
    pub module: Option<String>,
}

/// So many routes are shown.
const SHOWN: usize = 12;

/// What nothing limits in a unit.
#[derive(Default)]
struct Limits {
    /// Applications none of whose routes is limited, each with the function that makes it.
    apps: BTreeMap<(Object, Option<String>), Open>,
    /// The first open route of each application some of whose routes are limited, or whose class is the unit's own, by file and
    /// function.
    routes: BTreeMap<Object, Open>,
    slowapi_middleware: bool,
    has_app: bool,
}

#[derive(Debug)]
struct OpenApp(Object, Option<String>);

impl Question for OpenApp {
    type Answer = Option<Open>;
    fn answer(&self, workspace: &Workspace) -> Option<Open> {
        let limits = workspace.limits(&self.0.0);
        let open = limits.apps.get(&(self.0.clone(), self.1.clone()))?;
        Some(workspace.with_places(open))
    }
}

#[derive(Debug)]
struct OpenAt(PathBuf, String);

impl Question for OpenAt {
    type Answer = Option<Open>;
    fn answer(&self, workspace: &Workspace) -> Option<Open> {
        let limits = workspace.limits(&self.0);
        let open = limits.routes.get(&(self.0.clone(), self.1.clone()))?;
        Some(workspace.with_places(open))
    }
}

/// Does a file hold the first open route of an application?
#[derive(Debug)]
struct HasOpen(PathBuf);

impl Question for HasOpen {
    type Answer = bool;
    fn answer(&self, workspace: &Workspace) -> bool {
        let limits = workspace.limits(&self.0);
        limits.routes.keys().any(|(file, _)| *file == self.0)
    }
}

#[derive(Debug)]
struct SlowApiMiddleware(PathBuf);

impl Question for SlowApiMiddleware {
    type Answer = bool;
    fn answer(&self, workspace: &Workspace) -> bool {
        workspace.limits(&self.0).slowapi_middleware
    }
}

/// Does the unit of a file make an application?
#[derive(Debug)]
struct HasApp(PathBuf);

impl Question for HasApp {
    type Answer = bool;
    fn answer(&self, workspace: &Workspace) -> bool {
        workspace.limits(&self.0).has_app
    }
}

impl View<'_> {
    /// Whether the unit of a file makes an application.
    pub fn has_web_app(&self, file: &Path) -> bool {
        self.ask(HasApp(file.to_path_buf()))
    }

    /// The routes of an application of a file that a function makes, if nothing limits any of them.
    pub fn unlimited_app(&self, file: &Path, name: &str, within: Option<&str>) -> Option<Open> {
        let known = !self.workspace.is_alone();
        let app = || (file.to_path_buf(), name.to_owned());
        known.then(|| self.ask(OpenApp(app(), within.map(str::to_owned))))?
    }

    /// The open routes of an application some of whose routes are limited, if the function is the first of them.
    pub fn unlimited_route(&self, file: &Path, function: &str) -> Option<Open> {
        let known = !self.workspace.is_alone();
        known.then(|| self.ask(OpenAt(file.to_path_buf(), function.to_owned())))?
    }

    pub(crate) fn has_unlimited_routes(&self, file: &Path) -> bool {
        !self.workspace.is_alone() && self.ask(HasOpen(file.to_path_buf()))
    }

    /// Whether the unit of a file gives some application the middleware of slowapi.
    pub fn has_slowapi_middleware(&self, file: &Path) -> bool {
        self.ask(SlowApiMiddleware(file.to_path_buf()))
    }
}

impl Workspace {
    fn limits(&self, file: &Path) -> Arc<Limits> {
        let unit = self.unit(file);
        self.derived(&unit, || self.find_limits(&unit))
    }

    fn find_limits(&self, unit: &Path) -> Limits {
        let webs = self.facts::<Web>(&self.application(unit));
        let middleware = || {
            webs.iter()
                .flat_map(|(path, web)| web.middleware.iter().map(move |m| (path, m)))
        };
        let mut limits = Limits {
            slowapi_middleware: middleware().any(|(_, middleware)| middleware.slowapi),
            ..Limits::default()
        };
        let apps = webs.iter().flat_map(|(path, web)| {
            let of = |app: &App| ((path.clone(), app.name.clone()), app.clone());
            web.apps.iter().map(of)
        });
        let apps: Vec<(Object, App)> = apps.collect();
        limits.has_app = !apps.is_empty();
        if apps.is_empty() || self.limits_at_edge() {
            return limits;
        }
        let edges = webs.iter().flat_map(|(path, web)| {
            web.includes.iter().filter_map(|include| {
                let child = self.object_meant(path, include.child.as_ref()?);
                Some((
                    self.object_meant(path, &include.parent),
                    child,
                    include.limited,
                ))
            })
        });
        let mut edges: Vec<(Object, Object, bool)> = edges.collect();
        edges.extend(self.handed_edges(&webs));
        let held = webs.iter().flat_map(|(path, web)| {
            let limited = web.limited.iter();
            limited.map(|router| self.object_meant(path, router))
        });
        let unit_of = Unit {
            held: held.collect(),
            webs: webs.clone(),
            apps,
            edges,
        };
        let limiters = || webs.iter().flat_map(|(_, web)| &web.limiters);
        let by_default = |framework: Framework| match framework {
            Framework::Flask => {
                let mut flask = limiters().filter(|limiter| !limiter.slowapi).peekable();
                flask.peek().is_some() && self.configures_limits(unit)
                    || flask.any(|limiter| limiter.defaults)
            }
            Framework::FastApi | Framework::Starlette => {
                limits.slowapi_middleware
                    && limiters().any(|limiter| limiter.slowapi && limiter.defaults)
            }
        };
        // What goes through a middleware of an application; one of nobody knows which counts for all.
        let through = |object: &Object| {
            let of = |path: &PathBuf, on: &Ref| {
                let on = self.object_meant(path, on);
                on == *object || !unit_of.apps.iter().any(|(app, _)| *app == on)
            };
            middleware().any(|(path, middleware)| {
                middleware.limits && !middleware.slowapi && of(path, &middleware.on)
            })
        };
        let usable = self.usable(&webs);
        for (object, app, routes) in unit_of.routes(self) {
            if app.limited || by_default(app.framework) || through(&object) {
                continue;
            }
            let (plain, others): (Vec<_>, Vec<_>) = routes
                .into_iter()
                .partition(|(_, route, _)| is_plain(route));
            let (limited, mut open): (Vec<_>, Vec<_>) =
                others.into_iter().partition(|(_, _, limited)| *limited);
            // The front page of an exporter leads to the only thing that it has.
            let front = |route: &Route| route.path == "/" && route.methods == "GET";
            let exports =
                |(_, route, _): &Answered| said(route).to_ascii_lowercase().ends_with("metrics");
            let front = !plain.is_empty()
                && plain.iter().all(exports)
                && open.iter().all(|(_, route, _)| front(route));
            let unseen = |(path, web): &(PathBuf, Arc<Web>)| web.applies && *path == object.0;
            let unseen = limited.is_empty() && webs.iter().any(unseen);
            if unseen || front || open.is_empty() {
                continue;
            }
            open.sort_by_key(|(path, route, _)| (urgency(route), path.clone()));
            let here = open.iter().find(|(_, route, _)| !route.handler.is_empty());
            let (path, route, _) = here.unwrap_or(&open[0]);
            let first = (path.clone(), route.handler.clone());
            let shown = open.iter().map(|(path, route, _)| OpenRoute {
                shown: route.shown(),
                handler: route.handler.clone(),
                file: path.clone(),
                place: None,
            });
            let flask = app.framework == Framework::Flask;
            let found = Open {
                framework: app.framework,
                count: open.len(),
                routes: shown.collect(),
                limited: limited.len(),
                limiter: usable
                    .iter()
                    .find(|usable| usable.slowapi != flask)
                    .cloned(),
            };
            // No rule is asked about the call of a class that the file defines.
            match limited.is_empty() && !app.derived {
                true => limits.apps.insert((object, app.within), found),
                false => limits.routes.insert(first, found),
            };
        }
        limits
    }

    /// The limiters of a unit that are names of their modules.
    fn usable(&self, webs: &[(PathBuf, Arc<Web>)]) -> Vec<Usable> {
        let mut usable = Vec::new();
        for (path, web) in webs {
            for limiter in web
                .limiters
                .iter()
                .filter(|limiter| limiter.top && !limiter.name.is_empty())
            {
                usable.push(Usable {
                    name: limiter.name.clone(),
                    slowapi: limiter.slowapi,
                    file: path.clone(),
                    // Whoever has the application imports the routes.
                    module: web
                        .apps
                        .is_empty()
                        .then(|| self.imported_as(path))
                        .flatten(),
                });
            }
        }
        usable
    }

    /// The dotted name under which a file is imported.
    fn imported_as(&self, file: &Path) -> Option<String> {
        let folder = View::folder(file);
        let package = |folder: &&Path| self.has_file(&folder.join("__init__.py"));
        let root = folder.ancestors().find(|folder| !package(folder))?;
        let below = file.strip_prefix(root).ok()?.with_extension("");
        let mut names: Vec<&str> = below.iter().filter_map(|name| name.to_str()).collect();
        if names.last() == Some(&"__init__") {
            names.pop();
        }
        (!names.is_empty()).then(|| names.join("."))
    }

    /// The same with the places of the first routes.
    fn with_places(&self, open: &Open) -> Open {
        let mut open = open.clone();
        for route in open.routes.iter_mut().take(SHOWN) {
            let places = self.fact::<Places>(&route.file).here();
            route.place = places.and_then(|places| {
                let mut known = places.0.iter().filter(|(path, _)| *path == route.handler);
                known.next().map(|(_, place)| place.clone())
            });
        }
        open
    }
}

/// What machines ask for that watch over an application, and documents.
fn is_plain(route: &Route) -> bool {
    let path = said(route);
    const WORDS: &[&str] = &[
        "alive",
        "docs",
        "favicon",
        "health",
        "healthcheck",
        "healthz",
        "heartbeat",
        "live",
        "liveness",
        "livez",
        "metrics",
        "openapi",
        "ping",
        "readiness",
        "ready",
        "readyz",
        "redoc",
        "robots",
        "static",
        "status",
        "up",
        "version",
    ];
    const WHOLE: &[&str] = &[
        "docs",
        "health",
        "healthz",
        "metrics",
        "static",
        ".well-known",
    ];
    if path.split('/').any(|part| WHOLE.contains(&part)) {
        return true;
    }
    let last = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let lower = last.to_ascii_lowercase();
    let mut words = lower.split(['.', '_', '-']);
    words.any(|word| WORDS.contains(&word))
}

/// The path of a route; where that is known only when it runs, the function says it.
fn said(route: &Route) -> &str {
    match route.path.is_empty() {
        true => route.handler.rsplit('.').next().unwrap_or_default(),
        false => &route.path,
    }
}

/// What is attacked first: where somebody signs in, then where something is stored, then what changes anything.
fn urgency(route: &Route) -> u8 {
    const DOORS: &[&str] = &[
        "auth", "login", "otp", "password", "register", "signin", "signup", "token", "verify",
    ];
    let name = [&route.path, &route.handler]
        .map(|name| name.to_ascii_lowercase())
        .join(" ");
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let writes = !route.methods.starts_with("GET");
    match () {
        () if writes && says(DOORS) => 0,
        () if writes && says(&["upload", "import", "file"]) => 1,
        () if says(DOORS) => 2,
        () if writes => 3,
        () => 4,
    }
}
