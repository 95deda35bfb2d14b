// Starts Visual Studio Code (code-server) with the packed extension, and a browser that shows it.
// Environment: STATE (the folder where both were installed), VSIX, PROJECT (the folder to open).
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { STATE, VSIX, PROJECT } = process.env;
const { chromium } = createRequire(join(STATE, 'playwright/'))('playwright-core');
const ENTRY = join(STATE, 'code-server/node_modules/code-server/out/node/entry.js');
export const PATIENCE_MS = 60_000;

const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.enabled': false,
  'files.autoSave': 'off',
  'editor.accessibilitySupport': 'off',
};

const begun = Date.now();
export const say = (what) => console.log(`${((Date.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${what}`);

/** Runs `drive` with the open page, and takes everything down after it. The exit code says whether it went through. */
export async function edit({ name, settings = {}, environment = {}, suite, view = {}, trust = false }, drive) {
  const home = mkdtempSync(join(tmpdir(), 'harden-vscode-'));
  const user = join(home, 'user');
  const extensions = join(home, 'extensions');
  mkdirSync(join(user, 'User'), { recursive: true });
  mkdirSync(extensions);
  writeFileSync(join(user, 'User/settings.json'), JSON.stringify({ ...QUIET, ...settings }));
  writeFileSync(join(home, 'config.yaml'), 'auth: none\n');
  if (suite) {
    // An extension that lies there before the first one is installed is taken for installed.
    const folder = join(extensions, 'harden-tests.suite-0.0.1');
    mkdirSync(folder);
    copyFileSync(suite, join(folder, 'suite.cjs'));
    const manifest = { name: 'suite', publisher: 'harden-tests', version: '0.0.1', engines: { vscode: '^1.91.0' } };
    const capabilities = { untrustedWorkspaces: { supported: true } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, main: './suite.cjs', activationEvents: ['onStartupFinished'], capabilities }));
  }
  const own = { XDG_DATA_HOME: join(home, 'data'), XDG_CONFIG_HOME: join(home, 'config'), XDG_CACHE_HOME: join(home, 'cache') };
  const env = { ...process.env, HOME: home, ...own, ...environment };
  const flags = [ENTRY, '--config', join(home, 'config.yaml'), '--user-data-dir', user, '--extensions-dir', extensions];
  const logs = join(home, 'server.log');
  let server, browser, page;
  try {
    const installed = spawnSync(process.execPath, [...flags, '--install-extension', VSIX], { env, encoding: 'utf8' });
    if (installed.status !== 0) {
      throw new Error(`the extension cannot be installed: ${installed.stdout}${installed.stderr}`);
    }
    say('the extension is installed');
    const port = await freePort();
    const log = openSync(logs, 'w');
    const rest = ['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--disable-telemetry', '--disable-update-check'];
    rest.push('--disable-getting-started-override', ...(trust ? [] : ['--disable-workspace-trust']), PROJECT);
    server = spawn(process.execPath, [...flags, ...rest], { env, stdio: ['ignore', log, log] });
    const address = `http://127.0.0.1:${port}`;
    await until('code-server answers', async () => (await fetch(`${address}/healthz`)).ok);
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
    page = await browser.newPage({ viewport: { width: 1200, height: 2600 }, ...view });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${address}/?folder=${encodeURIComponent(PROJECT)}`);
    await page.waitForSelector('.monaco-workbench .explorer-folders-view .monaco-list-row');
    say('the workbench is shown');
    await drive(page);
  } catch (error) {
    process.exitCode = 1;
    console.error(`FAIL: ${error.stack}`);
    const picture = join(STATE, `${name}-failed.png`);
    await page?.screenshot({ path: picture }).then(() => console.error(`a screenshot is at ${picture}`), () => {});
    if (existsSync(logs)) {
      const lines = readFileSync(logs, 'utf8').split('\n');
      // The others are complaints about what was not compiled.
      console.error(lines.filter((line) => /^\[\d/.test(line)).slice(-20).join('\n'));
    }
  } finally {
    await browser?.close().catch(() => {});
    await ended(server);
    rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }
}

/** Polls until `holds` does. What it throws counts as not yet. */
export async function until(what, holds, patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  for (let last; ; ) {
    try {
      const value = await holds();
      if (value) {
        return value;
      }
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      throw new Error(`waited too long: ${what}${last ? `: ${last.message}` : ''}`);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

function ended(server) {
  return new Promise((done) => {
    if (!server || server.exitCode !== null) {
      return done();
    }
    server.once('exit', done);
    server.kill('SIGTERM');
    setTimeout(() => server.kill('SIGKILL'), 10_000).unref();
  });
}
