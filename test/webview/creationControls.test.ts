import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import * as v from 'valibot';
import { type FromCreation, fromCreationSchema } from '../../src/protocol/creation';
import { everyTestOpens, type Webview } from './support/page';
import { changed, creationStates, type CreationStateName } from './support/states';

type Role = Parameters<Page['getByRole']>[0];

const named = (page: Page, role: Role, name: string): Locator => page.getByRole(role, { name, exact: true });

/** What the page sent, each message as the host would accept it. */
async function intents(webview: Webview): Promise<FromCreation[]> {
  return (await webview.sent()).map((message) => v.parse(fromCreationSchema, message));
}

describe('controls of the creation panel', function () {
  this.timeout(30_000);
  const opened = everyTestOpens('creation');
  let webview: Webview;
  let page: Page;

  beforeEach(() => {
    ({ webview, page } = opened);
  });

  describe('names its controls in the words of the guide', () => {
    const controls: Partial<Record<CreationStateName, readonly (readonly [Role, string])[]>> = {
      choose: [['combobox', 'Instance']],
      form: [
        ['combobox', 'Instance'],
        ['button', 'Copy Endpoint Service Name'],
        ['button', 'Copy Availability Zone IDs'],
        ['button', 'Copy Region ID'],
        ['radiogroup', 'How to create the endpoint'],
        ['radio', 'Create it for me'],
        ['radio', 'I create it in the console'],
        ['textbox', 'Region'],
        ['textbox', 'Endpoint Name'],
        ['textbox', 'Endpoint Service Name'],
        ['button', 'Verify'],
        ['combobox', 'VPC'],
        ['combobox', 'Security Group'],
        ['group', 'Tags'],
        ['button', 'Add Tag'],
        ['group', 'Zone'],
        ['checkbox', 'Zone ap-southeast-1a'],
        ['combobox', 'vSwitch in ap-southeast-1a'],
        ['checkbox', 'Zone ap-southeast-1c'],
        ['button', 'Open Pricing'],
        ['button', 'Create Endpoint'],
      ],
      connecting: [
        ['button', 'Copy Endpoint Service Name'],
        ['button', 'Copy Endpoint ID'],
        ['button', 'Copy Domain Name'],
        ['button', 'Create Private Endpoint Connection'],
      ],
      console: [
        ['button', 'Copy Endpoint ID'],
        ['button', 'Copy Domain Name'],
        ['button', 'Open TiDB Cloud Console'],
      ],
      byHand: [
        ['button', 'Copy Endpoint Service Name'],
        ['button', 'Copy Availability Zone IDs'],
        ['button', 'Copy Region ID'],
        ['button', 'Open Alibaba Cloud Console'],
        ['textbox', 'Endpoint Resource ID'],
        ['textbox', 'Domain Name'],
        ['button', 'Create Private Endpoint Connection'],
      ],
      severalGroups: [
        ['combobox', 'Security Group'],
        ['combobox', 'Security Group 2'],
        ['button', 'Remove Security Group 2'],
        ['combobox', 'Another Security Group'],
        ['list', 'What is missing'],
        ['button', 'Add Rules'],
        ['textbox', 'Tag Key 1'],
        ['textbox', 'Tag Value 1'],
        ['button', 'Remove Tag 2'],
      ],
      existing: [
        ['button', 'Use This Endpoint'],
        ['button', 'Create Endpoint'],
      ],
      severalExisting: [
        ['button', 'Use This Endpoint: ep-1'],
        ['button', 'Use This Endpoint: ep-2'],
      ],
      notActivated: [['button', 'Activate PrivateLink']],
      serviceCreating: [['progressbar', 'Time until the private link service is Active']],
      waiting: [['button', 'Cancel…']],
      removing: [['button', 'Cancel…']],
      removed: [['button', 'Start Again']],
      lost: [['button', 'Give Up…']],
      active: [
        ['button', 'Copy Endpoint ID'],
        ['button', 'Copy Domain Name'],
        ['button', 'Copy Private Domain'],
        ['button', 'Connect'],
      ],
    };
    for (const [name, expected] of Object.entries(controls)) {
      it(name, async () => {
        await webview.show(creationStates[name as CreationStateName]);
        const counts = await Promise.all(
          expected.map(([role, control]) => named(page, role, control).count()),
        );
        assert.deepEqual(
          expected.filter((_, index) => counts[index] !== 1),
          [],
        );
      });
    }
  });

  describe('sends what a person wants', () => {
    const acts: readonly [CreationStateName, string, (page: Page) => Promise<unknown>, FromCreation][] = [
      [
        'choose',
        'an instance',
        (at) => named(at, 'combobox', 'Instance').selectOption('10293848'),
        { type: 'chooseInstance', instanceId: '10293848' },
      ],
      [
        'form',
        'the way',
        (at) => named(at, 'radio', 'I create it in the console').check(),
        { type: 'chooseMode', mode: 'byHand' },
      ],
      [
        'form',
        'a service name',
        (at) => named(at, 'textbox', 'Endpoint Service Name').fill('com.x'),
        { type: 'typeServiceName', serviceName: 'com.x' },
      ],
      ['form', 'verify', (at) => named(at, 'button', 'Verify').click(), { type: 'verify' }],
      [
        'form',
        'a name',
        (at) => named(at, 'textbox', 'Endpoint Name').fill('mine'),
        { type: 'typeName', name: 'mine' },
      ],
      [
        'form',
        'a VPC',
        (at) => named(at, 'combobox', 'VPC').selectOption('vpc-b'),
        { type: 'chooseVpc', vpcId: 'vpc-b' },
      ],
      [
        'form',
        'a vSwitch',
        (at) => named(at, 'combobox', 'vSwitch in ap-southeast-1a').selectOption('vsw-a2'),
        { type: 'chooseVSwitch', zoneId: 'ap-southeast-1a', vSwitchId: 'vsw-a2' },
      ],
      [
        'form',
        'one more zone, with the first vSwitch that can be used',
        (at) => named(at, 'checkbox', 'Zone ap-southeast-1b').check(),
        { type: 'chooseVSwitch', zoneId: 'ap-southeast-1b', vSwitchId: 'vsw-b1' },
      ],
      [
        'form',
        'one zone less',
        (at) => named(at, 'checkbox', 'Zone ap-southeast-1a').uncheck(),
        { type: 'chooseVSwitch', zoneId: 'ap-southeast-1a', vSwitchId: '' },
      ],
      [
        'form',
        'the price',
        (at) => named(at, 'button', 'Open Pricing').click(),
        { type: 'open', what: 'pricing' },
      ],
      [
        'form',
        'the guide',
        (at) => named(at, 'button', 'Open Guide').click(),
        { type: 'open', what: 'guide' },
      ],
      [
        'form',
        'the endpoint',
        (at) => named(at, 'button', 'Create Endpoint').click(),
        { type: 'createEndpoint' },
      ],
      [
        'form',
        'to copy the service name',
        (at) => named(at, 'button', 'Copy Endpoint Service Name').click(),
        { type: 'copy', what: 'serviceName' },
      ],
      [
        'form',
        'to copy the zones',
        (at) => named(at, 'button', 'Copy Availability Zone IDs').click(),
        { type: 'copy', what: 'zones' },
      ],
      [
        'form',
        'to copy the region',
        (at) => named(at, 'button', 'Copy Region ID').click(),
        { type: 'copy', what: 'regionId' },
      ],
      [
        'refused',
        'the way out of a problem',
        (at) => named(at, 'button', 'Open Quotas').click(),
        { type: 'act', action: 'open-quotas' },
      ],
      [
        'severalGroups',
        'the missing rules',
        (at) => named(at, 'button', 'Add Rules').click(),
        { type: 'addRule' },
      ],
      [
        'severalGroups',
        'another second group',
        (at) => named(at, 'combobox', 'Security Group 2').selectOption('sg-d'),
        { type: 'chooseSecurityGroup', index: 1, securityGroupId: 'sg-d' },
      ],
      [
        'severalGroups',
        'a third group',
        (at) => named(at, 'combobox', 'Another Security Group').selectOption('sg-d'),
        { type: 'chooseSecurityGroup', index: 2, securityGroupId: 'sg-d' },
      ],
      [
        'severalGroups',
        'one group less',
        (at) => named(at, 'button', 'Remove Security Group 2').click(),
        { type: 'chooseSecurityGroup', index: 1, securityGroupId: '' },
      ],
      [
        'form',
        'what would be created as code',
        (at) => named(at, 'button', 'Export as Code…').click(),
        { type: 'exportAsCode' },
      ],
      ['form', 'a tag', (at) => named(at, 'button', 'Add Tag').click(), { type: 'addTag' }],
      [
        'severalGroups',
        'a tag’s key',
        (at) => named(at, 'textbox', 'Tag Key 2').fill('stage'),
        { type: 'typeTagKey', tagId: 't2', text: 'stage' },
      ],
      [
        'severalGroups',
        'a tag’s value',
        (at) => named(at, 'textbox', 'Tag Value 1').fill('billing'),
        { type: 'typeTagValue', tagId: 't1', text: 'billing' },
      ],
      [
        'severalGroups',
        'one tag less',
        (at) => named(at, 'button', 'Remove Tag 1').click(),
        { type: 'removeTag', tagId: 't1' },
      ],
      [
        'existing',
        'the endpoint that is there',
        (at) => named(at, 'button', 'Use This Endpoint').click(),
        { type: 'useEndpoint', endpointId: 'ep-t4n5d7f8g9h0j1k2' },
      ],
      ['begun', 'to cancel', (at) => named(at, 'button', 'Cancel…').click(), { type: 'cancel' }],
      [
        'lost',
        'to give up',
        (at) => named(at, 'button', 'Give Up…').click(),
        { type: 'giveUp', creationId: 'c1' },
      ],
      [
        'removed',
        'to start again',
        (at) => named(at, 'button', 'Start Again').click(),
        { type: 'act', action: 'startAgain' },
      ],
      [
        'connecting',
        'to copy the endpoint',
        (at) => named(at, 'button', 'Copy Endpoint ID').click(),
        { type: 'copy', what: 'endpointId' },
      ],
      [
        'connecting',
        'to copy the domain',
        (at) => named(at, 'button', 'Copy Domain Name').click(),
        { type: 'copy', what: 'domainName' },
      ],
      [
        'connecting',
        'the connection',
        (at) => named(at, 'button', 'Create Private Endpoint Connection').click(),
        { type: 'createConnection' },
      ],
      [
        'console',
        'the TiDB Cloud console',
        (at) => named(at, 'button', 'Open TiDB Cloud Console').click(),
        { type: 'open', what: 'tidbCloud' },
      ],
      [
        'byHand',
        'the Alibaba Cloud console',
        (at) => named(at, 'button', 'Open Alibaba Cloud Console').click(),
        { type: 'open', what: 'alibabaCloud' },
      ],
      [
        'byHand',
        'an endpoint of their own',
        (at) => named(at, 'textbox', 'Endpoint Resource ID').fill('ep-1'),
        { type: 'typeEndpointId', endpointId: 'ep-1' },
      ],
      [
        'byHand',
        'a domain of their own',
        (at) => named(at, 'textbox', 'Domain Name').fill('ep-1.example'),
        { type: 'typeDomainName', domainName: 'ep-1.example' },
      ],
      [
        'active',
        'to copy the private domain',
        (at) => named(at, 'button', 'Copy Private Domain').click(),
        { type: 'copy', what: 'host' },
      ],
      ['active', 'to connect', (at) => named(at, 'button', 'Connect').click(), { type: 'connect' }],
    ];
    for (const [state, what, act, expected] of acts) {
      it(`${what} (${state})`, async () => {
        await webview.show(creationStates[state]);
        await webview.sent();
        await act(page);
        assert.deepEqual(await intents(webview), [expected]);
      });
    }

    it('a security group', async () => {
      const securityGroups = [
        { id: 'sg-a', label: 'databases' },
        { id: 'sg-c', label: 'applications' },
      ];
      await webview.show(changed(creationStates.form, { endpoint: { securityGroups } }));
      await webview.sent();
      await named(page, 'combobox', 'Security Group').selectOption('sg-c');
      assert.deepEqual(await intents(webview), [
        { type: 'chooseSecurityGroup', index: 0, securityGroupId: 'sg-c' },
      ]);
    });

    it('nothing when a button cannot be used', async () => {
      await webview.show(creationStates.creating);
      await webview.sent();
      const create = named(page, 'button', 'Create Endpoint');
      assert.equal(await create.isEnabled(), false);
      await create.click({ force: true });
      await create.press('Enter');
      assert.deepEqual(await intents(webview), []);
    });
  });
});
