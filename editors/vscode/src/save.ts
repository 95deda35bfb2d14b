import * as vscode from 'vscode';
import {
  type CodeAction,
  CodeActionRequest,
  CodeActionResolveRequest,
  CodeActionTriggerKind,
  type LanguageClient,
} from 'vscode-languageclient/node';
import { SELECTOR } from './selector';

const KIND = 'source.fixAll.harden';

/**
 * The setting `harden.fixOnSave`. An extension cannot turn on `editor.codeActionsOnSave` for one file without writing the
 * user's settings, so the same action is asked for here, and its edits are handed to the save.
 */
export function fixOnSave(client: () => LanguageClient | undefined): vscode.Disposable {
  return vscode.workspace.onWillSaveTextDocument((event) => {
    const { document, reason } = event;
    const wanted = vscode.workspace.getConfiguration('harden', document).get<boolean>('fixOnSave', false);
    const running = client();
    const ours = vscode.languages.match(SELECTOR as vscode.DocumentSelector, document) > 0;
    // A file that is saved because nobody typed for a second is still being written.
    if (wanted && running?.isRunning() && ours && reason === vscode.TextDocumentSaveReason.Manual) {
      event.waitUntil(edits(running, document));
    }
  });
}

async function edits(client: LanguageClient, document: vscode.TextDocument): Promise<vscode.TextEdit[]> {
  const start = client.code2ProtocolConverter.asPosition(new vscode.Position(0, 0));
  const answer = await client.sendRequest(CodeActionRequest.type, {
    textDocument: client.code2ProtocolConverter.asTextDocumentIdentifier(document),
    range: { start, end: start },
    context: { diagnostics: [], only: [KIND], triggerKind: CodeActionTriggerKind.Automatic },
  });
  let action = answer?.find((one): one is CodeAction => 'kind' in one && one.kind === KIND);
  if (action && !action.edit) {
    action = await client.sendRequest(CodeActionResolveRequest.type, action);
  }
  const edit = await client.protocol2CodeConverter.asWorkspaceEdit(action?.edit);
  return edit?.get(document.uri) ?? [];
}
