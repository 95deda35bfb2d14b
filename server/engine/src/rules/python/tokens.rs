//! Fixes of calls that read JSON Web Tokens.

use crate::fix::python::{with_argument, without_argument};
use crate::model::python::jwt::{Does, Library, TokenCall, signed_with};
use crate::model::python::literal::{Pair, Written, without};
use crate::rule::{Context, Fix, Safety};
use crate::text::Span;

pub(super) const UNKNOWN: &str = "no call of this project says which algorithm signs";

/// The call without the option that switches verification off.
pub(super) fn verify(token: &TokenCall, written: &Written, pair: &Pair, cx: &Context) -> Fix {
    let fix = Fix::new("Verify the signature", Safety::Unsafe);
    if token.key.is_none() {
        return fix.disabled("it is given no key: say which one verifies it");
    }
    let named = match token.algorithms.is_nothing() && token.does == Does::Decode {
        true => match algorithms(cx) {
            Some(list) => Some(list),
            None => return fix.disabled(UNKNOWN),
        },
        false => None,
    };
    let all: Vec<Span> = written.pairs().iter().map(|pair| pair.span).collect();
    let at = all.iter().position(|span| *span == pair.span);
    let inside = written.is_within(&token.call);
    let Some(index) = token.options.at() else {
        return fix;
    };
    let call = &token.call;
    if inside && all.len() == 1 && !call.text(written.span).contains('#') {
        if let Some(list) = named {
            let value = call.arguments[index].value;
            let keyword = call.arguments[index].keyword.as_deref().map_or(0, str::len);
            let before = call.text(Span::new(call.list.start as usize, value.start as usize));
            let head = before.trim_end().trim_end_matches('=').trim_end();
            let start = call.list.start as usize + head.len() - keyword;
            if keyword > 0 && token.algorithms.at().is_none() {
                let whole = Span::new(start, value.end as usize);
                return fix.replace(whole, format!("algorithms={list}"));
            }
            return fix.disabled("it names no algorithms: say which ones sign it");
        }
        return fix.replace(without_argument(call, index), "");
    }
    let cut = at.and_then(|at| without(written.chunk(), &all, at));
    let Some(place) = cut.and_then(|cut| written.place(cut)) else {
        return fix.disabled("the option is switched off elsewhere");
    };
    match named {
        Some(list) => add(token, fix.replace(place, ""), "algorithms", &list),
        None => fix.replace(place, ""),
    }
}

/// The list of algorithms with which the file signs, else the other files of its unit, where that is one.
pub(super) fn algorithms(cx: &Context) -> Option<String> {
    algorithm(cx).map(|name| format!("[{name}]"))
}

pub(super) fn algorithm(cx: &Context) -> Option<String> {
    let own = signed_with(cx.outside);
    match &own[..] {
        [one] => Some(one.clone()),
        [] => {
            let around = cx.project.signed_around(&cx.file.path);
            let one = around.first().filter(|_| around.len() == 1);
            one.cloned()
        }
        _ => None,
    }
}

/// One more keyword argument, or one in place of its `None`.
pub(super) fn add(token: &TokenCall, fix: Fix, keyword: &str, value: &str) -> Fix {
    let call = &token.call;
    let mut all = call.arguments.iter();
    let named = all.find(|argument| argument.keyword.as_deref() == Some(keyword));
    if let Some(argument) = named {
        return fix.replace(argument.value, value);
    }
    if keyword == "algorithms" && token.algorithms.at().is_some() {
        return fix.disabled("give the algorithms in place of what stands there");
    }
    let (place, text) = with_argument(call, &format!("{keyword}={value}"));
    fix.replace(place, text)
}

/// How the callee is written, where that is short.
pub(super) fn written_name(token: &TokenCall) -> &str {
    match token.call.text(token.call.callee) {
        long if long.len() > 60 || long.contains('\n') => &token.call.name,
        written => written,
    }
}

/// Whether the unit may run a PyJWT that is older than 2.
pub(super) fn is_old(token: &TokenCall, cx: &Context) -> bool {
    let admits = || cx.project.admits(&cx.file.path, "pyjwt", "2");
    token.library == Library::PyJwt && admits().is_some_and(|admitted| admitted.older)
}
