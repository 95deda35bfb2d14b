// What a user does in the workbench, by mouse and keyboard, and what can then be seen in it.
import { until } from './editor.mjs';

export const problems = (page, text) => page.locator('.markers-panel .monaco-list-row').filter({ hasText: text });
export const line = (page, text) => page.locator('.editor-instance .view-line').filter({ hasText: text });
export const squiggles = (page) => page.locator('.squiggly-error, .squiggly-warning, .squiggly-info');
export const actions = (page, title = '') => page.locator('.action-widget .monaco-list-row').filter({ hasText: title });
export const texts = async (rows) => (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());

export async function open(page, name) {
  const file = name.split('/').pop();
  const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: file }).first();
  await until(`${name} is opened`, async () => {
    await page.keyboard.press('Control+P');
    await page.locator('.quick-input-widget input').fill(name, { timeout: 5000 });
    await row.click({ timeout: 5000 });
    await page.locator('.tabs-container .tab.active').filter({ hasText: file }).waitFor({ timeout: 5000 });
    return true;
  });
  await page.waitForSelector('.editor-instance .view-line');
}

/** Goes to a problem by the panel, and opens the light bulb's menu there. */
export async function lightBulb(page, problem, title) {
  // The workbench may still be settling: rather try again than wait for a menu that was never opened.
  await until(`"${title}" is offered for "${problem}"`, async () => {
    await page.keyboard.press('Escape');
    await problems(page, problem).first().dblclick({ timeout: 5000 });
    await page.waitForFunction(() => document.activeElement?.closest('.editor-instance'), null, { timeout: 5000 });
    await page.locator('.codicon-light-bulb, .codicon-lightbulb-autofix, [class*="codicon-gutter-lightbulb"]').first().waitFor({ timeout: 5000 });
    await page.keyboard.press('Control+.');
    await actions(page, title).first().waitFor({ timeout: 5000 });
    return true;
  });
}

export async function choose(page, problem, title) {
  await lightBulb(page, problem, title);
  const offered = await texts(actions(page));
  await actions(page, title).first().click();
  return offered;
}

/** Runs a command by its name in the palette. */
export async function command(page, name) {
  const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first();
  await until(`the command ${name}`, async () => {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input').fill(`>${name}`, { timeout: 5000 });
    await row.waitFor({ timeout: 5000 });
    return true;
  });
  await row.click();
}

export async function saveAll(page) {
  await command(page, 'File: Save All');
  await page.locator('.tabs-container .tab.dirty').first().waitFor({ state: 'detached', timeout: 5000 });
}
