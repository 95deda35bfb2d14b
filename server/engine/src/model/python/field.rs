//! Fields of classes, as the libraries that make settings of them see them.

use std::sync::Arc;

use super::class::{At, ClassAt};
use super::resolve::HOPS;
use super::{Call, FieldRecord, Resolver, Value, ValueKind};
use crate::text::Span;

/// `name: annotation = value` in the body of a class.
#[derive(Debug)]
pub struct Field {
    pub name: Box<str>,
    /// Of the name.
    pub span: Span,
    /// The qualified name of the class.
    pub class: Box<str>,
    pub annotation: Option<Span>,
    pub value: Option<Span>,
    /// The value where it is written out, also within `SecretStr(…)` and `Field(…)`.
    pub default: Option<(Span, ValueKind)>,
    /// `Field(…)`, and which of its arguments is the default.
    pub call: Option<(Call, Option<usize>)>,
    /// What pydantic-settings puts before the names of the class's variables.
    pub prefix: String,
    text: Arc<str>,
}

impl Field {
    /// The text of a span of the field's chunk.
    pub fn text(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
}

/// The fields of the part's classes that rest on a class that has one of these names, in whatever module.
/// `elsewhere` says of a class of another file whether it rests on one that is called so.
pub(crate) fn fields(
    resolver: &Resolver,
    bases: &[&'static str],
    elsewhere: &dyn Fn(&str, &'static str) -> bool,
) -> Vec<Field> {
    let part = resolver.part;
    let mut fields = Vec::new();
    let mut known: Option<(u32, bool)> = None;
    for record in &part.fields {
        let wanted = match known {
            Some((class, wanted)) if class == record.class => wanted,
            _ => {
                let ancestors = resolver.ancestors(record.class);
                let last =
                    |name: &String| name.rsplit('.').next().is_some_and(|n| bases.contains(&n));
                let other = |name: &String| {
                    may_be_settings(name) && bases.iter().any(|base| elsewhere(name, base))
                };
                ancestors.iter().any(last) || ancestors.iter().any(other)
            }
        };
        known = Some((record.class, wanted));
        if wanted {
            fields.push(field(resolver, record));
        }
    }
    fields
}

/// Whether a class of another file may rest on one whose fields are asked for, by its name.
fn may_be_settings(name: &str) -> bool {
    name.contains('.') && SETTINGS.iter().any(|end| name.ends_with(end))
}

/// What the names of classes end with on which classes of settings rest.
pub(crate) const SETTINGS: &[&str] = &["Settings", "Config"];

fn field(resolver: &Resolver, record: &FieldRecord) -> Field {
    let part = resolver.part;
    let class = resolver.class_at(resolver.asked(), record.class);
    let call = |index: u32| resolver.call(index as usize);
    let last = |call: &Call| call.name.rsplit('.').next().map(String::from);
    let mut default = written(record.value, record.kind);
    let mut made = None;
    if let Some(call) = call(record.call) {
        let name = last(&call).unwrap_or_default();
        if is_wrapper(&name) {
            default = content(&call);
        } else if name == "Field" {
            let at = call
                .arguments
                .iter()
                .position(|argument| match &argument.keyword {
                    Some(keyword) => **keyword == *"default",
                    None => argument.kind != ValueKind::Splat,
                });
            if let Some(argument) = at.map(|at| &call.arguments[at]) {
                default = written(argument.value, argument.kind).or_else(|| {
                    let inner = |call: &super::CallRecord| call.span == argument.value;
                    let inner = resolver.call(part.calls.iter().position(inner)?)?;
                    content(&inner).filter(|_| last(&inner).is_some_and(|n| is_wrapper(&n)))
                });
            }
            made = Some((call, at));
        }
    }
    Field {
        name: part.slice(record.name).into(),
        span: record.name,
        annotation: Some(record.annotation).filter(|span| !span.is_empty()),
        value: Some(record.value).filter(|span| !span.is_empty()),
        default,
        call: made,
        prefix: prefix(resolver, &class).unwrap_or_default(),
        class: (*class.path).into(),
        text: part.text.clone(),
    }
}

fn is_wrapper(name: &str) -> bool {
    matches!(name, "SecretStr" | "SecretBytes")
}

fn written(span: Span, kind: ValueKind) -> Option<(Span, ValueKind)> {
    matches!(kind, ValueKind::Str | ValueKind::Number).then_some((span, kind))
}

fn content(call: &Call) -> Option<(Span, ValueKind)> {
    match &call.arguments[..] {
        [one] => written(one.value, one.kind),
        _ => None,
    }
}

/// `model_config = SettingsConfigDict(env_prefix="APP_")`, or `env_prefix = "APP_"` in a class `Config`.
fn prefix(resolver: &Resolver, class: &ClassAt) -> Option<String> {
    let unquoted = |at: At, span: Span| {
        let text = at.part.slice(span);
        let text = text.trim_matches(['"', '\'']);
        text.to_owned()
    };
    if let Some((at, record)) = resolver.record(class, "model_config", HOPS) {
        let Value::Call(callee) = record.value else {
            return None;
        };
        let call = at.part.calls.iter().find(|call| call.callee == callee)?;
        let (from, to) = call.arguments;
        let arguments = &at.part.arguments[from as usize..to as usize];
        let prefix = arguments
            .iter()
            .find(|argument| at.part.slice(argument.keyword) == "env_prefix")?;
        return (prefix.kind == ValueKind::Str).then(|| unquoted(at, prefix.value));
    }
    let config = class.within("Config");
    let (at, record) = resolver.record(&config, "env_prefix", HOPS)?;
    match record.value {
        Value::Literal(span, ValueKind::Str) => Some(unquoted(at, span)),
        _ => None,
    }
}
