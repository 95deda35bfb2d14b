import * as vscode from 'vscode';
import { fixOnSave } from './save';
import { SELECTOR } from './selector';
import { Server } from './server';
import { type State, Status } from './status';

/** What other extensions, and the tests, may ask. */
export interface Api {
  readonly selector: vscode.DocumentSelector;
  readonly state: State;
  readonly program: string | undefined;
}

// Settings that decide which program runs. The others are asked for by the server.
const RESTARTING = ['harden.path', 'harden.lookup', 'harden.enable'];

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): Api {
  const selector = SELECTOR as vscode.DocumentSelector;
  const status = new Status();
  const own = new Server(context.extensionUri, status);
  server = own;

  // Where nothing of ours is opened, no server runs.
  let started = false;
  const start = () => {
    started = true;
    return own.restart();
  };
  const startFor = (document: vscode.TextDocument) => {
    if (!started && vscode.languages.match(selector, document) > 0) {
      void start();
    }
  };
  const wholeWorkspace = () => vscode.workspace.getConfiguration('harden').get('diagnostics.scope') === 'workspace';

  context.subscriptions.push(
    status,
    own,
    fixOnSave(() => own.client),
    vscode.commands.registerCommand('harden.restart', start),
    vscode.commands.registerCommand('harden.showLogs', () => own.log.show()),
    vscode.workspace.onDidOpenTextDocument(startFor),
    vscode.workspace.onDidGrantWorkspaceTrust(() => (started ? start() : undefined)),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      const restarting = started && RESTARTING.some((name) => change.affectsConfiguration(name));
      if (restarting || (!started && wholeWorkspace())) {
        await start();
      }
    }),
  );
  if (wholeWorkspace()) {
    void start();
  }
  vscode.workspace.textDocuments.forEach(startFor);

  return {
    selector,
    get state() {
      return status.current;
    },
    get program() {
      return own.program;
    },
  };
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
