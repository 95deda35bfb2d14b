//! Completion, hover and quick fixes in `harden.toml`, and in `[tool.harden]` of `pyproject.toml`. Made of the text alone.

use std::collections::HashMap;
use std::path::Path;

use harden_engine::config::{self, Class, Completion, Home, Problem};
use harden_engine::text::{Edit, Span};
use ropey::Rope;
use serde_json::json;
use tower_lsp::Client;
use tower_lsp::lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionResponse, CompletionItem,
    CompletionItemKind, CompletionResponse, CompletionTextEdit, Documentation, Hover,
    HoverContents, InsertTextFormat, MarkupContent, MarkupKind, Position, Range, Registration, Url,
    WorkspaceEdit,
};

use super::convert;
use super::diagnostics::{self, View};
use super::support::Support;
use super::work::Ask;

/// Texts longer than this are no configurations that somebody writes.
const MOST_BYTES: usize = 1 << 18;

/// After these something can be proposed.
pub(super) const TRIGGERS: [&str; 4] = ["\"", "'", "[", "."];

/// Answer what is asked about a configuration; what is asked about anything else is given back.
pub(super) fn answer(uri: &Url, rope: &Rope, support: Support, ask: Ask) -> Option<Ask> {
    let home = Home::of(Path::new(uri.path())).filter(|_| rope.len_bytes() <= MOST_BYTES);
    let Some(home) = home else {
        return match ask {
            // Nothing is completed elsewhere. Sending fails when the question was cancelled.
            Ask::Complete { reply, .. } => {
                let _ = reply.send(None);
                None
            }
            ask => Some(ask),
        };
    };
    let view = View {
        uri,
        rope,
        support,
        others: None,
    };
    match ask {
        Ask::Complete { position, reply } => {
            let _ = reply.send(Some(completions(view, home, position)));
            None
        }
        Ask::Hover { position, reply } => match hover(view, home, position) {
            Some(hover) => {
                let _ = reply.send(Some(hover));
                None
            }
            None => Some(Ask::Hover { position, reply }),
        },
        Ask::Actions {
            range,
            wanted,
            reply,
        } => {
            let fixes = if wanted.wants(&CodeActionKind::QUICKFIX) {
                fixes(view, home, range)
            } else {
                Vec::new()
            };
            if fixes.is_empty() {
                return Some(Ask::Actions {
                    range,
                    wanted,
                    reply,
                });
            }
            let _ = reply.send(fixes);
            None
        }
        ask => Some(ask),
    }
}

fn completions(view: View, home: Home, position: Position) -> CompletionResponse {
    let text = String::from(view.rope);
    let offset = convert::offset(view.rope, position, view.support.encoding);
    let found = config::complete(home, &text, offset).into_iter();
    let items = found
        .enumerate()
        .map(|(at, found)| item(view, &text, at, found));
    CompletionResponse::Array(items.collect())
}

fn item(view: View, text: &str, at: usize, found: Completion) -> CompletionItem {
    let typed = &text[found.span.range()];
    let snippet = found.cursor.filter(|_| view.support.snippets);
    let new_text = match snippet {
        Some(cursor) => {
            let (before, after) = found.text.split_at(cursor);
            format!("{}$0{}", escaped(before), escaped(after))
        }
        None => found.text.clone(),
    };
    // What is typed is held against this, quotes included.
    let filter = typed
        .starts_with(['"', '\''])
        .then(|| format!("{}{}", &typed[..1], found.label));
    let edit = Edit {
        span: found.span,
        text: new_text,
    };
    CompletionItem {
        label: found.label,
        kind: Some(match found.class {
            Class::Table => CompletionItemKind::MODULE,
            Class::Key => CompletionItemKind::PROPERTY,
            Class::Rule => CompletionItemKind::CONSTANT,
            Class::Word => CompletionItemKind::ENUM_MEMBER,
        }),
        detail: (!found.detail.is_empty()).then_some(found.detail),
        documentation: (!found.doc.is_empty())
            .then(|| Documentation::MarkupContent(markup(view.support, found.doc))),
        sort_text: Some(format!("{at:04}")),
        filter_text: filter,
        insert_text_format: snippet.map(|_| InsertTextFormat::SNIPPET),
        text_edit: Some(CompletionTextEdit::Edit(convert::text_edit(
            view.rope,
            edit,
            view.support.encoding,
        ))),
        ..CompletionItem::default()
    }
}

/// Text as a snippet says it.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('$', "\\$")
        .replace('}', "\\}")
}

fn hover(view: View, home: Home, position: Position) -> Option<Hover> {
    let encoding = view.support.encoding;
    let offset = convert::offset(view.rope, position, encoding);
    let (span, told) = config::hover(home, &String::from(view.rope), offset)?;
    Some(Hover {
        contents: HoverContents::Markup(markup(view.support, told)),
        range: Some(convert::range(view.rope, span, encoding)),
    })
}

fn markup(support: Support, value: String) -> MarkupContent {
    let kind = if support.markdown {
        MarkupKind::Markdown
    } else {
        MarkupKind::PlainText
    };
    MarkupContent { kind, value }
}

/// What was meant in the place of what is wrong.
fn fixes(view: View, home: Home, range: Range) -> CodeActionResponse {
    let asked = convert::span(view.rope, range, view.support.encoding);
    let here = |span: Span| span.start <= asked.end && asked.start <= span.end;
    let reading = config::read(home, &String::from(view.rope)).unwrap_or_default();
    let wrong = reading.problems.iter().filter(|one| here(one.span));
    wrong
        .filter_map(|problem| fix(view, problem))
        .map(CodeActionOrCommand::CodeAction)
        .collect()
}

fn fix(view: View, problem: &Problem) -> Option<CodeAction> {
    let text = problem.instead.clone()?;
    let title = format!("Write `{}`", text.trim_matches('"'));
    let edit = Edit {
        span: problem.span,
        text,
    };
    let edit = convert::text_edit(view.rope, edit, view.support.encoding);
    Some(CodeAction {
        title,
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostics::one(view, &problem.finding())]),
        edit: Some(WorkspaceEdit::new(HashMap::from([(
            view.uri.clone(),
            vec![edit],
        )]))),
        is_preferred: Some(true),
        ..CodeAction::default()
    })
}

/// Let the client ask for completions in configurations, and nowhere else.
pub(super) fn register(client: Client) {
    let selector =
        ["**/harden.toml", "**/pyproject.toml"].map(|pattern| json!({"pattern": pattern}));
    let registration = Registration {
        id: "completion".into(),
        method: "textDocument/completion".into(),
        register_options: Some(json!({
            "documentSelector": selector,
            "triggerCharacters": TRIGGERS,
        })),
    };
    // Awaited apart from every handler, which may be cancelled.
    tokio::spawn(async move {
        if client
            .register_capability(vec![registration])
            .await
            .is_err()
        {
            eprintln!("harden: the client does not ask for completions");
        }
    });
}
