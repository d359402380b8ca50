import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import * as v from 'valibot';
import { copyables, fromDetailsSchema, type FromDetails } from '../../src/protocol/details';
import { detailsStates } from './support/detailsStates';
import { everyTestOpens, type Webview } from './support/page';

describe('details panel', function () {
  this.timeout(30_000);
  const opened = everyTestOpens('details');
  let webview: Webview;
  let page: Page;

  beforeEach(() => {
    ({ webview, page } = opened);
  });

  const intents = async (): Promise<FromDetails[]> =>
    (await webview.sent()).map((message) => v.parse(fromDetailsSchema, message));

  it('says that it is ready, and keeps nothing but ids over a reload', async () => {
    assert.deepEqual(await intents(), [{ type: 'ready' }]);
    await webview.show(detailsStates.active);
    assert.deepEqual(await webview.saved(), [detailsStates.active.ref]);
  });

  it('shows everything, each value with a button that copies it', async () => {
    await webview.show(detailsStates.active);
    await page.getByRole('heading', { name: 'tidb-orders-prod' }).waitFor();
    await page.getByText('2 other rules are not about TCP port 4000.').waitFor();
    await page
      .getByRole('img', { name: /^Latency\. Last .* over 39 minutes, 3 without an answer\.$/ })
      .waitFor();
    await page.getByText('No change has been seen yet.').waitFor();
    for (const name of ['active', 'failed', 'signedOut', 'gone'] as const) {
      await webview.show(detailsStates[name]);
      await intents();
      for (const button of await page.locator('.icon-button').all()) {
        await button.click();
      }
      const asked = (await intents()).map((intent) => (intent.type === 'copy' ? intent.id : intent.type));
      assert.deepEqual(asked.sort(), [...copyables(detailsStates[name]).keys()].sort(), name);
    }
  });

  it('has no two buttons of one name', async () => {
    for (const [name, state] of Object.entries(detailsStates)) {
      await webview.show(state);
      const names = await page.evaluate<string[]>(
        `[...document.querySelectorAll('button')].map((at) => at.getAttribute('aria-label') ?? at.innerText.trim())`,
      );
      assert.deepEqual(names, [...new Set(names)], name);
    }
  });

  describe('when a value is copied', () => {
    const say = `window.said = []; new MutationObserver(() => {
      const { textContent } = document.querySelector('[role=status]');
      textContent && window.said.push(textContent);
    }).observe(document.querySelector('[role=status]'), { childList: true, characterData: true, subtree: true })`;
    const copy = (): Locator => page.getByRole('button', { name: 'Copy Endpoint ID' });
    const said = (count: number): Promise<void> => webview.until(`window.said.length === ${count}`);
    const answerCopies = (answer: object): Promise<void> =>
      webview.answerWith((message) => {
        const { requestId } = message as { readonly requestId: number };
        return Promise.resolve({ type: 'answer', requestId, ...answer });
      });

    beforeEach(async () => {
      await webview.show(detailsStates.active);
      await page.evaluate(say);
    });

    it('shows it once the host says so, and says it each time', async () => {
      await intents();
      await copy().click();
      const [asked] = await intents();
      assert.ok(asked?.type === 'copy' && asked.id === 'fact/Alibaba Cloud/Endpoint ID');
      assert.equal(await copy().locator('.icon-tick').count(), 0);
      await answerCopies({ value: true });
      await copy().click();
      await copy().locator('.icon-tick').waitFor();
      await said(1);
      await copy().click();
      await said(2);
      assert.deepEqual(await page.evaluate('window.said'), ['Copied.', 'Copied.']);
    });

    it('says that it is not', async () => {
      await answerCopies({ failure: 'It has changed meanwhile' });
      await copy().click();
      await said(1);
      assert.deepEqual(await page.evaluate('window.said'), ['Not copied: It has changed meanwhile.']);
      assert.equal(await copy().locator('.icon-tick').count(), 0);
    });
  });

  it('offers what can be done, and reads again when asked', async () => {
    await webview.show(detailsStates.active);
    await intents();
    await page.getByRole('button', { name: 'Diagnose' }).click();
    await page.getByRole('button', { name: 'Refresh' }).click();
    assert.deepEqual(await intents(), [
      { type: 'act', action: 'tidbPrivateEndpoint.diagnose' },
      { type: 'refresh' },
    ]);
  });

  it('tells what changed, what is missing, and what was before', async () => {
    await webview.show(detailsStates.active);
    await webview.show(detailsStates.failed);
    await page.getByRole('status').filter({ hasText: 'Failed. TiDB Cloud could not accept' }).waitFor({
      state: 'attached',
    });
    await page.getByRole('alert').getByText('vpc:DescribeSecurityGroups is missing').waitFor();
    assert.equal(await page.getByRole('list').last().getByRole('listitem').count(), 2);
  });

  it('takes away what was shown when nobody is signed in, save the past', async () => {
    await webview.show(detailsStates.active);
    await webview.show(detailsStates.signedOut);
    assert.equal(await page.getByText('10.0.1.8').count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Connect' }).count(), 0);
    await page.getByText('Not known').waitFor();
    await page.getByText('When first seen: The private endpoint is ready to use.').waitFor();
    await intents();
    await page.getByRole('button', { name: 'Sign In to TiDB Cloud' }).click();
    assert.deepEqual(await intents(), [{ type: 'act', action: 'signInTidbCloud' }]);
  });
});
