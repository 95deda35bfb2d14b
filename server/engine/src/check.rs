//! Models × rules → findings.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::batch::Needles;
use crate::file::{File, Kind};
use crate::model::dependencies::Dependencies;
use crate::model::manifest::Manifest;
use crate::model::token::{self, Token};
use crate::model::{
    Part, compose, coverage, dockerfile, dotenv, package, plain, prometheus, pytest, python,
    workflow,
};
use crate::project::{Stack, Unit};
use crate::rule::{Check, Context, Finding, Owner, Rule, Sink};
use crate::work::Work;

type Asks<T> = Vec<(&'static Rule, fn(&T, &Context, &mut Sink))>;

/// The enabled rules, ordered for dispatch.
#[derive(Debug, Default)]
pub struct Rules {
    list: Vec<&'static Rule>,
    env_var: Asks<compose::EnvVar>,
    service: Asks<compose::Service>,
    token: Asks<Token>,
    dotenv: Asks<dotenv::File>,
    call: HashMap<&'static str, Asks<python::Call>>,
    /// By the base classes that are asked for.
    field: Vec<(&'static [&'static str], Asks<python::Field>)>,
    web_token: Asks<python::jwt::TokenCall>,
    blocking: Asks<python::blocking::BlockingCall>,
    handler: Asks<python::Handler>,
    function: Asks<python::Function>,
    class: Asks<python::Class>,
    model: Asks<python::web::Model>,
    route: Asks<python::web::Handler>,
    marker: Asks<python::Marker>,
    assignment: Asks<python::Constant>,
    literal: Asks<python::Literal>,
    shown: Asks<python::Shown>,
    pytest: Asks<pytest::Config>,
    compose: Asks<Stack>,
    dependencies: Asks<Dependencies>,
    homes: Asks<pytest::Sections>,
    report: Asks<coverage::Report>,
    package: Asks<package::Package>,
    manifest: Asks<Manifest>,
    dockerfile: Asks<dockerfile::Dockerfile>,
    workflow: Asks<workflow::Workflow>,
    prometheus: Asks<prometheus::Config>,
    prometheus_rules: Asks<prometheus::Rules>,
    unit: Asks<Unit>,
    /// What a text must hold for a Python rule to find something; made when a text is first read that nobody has open.
    needles: OnceLock<Needles>,
    panicked: Mutex<Vec<&'static str>>,
}

impl Rules {
    pub fn new(enabled: impl IntoIterator<Item = &'static Rule>) -> Rules {
        let mut rules = Rules {
            list: enabled.into_iter().collect(),
            ..Rules::default()
        };
        for rule in rules.list.clone() {
            for check in rule.checks {
                match *check {
                    Check::EnvVar(ask) => rules.env_var.push((rule, ask)),
                    Check::Service(ask) => rules.service.push((rule, ask)),
                    Check::Call(names, ask) => {
                        for name in names {
                            rules.call.entry(name).or_default().push((rule, ask));
                        }
                    }
                    Check::Field(bases, ask) => rules.field.push((bases, vec![(rule, ask)])),
                    Check::WebToken(ask) => rules.web_token.push((rule, ask)),
                    Check::Blocking(ask) => rules.blocking.push((rule, ask)),
                    Check::Handler(ask) => rules.handler.push((rule, ask)),
                    Check::Function(ask) => rules.function.push((rule, ask)),
                    Check::Class(ask) => rules.class.push((rule, ask)),
                    Check::Model(ask) => rules.model.push((rule, ask)),
                    Check::Route(ask) => rules.route.push((rule, ask)),
                    Check::Assignment(ask) => rules.assignment.push((rule, ask)),
                    Check::Literal(ask) => rules.literal.push((rule, ask)),
                    Check::Shown(ask) => rules.shown.push((rule, ask)),
                    Check::Pytest(ask) => rules.pytest.push((rule, ask)),
                    Check::Homes(ask) => rules.homes.push((rule, ask)),
                    Check::Marker(ask) => rules.marker.push((rule, ask)),
                    Check::Report(ask) => rules.report.push((rule, ask)),
                    Check::Package(ask) => rules.package.push((rule, ask)),
                    Check::Manifest(ask) => rules.manifest.push((rule, ask)),
                    Check::Compose(ask) => rules.compose.push((rule, ask)),
                    Check::Dependencies(ask) => rules.dependencies.push((rule, ask)),
                    Check::Dockerfile(ask) => rules.dockerfile.push((rule, ask)),
                    Check::Workflow(ask) => rules.workflow.push((rule, ask)),
                    Check::Token(ask) => rules.token.push((rule, ask)),
                    Check::Dotenv(ask) => rules.dotenv.push((rule, ask)),
                    Check::Prometheus(ask) => rules.prometheus.push((rule, ask)),
                    Check::PrometheusRules(ask) => rules.prometheus_rules.push((rule, ask)),
                    Check::Unit(ask) => rules.unit.push((rule, ask)),
                }
            }
        }
        rules
    }

    pub fn list(&self) -> &[&'static Rule] {
        &self.list
    }

    /// Rules that panicked since the start, each once: what they were asked about has no findings of theirs.
    pub fn panicked(&self) -> Vec<&'static str> {
        // The list of names is whole even if its holder panicked.
        let list = self.panicked.lock();
        list.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn needles(&self) -> &Needles {
        let bases = self.field.iter().flat_map(|(bases, _)| bases.iter());
        let tokens = python::jwt::names().filter(|_| !self.web_token.is_empty());
        self.needles.get_or_init(|| {
            Needles::new(
                self.call.keys().copied().chain(tokens),
                bases.copied(),
                !self.handler.is_empty(),
                !self.marker.is_empty(),
            )
        })
    }

    /// Whether some rule asks about what any chunk of Python may hold, so that there is no word to look for.
    pub(crate) fn asks_all(&self) -> bool {
        !self.function.is_empty() || !self.class.is_empty() || !self.assignment.is_empty()
    }

    /// Whether some rule asks what blocks in async functions.
    pub(crate) fn asks_blocking(&self) -> bool {
        !self.blocking.is_empty()
    }

    /// Whether some rule asks about models of pydantic's.
    pub(crate) fn asks_models(&self) -> bool {
        !self.model.is_empty()
    }

    /// Whether some rule asks about routes.
    pub(crate) fn asks_routes(&self) -> bool {
        !self.route.is_empty()
    }

    /// Whether some rule asks about tokens in this file.
    pub(crate) fn asks_tokens(&self, file: &File) -> bool {
        !self.token.is_empty() && token::is_looked_at(&file.path)
    }

    /// Whether some rule is about any text there is.
    pub fn read_all_texts(&self) -> bool {
        !self.token.is_empty()
    }

    /// Whether some rule asks about literals of Python.
    pub(crate) fn asks_literals(&self) -> bool {
        !self.literal.is_empty()
    }

    /// Whether some rule asks what is written to logs.
    pub(crate) fn asks_shown(&self) -> bool {
        !self.shown.is_empty()
    }

    /// Whether some rule asks about markers of pytest.
    pub(crate) fn asks_marks(&self) -> bool {
        !self.marker.is_empty()
    }

    /// Whether some rule reads Dockerfiles: asks about them, or is about whatever file.
    pub fn read_dockerfiles(&self) -> bool {
        let mut list = self.list.iter();
        list.any(|rule| {
            let asks = |check: &Check| matches!(check, Check::Dockerfile(_));
            rule.checks.is_empty() || rule.checks.iter().any(asks)
        })
    }

    /// Whether some rule asks about calls of this dotted name.
    pub(crate) fn asks_call(&self, name: &str) -> bool {
        self.call.contains_key(name) || !self.web_token.is_empty() && python::jwt::is_call(name)
    }

    /// Ask all chunk-tier questions of one part. Places are relative to the chunk.
    pub fn ask_part(&self, part: &Part, text: &str, cx: &Context, work: &mut Work) -> Vec<Finding> {
        let mut asking = Asking {
            rules: self,
            cx,
            work,
            findings: Vec::new(),
        };
        if !self.token.is_empty() {
            let found = token::find(text);
            for token in found.iter().filter(|_| token::is_looked_at(&cx.file.path)) {
                asking.ask(&self.token, token);
            }
        }
        match part {
            Part::Python(part) => {
                let resolver = python::Resolver::new(part, cx.outside);
                let mut name = String::new();
                if !self.call.is_empty() || !self.web_token.is_empty() {
                    for (at, record) in part.calls.iter().enumerate() {
                        if !resolver.dotted(record.callee, &mut name) {
                            continue;
                        }
                        if let Some(asks) = self.call.get(name.as_str())
                            && let Some(call) = python::Call::new(&resolver, at, &name)
                        {
                            asking.ask(asks, &call);
                        }
                        if !self.web_token.is_empty()
                            && let Some(call) = python::jwt::token_call(&resolver, at, &name)
                        {
                            asking.ask(&self.web_token, &call);
                        }
                    }
                }
                if !part.fields.is_empty() {
                    let elsewhere =
                        |name: &str, base| cx.project.rests_on(&cx.file.path, name, base);
                    for (bases, asks) in &self.field {
                        for field in python::fields(&resolver, bases, &elsewhere) {
                            asking.ask(asks, &field);
                        }
                    }
                }
                if !self.blocking.is_empty() {
                    let elsewhere =
                        |name: &str, depth: usize| cx.project.waits(&cx.file.path, name, depth);
                    for call in python::blocking::blocking_calls(&resolver, &elsewhere) {
                        asking.ask(&self.blocking, &call);
                    }
                }
                if !self.handler.is_empty() {
                    for handler in python::handlers(&resolver) {
                        asking.ask(&self.handler, &handler);
                    }
                }
                if !self.function.is_empty() {
                    for function in python::functions(&resolver) {
                        asking.ask(&self.function, &function);
                    }
                }
                if !self.class.is_empty() {
                    for class in python::classes(&resolver) {
                        asking.ask(&self.class, &class);
                    }
                }
                if !self.model.is_empty() {
                    for model in python::web::models(&resolver) {
                        asking.ask(&self.model, &model);
                    }
                }
                if !self.route.is_empty() {
                    for handler in python::web::handlers(&resolver) {
                        asking.ask(&self.route, &handler);
                    }
                }
                if !self.marker.is_empty() {
                    for marker in python::marks(&resolver) {
                        asking.ask(&self.marker, &marker);
                    }
                }
                if !self.literal.is_empty() && !part.literals.is_empty() {
                    for literal in python::literals(&resolver) {
                        asking.ask(&self.literal, &literal);
                    }
                }
                if !self.shown.is_empty() && !part.shown.is_empty() {
                    for shown in python::shown(&resolver) {
                        asking.ask(&self.shown, &shown);
                    }
                }
                if !self.assignment.is_empty() {
                    for constant in python::constants(&resolver) {
                        asking.ask(&self.assignment, &constant);
                    }
                }
            }
            Part::Yaml(part) => {
                for service in compose::services(part, cx.outside) {
                    asking.ask(&self.service, &service);
                    for variable in &service.environment {
                        asking.ask(&self.env_var, variable);
                    }
                }
            }
            Part::Ini(_)
            | Part::Toml(_)
            | Part::Dockerfile(_)
            | Part::Requirements(_)
            | Part::Dotenv(_)
            | Part::Plain(_) => {}
        }
        asking.findings
    }

    /// Ask all file-tier questions. Places are absolute.
    pub fn ask_file(
        &self,
        parts: &[(usize, Arc<Part>)],
        cx: &Context,
        work: &mut Work,
    ) -> Vec<Finding> {
        let mut asking = Asking {
            rules: self,
            cx,
            work,
            findings: Vec::new(),
        };
        if !self.pytest.is_empty()
            && let Some(config) = pytest::Config::read(cx.file.kind, parts)
        {
            asking.ask(&self.pytest, &config);
        }
        if !self.homes.is_empty()
            && let Some(sections) = pytest::Sections::read(cx.file.kind, parts)
        {
            asking.ask(&self.homes, &sections);
        }
        if !self.manifest.is_empty()
            && let Some(manifest) = Manifest::read(cx.file.kind, &cx.file.path, parts)
        {
            asking.ask(&self.manifest, &manifest);
        }
        if !self.report.is_empty() && cx.file.kind == Kind::CoverageXml {
            asking.ask(&self.report, &coverage::Report::read(&plain::text(parts)));
        }
        if !self.package.is_empty() && cx.file.kind == Kind::PackageJson {
            asking.ask(&self.package, &package::Package::read(&plain::text(parts)));
        }
        if !self.compose.is_empty() && cx.file.kind == Kind::Compose {
            let file = cx.project.compose(&cx.file.path, parts);
            asking.ask(&self.compose, &Stack::read(file, cx.file, cx.project));
        }
        if !self.dependencies.is_empty()
            && let Some(file) = Dependencies::read(&cx.file.path, cx.file.kind, parts)
        {
            asking.ask(&self.dependencies, &file);
        }
        if !self.dockerfile.is_empty() && cx.file.kind == Kind::Dockerfile {
            asking.ask(&self.dockerfile, &dockerfile::Dockerfile::read(parts));
        }
        if !self.workflow.is_empty() && cx.file.kind == Kind::Workflow {
            asking.ask(&self.workflow, &workflow::Workflow::read(parts));
        }
        if !self.dotenv.is_empty() && cx.file.kind == Kind::Dotenv {
            asking.ask(&self.dotenv, &dotenv::File::read(parts));
        }
        if !self.prometheus.is_empty() && cx.file.kind == Kind::Prometheus {
            asking.ask(&self.prometheus, &prometheus::Config::read(parts));
        }
        if !self.prometheus_rules.is_empty() && cx.file.kind == Kind::PrometheusRules {
            asking.ask(&self.prometheus_rules, &prometheus::Rules::read(parts));
        }
        if !self.unit.is_empty()
            && let Some(folder) = cx.project.unit_of_manifest(&cx.file.path)
        {
            asking.ask(&self.unit, &Unit::read(folder, parts));
        }
        for finding in &mut asking.findings {
            finding.each_place(|place| {
                if place.owner == Owner::Chunk {
                    place.owner = Owner::File;
                }
            });
        }
        asking.findings
    }
}

struct Asking<'a> {
    rules: &'a Rules,
    cx: &'a Context<'a>,
    work: &'a mut Work,
    findings: Vec<Finding>,
}

impl Asking<'_> {
    fn ask<T>(&mut self, asks: &Asks<T>, subject: &T) {
        for (rule, ask) in asks {
            self.work.rule_calls += 1;
            let mut sink = Sink::new(rule, self.cx.file);
            // A panicking rule loses its own findings for this subject, and nothing else. What it was looking at is
            // immutable, so nothing is left half-done.
            if catch_unwind(AssertUnwindSafe(|| ask(subject, self.cx, &mut sink))).is_ok() {
                self.findings.append(&mut sink.findings);
            } else if let Ok(mut panicked) = self.rules.panicked.lock()
                && !panicked.contains(&rule.name)
            {
                panicked.push(rule.name);
            }
        }
    }
}
