import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { everyTestOpens, type Webview } from './support/page';
import { resultsStates } from './support/resultsStates';

describe('a plan in the results panel', function () {
  this.timeout(30_000);
  const opened = everyTestOpens('results');
  let webview: Webview;
  let page: Page;

  beforeEach(async () => {
    ({ webview, page } = opened);
    await page.setViewportSize({ width: 1200, height: 600 });
    await webview.show(resultsStates.plan);
  });

  const operators = (): Promise<string[]> => page.locator('.plan-name').allInnerTexts();
  const current = (): Promise<string> => page.locator('[role=row][tabindex="0"] .plan-name').innerText();
  const press = (key: string): Promise<void> => page.keyboard.press(key);

  it('is a tree of operators with what they took', async () => {
    const tree = page.getByRole('treegrid', { name: 'Plan' });
    assert.deepEqual(await tree.getByRole('columnheader').allInnerTexts(), [
      ...['Operator', 'Own Time', 'Time', 'Rows', 'Expected', 'Works On', 'Task', 'Memory'],
    ]);
    const join = tree.getByRole('row').filter({ hasText: 'IndexHashJoin_22' });
    assert.equal(await join.getAttribute('aria-level'), '4');
    assert.match(await join.innerText(), /Slow[\s\S]*72%[\s\S]*2,000/);
    assert.equal((await operators()).length, 9);
  });

  it('begins at the costliest operator and tells all of it', async () => {
    assert.equal(await current(), 'IndexHashJoin_22');
    const details = page.getByRole('region', { name: 'Operator' });
    assert.match(await details.innerText(), /72% of the time[\s\S]*inner join[\s\S]*Execution/);
    await page.getByRole('row').filter({ hasText: 'IndexRangeScan_48' }).click();
    assert.match(await details.innerText(), /^IndexRangeScan_48[\s\S]*range:/);
    await page.getByRole('button', { name: 'IndexHashJoin_22: slow' }).click();
    assert.equal(await current(), 'IndexHashJoin_22');
  });

  it('is walked with the keys of a tree', async () => {
    await page.locator('[role=row][tabindex="0"]').focus();
    await press('ArrowLeft');
    assert.deepEqual((await operators()).length, 4);
    assert.equal(await page.locator('[role=row][tabindex="0"]').getAttribute('aria-expanded'), 'false');
    await press('ArrowRight');
    await press('ArrowRight');
    assert.equal(await current(), 'IndexReader_49(Build)');
    await press('ArrowLeft');
    await press('ArrowLeft');
    assert.equal(await current(), 'IndexHashJoin_22');
    await press('Enter');
    await press('End');
    assert.equal(await current(), 'IndexHashJoin_22');
    await press('Enter');
    await press('End');
    assert.equal(await current(), 'TableRowIDScan_18(Probe)');
    await press('Home');
    assert.equal(await current(), 'Sort_10');
    assert.ok(await page.evaluate<boolean>(`document.activeElement.getAttribute('aria-level') === '1'`));
  });

  it('stays as the person left it when the same state comes again', async () => {
    await page.locator('[role=row][tabindex="0"]').focus();
    await press('ArrowLeft');
    await webview.show(resultsStates.plan);
    assert.equal((await operators()).length, 4);
    await webview.show(resultsStates.planOfMariadb);
    assert.equal(await current(), 'Table scan');
  });

  it('can be copied and read as the server sent it', async () => {
    await webview.sent();
    await page.getByRole('button', { name: 'Copy Plan' }).click();
    assert.deepEqual(await webview.sent(), [{ type: 'copyPlan', tab: 't1' }]);
    await page.getByText('As the server sent it').click();
    assert.match(await page.locator('.plan-text').innerText(), /^id\testRows/);
    await webview.show(resultsStates.planAsText);
    assert.equal(await page.locator('.plan-text').innerText(), 'Rows fetched before execution');
  });
});
