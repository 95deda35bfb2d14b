use crate::model::python::web::{Extra, Model};
use crate::project::Reached;
use crate::rule::{Area, Check, Context, Fix, Intent, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "python/pydantic-extra-allowed",
    area: Area::Security,
    severity: Severity::Medium,
    cases: &[("no body", Severity::Low)],
    minutes: 10,
    off: false,
    also: &["CWE-915"],
    docs: r#"
The body of a request takes fields that nobody expects.

pydantic drops unknown fields in silence, or keeps them where it is told to.
A client that misspells `is_active` learns nothing, and a field that is added to the model later was perhaps sent all along by somebody who tried it out.
With `extra="forbid"` such a request gets a 422 that names the field.

```python main.py bad
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class NewAgent(BaseModel):
    """What an agent is made of."""

    name: str


@app.post("/agents")
def create_agent(new: NewAgent):
    return new.name
```

```python main.py fixed
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

app = FastAPI()


class NewAgent(BaseModel):
    """What an agent is made of."""

    model_config = ConfigDict(extra="forbid")

    name: str


@app.post("/agents")
def create_agent(new: NewAgent):
    return new.name
```

Bodies are the parameters of routes, in lists and unions too, and what is nested in them, across the files of a unit.
Where all of them rest on one class of the project it is said once, at that class.
A configuration that is there is edited, and where the unit holds pydantic below 2 the fix speaks its language:

```python main.py bad
from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()


class Item(BaseModel):
    name: str

    class Config:
        orm_mode = True


@router.put("/items")
def put_items(items: list[Item]):
    return len(items)
```

```python main.py fixed
from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()


class Item(BaseModel):
    name: str

    class Config:
        extra = "forbid"
        orm_mode = True


@router.put("/items")
def put_items(items: list[Item]):
    return len(items)
```

The fix is unsafe, since clients that send more than they should get an error from then on.
Responses, settings, receivers of webhooks, root models, and models that are only taken from the query are let be.
So is what speaks the protocol of somebody else, whose fields come with their clients: `/chat/completions` and the like of language models.
`strict-models = true` of `[python]` in `harden.toml` asks all other models as well, with low severity.

```python main.py good
from fastapi import Depends, FastAPI
from pydantic import BaseModel

app = FastAPI()


class Strict(BaseModel, extra="forbid"):
    pass


class NewAgent(Strict):
    name: str


class Agent(BaseModel):
    name: str
    id: int


class Page(BaseModel):
    size: int = 20


class Event(BaseModel):
    kind: str


@app.post("/agents", response_model=Agent)
def create_agent(new: NewAgent, page: Page = Depends()) -> Agent:
    return Agent(name=new.name, id=page.size)


@app.post("/webhooks/payments")
def paid(event: Event):
    return event.kind
```
"#,
    checks: &[Check::Model(check)],
};

fn check(model: &Model, cx: &Context, sink: &mut Sink) {
    if matches!(model.extra, Some(Extra::Forbid | Extra::Unknown)) {
        return;
    }
    let (file, name) = (&cx.file.path, &model.name);
    let (what, extra, old) = match cx.project.request_body(file, &model.path) {
        Some(body) => {
            let what = match &body.reached {
                Reached::Body(route, _) => format!("`{name}`, the body of `{route}`,"),
                Reached::Part(class, route) => {
                    let class = class.rsplit('.').next().unwrap_or_default();
                    format!("`{name}`, a part of `{class}` in the body of `{route}`,")
                }
                Reached::Base(count, one) => {
                    let one = one.rsplit('.').next().unwrap_or_default();
                    format!("`{name}`, on which {count} bodies of requests rest such as `{one}`,")
                }
            };
            (what, body.extra, (body.old, false))
        }
        None if cx.policy.strict_models && !cx.file.test => {
            match cx.project.open_model(file, &model.path) {
                Some(other) => (format!("`{name}`"), other.extra, (other.old, true)),
                None => return,
            }
        }
        None => return,
    };
    let (old, other) = old;
    let message = match model.extra.or(extra) {
        Some(Extra::Allow) => {
            format!("{what} keeps whatever fields it is sent. Forbid those that it does not know.")
        }
        _ => format!(
            "{what} drops fields that it does not know, so that a wrong name passes for a right one. Forbid them."
        ),
    };
    let draft = sink.at(model.span, message).also(&["CWE-915"]);
    let draft = if other { draft.case("no body") } else { draft };
    let title = match other {
        true => "Forbid extra fields: data with an unknown one is an error from then on",
        false => "Forbid extra fields: a request with an unknown one gets a 422",
    };
    draft.fix(Fix::new(title, Safety::Unsafe).with(Intent::ForbidExtra {
        class: model.path.clone(),
        old,
    }));
}
