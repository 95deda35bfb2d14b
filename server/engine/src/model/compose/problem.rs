//! What compose would refuse in a project.

use std::path::PathBuf;

use crate::rule::{Owner, Place};

use super::resolve::Composed;
use super::{Resource, Service, Text, VolumeKind};

/// Something that does not hold together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    pub place: Place,
    pub wrong: Wrong,
    /// What was probably meant, in place of what stands there.
    pub near: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Wrong {
    /// The service that is extended extends this one.
    ExtendsCycle(String),
    /// The file that is included includes this one.
    IncludeCycle(PathBuf),
    NoServiceToExtend(String),
    NoFileToExtend(PathBuf),
    NoFileToInclude(PathBuf),
    /// It is there, and is no compose file that can be read.
    StrangeFile(PathBuf),
    /// Aliases blow this service up so far that not all of it was read.
    CutShort(String),
    /// `depends_on`, `network_mode: service:…`.
    NoService(String),
    NoNetwork(String),
    NoVolume(String),
    NoSecret(String),
    NoConfig(String),
}

impl Wrong {
    /// Whether it is a name that another file of the project might define.
    pub fn is_name(&self) -> bool {
        matches!(
            self,
            Wrong::NoService(_)
                | Wrong::NoNetwork(_)
                | Wrong::NoVolume(_)
                | Wrong::NoSecret(_)
                | Wrong::NoConfig(_)
        )
    }
}

impl Problem {
    fn order(&self) -> (Option<(&std::path::Path, u32)>, crate::text::Span, &Wrong) {
        let file = match &self.place.owner {
            Owner::In(path, chunk) => Some((&**path, *chunk)),
            _ => None,
        };
        (file, self.place.span, &self.wrong)
    }
}

impl PartialOrd for Problem {
    fn partial_cmp(&self, other: &Problem) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// In the order of files and places.
impl Ord for Problem {
    fn cmp(&self, other: &Problem) -> std::cmp::Ordering {
        self.order()
            .cmp(&other.order())
            .then_with(|| self.near.cmp(&other.near))
    }
}

/// Find names that nothing defines. Where something was not seen, only what does not rest on that.
pub(super) fn references(composed: &mut Composed) {
    let mut problems = Vec::new();
    let whole = |merged: &super::Merged| {
        let service = &merged.service;
        service.image.is_some() || service.build.is_some()
    };
    // What a fragment stands on was not seen.
    let partial = composed.partial || !composed.services.iter().all(whole);
    for merged in &composed.services {
        let service = &merged.service;
        if service.cut_short {
            let wrong = Wrong::CutShort(service.name.clone());
            problems.push(problem(service.place.clone(), wrong, None));
        }
        if !partial {
            of_service(composed, service, &mut problems);
        }
    }
    composed.problems.append(&mut problems);
}

fn of_service(composed: &Composed, service: &Service, problems: &mut Vec<Problem>) {
    let services = || {
        let all = composed.services.iter();
        all.map(|merged| merged.service.name.as_str())
    };
    let mut name =
        |text: &Text, known: &mut dyn Iterator<Item = &str>, wrong: fn(String) -> Wrong| {
            let Some(name) = text.expanded().filter(|name| !name.is_empty()) else {
                return;
            };
            let known: Vec<&str> = known.collect();
            if !known.contains(&&*name) {
                let near = near(&name, known.into_iter());
                problems.push(problem(text.place.clone(), wrong(name), near));
            }
        };
    for on in service.depends_on.iter().filter(|on| on.required) {
        name(&on.service, &mut services(), Wrong::NoService);
    }
    if let Some(mode) = &service.network_mode
        && let Some(at) = mode.raw.strip_prefix("service:")
    {
        let of = mode.piece(mode.raw.len() - at.len()..mode.raw.len());
        name(&of, &mut services(), Wrong::NoService);
    }
    for attached in &service.networks {
        let known = names(&composed.networks);
        name(
            &attached.network,
            &mut known.chain(["default"]),
            Wrong::NoNetwork,
        );
    }
    for volume in &service.volumes {
        if let (VolumeKind::Volume, Some(source)) = (volume.kind, &volume.source) {
            name(source, &mut names(&composed.volumes), Wrong::NoVolume);
        }
    }
    for grant in &service.secrets {
        name(
            &grant.source,
            &mut names(&composed.secrets),
            Wrong::NoSecret,
        );
    }
    for grant in &service.configs {
        name(
            &grant.source,
            &mut names(&composed.configs),
            Wrong::NoConfig,
        );
    }
}

fn names(resources: &[Resource]) -> impl Iterator<Item = &str> {
    resources.iter().map(|resource| resource.name.as_str())
}

fn problem(place: Place, wrong: Wrong, near: Option<String>) -> Problem {
    Problem { place, wrong, near }
}

/// The name that was probably meant.
pub(super) fn near<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    let most = if name.len() < 5 { 1 } else { 2 };
    known
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .filter(|(distance, known)| *distance <= most && *distance < known.len().min(name.len()))
        .min()
        .map(|(_, known)| known.to_string())
}
