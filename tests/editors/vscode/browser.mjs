// Drives Visual Studio Code as a user does: squiggles, the Problems panel, the light bulb, and saving with Ctrl+S. Asserted
// is what the page shows and what lies on disk. Environment as in editor.mjs, and FIXED, the project after `harden fix`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { edit, say, until } from './editor.mjs';
import { choose, command, line, open, problems, saveAll, squiggles, texts } from './workbench.mjs';

const { STATE, PROJECT, FIXED } = process.env;
const SIMULATOR = 'src/hypercode-core/app/simulator.py';
const SCHEDULER = 'src/hypercode-core/app/scheduler.py';
const DOCKERFILE = 'src/hypercode-core/Dockerfile.production';
const MARKERS = 'src/hypercode-core/pytest.ini';
const TYPED = '# typed by the test';
const onDisk = (file, folder = PROJECT) => readFileSync(join(folder, file), 'utf8');

await edit({ name: 'vscode-browser', settings: { 'harden.fixOnSave': true, 'harden.diagnostics.scope': 'openFiles' } }, async (page) => {
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
    await saveAll(page);
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

  await open(page, 'docker-compose.yml');
  await choose(page, '`db` publishes 5432', 'Ignore compose/published-port on this line');
  await line(page, 'harden: ignore[compose/published-port]').waitFor();
  await problems(page, '`db` publishes 5432').waitFor({ state: 'detached' });
  say('a finding is silenced on its line');

  await command(page, 'Harden: Fix All That Is Safe in the Workspace');
  const told = page.locator('.notifications-toasts .notification-list-item-message').filter({ hasText: /Harden: \d+ fix(es)? in \d+ file/ });
  await told.waitFor();
  say(`the command says: ${await told.innerText()}`);
  await until('the workspace is fixed', async () => {
    await saveAll(page);
    return [SCHEDULER, MARKERS].every((file) => onDisk(file) === onDisk(file, FIXED));
  });

  // What is said of a Dockerfile rests on the compose file beside it, and its fix writes the requirements as well.
  await open(page, DOCKERFILE);
  await choose(page, '`uvicorn` serves with one process', 'gunicorn is added to the requirements');
  await line(page, 'CMD').filter({ hasText: 'gunicorn' }).waitFor();
  await until('both are written', async () => {
    await saveAll(page);
    return /gunicorn/.test(onDisk(DOCKERFILE)) && /^gunicorn/m.test(onDisk('src/hypercode-core/requirements.txt'));
  });
  say('a fix of the Dockerfile has written the requirements as well');

  await page.locator('[id="status.languageStatus"]').hover();
  await page.locator('.hover-language-status').filter({ hasText: /Harden \d+\.\d+/ }).waitFor();
  say('the status item says that it runs');
  await shot('status');
});
