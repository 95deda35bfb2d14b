//! pytest's configuration.

pub mod config_not_strict;
pub mod ignored_section;
pub mod markers_not_strict;
pub mod missing_plugin;
mod moving;
pub mod no_coverage_gate;
pub mod undeclared_marker;
pub mod unused_marker;
pub mod xfail_not_strict;

use std::path::Path;

use crate::model::pytest::{Config, Form, Opt, Strict, Strictness};
use crate::rule::{Context, Fix, Rule, Safety};
use crate::text::{Edit, Span};

pub const ALL: &[&Rule] = &[
    &config_not_strict::RULE,
    &ignored_section::RULE,
    &markers_not_strict::RULE,
    &missing_plugin::RULE,
    &no_coverage_gate::RULE,
    &undeclared_marker::RULE,
    &unused_marker::RULE,
    &xfail_not_strict::RULE,
];

/// Whether the options that came with pytest 9 are read here: by what pins it, else by `minversion`.
fn reads_nine(config: &Config, cx: &Context) -> bool {
    let pinned = || {
        let elsewhere = cx.project.allows_pytest_nine(folder(cx), &cx.file.path);
        match (config.besides.allows_nine, elsewhere) {
            (Some(own), Some(other)) => Some(own && other),
            (own, other) => own.or(other),
        }
    };
    config.form == Form::Native || pinned().unwrap_or_else(|| config.allows_nine_only())
}

/// What is not strict, and how that is said.
struct Lax<'c> {
    place: Span,
    message: String,
    /// The option that switches it off.
    off: Option<&'c Opt>,
}

/// `effect`: what passes unnoticed. `cure`: what to add.
fn lax<'c>(
    config: &'c Config,
    about: &Strictness,
    cx: &Context,
    effect: &str,
    cure: &str,
) -> Option<Lax<'c>> {
    let (place, message, off) = match config.strict(about, reads_nine(config, cx)) {
        Strict::On => return None,
        Strict::Off(off) => {
            let message = format!("`{}` is switched off, so {effect}.", off.name);
            (off.value_span(), message, Some(off))
        }
        Strict::Unread(unread) => {
            let why = match config.option("minversion") {
                Some(_)
                    if config.besides.allows_nine != Some(false) && !config.allows_nine_only() =>
                {
                    "`minversion` lets older versions in"
                }
                _ => "an older one is required here",
            };
            let message = format!(
                "`{}` is read from pytest 9 on, but {why}. {cure}",
                unread.name
            );
            (unread.span, message, None)
        }
        Strict::Missing => {
            let mut effect = effect.to_owned();
            if let Some(first) = effect.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            (place(config), format!("{effect}. {cure}"), None)
        }
    };
    Some(Lax {
        place,
        message,
        off,
    })
}

/// The edits that make it strict, and what they do in words: `Add \`--strict-config\``.
fn strictly(
    config: &Config,
    about: &Strictness,
    argument: Option<&str>,
    off: Option<&Opt>,
) -> (String, Result<Vec<Edit>, String>) {
    let option = about.old.unwrap_or(about.option);
    match (off, argument) {
        (Some(off), _) => {
            let edit = Edit {
                span: off.value_span(),
                text: "true".into(),
            };
            (format!("Set `{} = true`", off.name), Ok(vec![edit]))
        }
        (None, Some(argument))
            if config.form != Form::Native || config.option("addopts").is_some() =>
        {
            (format!("Add `{argument}`"), config.add_argument(argument))
        }
        _ => {
            let option = if config.form == Form::Native {
                about.option
            } else {
                option
            };
            (
                format!("Add `{option} = true`"),
                config.add_option(option, "true"),
            )
        }
    }
}

/// A fix of the home itself, or the reason why there is none.
fn with_edits(title: String, safety: Safety, edits: Result<Vec<Edit>, String>) -> Fix {
    match edits {
        Ok(edits) => edits
            .into_iter()
            .fold(Fix::new(title, safety), |fix, edit| {
                fix.replace(edit.span, edit.text)
            }),
        Err(reason) => Fix::new(title, safety).disabled(reason),
    }
}

/// Whether no other file of the folder comes before this one.
fn is_read(cx: &Context) -> bool {
    cx.project.homes_before(&cx.file.path).is_empty()
}

/// The folder in which pytest runs.
fn folder<'a>(cx: &'a Context) -> &'a Path {
    cx.file.path.parent().unwrap_or(Path::new(""))
}

/// Where something that the home lacks would stand.
fn place(config: &Config) -> Span {
    let option = config.option("addopts").or(config.options.first());
    match (config.option("addopts"), config.section) {
        (Some(addopts), _) => addopts.span,
        (None, Some(section)) => section,
        (None, None) => option.map(|option| option.span).unwrap_or_default(),
    }
}
