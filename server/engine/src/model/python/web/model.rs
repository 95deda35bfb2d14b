//! Classes that may be models of pydantic's, as a rule is asked about them.

use super::super::blocking::facts::may_be_elsewhere;
use super::super::resolve::HOPS;
use super::super::{Resolver, Value, ValueKind};
use super::Extra;
use super::classes::extra_of;
use super::names::{inside, keyword, uncommented};
use crate::text::Span;

/// A class that rests on something of elsewhere.
#[derive(Debug)]
pub struct Model {
    pub name: Box<str>,
    /// Of the name.
    pub span: Span,
    /// Qualified.
    pub path: String,
    /// What it says itself of fields that it does not know.
    pub extra: Option<Extra>,
}

/// The classes of a part that may be models.
pub fn models(resolver: &Resolver) -> Vec<Model> {
    let part = resolver.part;
    let mut models = Vec::new();
    for (at, record) in (0..).zip(&part.classes) {
        if record.list.is_empty() || record.name.is_empty() {
            continue;
        }
        let ancestors = resolver.ancestors(at);
        let generic = part.slice(record.list).contains('[');
        if !generic && !ancestors.iter().any(|name| may_be_elsewhere(name)) {
            continue;
        }
        let class = resolver.class_at(resolver.asked(), at);
        let said = keyword(inside(&uncommented(part.slice(record.list))), "extra").map(extra_of);
        models.push(Model {
            name: part.slice(record.name).into(),
            span: record.name,
            extra: said.or_else(|| config(resolver, &class)),
            path: class.path.into_owned(),
        });
    }
    models
}

/// What the configuration of a class says, or of one of its bases in the file.
fn config(resolver: &Resolver, class: &super::super::class::ClassAt) -> Option<Extra> {
    if let Some((at, record)) = resolver.record(class, "model_config", HOPS) {
        let part = at.part;
        let text = match record.value {
            Value::Call(callee) => {
                let call = part.calls.iter().find(|call| call.callee == callee)?;
                part.slice(call.list)
            }
            Value::Literal(span, ValueKind::Collection) => {
                let text = uncommented(inside(part.slice(span)));
                let mut entries = super::pieces(&text).filter_map(|piece| piece.split_once(':'));
                let extra = entries.find(|(name, _)| name.contains("extra"));
                return extra.map(|(_, value)| extra_of(value));
            }
            _ => return None,
        };
        return keyword(inside(&uncommented(text)), "extra").map(extra_of);
    }
    let config = class.within("Config");
    let (at, record) = resolver.record(&config, "extra", HOPS)?;
    let text = match record.value {
        Value::Literal(span, _) => at.part.slice(span),
        Value::Path(path) => at.part.slice(at.part.paths.get(path as usize)?.span),
        _ => return None,
    };
    Some(extra_of(text))
}
