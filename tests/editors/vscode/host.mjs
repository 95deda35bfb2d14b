// Runs suite.cjs within Visual Studio Code, in its extension host, with the packed extension installed.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { edit, say, until } from './editor.mjs';

const result = join(process.env.STATE, 'vscode-host.log');
rmSync(result, { force: true });

const suite = join(dirname(fileURLToPath(import.meta.url)), 'suite.cjs');
await edit({ name: 'vscode-host', suite, environment: { HARDEN_RESULT: result } }, async () => {
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
