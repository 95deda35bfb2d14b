import * as vscode from 'vscode';
import { SELECTOR } from './selector';

export type State =
  | { is: 'waiting' }
  | { is: 'starting' }
  | { is: 'running'; version: string }
  | { is: 'disabled' }
  | { is: 'failed'; why: string };

/** What stands behind `{}` in the status bar, when a file that is ours is open. */
export class Status implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem('harden', SELECTOR as vscode.DocumentSelector);
  current: State = { is: 'waiting' };

  constructor() {
    this.item.name = 'Harden';
    this.show(this.current);
  }

  show(state: State): void {
    this.current = state;
    const { text, detail, severity } = words(state);
    this.item.text = text;
    this.item.detail = detail;
    this.item.severity = severity;
    this.item.busy = state.is === 'starting';
    this.item.command =
      state.is === 'failed'
        ? { command: 'harden.restart', title: 'Restart' }
        : { command: 'harden.showLogs', title: 'Open logs' };
    void vscode.commands.executeCommand('setContext', 'harden.running', state.is === 'running');
  }

  dispose(): void {
    this.item.dispose();
  }
}

function words(state: State): { text: string; detail?: string; severity: vscode.LanguageStatusSeverity } {
  const { Information, Warning, Error } = vscode.LanguageStatusSeverity;
  switch (state.is) {
    case 'waiting':
      return { text: 'Harden', detail: 'no file of ours was opened', severity: Information };
    case 'starting':
      return { text: 'Harden', detail: 'starting', severity: Information };
    case 'running':
      return { text: `Harden ${state.version}`, detail: 'running', severity: Information };
    case 'disabled':
      return { text: 'Harden', detail: 'turned off by the setting harden.enable', severity: Warning };
    case 'failed':
      return { text: 'Harden', detail: state.why, severity: Error };
  }
}
