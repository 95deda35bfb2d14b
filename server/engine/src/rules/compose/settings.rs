//! What a database server of a compose file is told: by its command, by variables, and by a file that is mounted.

use std::path::PathBuf;

use crate::fix::server::behind;
use crate::model::compose::{Merged, Service, VolumeKind, images};
use crate::model::server::{Line, of_service};
use crate::path::join;
use crate::project::{Conf, Stack, StackRun, View};
use crate::rule::{Owner, Place};

/// The servers whose settings are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    /// And what is made of it: Valkey, KeyDB, Redis Stack.
    Redis,
    Postgres,
    Mysql,
}

/// What is said, and where more may be.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) server: Server,
    /// With places as findings of this file name them.
    pub(super) service: Service,
    pub(super) values: Vec<Setting>,
    /// The command that runs the server, where one is written.
    pub(super) line: Option<Line>,
    /// Not all of it can be seen: nothing can be said to be missing.
    pub(super) unknown: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub(super) name: String,
    /// `None` where a variable without default holds it.
    pub(super) value: Option<String>,
    pub(super) place: Place,
}

impl Server {
    /// By the last part of the image's name.
    pub(super) fn of(service: &Service) -> Option<Server> {
        let image = service.image.as_ref()?;
        Some(match images::base(&image.raw).as_str() {
            "redis" | "valkey" | "keydb" | "redis-stack" | "redis-stack-server"
            | "valkey-bundle" => Server::Redis,
            "postgres" | "postgresql" | "postgis" | "pgvector" | "timescaledb"
            | "timescaledb-ha" | "pgvecto-rs" | "postgresql-repmgr" => Server::Postgres,
            "mysql" | "mysql-server" | "mariadb" | "percona" | "percona-server" => Server::Mysql,
            _ => return None,
        })
    }

    fn programs(self) -> &'static [&'static str] {
        match self {
            Server::Redis => &["redis-server", "valkey-server", "keydb-server"],
            Server::Postgres => &["postgres"],
            Server::Mysql => &["mysqld", "mariadbd"],
        }
    }

    /// The program, as the image of a service has it.
    pub(super) fn program(self, service: &Service) -> &'static str {
        let image = service.image.as_ref();
        let base = image.map(|image| images::base(&image.raw));
        match (self, base.as_deref().unwrap_or_default()) {
            (_, "valkey" | "valkey-bundle") => "valkey-server",
            (_, "keydb") => "keydb-server",
            _ => self.programs()[0],
        }
    }
}

impl Settings {
    pub(super) fn get(&self, name: &str) -> Option<&Setting> {
        self.values.iter().rfind(|setting| setting.name == name)
    }

    pub(super) fn is_image(&self, word: &str) -> bool {
        let image = self.service.image.as_ref();
        image.is_some_and(|image| image.raw.contains(word))
    }

    /// The edit that puts words behind the command that runs the server, or why there can be none. `None` without a command.
    pub(super) fn more(&self, words: &[&str]) -> Option<Result<(Place, String), &'static str>> {
        let line = self.line.as_ref()?;
        let last = line.args.last()?;
        Some(match line.args.iter().find_map(|arg| arg.frozen) {
            Some(reason) => Err(reason),
            None => Ok(behind(last, words)),
        })
    }

    pub(super) fn read(
        stack: &Stack,
        run: &StackRun,
        merged: &Merged,
        view: &View,
    ) -> Option<Settings> {
        let server = Server::of(&merged.service)?;
        let service = merged.service.at_home(&stack.path);
        let mut settings = Settings {
            server,
            values: Vec::new(),
            line: None,
            unknown: false,
            service,
        };
        let mut file = None;
        settings.of_command(&mut file);
        settings.of_environment();
        settings.of_file(file, run, merged, view);
        Some(settings)
    }

    fn of_command(&mut self, file: &mut Option<String>) {
        let programs = self.server.programs();
        let lines = of_service(&self.service, None);
        let entered = self.service.entrypoint.is_some();
        let runs = |line: &Line| {
            let first = line.args.first().map_or("", |arg| arg.text.as_str());
            let named = line.args.iter().any(|arg| {
                let base = arg.text.rsplit('/').next().unwrap_or_default();
                programs.contains(&base)
            });
            let options = !entered && (first.starts_with('-') || first.ends_with(".conf"));
            // The words of a script are one of the words of what runs it.
            named || options
        };
        let Some(line) = lines.iter().rfind(|line| runs(line)) else {
            // Something else runs, or a script that starts the server in its own way.
            self.unknown = !lines.is_empty();
            return;
        };
        let words: Vec<(&str, Option<&str>, &Place)> = line
            .args
            .iter()
            .map(|arg| (arg.text.as_str(), arg.by_default.as_deref(), &arg.place))
            .collect();
        let mut at = 0;
        while let Some((text, default, place)) = words.get(at) {
            at += 1;
            let name = match self.server {
                Server::Redis => text.strip_prefix("--"),
                Server::Postgres | Server::Mysql => text
                    .strip_prefix("--")
                    .or_else(|| text.strip_prefix("-c").filter(|rest| rest.contains('='))),
            };
            let alone = self.server == Server::Postgres && matches!(*text, "-c" | "-B");
            match name {
                Some(name) if self.server == Server::Redis => {
                    let (name, value) = name.split_once(['=', ' ']).unwrap_or((name, ""));
                    let mut value = Some(value.to_owned()).filter(|value| !value.is_empty());
                    if value.is_none()
                        && let Some((next, default, _)) = words.get(at)
                        && !next.starts_with("--")
                    {
                        value = default.map(str::to_owned);
                        at += 1;
                    }
                    self.values.push(Setting {
                        name: name.to_ascii_lowercase(),
                        value,
                        place: (*place).clone(),
                    });
                }
                _ if alone => {
                    let Some((next, default, place)) = words.get(at) else {
                        break;
                    };
                    at += 1;
                    let said = match *text {
                        "-B" => format!("shared_buffers={next}"),
                        _ => (*next).to_owned(),
                    };
                    self.assigned(&said, *default, place);
                }
                Some(name) => {
                    let given = default.map(|default| default.trim_start_matches(['-', 'c']));
                    self.assigned(name, given, place);
                }
                None if text.ends_with(".conf") => *file = Some((*text).to_owned()),
                // `$REDIS_ARGS`: a word that may be any options.
                None if text.starts_with('$') && at > 1 => self.unknown = true,
                None => {}
            }
        }
        self.line = Some(line.clone());
    }

    /// `name=value`
    fn assigned(&mut self, text: &str, default: Option<&str>, place: &Place) {
        let Some((name, value)) = text.split_once('=') else {
            return;
        };
        let default = default.and_then(|default| Some(default.split_once('=')?.1));
        let known = (!value.contains('$')).then_some(value).or(default);
        self.values.push(Setting {
            name: name.trim().to_ascii_lowercase().replace('-', "_"),
            value: known.map(|value| value.trim_matches(['"', '\'']).to_owned()),
            place: place.clone(),
        });
    }

    fn of_environment(&mut self) {
        let given = [
            "REDIS_ARGS",
            "REDIS_EXTRA_FLAGS",
            "VALKEY_EXTRA_FLAGS",
            "POSTGRES_INITDB_ARGS",
        ];
        let mut found = Vec::new();
        for variable in &self.service.environment {
            let Some(value) = &variable.value else {
                // It comes from the shell, and may be anything.
                self.unknown |= given[..3].contains(&&*variable.name);
                continue;
            };
            let text = value.expanded();
            let mut push = |name: &str, value: Option<&str>| {
                found.push(Setting {
                    name: name.to_owned(),
                    value: value.map(str::to_owned),
                    place: variable.name_place.clone(),
                });
            };
            if given.contains(&&*variable.name) {
                let Some(text) = &text else {
                    self.unknown |= variable.name != "POSTGRES_INITDB_ARGS";
                    continue;
                };
                let words: Vec<&str> = text.split_whitespace().collect();
                for (at, word) in words.iter().enumerate() {
                    match word.strip_prefix("--") {
                        Some(name) => push(name, words.get(at + 1).copied()),
                        None => {
                            let said = word.trim_start_matches("-c").split_once('=');
                            said.into_iter()
                                .for_each(|(name, value)| push(name, Some(value)));
                        }
                    }
                }
                continue;
            }
            match variable.name.as_str() {
                "POSTGRESQL_MAX_CONNECTIONS" => push("max_connections", text.as_deref()),
                "POSTGRESQL_SHARED_BUFFERS" => push("shared_buffers", text.as_deref()),
                "POSTGRESQL_WORK_MEM" => push("work_mem", text.as_deref()),
                _ => {}
            }
        }
        self.values.extend(found);
    }

    fn of_file(&mut self, file: Option<String>, run: &StackRun, merged: &Merged, view: &View) {
        let named = self
            .get("config_file")
            .and_then(|setting| setting.value.clone());
        let file = file.or(named);
        let usual = match self.server {
            Server::Redis => "redis.conf",
            Server::Postgres => "postgresql.conf",
            Server::Mysql => ".cnf",
        };
        match mounted(&merged.service, file.as_deref(), usual, run) {
            Mounted::No => self.unknown |= file.is_some(),
            Mounted::Unseen => self.unknown = true,
            Mounted::Text(conf) => self.take(conf, None),
            Mounted::File(path) => match view.conf(&path).here() {
                Some(conf) => self.take((*conf).clone(), Some(path)),
                None => self.unknown = true,
            },
        }
    }

    /// What the command says goes over what the file says.
    fn take(&mut self, conf: Conf, path: Option<PathBuf>) {
        for line in conf.0.into_iter().rev() {
            if line.name.starts_with("include") {
                self.unknown = true;
                continue;
            }
            let place = match &path {
                Some(path) => Place {
                    owner: Owner::In(path.as_path().into(), line.line),
                    span: line.span,
                },
                None => self.service.place.clone(),
            };
            self.values.insert(
                0,
                Setting {
                    name: line.name,
                    value: Some(line.value),
                    place,
                },
            );
        }
    }
}

enum Mounted {
    No,
    Unseen,
    Text(Conf),
    File(PathBuf),
}

/// The file that is mounted at a path of the container; where no path is known, any one of the usual name.
fn mounted(service: &Service, path: Option<&str>, usual: &str, run: &StackRun) -> Mounted {
    let is = |target: &str| match path {
        Some(path) => target == path,
        None => target.ends_with(usual),
    };
    for volume in &service.volumes {
        let Some(target) = volume.target_path() else {
            continue;
        };
        let rest = match path.and_then(|path| path.strip_prefix(target.as_str())) {
            Some(rest) if rest.starts_with('/') => rest.trim_start_matches('/'),
            _ if is(&target) => "",
            _ => continue,
        };
        let (Some(source), VolumeKind::Bind) = (&volume.source, volume.kind) else {
            return Mounted::Unseen;
        };
        let Some(local) = source.expanded() else {
            return Mounted::Unseen;
        };
        let folder = run.composed.folder(&source.place);
        let file = join(&folder, &local);
        return Mounted::File(match rest {
            "" => file,
            rest => join(&file, rest),
        });
    }
    for grant in &service.configs {
        let name = grant.source.value();
        let target = match &grant.target {
            Some(target) => target.value().into_owned(),
            None => format!("/{name}"),
        };
        if !is(&target) {
            continue;
        }
        let resource = run.composed.configs.iter().find(|known| known.name == name);
        let Some(resource) = resource else {
            return Mounted::Unseen;
        };
        if let Some(content) = &resource.content {
            return Mounted::Text(Conf::of(&content.value()));
        }
        let local = resource
            .file
            .as_ref()
            .and_then(|file| Some((file, file.expanded()?)));
        return match local {
            Some((file, local)) => Mounted::File(join(&run.composed.folder(&file.place), &local)),
            None => Mounted::Unseen,
        };
    }
    Mounted::No
}
