//! Reads of the environment, as fixes write them.

use crate::model::python::Call;
use crate::rule::{Fix, Intent, Piece};
use crate::text::Span;

/// `os.getenv("X")`, `environ.get("X")`, and what follows up to the end of `whole`, as `os.environ["X"]`, which raises.
/// `variable` is the literal.
pub(super) fn required(fix: Fix, call: &Call, variable: Span, whole: Span) -> Fix {
    if call.text(whole).contains('#') {
        return fix.disabled("a comment stands in it");
    }
    let key = format!("[{}]", call.text(variable));
    let callee = call.text(call.callee);
    let environ = match callee.rsplit_once('.') {
        Some((module, "getenv")) => Piece::from(format!("{module}.environ")),
        Some((environ, "get" | "setdefault")) => Piece::from(environ),
        _ => {
            let os = Piece::Name(Intent::Import("os"));
            return fix.splice(whole, vec![os, format!(".environ{key}").into()]);
        }
    };
    fix.splice(whole, vec![environ, key.into()])
}
