import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import * as v from 'valibot';
import { type FromResults, fromResultsSchema } from '../../src/protocol/results';
import { GeneratedRows } from './support/generatedRows';
import { everyTestOpens, type Webview } from './support/page';
import { ResultsHost } from './support/resultsHost';
import { arriving, columns, oneTab, rowsOutcome } from './support/resultsStates';

const million = 1_000_000;

describe('results grid', function () {
  this.timeout(60_000);
  const opened = everyTestOpens('results');
  let webview: Webview;
  let page: Page;
  let host: ResultsHost;
  let grid: Locator;

  beforeEach(async () => {
    ({ webview, page } = opened);
    host = await new ResultsHost().attach(webview);
    grid = page.getByRole('grid');
  });

  const cell = (name: string): Locator => page.getByRole('gridcell', { name, exact: true });
  const customers = async (count: number): Promise<void> => {
    host.rows.set('t1', new GeneratedRows(count));
    await webview.show(oneTab(rowsOutcome(count)));
    await cell('Customer 0').waitFor();
  };
  const sentOf = async <T extends FromResults['type']>(
    type: T,
  ): Promise<readonly Extract<FromResults, { type: T }>[]> => {
    const sent = (await webview.sent()).map((message) => v.parse(fromResultsSchema, message));
    return sent.filter((message): message is Extract<FromResults, { type: T }> => message.type === type);
  };
  /** Row and column of the active cell, as a screen reader is told. */
  const active = (): Promise<string> =>
    page.evaluate(`(() => {
      const cell = document.getElementById(document.querySelector('[role=grid]').getAttribute('aria-activedescendant'));
      return cell.parentElement.getAttribute('aria-rowindex') + '/' + cell.getAttribute('aria-colindex');
    })()`);
  const press = async (...keys: readonly string[]): Promise<string> => {
    for (const key of keys) {
      await page.keyboard.press(key);
    }
    return active();
  };
  const selectedCells = (): Promise<number> => page.getByRole('gridcell', { selected: true }).count();
  const firstNames = async (count: number): Promise<readonly string[]> =>
    page.evaluate(
      `[...document.querySelectorAll('[role=gridcell][data-column="1"]')].slice(0, ${count}).map((cell) => cell.textContent)`,
    );

  it('scrolls through a million rows with few of them in the document', async () => {
    await customers(million);
    assert.equal(await grid.getAttribute('aria-rowcount'), String(million + 1));
    for (const share of [0.25, 0.5, 0.999]) {
      await page.evaluate(
        `(() => { const grid = document.querySelector('[role=grid]'); grid.scrollTop = grid.scrollHeight * ${share}; })()`,
      );
      await webview.until(
        `(() => {
          const rows = [...document.querySelectorAll('.line')].map((row) => Number(row.getAttribute('aria-rowindex')));
          return rows.length > 5 && rows.length < 40 && rows.at(-1) > ${million * share * 0.98}
            && document.querySelectorAll('.cell-coming').length === 0;
        })()`,
      );
    }
    await page.evaluate(`document.querySelector('[role=grid]').scrollTop = 1e9`);
    await cell(`Customer ${million - 1}`).waitFor();
    const box = await cell(`Customer ${million - 1}`).boundingBox();
    assert.ok(
      box !== null && box.y + box.height <= 320.5,
      `the last row ends at ${(box?.y ?? 0) + (box?.height ?? 0)}`,
    );
    assert.ok(host.requests < 40, `${host.requests} requests`);
  });

  it('moves by rows with the wheel however many there are', async () => {
    await customers(million);
    await grid.hover();
    await page.mouse.wheel(0, 220);
    await webview.until(`Number(document.querySelector('.line').getAttribute('aria-rowindex')) < 12`);
    await cell('Customer 10').waitFor();
    await webview.until(
      `[...document.querySelectorAll('.grid-body .line')].some((line) => line.getAttribute('aria-rowindex') === '12'
        && Math.abs(line.getBoundingClientRect().top - document.querySelector('.grid-body').getBoundingClientRect().top) < 1)`,
    );
  });

  it('is one stop of Tab, and walks by keyboard to every edge', async () => {
    await page.setViewportSize({ width: 500, height: 320 });
    await customers(million);
    await grid.focus();
    assert.equal(await active(), '2/2');
    assert.equal(await press('ArrowDown', 'ArrowRight'), '3/3');
    assert.equal(await press('End'), '3/6');
    assert.equal(await press('Home'), '3/2');
    assert.equal(await press('Control+End'), `${million + 1}/6`);
    await page.getByRole('rowheader', { name: String(million) }).waitFor();
    assert.equal(await press('ArrowDown'), `${million + 1}/6`);
    const oneScreen = million + 1 - Number((await press('PageUp')).replace('/6', ''));
    assert.ok(oneScreen > 3 && oneScreen < 12, `a page has ${oneScreen} rows`);
    assert.equal(await press('Control+Home'), '2/2');
    assert.equal(await press('PageDown'), `${2 + oneScreen}/2`);
    assert.equal(await press('PageUp', 'ArrowUp'), '1/2');
    assert.equal(await press('ArrowUp'), '1/2');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.getAttribute("role")'), null);
    await page.keyboard.press('Shift+Tab');
    assert.equal(await page.evaluate('document.activeElement.getAttribute("role")'), 'grid');
  });

  it('keeps the active cell for a screen reader when it is scrolled out of sight', async () => {
    await customers(million);
    await grid.focus();
    await press('ArrowDown', 'ArrowRight');
    await page.evaluate(`document.querySelector('[role=grid]').scrollTop = 2_000_000`);
    await webview.until(
      `Number([...document.querySelectorAll('.line')].at(-1).getAttribute('aria-rowindex')) > 1000`,
    );
    assert.equal(await active(), '3/3');
    assert.equal(await press('ArrowDown'), '4/3');
    assert.equal(await cell('Customer 2').isVisible(), true);
  });

  it('copies what is selected, and everything when nothing is', async () => {
    await customers(1000);
    await webview.sent();
    const copy = { type: 'copy', tab: 't1', view: 0, format: 'tsv', headers: false };
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    assert.deepEqual(await sentOf('copy'), [copy]);
    await cell('Customer 1').click();
    await press('Shift+ArrowDown', 'Shift+ArrowRight');
    assert.equal(await selectedCells(), 4);
    await page.keyboard.press('Control+c');
    const selection = { rows: { from: 1, to: 3 }, columns: { from: 1, to: 3 } };
    assert.deepEqual(await sentOf('copy'), [{ ...copy, selection }]);
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+c');
    const all = { rows: { from: 0, to: 1000 }, columns: { from: 0, to: 5 } };
    assert.deepEqual(await sentOf('copy'), [{ ...copy, selection: all }]);
    await page.keyboard.press('Escape');
    assert.equal(await selectedCells(), 0);
  });

  it('keeps the keys it knows from the editor, and leaves it the others', async () => {
    await customers(100);
    await page.evaluate(
      `window.reached = []; window.addEventListener('keydown', ({ key }) => window.reached.push(key));`,
    );
    await grid.focus();
    await press('ArrowDown', 'Control+a', 'Control+f');
    await page.keyboard.press('Control+a');
    await press('Escape', 'F6', 'Control+Shift+p');
    const reached = await page.evaluate<readonly string[]>('window.reached');
    assert.deepEqual(
      reached.filter((key) => !['Control', 'Shift'].includes(key)),
      ['Escape', 'F6', 'p'],
    );
  });

  it('copies when the editor has the page copy, and never as selected text', async () => {
    await customers(100);
    await cell('Customer 1').click();
    await press('Shift+ArrowDown');
    await webview.sent();
    await page.evaluate(`document.execCommand('selectAll')`);
    await webview.until('getSelection().isCollapsed');
    await page.evaluate(`document.execCommand('copy')`);
    const [copy] = await sentOf('copy');
    assert.deepEqual(copy?.selection, { rows: { from: 1, to: 3 }, columns: { from: 1, to: 2 } });
  });

  it('selects with the mouse, also rows by their numbers', async () => {
    await customers(1000);
    const from = await cell('Customer 1').boundingBox();
    const to = await cell('Customer 3').boundingBox();
    assert.ok(from && to);
    await page.mouse.move(from.x + 5, from.y + 5);
    await page.mouse.down();
    await page.mouse.move(to.x + 5, to.y + 5, { steps: 4 });
    await page.mouse.up();
    assert.equal(await selectedCells(), 3);
    await page.getByRole('rowheader', { name: '2', exact: true }).click();
    await page.getByRole('rowheader', { name: '4', exact: true }).click({ modifiers: ['Shift'] });
    await webview.sent();
    await page.keyboard.press('Control+c');
    const [copy] = await sentOf('copy');
    assert.deepEqual(copy?.selection, { rows: { from: 1, to: 4 }, columns: { from: 0, to: 5 } });
  });

  it('has a menu for mouse and keyboard, with every form to copy as', async () => {
    await customers(100);
    await cell('Customer 2').click({ button: 'right' });
    assert.deepEqual(await page.getByRole('menuitem').allInnerTexts(), [
      'Copy',
      'Copy with Headers',
      'Copy as TSV',
      'Copy as CSV',
      'Copy as JSON',
      'Copy as Markdown',
      'Copy as INSERT Statements',
      'Open Value',
      'Select All',
    ]);
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('menu').count(), 0);
    assert.equal(await page.evaluate('document.activeElement.getAttribute("role")'), 'grid');
    await webview.sent();
    await press('Shift+F10');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const selection = { rows: { from: 2, to: 3 }, columns: { from: 1, to: 2 } };
    const copy = { type: 'copy', tab: 't1', view: 0, selection };
    assert.deepEqual(await sentOf('copy'), [{ ...copy, format: 'tsv', headers: true }]);
    await page.getByRole('button', { name: 'Copy As…' }).click();
    assert.deepEqual(await webview.violations(), []);
    await page.getByRole('menuitem', { name: 'Copy as INSERT Statements' }).click();
    assert.deepEqual(await sentOf('copy'), [{ ...copy, format: 'insert', headers: true }]);
  });

  it('sorts by a header: ascending, descending, as it came', async () => {
    await customers(1000);
    const header = page.getByRole('columnheader', { name: 'name' });
    await header.click();
    await webview.until(`document.querySelector('[aria-sort=ascending]') !== null`);
    assert.match((await header.getAttribute('aria-label')) ?? '', /^name/);
    await header.click();
    await cell('Customer 999').waitFor();
    assert.deepEqual(await firstNames(2), ['Customer 999', 'Customer 998']);
    assert.equal(await header.getAttribute('aria-sort'), 'descending');
    await grid.focus();
    assert.equal(await press('Enter'), '1/3');
    await cell('Customer 0').waitFor();
    assert.equal(await header.getAttribute('aria-sort'), 'none');
    await press('Shift+F10');
    await page.getByRole('menuitem', { name: 'Sort Descending' }).click();
    await cell('Customer 999').waitFor();
    await cell('Customer 999').click();
    await webview.sent();
    await page.keyboard.press('Control+c');
    const [copy] = await sentOf('copy');
    assert.ok(copy !== undefined && copy.view > 0, 'what is copied is what is seen');
  });

  it('filters what has arrived, and says how much of it that is', async () => {
    await customers(1000);
    const filter = page.getByRole('searchbox', { name: 'Filter Rows' });
    await filter.fill('customer 99');
    await cell('Customer 990').waitFor();
    assert.match(await page.getByRole('status').innerText(), /^11 of 1,000 rows match/);
    assert.equal(await grid.getAttribute('aria-rowcount'), '12');
    await filter.fill('nobody');
    await page.getByText('No row that has arrived contains this text.').waitFor();
    assert.match(await page.getByRole('status').innerText(), /^0 of 1,000 rows match/);
    await filter.press('Escape');
    await cell('Customer 0').waitFor();
    assert.equal(await filter.inputValue(), '');
    await cell('Customer 0').click();
    await page.keyboard.press('Control+f');
    assert.equal(await page.evaluate('document.activeElement.id'), 'filter');
  });

  it('sorts and filters anew what arrives later', async () => {
    const rows = new GeneratedRows(100);
    host.rows.set('t1', rows);
    await webview.show(oneTab(arriving(100)));
    await cell('Customer 0').waitFor();
    await page.getByRole('searchbox').fill('customer 1');
    await webview.until(`document.querySelector('[role=grid]').getAttribute('aria-rowcount') === '12'`);
    rows.count = 200;
    await webview.show(oneTab(arriving(200)));
    await webview.until(`document.querySelector('[role=grid]').getAttribute('aria-rowcount') === '112'`);
  });

  it('resizes columns with the mouse and the keyboard', async () => {
    await customers(100);
    const header = page.getByRole('columnheader', { name: 'name' });
    const width = async (): Promise<number> => (await header.boundingBox())?.width ?? 0;
    const before = await width();
    const box = await header.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width - 3, box.y + 5);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width + 97, box.y + 5, { steps: 3 });
    await page.mouse.up();
    assert.equal(await width(), before + 100);
    assert.equal(await header.getAttribute('aria-sort'), 'none');
    await page.mouse.dblclick(box.x + box.width + 97, box.y + 5);
    assert.equal(await width(), before);
    await grid.focus();
    await press('ArrowRight', 'ArrowUp', 'Shift+ArrowRight');
    assert.equal(await width(), before + 16);
    await press('Shift+ArrowLeft');
    assert.equal(await width(), before);
  });

  it('shows a value whole, lays JSON out without changing a number, and opens it in the editor', async () => {
    const own = [
      { name: 'doc', type: 'JSON' },
      { name: 'text', type: 'LONGTEXT' },
    ];
    const json = '{"id":9007199254740993,"price":10.50,"tags":[],"names":["a","b"]}';
    host.rows.set('t1', new GeneratedRows(1, () => [json, 'x'.repeat(5000)], own));
    await webview.show(oneTab(rowsOutcome(1, { columns: own })));
    await cell(json).waitFor();
    await grid.focus();
    await press('Enter');
    const value = page.getByRole('region', { name: 'Value' });
    assert.equal(
      await value.innerText(),
      '{\n  "id": 9007199254740993,\n  "price": 10.50,\n  "tags": [],\n  "names": [\n    "a",\n    "b"\n  ]\n}',
    );
    assert.deepEqual(await webview.violations(), []);
    await page.getByRole('checkbox', { name: 'Format JSON' }).uncheck();
    assert.equal(await value.innerText(), json);
    await page.keyboard.press('Control+a');
    assert.equal(await page.evaluate('getSelection().toString()'), json);
    await webview.sent();
    await page.getByRole('button', { name: 'Copy Value' }).click();
    await page.getByRole('button', { name: 'Open in Editor' }).click();
    const place = { tab: 't1', view: 0, row: 0, column: 0 };
    assert.deepEqual(await webview.sent(), [
      { type: 'copyValue', ...place },
      { type: 'openValue', ...place, pretty: false },
    ]);
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('dialog').count(), 0);
    assert.equal(await press('ArrowRight'), '2/3');
    await page.keyboard.press('Enter');
    assert.equal((await value.innerText()).length, 5000);
  });

  it('takes hundreds of columns', async () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ name: `c${index}`, type: 'INT' }));
    host.rows.set('t1', new GeneratedRows(1000, (row) => many.map((_, index) => `${row}:${index}`), many));
    await webview.show(oneTab(rowsOutcome(1000, { columns: many })));
    await cell('0:0').waitFor();
    assert.equal(await grid.getAttribute('aria-colcount'), '301');
    assert.ok((await page.getByRole('gridcell').count()) < 500);
    await grid.focus();
    assert.equal(await press('End'), '2/301');
    await cell('0:299').waitFor();
    assert.equal(await cell('0:299').isVisible(), true);
    assert.equal(await page.getByRole('rowheader').first().isVisible(), true);
    assert.equal((await page.getByRole('columnheader', { name: 'Row' }).boundingBox())?.x, 0);
  });

  it('exports, and says nothing of rows when there are none', async () => {
    await customers(10);
    await webview.sent();
    await page.getByRole('button', { name: 'Export…' }).click();
    assert.deepEqual(await sentOf('export'), [{ type: 'export', tab: 't1' }]);
    host.rows.set('t2', new GeneratedRows(0));
    await webview.show({ tabs: [{ id: 't2', connection: '', statement: 'x', outcome: rowsOutcome(0) }] });
    assert.equal(await page.getByRole('columnheader').count(), columns.length + 1);
    await page.getByRole('button', { name: 'Copy', exact: true }).click({ force: true });
    assert.deepEqual(await sentOf('copy'), []);
    await grid.focus();
    assert.equal(await active(), '1/2');
    await press('ArrowDown', 'Control+a', 'Enter');
    assert.equal(await page.getByRole('dialog').count(), 0);
  });
});
