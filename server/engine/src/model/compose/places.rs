//! Visiting every place of a model, to say what it is relative to.

use std::sync::Arc;

use crate::rule::Place;

use super::Service;
use super::build::Build;
use super::command::{Block, Command, Item, Word};
use super::deploy::Deploy;
use super::environment::{EnvVar, Setting};
use super::file::{File, Include, Resource};
use super::links::{Attached, DependsOn, EnvFile, Extends, Grant, Healthcheck};
use super::ports::Port;
use super::text::{Assigned, Text};
use super::volumes::Volume;

/// What has places in it.
pub(super) trait Places {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place));
}

impl Places for Place {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        visit(self);
    }
}

impl<T: Places> Places for Option<T> {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        if let Some(value) = self {
            value.each_place(visit);
        }
    }
}

impl<T: Places> Places for Vec<T> {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        for value in self {
            value.each_place(visit);
        }
    }
}

impl<T: Places + Clone> Places for Arc<T> {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        Arc::make_mut(self).each_place(visit);
    }
}

/// An edit.
impl Places for (Place, String) {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        visit(&mut self.0);
    }
}

fn each<const N: usize>(all: [&mut dyn Places; N], visit: &mut dyn FnMut(&mut Place)) {
    for places in all {
        places.each_place(visit);
    }
}

// Each names all fields of its type, so that one that is added cannot be forgotten here.

impl Places for Text {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Text {
            raw: _,
            place,
            style: _,
            flow: _,
            used,
        } = self;
        each([place, used], visit);
    }
}

impl Places for Assigned {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Assigned {
            name: _,
            name_place,
            value,
        } = self;
        each([name_place, value], visit);
    }
}

impl Places for EnvVar {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let EnvVar {
            service: _,
            name: _,
            name_place,
            value,
            development: _,
        } = self;
        each([name_place, value], visit);
    }
}

impl Places for Setting {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Setting { key: _, text } = self;
        each([text], visit);
    }
}

impl Places for Port {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Port {
            place,
            used,
            published: _,
            container: _,
            udp: _,
            bind: _,
            key: _,
            to_loopback,
            to_expose,
        } = self;
        each([place, used, to_loopback, to_expose], visit);
    }
}

impl Places for Volume {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Volume {
            kind: _,
            source,
            target,
            read_only: _,
            entry,
            text,
            remove,
            item: _,
            alone: _,
            shared: _,
            used,
        } = self;
        each([source, target, entry, text, remove, used], visit);
    }
}

impl Places for Build {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Build {
            place,
            context,
            dockerfile,
            dockerfile_inline,
            target,
            args,
        } = self;
        each(
            [place, context, dockerfile, dockerfile_inline, target, args],
            visit,
        );
    }
}

impl Places for Word {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Word {
            value: _,
            text,
            item,
        } = self;
        each([text, item], visit);
    }
}

impl Places for Item {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Item { place, block } = self;
        each([place, block], visit);
    }
}

impl Places for Block {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Block {
            indent: _,
            end,
            lines,
        } = self;
        each([end, lines], visit);
    }
}

impl Places for Command {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Command {
            form: _,
            place,
            words,
            used,
        } = self;
        each([place, words, used], visit);
    }
}

impl Places for Healthcheck {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Healthcheck {
            place,
            test,
            disabled: _,
        } = self;
        each([place, test], visit);
    }
}

impl Places for Deploy {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Deploy {
            replicas,
            limit_cpus,
            limit_memory,
            global: _,
            scale,
            cpus,
            mem_limit,
            limits,
        } = self;
        each([replicas, limit_cpus, limit_memory, scale], visit);
        each([cpus, mem_limit, limits], visit);
    }
}

impl Places for Extends {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Extends { service, file } = self;
        each([service, file], visit);
    }
}

impl Places for DependsOn {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let DependsOn {
            service,
            condition,
            required: _,
        } = self;
        each([service, condition], visit);
    }
}

impl Places for Grant {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Grant { source, target } = self;
        each([source, target], visit);
    }
}

impl Places for EnvFile {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let EnvFile { path, required: _ } = self;
        each([path], visit);
    }
}

impl Places for Attached {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Attached { network, aliases } = self;
        each([network, aliases], visit);
    }
}

impl Places for Service {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Service {
            name: _,
            place,
            image,
            class: _,
            build,
            ports,
            environment,
            settings,
            development: _,
            on_host_network: _,
            volumes,
            networks,
            network_mode,
            command,
            entrypoint,
            healthcheck,
            user,
            working_dir,
            container_name,
            restart,
            deploy,
            env_file,
            labels,
            profiles,
            depends_on,
            extends,
            secrets,
            configs,
            marks: _,
            cut_short: _,
        } = self;
        each([place, image, build, ports, environment, settings], visit);
        each([volumes, networks, network_mode], visit);
        each([command, entrypoint, healthcheck], visit);
        each([user, working_dir, container_name, restart, deploy], visit);
        each([env_file, labels, profiles, depends_on, extends], visit);
        each([secrets, configs], visit);
    }
}

impl Places for Include {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Include {
            paths,
            project_directory,
            env_file,
        } = self;
        each([paths, project_directory, env_file], visit);
    }
}

impl Places for Resource {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let Resource {
            name: _,
            place,
            external: _,
            internal: _,
            driver,
            file,
            environment,
            content,
        } = self;
        each([place, driver, file, environment, content], visit);
    }
}

impl Places for File {
    fn each_place(&mut self, visit: &mut dyn FnMut(&mut Place)) {
        let File {
            name,
            services,
            include,
            networks,
            volumes,
            secrets,
            configs,
        } = self;
        each([name, services, include], visit);
        each([networks, volumes, secrets, configs], visit);
    }
}
