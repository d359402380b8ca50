import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { authentications, commands, extensionId, settings, views } from '../../src/ids';
import { manyInstances, startSandbox, type Sandbox } from '../../src/sandbox';
import { startGateway, type Gateway } from '../support/gateway';
import { set, until } from './byHand';
import { Person } from './stage';

describe('several accounts of both clouds side by side, in the editor', () => {
  const person = new Person();
  let shop: Sandbox;
  let bank: Sandbox;
  let gateway: Gateway;

  const labels = async (cloud: keyof typeof authentications): Promise<readonly string[]> =>
    (await vscode.authentication.getAccounts(authentications[cloud])).map(({ label }) => label).sort();

  async function signInTidbCloud({ tidbCloud: { publicKey, privateKey } }: Sandbox): Promise<void> {
    person.typed = [publicKey, privateKey];
    await vscode.commands.executeCommand(commands.signInTidbCloud);
    assert.deepEqual(person.errors, []);
  }

  async function signInAlibabaCloud({ alibabaCloud }: Sandbox): Promise<void> {
    person.picks = ({ label }) => label === 'AccessKey';
    person.typed = [alibabaCloud.accessKeyId, alibabaCloud.accessKeySecret, ''];
    await vscode.commands.executeCommand(commands.signInAlibabaCloud);
    assert.deepEqual(person.errors, []);
  }

  async function signOutOf(description: string): Promise<void> {
    person.picks = (item) => item.label === description || item.description === description;
    await vscode.commands.executeCommand(commands.signOut);
  }

  const rowOf = (
    sandbox: Sandbox,
    name: string,
  ): { readonly instanceId: string; readonly endpointId: string } => {
    const { instances, connections } = sandbox.control.getState();
    const { tidbId } = instances.find(({ displayName }) => displayName === name) ?? assert.fail(name);
    const { endpointId } = connections.find((each) => each.tidbId === tidbId) ?? assert.fail(name);
    return { instanceId: tidbId, endpointId };
  };

  before(async () => {
    person.sitDown();
    shop = await startSandbox({
      ...{ customer: 'shop', requestsPerMinute: 10_000 },
      seed: { instances: manyInstances(2), endpointsEach: 1 },
    });
    bank = await startSandbox({
      ...{ customer: 'bank', requestsPerMinute: 10_000 },
      seed: { endpointsEach: 1 },
    });
    gateway = await startGateway([shop, bank]);
    await vscode.extensions.getExtension(extensionId)?.activate();
    await set(settings.tidbCloudBaseUrl, gateway.tidbCloudBaseUrl);
    await set(settings.alibabaCloudEndpoints, gateway.alibabaCloudEndpoints);
    await vscode.commands.executeCommand(`${views.instances}.focus`);
  });

  beforeEach(() => person.rest());

  after(async () => {
    for (const cloud of ['tidbCloud', 'alibabaCloud'] as const) {
      for (const label of await labels(cloud)) {
        await signOutOf(label);
      }
    }
    for (const key of [settings.tidbCloudBaseUrl, settings.alibabaCloudEndpoints]) {
      await set(key, undefined);
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.view.explorer');
    person.standUp();
    await gateway.stop();
    await Promise.all([shop.stop(), bank.stop()]);
  });

  it('are signed in to one after the other, and are all in the Accounts menu', async () => {
    await signInTidbCloud(shop);
    await signInTidbCloud(bank);
    const organizations = [shop, bank].map(
      ({ control }) => `Organization ${control.getState().organizationId}`,
    );
    assert.deepEqual(await labels('tidbCloud'), organizations.sort());
    await signInAlibabaCloud(bank);
    await signInAlibabaCloud(shop);
    assert.equal((await labels('alibabaCloud')).length, 2);
    const all = JSON.stringify([await labels('tidbCloud'), await labels('alibabaCloud')]);
    assert.doesNotMatch(all, /secret|private/i);
  });

  it('list the instances of each', async () => {
    await vscode.commands.executeCommand(commands.refresh);
    person.picks = () => false;
    await vscode.commands.executeCommand(commands.copyServiceName);
    const offered = person.lists.at(-1)?.map(({ label }) => label) ?? [];
    assert.ok(offered.includes('many-00001') && offered.includes('orders-prod'), offered.join(', '));
    assert.deepEqual(person.errors, []);
  });

  it('find the account that owns an endpoint, and ask the others no more', async () => {
    const zones = (): readonly number[] =>
      [shop, bank].map(({ control }) => control.calls('ListVpcEndpointZones'));
    for (const [sandbox, name] of [
      [shop, 'many-00001'],
      [bank, 'orders-prod'],
    ] as const) {
      const row = rowOf(sandbox, name);
      await vscode.commands.executeCommand(commands.refresh, { instanceId: row.instanceId });
      const before = zones();
      const at = [shop, bank].indexOf(sandbox);
      await vscode.commands.executeCommand(commands.showDetails, row);
      await until('its zones are read', () => (zones()[at] ?? 0) > (before[at] ?? 0));
      assert.equal(zones()[1 - at], before[1 - at], 'the other account is not asked for them');
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    }
    assert.deepEqual(person.errors, []);
  });

  it('are told apart by a name that the person gives', async () => {
    const { organizationId } = bank.control.getState();
    person.typed = ['The Bank'];
    person.picks = (item) =>
      item.label.includes(organizationId) || item.description?.includes(organizationId) === true;
    await vscode.commands.executeCommand(commands.renameAccount);
    assert.ok((await labels('tidbCloud')).includes('The Bank'));
  });

  it('leave the others as they are when one of them signs out', async () => {
    await signOutOf('The Bank');
    assert.equal((await labels('tidbCloud')).length, 1);
    person.rest();
    await vscode.commands.executeCommand(commands.copyServiceName);
    const offered = person.lists.at(-1)?.map(({ label }) => label) ?? [];
    assert.ok(offered.includes('many-00001') && !offered.includes('orders-prod'), offered.join(', '));
  });
});
