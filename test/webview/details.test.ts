import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import * as v from 'valibot';
import { fromDetailsSchema, type FromDetails } from '../../src/protocol/details';
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
    await intents();
    await page.getByRole('heading', { name: 'tidb-orders-prod' }).waitFor();
    await page.getByRole('button', { name: 'Copy IP Address in ap-southeast-1b' }).click();
    await page.getByRole('button', { name: 'Copy Endpoint ID' }).click();
    assert.deepEqual(await intents(), [
      { type: 'copy', value: '10.0.1.8' },
      { type: 'copy', value: 'ep-t4n5d7f8g9h0j1k2' },
    ]);
    await page.getByRole('img', { name: /^Latency\. Last .*, 3 without an answer\.$/ }).waitFor();
    await page.getByText('No change has been seen yet.').waitFor();
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
});
