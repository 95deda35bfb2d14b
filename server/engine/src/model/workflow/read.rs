//! YAML → the model.

use std::sync::Arc;

use crate::chunk::yaml::Section;
use crate::model::Part;
use crate::model::compose::Text;
use crate::model::compose::reader::Ref;
use crate::model::desk::{self, Desk};
use crate::rule::Place;
use crate::syntax::origin::Origin;
use crate::syntax::shell::{self, Script};
use crate::syntax::yaml::{Item, Value, decode_at};
use crate::text::Span;

use super::evidence::{self, Call, Deed, What};
use super::ignored;
use super::{Condition, Edit, Job, Step, Trigger, Triggers, Workflow, edit};

impl Workflow {
    /// Read from all parts of a file, in their order.
    pub fn read(parts: &[(usize, Arc<Part>)]) -> Workflow {
        let mut workflow = Workflow::default();
        let mut shell = None;
        desk::each(parts, |desk, part| {
            if let Some(on) = desk.top("on").or_else(|| desk.top("true")) {
                workflow.triggers = triggers(desk, &on);
            }
            if let Some(run) = desk.top("defaults") {
                shell = defaults(desk, &run).0;
            }
            if let Some(jobs) = part.top("jobs").first() {
                let key = desk.reader.home(jobs.key);
                workflow.place = Some(desk.place(&key, key.span()));
            }
        });
        desk::each(parts, |desk, part| {
            for entry in part.section(Section::Jobs) {
                // Each job has its share of visits.
                let desk = &desk.anew();
                let (Some(id), Some(value)) = (part.scalar(entry.key), entry.value) else {
                    continue;
                };
                let key = desk.reader.home(entry.key);
                if let Some(value) = desk.reader.resolve(&desk.reader.home(value)) {
                    let job = job(desk, id.into_owned(), &key, &value, shell.as_deref());
                    workflow.jobs.push(job);
                }
            }
        });
        workflow
    }
}

/// The steps of an action that is made of steps (`action.yml`).
pub fn action(parts: &[(usize, Arc<Part>)]) -> Vec<Step> {
    let mut steps = Vec::new();
    desk::each(parts, |desk, _| {
        let Some(runs) = desk.top("runs") else { return };
        let fields = desk.reader.fields(&runs);
        let Some(list) = fields.get("steps") else {
            return;
        };
        for (item, node) in desk.reader.items(&list) {
            let edit = Edit::Obstacle("it is a step of an action");
            steps.push(step(desk, item, &node, &list, None, edit));
        }
    });
    steps
}

fn triggers<'a>(desk: &Desk<'a>, node: &Ref<'a>) -> Triggers {
    let plain = |event: String| Trigger {
        event,
        tags_only: false,
    };
    if let Value::Mapping { .. } = node.part.node(node.id).value {
        let pairs = desk.reader.pairs(node).into_iter();
        let read = pairs.map(|pair| {
            let value = pair
                .value
                .as_ref()
                .and_then(|value| desk.reader.resolve(value));
            let fields = value.map(|value| desk.reader.fields(&value));
            let has = |key: &str| fields.as_ref().is_some_and(|f| f.pair(key).is_some());
            Trigger {
                tags_only: has("tags") && !has("branches") && !has("branches-ignore"),
                event: pair.name,
            }
        });
        return Triggers(read.collect());
    }
    let texts = desk.texts(node).into_iter();
    Triggers(texts.map(|text| plain(text.value().into_owned())).collect())
}

/// The shell and the folder of `run` steps.
fn defaults<'a>(desk: &Desk<'a>, node: &Ref<'a>) -> (Option<String>, Option<String>) {
    let fields = desk.reader.fields(node);
    let run = fields.get("run").map(|run| desk.reader.fields(&run));
    let says = |key: &str| {
        let text = desk.field(run.as_ref()?, key)?;
        Some(text.value().into_owned())
    };
    (says("shell"), says("working-directory"))
}

fn job<'a>(
    desk: &Desk<'a>,
    id: String,
    key: &Ref<'a>,
    value: &Ref<'a>,
    usual: Option<&str>,
) -> Job {
    let fields = desk.reader.fields(value);
    let field = |name: &str| desk.field(&fields, name);
    let place = |node: &Ref, span: Span| desk.place(node, span);
    let environment = fields.get("environment").and_then(|node| {
        let below = || desk.field(&desk.reader.fields(&node), "name");
        desk.text(&node).or_else(below)
    });
    let (shell, directory) = match fields.get("defaults") {
        Some(own) => defaults(desk, &own),
        None => (None, None),
    };
    let machine = fields.get("runs-on").map(|node| desk.texts(&node));
    let machine: Vec<String> = machine
        .unwrap_or_default()
        .iter()
        .map(|text| text.value().to_ascii_lowercase())
        .collect();
    let says = |word: &str| machine.iter().any(|name| name.contains(word));
    let windows = says("windows");
    let strategy = fields.get("strategy").map(|node| desk.reader.fields(&node));
    let uses = field("uses");
    let mut steps: Vec<Step> = Vec::new();
    if let Some(list) = fields.get("steps") {
        let shell = shell.as_deref().or(usual);
        for (item, node) in desk.reader.items(&list) {
            let edit = edit::behind_item(&list, item, &place);
            let shell = match windows {
                true => Some(shell.unwrap_or("pwsh")),
                false => shell,
            };
            steps.push(step(desk, item, &node, &list, shell, edit));
        }
    }
    let text = value.part.slice(value.span());
    ignored::settle(&mut steps, text);
    let called = uses.as_ref().map(|uses| {
        let path = uses.value().into_owned();
        let call = match path.strip_prefix("./") {
            Some(path) => Call::Workflow(path.to_owned()),
            None => Call::Elsewhere,
        };
        Deed {
            what: What::Calls(call),
            shown: path,
            place: uses.place.clone(),
            command: None,
        }
    });
    Job {
        place: desk.place(key, key.span()),
        name: field("name"),
        needs: fields
            .get("needs")
            .map_or_else(Vec::new, |node| desk.texts(&node)),
        condition: field("if").map(Condition::new),
        environment,
        asks_results: {
            let lower = text.to_ascii_lowercase();
            lower.contains("tojson(needs") || lower.contains("needs.") && lower.contains(".result")
        },
        matrix: strategy.is_some_and(|strategy| strategy.pair("matrix").is_some()),
        special: fields.pair("container").is_some() || says("self-hosted") || windows,
        directory,
        deeds: called.into_iter().collect(),
        ignored: ignored::continues(value, &fields, &place),
        edit: edit::needs(value, &fields, &place),
        steps,
        uses,
        id,
    }
}

fn step<'a>(
    desk: &Desk<'a>,
    item: Item,
    node: &Ref<'a>,
    list: &Ref<'a>,
    shell: Option<&str>,
    edit: Edit,
) -> Step {
    let fields = desk.reader.fields(node);
    let field = |name: &str| desk.field(&fields, name);
    let place = |node: &Ref, span: Span| desk.place(node, span);
    let (name, uses, run) = (field("name"), field("uses"), field("run"));
    let own_shell = field("shell").map(|text| text.value().into_owned());
    let script = run.as_ref().map(script).unwrap_or_default();
    let mut deeds = match &run {
        Some(run) => evidence::deeds(&script, &run.place.owner),
        None => Vec::new(),
    };
    let with = fields.get("with").map(|with| desk.reader.fields(&with));
    let input = |key: &str| {
        let with = with.as_ref()?;
        let pair = with
            .pairs
            .iter()
            .rfind(|pair| pair.name.eq_ignore_ascii_case(key))?;
        desk.text(&desk.reader.resolve(pair.value.as_ref()?)?)
    };
    if let Some(uses) = &uses {
        let name = uses.value();
        deeds.extend(evidence::of_action(&name, input).map(|what| Deed {
            what,
            shown: name.split('@').next().unwrap_or_default().to_owned(),
            place: uses.place.clone(),
            command: None,
        }));
    }
    let mut ignored: Vec<_> = ignored::continues(node, &fields, &place)
        .into_iter()
        .collect();
    if let Some(run) = &run {
        let whole = node.part.text();
        let pipes = own_shell.as_deref().or(shell).is_none();
        let shell = edit::before_key(node, &fields, &["run"], "", "", &place);
        ignored.extend(ignored::in_script(
            &script,
            &deeds,
            run,
            whole,
            pipes.then_some(shell),
        ));
    }
    ignored.extend(ignored::inputs(&deeds, input));
    let id = field("id").map(|id| id.value().into_owned());
    let head = [&name, &uses, &run].into_iter().flatten().next();
    Step {
        place: head.map_or_else(|| desk.place(list, item.span), head_of),
        condition: field("if").map(Condition::new),
        directory: field("working-directory").map(|text| text.value().into_owned()),
        name,
        uses,
        id,
        run,
        script,
        deeds,
        ignored,
        edit,
    }
}

/// The first line of a text.
fn head_of(text: &Text) -> Place {
    let line = text
        .raw
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let at = text.raw.find(line).unwrap_or_default();
    let blank = line.len() - line.trim_start().len();
    text.at(at + blank..at + line.trim_end().len().max(blank))
}

/// The commands of a `run`. Expressions of GitHub's are to the shell what variables are: known when it runs.
fn script(run: &Text) -> Script {
    let (text, origin): (String, Origin) =
        decode_at(run.style, &run.raw, run.place.span.start as usize);
    shell::read(&masked(&text), &origin)
}

/// The same text with a variable of equal length for each expression.
fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${{") {
        let Some(length) = rest[at..].find("}}").map(|end| end + 2) else {
            break;
        };
        out.push_str(&rest[..at]);
        out.push('$');
        out.extend(std::iter::repeat_n('x', length - 1));
        rest = &rest[at + length..];
    }
    out + rest
}
