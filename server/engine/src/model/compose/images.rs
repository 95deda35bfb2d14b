//! What a service is to its neighbours, by its image or, where that says nothing, by its name.

/// What kind of program a service runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Databases, caches, queues, search engines, object stores.
    Datastore,
    /// Consoles and monitoring: whoever reaches them sees or governs the rest.
    Admin,
    /// Reverse proxies: what the world is meant to reach.
    Edge,
    App,
}

/// Last parts of image names.
#[rustfmt::skip]
const DATASTORES: &[&str] = &[
    "postgres", "postgresql", "postgresql-repmgr", "postgis", "timescaledb", "timescaledb-ha", "pgvector",
    "pgbouncer", "mysql", "mysql-server", "mariadb", "mariadb-galera", "percona", "percona-server",
    "percona-xtradb-cluster", "redis", "redis-stack", "redis-stack-server", "redis-cluster", "redis-sentinel",
    "valkey", "keydb", "dragonfly", "memcached", "mongo", "mongodb", "mongodb-community-server",
    "mongodb-enterprise-server", "elasticsearch", "elasticsearch-oss", "opensearch", "solr", "couchdb", "couchbase",
    "cassandra", "scylla", "cockroach", "clickhouse", "clickhouse-server", "influxdb", "neo4j", "arangodb",
    "rethinkdb", "rabbitmq", "kafka", "cp-kafka", "cp-server", "cp-zookeeper", "redpanda", "zookeeper", "nats",
    "nats-streaming", "activemq", "activemq-artemis", "pulsar", "etcd", "minio", "mssql", "server-mssql",
    "azure-sql-edge", "oracle-xe", "oracle-free", "db2", "meilisearch", "typesense", "qdrant", "weaviate", "milvus",
    "chroma", "manticore", "surrealdb", "dgraph", "questdb", "victoria-metrics", "vault", "ferretdb", "tidb",
    "yugabyte", "hbase", "druid", "rqlite", "aerospike-server", "rocketmq",
    "oceanbase-ce", "seekdb", "opentsdb", "hugegraph", "openldap",
];
#[rustfmt::skip]
const ADMINS: &[&str] = &[
    "grafana", "grafana-oss", "grafana-enterprise", "pgadmin", "pgadmin4", "adminer", "phpmyadmin", "flower",
    "portainer", "portainer-ce", "portainer-ee", "kibana", "kibana-oss", "opensearch-dashboards", "jaeger",
    "jaeger-query", "prometheus", "alertmanager", "node-exporter", "cadvisor", "redis-commander", "redisinsight",
    "mongo-express", "mongoku", "kafka-ui", "kafdrop", "akhq", "kafka-manager", "cmak",
    "cp-enterprise-control-center", "dozzle", "netdata", "zipkin", "cloudbeaver", "pghero", "chronograf", "mailhog",
    "mailpit", "maildev", "mailcatcher", "elastichq", "cerebro", "dejavu", "sqlpad", "phppgadmin", "phpredisadmin",
    "rockmongo", "bull-board", "temporal-ui", "loki", "pushgateway", "thanos", "uptime-kuma", "yacht", "dockge",
    "swarmpit", "rancher", "consul", "asynqmon", "rq-dashboard", "attu", "docker-socket-proxy",
    "cp-enterprise-control-center-next-gen", "phpldapadmin", "webmin", "nginx-ui",
];
#[rustfmt::skip]
const EDGES: &[&str] = &[
    "nginx", "nginx-unprivileged", "nginx-proxy", "nginx-proxy-manager", "nginx-ingress", "nginx-plus", "openresty",
    "angie", "traefik", "caddy", "caddy-docker-proxy", "haproxy", "envoy", "swag", "kong", "kong-gateway", "apisix",
    "pomerium", "zoraxy", "traefik-proxy", "https-portal", "nginx-letsencrypt", "jonasal/nginx-certbot",
    "nginx-certbot", "tyk-gateway", "varnish", "bunkerweb", "nginxproxymanager",
];
/// Words of a service's name, where its image is not known.
#[rustfmt::skip]
const DATASTORE_WORDS: &[&str] = &[
    "postgres", "postgresql", "mysql", "mariadb", "redis", "valkey", "mongo", "mongodb", "memcached", "elasticsearch",
    "opensearch", "rabbitmq", "clickhouse", "cassandra", "influxdb", "couchdb", "neo4j", "minio", "etcd",
];
#[rustfmt::skip]
const ADMIN_WORDS: &[&str] = &[
    "flower", "pgadmin", "adminer", "phpmyadmin", "grafana", "prometheus", "kibana", "portainer", "jaeger",
    "alertmanager",
];
#[rustfmt::skip]
const EDGE_WORDS: &[&str] = &[
    "nginx", "traefik", "caddy", "haproxy", "envoy",
];
#[rustfmt::skip]
const EDGE_NAMES: &[&str] = &[
    "proxy", "reverse-proxy", "reverse_proxy", "reverseproxy", "ingress", "edge", "lb", "load-balancer",
    "loadbalancer",
];
/// Words that make a name that of a helper of the thing, not of the thing.
#[rustfmt::skip]
const HELPERS: &[&str] = &[
    "exporter", "migrate", "migration", "migrations", "init", "setup", "backup", "builder", "config", "client",
    "seed", "test", "tests", "proxy", "commander", "insight", "ui", "express", "worker", "cron", "app", "api", "web",
    "service", "consumer", "producer", "connect", "auth",
];
/// Ports that databases listen on, and little else.
#[rustfmt::skip]
const DATASTORE_PORTS: &[u16] = &[
    1433, 1521, 3306, 5432, 6379, 6380, 9042, 9200, 9300, 11211, 27017, 27018, 27019, 28015, 5984, 7687,
];
/// Consoles within the images of datastores: last part of the image's name, port.
#[rustfmt::skip]
const CONSOLES: &[(&str, u16)] = &[
    ("rabbitmq", 15672), ("rabbitmq", 15671), ("minio", 9001), ("neo4j", 7474), ("neo4j", 7473),
    ("redis-stack", 8001), ("activemq", 8161), ("activemq-artemis", 8161), ("nats", 8222), ("solr", 8983),
    ("influxdb", 8083), ("cockroach", 8080), ("couchbase", 8091), ("rethinkdb", 8080), ("arangodb", 8529),
];

/// What a service is, by image and name. `image` is as it is written; references stand for their defaults.
pub fn class(name: &str, image: Option<&str>) -> Class {
    if let Some(class) = image.and_then(by_image) {
        return class;
    }
    let name = name.to_ascii_lowercase();
    let words = words(&name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let helper = has(HELPERS);
    if EDGE_NAMES.contains(&name.as_str()) || has(EDGE_WORDS) && !words.contains(&"exporter") {
        Class::Edge
    } else if has(ADMIN_WORDS) {
        Class::Admin
    } else if !helper && (has(DATASTORE_WORDS) || matches!(name.as_str(), "db" | "database")) {
        Class::Datastore
    } else {
        Class::App
    }
}

/// What the port of a service gives access to, where that is not what the service is.
pub fn class_of_port(
    class: Class,
    name: &str,
    image: Option<&str>,
    container: Option<u16>,
) -> Class {
    let Some(port) = container else { return class };
    let (name, base) = (
        name.to_ascii_lowercase(),
        image.map(base).unwrap_or_default(),
    );
    let is_console = |(of, console): &(&str, u16)| {
        *console == port && (*of == base || words(&name).contains(of))
    };
    match class {
        Class::Datastore if CONSOLES.iter().any(is_console) => Class::Admin,
        Class::App if DATASTORE_PORTS.contains(&port) => Class::Datastore,
        _ => class,
    }
}

/// Whether a service is one that the world is meant to reach.
pub fn is_edge(name: &str, image: Option<&str>) -> bool {
    class(name, image) == Class::Edge
}

/// The words of a service's name, without the numbers behind them: `redis-1`, `es01`.
fn words(name: &str) -> Vec<&str> {
    name.split(['-', '_', '.'])
        .map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()))
        .collect()
}

fn by_image(image: &str) -> Option<Class> {
    let base = base(image);
    let base = base.as_str();
    // Names that only say something with the folder above them.
    match base {
        "server" if image.contains("mssql") => return Some(Class::Datastore),
        "all-in-one" if image.contains("jaeger") => return Some(Class::Admin),
        _ => {}
    }
    [
        (DATASTORES, Class::Datastore),
        (ADMINS, Class::Admin),
        (EDGES, Class::Edge),
    ]
    .into_iter()
    .find_map(|(list, class)| list.contains(&base).then_some(class))
}

/// The last part of an image's name, without tag and digest: `ghcr.io/a/postgres:16@sha256:…` → `postgres`.
pub fn base(image: &str) -> String {
    let image = super::interpolation::expanded(image, '?').to_ascii_lowercase();
    let image = image.split('@').next().unwrap_or_default();
    let last = image.rsplit('/').next().unwrap_or_default();
    last.split(':').next().unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_and_names() {
        for (name, image, expected) in [
            ("x", Some("postgres:16"), Class::Datastore),
            ("x", Some("bitnami/redis"), Class::Datastore),
            (
                "x",
                Some("${IMAGE:-docker.io/library/mysql:8}"),
                Class::Datastore,
            ),
            (
                "x",
                Some("mcr.microsoft.com/mssql/server:2022"),
                Class::Datastore,
            ),
            ("x", Some("dpage/pgadmin4"), Class::Admin),
            (
                "x",
                Some("nginxinc/nginx-unprivileged@sha256:ab"),
                Class::Edge,
            ),
            (
                "nginx-exporter",
                Some("nginx/nginx-prometheus-exporter"),
                Class::App,
            ),
            ("redis-commander", None, Class::App),
            ("db", None, Class::Datastore),
            ("db-migrate", None, Class::App),
            ("my_flower", None, Class::Admin),
            ("reverse-proxy", Some("acme/proxy"), Class::Edge),
            ("web", Some("acme/web"), Class::App),
        ] {
            assert_eq!(class(name, image), expected, "{name} {image:?}");
        }
        assert_eq!(
            class_of_port(
                Class::Datastore,
                "x",
                Some("rabbitmq:3-management"),
                Some(15672)
            ),
            Class::Admin
        );
        assert_eq!(
            class_of_port(Class::App, "x", Some("acme/db"), Some(5432)),
            Class::Datastore
        );
    }
}
