//! The whole contract between a rule and the engine: `Rule`, `Check`, `Sink`, `Finding`, `Fix`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::file::{File, Stage};
use crate::fix::files::change::Change;
use crate::model::advisories::Advisories;
use crate::model::dependencies::Dependencies;
use crate::model::manifest::Manifest;
use crate::model::token::Token;
use crate::model::{
    compose, coverage, dockerfile, dotenv, package, prometheus, pytest, python, workflow,
};
use crate::outside::{Key, Outside};
use crate::project::{Stack, Unit, View};
use crate::text::Span;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

/// The report's chapters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Area {
    Security,
    Infrastructure,
    Code,
    Testing,
    Performance,
    Network,
    Dependencies,
    Observability,
    Compliance,
}

/// A question asked of one subject, with all that a user is told about it.
#[derive(Debug)]
pub struct Rule {
    /// `domain/what-is-allowed`, read after "allow".
    pub name: &'static str,
    pub area: Area,
    /// Default and ceiling.
    pub severity: Severity,
    /// The named cases in which a finding is lower. The engine applies `development`, `base` and `tests` by itself from
    /// the file's role; the others are named by the check through [`Draft::case`].
    pub cases: &'static [(&'static str, Severity)],
    /// Remediation estimate that the report sums.
    pub minutes: u32,
    /// Not asked unless somebody selects it, by its name, the start of it, or `ALL`.
    pub off: bool,
    /// Ids of the same check in other tools that a finding may carry; a finding carries those it names.
    pub also: &'static [&'static str],
    /// Markdown; the first line is the summary. Its fences are run as tests.
    pub docs: &'static str,
    pub checks: &'static [Check],
}

impl Rule {
    pub fn summary(&self) -> &'static str {
        self.docs.trim_start().lines().next().unwrap_or_default()
    }
}

type Ask<T> = fn(&T, &Context, &mut Sink);

/// The parameter type is the dispatch: a check is asked of every subject of its type.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    // Chunk tier: answers are kept with the chunk.
    /// A variable of a service's environment.
    EnvVar(Ask<compose::EnvVar>),
    /// A service of a compose file, anchors and merge keys resolved.
    Service(Ask<compose::Service>),
    /// A call whose import-resolved dotted name is one of these.
    Call(&'static [&'static str], Ask<python::Call>),
    /// A field of a class that rests on a class of one of these names, whatever its module.
    Field(&'static [&'static str], Ask<python::Field>),
    /// A call that reads or makes a JSON Web Token.
    WebToken(Ask<python::jwt::TokenCall>),
    /// A call in an async function that holds up the event loop.
    Blocking(Ask<python::blocking::BlockingCall>),
    /// An `except` clause.
    Handler(Ask<python::Handler>),
    /// A function or a method. Costs a parse of all that is checked, as the next two do.
    Function(Ask<python::Function>),
    /// A class.
    Class(Ask<python::Class>),
    /// A class that may be a model of pydantic's.
    Model(Ask<python::web::Model>),
    /// A function that may answer requests.
    Route(Ask<python::web::Handler>),
    /// A marker of pytest where it is used, if neither pytest itself nor a well-known plugin declares it.
    Marker(Ask<python::Marker>),
    /// A name of a module that is bound once, to a literal.
    Assignment(Ask<python::Constant>),
    /// A literal of Python that goes to a secret's name, or looks like a secret.
    Literal(Ask<python::Literal>),
    /// A value that a call of Python writes to a log under the name of something that belongs in none.
    Shown(Ask<python::Shown>),
    /// A token of a provider, or a private key, in a text of whatever kind.
    Token(Ask<Token>),
    // File tier: asked again whenever the file changes.
    /// A file in a pytest configuration home.
    Pytest(Ask<pytest::Config>),
    /// A compose file with the projects that it is part of ([`Stack::here`] gives its own places).
    Compose(Ask<Stack>),
    /// A file that says which versions of which distributions are installed.
    Dependencies(Ask<Dependencies>),
    /// A file that may be one, with the sections that nobody reads in it.
    Homes(Ask<pytest::Sections>),
    /// A coverage report.
    Report(Ask<coverage::Report>),
    /// A `package.json`.
    Package(Ask<package::Package>),
    /// A file that says what the project needs, and under which licence it is.
    Manifest(Ask<Manifest>),
    /// A Dockerfile. Its places name chunks ([`Owner::Nth`]).
    Dockerfile(Ask<dockerfile::Dockerfile>),
    /// A workflow of GitHub's. Its places name chunks ([`Owner::Nth`]).
    Workflow(Ask<workflow::Workflow>),
    /// An environment file. Its places name chunks ([`Owner::Nth`]).
    Dotenv(Ask<dotenv::File>),
    /// The configuration of a Prometheus server. Its places name chunks ([`Owner::Nth`]).
    Prometheus(Ask<prometheus::Config>),
    /// A file of Prometheus' rules. Its places name chunks ([`Owner::Nth`]).
    PrometheusRules(Ask<prometheus::Rules>),
    // Project tier: asked of one file of each unit, and again when an answer from elsewhere has changed.
    /// The file that stands for its unit ([`Unit`]).
    Unit(Ask<Unit>),
}

/// What surrounds a subject.
#[derive(Debug)]
pub struct Context<'a> {
    pub file: &'a File,
    pub policy: &'a Policy,
    pub outside: &'a Outside<'a>,
    /// The other files.
    pub project: &'a View<'a>,
}

/// What the user's configuration says to rules.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Policy {
    /// Services that may publish ports, by name.
    pub edge: Vec<String>,
    /// Exceptions that count as broad besides `Exception`, by their full names.
    pub broad_exceptions: Vec<String>,
    /// Models of pydantic's that are no body of a request should forbid extra fields, too.
    pub strict_models: bool,
    /// The coverage that is wanted, in percent.
    pub coverage: u32,
    /// What is known of vulnerabilities: no file of the user's says it, but an import does.
    pub advisories: Advisories,
    /// The percentage of requests that may fail before an alert is given.
    pub error_rate: u32,
    /// How many milliseconds 95 of 100 requests may take before an alert is given.
    pub latency: u32,
    /// The fewest characters of a key that signs or encrypts.
    pub secret_length: u32,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            edge: Vec::new(),
            broad_exceptions: Vec::new(),
            strict_models: false,
            coverage: 80,
            advisories: Advisories::default(),
            error_rate: 1,
            latency: 500,
            secret_length: 32,
        }
    }
}

/// Where a span lies.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The chunk whose subject was asked.
    Chunk,
    /// The chunk of the same file that exports this key, the span relative to it.
    Other(Key),
    /// The chunk of this number in its file: how files speak of places in each other without naming offsets.
    Nth(u32),
    /// The chunk of this number of the file at this path: where values come from that are merged of several files.
    In(Arc<Path>, u32),
    /// The file: the span is absolute. All spans are, once a finding has left the engine.
    File,
}

/// A span and what it is relative to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    pub owner: Owner,
    pub span: Span,
}

impl Place {
    /// The file in which it lies, where it says so.
    pub fn file(&self) -> Option<&Path> {
        match &self.owner {
            Owner::In(path, _) => Some(path),
            _ => None,
        }
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Place {
        Place {
            owner: Owner::Chunk,
            span,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Another file than the finding's, relative to the workspace.
    pub file: Option<PathBuf>,
    pub place: Place,
    pub message: String,
}

/// What a rule reports at a place.
#[derive(Debug, Clone)]
pub struct Finding {
    pub rule: &'static Rule,
    pub severity: Severity,
    pub place: Place,
    pub message: String,
    pub also: Vec<&'static str>,
    pub related: Vec<Related>,
    /// Places that hold a secret: every output but the editor's own edits prints `•••` there.
    pub secrets: Vec<Place>,
    /// Alternatives, the preferred one first.
    pub fixes: Vec<Fix>,
    /// Lines (1-based) on which a list of known secrets says that nothing is wrong.
    pub known_on: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safety {
    /// Keeps behaviour and comments, or strictly repairs.
    Safe,
    /// The title says what changes.
    Unsafe,
}

impl Finding {
    /// Visit every place that the finding speaks of.
    pub fn each_place(&mut self, mut visit: impl FnMut(&mut Place)) {
        visit(&mut self.place);
        self.related.iter_mut().for_each(|related| {
            if related.file.is_none() {
                visit(&mut related.place);
            }
        });
        self.secrets.iter_mut().for_each(&mut visit);
        self.fixes
            .iter_mut()
            .flat_map(|fix| &mut fix.edits)
            .for_each(|edit| visit(&mut edit.place));
    }
    /// The fix that is applied when none is chosen by name.
    pub fn preferred(&self) -> Option<&Fix> {
        self.fixes
            .iter()
            .find(|fix| fix.preferred && fix.disabled.is_none())
    }
    /// The absolute span of a finding that has left the engine.
    pub fn span(&self) -> Span {
        debug_assert_eq!(self.place.owner, Owner::File);
        self.place.span
    }
}

/// Edits that remove a finding, as a plan: rendered against the current file when it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    pub title: String,
    pub safety: Safety,
    /// False for a fix that must never be applied without being chosen by name.
    pub preferred: bool,
    /// Why the fix cannot be made here.
    pub disabled: Option<String>,
    pub edits: Vec<Planned>,
    /// Needs that carry no text of their own in an edit; those named by a [`Piece::Name`] need not be repeated.
    pub intents: Vec<Intent>,
}

/// One replacement of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    pub place: Place,
    pub text: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    /// The name by which the file knows what the intent provides.
    Name(Intent),
    /// A new secret of 256 bits, made when the fix is rendered: the same wherever one fix has it in this form.
    Random(Form),
}

/// How random bits are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Base64 for URLs, without padding: 43 characters.
    Url,
    /// The same padded, as Fernet wants it.
    Padded,
    /// Base64, padded.
    Base64,
    /// 64 digits.
    Hex,
}

/// Something that a fix needs elsewhere in the file or project. Equal intents are carried out once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Intent {
    /// The module is importable by its name: `import secrets`.
    Import(&'static str),
    /// The name of a module is importable: `from pydantic import ConfigDict`.
    ImportFrom { module: String, name: String },
    /// The class of this qualified name forbids extra fields, in the language of pydantic 1 or 2.
    ForbidExtra { class: String, old: bool },
    /// A limiter counts the requests of functions of the file.
    Limit(Limit),
    /// The module's logger, made after the imports where there is none.
    Logger,
    /// The unit of this folder (relative to the project) requires this distribution, `gunicorn`: one line or array item more
    /// where its requirements are.
    Dependency { name: String, folder: PathBuf },
    /// A variable in the `.env` beside the file that is fixed (for compose: in the project directory), which is made where
    /// there is none, and ignored by git. The value is a secret, or empty.
    EnvValue { name: String, value: String },
    /// The variable is listed, without a value, in `.env.example` (`.env.sample`, `.env.template`) where there is one; where
    /// there is none but a `.env`, it is made beside that.
    EnvExample(String),
    /// Git ignores this path, given relative to the folder of the file that is fixed.
    GitIgnore(String),
    /// Files of the unit that let in none but older versions of a distribution than this one let it in, too.
    Raise { key: String, to: String },
    /// Beside pytest, the unit of this folder requires this distribution, too.
    TestDependency { name: String, folder: PathBuf },
    /// The home of pytest's configuration at this path declares this marker.
    Marker { home: PathBuf, name: String },
    /// A section of an ini file or a table of TOML has these options, each written out; those that it has already stay.
    /// Section and file are made where there are none. Paths are relative to the project.
    Section {
        file: PathBuf,
        header: String,
        lines: Vec<String>,
    },
    /// A file has no such section or table.
    DropSection { file: PathBuf, header: String },
    /// There is such a file. One that is there stays as it is.
    CreateFile { file: PathBuf, text: String },
    /// Keys of the compose file that is fixed.
    Compose(Vec<Change>),
    /// Docker leaves this path out of what it is sent: given relative to the folder that is the build's context, in the
    /// file of that folder that lists such paths, or in the one given.
    DockerIgnore { file: PathBuf, path: String },
    /// An alert in a file of Prometheus' rules, as its lines, the first one behind a dash. The path is the project's.
    Alert { file: PathBuf, lines: Vec<String> },
    /// An entry of `volumes` of a service in `docker-compose.override.yml` (or the name that the folder uses), as YAML.
    OverrideVolume { service: String, entry: String },
}

/// `@limiter.limit("5/minute")` on functions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Limit {
    pub name: String,
    /// From which it is imported, if it is.
    pub module: Option<String>,
    pub rate: &'static str,
    /// The functions must take the request.
    pub request: bool,
    /// Qualified names.
    pub functions: Vec<String>,
}

impl From<&str> for Piece {
    fn from(text: &str) -> Piece {
        Piece::Text(text.into())
    }
}
impl From<String> for Piece {
    fn from(text: String) -> Piece {
        Piece::Text(text)
    }
}
impl From<Intent> for Piece {
    fn from(intent: Intent) -> Piece {
        Piece::Name(intent)
    }
}

impl Fix {
    pub fn new(title: impl Into<String>, safety: Safety) -> Fix {
        Fix {
            title: title.into(),
            safety,
            preferred: true,
            disabled: None,
            edits: Vec::new(),
            intents: Vec::new(),
        }
    }
    /// Replace a span of the subject's chunk (or another place) by plain text.
    #[must_use]
    pub fn replace(self, place: impl Into<Place>, text: impl Into<String>) -> Fix {
        self.splice(place, vec![Piece::Text(text.into())])
    }
    /// Replace by pieces, some of which are names that only rendering knows.
    #[must_use]
    pub fn splice(mut self, place: impl Into<Place>, text: Vec<Piece>) -> Fix {
        self.edits.push(Planned {
            place: place.into(),
            text,
        });
        self
    }
    #[must_use]
    pub fn with(mut self, intent: Intent) -> Fix {
        self.intents.push(intent);
        self
    }
    #[must_use]
    pub fn never_preferred(mut self) -> Fix {
        self.preferred = false;
        self
    }
    #[must_use]
    pub fn disabled(mut self, reason: impl Into<String>) -> Fix {
        self.disabled = Some(reason.into());
        self
    }
}

/// Takes what one check says of one subject.
#[derive(Debug)]
pub struct Sink {
    rule: &'static Rule,
    role: Vec<&'static str>,
    file: PathBuf,
    pub(crate) findings: Vec<Finding>,
}

impl Sink {
    pub(crate) fn new(rule: &'static Rule, file: &File) -> Sink {
        let mut role = Vec::new();
        match file.stage {
            Stage::Development => role.push("development"),
            Stage::Base => role.push("base"),
            Stage::Production => {}
        }
        if file.test {
            role.push("tests");
        }
        Sink {
            rule,
            role,
            file: file.path.clone(),
            findings: Vec::new(),
        }
    }

    /// Report at the smallest span that a reader must look at.
    pub fn at(&mut self, place: impl Into<Place>, message: impl Into<String>) -> Draft<'_> {
        let mut severity = self.rule.severity;
        for (case, lower) in self.rule.cases {
            if self.role.contains(case) {
                severity = severity.min(*lower);
            }
        }
        let at = self.findings.len();
        self.findings.push(Finding {
            rule: self.rule,
            severity,
            place: place.into(),
            message: message.into(),
            also: Vec::new(),
            related: Vec::new(),
            secrets: Vec::new(),
            fixes: Vec::new(),
            known_on: Vec::new(),
        });
        Draft {
            finding: &mut self.findings[at],
            file: &self.file,
        }
    }
}

/// A finding in the making.
#[derive(Debug)]
pub struct Draft<'a> {
    finding: &'a mut Finding,
    /// In which it is reported.
    file: &'a std::path::Path,
}

impl Draft<'_> {
    /// Lower the severity to that of a named case of the rule.
    pub fn case(self, name: &str) -> Self {
        debug_assert!(
            self.finding
                .rule
                .cases
                .iter()
                .any(|(case, _)| *case == name),
            "{name} is no case of the rule"
        );
        for (case, lower) in self.finding.rule.cases {
            if *case == name {
                self.finding.severity = self.finding.severity.min(*lower);
            }
        }
        self
    }
    /// Lower the severity by one step (a base file's finding about mounts, reload and ports).
    pub fn one_lower(self) -> Self {
        self.finding.severity = match self.finding.severity {
            Severity::Critical => Severity::High,
            Severity::High => Severity::Medium,
            Severity::Medium => Severity::Low,
            Severity::Low | Severity::Info => Severity::Info,
        };
        self
    }
    pub fn also(self, ids: &[&'static str]) -> Self {
        debug_assert!(
            ids.iter().all(|id| self.finding.rule.also.contains(id)),
            "the rule does not list {ids:?}"
        );
        self.finding.also.extend_from_slice(ids);
        self
    }
    /// A place that has to do with it, in this file or in another one.
    /// Related, in another file of the project where one is named.
    pub fn related_in(
        self,
        file: Option<PathBuf>,
        place: impl Into<Place>,
        message: impl Into<String>,
    ) -> Self {
        self.finding.related.push(Related {
            file,
            place: place.into(),
            message: message.into(),
        });
        self
    }
    pub fn related(self, place: impl Into<Place>, message: impl Into<String>) -> Self {
        let mut place = place.into();
        let mut file = None;
        if let Owner::In(path, chunk) = &place.owner {
            file = (**path != *self.file).then(|| path.to_path_buf());
            place.owner = Owner::Nth(*chunk);
        }
        self.finding.related.push(Related {
            file,
            place,
            message: message.into(),
        });
        self
    }
    pub fn secret(self, place: impl Into<Place>) -> Self {
        self.finding.secrets.push(place.into());
        self
    }
    /// Say nothing where the finding lies on one of these lines, 1-based.
    pub fn known_on(self, lines: Vec<usize>) -> Self {
        self.finding.known_on = lines;
        self
    }
    pub fn fix(self, fix: Fix) -> Self {
        self.finding.fixes.push(fix);
        self
    }
}
