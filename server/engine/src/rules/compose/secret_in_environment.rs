use crate::fix::files::change::Change;
use crate::model::compose::interpolation::references;
use crate::model::compose::{EnvVar, Service, Text, images};
use crate::project::{Stack, StackRun};
use crate::rule::{Area, Check, Context, Fix, Intent, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "compose/secret-in-environment",
    area: Area::Security,
    severity: Severity::Info,
    cases: &[],
    minutes: 20,
    off: true,
    also: &["CWE-526"],
    docs: r#"
A secret is a variable of the environment, though the image would read it from a file.

`docker inspect` shows the environment, every process of the container inherits it, and crash reports and logs carry it away.
A Docker secret is a file that only the container has.

```yaml compose bad
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_USER: app
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}
```

```yaml compose fixed
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_USER: app
      POSTGRES_PASSWORD_FILE: /run/secrets/postgres_password
    secrets:
      - postgres_password
secrets:
  postgres_password:
    environment: POSTGRES_PASSWORD
```

Only variables are found whose `_FILE` the image is known to read; a health check that names the variable has to read the file
as well.

```yaml compose good
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD_FILE: /run/secrets/db
    secrets: [db]
  api:
    image: acme/api
    environment:
      JWT_SECRET: ${JWT_SECRET:?}
secrets:
  db:
    file: ./db.txt
```
"#,
    checks: &[Check::Compose(check)],
};

/// Images by the last part of their names, with the variables that they read from files, by their documentation.
#[rustfmt::skip]
const KNOWN: &[(&[&str], &[&str])] = &[
    (&["postgres", "postgis", "pgvector", "timescaledb", "timescaledb-ha"], &["POSTGRES_PASSWORD"]),
    (&["mysql", "percona", "percona-server"], &["MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"]),
    (&["mariadb"], &["MARIADB_ROOT_PASSWORD", "MARIADB_PASSWORD", "MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"]),
    (&["mongo"], &["MONGO_INITDB_ROOT_PASSWORD"]),
    (&["minio"], &["MINIO_ROOT_PASSWORD"]),
    (&["influxdb"], &["DOCKER_INFLUXDB_INIT_PASSWORD", "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN"]),
    (&["elasticsearch"], &["ELASTIC_PASSWORD"]),
    (&["pgadmin4"], &["PGADMIN_DEFAULT_PASSWORD"]),
    (&["wordpress"], &["WORDPRESS_DB_PASSWORD", "WORDPRESS_AUTH_KEY", "WORDPRESS_SECURE_AUTH_KEY", "WORDPRESS_LOGGED_IN_KEY", "WORDPRESS_NONCE_KEY"]),
    (&["nextcloud"], &["NEXTCLOUD_ADMIN_PASSWORD", "MYSQL_PASSWORD", "POSTGRES_PASSWORD", "REDIS_HOST_PASSWORD", "SMTP_PASSWORD"]),
    (&["joomla"], &["JOOMLA_DB_PASSWORD"]),
    (&["redmine"], &["REDMINE_DB_PASSWORD", "REDMINE_SECRET_KEY_BASE"]),
    (&["postgres-exporter", "postgres_exporter"], &["DATA_SOURCE_PASS"]),
];

/// The variable that names the file, where the image reads one.
fn file_variable(service: &Service, name: &str) -> Option<String> {
    let image = images::base(&service.image.as_ref()?.raw);
    if image.starts_with("grafana") && name.starts_with("GF_") && name.ends_with("PASSWORD") {
        return Some(format!("{name}__FILE"));
    }
    let known = KNOWN
        .iter()
        .any(|(names, variables)| names.contains(&&*image) && variables.contains(&name));
    known.then(|| format!("{name}_FILE"))
}

fn check(stack: &Stack, _: &Context, sink: &mut Sink) {
    for (_, runs) in stack.services() {
        let Some((run, merged)) = runs.first() else {
            continue;
        };
        let mut variables = merged.service.environment.iter();
        if !variables.any(|known| file_variable(&merged.service, &known.name).is_some()) {
            continue;
        }
        let service = merged.service.at_home(&stack.path);
        for variable in &service.environment {
            let Some(file) = file_variable(&service, &variable.name) else {
                continue;
            };
            let here = variable.name_place.file().is_none();
            if !here || variable.value.as_ref().is_some_and(Text::is_null) {
                continue;
            }
            let message = format!(
                "`{}` stands in the environment of `{}`, which every process and `docker inspect` shows. Its image reads `{file}`.",
                variable.name, service.name
            );
            sink.at(variable.name_place.clone(), message)
                .also(RULE.also)
                .fix(fix(run, &service, variable, &file));
        }
    }
}

fn fix(run: &StackRun, service: &Service, variable: &EnvVar, file: &str) -> Fix {
    let name = &variable.name;
    let bare = name.to_ascii_lowercase();
    let taken = |name: &str| run.composed.secrets.iter().any(|known| known.name == name);
    let secret = match taken(&bare) {
        true => format!("{}_{bare}", service.name.replace('-', "_")),
        false => bare,
    };
    let fix = Fix::new(
        format!(
            "Make it the Docker secret `{secret}`: what else reads `{name}` has to read the file"
        ),
        Safety::Unsafe,
    );
    if taken(&secret) {
        return fix.disabled(format!("there is a secret `{secret}` already"));
    }
    let Some(value) = &variable.value else {
        return fix.disabled("its value comes from the shell");
    };
    if value.used.is_some() {
        return fix.disabled("an anchor holds the value, so that others may use it");
    }
    // The variable of the host from which compose takes the secret.
    let references = references(&value.raw);
    let (source, literal) = match references.as_slice() {
        [] => (name.clone(), true),
        [only] if only.range == (0..value.raw.len()) => (only.name.clone(), false),
        _ => return fix.disabled("its value is made of several"),
    };
    let mut fix = fix
        .replace(variable.name_place.clone(), file)
        .replace(value.place.clone(), format!("/run/secrets/{secret}"))
        .with(Intent::Compose(vec![
            Change::add(
                &["services", &service.name, "secrets"],
                secret.clone(),
                None,
            ),
            Change::set(&["secrets", &secret, "environment"], source.clone()),
        ]));
    if literal {
        fix = fix
            .with(Intent::EnvValue {
                name: source.clone(),
                value: value.value().replace("$$", "$"),
            })
            .with(Intent::EnvExample(source))
            .with(Intent::GitIgnore(".env".into()));
    }
    fix
}
