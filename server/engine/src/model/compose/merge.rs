//! What a service becomes when another file, or the service that it extends, says more of it.
//!
//! Source: the Compose specification, "Merge": scalars are replaced, mappings are merged, sequences are appended, but for
//! `command`, `entrypoint` and `healthcheck.test`, which are replaced; ports are unique, volumes, secrets and configs are
//! merged by their target. `!reset` takes away, `!override` replaces.

use std::path::Path;
use std::sync::Arc;

use crate::rule::{Owner, Place};

use super::places::Places;
use super::text::{Assigned, Text};
use super::{Build, Deploy, EnvVar, Healthcheck, Service, images, is_development_only};

impl Service {
    /// The same service with places that say in which file they lie.
    pub fn in_file(&self, path: &Arc<Path>) -> Service {
        let mut service = self.clone();
        locate(&mut service, path);
        service
    }
}

impl Service {
    /// The same service with places in this file that are told by the number of their chunks alone, as findings name them.
    pub fn at_home(&self, path: &Path) -> Service {
        let mut service = self.clone();
        service.each_place(&mut |place: &mut Place| {
            if let Owner::In(file, chunk) = &place.owner
                && **file == *path
            {
                place.owner = Owner::Nth(*chunk);
            }
        });
        service
    }
}

/// Let places within a file say in which file they lie.
pub(super) fn locate(places: &mut dyn Places, path: &Arc<Path>) {
    places.each_place(&mut |place: &mut Place| {
        if let Owner::Nth(chunk) = place.owner {
            place.owner = Owner::In(path.clone(), chunk);
        }
    });
}

/// `over` on top of `base`, under the name and at the place of `over`. All places keep saying where each value was written.
pub fn merge(base: &Service, over: &Service) -> Service {
    let mut base = base.clone();
    for mark in &over.marks {
        let path: Vec<&str> = mark.path.iter().map(String::as_str).collect();
        clear(&mut base, &path);
    }
    let over = over.clone();
    let mut service = Service {
        image: over.image.or(base.image),
        build: either(base.build, over.build, merge_builds),
        ports: keyed(base.ports, over.ports, |port| port.key.clone()),
        environment: keyed(base.environment, over.environment, |variable| {
            variable.name.clone()
        }),
        settings: [base.settings, over.settings].concat(),
        volumes: keyed(base.volumes, over.volumes, |volume| volume.target_path()),
        networks: keyed(base.networks, over.networks, |network| {
            network.network.raw.to_string()
        }),
        network_mode: over.network_mode.or(base.network_mode),
        command: over.command.or(base.command),
        entrypoint: over.entrypoint.or(base.entrypoint),
        healthcheck: either(base.healthcheck, over.healthcheck, merge_checks),
        user: over.user.or(base.user),
        working_dir: over.working_dir.or(base.working_dir),
        container_name: over.container_name.or(base.container_name),
        restart: over.restart.or(base.restart),
        deploy: merge_deploys(base.deploy, over.deploy),
        env_file: keyed(base.env_file, over.env_file, |file| {
            file.path.raw.to_string()
        }),
        labels: assigned(base.labels, over.labels),
        profiles: keyed(base.profiles, over.profiles, |profile| {
            profile.raw.to_string()
        }),
        depends_on: keyed(base.depends_on, over.depends_on, |on| {
            on.service.raw.to_string()
        }),
        secrets: keyed(base.secrets, over.secrets, |grant| {
            grant
                .target
                .as_ref()
                .unwrap_or(&grant.source)
                .raw
                .to_string()
        }),
        configs: keyed(base.configs, over.configs, |grant| {
            grant
                .target
                .as_ref()
                .unwrap_or(&grant.source)
                .raw
                .to_string()
        }),
        cut_short: base.cut_short || over.cut_short,
        // What is derived is derived anew below.
        ..over
    };
    service.class = {
        let image = service.image.as_ref().map(|image| image.raw.as_str());
        images::class(&service.name, image)
    };
    let mode = service.network_mode.as_ref().map(Text::value);
    service.on_host_network = mode.is_some_and(|mode| mode == "host");
    service.development = is_development_only(&service.profiles);
    for EnvVar {
        service: name,
        development,
        ..
    } in &mut service.environment
    {
        name.clone_from(&service.name);
        *development = service.development;
    }
    service
}

/// A list appended to another, where an entry takes the place of one with the same key.
fn keyed<T, K: PartialEq>(base: Vec<T>, over: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut merged = base;
    for entry in over {
        let of = key(&entry);
        match merged.iter().position(|known| key(known) == of) {
            Some(at) => merged[at] = entry,
            None => merged.push(entry),
        }
    }
    merged
}

fn assigned(base: Vec<Assigned>, over: Vec<Assigned>) -> Vec<Assigned> {
    keyed(base, over, |assigned| assigned.name.clone())
}

fn either<T>(base: Option<T>, over: Option<T>, merge: impl Fn(T, T) -> T) -> Option<T> {
    match (base, over) {
        (Some(base), Some(over)) => Some(merge(base, over)),
        (base, over) => over.or(base),
    }
}

fn merge_builds(base: Build, over: Build) -> Build {
    Build {
        place: over.place,
        context: over.context.or(base.context),
        dockerfile: over.dockerfile.or(base.dockerfile),
        dockerfile_inline: over.dockerfile_inline.or(base.dockerfile_inline),
        target: over.target.or(base.target),
        args: assigned(base.args, over.args),
    }
}

fn merge_checks(base: Healthcheck, over: Healthcheck) -> Healthcheck {
    Healthcheck {
        place: over.place,
        disabled: over.disabled || base.disabled && over.test.is_none(),
        test: over.test.or(base.test),
    }
}

fn merge_deploys(base: Deploy, over: Deploy) -> Deploy {
    Deploy {
        replicas: over.replicas.or(base.replicas),
        limit_cpus: over.limit_cpus.or(base.limit_cpus),
        limit_memory: over.limit_memory.or(base.limit_memory),
        global: over.global || base.global,
        scale: over.scale.or(base.scale),
        cpus: over.cpus.or(base.cpus),
        mem_limit: over.mem_limit.or(base.mem_limit),
        limits: over.limits.or(base.limits),
    }
}

/// Take away what lies at a path of keys, so far as it is read.
fn clear(service: &mut Service, path: &[&str]) {
    match path {
        ["image"] => service.image = None,
        ["build"] => service.build = None,
        ["build", rest @ ..] => {
            if let Some(build) = &mut service.build {
                clear_build(build, rest);
            }
        }
        ["deploy", rest @ ..] => clear_deploy(&mut service.deploy, rest),
        ["scale"] => service.deploy.scale = None,
        ["cpus"] => service.deploy.cpus = None,
        ["mem_limit"] => service.deploy.mem_limit = None,
        ["ports"] => service.ports.clear(),
        ["volumes"] => service.volumes.clear(),
        ["environment"] => service.environment.clear(),
        ["environment", name] => service.environment.retain(|known| known.name != *name),
        ["labels"] => service.labels.clear(),
        ["labels", name] => service.labels.retain(|known| known.name != *name),
        ["networks"] => service.networks.clear(),
        ["networks", name] => service.networks.retain(|n| n.network.value() != *name),
        ["network_mode"] => service.network_mode = None,
        ["command"] => service.command = None,
        ["entrypoint"] => service.entrypoint = None,
        ["healthcheck"] => service.healthcheck = None,
        ["healthcheck", "test"] => {
            if let Some(check) = &mut service.healthcheck {
                check.test = None;
            }
        }
        ["user"] => service.user = None,
        ["working_dir"] => service.working_dir = None,
        ["container_name"] => service.container_name = None,
        ["restart"] => service.restart = None,
        ["env_file"] => service.env_file.clear(),
        ["profiles"] => service.profiles.clear(),
        ["depends_on"] => service.depends_on.clear(),
        ["depends_on", name] => service.depends_on.retain(|on| on.service.value() != *name),
        ["secrets"] => service.secrets.clear(),
        ["configs"] => service.configs.clear(),
        _ => {}
    }
}

fn clear_build(build: &mut Build, path: &[&str]) {
    match path {
        ["context"] => build.context = None,
        ["dockerfile"] => build.dockerfile = None,
        ["dockerfile_inline"] => build.dockerfile_inline = None,
        ["target"] => build.target = None,
        ["args"] => build.args.clear(),
        ["args", name] => build.args.retain(|known| known.name != *name),
        _ => {}
    }
}

fn clear_deploy(deploy: &mut Deploy, path: &[&str]) {
    let all = path.is_empty();
    let limits = all || matches!(path, ["resources"] | ["resources", "limits"]);
    if all || path == ["replicas"] {
        deploy.replicas = None;
    }
    if all || path == ["mode"] {
        deploy.global = false;
    }
    if limits || path == ["resources", "limits", "cpus"] {
        deploy.limit_cpus = None;
    }
    if limits || path == ["resources", "limits", "memory"] {
        deploy.limit_memory = None;
    }
}
