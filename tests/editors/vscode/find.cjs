// Where the Visual Studio Code extension looks for the server. Argument: the compiled src/find.ts.
const assert = require('node:assert/strict');
const { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { delimiter, join, relative } = require('node:path');
const { findServer } = require(process.argv[2]);

const root = mkdtempSync(join(tmpdir(), 'harden-find-'));
const program = (folder) => {
  mkdirSync(join(root, folder), { recursive: true });
  const file = join(root, folder, 'harden');
  writeFileSync(file, '');
  chmodSync(file, 0o755);
  return file;
};
const found = (places) => findServer({ setting: '', folder: join(root, 'extension'), path: '', windows: false, ...places });

try {
  const [own, first, second] = [program('own'), program('first'), program('second')];
  const path = [join(root, 'nothing'), join(root, 'first'), join(root, 'second')].join(delimiter);

  assert.equal(found({}), undefined);
  assert.equal(found({ path }), first);
  assert.equal(found({ path: relative(process.cwd(), join(root, 'first')) }), undefined, 'a relative entry of PATH');
  assert.equal(found({ path, setting: second }), second);
  assert.equal(found({ path, setting: join(root, 'nothing') }), undefined, 'a wrong setting is not covered up');
  assert.equal(found({ path, setting: join(root, 'own') }), undefined, 'a folder is no program');
  assert.equal(found({ path, setting: own }), own);

  const bundled = program('extension/bin');
  assert.equal(found({ path }), bundled);
  chmodSync(first, 0o644);
  chmodSync(bundled, 0o644);
  assert.equal(found({ path }), second, 'what cannot be run is passed over');
  console.log('the program is found where it should be');
} finally {
  rmSync(root, { recursive: true });
}
