//! What a Python file has to do with the web: models of pydantic's, applications, routers, routes, what limits them.
//!
//! A file's [`Web`] and [`Classes`] are told to other files, so they hold names and no offsets. Where something stands is
//! in [`Places`], which nobody reads before there is something to be said.

mod classes;
mod handlers;
mod model;
mod names;
mod places;
mod read;
mod routes;
mod through;
mod words;

pub(crate) use classes::{Class, Classes, classes};
pub use handlers::{Handler, handlers};
pub use model::{Model, models};
pub(crate) use names::{pieces, uncommented};
pub use places::Places;
pub(crate) use places::places;
pub(crate) use read::{read, target};
pub(crate) use words::Words;

/// What a file calls something: a name of its own, or one of elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ref {
    /// It is defined in the file.
    pub own: bool,
    /// Qualified in the file, else dotted as it is imported.
    pub path: String,
}

impl Ref {
    pub(crate) fn own(path: impl Into<String>) -> Ref {
        Ref {
            own: true,
            path: path.into(),
        }
    }
    pub(crate) fn dotted(path: impl Into<String>) -> Ref {
        Ref {
            own: false,
            path: path.into(),
        }
    }
}

/// What a model does with fields that it does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Extra {
    Forbid,
    Ignore,
    Allow,
    /// Something is said that no reader of one file can tell.
    Unknown,
}

/// What a file has to do with applications of the web.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Web {
    pub apps: Vec<App>,
    pub routers: Vec<Router>,
    pub routes: Vec<Route>,
    pub includes: Vec<Include>,
    pub middleware: Vec<Middleware>,
    pub limiters: Vec<Limiter>,
    /// Routers that a limiter is called with.
    pub limited: Vec<Ref>,
    /// A limiter is called for something that no decorator names, so that what it holds is known only when it runs.
    pub applies: bool,
    /// Applications that functions of elsewhere are given: the last name, the function.
    pub handed: Vec<(String, Ref)>,
}

/// `app = FastAPI(…)`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct App {
    /// The last name of what it is assigned to; empty for none.
    pub name: String,
    /// The innermost function that makes it.
    pub within: Option<String>,
    pub framework: Framework,
    /// Its class is one of the file that rests on the framework's.
    pub derived: bool,
    /// It is given dependencies or middleware that limit how often it is called.
    pub limited: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Framework {
    FastApi,
    Starlette,
    Flask,
}

/// `router = APIRouter(…)`, or a blueprint.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Router {
    pub name: String,
    pub prefix: String,
    pub limited: bool,
}

/// A function that answers requests.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Route {
    /// `POST`, `GET, POST`
    pub methods: String,
    pub path: String,
    /// The qualified name of the function; empty where another file defines it.
    pub handler: String,
    /// The application or router.
    pub on: Ref,
    pub framework: Framework,
    /// The types of what is read from the body of a request.
    pub body: Vec<Ref>,
    /// Something of its own limits how often it is called.
    pub limited: bool,
}

impl Route {
    /// `POST /agents`; the name of its function where the path is known only when it runs.
    pub fn shown(&self) -> String {
        match self.path.is_empty() {
            true => self
                .handler
                .rsplit('.')
                .next()
                .unwrap_or_default()
                .to_owned(),
            false => format!("{} {}", self.methods, self.path),
        }
    }

    /// The innermost function around the one that answers.
    pub fn within(&self) -> Option<&str> {
        let (outer, _) = self.handler.rsplit_once("().")?;
        outer.rsplit('.').next()
    }

    /// What speaks somebody else's protocol, whose fields come with their clients.
    pub fn is_protocol(&self) -> bool {
        PROTOCOLS.iter().any(|end| self.path.ends_with(end))
    }

    /// What somebody else's program calls, whose fields are theirs to choose.
    pub fn is_hook(&self) -> bool {
        [&self.path, &self.handler]
            .into_iter()
            .any(|name| is_hook(name))
    }
}

/// Ends of paths under which clients of others send what a vendor has defined, and defines anew: the language models of OpenAI
/// and Anthropic.
const PROTOCOLS: &[&str] = &[
    "/chat/completions",
    "/v1/completions",
    "/v1/embeddings",
    "/v1/messages",
    "/v1/responses",
];

/// Whether a name speaks of a receiver of webhooks.
pub(crate) fn is_hook(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    lower.contains("webhook")
        || lower.contains("callback")
        || words.any(|word| matches!(word, "hook" | "hooks"))
}

/// `app.include_router(router)`, `app.register_blueprint(…)`, `app.mount(…)`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Include {
    pub parent: Ref,
    /// Nothing where it is known only when it runs.
    pub child: Option<Ref>,
    pub prefix: String,
    pub limited: bool,
}

/// Something through which each request of an application goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Middleware {
    pub on: Ref,
    /// Its last name.
    pub name: String,
    /// That of slowapi, which does what its limiter says.
    pub slowapi: bool,
    pub limits: bool,
}

/// `limiter = Limiter(…)`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Limiter {
    pub name: String,
    /// Of slowapi, else of Flask-Limiter.
    pub slowapi: bool,
    /// It has limits for all routes.
    pub defaults: bool,
    /// It is a name of the module, so that others can import it.
    pub top: bool,
}

/// Whether a name or a text speaks of limiting how often something is called.
pub(crate) fn is_limiting(text: &str) -> bool {
    let mut plain = text.to_ascii_lowercase();
    plain.retain(|c| c != '_' && c != '-');
    [
        "ratelimit",
        "throttl",
        "limiter",
        "requestlimit",
        "slowdown",
        "floodcontrol",
    ]
    .iter()
    .any(|word| plain.contains(word))
}
