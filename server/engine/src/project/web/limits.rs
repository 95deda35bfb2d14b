//! Which routes of an application nothing limits.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::{Question, View, Workspace};
use super::HOPS;
use crate::model::python::web::{App, Classes, Framework, Places, Ref, Route, Web};
use crate::rule::Place;

/// An application or router, by its file and its name.
type Object = (PathBuf, String);

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
    /// Applications none of whose routes is limited.
    apps: BTreeMap<Object, Open>,
    /// The first open route of each application some of whose routes are limited, by file and function.
    routes: BTreeMap<Object, Open>,
    slowapi_middleware: bool,
}

#[derive(Debug)]
struct OpenApp(PathBuf, String);

impl Question for OpenApp {
    type Answer = Option<Open>;
    fn answer(&self, workspace: &Workspace) -> Option<Open> {
        let limits = workspace.limits(&self.0);
        let open = limits.apps.get(&(self.0.clone(), self.1.clone()))?;
        Some(workspace.placed(open))
    }
}

#[derive(Debug)]
struct OpenAt(PathBuf, String);

impl Question for OpenAt {
    type Answer = Option<Open>;
    fn answer(&self, workspace: &Workspace) -> Option<Open> {
        let limits = workspace.limits(&self.0);
        let open = limits.routes.get(&(self.0.clone(), self.1.clone()))?;
        Some(workspace.placed(open))
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

impl View<'_> {
    /// The routes of an application of a file, if nothing limits any of them.
    pub fn unlimited_app(&self, file: &Path, name: &str) -> Option<Open> {
        let known = !self.workspace.is_alone();
        known.then(|| self.ask(OpenApp(file.to_path_buf(), name.to_owned())))?
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

/// The files of a unit that have to do with the web.
struct Unit {
    webs: Vec<(PathBuf, Arc<Web>)>,
    apps: Vec<(Object, App)>,
    /// What is included where, and whether that limits it.
    edges: Vec<(Object, Object, bool)>,
}

impl Workspace {
    fn limits(&self, file: &Path) -> Arc<Limits> {
        let unit = self.unit(file);
        self.derived(&unit, || self.find_limits(&unit))
    }

    /// The application or router that a file means by a name.
    fn object_meant(&self, from: &Path, name: &Ref) -> Object {
        if name.own {
            return (from.to_path_buf(), name.path.clone());
        }
        let Some((mut file, rest)) = self.module(from, &name.path) else {
            return (from.to_path_buf(), name.path.clone());
        };
        let mut path = rest.join(".");
        for _ in 0..HOPS {
            let web = self.fact::<Web>(&file).here();
            let named = |web: &Arc<Web>| {
                let apps = web.apps.iter().map(|app| &app.name);
                let mut names = apps.chain(web.routers.iter().map(|router| &router.name));
                names.any(|known| *known == path)
            };
            if web.as_ref().is_some_and(named) {
                break;
            }
            let Some(classes) = self.fact::<Classes>(&file).here() else {
                break;
            };
            match self.handed_on(&file, &classes, &path) {
                Some((next, rest)) => (file, path) = (next, rest),
                None => break,
            }
        }
        (file, path)
    }

    fn find_limits(&self, unit: &Path) -> Limits {
        let webs: Vec<(PathBuf, Arc<Web>)> = self
            .application(unit)
            .into_iter()
            .filter_map(|path| {
                let web = self.fact::<Web>(&path).here()?;
                Some((path, web))
            })
            .collect();
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
        let edges = edges.collect();
        let unit_of = Unit {
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
            let (limited, mut open): (Vec<_>, Vec<_>) = routes
                .into_iter()
                .filter(|(_, route, _)| !is_plain(&route.path))
                .partition(|(_, _, limited)| *limited);
            if open.is_empty() {
                continue;
            }
            open.sort_by_key(|(path, route, _)| (urgency(route), path.clone()));
            let first = (open[0].0.clone(), open[0].1.handler.clone());
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
            match limited.is_empty() {
                true => limits.apps.insert(object, found),
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
    fn placed(&self, open: &Open) -> Open {
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

type Answered = (PathBuf, Route, bool);

impl Unit {
    /// The routes of each application that no other one takes in, and whether they are limited.
    fn routes(&self, workspace: &Workspace) -> Vec<(Object, App, Vec<Answered>)> {
        let is_app = |object: &Object| self.apps.iter().any(|(app, _)| app == object);
        let children: HashSet<&Object> = self.edges.iter().map(|(_, child, _)| child).collect();
        let heads: Vec<&(Object, App)> = self
            .apps
            .iter()
            .filter(|(app, _)| !children.contains(app))
            .collect();
        let limited = self.limited();
        let mut reached: HashMap<&Object, usize> = HashMap::new();
        for (at, (head, _)) in heads.iter().enumerate() {
            let mut next = VecDeque::from([head]);
            let mut seen: BTreeSet<&Object> = BTreeSet::new();
            while let Some(object) = next.pop_front() {
                if !seen.insert(object) {
                    continue;
                }
                reached.entry(object).or_insert(at);
                let below = self.edges.iter().filter(|(parent, ..)| parent == object);
                next.extend(below.map(|(_, child, _)| child));
            }
        }
        let mut of: Vec<Vec<Answered>> = vec![Vec::new(); heads.len()];
        for (path, web) in &self.webs {
            for route in &web.routes {
                let object = workspace.object_meant(path, &route.on);
                let at = match reached.get(&object) {
                    Some(at) => *at,
                    // Taken in where nobody can see it: of the only application there is.
                    None if heads.len() == 1 && !is_app(&object) => 0,
                    None => continue,
                };
                let by_object = limited.contains(&object);
                of[at].push((path.clone(), route.clone(), route.limited || by_object));
            }
        }
        let heads = heads.into_iter().zip(of);
        heads
            .map(|((object, app), routes)| (object.clone(), app.clone(), routes))
            .collect()
    }

    /// Routers all of whose routes are limited, by themselves or by what takes them in.
    fn limited(&self) -> HashSet<Object> {
        let routers = self.webs.iter().flat_map(|(path, web)| {
            let limited = web.routers.iter().filter(|router| router.limited);
            limited.map(|router| (path.clone(), router.name.clone()))
        });
        let mut limited: HashSet<Object> = routers.collect();
        for _ in 0..HOPS {
            for (parent, child, limits) in &self.edges {
                if *limits || limited.contains(parent) {
                    limited.insert(child.clone());
                }
            }
        }
        limited
    }
}

/// What machines ask for that watch over an application, and documents.
fn is_plain(path: &str) -> bool {
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
    const WHOLE: &[&str] = &["docs", "health", "healthz", "metrics", "static", ".well-known"];
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

/// What is attacked first: where somebody signs in, then where something is stored, then what changes anything.
fn urgency(route: &Route) -> u8 {
    const DOORS: &[&str] = &[
        "auth", "login", "otp", "password", "register", "reset", "signin", "signup", "token",
        "verify",
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
