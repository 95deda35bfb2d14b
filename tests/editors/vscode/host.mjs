// Runs suite.cjs within Visual Studio Code, in its extension host, with the packed extension installed.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { edit, say, until } from './editor.mjs';

const suite = join(dirname(fileURLToPath(import.meta.url)), 'suite.cjs');
const { PROJECT, STATE } = process.env;

await run({ name: 'vscode-host', environment: {} });

// Again, with a workspace that is not trusted and names a program of its own.
mkdirSync(join(PROJECT, '.vscode'));
writeFileSync(join(PROJECT, '.vscode/settings.json'), JSON.stringify({ 'harden.path': '/bin/false', 'harden.lookup': 'path' }));
await run({
  name: 'vscode-restricted',
  environment: { HARDEN_RESTRICTED: 'yes' },
  settings: { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' },
  trust: true,
});

function run({ name, environment, ...rest }) {
  const result = join(STATE, `${name}.log`);
  rmSync(result, { force: true });
  return edit({ name, suite, environment: { ...environment, HARDEN_RESULT: result }, ...rest }, async () => {
    let told = 0;
    const end = await until(
      'the suite ends',
      () => {
        const lines = existsSync(result) ? readFileSync(result, 'utf8').split('\n').slice(0, -1) : [];
        lines.slice(told).forEach((line) => say(line));
        told = lines.length;
        return lines.find((line) => line === 'PASS' || line.startsWith('FAIL'));
      },
      150_000,
    );
    if (end !== 'PASS') {
      throw new Error(end);
    }
  });
}
