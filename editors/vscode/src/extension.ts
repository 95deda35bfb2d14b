import * as vscode from 'vscode';
import { type DocumentFilter, LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { findServer } from './find';

// Never all YAML and never all INI or TOML: other files of these languages are not ours to look at.
const SELECTORS = [
  { language: 'python' },
  { language: 'dockercompose' },
  { pattern: '**/{docker-compose,compose}.{yml,yaml}' },
  { pattern: '**/{docker-compose,compose}[._-]*.{yml,yaml}' },
  { pattern: '**/{harden.toml,pytest.ini,.pytest.ini,pytest.toml,.pytest.toml,tox.ini,setup.cfg,pyproject.toml}' },
];

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand('harden.restart', async () => {
      await stop();
      await start(context);
    }),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration('harden.path')) {
        await vscode.commands.executeCommand('harden.restart');
      }
    }),
  );
  await start(context);
}

export async function deactivate(): Promise<void> {
  await stop();
}

async function start(context: vscode.ExtensionContext): Promise<void> {
  const setting = vscode.workspace.getConfiguration('harden').get<string>('path', '');
  const command = findServer({
    setting: vscode.workspace.isTrusted ? setting : '',
    folder: context.extensionPath,
    path: process.env.PATH ?? '',
    windows: process.platform === 'win32',
  });
  if (!command) {
    void vscode.window.showErrorMessage(
      'The `harden` program was not found. Install it, or say where it is in the setting `harden.path`.',
    );
    return;
  }
  const run = { command, args: ['server'], transport: TransportKind.stdio };
  client = new LanguageClient('harden', 'Harden', { run, debug: run }, {
    documentSelector: SELECTORS.flatMap((one): DocumentFilter[] => [
      { ...one, scheme: 'file' },
      { ...one, scheme: 'untitled' },
    ]),
  });
  await client.start();
}

async function stop(): Promise<void> {
  const old = client;
  client = undefined;
  await old?.dispose();
}
