import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import type { CreationState } from '../../src/protocol/creation';
import { type Bundle, openBrowser, Webview } from './support/page';
import { changed, creationStateNames, creationStates } from './support/states';
import { detailsStates } from './support/detailsStates';
import { diagnosisStates } from './support/diagnosisStates';
import { ResultsHost } from './support/resultsHost';
import { resultsStateNames, resultsStates } from './support/resultsStates';
import { themeNames } from './support/themes';

const narrow = 360;
const wide = 1200;

/** Every state of the pages; those with a clock as if begun a while ago. */
const states: Record<Bundle, readonly { name: string; state: () => unknown }[]> = {
  creation: creationStateNames.map((name) => ({
    name,
    state: () => asIfBegun(creationStates[name], name === 'waiting'),
  })),
  details: Object.entries(detailsStates).map(([name, state]) => ({ name, state: () => state })),
  diagnosis: Object.entries(diagnosisStates).map(([name, state]) => ({ name, state: () => state })),
  results: resultsStateNames.map((name) => ({
    name,
    state: () => resultsStates[name],
  })),
};

/** With a clock that shows a while. */
function asIfBegun(state: CreationState, waits: boolean): CreationState {
  const startedAtMs = Date.now() - 151_000;
  const { instance, endpoint } = state;
  return changed(state, {
    ...(instance.wait && { instance: { wait: { ...instance.wait, startedAtMs } } }),
    ...(endpoint.wait && { endpoint: { wait: { ...endpoint.wait, startedAtMs } } }),
    ...(waits && { active: { wait: { startedAtMs, usualMs: 300_000 } } }),
  });
}

describe('every page in every state', function () {
  this.timeout(120_000);
  let browser: Browser;

  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser.close());

  for (const bundle of ['creation', 'details', 'diagnosis', 'results'] as const) {
    for (const theme of themeNames) {
      it(`has no violation of accessibility rules and fits any width (${bundle}, ${theme})`, async () => {
        const webview = await Webview.open(browser, bundle, { theme, width: wide });
        const { page } = webview;
        await (bundle === 'results' && new ResultsHost().attach(webview));
        const height = page.viewportSize()?.height ?? 0;
        for (const { name, state } of states[bundle]) {
          await page.setViewportSize({ width: wide, height });
          await webview.show(state());
          assert.deepEqual(await webview.violations(), [], name);
          await webview.screenshot(`${bundle}-${name}-${theme}-wide`);
          await page.setViewportSize({ width: narrow, height });
          assert.ok(
            await page.evaluate<boolean>(`document.documentElement.scrollWidth <= ${narrow}`),
            `${name} is wider than ${narrow} px`,
          );
          if (theme === 'dark') {
            await webview.screenshot(`${bundle}-${name}-${theme}-narrow`);
          }
        }
        assert.deepEqual(await webview.faults(), []);
        await webview.close();
      });
    }
  }

  it('would not pass with text that cannot be read', async () => {
    const webview = await Webview.open(browser, 'creation');
    await webview.show(creationStates.form);
    await webview.page.evaluate(
      `document.documentElement.style.setProperty('--vscode-descriptionForeground', '#444444')`,
    );
    assert.match((await webview.violations()).join(), /color-contrast/);
    await webview.close();
  });
});
