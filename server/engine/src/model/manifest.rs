//! What a project's manifest says of its licence, and what it needs to run.

use std::path::Path;
use std::sync::Arc;

use super::package::Package;
use super::requirements::normal;
use super::{Part, plain};
use crate::file::Kind;
use crate::syntax::toml::{Data, Entry, Value};
use crate::text::Span;

/// A `pyproject.toml`, `setup.cfg`, `package.json` or requirements file. Spans are absolute.
#[derive(Debug, Default)]
pub struct Manifest {
    /// The field `license`, then classifiers that name a licence.
    pub licenses: Vec<Field>,
    /// The packages that it needs to run, by the normal forms of their names.
    pub needs: Vec<Need>,
}

/// A text that names a licence.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Field {
    pub text: String,
    /// Without quotes.
    pub span: Span,
    pub classifier: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    pub name: String,
    pub span: Span,
}

impl Manifest {
    /// `None` for files of other kinds.
    pub fn read(kind: Kind, path: &Path, parts: &[(usize, Arc<Part>)]) -> Option<Manifest> {
        let mut manifest = Manifest::default();
        match kind {
            Kind::PackageJson => {
                let package = Package::read(&plain::text(parts));
                manifest
                    .licenses
                    .extend(package.license.map(|license| Field {
                        text: license.text,
                        span: license.span,
                        classifier: false,
                    }));
                let needs = package.dependencies.into_iter();
                manifest.needs.extend(needs.map(|need| Need {
                    name: need.text,
                    span: need.span,
                }));
                return Some(manifest);
            }
            Kind::Pyproject | Kind::SetupCfg | Kind::Requirements => {}
            _ => return None,
        }
        for (base, part) in parts {
            match &**part {
                Part::Toml(part) => {
                    part.entries
                        .iter()
                        .for_each(|entry| manifest.take(entry, *base));
                }
                Part::Ini(part) => {
                    for section in part
                        .sections
                        .iter()
                        .filter(|section| section.name == "metadata")
                    {
                        for option in &section.options {
                            let classifier =
                                option.key == "classifiers" || option.key == "classifier";
                            let lines = option.lines.iter().filter(|line| match classifier {
                                true => is_license(&line.text),
                                false => option.key == "license",
                            });
                            manifest.licenses.extend(lines.map(|line| Field {
                                text: line.text.clone(),
                                span: line.span.shifted(*base),
                                classifier,
                            }));
                        }
                    }
                }
                Part::Requirements(part) if runs(path) => {
                    let named = part.lines.iter().filter_map(|line| line.named());
                    manifest.needs.extend(named.map(|named| Need {
                        name: named.key.clone(),
                        span: named.name.span.shifted(*base),
                    }));
                }
                _ => {}
            }
        }
        manifest.licenses.sort_by_key(|field| field.classifier);
        Some(manifest)
    }

    fn take(&mut self, entry: &Entry, base: usize) {
        let path: Vec<&str> = entry.path.iter().map(String::as_str).collect();
        match path[..] {
            ["project", "license"]
            | ["project", "license", "text"]
            | ["tool", "poetry", "license"] => self.field(&entry.value, base, false),
            ["project", "classifiers"] | ["tool", "poetry", "classifiers"] => {
                if let Data::Array(list) = &entry.value.data {
                    list.iter().for_each(|item| self.field(item, base, true));
                }
            }
            ["project", "dependencies"] => {
                let Data::Array(list) = &entry.value.data else {
                    return;
                };
                self.needs.extend(list.iter().filter_map(|item| {
                    let Data::String(text) = &item.data else {
                        return None;
                    };
                    let end = text.find(|c: char| {
                        !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
                    });
                    Some(Need {
                        name: normal(&text[..end.unwrap_or(text.len())]),
                        span: item.span.shifted(base),
                    })
                }));
            }
            ["tool", "poetry", "dependencies", name] if name != "python" => self.needs.push(Need {
                name: normal(name),
                span: entry.span.shifted(base),
            }),
            _ => {}
        }
    }

    fn field(&mut self, value: &Value, base: usize, classifier: bool) {
        let Data::String(text) = &value.data else {
            return;
        };
        // What has escapes or several lines is no name of a licence.
        if value.raw.len() != text.len() + 2 || classifier && !is_license(text) {
            return;
        }
        let span = value.span.shifted(base);
        self.licenses.push(Field {
            text: text.clone(),
            span: Span {
                start: span.start + 1,
                end: span.end - 1,
            },
            classifier,
        });
    }
}

fn is_license(classifier: &str) -> bool {
    classifier.starts_with("License ::") || classifier.starts_with("Private ::")
}

/// Whether a requirements file lists what runs, by its name.
fn runs(path: &Path) -> bool {
    let name = path
        .file_stem()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let words = [
        "dev",
        "test",
        "doc",
        "lint",
        "ci",
        "typing",
        "build",
        "constraint",
        "release",
    ];
    !words
        .iter()
        .any(|word| name.to_ascii_lowercase().contains(word))
}
