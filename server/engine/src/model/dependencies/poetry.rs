//! Poetry's own way to write versions: `^1.2`, `~1.2`, `1.*`, `1.2`, and what PEP 440 has.

use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifier};
use version_ranges::Ranges;

use super::{Dependency, Style, Wants, Written, pyproject::inner, wants};
use crate::model::requirements::normal;
use crate::syntax::toml::{Data, Value};
use crate::text::Span;

/// `name = "^1.2"`. `None` for what is written in braces (its `version` is an entry of its own), and for Python itself.
pub(super) fn dependency(name: &str, value: &Value, key: Span, base: usize) -> Option<Dependency> {
    let Data::String(text) = &value.data else {
        return None;
    };
    let normal = normal(name);
    if normal == "python" {
        return None;
    }
    let start = inner(value, text);
    let span = match start {
        Some(start) => Span::new(start, start + text.len()),
        None => value.span,
    };
    let span = if span.is_empty() { key } else { span }.shifted(base);
    let (wants, style) = read(text.trim());
    Some(Dependency {
        key: normal,
        name: name.to_owned(),
        span,
        wants,
        hashes: Vec::new(),
        written: start.and_then(|_| {
            Some(Written {
                span,
                style: style?,
            })
        }),
    })
}

fn read(text: &str) -> (Wants, Option<Style>) {
    if text.is_empty() || text == "*" {
        return (Wants::Any, Some(Style::Bare));
    }
    if text.contains('|') {
        return (Wants::Other, None);
    }
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if let [only] = parts[..] {
        let single = single(only);
        if single.0 != Wants::Other {
            return single;
        }
    }
    let mut ranges = Ranges::full();
    for part in parts {
        match single(part).0 {
            Wants::One(version, _) => ranges = ranges.intersection(&Ranges::singleton(version)),
            Wants::Some(some) => ranges = ranges.intersection(&some),
            Wants::Any => {}
            Wants::Other => return (Wants::Other, None),
        }
    }
    (Wants::Some(ranges), Some(Style::Range))
}

fn single(text: &str) -> (Wants, Option<Style>) {
    let version = |text: &str| {
        let version = Version::from_str(text.trim()).ok()?;
        version
            .release()
            .iter()
            .all(|n| *n < 1 << 60)
            .then_some(version)
    };
    let other = (Wants::Other, None);
    if let Some(rest) = text.strip_prefix('^') {
        let Some(from) = version(rest) else {
            return other;
        };
        let release = from.release();
        // The first number that is not zero may not change.
        let at = release.iter().position(|n| *n > 0);
        let at = at.unwrap_or(release.len() - 1);
        return (Wants::Some(up_to(&from, at)), Some(Style::Caret));
    }
    if let Some(rest) = text.strip_prefix('~').filter(|rest| !rest.starts_with('=')) {
        let Some(from) = version(rest) else {
            return other;
        };
        let at = usize::from(from.release().len() > 1);
        return (Wants::Some(up_to(&from, at)), Some(Style::Tilde));
    }
    let first = text.chars().next().unwrap_or_default();
    if first.is_ascii_digit() {
        if text.contains('*') {
            let specifier = VersionSpecifier::from_str(&format!("=={text}")).ok();
            return (
                wants([specifier.as_ref()].into_iter(), ""),
                Some(Style::Bare),
            );
        }
        return match version(text) {
            Some(version) => (Wants::One(version, text.to_owned()), Some(Style::Bare)),
            None => other,
        };
    }
    let specifier = VersionSpecifier::from_str(text).ok();
    let pin = text.trim_start_matches('=').trim();
    let style = match &specifier {
        Some(known) if *known.operator() == pep440_rs::Operator::Equal => Style::Pin,
        Some(known) if *known.operator() == pep440_rs::Operator::TildeEqual => Style::Compatible,
        _ => Style::Range,
    };
    (wants([specifier.as_ref()].into_iter(), pin), Some(style))
}

/// From a version to the next one in which the number at `at` has changed.
fn up_to(from: &Version, at: usize) -> Ranges<Version> {
    let mut next: Vec<u64> = from.release()[..=at.min(from.release().len() - 1)].to_vec();
    if let Some(last) = next.last_mut() {
        *last += 1;
    }
    let next = Version::new(next)
        .with_epoch(from.epoch())
        .with_dev(Some(0));
    Ranges::from_range_bounds(from.clone()..next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_tildes_and_stars_are_ranges() {
        let lets = |text: &str, version: &str| match read(text).0 {
            Wants::Some(ranges) => {
                Version::from_str(version).is_ok_and(|version| ranges.contains(&version))
            }
            other => panic!("{text}: {other:?}"),
        };
        for (text, within, beyond) in [
            ("^1.2.3", "1.9", "2.0"),
            ("^0.2.3", "0.2.9", "0.3"),
            ("^0.0.3", "0.0.3", "0.0.4"),
            ("^0", "0.9", "1.0"),
            ("~1.2.3", "1.2.9", "1.3"),
            ("~1.2", "1.2.9", "1.3"),
            ("~1", "1.9", "2.0"),
            ("1.*", "1.9", "2.0"),
            (">=1,<2", "1.9", "2.0"),
            ("~=1.4", "1.9", "2.0"),
        ] {
            assert!(lets(text, within), "{text} {within}");
            assert!(!lets(text, beyond), "{text} {beyond}");
        }
        assert!(matches!(read("1.2.3").0, Wants::One(..)));
        assert!(matches!(read("==1.2.3").0, Wants::One(_, text) if text == "1.2.3"));
        assert_eq!(read("*").0, Wants::Any);
        assert_eq!(read("^1 || ^2").0, Wants::Other);
        assert_eq!(read("^é").0, Wants::Other);
    }
}
