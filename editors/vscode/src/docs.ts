import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';

const SCHEME = 'harden-docs';

/**
 * The command `harden.openDocs`: the page of a rule as the program has it, so no network is needed. The rule is the
 * argument, else that of the finding under the cursor, else it is asked for.
 */
export function docs(program: () => string | undefined): vscode.Disposable {
  const ask = async (...args: string[]): Promise<string> => {
    const command = program();
    if (!command) {
      throw new Error('The server is not running.');
    }
    return (await promisify(execFile)(command, args)).stdout;
  };
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => ask('explain', uri.path.replace(/^\//, '').replace(/\.md$/, '')),
    }),
    vscode.commands.registerCommand('harden.openDocs', async (given?: unknown) => {
      const rule = typeof given === 'string' ? given : (underCursor() ?? (await choose(await ask('rules', '--format', 'json'))));
      if (rule) {
        await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.from({ scheme: SCHEME, path: `/${rule}.md` }));
      }
    }),
  );
}

function underCursor(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  const found = editor && vscode.languages.getDiagnostics(editor.document.uri);
  const ours = found?.find((one) => one.source === 'harden' && one.range.contains(editor!.selection.active));
  return typeof ours?.code === 'object' ? String(ours.code.value) : ours?.code?.toString();
}

async function choose(listed: string): Promise<string | undefined> {
  const rules = JSON.parse(listed) as { name: string; summary: string }[];
  const items = rules.map((rule) => ({ label: rule.name, detail: rule.summary }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Rule', matchOnDetail: true }))?.label;
}
