import * as vscode from 'vscode';
import { ErrorAction, type ErrorHandler, LanguageClient, RevealOutputChannelOn, State as Client } from 'vscode-languageclient/node';
import { runCommand } from './commands';
import { Docs } from './docs';
import { findServer } from './find';
import { SELECTOR } from './selector';
import type { Status } from './status';

/** The one server of the window: started, restarted and stopped in turn, never two at once. */
export class Server implements vscode.Disposable {
  client: LanguageClient | undefined;
  /** The program that was found last. */
  program: string | undefined;
  readonly log = vscode.window.createOutputChannel('Harden', { log: true });
  private readonly trace = vscode.window.createOutputChannel('Harden Trace', { log: true });
  private readonly docs = new Docs(() => this.program);
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly extension: vscode.Uri,
    private readonly status: Status,
  ) {}

  restart(): Promise<void> {
    return this.then(async () => {
      await this.end();
      await this.begin();
    });
  }

  stop(): Promise<void> {
    return this.then(() => this.end());
  }

  dispose(): void {
    this.docs.dispose();
    this.log.dispose();
    this.trace.dispose();
  }

  private then(step: () => Promise<void>): Promise<void> {
    this.last = this.last.then(step, step).catch((error: unknown) => this.fail(String(error)));
    return this.last;
  }

  private async begin(): Promise<void> {
    const settings = vscode.workspace.getConfiguration('harden');
    if (!settings.get<boolean>('enable', true)) {
      this.status.show({ is: 'disabled' });
      return;
    }
    const trusted = vscode.workspace.isTrusted;
    const command = findServer({
      trusted,
      setting: settings.get<string>('path', '').trim(),
      lookup: settings.get<'bundled' | 'path'>('lookup', 'bundled'),
      extension: this.extension.fsPath,
      workspace: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
      path: process.env.PATH ?? '',
      windows: process.platform === 'win32',
    });
    this.program = command;
    if (!command) {
      const where = trusted ? 'Install it, or say where it is in the setting harden.path.' : 'This workspace is not trusted, and none came with the extension.';
      this.fail(`The harden program was not found. ${where}`);
      return;
    }
    this.log.info(`starting ${command}`);
    this.status.show({ is: 'starting' });
    const run = { command, args: ['server'] };
    let usual: ErrorHandler | undefined;
    const client: LanguageClient = new LanguageClient('harden', 'Harden', { run, debug: run }, {
      documentSelector: SELECTOR,
      outputChannel: this.log,
      traceOutputChannel: this.trace,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      errorHandler: {
        // Of a server that has died the client may hear by a failed write first, and would then not start another one. That it
        // has died is heard in any case.
        error: (error) => {
          this.log.warn(error.message);
          return { action: ErrorAction.Continue, handled: true };
        },
        closed: () => (usual ??= client.createDefaultErrorHandler()).closed(),
      },
      middleware: { executeCommand: (command, given, next) => runCommand(client, this.docs, command, given, next) },
    });
    this.client = client;
    client.onDidChangeState(({ newState }) => {
      if (this.client !== client) {
        return;
      }
      if (newState === Client.Running) {
        const version = client.initializeResult?.serverInfo?.version ?? '';
        this.status.show({ is: 'running', version });
      } else if (newState === Client.Starting) {
        this.status.show({ is: 'starting' });
      } else {
        this.status.show({ is: 'failed', why: 'the server has stopped' });
      }
    });
    await client.start();
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.status.show({ is: 'waiting' });
    // A server that does not stop in time is killed by the client, which says so; there is nothing to be done about it.
    await client?.dispose().catch((error: unknown) => this.log.warn(String(error)));
  }

  private fail(why: string): void {
    this.log.error(why);
    this.status.show({ is: 'failed', why });
    void vscode.window.showErrorMessage(`Harden: ${why}`, 'Open logs', 'Open settings').then((answer) => {
      if (answer === 'Open logs') {
        this.log.show();
      } else if (answer) {
        void vscode.commands.executeCommand('workbench.action.openSettings', 'harden.');
      }
    });
  }
}
