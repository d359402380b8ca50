import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import * as v from 'valibot';
import { type CreationState, type FromCreation, fromCreationSchema } from '../../src/protocol/creation';
import { everyTestOpens, type Webview } from './support/page';
import { changed, creationStateNames, creationStates, type CreationStateName } from './support/states';

type Role = Parameters<Page['getByRole']>[0];

const named = (page: Page, role: Role, name: string): Locator => page.getByRole(role, { name, exact: true });

/** What the page sent, each message as the host would accept it. */
async function intents(webview: Webview): Promise<FromCreation[]> {
  return (await webview.sent()).map((message) => v.parse(fromCreationSchema, message));
}

describe('creation panel', function () {
  this.timeout(30_000);
  const opened = everyTestOpens('creation');
  let webview: Webview;
  let page: Page;

  beforeEach(() => {
    ({ webview, page } = opened);
  });

  it('says that it is ready, and that it loads until the first state is there', async () => {
    assert.deepEqual(await intents(webview), [{ type: 'ready' }]);
    assert.equal(await page.getByText('Loading', { exact: true }).count(), 1);
  });

  it('remembers nothing but the id of the instance', async () => {
    await webview.show(creationStates.choose);
    await webview.show(creationStates.form);
    await webview.show(creationStates.active);
    assert.deepEqual(await webview.saved(), [{ instanceId: '10293847' }]);
  });

  describe('shows what the host says', () => {
    it('each step with its state as a word', async () => {
      const words: Partial<Record<CreationStateName, string[]>> = {
        choose: ['Your turn', 'Not started', 'Not started', 'Not started'],
        creating: ['Done', 'Working', 'Not started', 'Not started'],
        waiting: ['Done', 'Done', 'Done', 'Waiting'],
        failed: ['Done', 'Done', 'Done', 'Failed'],
      };
      for (const [name, expected] of Object.entries(words)) {
        await webview.show(creationStates[name as CreationStateName]);
        assert.deepEqual(await page.locator('.step-head > .said').allInnerTexts(), expected);
      }
    });

    it('at most one primary button, and that is the next thing', async () => {
      const next: Record<CreationStateName, string[]> = {
        loading: [],
        unlisted: ['Retry'],
        choose: [],
        serviceCreating: [],
        form: ['Create Endpoint'],
        severalGroups: ['Add Rules'],
        existing: ['Use This Endpoint'],
        severalExisting: ['Use This Endpoint: ep-1'],
        noCommonZone: ['Create Endpoint'],
        noVpc: ['Create Endpoint'],
        notActivated: ['Activate PrivateLink'],
        refused: ['Open Quotas'],
        creating: ['Create Endpoint'],
        begun: [],
        connecting: ['Create Private Endpoint Connection'],
        console: ['Open TiDB Cloud Console'],
        byHand: ['Open Alibaba Cloud Console'],
        refusedByTidbCloud: ['Open TiDB Cloud Console'],
        waiting: [],
        elsewhere: [],
        removing: [],
        removalHandedOver: ['Open TiDB Cloud Console'],
        removed: ['Start Again'],
        lost: [],
        failed: ['Delete and Create Again'],
        active: ['Connect'],
      };
      for (const name of creationStateNames) {
        await webview.show(creationStates[name]);
        assert.deepEqual(await page.locator('.button-main').allInnerTexts(), next[name], name);
      }
    });

    it('no two buttons of one name', async () => {
      const registeringByHand = changed(creationStates.byHand, { acceptance: { status: 'working' } });
      for (const state of [registeringByHand, ...Object.values(creationStates)]) {
        await webview.show(state);
        const names = await page.evaluate<string[]>(
          `[...document.querySelectorAll('button')].map((at) => at.getAttribute('aria-label') ?? at.innerText.trim())`,
        );
        assert.deepEqual(names, [...new Set(names)]);
      }
    });

    it('what cannot be chosen, disabled and with the reason', async () => {
      await webview.show(creationStates.form);
      const option = named(page, 'combobox', 'Instance').locator('option', { hasText: 'legacy-aws' });
      assert.equal((await option.innerText()).trim(), 'legacy-aws — hosted on AWS');
      assert.equal(await option.isDisabled(), true);
      const zone = named(page, 'checkbox', 'Zone ap-southeast-1c');
      assert.equal(await zone.isDisabled(), true);
      assert.match(await page.getByRole('group', { name: 'Zone' }).ariaSnapshot(), /No vSwitch of this VPC/);
    });

    it('a problem as an alert, and a wrong value beside its input', async () => {
      await webview.show(creationStates.refused);
      assert.match(await page.getByRole('alert').innerText(), /quota of Alibaba Cloud[^]*Ask for a higher/);
      const name = named(page, 'textbox', 'Endpoint Name');
      assert.equal(await name.getAttribute('aria-invalid'), 'true');
      const described = await page.evaluate<string>(
        `document.getElementById(document.getElementById('name').getAttribute('aria-describedby')).innerText`,
      );
      assert.equal(described.trim(), 'The name must not begin with acs: or contain http://.');
    });

    it('its own choice again when a person chose what the host does not take', async () => {
      await webview.show(creationStates.form);
      const vpc = named(page, 'combobox', 'VPC');
      await vpc.selectOption('vpc-b');
      const zone = named(page, 'checkbox', 'Zone ap-southeast-1b');
      await zone.check();
      await webview.show(creationStates.form);
      assert.equal(await vpc.inputValue(), 'vpc-a');
      assert.equal(await zone.isChecked(), false);
    });

    it('that another window works on it, with nothing to act on', async () => {
      await webview.show(creationStates.elsewhere);
      await page.getByText('Another window works on this creation.').waitFor();
      const names = await page.evaluate<string[]>(
        `[...document.querySelectorAll('button')].map((at) => at.getAttribute('aria-label') ?? at.innerText.trim())`,
      );
      assert.deepEqual(
        names.filter((name) => !name.startsWith('Copy ')),
        ['Open Guide'],
      );
    });

    it('what is being removed in place of the steps, and what is next', async () => {
      await webview.show(creationStates.removing);
      assert.equal(await page.locator('.step').count(), 0);
      const parts = await page.getByRole('list').getByRole('listitem').allInnerTexts();
      assert.deepEqual(
        parts.map((text) => text.replaceAll(/\s+/g, ' ')),
        [
          'Private endpoint connection in TiDB Cloud Removed',
          'Zones of the endpoint in Alibaba Cloud ap-southeast-1a Removing',
          `Endpoint in Alibaba Cloud ${creationStates.removing.removal?.parts[2]?.detail ?? ''} Next`,
        ],
      );
      assert.equal(await page.locator('h2').count(), 1);
      await webview.show(creationStates.removed);
      assert.match(await page.getByRole('status').innerText(), /^Removed: Done\./);
    });

    it('nothing to fill in once it is begun, and the way out', async () => {
      await webview.show(creationStates.begun);
      assert.equal(await page.locator('input, select').count(), 0);
      assert.equal(await named(page, 'button', 'Cancel…').isEnabled(), true);
      const bar = named(page, 'progressbar', 'Time until the endpoint is Active');
      assert.equal(await bar.getAttribute('aria-valuenow'), '99');
      await webview.show(creationStates.form);
      assert.equal(await named(page, 'button', 'Cancel…').count(), 0);
    });

    it('the service’s zones and the VPC’s side by side', async () => {
      await webview.show(creationStates.form);
      const group = await page.getByRole('group', { name: 'Zone' }).innerText();
      assert.match(group, /Zones of the service\s+ap-southeast-1a, ap-southeast-1b, ap-southeast-1c/);
      assert.match(group, /Zones of the VPC’s vSwitches\s+ap-southeast-1a, ap-southeast-1b\s/);
    });

    it('that there is no VPC in the region, once that is known', async () => {
      await webview.show(creationStates.noVpc);
      const missing = page.getByText(/account has no VPC in ap-northeast-1/);
      await missing.waitFor();
      assert.match(await page.getByRole('group', { name: 'Zone' }).innerText(), /Choose a VPC first\./);
      await webview.show(changed(creationStates.noVpc, { endpoint: { activity: 'Loading your VPCs…' } }));
      assert.equal(await missing.count(), 0);
      await webview.show(
        changed(creationStates.noVpc, { endpoint: { verification: { outcome: 'checking' } } }),
      );
      assert.equal(await missing.count(), 0);
    });

    it('that the service and the VPC have no zone in common, only when both are known', async () => {
      const group = page.getByRole('group', { name: 'Zone' });
      await webview.show(creationStates.noCommonZone);
      assert.match(await group.innerText(), /no zone in common/);
      await webview.show(creationStates.form);
      assert.doesNotMatch(await group.innerText(), /no zone in common/);
      await webview.show(changed(creationStates.noVpc, { endpoint: { vpcId: 'vpc-a' } }));
      assert.match(await group.innerText(), /once the service is verified/);
    });

    it('the sandbox as what it is', async () => {
      await webview.show(creationStates.choose);
      assert.equal(await page.getByText('Sandbox', { exact: true }).isVisible(), true);
      await webview.show({ ...creationStates.choose, sandbox: false });
      assert.equal(await page.getByText('Sandbox', { exact: true }).count(), 0);
    });

    it('the time that goes by while waiting, against the usual', async () => {
      const since = (ms: number): CreationState =>
        changed(creationStates.waiting, {
          active: { wait: { startedAtMs: Date.now() - ms, usualMs: 300_000 } },
        });
      await webview.show(since(151_000));
      await page.getByText(/2:[3-5]\d elapsed · usually about 5 minutes/).waitFor();
      const before = await page.locator('.elapsed').innerText();
      await webview.until(`document.querySelector('.elapsed').innerText !== '${before}'`);
      const bar = named(page, 'progressbar', 'Time until the connection is Active');
      const percent = Number(await bar.getAttribute('aria-valuenow'));
      assert.ok(percent >= 49 && percent < 60, `${percent} %`);
      assert.equal(await page.getByRole('status').innerText(), '', 'a tick is not announced');
      await webview.show(since(360_000));
      await page.getByText(/6:0\d elapsed · longer than usual \(about 5 minutes\)/).waitFor();
    });

    it('what is next in sight when a step is over', async () => {
      await page.setViewportSize({ width: 900, height: 420 });
      await webview.show(creationStates.connecting);
      await webview.show(creationStates.active);
      const connect = named(page, 'button', 'Connect');
      await connect.waitFor();
      const box = await connect.boundingBox();
      assert.ok(box !== null && box.y >= 0 && box.y + box.height <= 420, JSON.stringify(box));
    });

    it('the ways on from an Active endpoint', async () => {
      await webview.show(creationStates.active);
      await intents(webview);
      for (const name of ['Connect', 'Connect With…', 'Diagnose Connection…']) {
        await named(page, 'button', name).click();
      }
      assert.deepEqual(await intents(webview), [
        { type: 'connect' },
        { type: 'connectWith' },
        { type: 'diagnose' },
      ]);
    });

    it('markup in a value as the text it is', async () => {
      const evil = '<img src=x onerror="document.title=1"><b>x</b>';
      const text = JSON.stringify(evil).slice(1, -1);
      for (const name of creationStateNames) {
        const filled = JSON.stringify(creationStates[name], (key, value: unknown) =>
          typeof value === 'string' &&
          !['status', 'mode', 'way', 'outcome', 'state', 'id', 'instanceId'].includes(key)
            ? evil
            : value,
        );
        assert.ok(filled.includes(text));
        await webview.show(JSON.parse(filled));
        assert.equal(await page.locator('main img, main b').count(), 0, name);
      }
      assert.ok((await page.locator('main').innerText()).includes(evil));
      assert.equal(await page.title(), 'creation');
    });
  });

  describe('leaves to a person what they type', () => {
    it('keeps text and caret while states arrive', async () => {
      await webview.show(creationStates.form);
      const name = named(page, 'textbox', 'Endpoint Name');
      await name.focus();
      await name.press('Home');
      await page.keyboard.type('abc');
      await name.press('ArrowLeft');
      // The host is two keys behind, then loads something, then has caught up.
      for (const host of ['atidb-orders', 'atidb-orders', 'abctidb-orders']) {
        await webview.show(changed(creationStates.form, { endpoint: { name: host, activity: 'Loading' } }));
        assert.equal(await name.inputValue(), 'abctidb-orders');
      }
      assert.equal(await page.evaluate('document.activeElement.selectionStart'), 2);
      await page.keyboard.type('X');
      assert.equal(await name.inputValue(), 'abXctidb-orders');
    });

    it('takes what the host makes of it once they are done', async () => {
      await webview.show(creationStates.form);
      const name = named(page, 'textbox', 'Endpoint Name');
      await name.fill('  spaced  ');
      await webview.show(changed(creationStates.form, { endpoint: { name: 'spaced' } }));
      assert.equal(await name.inputValue(), '  spaced  ');
      await name.blur();
      await webview.show(changed(creationStates.form, { endpoint: { name: 'spaced' } }));
      assert.equal(await name.inputValue(), 'spaced');
    });

    it('takes a value from the host into an input that only has the focus', async () => {
      await webview.show(creationStates.form);
      const name = named(page, 'textbox', 'Endpoint Name');
      await name.focus();
      await webview.show(changed(creationStates.form, { endpoint: { name: 'proposed' } }));
      assert.equal(await name.inputValue(), 'proposed');
    });
  });

  describe('works without a mouse and without sight', () => {
    it('has every control in reading order', async () => {
      await webview.show(creationStates.form);
      const walked: string[] = [];
      for (;;) {
        await page.keyboard.press('Tab');
        const id = await page.evaluate<string>(
          `(() => { const at = document.activeElement; return at === document.body ? '' :
            at.getAttribute('aria-label') ?? at.labels?.[0]?.innerText ?? at.innerText.trim(); })()`,
        );
        if (id === '' || walked.length > 40) {
          break;
        }
        walked.push(id);
      }
      assert.deepEqual(walked, [
        'Open Guide',
        'Instance',
        'Copy Endpoint Service Name',
        'Copy Availability Zone IDs',
        'Copy Region ID',
        'Create it for me',
        'Region',
        'Endpoint Name',
        'Endpoint Service Name',
        'Verify',
        'VPC',
        'Security Group',
        'Zone ap-southeast-1a',
        'vSwitch in ap-southeast-1a',
        'Zone ap-southeast-1b',
        'vSwitch in ap-southeast-1b',
        'Add Tag',
        'Open Pricing',
        'Create Endpoint',
        'Export as Code…',
      ]);
    });

    it('answers the keys of each kind of control', async () => {
      await webview.show(creationStates.form);
      await webview.sent();
      await named(page, 'radio', 'Create it for me').press('ArrowDown');
      await named(page, 'checkbox', 'Zone ap-southeast-1a').press('Space');
      await named(page, 'button', 'Verify').press('Enter');
      await named(page, 'button', 'Copy Region ID').press('Space');
      assert.deepEqual(await intents(webview), [
        { type: 'chooseMode', mode: 'byHand' },
        { type: 'chooseVSwitch', zoneId: 'ap-southeast-1a', vSwitchId: '' },
        { type: 'verify' },
        { type: 'copy', what: 'regionId' },
      ]);
    });

    it('shows where the focus is', async () => {
      await webview.show(creationStates.form);
      for (const [role, name] of [
        ['button', 'Copy Region ID'],
        ['textbox', 'Endpoint Name'],
        ['checkbox', 'Zone ap-southeast-1a'],
        ['combobox', 'VPC'],
      ] as const) {
        await named(page, role, name).focus();
        await page.keyboard.press('Shift');
        assert.equal(
          await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'),
          'solid',
          name,
        );
      }
    });

    it('goes on from the next step when the focused control is gone', async () => {
      await webview.show(creationStates.form);
      await named(page, 'button', 'Create Endpoint').press('Enter');
      await webview.show(creationStates.creating);
      assert.equal(await page.evaluate('document.activeElement.innerText.trim()'), 'Create Endpoint');
      await webview.show(creationStates.connecting);
      assert.equal(
        await page.evaluate('document.activeElement.innerText'),
        'Accept the endpoint in TiDB Cloud',
      );
    });

    it('says politely what changed', async () => {
      const status = page.getByRole('status');
      await webview.show(creationStates.form);
      assert.equal(await status.innerText(), '');
      await webview.show(creationStates.connecting);
      assert.equal(
        await status.innerText(),
        'Step 2, Create the endpoint on Alibaba Cloud: Waiting. Step 3, Accept the endpoint in TiDB Cloud: Your turn.',
      );
      await webview.show(creationStates.waiting);
      assert.match(await status.innerText(), /Step 4, Active: connect: Waiting\. Connection: Pending\.$/);
    });

    it('stands still where motion is not wanted', async () => {
      await webview.show(creationStates.creating);
      const animation = `getComputedStyle(document.querySelector('.icon-working')).animationName`;
      assert.equal(await page.evaluate(animation), 'turn');
      await page.emulateMedia({ reducedMotion: 'reduce' });
      assert.equal(await page.evaluate(animation), 'none');
    });
  });
});
