import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import * as v from 'valibot';
import { type FromDiagnosis, fromDiagnosisSchema } from '../../src/protocol/diagnosis';
import { diagnosisStates } from './support/diagnosisStates';
import { everyTestOpens, type Webview } from './support/page';

describe('diagnosis panel', function () {
  this.timeout(30_000);
  const opened = everyTestOpens('diagnosis');
  let webview: Webview;
  let page: Page;

  beforeEach(() => {
    ({ webview, page } = opened);
  });

  const intents = async (): Promise<FromDiagnosis[]> =>
    (await webview.sent()).map((message) => v.parse(fromDiagnosisSchema, message));
  const line = (title: string): ReturnType<Page['locator']> =>
    page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title, exact: true }) });

  it('shows lines as they come, with their state in words, and can be cancelled', async () => {
    await webview.show(diagnosisStates.running);
    assert.deepEqual(await intents(), [{ type: 'ready' }]);
    assert.match(
      await line('DNS of the private domain').innerText(),
      /OK[\s\S]*2 addresses: 10\.0\.1\.10 \(private\)/,
    );
    assert.match(await line('TCP').innerText(), /Running/);
    assert.match(await line('MySQL greeting').innerText(), /Waiting/);
    assert.equal(await page.getByRole('status').innerText(), 'The diagnosis is running.');
    await page.getByRole('button', { name: 'Cancel' }).press('Enter');
    assert.deepEqual(await intents(), [{ type: 'cancel' }]);
  });

  it('puts the conclusion first, says it aloud, and offers what helps', async () => {
    await webview.show(diagnosisStates.running);
    await webview.show(diagnosisStates.securityGroup);
    const conclusion = page.getByRole('region', { name: 'Conclusion' });
    assert.match(await conclusion.innerText(), /^The security group shuts the port/);
    assert.match(
      await page.getByRole('status').innerText(),
      /^The security group shuts the port\. No rule of sg-t4n/,
    );
    await webview.sent();
    await conclusion.getByRole('button', { name: 'Add Rule…' }).click();
    await page.getByRole('button', { name: 'Copy Report' }).click();
    await page.getByRole('button', { name: 'Run Again' }).click();
    assert.deepEqual(await intents(), [
      { type: 'act', action: 'addRule' },
      { type: 'copyReport' },
      { type: 'runAgain' },
    ]);
  });

  it('keeps details back until they are wanted, and keeps them open', async () => {
    await webview.show(diagnosisStates.works);
    const details = page.getByText('Issuer: O=PingCAP, CN=TiDB Cloud Private CA');
    assert.equal(await details.isVisible(), false);
    await line('TLS and certificate').getByText('Details', { exact: true }).click();
    assert.equal(await details.isVisible(), true);
    await webview.show(diagnosisStates.works);
    assert.equal(await details.isVisible(), true);
  });

  it('offers to enter the password where none is kept', async () => {
    await webview.show(diagnosisStates.noPassword);
    await webview.sent();
    await page.getByRole('button', { name: 'Enter Password…' }).click();
    assert.deepEqual(await intents(), [{ type: 'act', action: 'enterPassword' }]);
  });

  it('shows markup in a value as the text it is', async () => {
    const evil = '<img src=x onerror="document.title=1">';
    const [group] = diagnosisStates.works.groups;
    const [first] = group?.lines ?? [];
    await webview.show({
      ...diagnosisStates.works,
      heading: evil,
      groups: [{ title: evil, lines: [{ ...first, title: evil, outcome: evil, details: [evil] }] }],
    });
    assert.equal(await page.locator('main img').count(), 0);
    assert.equal(await page.title(), 'diagnosis');
  });
});
