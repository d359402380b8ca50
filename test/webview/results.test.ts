import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import * as v from 'valibot';
import { type FromResults, fromResultsSchema } from '../../src/protocol/results';
import { everyTestOpens, type Webview } from './support/page';
import { manyRows, resultsStates } from './support/states';

describe('results panel', function () {
  this.timeout(30_000);
  const opened = everyTestOpens('results');
  let webview: Webview;
  let page: Page;

  beforeEach(() => {
    ({ webview, page } = opened);
  });

  const intents = async (): Promise<FromResults[]> =>
    (await webview.sent()).map((message) => v.parse(fromResultsSchema, message));

  it('says that it is ready, and what to do before the first run', async () => {
    assert.deepEqual(await intents(), [{ type: 'ready' }]);
    await webview.show(resultsStates.empty);
    await page.getByText('Run a SQL statement to see its rows here.').waitFor();
  });

  it('shows rows as a table with headers', async () => {
    await webview.show(resultsStates.rows);
    assert.equal(await page.getByRole('table').count(), 1);
    assert.deepEqual(await page.getByRole('columnheader').allInnerTexts(), [
      '#',
      'id',
      'name',
      'city',
      'note',
      'created_at',
    ]);
    assert.equal(await page.getByRole('rowheader').count(), 40);
    const second = page.getByRole('row').nth(2);
    assert.equal(await second.getByRole('rowheader').innerText(), '2');
    assert.deepEqual(await second.getByRole('cell').allInnerTexts(), [
      '9007199254740994',
      'Customer 1',
      'Singapore',
      'A note that is a little longer than the rest of them',
      '2026-01-02 03:04:05.000006',
    ]);
    assert.equal(await page.getByRole('status').innerText(), '40 rows · 42 ms');
    assert.equal(await page.getByText('orders · ep-t4n5d7f8g9h0j1k2').isVisible(), true);
  });

  it('tells NULL from an empty text and from the text NULL', async () => {
    await webview.show({
      ...resultsStates.rows,
      outcome: {
        ...resultsStates.rows.outcome,
        columns: [{ name: 'a', type: 'text' }],
        rows: [[null], [''], ['NULL']],
      },
    });
    const cells = page.getByRole('cell');
    assert.deepEqual(await cells.allInnerTexts(), ['NULL', '', 'NULL']);
    const slant =
      'getComputedStyle(document.querySelectorAll("td")[INDEX].firstElementChild ?? document.body).fontStyle';
    assert.equal(await page.evaluate(slant.replace('INDEX', '0')), 'italic');
    assert.equal(await page.evaluate(slant.replace('INDEX', '2')), 'normal');
  });

  it('says that there is more, and that there were warnings', async () => {
    await webview.show(resultsStates.truncated);
    assert.equal(await page.getByRole('status').innerText(), 'first 40 rows shown · 1.24 s · 2 warnings');
  });

  it('keeps the header and the row numbers in view, and scrolls by keyboard', async () => {
    await page.setViewportSize({ width: 400, height: 240 });
    await webview.show(resultsStates.rows);
    assert.equal(await page.getByRole('region', { name: 'Rows' }).count(), 1);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.getAttribute("aria-label")'), 'Rows');
    const top = await page.getByRole('columnheader').first().boundingBox();
    await page.keyboard.press('End');
    await webview.until('document.querySelector(".scroll").scrollTop > 300');
    await page.evaluate('document.querySelector(".scroll").scrollLeft = 200');
    assert.deepEqual(await page.getByRole('columnheader').first().boundingBox(), top);
  });

  it('runs with a time and can be cancelled', async () => {
    await webview.show({
      ...resultsStates.running,
      outcome: { kind: 'running', startedAtMs: Date.now() - 3000 },
    });
    assert.equal(await page.getByRole('status').innerText(), 'Running');
    await page.getByText(/^0:0[3-9]$/).waitFor();
    await webview.sent();
    await page.getByRole('button', { name: 'Cancel' }).press('Enter');
    assert.deepEqual(await intents(), [{ type: 'cancel' }]);
    await webview.show(resultsStates.cancelled);
    assert.equal(await page.getByRole('status').innerText(), 'Cancelled');
    assert.equal(await page.getByRole('button').count(), 0);
  });

  it('says how many rows a statement changed', async () => {
    await webview.show(resultsStates.done);
    assert.equal(await page.getByRole('status').innerText(), '1 row affected · 7 ms · 1 warning');
  });

  it('shows a failure with the next step as an alert', async () => {
    await webview.show(resultsStates.failed);
    assert.match(await page.getByRole('alert').innerText(), /doesn't exist\s+Check the name of the table/);
  });

  it('shows markup in a value as the text it is', async () => {
    const evil = '<img src=x onerror="document.title=1">';
    await webview.show({
      connection: evil,
      statement: evil,
      outcome: { ...resultsStates.rows.outcome, columns: [{ name: evil, type: evil }], rows: [[evil]] },
    });
    assert.equal(await page.getByRole('cell').innerText(), evil);
    assert.equal(await page.getByRole('columnheader').nth(1).innerText(), evil);
    await webview.show({
      connection: '',
      statement: '',
      outcome: { kind: 'failed', message: evil, nextStep: evil },
    });
    assert.match(await page.getByRole('alert').innerText(), /^<img/);
    assert.equal(await page.locator('main img').count(), 0);
    assert.equal(await page.title(), 'results');
  });

  it('draws a thousand rows in one pass', async () => {
    const changes = `new Promise((counted) => {
      let passes = 0;
      new MutationObserver((all) => {
        passes += all.filter(({ addedNodes }) => [...addedNodes].some((node) => node.nodeName === 'TABLE')).length;
        if (document.querySelector('table')) {
          requestAnimationFrame(() => counted([passes, document.querySelectorAll('tbody tr').length]));
        }
      }).observe(document.body, { childList: true, subtree: true });
      window.postMessage(${JSON.stringify({ type: 'state', state: manyRows(1000) })}, '*');
    })`;
    // One added node, all rows in it: the table is complete before the page first lays it out.
    assert.deepEqual(await page.evaluate(changes), [0, 1000]);
  });
});
