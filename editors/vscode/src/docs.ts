import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';

const SCHEME = 'harden-docs';

/** The pages of the rules, as the program has them: no network is needed. */
export class Docs implements vscode.Disposable {
  private readonly pages: vscode.Disposable;

  constructor(private readonly program: () => string | undefined) {
    this.pages = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => this.ask('explain', uri.path.replace(/^\//, '').replace(/\.md$/, '')),
    });
  }

  /** Show the page of a rule: the one that is given, else that of the finding under the cursor, else one that is chosen. */
  async open(given?: unknown): Promise<void> {
    const rule = typeof given === 'string' ? given : (underCursor() ?? (await choose(await this.ask('rules', '--format', 'json'))));
    if (rule) {
      await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.from({ scheme: SCHEME, path: `/${rule}.md` }));
    }
  }

  dispose(): void {
    this.pages.dispose();
  }

  private async ask(...args: string[]): Promise<string> {
    const program = this.program();
    if (!program) {
      throw new Error('The server is not running.');
    }
    return (await promisify(execFile)(program, args)).stdout;
  }
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
