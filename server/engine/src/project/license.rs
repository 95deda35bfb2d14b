//! Licences of the project and of what it needs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::unit::is_apart;
use super::{Fact, Question, Source, View, Workspace};
use crate::file::Kind;
use crate::model::license::{Terms, licenses_of};
use crate::model::manifest::Manifest;
use crate::model::package::Package;
use crate::model::requirements::normal;

/// The licences whose texts a file holds.
#[derive(Debug, Hash)]
struct Texts(Vec<&'static str>);

impl Fact for Texts {
    fn read(source: &Source) -> Option<Texts> {
        Some(Texts(licenses_of(source.text())))
    }
}

/// The fields of a manifest that name a licence, the field before classifiers.
#[derive(Debug, Hash)]
struct Fields(Vec<String>);

impl Fact for Fields {
    fn read(source: &Source) -> Option<Fields> {
        let kind = source.file()?.kind;
        if kind == Kind::Requirements {
            return None;
        }
        let manifest = Manifest::read(kind, source.path, &source.parts(kind, |_| true))?;
        let fields: Vec<String> = manifest
            .licenses
            .into_iter()
            .map(|field| field.text)
            .collect();
        (!fields.is_empty()).then_some(Fields(fields))
    }
}

/// What a folder says of its licence.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Licenses {
    /// The files with a licence's text in the nearest folder that has such, and which texts they are.
    pub files: Vec<(PathBuf, Vec<&'static str>)>,
    /// What its manifests name.
    pub fields: Vec<String>,
}

/// The units without the text of a licence, of those that need one by themselves: with code, within no other unit.
#[derive(Debug)]
struct Bare;

struct BareUnits(Vec<PathBuf>);

impl Question for Bare {
    type Answer = Vec<PathBuf>;
    fn answer(&self, workspace: &Workspace) -> Vec<PathBuf> {
        let bare = || {
            let units = workspace.units();
            let outer = |folder: &&PathBuf| {
                let above = folder
                    .ancestors()
                    .skip(1)
                    .filter(|above| workspace.within(above));
                !is_apart(folder) && !above.into_iter().any(|above| workspace.is_unit(above))
            };
            let bare = units.0.iter().filter(outer).filter(|folder| {
                let licenses = LicensesOf(folder.to_path_buf()).answer(workspace);
                let closed = |field: &String| matches!(Terms::read(field), Terms::Closed);
                licenses.files.is_empty()
                    && !licenses.fields.iter().any(closed)
                    && workspace.has_code(folder) == Some(true)
            });
            BareUnits(bare.cloned().collect())
        };
        workspace.derived(Path::new(""), bare).0.clone()
    }
}

#[derive(Debug)]
struct LicensesOf(PathBuf);

impl Question for LicensesOf {
    type Answer = Licenses;
    fn answer(&self, workspace: &Workspace) -> Licenses {
        let mut folders = self.0.ancestors().filter(|folder| workspace.within(folder));
        let files = folders.find_map(|folder| {
            let names = workspace.folder(folder)?;
            let texts = names.files().filter(|name| is_license(name));
            let mut texts: Vec<PathBuf> = texts.map(|name| folder.join(name)).collect();
            for below in names.folders().filter(|name| is_license(name)) {
                let below = folder.join(below);
                let names = workspace.folder(&below).unwrap_or_default();
                texts.extend(names.files().map(|name| below.join(name)));
            }
            (!texts.is_empty()).then_some(texts)
        });
        let read = |path: PathBuf| {
            let texts = workspace.fact::<Texts>(&path).here();
            (path, texts.map(|texts| texts.0.clone()).unwrap_or_default())
        };
        let manifests = ["pyproject.toml", "setup.cfg", "package.json"];
        let fields = manifests
            .iter()
            .filter_map(|name| workspace.fact::<Fields>(&self.0.join(name)).here());
        Licenses {
            files: files.unwrap_or_default().into_iter().map(read).collect(),
            fields: fields.flat_map(|fields| fields.0.clone()).collect(),
        }
    }
}

/// Whether a file or a folder of this name holds the text of a licence.
fn is_license(name: &str) -> bool {
    const CODE: &[&str] = &[
        "py", "js", "ts", "go", "rs", "java", "json", "yml", "yaml", "sh", "toml", "tsx", "jsx",
    ];
    let lower = name.to_ascii_lowercase();
    let end = lower.rsplit_once('.').map_or("", |(_, end)| end);
    let words = [
        "license",
        "licence",
        "copying",
        "unlicense",
        "mit-license",
        "copyright",
    ];
    words.iter().any(|word| lower.starts_with(word)) && !CODE.contains(&end)
}

/// The licence of an installed distribution of Python, by its metadata.
#[derive(Debug, Hash)]
struct Metadata(Option<String>);

impl Fact for Metadata {
    fn read(source: &Source) -> Option<Metadata> {
        let head = source.text().lines().take_while(|line| !line.is_empty());
        let head: Vec<&str> = head.collect();
        let value = |key: &str| {
            let mut lines = head.iter().filter_map(|line| line.strip_prefix(key));
            lines.find(|value| !value.trim().is_empty() && value.trim() != "UNKNOWN")
        };
        // A whole text may stand in the field: the classifier tells then.
        let said = value("License-Expression: ")
            .or_else(|| value("Classifier: License :: OSI Approved :: "))
            .or_else(|| value("License: "))
            .or_else(|| value("Classifier: License :: "));
        Some(Metadata(said.map(|said| said.trim().to_owned())))
    }
}

/// The licence of an installed package of npm.
#[derive(Debug, Hash)]
struct Installed(Option<String>);

impl Fact for Installed {
    fn read(source: &Source) -> Option<Installed> {
        let package = Package::read(source.text());
        Some(Installed(package.license.map(|license| license.text)))
    }
}

/// The licences that a `package-lock.json` gives of what runs.
#[derive(Debug, Hash)]
struct Lock(Vec<(String, String)>);

impl Fact for Lock {
    fn read(source: &Source) -> Option<Lock> {
        let json: serde_json::Value = serde_json::from_str(source.text()).ok()?;
        let packages = json.get("packages")?.as_object()?;
        let named = packages.iter().filter_map(|(path, package)| {
            let name = path.strip_prefix("node_modules/")?;
            Some((
                name.to_owned(),
                package.get("license")?.as_str()?.to_owned(),
            ))
        });
        Some(Lock(named.collect()))
    }
}

/// What is known of the licence of something that is needed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Under {
    Says(String),
    /// It is installed, and does not say.
    Silent,
    /// Nothing of it is here.
    Absent,
}

/// Under which licences is what a folder needs?
#[derive(Debug)]
struct UnderWhich {
    folder: PathBuf,
    names: Vec<String>,
    python: bool,
}

impl Question for UnderWhich {
    type Answer = Vec<Under>;
    fn answer(&self, workspace: &Workspace) -> Vec<Under> {
        let folders = self
            .folder
            .ancestors()
            .filter(|folder| workspace.within(folder));
        let folders: Vec<&Path> = folders.collect();
        if self.python {
            let installed: Vec<(String, PathBuf)> = folders
                .iter()
                .flat_map(|folder| environments(workspace, folder))
                .collect();
            let of = |name: &String| {
                let found = installed.iter().find(|(known, _)| known == name);
                let told = found.and_then(|(_, path)| workspace.fact::<Metadata>(path).here());
                under(told.map(|told| told.0.clone()))
            };
            return self.names.iter().map(of).collect();
        }
        let locks: Vec<Arc<Lock>> = folders
            .iter()
            .filter_map(|folder| {
                workspace
                    .fact::<Lock>(&folder.join("package-lock.json"))
                    .here()
            })
            .collect();
        let of = |name: &String| {
            let mut installed = folders.iter().filter_map(|folder| {
                let path = folder.join("node_modules").join(name).join("package.json");
                workspace
                    .has_file(&path)
                    .then(|| workspace.fact::<Installed>(&path).here())?
            });
            if let Some(told) = installed.next() {
                return under(Some(told.0.clone()));
            }
            let mut known = locks.iter().flat_map(|lock| &lock.0);
            let known = known.find(|(known, _)| known == name);
            known.map_or(Under::Absent, |(_, said)| Under::Says(said.clone()))
        };
        self.names.iter().map(of).collect()
    }
}

fn under(told: Option<Option<String>>) -> Under {
    match told {
        Some(Some(said)) => Under::Says(said),
        Some(None) => Under::Silent,
        None => Under::Absent,
    }
}

/// The distributions that are installed in the virtual environments of a folder, with their metadata.
fn environments(workspace: &Workspace, folder: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for name in [".venv", "venv", "env"] {
        let home = folder.join(name);
        if !workspace.has_file(&home.join("pyvenv.cfg")) {
            continue;
        }
        let lib = home.join("lib");
        let pythons = workspace.folder(&lib).unwrap_or_default();
        let pythons = pythons
            .folders()
            .map(|python| lib.join(python).join("site-packages"));
        let windows = home.join("Lib").join("site-packages");
        for packages in pythons.chain([windows]) {
            let names = workspace.folder(&packages).unwrap_or_default();
            found.extend(names.folders().filter_map(|name| {
                let stem = name.strip_suffix(".dist-info")?;
                let distribution = stem.split('-').next()?;
                Some((normal(distribution), packages.join(name).join("METADATA")))
            }));
        }
    }
    found
}

impl View<'_> {
    /// What a folder, and the folders above it, say of the licence.
    pub fn licenses(&self, folder: &Path) -> Licenses {
        self.ask(LicensesOf(folder.to_path_buf()))
    }

    /// The folders of the units that need the text of a licence and have none, in their order.
    pub fn unlicensed(&self) -> Vec<PathBuf> {
        match self.workspace.is_alone() {
            true => Vec::new(),
            false => self.ask(Bare),
        }
    }

    /// The licences of what a folder needs, by what is installed or locked there or above it, in the order of the names.
    pub fn licenses_of(&self, folder: &Path, names: Vec<String>, python: bool) -> Vec<Under> {
        self.ask(UnderWhich {
            folder: folder.to_path_buf(),
            names,
            python,
        })
    }
}
