//! As whom well-known images run, by their own Dockerfiles as of November 2026. Only what is named here is known; any other
//! image is taken to run as root, as most do.

use super::{Dialect, Image};

impl Image {
    /// Its `USER` is not root.
    pub fn is_non_root(&self) -> bool {
        let tag = self.tag.as_deref().unwrap_or_default();
        let name = self.name();
        let owner = self.owner();
        // Variants that say so by their names.
        if [
            "nonroot",
            "non-root",
            "rootless",
            "unprivileged",
            "chiseled",
        ]
        .iter()
        .any(|word| tag.contains(word) || name.contains(word))
        {
            return !tag.ends_with("chiseled-root");
        }
        // Images for OpenShift's builds have numbered users; those of the bare system have none.
        if self.registry.contains("redhat") {
            return !BARE_RED_HAT.contains(&name);
        }
        if OWNERS.contains(&owner) {
            return !ROOT_OF_OWNERS.contains(&name);
        }
        let registry = |known: &str| self.registry == known;
        registry("cgr.dev") && name != "wolfi-base"
            || registry("dhi.io")
            || registry("docker.elastic.co")
            || self.official().is_some_and(|name| OFFICIAL.contains(&name))
            || IMAGES.contains(&(owner, name))
    }

    /// Its entrypoint starts as root and goes on as another user, as long as nothing replaces it.
    pub fn drops_root(&self) -> bool {
        let official = self.official().is_some_and(|name| DROPPING.contains(&name));
        official || DROPPING_IMAGES.contains(&(self.owner(), self.name()))
    }

    /// Its entrypoint is the first process of a supervisor that gives each service a user.
    pub fn is_supervised(&self) -> bool {
        let name = self.name();
        matches!(self.owner(), "linuxserver" | "hotio")
            || name.starts_with("baseimage-")
            || matches!(
                (self.owner(), name),
                ("phusion", "baseimage") | ("just-containers", "base")
            )
    }

    /// The user that the image has for programs, though it does not switch to it.
    pub fn own_user(&self) -> Option<&'static str> {
        let tag = self.tag.as_deref().unwrap_or_default();
        match self.official() {
            Some("node") => return Some("node"),
            Some("gradle") => return Some("gradle"),
            _ => {}
        }
        let major = tag
            .split(['.', '-'])
            .next()
            .and_then(|text| text.parse::<u32>().ok());
        let dotnet = self.registry == "mcr.microsoft.com" && self.owner() == "dotnet";
        (dotnet && major.is_some_and(|major| major >= 8)).then_some("$APP_UID")
    }

    /// A web server that binds its ports as root, and then works as another user: it needs more than a `USER`.
    pub fn is_web_server(&self) -> bool {
        matches!(self.official(), Some("nginx" | "httpd"))
    }

    /// Whether its own `USER` is not known: it is neither an official image that is known here nor one of a known vendor.
    pub fn is_foreign(&self) -> bool {
        let known = self.registry == "mcr.microsoft.com"
            || self.registry.contains("redhat")
            || self.repository.contains("distroless")
            || ROOT_OF_OWNERS.contains(&self.name())
            || ["amd64", "arm64v8", "arm32v7", "i386", "nvidia"].contains(&self.owner());
        let official = self.official().is_some() && self.dialect() != Dialect::Unknown;
        !official && !known
    }

    /// What the repository is within: `bitnami` of `bitnami/redis`.
    fn owner(&self) -> &str {
        let (owner, _) = self.repository.rsplit_once('/').unwrap_or_default();
        owner.rsplit('/').next().unwrap_or_default()
    }
}

/// Official images with a `USER`.
#[rustfmt::skip]
const OFFICIAL: &[&str] = &[
    "elasticsearch", "kibana", "logstash", "memcached", "haproxy", "varnish", "solr", "sonarqube",
];
#[rustfmt::skip]
const OWNERS: &[&str] = &[
    "bitnami", "bitnamilegacy", "bitnamisecure", "chainguard", "jupyter", "grafana", "prom", "prometheus", "cimg",
    "opensearchproject", "selenium", "confluentinc", "apachepulsar", "strimzi", "keycloak",
];
/// Of those, what runs as root.
const ROOT_OF_OWNERS: &[&str] = &["minideb", "wolfi-base", "promtail"];
#[rustfmt::skip]
const IMAGES: &[(&str, &str)] = &[
    ("jenkins", "jenkins"), ("jenkins", "inbound-agent"), ("jenkins", "agent"), ("apache", "airflow"),
    ("apache", "superset"), ("apache", "kafka"), ("apache", "nifi"), ("apache", "spark"), ("sonatype", "nexus3"),
    ("mambaorg", "micromamba"), ("n8nio", "n8n"), ("nodered", "node-red"), ("mssql", "server"), ("wildfly", "wildfly"),
    ("jboss", "wildfly"), ("provectuslabs", "kafka-ui"), ("hasura", "graphql-engine"),
    ("ibmcom", "websphere-liberty"), ("camunda", "camunda-bpm-platform"), ("puppeteer", "puppeteer"),
];
#[rustfmt::skip]
const BARE_RED_HAT: &[&str] = &[
    "ubi", "ubi-minimal", "ubi-micro", "ubi-init", "ubi7", "ubi8", "ubi9", "ubi10", "rhel7", "rhel8", "rhel9", "rhel10",
];
/// Official images whose entrypoints use gosu, su-exec or setpriv.
#[rustfmt::skip]
const DROPPING: &[&str] = &[
    "postgres", "redis", "valkey", "mysql", "mariadb", "percona", "mongo", "rabbitmq", "cassandra", "couchdb", "influxdb",
    "neo4j", "ghost", "zookeeper", "vault", "consul", "rethinkdb", "crate", "arangodb", "emqx", "orientdb", "znc",
    "rocket.chat", "redmine", "backdrop",
];
#[rustfmt::skip]
const DROPPING_IMAGES: &[(&str, &str)] = &[
    ("postgis", "postgis"), ("timescale", "timescaledb"), ("pgvector", "pgvector"), ("valkey", "valkey"),
    ("hashicorp", "vault"), ("hashicorp", "consul"), ("clickhouse", "clickhouse-server"), ("envoyproxy", "envoy"),
    ("percona", "percona-server"), ("paradedb", "paradedb"), ("imresamu", "postgis"), ("mysql", "mysql-server"),
];
