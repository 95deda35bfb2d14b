// Drives Visual Studio Code as a user does: squiggles, the Problems panel, the light bulb, and saving with Ctrl+S. Asserted
// is what the page shows and what lies on disk. Environment as in editor.mjs, and FIXED, the project after `harden fix`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { edit, say, until } from './editor.mjs';
import { choose, line, open, problems, squiggles, texts } from './workbench.mjs';

const { STATE, PROJECT, FIXED } = process.env;
const SIMULATOR = 'src/hypercode-core/app/simulator.py';
const TYPED = '# typed by the test';
const onDisk = (file, folder = PROJECT) => readFileSync(join(folder, file), 'utf8');

await edit({ name: 'vscode-browser', settings: { 'harden.fixOnSave': true } }, async (page) => {
  const shot = (name) => page.screenshot({ path: join(STATE, `vscode-${name}.png`) });

  await open(page, 'docker-compose.yml');
  await squiggles(page).first().waitFor();
  say(`${await squiggles(page).count()} squiggles are drawn`);
  await page.keyboard.press('Control+Shift+M');
  await problems(page, 'publishes 6379').waitFor();
  say(`the Problems panel has: ${(await texts(problems(page, 'compose/'))).map((text) => text.slice(0, 40)).join(' | ')}`);
  await shot('problems');

  say(`the light bulb has: ${(await choose(page, 'publishes 6379', 'Bind it to 127.0.0.1')).join(' | ')}`);
  await line(page, '- 127.0.0.1:6379:6379').waitFor();
  await problems(page, 'publishes 6379').waitFor({ state: 'detached' });
  await shot('quick-fix');

  // One that spans files, at one click: the file that is not open is written as well.
  await choose(page, '`GRAFANA_PASSWORD` falls back', 'Require `GRAFANA_PASSWORD`');
  await line(page, '${GRAFANA_PASSWORD:?').waitFor();
  await problems(page, '`GRAFANA_PASSWORD` falls back').waitFor({ state: 'detached' });
  say('a fix that spans files is applied');
  await until('all is saved', async () => {
    await page.keyboard.press('Control+K');
    await page.keyboard.press('s');
    await page.locator('.tabs-container .tab.dirty').first().waitFor({ state: 'detached', timeout: 5000 });
    return /^GRAFANA_PASSWORD=/m.test(onDisk('.env.example'));
  });
  const compose = onDisk('docker-compose.yml');
  assert.match(compose, /- 127\.0\.0\.1:6379:6379/);
  assert.match(compose, /GF_SECURITY_ADMIN_PASSWORD: \$\{GRAFANA_PASSWORD:\?/);
  assert.equal(compose.split('\n').length, onDisk('docker-compose.yml', FIXED).split('\n').length, 'only these two lines');

  await open(page, SIMULATOR);
  await problems(page, '`random.uniform` draws').waitFor();
  await line(page, 'random.uniform').first().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(TYPED);
  await page.keyboard.press('Control+S');
  const wanted = onDisk(SIMULATOR, FIXED) + TYPED;
  await until(`what is saved is what harden fix makes of it, and not:\n${onDisk(SIMULATOR)}`, () => onDisk(SIMULATOR).trimEnd() === wanted);
  await problems(page, 'can be predicted').first().waitFor({ state: 'detached' });
  await until('no squiggle is left', async () => (await squiggles(page).count()) === 0);
  say('Ctrl+S has fixed what is safe');
  await shot('saved');
});
