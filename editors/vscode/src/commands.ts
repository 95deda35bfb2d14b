import * as vscode from 'vscode';
import type { ExecuteCommandSignature, LanguageClient } from 'vscode-languageclient/node';
import type { Docs } from './docs';

/**
 * What the server's commands get from the palette, and what the user is told of their answers. The client registers them
 * under the server's names.
 */
export async function runCommand(
  client: LanguageClient,
  docs: Docs,
  command: string,
  given: unknown[],
  next: ExecuteCommandSignature,
): Promise<unknown> {
  if (command === 'harden.openDocs') {
    // The server would have its page opened in a browser.
    return docs.open(given[0]);
  }
  let args = given;
  if (command === 'harden.fixFileUnsafe' && given.length === 0) {
    const document = vscode.window.activeTextEditor?.document;
    if (!document) {
      return undefined;
    }
    args = [client.code2ProtocolConverter.asUri(document.uri)];
  }
  const answer: unknown = await next(command, args);
  // Who runs a command with arguments is a program, and reads the answer itself.
  if (given.length === 0) {
    await tell(command, answer as Answer | null);
  }
  return answer;
}

/** What the server answers to a command; each command has some of it. */
interface Answer {
  applied?: boolean;
  reason?: string;
  files?: number;
  fixes?: number;
  configurations?: string[];
}

async function tell(command: string, answer: Answer | null): Promise<void> {
  switch (command) {
    case 'harden.debugReport': {
      const content = JSON.stringify(answer, null, 2);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'json', content }));
      return;
    }
    case 'harden.reloadConfiguration': {
      const read = answer?.configurations?.length ?? 0;
      vscode.window.setStatusBarMessage(`Harden: ${count(read, 'configuration')} read`, 5000);
      return;
    }
    case 'harden.fixWorkspace':
    case 'harden.fixFileUnsafe': {
      const { applied, reason, fixes = 0, files } = answer ?? {};
      if (reason || (!applied && fixes > 0)) {
        void vscode.window.showWarningMessage(`Harden: nothing was fixed: ${reason ?? 'the edit was not applied'}`);
      } else {
        const where = files === undefined ? '' : ` in ${count(files, 'file')}`;
        void vscode.window.showInformationMessage(fixes === 0 ? 'Harden: there is nothing to fix' : `Harden: ${count(fixes, 'fix', 'fixes')}${where}`);
      }
      return;
    }
  }
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
