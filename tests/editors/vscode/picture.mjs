// The picture of the README: the sample's compose file with its findings, their list, and the light bulb's menu.
// Environment as in editor.mjs, and PICTURE, the file to write.
import { edit } from './editor.mjs';
import { actions, lightBulb, open, problems, squiggles } from './workbench.mjs';

const settings = {
  'workbench.colorTheme': 'Default Light Modern',
  'workbench.activityBar.location': 'hidden',
  'workbench.layoutControl.enabled': false,
  'workbench.editor.editorActionsLocation': 'hidden',
  'window.commandCenter': false,
  'window.menuBarVisibility': 'hidden',
  'breadcrumbs.enabled': false,
  'editor.minimap.enabled': false,
  'editor.stickyScroll.enabled': false,
  'editor.fontSize': 14,
  'editor.occurrencesHighlight': 'off',
  'editor.selectionHighlight': false,
  'problems.defaultViewMode': 'tree',
};
const view = { viewport: { width: 1060, height: 740 }, deviceScaleFactor: 1.5 };

const FIX = 'Move it to `.env`';

await edit({ name: 'picture', settings, view }, async (page) => {
  await page.keyboard.press('Control+B');
  await open(page, 'docker-compose.yml');
  await squiggles(page).first().waitFor();
  await page.keyboard.press('Control+Shift+M');
  // What rests on other files comes later.
  await problems(page, 'hides what the image').waitFor();
  await lightBulb(page, '`JWT_SECRET` of `core`', FIX);
  // Without what the double click has selected.
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Control+.');
  await actions(page, FIX).waitFor();
  await page.mouse.move(1000, 60);
  await page.screenshot({ path: process.env.PICTURE });
});
