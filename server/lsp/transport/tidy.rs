//! Parameters as tower-lsp wants them, from what clients send.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tower_lsp::jsonrpc::Request;
use tower_lsp::lsp_types::InitializeParams;

/// How deep in the parameters of `initialize` a part is left out by itself: `capabilities.textDocument.hover.contentFormat`.
const DEPTH: usize = 4;

/// What tower-lsp knows `textDocument/diagnostic` as. Its own handler would make values of diagnostics that are JSON already;
/// this one gives a string, and what is in it is the result.
pub(in crate::lsp) const RAW_DIAGNOSTIC: &str = "textDocument/diagnostic as JSON";

pub(super) fn tidy(request: Request) -> Request {
    let (mut method, id, params) = request.into_parts();
    if method == "textDocument/diagnostic" {
        method = RAW_DIAGNOSTIC.into();
    }
    let params = match (&*method, params) {
        ("shutdown", _) => None,
        ("initialized", None | Some(Value::Null)) => Some(json!({})),
        ("initialize", Some(params)) => Some(readable(renamed(params))),
        ("workspace/didChangeConfiguration", params) => {
            let mut params = params.filter(Value::is_object).unwrap_or(json!({}));
            if params.get("settings").is_none() {
                params["settings"] = Value::Null;
            }
            Some(params)
        }
        ("textDocument/codeAction", Some(mut params)) => {
            // Never looked at, so it shall not matter what they are.
            if let Some(context) = params.get_mut("context").filter(|it| it.is_object()) {
                context["diagnostics"] = json!([]);
            }
            Some(params)
        }
        (_, params) => params,
    };
    let request = Request::build(method);
    let request = match params {
        Some(params) => request.params(params),
        None => request,
    };
    match id {
        Some(id) => request.id(id).finish(),
        None => request.finish(),
    }
}

/// lsp-types 0.94 reads `workspace.diagnostic`, and LSP 3.17 says `workspace.diagnostics`.
fn renamed(mut params: Value) -> Value {
    let workspace = params.pointer_mut("/capabilities/workspace");
    if let Some(Value::Object(workspace)) = workspace
        && let Some(said) = workspace.get("diagnostics").cloned()
    {
        workspace.entry("diagnostic").or_insert(said);
    }
    params
}

/// What a client says of itself, without the parts that are not as the specification has them. Newer clients have values that
/// the types here do not know, and with any of them nothing at all could be read.
fn readable(params: Value) -> Value {
    let is_readable = |params: &Value| InitializeParams::deserialize(params).is_ok();
    if is_readable(&params) {
        return params;
    }
    let mut kept = json!({"processId": null, "capabilities": {}});
    if let Value::Object(params) = params {
        keep(&mut kept, "", params, DEPTH, &is_readable);
    }
    kept
}

/// Take over one part after the other, as long as the whole stays readable.
fn keep(
    whole: &mut Value,
    at: &str,
    parts: Map<String, Value>,
    depth: usize,
    is_readable: &impl Fn(&Value) -> bool,
) {
    for (key, part) in parts {
        let Some(Value::Object(object)) = whole.pointer_mut(at) else {
            return;
        };
        let before = object.insert(key.clone(), part.clone());
        if is_readable(whole) {
            continue;
        }
        let empty = json!({});
        for instead in before.into_iter().chain([empty]) {
            if let Some(object) = whole.pointer_mut(at) {
                object[&key] = instead;
            }
            if is_readable(whole) {
                break;
            }
        }
        match part {
            Value::Object(parts) if depth > 1 && is_readable(whole) => {
                keep(whole, &format!("{at}/{key}"), parts, depth - 1, is_readable);
            }
            _ if is_readable(whole) => {}
            _ => {
                if let Some(Value::Object(object)) = whole.pointer_mut(at) {
                    object.remove(&key);
                }
            }
        }
        eprintln!("harden: a part of what the client can do was not understood: {at}/{key}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_left_out_and_nothing_else() {
        let params = json!({
            "processId": 7,
            "rootUri": "not an address",
            "trace": "compact",
            "capabilities": {
                "general": {"positionEncodings": ["utf-8"]},
                "workspace": {"workspaceEdit": {"documentChanges": true, "failureHandling": "hope"}},
                "textDocument": {"hover": {"contentFormat": ["html"], "dynamicRegistration": true}, "rename": 5},
            },
        });
        let kept = InitializeParams::deserialize(readable(params)).unwrap_or_default();
        assert_eq!(kept.process_id, Some(7));
        assert_eq!(kept.root_uri, None);
        let workspace = kept.capabilities.workspace;
        let edit = workspace.and_then(|workspace| workspace.workspace_edit);
        assert_eq!(edit.and_then(|edit| edit.document_changes), Some(true));
        let text = kept.capabilities.text_document;
        let hover = text.and_then(|text| text.hover);
        assert_eq!(
            hover.and_then(|hover| hover.dynamic_registration),
            Some(true)
        );
        assert!(kept.capabilities.general.is_some());
        for odd in [json!([]), json!(5), Value::Null, json!({})] {
            assert!(InitializeParams::deserialize(readable(odd)).is_ok());
        }
    }
}
