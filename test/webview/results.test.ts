import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import * as v from 'valibot';
import { type FromResults, fromResultsSchema } from '../../src/protocol/results';
import { GeneratedRows } from './support/generatedRows';
import { everyTestOpens, type Webview } from './support/page';
import { ResultsHost } from './support/resultsHost';
import { arriving, oneTab, resultsStates, rowsOutcome } from './support/resultsStates';

describe('results panel', function () {
  this.timeout(30_000);
  const opened = everyTestOpens('results');
  let webview: Webview;
  let page: Page;
  let host: ResultsHost;

  beforeEach(async () => {
    ({ webview, page } = opened);
    host = await new ResultsHost().attach(webview);
  });

  const intents = async (): Promise<FromResults[]> =>
    (await webview.sent())
      .map((message) => v.parse(fromResultsSchema, message))
      .filter(({ type }) => !['rows', 'arrange', 'whole', 'show'].includes(type));
  const status = (): Promise<string> => page.getByRole('status').innerText();
  const style = (cell: number, property: string): Promise<string> =>
    page.evaluate(`getComputedStyle(document.querySelectorAll('[role=gridcell]')[${cell}]).${property}`);
  const words = (): Promise<string> => page.locator('.outcome').innerText();

  it('says that it is ready, and what to do before the first run', async () => {
    assert.deepEqual(await intents(), [{ type: 'ready' }]);
    await webview.show(resultsStates.empty);
    await page.getByText('Run a SQL statement to see its rows here.').waitFor();
  });

  it('shows rows as a grid with headers', async () => {
    await page.setViewportSize({ width: 1400, height: 400 });
    await webview.show(resultsStates.rows);
    await page.getByRole('gridcell', { name: 'Customer 1', exact: true }).waitFor();
    assert.deepEqual(
      await page.evaluate(
        `[...document.querySelectorAll('[role=columnheader]')].map((header) => header.getAttribute('aria-label'))`,
      ),
      ['Row', 'id, BIGINT', 'name, VARCHAR', 'city, VARCHAR', 'note, TEXT', 'created_at, DATETIME'],
    );
    const grid = page.getByRole('grid');
    assert.equal(await grid.getAttribute('aria-rowcount'), '41');
    assert.equal(await grid.getAttribute('aria-colcount'), '6');
    const second = page.getByRole('row').nth(2);
    assert.equal(await second.getAttribute('aria-rowindex'), '3');
    assert.equal(await second.getByRole('rowheader').innerText(), '2');
    assert.deepEqual(await second.getByRole('gridcell').allInnerTexts(), [
      '9007199254740994',
      'Customer 1',
      'Singapore',
      'A note that is a little longer than the rest of them',
      '2026-01-02 03:04:05.000006',
    ]);
    assert.equal(await status(), '40 rows · 42 ms');
    assert.equal(await page.getByText('orders · ep-t4n5d7f8g9h0j1k2').isVisible(), true);
  });

  it('sets numbers to the right and text to the left', async () => {
    await webview.show(resultsStates.rows);
    const cells = page.getByRole('row').nth(1).getByRole('gridcell');
    await cells.nth(1).waitFor();
    assert.deepEqual([await style(0, 'textAlign'), await style(1, 'textAlign')], ['right', 'left']);
  });

  it('tells NULL from an empty text and from the text NULL', async () => {
    const columns = [{ name: 'a', type: 'VARCHAR' }];
    const values = [null, '', 'NULL'];
    host.rows.set('t1', new GeneratedRows(3, (row) => [values[row] ?? null], columns));
    await webview.show(oneTab(rowsOutcome(3, { columns })));
    await page.getByRole('gridcell', { name: 'NULL' }).first().waitFor();
    const cells = page.getByRole('gridcell');
    assert.deepEqual(await cells.allInnerTexts(), ['NULL', '', 'NULL']);
    assert.equal(await page.getByRole('gridcell', { name: 'empty text' }).count(), 1);
    assert.equal(await page.getByRole('gridcell', { name: 'the text NULL' }).count(), 1);
    assert.deepEqual([await style(0, 'fontStyle'), await style(2, 'fontStyle')], ['italic', 'normal']);
  });

  it('shows line breaks, and cuts what is too long', async () => {
    const columns = [
      { name: 'a', type: 'TEXT' },
      { name: 'b', type: 'LONGTEXT' },
    ];
    host.rows.set('t1', new GeneratedRows(1, () => ['one\ntwo\r\nthree', 'x'.repeat(5000)], columns));
    await webview.show(oneTab(rowsOutcome(1, { columns })));
    await page.getByRole('gridcell', { name: 'one↵two↵three' }).waitFor();
    const cut = page.getByRole('gridcell').nth(1);
    assert.equal(await cut.innerText(), `${'x'.repeat(300)}…`);
    assert.match((await cut.getAttribute('aria-description')) ?? '', /5,000 characters in all/);
  });

  it('says that there is more, and that there were warnings', async () => {
    await webview.show(resultsStates.truncated);
    assert.equal(await status(), 'first 40 rows shown · 1.24 s · 2 warnings');
    await page.getByText('2 warnings', { exact: true }).click();
    assert.match(await page.getByRole('list', { name: 'Warnings' }).innerText(), /Warning 1292 Truncated/);
  });

  it('runs with a time and can be cancelled', async () => {
    await webview.show(resultsStates.running);
    assert.equal(await status(), 'Running');
    await page.getByText(/^0:0[3-9]$/).waitFor();
    await webview.sent();
    await page.getByRole('button', { name: 'Cancel' }).press('Enter');
    assert.deepEqual(await intents(), [{ type: 'cancel' }]);
    await webview.show(resultsStates.cancelled);
    assert.equal(await status(), 'Cancelled');
    assert.equal(await page.getByRole('button', { name: 'Cancel' }).count(), 0);
    await page.getByRole('button', { name: 'Run Again' }).click();
    assert.deepEqual(await intents(), [{ type: 'act', tab: 't1', action: 'retry' }]);
  });

  it('shows rows as they arrive, stays where it is, and does not flood a screen reader', async () => {
    const rows = new GeneratedRows(1000);
    host.rows.set('t1', rows);
    await page.evaluate(`
      window.heard = [];
      new MutationObserver(() => window.heard.push(document.querySelector('[role=status]').textContent))
        .observe(document.querySelector('[role=status]'), { childList: true, characterData: true, subtree: true });
    `);
    await webview.show(oneTab(arriving(1000)));
    assert.match(await words(), /1,000 rows so far/);
    await page.getByRole('gridcell', { name: 'Customer 1', exact: true }).waitFor();
    await page.evaluate('document.querySelector("[role=grid]").scrollTop = 2200');
    await page.getByRole('gridcell', { name: 'Customer 100', exact: true }).waitFor();
    for (let count = 2000; count <= 20_000; count += 1000) {
      rows.count = count;
      await webview.show(oneTab(arriving(count)));
    }
    assert.match(await words(), /20,000 rows so far/);
    assert.equal(await page.evaluate('document.querySelector("[role=grid]").scrollTop'), 2200);
    assert.equal(await page.getByRole('grid').getAttribute('aria-rowcount'), '20001');
    await webview.show(oneTab(rowsOutcome(20_000)));
    assert.equal(await status(), '20,000 rows · 42 ms');
    const heard = await page.evaluate<string[]>('window.heard');
    assert.ok(heard.length <= 4, heard.join(' | '));
  });

  it('says how many rows a statement changed', async () => {
    await webview.show(resultsStates.done);
    assert.equal(await status(), '1 row affected · 7 ms · 1 warning');
  });

  it('shows a failure with the next step as an alert, and can run it again', async () => {
    await webview.show(resultsStates.failed);
    assert.match(await page.getByRole('alert').innerText(), /doesn't exist\s+Check the name of the table/);
    await webview.sent();
    await page.getByRole('button', { name: 'Retry' }).click();
    assert.deepEqual(await intents(), [{ type: 'act', tab: 't1', action: 'retry' }]);
  });

  it('shows markup in a value as the text it is', async () => {
    const evil = '<img src=x onerror="document.title=1">';
    const columns = [{ name: evil, type: evil }];
    host.rows.set('t1', new GeneratedRows(1, () => [evil], columns));
    const tab = { id: 't1', connection: evil, statement: evil };
    await webview.show({ tabs: [{ ...tab, outcome: rowsOutcome(1, { columns }) }] });
    await page.getByRole('gridcell', { name: evil }).waitFor();
    assert.equal(await page.getByRole('gridcell').innerText(), evil);
    assert.equal(await page.getByRole('columnheader').nth(1).innerText(), evil);
    await page.getByRole('gridcell').dblclick();
    await page.getByRole('dialog').getByText(evil).first().waitFor();
    const outcome = { kind: 'failed', message: evil, nextStep: evil, actions: [] };
    await webview.show({ tabs: [{ ...tab, outcome }] });
    assert.match(await page.locator('main [role=alert]').innerText(), /^<img/);
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.title(), 'results');
  });

  it('has a tab for each answer, follows what goes on, and lets the person choose', async () => {
    await webview.show(resultsStates.several);
    const tabs = page.getByRole('tab');
    assert.deepEqual(
      (await tabs.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').replace(' ,', ',').trim()),
      [
        '1 SELECT * FROM customers, rows',
        '2 UPDATE customers SET city = NULL WHERE i…, done',
        '3 SELECT * FROM nowhere, failed',
        '4 DELETE FROM customers WHERE id = 2, not run',
      ],
    );
    assert.equal(await page.getByRole('tab', { selected: true }).getAttribute('id'), 'tab-2');
    assert.equal(await tabs.nth(1).getAttribute('title'), 'UPDATE customers SET city = NULL WHERE id = 1');
    await page.getByRole('alert').waitFor();
    await tabs.nth(2).press('ArrowRight');
    assert.match(await status(), /^Not run/);
    await page.keyboard.press('Home');
    await page.getByRole('tabpanel').getByRole('gridcell', { name: 'Customer 1', exact: true }).waitFor();
    assert.equal(await page.evaluate('document.activeElement.id'), 'tab-0');
    assert.deepEqual(host.intents.at(-1), { type: 'show', tab: 't1' });
  });

  it('keeps a tab where it was scrolled to', async () => {
    await webview.show(resultsStates.several);
    await page.getByRole('tab').first().click();
    await page.getByRole('gridcell', { name: 'Customer 1', exact: true }).waitFor();
    await page.evaluate('document.querySelector("[role=grid]").scrollTop = 4400');
    await page.getByRole('gridcell', { name: 'Customer 201', exact: true }).waitFor();
    await page.getByRole('tab').nth(1).click();
    await page.getByRole('tab').first().click();
    await page.getByRole('gridcell', { name: 'Customer 201', exact: true }).waitFor();
    assert.equal(await page.evaluate('document.querySelector("[role=grid]").scrollTop'), 4400);
  });
});
