import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as vscode from 'vscode';
import { commands, settings, views } from '../../src/ids';
import { manyInstances } from '../../src/sandbox';
import { databaseOfSuite, set, until } from './byHand';
import { Clouds, Person, tabs, type Shown } from './stage';

/** The least that the setting takes. */
const intervalSeconds = 10;
/** A change is told when it has lasted 15 s, over two looks at least. */
const toldWithinMs = 60_000;
const looks = 'tidb:ListPrivateEndpointConnections';

/** Whether the folder is trusted changes nothing here; the waits are long, and once is enough. */
const describeOnce = vscode.workspace.isTrusted ? describe : (): void => undefined;

describeOnce('the health of endpoints while the clouds change underneath, in the editor', function () {
  this.timeout(120_000);
  const person = new Person();
  let clouds: Clouds;
  let instance: { readonly tidbId: string; readonly displayName: string };
  let endpointId: string;
  let row: { readonly instanceId: string; readonly endpointId: string };

  const messages = (kind: Shown['kind']): readonly string[] =>
    person.shown.filter((shown) => shown.kind === kind).map(({ message }) => message);
  const told = (): readonly string[] => [...messages('warning'), ...messages('information')];

  /** The next look after this one has begun, so that what was changed before it is seen. */
  async function looked(times = 1): Promise<void> {
    const before = clouds.calls(looks);
    await until(`${times} more looks`, () => clouds.calls(looks) >= before + times, toldWithinMs);
  }

  async function tells(kind: Shown['kind'], words: RegExp): Promise<Shown> {
    const find = (): Shown | undefined =>
      person.shown.find((shown) => shown.kind === kind && words.test(shown.message));
    await until(`${kind} ${words}`, () => find() !== undefined, toldWithinMs);
    return find() ?? assert.fail();
  }

  before(async () => {
    person.sitDown();
    const { port, caCertificatePem } = databaseOfSuite();
    clouds = await Clouds.start({
      seed: { instances: manyInstances(1), endpointsEach: 2 },
      requestsPerMinute: 10_000,
      // What answers behind the private domain.
      sql: { port, caCertificatePem },
    });
    await clouds.signInToAlibabaCloud(person);
    await set(settings.healthIntervalSeconds, intervalSeconds);
    const { instances, connections } = clouds.sandbox.control.getState();
    instance = instances.find(({ displayName }) => displayName.startsWith('many-')) ?? assert.fail();
    endpointId = connections.find(({ tidbId }) => tidbId === instance.tidbId)?.endpointId ?? assert.fail();
    row = { instanceId: instance.tidbId, endpointId };
    await vscode.commands.executeCommand(`${views.instances}.focus`);
    await until('the list is read', () => clouds.calls('tidb:ListTidbs') > 0);
    await vscode.commands.executeCommand(commands.refresh, { instanceId: instance.tidbId });
    await looked(2);
  });

  beforeEach(() => person.rest());

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await clouds.signOutOfAlibabaCloud(person);
    for (const key of [settings.healthIntervalSeconds, settings.healthShowInStatusBar]) {
      await set(key, undefined);
    }
    await vscode.commands.executeCommand('workbench.view.explorer');
    person.standUp();
    await clouds.stop();
  });

  it('is quiet while all is well', async () => {
    await looked(2);
    assert.deepEqual(told(), []);
    await vscode.commands.executeCommand(commands.showHealth);
    assert.deepEqual(
      person.lists.at(-1)?.map(({ label, description }) => [label, description?.split(' · ')[0]]),
      [
        [instance.displayName, 'Active'],
        [instance.displayName, 'Active'],
      ],
    );
  });

  it('tells of a connection that has failed once, and its button opens what helps', async () => {
    person.answers = ({ buttons }) => buttons[0];
    clouds.sandbox.control.setConnection(endpointId, { state: 'FAILED', message: 'the zone is gone' });
    const { message, buttons } = await tells('warning', /Failed/);
    assert.match(message, new RegExp(`^${instance.displayName} · endpoint-1: Failed\\. .*the zone is gone`));
    assert.deepEqual(buttons, ['Open Creation Panel']);
    const title = `Create Private Endpoint: ${instance.displayName}`;
    await until('the creation panel opens', () => tabs().includes(title));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await looked(2);
    assert.deepEqual(told(), [message]);
    await vscode.commands.executeCommand(commands.showHealth);
    assert.match(person.lists.at(-1)?.[0]?.description ?? '', /^Failed/, 'the worst one comes first');
  });

  it('tells when it is over, once', async () => {
    clouds.sandbox.control.setConnection(endpointId, { state: 'ACTIVE', message: '' });
    const { message } = await tells('information', /is healthy again/);
    await looked(2);
    assert.deepEqual(told(), [message]);
  });

  it('tells of a zone that has lost its connection, though both clouds call the endpoint Active', async () => {
    const { endpoints } = clouds.sandbox.control.getState();
    const zone = endpoints.find((each) => each.endpointId === endpointId)?.zones[0] ?? assert.fail();
    clouds.sandbox.control.setEndpointZone(endpointId, zone.zoneId, { status: 'Disconnected' });
    const { message, buttons } = await tells('warning', new RegExp(`no connection in ${zone.zoneId}`));
    assert.match(message, /Disconnected/);
    assert.deepEqual(buttons, ['Open Details']);
    clouds.sandbox.control.setEndpointZone(endpointId, zone.zoneId, { status: 'Connected' });
    await tells('information', /is healthy again/);
  });

  it('says nothing of what is gone at the next look', async () => {
    const { control } = clouds.sandbox;
    for (let time = 0; time < 3; time += 1) {
      control.setConnection(endpointId, { state: 'FAILED', message: '' });
      await looked();
      control.setConnection(endpointId, { state: 'ACTIVE', message: '' });
      await looked();
    }
    assert.deepEqual(told(), []);
  });

  it('keeps a history of the changes, which leads to the details', async () => {
    person.picks = ({ description }) => description?.startsWith('Failed') === true;
    await vscode.commands.executeCommand(commands.showHealthHistory);
    const words = person.lists.at(-1)?.map(({ description }) => description?.split(' · ')[0]);
    assert.deepEqual(words?.slice(0, 4), ['Active', 'Disconnected', 'Active', 'Failed']);
    await until('the details open', () => tabs().includes('endpoint-1'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('opens one details panel for one endpoint', async () => {
    await vscode.commands.executeCommand(commands.showDetails, row);
    await until('the details open', () => tabs().includes('endpoint-1'));
    await vscode.commands.executeCommand(commands.showDetails, row);
    assert.deepEqual(
      tabs().filter((label) => label === 'endpoint-1'),
      ['endpoint-1'],
    );
    await until(
      'zones and security groups are read',
      () => clouds.calls('ListVpcEndpointSecurityGroups') > 0,
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    assert.deepEqual(person.errors, []);
  });

  it('looks once after a sleep, not as often as it has missed', async () => {
    const before = clouds.calls(looks);
    const sleepSeconds = 45;
    // This process cannot wake itself.
    const alarm = spawn('sh', [
      '-c',
      `kill -STOP ${process.pid}; sleep ${sleepSeconds}; kill -CONT ${process.pid}`,
    ]);
    await once(alarm, 'exit');
    await until('it has looked', () => clouds.calls(looks) > before, toldWithinMs);
    const atWaking = clouds.calls(looks) - before;
    // The next look is an interval away.
    await new Promise((resolve) => setTimeout(resolve, (intervalSeconds * 1000) / 2));
    assert.equal(clouds.calls(looks) - before, atWaking);
    assert.ok(atWaking <= 2, `${atWaking} looks: the one that was due, and the one at waking`);
    assert.deepEqual(told(), []);
  });

  it('asks nothing while the view is hidden and the status bar is off, and at once when somebody looks', async () => {
    await set(settings.healthShowInStatusBar, false);
    await looked();
    await vscode.commands.executeCommand('workbench.view.explorer');
    // A look may be on its way.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { control } = clouds.sandbox;
    const names = [looks, 'tidb:GetTidb', 'tidb:ListTidbs', 'ListVpcEndpoints', 'ListVpcEndpointZones'];
    const all = (): readonly number[] => names.map((name) => control.calls(name));
    const before = all();
    await new Promise((resolve) => setTimeout(resolve, 2.5 * intervalSeconds * 1000));
    assert.deepEqual(all(), before);
    const from = Date.now();
    await vscode.commands.executeCommand(`${views.instances}.focus`);
    await looked();
    assert.ok(Date.now() - from < (intervalSeconds * 1000) / 2, 'not only after another interval');
  });
});
