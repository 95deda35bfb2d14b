//! Personal data that a unit stores, and the document that tells of it.

use std::path::{Path, PathBuf};

use super::{Fact, Question, Source, View, Workspace};

/// The personal data of which a file makes columns, sorted, once each.
#[derive(Debug, Hash)]
struct Personal(Vec<String>);

impl Fact for Personal {
    fn read(source: &Source) -> Option<Personal> {
        let text = source.text();
        let end = source
            .path
            .extension()
            .and_then(|end| end.to_str())
            .unwrap_or_default();
        let stored: fn(&str) -> Option<&str> = match end {
            "py" if MAPPERS.iter().any(|word| text.contains(word)) => of_python,
            "prisma" => of_prisma,
            "sql" => of_sql,
            _ => return None,
        };
        let lower = text.to_ascii_lowercase();
        // Of coins and machines, an address is no one's home.
        let other = ["wallet", "blockchain", "ethereum", "mac_addr", "peer"]
            .iter()
            .any(|word| lower.contains(word));
        let names = text.lines().filter_map(stored).map(plain);
        let mut names: Vec<String> = names
            .filter(|name| PERSONAL.contains(&name.as_str()))
            .filter(|name| !(other && name == "address"))
            .collect();
        if end == "py" && text.contains("(AbstractUser)") {
            names.push("email".into());
        }
        names.sort();
        names.dedup();
        (!names.is_empty()).then_some(Personal(names))
    }
}

/// Words of a file that describes tables.
const MAPPERS: &[&str] = &[
    "models.Model",
    "(AbstractUser)",
    "(AbstractBaseUser",
    "mapped_column(",
    "Mapped[",
    "Column(",
    "SQLModel",
    "db.Model",
    "migrations.AddField",
    "migrations.CreateModel",
    "op.add_column",
    "op.create_table",
    "(Document)",
    "tortoise",
];

/// What of a person is written down.
const PERSONAL: &[&str] = &[
    "address",
    "birth_date",
    "birthdate",
    "birthday",
    "city_of_birth",
    "date_of_birth",
    "dob",
    "email",
    "email_address",
    "e_mail",
    "first_name",
    "full_name",
    "home_address",
    "iban",
    "last_name",
    "mobile",
    "mobile_number",
    "mobile_phone",
    "national_id",
    "passport_number",
    "phone",
    "phone_number",
    "postal_address",
    "ssn",
    "street",
    "street_address",
    "surname",
    "tax_id",
    "telephone",
    "telephone_number",
];

fn plain(name: &str) -> String {
    // `phoneNumber` and `phone_number` are one.
    let mut plain = String::with_capacity(name.len() + 2);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !plain.is_empty() && !plain.ends_with('_') {
            plain.push('_');
        }
        plain.push(c.to_ascii_lowercase());
    }
    plain
}

/// `email = models.EmailField()`, `email: Mapped[str]`, `sa.Column("email", …)`, `("email", models.EmailField())`.
fn of_python(line: &str) -> Option<&str> {
    let bare = line.trim_start();
    let makes = |text: &str| {
        ["Field(", "Column(", "mapped_column(", "Mapped["]
            .iter()
            .any(|word| text.contains(word))
            && !["ForeignKey", "forms.", "serializers."]
                .iter()
                .any(|word| text.contains(word))
    };
    if let Some(at) = bare.find("Column(\"").or_else(|| bare.find("Column('")) {
        return bare[at + "Column(\"".len()..].split(['"', '\'']).next();
    }
    if let Some(rest) = bare.strip_prefix("(\"").or_else(|| bare.strip_prefix("('")) {
        let (name, rest) = rest.split_once(['"', '\''])?;
        return makes(rest).then_some(name);
    }
    if let Some(rest) = bare.strip_prefix("name=") {
        return rest.split(['"', '\'']).nth(1);
    }
    if bare.len() == line.len() {
        return None;
    }
    let (name, rest) = bare.split_once(['=', ':'])?;
    // SQLModel has its columns as annotations.
    let typed =
        bare.as_bytes().get(name.len()) == Some(&b':') && rest.trim_start().starts_with("str");
    (makes(rest) || typed).then(|| name.trim())
}

fn of_prisma(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    let name = words.next()?;
    words
        .next()
        .filter(|kind| kind.starts_with("String") || kind.starts_with("DateTime"))?;
    Some(name)
}

fn of_sql(line: &str) -> Option<&str> {
    let lower = line.to_ascii_lowercase();
    let kind = ["char", "text", "date", "timestamp"]
        .iter()
        .any(|kind| lower.contains(kind));
    let words = line.split_whitespace().filter(|word| {
        !["add", "column", "if", "not", "exists", "alter", "table"]
            .contains(&word.to_ascii_lowercase().as_str())
    });
    let mut words = words;
    kind.then(|| words.next())?
        .map(|name| name.trim_matches(['"', '`', '[', ']', ',']))
}

/// Personal data that a unit stores.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Stored {
    /// The first files that do, with what.
    pub places: Vec<(PathBuf, Vec<String>)>,
    /// Some document or page tells of it.
    pub told: bool,
}

#[derive(Debug)]
struct StoredIn(PathBuf);

/// Told once for all units of a project.
struct ToldBelow(bool);

impl Question for StoredIn {
    type Answer = Stored;
    fn answer(&self, workspace: &Workspace) -> Stored {
        let list = workspace.list();
        let below = list
            .range(self.0.clone()..)
            .take_while(|path| path.starts_with(&self.0));
        let python = below.filter(|path| {
            let end = path.extension().is_some_and(|end| end == "py");
            end && describes(path.strip_prefix(&self.0).unwrap_or(path))
        });
        let mut paths: Vec<PathBuf> = python.cloned().collect();
        paths.extend(schemas(workspace, &self.0));
        let places = paths
            .into_iter()
            .filter(|path| workspace.unit(path) == self.0)
            .filter_map(|path| {
                let personal = workspace.fact::<Personal>(&path).here()?;
                Some((path, personal.0.clone()))
            });
        let places: Vec<(PathBuf, Vec<String>)> = places.take(MOST_PLACES).collect();
        if places.is_empty() {
            return Stored::default();
        }
        let root = self
            .0
            .ancestors()
            .filter(|folder| workspace.within(folder))
            .last();
        let root = root.unwrap_or(&self.0);
        let told = workspace.derived(root, || {
            let mut left = MOST_FOLDERS;
            ToldBelow(tells(workspace, root, &mut left))
        });
        Stored {
            places,
            told: told.0,
        }
    }
}

const MOST_PLACES: usize = 5;
/// Folders in which a document is looked for.
const MOST_FOLDERS: usize = 3_000;

/// Whether a file of Python may describe tables, by its path. Tests and examples describe those of others.
fn describes(path: &Path) -> bool {
    const WORDS: &[&str] = &[
        "account",
        "alembic",
        "customer",
        "database",
        "db",
        "entit",
        "member",
        "migration",
        "model",
        "orm",
        "people",
        "person",
        "profile",
        "schema",
        "tables",
        "user",
    ];
    const OTHERS: &[&str] = &[
        "test", "tests", "docs", "doc", "example", "examples", "fixtures", "demo", "demos",
        "testing",
    ];
    let parts = path
        .components()
        .filter_map(|part| part.as_os_str().to_str());
    let mut parts = parts.map(str::to_ascii_lowercase).peekable();
    let lower: Vec<String> = parts.by_ref().collect();
    !lower
        .iter()
        .any(|part| OTHERS.contains(&part.as_str()) || part.starts_with("test_"))
        && lower
            .iter()
            .any(|part| WORDS.iter().any(|word| part.contains(word)))
}

/// Files of other languages in which a unit describes its tables.
fn schemas(workspace: &Workspace, folder: &Path) -> Vec<PathBuf> {
    let mut all = vec![
        folder.join("prisma/schema.prisma"),
        folder.join("schema.prisma"),
    ];
    for below in [
        "",
        "sql",
        "db",
        "database",
        "migrations",
        "db/migrations",
        "migrations/sql",
        "schema",
        "prisma/migrations",
    ] {
        let below = folder.join(below);
        let names = workspace.folder(&below).unwrap_or_default();
        let files = names.files().filter(|name| name.ends_with(".sql"));
        all.extend(files.map(|name| below.join(name)));
    }
    all.retain(|path| workspace.has_file(path));
    all
}

/// Whether something below a folder is called after privacy.
fn tells(workspace: &Workspace, folder: &Path, left: &mut usize) -> bool {
    const WORDS: &[&str] = &[
        "privacy",
        "datenschutz",
        "gdpr",
        "dsgvo",
        "data-protection",
        "data_protection",
    ];
    let Some(names) = workspace.folder(folder).filter(|_| *left > 0) else {
        return false;
    };
    *left -= 1;
    let named = |name: &str| {
        let lower = name.to_ascii_lowercase();
        WORDS.iter().any(|word| lower.contains(word))
    };
    if names.files().chain(names.folders()).any(named) {
        return true;
    }
    let others = [
        "node_modules",
        "__pycache__",
        "site-packages",
        "venv",
        "dist",
        "build",
        "target",
    ];
    let mut folders = names
        .folders()
        .filter(|name| !name.starts_with('.') && !others.contains(name));
    folders.any(|name| tells(workspace, &folder.join(name), left))
}

impl View<'_> {
    /// The personal data that the unit of a folder stores.
    pub fn personal_data(&self, folder: &Path) -> Stored {
        self.ask(StoredIn(folder.to_path_buf()))
    }
}
