//! Images by name: what can be known of one without asking a registry.

/// `registry/repository:tag@digest`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Image {
    /// `docker.io` where none is written.
    pub registry: String,
    /// `library/` is left out: `python`, `bitnami/redis`.
    pub repository: String,
    pub tag: Option<String>,
    pub digest: Option<String>,
}

/// By which commands a user is made, and packages are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `useradd`, `apt-get`
    Debian,
    /// `adduser` of busybox, `apk`
    Alpine,
    /// `useradd`, `dnf`; without `shadow-utils` in the smallest ones.
    Rhel,
    /// No shell.
    Distroless,
    /// Nothing at all.
    Scratch,
    Windows,
    Unknown,
}

impl Image {
    pub fn read(name: &str) -> Image {
        let (name, digest) = match name.split_once('@') {
            Some((name, digest)) => (name, Some(digest.to_owned())),
            None => (name, None),
        };
        // A colon before the last slash is that of a port.
        let slash = name.rfind('/').map_or(0, |at| at + 1);
        let (name, tag) = match name[slash..].rfind(':') {
            Some(at) => (&name[..slash + at], Some(name[slash + at + 1..].to_owned())),
            None => (name, None),
        };
        let host = |part: &str| part.contains(['.', ':']) || part == "localhost";
        let (registry, repository) = match name.split_once('/') {
            Some((first, rest)) if host(first) => (first, rest),
            _ => ("docker.io", name),
        };
        let hub = matches!(
            registry,
            "docker.io" | "index.docker.io" | "registry-1.docker.io"
        );
        let repository = match repository.strip_prefix("library/") {
            Some(official) if hub => official,
            _ => repository,
        };
        Image {
            registry: if hub { "docker.io" } else { registry }.to_owned(),
            repository: repository.to_owned(),
            tag,
            digest,
        }
    }

    /// The last part of the repository.
    pub fn name(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or_default()
    }

    /// An official image of Docker Hub, or its copy in a mirror (`public.ecr.aws/docker/library/python`).
    pub fn official(&self) -> Option<&str> {
        if self.registry == "docker.io" {
            return (!self.repository.contains('/')).then_some(&*self.repository);
        }
        let (path, name) = self.repository.rsplit_once('/')?;
        path.ends_with("library").then_some(name)
    }

    /// A guess by name and tag.
    pub fn dialect(&self) -> Dialect {
        let tag = self.tag.as_deref().unwrap_or_default();
        let name = self.name();
        if self.official() == Some("scratch") {
            return Dialect::Scratch;
        }
        if self.repository.starts_with("windows/")
            || ["windowsservercore", "nanoserver"]
                .iter()
                .any(|word| tag.contains(word) || name.contains(word))
        {
            return Dialect::Windows;
        }
        if self.repository.contains("distroless")
            || tag.contains("chiseled")
            || tag.contains("distroless")
        {
            return Dialect::Distroless;
        }
        // A tag says it over the name: `python:3.12-alpine`.
        let words = |text: &str| -> Vec<String> {
            let words = text.split(['-', '_', '.']);
            words
                .map(|word| {
                    word.trim_end_matches(|c: char| c.is_ascii_digit())
                        .to_ascii_lowercase()
                })
                .collect()
        };
        by_words(&words(tag))
            .or_else(|| by_words(&words(name)))
            .or_else(|| {
                let official = self.official()?;
                DEBIAN_BASED.contains(&official).then_some(Dialect::Debian)
            })
            .or_else(|| self.registry.contains("redhat").then_some(Dialect::Rhel))
            .unwrap_or(Dialect::Unknown)
    }
}

/// Names of distributions and of their releases, as images and tags have them.
fn by_words(words: &[String]) -> Option<Dialect> {
    words.iter().find_map(|word| match word.as_str() {
        "alpine" => Some(Dialect::Alpine),
        "debian" | "ubuntu" | "slim" | "bullseye" | "bookworm" | "trixie" | "buster"
        | "stretch" | "jammy" | "focal" | "noble" | "bionic" => Some(Dialect::Debian),
        "ubi" | "rhel" | "centos" | "fedora" | "rockylinux" | "almalinux" | "oraclelinux"
        | "amazonlinux" => Some(Dialect::Rhel),
        _ => None,
    })
}

/// Official images whose plain tags are built on Debian, by their Dockerfiles.
const DEBIAN_BASED: &[&str] = &[
    "python",
    "node",
    "golang",
    "rust",
    "ruby",
    "php",
    "perl",
    "openjdk",
    "gcc",
    "buildpack-deps",
    "haskell",
    "julia",
    "nginx",
    "httpd",
    "postgres",
    "mysql",
    "mariadb",
    "redis",
    "mongo",
    "memcached",
    "rabbitmq",
    "tomcat",
    "wordpress",
    "ghost",
    "drupal",
    "joomla",
    "jenkins",
    "pypy",
    "r-base",
    "swift",
    "erlang",
    "elixir",
    "maven",
    "gradle",
    "eclipse-temurin",
];
