//! Licences: what people write in fields, what texts are, and which go together.
//!
//! Names and expressions are read by `spdx`, which carries the list of ids and no texts. Texts are told by phrases that only
//! one of them has: the whole texts, by which crates compare, would make the binary several megabytes larger.

mod text;

use spdx::expression::Operator;
use spdx::{Expression, LicenseReq, ParseMode};

pub use text::licenses_of;

/// What a project or a package says of its licence.
#[derive(Debug, Clone)]
#[allow(
    clippy::large_enum_variant,
    reason = "made one at a time, and not kept"
)]
pub enum Terms {
    /// An expression of SPDX, or a name that means one.
    Known(Box<Expression>),
    /// Nobody may use it.
    Closed,
    /// Nothing that can be read.
    Unknown,
}

impl Terms {
    /// The terms that a field names: `MIT OR Apache-2.0`, `GPLv3+`, `License :: OSI Approved :: MIT License`.
    pub fn read(field: &str) -> Terms {
        let field = field.trim();
        let lower = field.to_ascii_lowercase();
        if matches!(
            lower.as_str(),
            "unlicensed" | "proprietary" | "all rights reserved" | "other/proprietary license"
        ) {
            return Terms::Closed;
        }
        let mode = ParseMode {
            allow_imprecise_license_names: false,
            ..ParseMode::LAX
        };
        if let Ok(known) = Expression::parse_mode(field, mode) {
            return Terms::Known(Box::new(known));
        }
        let name = lower.rsplit("::").next().unwrap_or_default().trim();
        let known = NAMES.iter().find(|(known, _)| *known == name);
        match known.and_then(|(_, id)| Expression::parse(id).ok()) {
            Some(known) => Terms::Known(Box::new(known)),
            None if name.contains("proprietary") || name.contains("do not upload") => Terms::Closed,
            None => Terms::Unknown,
        }
    }

    /// The ids that the expression names, without what follows the version: `GPL-3.0`.
    pub fn ids(&self) -> Vec<String> {
        match self {
            Terms::Known(expression) => expression
                .requirements()
                .map(|one| base(&one.req))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Whether all of several licences hold, or any may be chosen.
    pub fn is_choice(&self) -> bool {
        matches!(self, Terms::Known(expression) if expression.iter().any(|node| {
            matches!(node, spdx::expression::ExprNode::Op(Operator::Or))
        }))
    }
}

/// Names that people write for ids, in lower case; also the last part of PyPI's classifiers.
const NAMES: &[(&str, &str)] = &[
    ("apache", "Apache-2.0"),
    ("apache 2", "Apache-2.0"),
    ("apache 2.0", "Apache-2.0"),
    ("apache license", "Apache-2.0"),
    ("apache license 2.0", "Apache-2.0"),
    ("apache license version 2.0", "Apache-2.0"),
    ("apache license, version 2.0", "Apache-2.0"),
    ("apache software license", "Apache-2.0"),
    ("apache-2", "Apache-2.0"),
    ("agplv3", "AGPL-3.0-only"),
    ("agplv3+", "AGPL-3.0-or-later"),
    ("gnu affero general public license v3", "AGPL-3.0-only"),
    (
        "gnu affero general public license v3 or later (agplv3+)",
        "AGPL-3.0-or-later",
    ),
    ("bsd 2-clause", "BSD-2-Clause"),
    ("bsd 3-clause", "BSD-3-Clause"),
    ("bsd 3-clause license", "BSD-3-Clause"),
    ("3-clause bsd", "BSD-3-Clause"),
    ("new bsd", "BSD-3-Clause"),
    ("gpl-2", "GPL-2.0-only"),
    ("gpl-3", "GPL-3.0-only"),
    ("gplv2", "GPL-2.0-only"),
    ("gplv2+", "GPL-2.0-or-later"),
    ("gplv3", "GPL-3.0-only"),
    ("gplv3+", "GPL-3.0-or-later"),
    ("gpl v3", "GPL-3.0-only"),
    ("gnu gplv3", "GPL-3.0-only"),
    ("gnu general public license v2 (gplv2)", "GPL-2.0-only"),
    (
        "gnu general public license v2 or later (gplv2+)",
        "GPL-2.0-or-later",
    ),
    ("gnu general public license v3", "GPL-3.0-only"),
    ("gnu general public license v3 (gplv3)", "GPL-3.0-only"),
    (
        "gnu general public license v3 or later (gplv3+)",
        "GPL-3.0-or-later",
    ),
    (
        "gnu lesser general public license v2 or later (lgplv2+)",
        "LGPL-2.1-or-later",
    ),
    (
        "gnu lesser general public license v3 (lgplv3)",
        "LGPL-3.0-only",
    ),
    (
        "gnu lesser general public license v3 or later (lgplv3+)",
        "LGPL-3.0-or-later",
    ),
    ("isc license", "ISC"),
    ("isc license (iscl)", "ISC"),
    ("lgplv3", "LGPL-3.0-only"),
    ("lgplv3+", "LGPL-3.0-or-later"),
    ("mit license", "MIT"),
    ("the mit license", "MIT"),
    ("the mit license (mit)", "MIT"),
    ("mozilla public license 2.0 (mpl 2.0)", "MPL-2.0"),
    ("mpl 2.0", "MPL-2.0"),
    ("python software foundation license", "PSF-2.0"),
    ("the unlicense (unlicense)", "Unlicense"),
];

/// An id without what says whether later versions are let in.
fn base(req: &LicenseReq) -> String {
    let name = req.license.to_string();
    let name = name.trim_end_matches('+');
    let name = name
        .strip_suffix("-only")
        .or(name.strip_suffix("-or-later"));
    name.unwrap_or(req.license.to_string().trim_end_matches('+'))
        .to_owned()
}

/// Whether code under `dependency` may be part of what is passed on under `project`, as far as the licences say so by
/// themselves. Says yes of what it does not know.
pub fn goes_with(dependency: &Expression, project: &Expression) -> bool {
    let ours: Vec<String> = project.requirements().map(|one| base(&one.req)).collect();
    let ours_has = |names: &[&str]| ours.iter().any(|our| names.contains(&our.as_str()));
    let ours_later = project.requirements().any(|one| {
        let name = one.req.license.to_string();
        name.starts_with("GPL-2.0") && (name.ends_with("-or-later") || name.ends_with('+'))
    });
    dependency.evaluate(|req| {
        if req.addition.is_some() {
            return true;
        }
        let name = base(req);
        let later = req.license.to_string().ends_with("-or-later")
            || req.license.to_string().ends_with('+');
        match name.as_str() {
            "GPL-2.0" if later => ours_has(&["GPL-2.0", "GPL-3.0", "AGPL-3.0"]),
            "GPL-2.0" => ours_has(&["GPL-2.0"]),
            "GPL-3.0" => ours_has(&["GPL-3.0", "AGPL-3.0"]) || ours_later,
            "AGPL-3.0" => ours_has(&["AGPL-3.0", "GPL-3.0"]),
            "AGPL-1.0" | "SSPL-1.0" | "BUSL-1.1" | "Elastic-2.0" | "OSL-3.0" | "EUPL-1.1"
            | "EUPL-1.2" => ours_has(&[name.as_str()]),
            "Apache-2.0" => {
                !(ours.iter().all(|our| our == "GPL-2.0") && !ours.is_empty() && !ours_later)
            }
            name if name.starts_with("CC-BY-NC") => ours_has(&[name]),
            _ => true,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read() {
        let ids = |field: &str| Terms::read(field).ids().join(" ");
        for (field, wanted) in [
            ("MIT", "MIT"),
            ("MIT OR Apache-2.0", "MIT Apache-2.0"),
            ("MIT License", "MIT"),
            ("GPL-3.0-or-later", "GPL-3.0"),
            ("GPLv3+", "GPL-3.0"),
            ("GPL-3.0+", "GPL-3.0"),
            (
                "License :: OSI Approved :: Apache Software License",
                "Apache-2.0",
            ),
            ("see the file", ""),
            ("", ""),
        ] {
            assert_eq!(ids(field), wanted, "{field}");
        }
        for field in [
            "UNLICENSED",
            "Proprietary",
            "License :: Other/Proprietary License",
            "Private :: Do Not Upload",
        ] {
            assert!(matches!(Terms::read(field), Terms::Closed), "{field}");
        }
    }

    #[test]
    fn licences_go_together_or_not() {
        let goes =
            |dependency: &str, project: &str| match (Terms::read(dependency), Terms::read(project))
            {
                (Terms::Known(dependency), Terms::Known(project)) => {
                    goes_with(&dependency, &project)
                }
                _ => panic!("{dependency}, {project}"),
            };
        for (dependency, project) in [
            ("MIT", "GPL-3.0-only"),
            ("LGPL-3.0-only", "MIT"),
            ("GPL-3.0-only OR MIT", "MIT"),
            ("GPL-3.0-only", "AGPL-3.0-only"),
            ("GPL-2.0-or-later", "GPL-3.0-only"),
            ("GPL-2.0-only WITH Classpath-exception-2.0", "MIT"),
            ("Apache-2.0", "GPL-3.0-only"),
        ] {
            assert!(goes(dependency, project), "{dependency} in {project}");
        }
        for (dependency, project) in [
            ("GPL-3.0-only", "MIT"),
            ("AGPL-3.0-or-later", "Apache-2.0"),
            ("GPL-2.0-only", "GPL-3.0-only"),
            ("Apache-2.0", "GPL-2.0-only"),
            ("GPL-3.0-only AND MIT", "MIT"),
            ("SSPL-1.0", "MIT"),
        ] {
            assert!(!goes(dependency, project), "{dependency} in {project}");
        }
    }
}
