//! The classes of a file: what they bind, what their objects hold, what they rest on.

use std::borrow::Cow;

use super::resolve::{Found, HOPS, lookup};
use super::{MemberRecord, Part, Resolver, Value};
use crate::model;
use crate::outside::Key;

/// A part, and the class of which it is a member.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'s> {
    pub(super) part: &'s Part,
    pub(super) class: Enclosing<'s>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Enclosing<'s> {
    /// That of the part that asks.
    Asked,
    /// Empty for none.
    Known(&'s str),
}

/// A class of the file.
#[derive(Debug, Clone)]
pub(super) struct ClassAt<'s> {
    /// Qualified.
    pub(super) path: Cow<'s, str>,
    /// Where it is defined, if it is no name of the module.
    local: Option<(At<'s>, u32)>,
}

/// What a path means.
#[derive(Debug)]
pub(super) enum Known<'s> {
    Nothing,
    /// Something by its dotted name.
    Dotted,
    /// A class of the file.
    Class(ClassAt<'s>),
    /// An object of such a class.
    Object(ClassAt<'s>),
    /// A function of the file.
    Function(At<'s>, u32),
}

/// What a class rests on.
enum Base<'s> {
    Named(String),
    Class(ClassAt<'s>),
}

impl<'s> ClassAt<'s> {
    /// A class that is a name of the module.
    pub(super) fn top(path: &'s str) -> ClassAt<'s> {
        ClassAt {
            path: Cow::Borrowed(path),
            local: None,
        }
    }
    /// A class in the body of this one.
    pub(super) fn within(&self, name: &str) -> ClassAt<'s> {
        ClassAt {
            path: Cow::Owned([&self.path, ".", name].concat()),
            local: None,
        }
    }
    /// A class that is none, of a part.
    pub(super) fn local(at: At<'s>, class: u32, path: &'s str) -> ClassAt<'s> {
        ClassAt {
            path: at.of(path),
            local: Some((at, class)),
        }
    }
}

impl<'s> At<'s> {
    /// A part that binds a name of the module: no member of a class does.
    pub(super) fn module(part: &'s Part) -> At<'s> {
        At {
            part,
            class: Enclosing::Known(""),
        }
    }
    /// A part that binds a name of this class: the first one is the one that may be cut.
    fn member(part: &'s Part, class: &'s str) -> At<'s> {
        At {
            part,
            class: Enclosing::Known(class.split('.').next().unwrap_or_default()),
        }
    }
    /// The qualified name that a part writes as `path`.
    pub(super) fn of(self, path: &'s str) -> Cow<'s, str> {
        match self.class {
            Enclosing::Known(class) if path.is_empty() || path.starts_with('.') => {
                Cow::Owned([class, path].concat())
            }
            _ => Cow::Borrowed(path),
        }
    }
}

impl Resolver<'_, '_, '_> {
    /// A class by its index in a part.
    pub(super) fn class_at<'s>(&'s self, at: At<'s>, class: u32) -> ClassAt<'s> {
        match at.part.classes.get(class as usize) {
            Some(record) if record.top => ClassAt::top(&record.path),
            Some(record) => ClassAt::local(self.own(at), class, &record.path),
            None => ClassAt {
                path: self.own(at).of(""),
                local: None,
            },
        }
    }

    /// The part that is asked learns what class it is in only when that matters.
    pub(super) fn own<'s>(&'s self, at: At<'s>) -> At<'s> {
        match at.class {
            Enclosing::Asked => At {
                class: Enclosing::Known(self.outside.enclosing()),
                ..at
            },
            Enclosing::Known(_) => at,
        }
    }

    /// The qualified name of what the asking part writes as `path`.
    pub(crate) fn qualified(&self, path: &str) -> String {
        self.own(self.asked()).of(path).into_owned()
    }

    /// What a class of the file, or one of its bases there, binds a name to.
    pub(super) fn member<'s>(
        &'s self,
        class: &ClassAt<'s>,
        name: &str,
        hops: usize,
        out: &mut String,
    ) -> Known<'s> {
        let Some(hops) = hops.checked_sub(1) else {
            return Known::Nothing;
        };
        out.clear();
        match self.record(class, name, hops) {
            Some((at, record)) => self.value(at, &record.value, hops, out),
            None => Known::Nothing,
        }
    }

    /// What binds a name of a class: that class, or the first of its bases in the file that does.
    pub(super) fn record<'s>(
        &'s self,
        class: &ClassAt<'s>,
        name: &str,
        hops: usize,
    ) -> Option<(At<'s>, &'s MemberRecord)> {
        let hops = hops.checked_sub(1)?;
        let key = Key::Member((*class.path).into(), name.into());
        let Some((Key::Member(path, _), list)) = self.outside.entry(&key) else {
            return self
                .bases_of(class, hops)
                .into_iter()
                .find_map(|base| match base {
                    Base::Class(base) => self.record(&base, name, hops),
                    Base::Named(_) => None,
                });
        };
        let mut found: Option<(At<'s>, &'s MemberRecord)> = None;
        for (digest, part) in list {
            let model::Part::Python(part) = &**part else {
                continue;
            };
            let at = At::member(part, path);
            let same = |record: &&MemberRecord| {
                record.digest == *digest
                    && part.name(record.name) == name
                    && at.of(part.class_path(record.class)) == class.path
            };
            let Some(record) = part.members.iter().find(same) else {
                continue;
            };
            found = match found {
                None => Some((at, record)),
                Some(_) if record.value == Value::None => found,
                Some((_, known)) if known.value == Value::None => Some((at, record)),
                // Two functions of a name are told apart by nobody.
                Some((_, known))
                    if known.digest == record.digest
                        && !matches!(known.value, Value::Function(_)) =>
                {
                    found
                }
                Some(_) => return None,
            };
        }
        found
    }

    fn bases_of<'s>(&'s self, class: &ClassAt<'s>, hops: usize) -> Vec<Base<'s>> {
        let (at, index) = match class.local {
            Some(local) => local,
            None => match lookup(self.outside, &class.path) {
                Found::One(part, binding) => match binding.value {
                    Value::Class(class) => (At::module(part), class),
                    _ => return Vec::new(),
                },
                Found::Nothing | Found::Unknown => return Vec::new(),
            },
        };
        let record = at.part.classes.get(index as usize);
        let paths = record.map_or(&[][..], |record| &record.bases);
        let mut name = String::new();
        let bases = paths.iter().filter_map(|path| {
            name.clear();
            match self.path(at, *path, hops, &mut name) {
                Known::Dotted => Some(Base::Named(name.clone())),
                Known::Class(class) => Some(Base::Class(class)),
                Known::Nothing | Known::Object(_) | Known::Function(..) => None,
            }
        });
        bases.collect()
    }

    /// The dotted names of the classes that a class of this part rests on, those of the file followed to theirs.
    pub(crate) fn ancestors(&self, class: u32) -> Vec<String> {
        let mut names = Vec::new();
        let class = self.class_at(self.asked(), class);
        self.ancestors_of(&class, HOPS, &mut names);
        names
    }

    /// The same of the class of the file that a path means; nothing where it means none.
    pub(crate) fn ancestors_of_path(&self, path: u32) -> Vec<String> {
        let mut names = Vec::new();
        if let Known::Class(class) = self.path(self.asked(), path, HOPS, &mut String::new()) {
            self.ancestors_of(&class, HOPS, &mut names);
        }
        names
    }

    fn ancestors_of<'s>(&'s self, class: &ClassAt<'s>, hops: usize, names: &mut Vec<String>) {
        let Some(hops) = hops.checked_sub(1) else {
            return;
        };
        for base in self.bases_of(class, HOPS) {
            match base {
                Base::Named(name) => names.push(name),
                Base::Class(class) => self.ancestors_of(&class, hops, names),
            }
        }
    }
}
