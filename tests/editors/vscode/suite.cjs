// Runs in the extension host of Visual Studio Code: the editor's own interface is the harness. An exception is a failure.
// Environment: PROJECT, FIXED (the project after `harden fix`), HARDEN_RESULT (a file for what there is to say).
const assert = require('node:assert/strict');
const { appendFileSync, readdirSync, readFileSync, readlinkSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const vscode = require('vscode');

const { PROJECT, FIXED, HARDEN_RESULT } = process.env;
const say = (what) => appendFileSync(HARDEN_RESULT, `${what.replace(/\n/g, ' | ')}\n`);
const file = (name) => vscode.Uri.file(join(PROJECT, name));
const show = async (name) => {
  const document = await vscode.workspace.openTextDocument(file(name));
  await vscode.window.showTextDocument(document);
  return document;
};
const ours = (uri) => vscode.languages.getDiagnostics(uri).filter((one) => one.source === 'harden');
const rule = (one) => (typeof one.code === 'object' ? one.code.value : one.code);
const found = (uri, name) => ours(uri).filter((one) => rule(one) === name);
const set = (name, value) => vscode.workspace.getConfiguration('harden').update(name, value, vscode.ConfigurationTarget.Global);
const whole = (document) => new vscode.Range(0, 0, document.lineCount, 0);

async function until(what, holds) {
  const end = Date.now() + 30_000;
  for (;;) {
    const value = await holds();
    if (value) {
      return value;
    }
    assert(Date.now() < end, `waited too long: ${typeof what === 'string' ? what : what()}`);
    await new Promise((done) => setTimeout(done, 30));
  }
}

const TESTS = {
  async 'no server runs before a file of ours is opened'({ api }) {
    assert.deepEqual(api.state, { is: 'waiting' });
    writeFileSync(join(PROJECT, 'values.yaml'), 'services: {}\n');
    await show('values.yaml');
    assert.deepEqual(api.state, { is: 'waiting' });
  },

  async 'the selector takes our files and no others'({ api }) {
    const match = async (name) => {
      writeFileSync(join(PROJECT, name), '', { flag: 'a' });
      return vscode.languages.match(api.selector, await vscode.workspace.openTextDocument(file(name))) > 0;
    };
    const yes = ['compose.yml', 'docker-compose.prod.yaml', 'compose-dev.yml', 'harden.toml', 'pyproject.toml', 'tox.ini'];
    for (const name of [...yes, 'setup.cfg', '.env', '.env.local', 'requirements-dev.txt', 'Dockerfile', 'tool.py', 'alert-rules.yml']) {
      assert(await match(name), `${name} is ours`);
    }
    for (const name of ['composer.yml', 'values.yml', 'config.yaml', 'Cargo.toml', 'php.ini', 'notes.txt', 'a.js', 'README.md']) {
      assert(!(await match(name)), `${name} is none of our business`);
    }
    const untitled = await vscode.workspace.openTextDocument({ language: 'python', content: 'import random\n' });
    assert(vscode.languages.match(api.selector, untitled) > 0);
  },

  async 'the bundled program runs'({ api, extension }) {
    await show('docker-compose.yml');
    await until('the server runs', () => api.state.is === 'running');
    assert.equal(api.program, join(extension.extensionPath, 'bin/harden'));
  },

  async 'a quick fix takes its finding away'() {
    const document = await show('docker-compose.yml');
    const before = await until('the ports', () => {
      const ports = found(document.uri, 'compose/published-port');
      return ports.length >= 3 && ports.find((one) => one.message.includes('6379'));
    });
    const offered = await vscode.commands.executeCommand('vscode.executeCodeActionProvider', document.uri, before.range, 'quickfix', 50);
    say(`offered: ${offered.map((one) => one.title).join(' | ')}`);
    const fix = offered.find((one) => one.title.startsWith('Bind it to 127.0.0.1'));
    assert(fix?.isPreferred, 'the fix is the preferred one');
    assert(await vscode.workspace.applyEdit(fix.edit));
    assert.match(document.getText(), /- 127\.0\.0\.1:6379:6379/);
    await until('the finding goes', () => !found(document.uri, 'compose/published-port').some((one) => one.message.includes('6379')));
  },

  async 'a fix that spans files writes both'() {
    const document = await show('docker-compose.yml');
    const [before] = await until('the passwords', () => {
      const all = found(document.uri, 'compose/default-secret').filter((one) => one.message.includes('GRAFANA_PASSWORD'));
      return all.length && all;
    });
    const offered = await vscode.commands.executeCommand('vscode.executeCodeActionProvider', document.uri, before.range, 'quickfix', 50);
    const fix = offered.find((one) => one.title.startsWith('Require `GRAFANA_PASSWORD`'));
    assert.deepEqual(fix.edit.entries().map(([uri]) => vscode.workspace.asRelativePath(uri)).sort(), ['.env.example', 'docker-compose.yml']);
    assert(await vscode.workspace.applyEdit(fix.edit));
    await until('both are written', async () => {
      await vscode.workspace.saveAll();
      return /^GRAFANA_PASSWORD=/m.test(readFileSync(join(PROJECT, '.env.example'), 'utf8'));
    });
  },

  async 'saving fixes nothing unless it is set'() {
    const name = 'src/hypercode-core/pytest.ini';
    const document = await show(name);
    await until('the markers', () => found(document.uri, 'pytest/unused-marker').length);
    const before = document.getText();
    await touch(document);
    await document.save();
    assert.equal(readFileSync(join(PROJECT, name), 'utf8'), `${before}\n`);
    await set('fixOnSave', true);
    await touch(document);
    await document.save();
    assert.doesNotMatch(readFileSync(join(PROJECT, name), 'utf8'), /postgres/);
    await until('nothing is left of it', () => !found(document.uri, 'pytest/unused-marker').length);
    await set('fixOnSave', undefined);
  },

  async 'the editor’s own setting for fixes on save works as well'() {
    const editor = vscode.workspace.getConfiguration('editor');
    await editor.update('codeActionsOnSave', { 'source.fixAll': 'explicit' }, vscode.ConfigurationTarget.Global);
    const name = 'src/hypercode-core/app/simulator.py';
    const document = await show(name);
    await until('the random values', () => found(document.uri, 'python/insecure-random').length === 3);
    await touch(document);
    await document.save();
    assert.equal(readFileSync(join(PROJECT, name), 'utf8'), `${readFileSync(join(FIXED, name), 'utf8')}\n`);
    await editor.update('codeActionsOnSave', undefined, vscode.ConfigurationTarget.Global);
  },

  async 'an untitled document is looked at, as it is typed'() {
    const document = await vscode.workspace.openTextDocument({ language: 'python', content: 'import random\n\n' });
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(2, 0), 'KEY = "🎲" + random.choice("ab")\n'));
    const [one] = await until('the finding', () => found(document.uri, 'python/insecure-random').length && found(document.uri, 'python/insecure-random'));
    assert.equal(document.getText(one.range), 'random.choice');
  },

  async 'hover tells the rule'() {
    const document = await show('docker-compose.yml');
    const [port] = await until('a port', () => found(document.uri, 'compose/published-port').length && found(document.uri, 'compose/published-port'));
    const hovers = await vscode.commands.executeCommand('vscode.executeHoverProvider', document.uri, port.range.start);
    const text = hovers.flatMap((hover) => hover.contents.map((one) => one.value ?? one)).join('\n');
    assert.match(text, /published-port/);
  },

  async 'what another tool shows as well is left to it where that is set'() {
    const document = await show('src/hypercode-core/app/main.py');
    const random = () => found(document.uri, 'python/insecure-random').length;
    await until('the random token', random);
    await set('overlap.ruff', true);
    await until('it is left to Ruff', () => !random());
    await set('overlap.ruff', undefined);
    await until('it is shown again', random);
  },

  async 'all commands are there, and the server’s answer'() {
    const all = await vscode.commands.getCommands(true);
    const own = ['fixWorkspace', 'fixFileUnsafe', 'reloadConfiguration', 'debugReport', 'openDocs', 'restart', 'showLogs'];
    assert.deepEqual(own.filter((name) => !all.includes(`harden.${name}`)), []);
    await vscode.commands.executeCommand('harden.reloadConfiguration');
    await vscode.commands.executeCommand('harden.debugReport');
    const report = JSON.parse(vscode.window.activeTextEditor.document.getText());
    assert(report.version && report.folders.length === 1, JSON.stringify(report));
    assert(!JSON.stringify(report).includes('sk-dummy'), 'no text of a file');

    const document = await show('src/hypercode-core/app/scheduler.py');
    await until('the blocking call', () => found(document.uri, 'python/blocking-call-in-async').length);
    await vscode.commands.executeCommand('harden.fixWorkspace');
    const wanted = readFileSync(join(FIXED, 'src/hypercode-core/app/scheduler.py'), 'utf8');
    await until('the workspace is fixed', () => document.getText() === wanted);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('harden.fixFileUnsafe');
    await until('nothing is left in the file', () => !found(document.uri, 'python/blocking-call-in-async').length);
  },

  async 'the page of a rule opens without a network'() {
    await vscode.commands.executeCommand('harden.openDocs', 'compose/published-port');
    const page = await vscode.workspace.openTextDocument(vscode.Uri.parse('harden-docs:/compose/published-port.md'));
    assert.match(page.getText(), /^# compose\/published-port/);
  },

  async 'files that nobody has open are listed, unless that is set otherwise'() {
    const other = () => ours(file('src/hypercode-core/app/agents.py')).length;
    await until('the findings of a file that is not open', other);
    await set('diagnostics.scope', 'openFiles');
    await until('they go', () => !other());
    await set('diagnostics.scope', undefined);
    await until('they come back', other);
  },

  async 'a server that is killed is started again'({ api, extension }) {
    const document = await show('docker-compose.yml');
    await until('findings', () => ours(document.uri).length);
    const killed = processes(join(extension.extensionPath, 'bin/harden'));
    assert.equal(killed.length, 1);
    process.kill(killed[0], 'SIGKILL');
    let now;
    await until(() => `another one runs: ${JSON.stringify(api.state)}, ${now} after ${killed}`, () => {
      now = processes(join(extension.extensionPath, 'bin/harden'));
      return now.length === 1 && now[0] !== killed[0] && api.state.is === 'running';
    });
    const [one] = await until('findings again', () => ours(document.uri).length && ours(document.uri));
    // The editor takes a question back when findings come in meanwhile.
    await until('fixes are offered again', async () => {
      const asked = vscode.commands.executeCommand('vscode.executeCodeActionProvider', document.uri, one.range, 'quickfix');
      return (await asked.then((offered) => offered, () => [])).length > 0;
    });
  },

  async 'turning it off takes the findings away, and on brings them back'({ api }) {
    const document = await show('docker-compose.yml');
    await until('findings', () => ours(document.uri).length);
    await set('enable', false);
    await until('they go', () => !ours(document.uri).length && api.state.is === 'disabled');
    await set('enable', undefined);
    await until('they come back', () => ours(document.uri).length && api.state.is === 'running');
  },

  async 'a setting that names no program is told, and a restart follows its correction'({ api, extension }) {
    await set('path', join(PROJECT, 'nothing'));
    await until('it fails', () => api.state.is === 'failed');
    await set('path', join(extension.extensionPath, 'bin/harden'));
    await until('it runs', () => api.state.is === 'running');
    await set('path', undefined);
    await until('it runs again', () => api.state.is === 'running');
  },
};

/** The processes that run a program. */
function processes(program) {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers.map(Number).filter((number) => {
    try {
      return readlinkSync(`/proc/${number}/exe`) === program;
    } catch {
      return false;
    }
  });
}

/** Makes a save a save: a document that is not dirty is not written. */
async function touch(document) {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, whole(document).end, '\n');
  assert(await vscode.workspace.applyEdit(edit));
}

// In a workspace that nobody has said to trust.
const RESTRICTED = {
  async 'only the program that came with the extension is started'({ api, extension }) {
    assert(!vscode.workspace.isTrusted);
    const document = await show('docker-compose.yml');
    await until('the server runs', () => api.state.is === 'running');
    assert.equal(api.program, join(extension.extensionPath, 'bin/harden'));
    await until('findings', () => ours(document.uri).length);
  },
};

async function run() {
  const extension = await until('the extension', () => vscode.extensions.getExtension('harden-dev.harden'));
  const api = await extension.activate();
  for (const [name, test] of Object.entries(process.env.HARDEN_RESTRICTED ? RESTRICTED : TESTS)) {
    const begun = Date.now();
    await test({ api, extension }).catch((error) => {
      throw new Error(`${name}: ${error.stack}`);
    });
    say(`ok: ${name} (${Date.now() - begun} ms)`);
  }
}

exports.activate = () => {
  run().then(
    () => say('PASS'),
    (error) => say(`FAIL ${error.stack}`),
  );
};
