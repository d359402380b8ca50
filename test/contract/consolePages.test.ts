import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { launchBrowser } from '../support/editor/browser';
import { textAt } from './support/at';
import { REGION, usualWish } from './support/chosen';
import { officialCaller } from './support/officialCaller';

describe('The pages that play the consoles, in a browser', () => {
  let sandbox: Sandbox;
  let browser: Browser;
  let page: Page;
  let networking: string;

  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  beforeEach(async () => {
    sandbox = await startSandbox({ timeScale: 3000, acceptMode: 'console' });
    const tidbId = sandbox.control.getState().instances[0]?.tidbId ?? '';
    networking = `${sandbox.tidbCloud.consoleUrl}/instances/${tidbId}/networking`;
    page = await browser.newPage();
  });
  afterEach(async () => {
    await page.close();
    await sandbox.stop();
  });

  async function createEndpoint(): Promise<{ id: string; domain: string }> {
    const made = await officialCaller(sandbox)('privatelink', 'CreateVpcEndpoint', usualWish(sandbox));
    await sandbox.control.waitFor(({ endpoints: [first] }) => first?.status === 'Active');
    return { id: textAt(made, 'EndpointId'), domain: textAt(made, 'EndpointDomain') };
  }

  /** axe-core's violations of any weight, as `rule: where`. */
  async function violations(): Promise<string[]> {
    await page.evaluate(await readFile(require.resolve('axe-core/axe.min.js'), 'utf8'));
    return page.evaluate<string[]>(
      `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target }) => id + ': ' + target.join(' '))))`,
    );
  }

  async function tabTo(name: string): Promise<void> {
    for (let presses = 0; presses < 30; presses += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate<string>(
        `(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()
          || document.activeElement.getAttribute('aria-label')`,
      );
      if (focused === name) {
        return;
      }
    }
    throw new Error(`The Tab key does not lead to ${name}`);
  }

  it('take both values by keyboard alone, say what is wrong with them, and list the states', async () => {
    const endpoint = await createEndpoint();
    await page.goto(networking);
    await page.getByText('DISCOVERED').waitFor();
    await tabTo('Endpoint Resource ID');
    await page.keyboard.type('ep-nothing');
    await tabTo('Domain Name');
    await page.keyboard.type('ep-nothing.example');
    await page.keyboard.press('Enter');
    const problem = page.getByRole('alert');
    await problem.waitFor();
    assert.equal(
      await problem.textContent(),
      'endpointId: ep-nothing is not an endpoint of the private link service',
    );
    assert.equal(await page.getByLabel('Endpoint Resource ID').inputValue(), 'ep-nothing');
    sandbox.control.pauseClock();
    await page.getByLabel('Endpoint Resource ID').fill(endpoint.id);
    await page.getByLabel('Domain Name').fill(endpoint.domain);
    await tabTo('Create Private Endpoint Connection');
    await page.keyboard.press('Enter');
    await page.getByRole('cell', { name: 'PENDING' }).waitFor();
    sandbox.control.resumeClock();
    await sandbox.control.waitFor(({ connections: [first] }) => first?.state === 'ACTIVE');
    sandbox.control.pauseClock();
    await page.reload();
    await page.getByRole('cell', { name: 'ACTIVE' }).waitFor();
    await page.getByRole('button', { name: `Delete ${endpoint.id}` }).press('Enter');
    await page.getByRole('cell', { name: 'DELETING' }).waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`can be read by everybody in ${colorScheme} colours`, async () => {
      const endpoint = await createEndpoint();
      await page.emulateMedia({ colorScheme });
      const vpc = sandbox.control.getState().vpcs.find(({ name }) => name === 'app-vpc')?.vpcId ?? '';
      for (const url of [
        sandbox.tidbCloud.consoleUrl,
        networking,
        `${sandbox.alibabaCloud.consoleUrl}/endpoint/${REGION}?vpc=${vpc}`,
      ]) {
        await page.goto(url);
        assert.deepEqual(await violations(), [], url);
      }
      await page.goto(networking);
      await page.getByLabel('Endpoint Resource ID').fill(endpoint.id);
      await page.getByLabel('Domain Name').fill('wrong');
      await page.getByRole('button', { name: 'Create Private Endpoint Connection' }).click();
      await page.getByRole('alert').waitFor();
      assert.deepEqual(await violations(), []);
      const background = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      assert.equal(background, colorScheme === 'dark' ? 'rgb(13, 17, 23)' : 'rgb(255, 255, 255)');
    });
  }
}).timeout(60_000);
