use std::collections::HashSet;

use crate::file::Stage;
use crate::fix::files::change::Change;
use crate::model::compose::{Resource, Service};
use crate::project::{Stack, StackRun};
use crate::rule::{Area, Check, Context, Fix, Intent, Place, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "compose/datastore-network-not-internal",
    area: Area::Network,
    severity: Severity::High,
    cases: &[
        ("external", Severity::Info),
        ("used-from-outside", Severity::Low),
        ("development", Severity::Info),
    ],
    minutes: 10,
    off: false,
    also: &[],
    docs: r#"
A database, cache or queue is on a network with a way out.

Whoever breaks into it can fetch tools from the internet and send the data away; and a published port, added in haste, is
reachable from anywhere.
An internal network has no way out and no way in but through the services that are on it.

```yaml compose bad
services:
  api:
    image: acme/api
    environment:
      DATABASE_URL: postgresql://app:${DB_PASSWORD:?}@db/app
  db:
    image: postgres:16
```

Where services share the network that compose makes by itself, the fix makes an internal one for the datastores and for those
that start after them or name them; these keep the other one too.

```yaml compose fixed
services:
  api:
    image: acme/api
    environment:
      DATABASE_URL: postgresql://app:${DB_PASSWORD:?}@db/app
    networks:
      - default
      - backend
  db:
    image: postgres:16
    networks:
      - backend
networks:
  backend:
    internal: true
```

A network of its own needs one line, as long as everybody else on it has another network that leads out.

```yaml compose bad
services:
  api:
    image: acme/api
    networks: [front, back]
  db:
    image: postgres:16
    networks: [back]
networks:
  front:
  back:
```

```yaml compose fixed
services:
  api:
    image: acme/api
    networks: [front, back]
  db:
    image: postgres:16
    networks: [back]
networks:
  front:
  back:
    internal: true
```

Ports that a service publishes do not work while all its networks are internal.
So where datastores publish theirs and no other service of the file uses them, the severity is low.
External networks cannot be seen: that is an info, as are files for development.

```yaml compose good
services:
  api:
    image: acme/api
    networks: [default, backend]
  db:
    image: postgres:16
    networks: [backend]
  lonely:
    image: redis:7
    network_mode: none
networks:
  backend:
    internal: true
```
"#,
    checks: &[Check::Compose(check)],
};

const DEFAULT: &str = "default";

fn check(stack: &Stack, _: &Context, sink: &mut Sink) {
    let deployed = stack.deployed();
    let mut told: Vec<Place> = Vec::new();
    let open: Vec<Vec<Open>> = deployed.iter().map(|run| networks(run)).collect();
    for (run, networks) in deployed.iter().zip(&open) {
        for network in networks {
            // What one way of deploying it mends is mended.
            let everywhere = open.iter().all(|other| {
                let mut known = other.iter();
                known.any(|other| other.name == network.name)
            });
            let first = network
                .stores
                .iter()
                .find(|store| stack.is_here(&store.place));
            let own = network.defined.filter(|own| stack.is_here(&own.place));
            let elsewhere = network
                .defined
                .is_some_and(|own| own.place.file().is_some())
                && own.is_none();
            let place = own
                .map(|own| &own.place)
                .or_else(|| first.map(|store| attached(store, network.name)));
            let Some(place) = place.and_then(|place| stack.here(place)) else {
                continue;
            };
            if everywhere && !elsewhere && !told.contains(&place) {
                told.push(place.clone());
                report(stack, run, network, place, sink);
            }
        }
        for store in run.datastores().filter(|store| store.on_host_network) {
            let mode = store
                .network_mode
                .as_ref()
                .and_then(|mode| stack.here(&mode.place));
            if let Some(place) = mode.filter(|place| !told.contains(place)) {
                told.push(place.clone());
                let message = format!(
                    "`{}` is on the host's own network, so whoever reaches the host reaches it. Give it an internal network.",
                    store.name
                );
                let draft = sink.at(place, message);
                lowered(stack, &[store], draft);
            }
        }
    }
}

/// A network that is not internal, with the datastores on it.
struct Open<'r> {
    name: &'r str,
    /// Where it is defined; the default network may be nowhere.
    defined: Option<&'r Resource>,
    stores: Vec<&'r Service>,
}

fn networks(run: &StackRun) -> Vec<Open<'_>> {
    let mut found: Vec<Open> = Vec::new();
    for store in run.datastores() {
        if run.is_unknown(store) {
            continue;
        }
        for name in names(store) {
            let mut known = run.composed.networks.iter();
            let defined = known.find(|network| network.name == name);
            let missing = defined.is_none() && name != DEFAULT;
            if missing || defined.is_some_and(|network| network.internal) {
                continue;
            }
            match found.iter_mut().find(|open| open.name == name) {
                Some(open) => open.stores.push(store),
                None => found.push(Open {
                    name: defined.map_or(DEFAULT, |network| &network.name),
                    defined,
                    stores: vec![store],
                }),
            }
        }
    }
    found
}

/// The networks that a service is on; none where it shares that of something else.
fn names(service: &Service) -> Vec<String> {
    if service.network_mode.is_some() {
        return Vec::new();
    }
    if service.networks.is_empty() {
        return vec![DEFAULT.into()];
    }
    let names = service.networks.iter();
    names
        .map(|attached| attached.network.value().into_owned())
        .collect()
}

/// Where a service says that it is on a network.
fn attached<'s>(service: &'s Service, name: &str) -> &'s Place {
    let mut networks = service.networks.iter();
    let known = networks.find(|attached| attached.network.value() == name);
    known.map_or(&service.place, |attached| &attached.network.place)
}

fn report(stack: &Stack, run: &StackRun, network: &Open, place: Place, sink: &mut Sink) {
    let stores: Vec<String> = network
        .stores
        .iter()
        .map(|store| format!("`{}`", store.name))
        .collect();
    let (who, are) = match stores.as_slice() {
        [only] => (only.clone(), "is"),
        [before @ .., last] => (format!("{} and {last}", before.join(", ")), "are"),
        [] => return,
    };
    let external = network.defined.is_some_and(|network| network.external);
    let alone = is_alone(run, &network.stores);
    let message = if external {
        format!(
            "{who} {are} on `{}`, which is made elsewhere: whether it has a way out cannot be seen here.",
            network.name
        )
    } else if alone {
        format!(
            "{who} {are} on a network with a way out, and only used from outside of this file. Let those who use it share an \
             internal network with it."
        )
    } else if network.defined.is_none() {
        format!(
            "{who} {are} on the network that compose makes by itself, which has a way out. Put data on an internal network."
        )
    } else {
        format!(
            "{who} {are} on `{}`, which has a way out. Set `internal: true`.",
            network.name
        )
    };
    let mut draft = sink.at(place.clone(), message);
    for store in &network.stores {
        let there = attached(store, network.name);
        if stack.here(there).as_ref() != Some(&place) {
            draft = draft.related(there.clone(), format!("`{}` is on it", store.name));
        }
    }
    if external {
        draft = draft.case("external");
    }
    if alone {
        draft = draft.case("used-from-outside");
    }
    let draft = lowered(stack, &network.stores, draft);
    if !external {
        draft.fix(match network.name {
            DEFAULT => apart(stack, run, network),
            _ => close(stack, run, network),
        });
    }
}

fn lowered<'d>(
    stack: &Stack,
    stores: &[&Service],
    draft: crate::rule::Draft<'d>,
) -> crate::rule::Draft<'d> {
    match stack.stage == Stage::Development || stores.iter().all(|store| store.development) {
        true => draft.case("development"),
        false => draft,
    }
}

/// Whether datastores publish ports, and no other service of the deployment uses them.
fn is_alone(run: &StackRun, stores: &[&Service]) -> bool {
    let names = names_of(stores);
    let used = |store: &&Service| {
        let mut others = run
            .services()
            .filter(|user| !names.contains(user.name.as_str()));
        others.any(|user| run.uses(user, store))
    };
    stores.iter().all(|store| !store.ports.is_empty()) && !stores.iter().any(used)
}

fn names_of<'s>(services: &[&'s Service]) -> HashSet<&'s str> {
    services
        .iter()
        .map(|service| service.name.as_str())
        .collect()
}

/// What becomes of ports that datastores publish.
fn consequence(stores: &[&Service]) -> String {
    let mut published = stores.iter().filter(|store| !store.ports.is_empty());
    match published.next() {
        Some(store) => format!(": the ports that `{}` publishes stop working", store.name),
        None => String::new(),
    }
}

/// `internal: true`, where that cuts nobody off.
fn close(stack: &Stack, run: &StackRun, network: &Open) -> Fix {
    let name = network.name;
    let title = format!(
        "Make `{name}` internal: it then has no way out{}",
        consequence(&network.stores)
    );
    let fix = Fix::new(title, Safety::Unsafe);
    if !network.defined.is_some_and(|own| stack.is_here(&own.place)) {
        return fix.disabled("the network is defined in another file");
    }
    let open = |name: &String| {
        let mut known = run.composed.networks.iter();
        known
            .find(|network| network.name == *name)
            .is_none_or(|network| !network.internal)
    };
    let own = names_of(&network.stores);
    let cut = run.services().find(|member| {
        let networks = names(member);
        let store = own.contains(member.name.as_str());
        !store
            && networks.iter().any(|known| known == name)
            && !networks.iter().any(|known| known != name && open(known))
    });
    if let Some(member) = cut {
        return fix.disabled(format!(
            "`{}` has no other network, and would lose its way out and its ports",
            member.name
        ));
    }
    fix.with(Intent::Compose(vec![Change::set(
        &["networks", name, "internal"],
        "true",
    )]))
}

/// A network of their own for the datastores and those that use them.
fn apart(stack: &Stack, run: &StackRun, network: &Open) -> Fix {
    let stores = &network.stores;
    let taken = |name: &&str| {
        let mut known = run.composed.networks.iter();
        known.any(|known| known.name == *name && (!known.internal || known.external))
    };
    let name = ["backend", "data", "datastores"]
        .into_iter()
        .find(|name| !taken(name))
        .unwrap_or("internal-data");
    let own = names_of(stores);
    let users: Vec<&Service> = run
        .services()
        .filter(|user| names(user).iter().any(|known| known == DEFAULT))
        .filter(|user| !own.contains(user.name.as_str()))
        .filter(|user| stores.iter().any(|store| run.uses(user, store)))
        .collect();
    let title = match users.len() {
        0 => format!(
            "Put it on an internal network `{name}`: nothing else of this file reaches it then"
        ),
        _ => format!(
            "Put it on an internal network `{name}`, with those that use it{}",
            consequence(stores)
        ),
    };
    let fix = Fix::new(title, Safety::Unsafe);
    let fix = match users.is_empty() {
        true => fix.never_preferred(),
        false => fix,
    };
    if is_alone(run, stores) {
        return fix
            .disabled("no other service of this file uses it, and its ports would stop working");
    }
    let mut members = stores.iter().chain(&users);
    if let Some(other) = members.find(|member| !stack.is_here(&member.place)) {
        return fix.disabled(format!("`{}` is defined in another file", other.name));
    }
    if let Some(store) = stores.iter().find(|store| !store.networks.is_empty()) {
        return fix.disabled(format!("`{}` names its networks itself", store.name));
    }
    let mut changes = Vec::new();
    for store in stores {
        changes.push(Change::add(
            &["services", &store.name, "networks"],
            name,
            None,
        ));
    }
    for user in users {
        let path = ["services", user.name.as_str(), "networks"];
        if user.networks.is_empty() {
            changes.push(Change::add(&path, DEFAULT, None));
        }
        changes.push(Change::add(&path, name, None));
    }
    changes.push(Change::set(&["networks", name, "internal"], "true"));
    fix.with(Intent::Compose(changes))
}
