// Where the Visual Studio Code extension looks for the server. Argument: the compiled src/find.ts.
const assert = require('node:assert/strict');
const { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { homedir, tmpdir } = require('node:os');
const { join, relative } = require('node:path');
const { findServer } = require(process.argv[2]);

const root = mkdtempSync(join(tmpdir(), 'harden-find-'));
const program = (folder, name = 'harden') => {
  mkdirSync(join(root, folder), { recursive: true });
  const file = join(root, folder, name);
  writeFileSync(file, '');
  chmodSync(file, 0o755);
  return file;
};
const plain = {
  trusted: true,
  setting: '',
  lookup: 'bundled',
  extension: join(root, 'extension'),
  workspace: join(root, 'workspace'),
  path: '',
  windows: false,
};
const found = (places) => findServer({ ...plain, ...places });

try {
  const [own, first, second] = [program('own'), program('first'), program('second')];
  const path = ['nothing', 'first', 'second'].map((folder) => join(root, folder)).join(':');

  assert.equal(found({}), undefined);
  assert.equal(found({ path }), first);
  assert.equal(found({ path: relative(process.cwd(), join(root, 'first')) }), undefined, 'a relative entry of PATH');
  assert.equal(found({ path: '' }), undefined, 'an empty entry of PATH is the current folder');
  assert.equal(found({ path, setting: second }), second);
  assert.equal(found({ path, setting: join(root, 'nothing') }), undefined, 'a wrong setting is not covered up');
  assert.equal(found({ path, setting: join(root, 'own') }), undefined, 'a folder is no program');
  assert.equal(found({ path, setting: own }), own);
  const inside = program('workspace/bin');
  assert.equal(found({ path, setting: '${workspaceFolder}/bin/harden' }), inside);
  assert.equal(found({ setting: `~/${relative(homedir(), own)}` }), `${homedir()}/${relative(homedir(), own)}`);

  // What a workspace that is not trusted says, and what lies on PATH, is not looked at.
  assert.equal(found({ trusted: false, path, setting: own, lookup: 'path' }), undefined);

  const bundled = program('extension/bin');
  assert.equal(found({ path }), bundled);
  assert.equal(found({ path, lookup: 'path' }), first);
  assert.equal(found({ lookup: 'path' }), bundled, 'what came with the extension is better than nothing');
  assert.equal(found({ trusted: false, path, setting: own, lookup: 'path' }), bundled);

  assert.equal(found({ windows: true }), undefined);
  const windows = program('extension/bin', 'harden.exe');
  assert.equal(found({ windows: true }), windows);
  assert.equal(found({ windows: true, path: 'C:\\tools;relative\\folder', lookup: 'path' }), windows);

  chmodSync(first, 0o644);
  chmodSync(bundled, 0o644);
  assert.equal(found({ path }), second, 'what cannot be run is passed over');
  console.log('the program is found where it should be');
} finally {
  rmSync(root, { recursive: true });
}
