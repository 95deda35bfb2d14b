//! Where the types that tower-lsp brings differ from the specification.

use serde_json::Value;

/// Put what a client says in `initialize` where lsp-types 0.94 looks for it: it reads `workspace.diagnostic`, and LSP 3.17
/// says `workspace.diagnostics`.
pub(super) fn initialize(mut params: Value) -> Value {
    let workspace = params.pointer_mut("/capabilities/workspace");
    if let Some(Value::Object(workspace)) = workspace
        && let Some(said) = workspace.get("diagnostics").cloned()
    {
        workspace.entry("diagnostic").or_insert(said);
    }
    params
}
