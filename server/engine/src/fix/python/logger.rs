//! The logger that a handler writes to: one that the function is given, the module's, that of the object, or a new one.

use super::{Names, import, place};
use crate::chunk::python::State;
use crate::fix::View;
use crate::model::python::{Binding, Found, FunctionRecord, Part, Resolver, Value, lookup};
use crate::outside::Outside;
use crate::text::Edit;

/// The name of a logger at all `uses` (absolute offsets), and the edits that make one where there is none.
///
/// # Errors
/// Why it cannot be.
pub fn logger(view: &View, uses: &[usize]) -> Result<(String, Vec<Edit>), String> {
    let names = Names::new(view);
    let outside = Outside::new(&names.table);
    if let Some(given) = same_at(uses, |at| parameter(&names, &outside, at)) {
        return Ok((given, Vec::new()));
    }
    for (start, part, binding) in names.bindings() {
        let name = part.name(binding.name);
        let same = matches!(lookup(&outside, name), Found::One(_, found) if found.digest == binding.digest);
        if !binding.typing
            && same
            && is_logger(part, binding, &outside)
            && names.reaches(start + binding.span.end as usize, name, uses)
        {
            return Ok((name.to_owned(), Vec::new()));
        }
    }
    if let Some(own) = same_at(uses, |at| attribute(&names, &outside, at)) {
        return Ok((own, Vec::new()));
    }
    let free =
        |name: &&str| matches!(lookup(&outside, name), Found::Nothing) && !names.hidden(name, uses);
    let Some(name) = ["logger", "_logger"].into_iter().find(free) else {
        return Err("`logger` already names something else here".into());
    };
    let (logging, mut edits) = import(view, "logging", &[])?;
    let statement = format!("{name} = {logging}.getLogger(__name__)\n");
    let edit = place::after_imports(view, &statement, &mut edits);
    names.before(edit.span.start as usize, uses, "the module's logger")?;
    edits.push(edit);
    Ok((name.to_owned(), edits))
}

/// What is said of every place, if it is the same.
fn same_at(uses: &[usize], of: impl Fn(usize) -> Option<String>) -> Option<String> {
    let mut said = uses.iter().map(|at| of(*at));
    let first = said.next()??;
    said.all(|other| other.as_ref() == Some(&first))
        .then_some(first)
}

/// Whether a name of the module is a logger, by what made it or by what it is called where it comes from.
fn is_logger(part: &Part, binding: &Binding, outside: &Outside) -> bool {
    match &binding.value {
        Value::Import(dotted) => {
            let last = dotted.rsplit('.').next().unwrap_or_default();
            let name = last.trim_start_matches('_');
            name == "LOG" || name.eq_ignore_ascii_case("logger") && !name.starts_with("Log")
        }
        value => makes_logger(part, value, outside),
    }
}

fn makes_logger(part: &Part, value: &Value, outside: &Outside) -> bool {
    let Value::Call(callee) = value else {
        return false;
    };
    let name = Resolver::new(part, outside).name(*callee);
    let last = name.as_deref().and_then(|name| name.rsplit('.').next());
    last.is_some_and(|last| {
        matches!(
            last,
            "getLogger" | "get_logger" | "get_task_logger" | "getChild" | "Logger"
        )
    })
}

/// The innermost function around a place, with its part and where that starts.
fn function<'a>(names: &Names<'a>, at: usize) -> Option<(usize, &'a Part, &'a FunctionRecord)> {
    let functions = names.parts().flat_map(|(start, part)| {
        let functions = part.functions.iter();
        functions.map(move |function| (start, part, function))
    });
    let around = functions.filter(|(start, _, function)| {
        let span = function.span.shifted(*start).range();
        span.contains(&at)
    });
    around.min_by_key(|(_, _, function)| function.span.end - function.span.start)
}

/// The parameter of the function around a place that is a logger, by its annotation.
fn parameter(names: &Names, outside: &Outside, at: usize) -> Option<String> {
    let (start, part, function) = function(names, at)?;
    let (first, last) = function.parameters;
    let parameters = part.parameters.get(first as usize..last as usize)?;
    let resolver = Resolver::new(part, outside);
    let mut locals = part.locals.iter().zip(&part.values);
    let (name, _) = locals.find_map(|((name, span), value)| {
        let name = part.name(*name);
        let own = span.shifted(start).range().contains(&at)
            && parameters.iter().any(|known| part.slice(*known) == name);
        let class = resolver.value_name(value).filter(|_| own)?;
        class.ends_with("Logger()").then_some((name, value))
    })?;
    Some(name.to_owned())
}

/// `self.x` where the class of the method around a place holds a logger under that name.
fn attribute(names: &Names, outside: &Outside, at: usize) -> Option<String> {
    let (start, part, function) = function(names, at)?;
    let me = part.parameters.get(function.parameters.0 as usize)?;
    let me = part.slice(*me);
    // The object is being made, or there is none.
    let made = part.slice(function.name) == "__init__";
    if !function.method || me != "self" || made {
        return None;
    }
    let mut classes: Vec<(usize, &Part, &str)> = Vec::new();
    let mut cut = "";
    for (start, part) in names.parts() {
        match part.state {
            State::Header => cut = part.classes.first().map_or("", |class| &*class.path),
            State::Member(_) => {}
            State::Statement => cut = "",
        }
        classes.push((start, part, cut));
    }
    let around = classes.iter().find(|(own, ..)| *own == start)?.2;
    let whole = |cut: &str, path: &str| match path.is_empty() || path.starts_with('.') {
        true => [cut, path].concat(),
        false => path.to_owned(),
    };
    let method = whole(around, &function.path);
    let (class, _) = method.rsplit_once('.')?;
    let held = classes.iter().find_map(|(_, part, cut)| {
        let mut members = part.members.iter();
        let member = members.find(|member| {
            whole(cut, part.class_path(member.class)) == class
                && makes_logger(part, &member.value, outside)
        })?;
        Some(part.name(member.name).to_owned())
    })?;
    Some(format!("{me}.{held}"))
}
