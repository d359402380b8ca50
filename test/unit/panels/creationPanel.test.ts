import assert from 'node:assert/strict';
import type { Creation } from '../../../src/core/creation';
import type { SecurityGroupRule } from '../../../src/core/model';
import { commands } from '../../../src/ids';
import type * as PanelModule from '../../../src/panels/creation/creationPanel';
import type * as NotificationsModule from '../../../src/platform/notifications';
import { exportDraftFrom } from '../../../src/protocol/exportDraft';
import { LastChoices } from '../../../src/services/provisioning/choices';
import { Durations } from '../../../src/services/provisioning/durations';
import { CreationRunner } from '../../../src/services/provisioning/runner';
import { aCreation, anEndpoint, anInstance, tidbError, without } from '../fakes';
import { drafting, id, type Drafting } from '../services/provisioning/drafting';
import { Page } from './page';
import { fakeEditor, withoutEditor, type Asked } from './withoutEditor';

const minute = 60_000;

describe('CreationPanel', () => {
  let module: typeof PanelModule;
  let notifications: typeof NotificationsModule;
  let d: Drafting;
  let runner: CreationRunner;
  let machineAsked: number;
  let sandbox: boolean;
  const open: { dispose(): void }[] = [];

  before(async () => {
    module = await withoutEditor(() => import('../../../src/panels/creation/creationPanel'));
    notifications = await withoutEditor(() => import('../../../src/platform/notifications'));
  });

  beforeEach(async () => {
    fakeEditor.reset();
    d = await drafting();
    runner = aRunner();
    machineAsked = 0;
    sandbox = false;
  });

  afterEach(() => {
    open.splice(0).forEach((each) => each.dispose());
    assert.deepEqual(fakeEditor.errors, []);
  });

  const aRunner = (): CreationRunner => {
    const { world, accounts, inventory, clock, log } = d.s;
    const made = new CreationRunner({
      ...{ journal: world.journal.window(), accounts, inventory, clock, log, random: () => 0 },
      durations: new Durations(d.s.state, 'durations'),
    });
    open.push(made);
    return made;
  };

  const aPage = async (instanceId: string | undefined = id, its = runner): Promise<Page> => {
    const page = new Page();
    let ids = 0;
    const panel = new module.CreationPanel(
      page as never,
      {
        extensionUri: 'extension' as never,
        ...{ accounts: d.s.accounts, inventory: d.s.inventory, runner: its, clock: d.s.clock, log: d.s.log },
        lastChoices: new LastChoices(d.s.state, (account, region) => `last/${account}/${region}`),
        machine: { vpcId: () => Promise.resolve((machineAsked++, undefined)) },
        notifications: new notifications.Notifications(d.s.log),
        newId: () => `new-${++ids}`,
        isSandbox: () => sandbox,
        usualMs: () => 5 * minute,
      },
      instanceId,
    );
    open.push(panel);
    await page.send({ type: 'ready' });
    return page;
  };

  const answering = (title: string): void => {
    fakeEditor.answer = () => title;
  };
  const asked = (): Asked => fakeEditor.asked.at(-1) ?? assert.fail('nothing was asked');
  const records = (): Creation[] => [...d.s.world.journal.records.values()];
  const pass = (ms: number): Promise<void> => d.s.clock.pass(ms);

  describe('creates', () => {
    it('after a dry run and one question that names the cost, and goes on to connecting', async () => {
      const page = await aPage();
      assert.equal(page.state.endpoint.canCreate, true);
      answering('Create');
      await page.send({ type: 'createEndpoint' });
      assert.equal(fakeEditor.asked.length, 1);
      assert.match(asked().message, /Create the interface endpoint tidb-orders\?/);
      assert.match(asked().detail, /pay-as-you-go/);
      const { calls } = d.s.script;
      assert.ok(calls.indexOf('dryRunCreateEndpoint') < calls.indexOf('createEndpoint'));
      assert.equal(page.state.canCancel, true);
      assert.equal(records()[0]?.accountId, '42');
      await pass(10 * minute);
      assert.equal(page.state.active.status, 'done');
      assert.equal(page.state.canCancel, false);
      await page.send({ type: 'connect' });
      await page.send({ type: 'connectWith' });
      await page.send({ type: 'diagnose' });
      const target = { instanceId: id, endpointId: d.s.world.endpoints[0]?.id };
      assert.deepEqual(fakeEditor.executed, [
        [commands.connect, target],
        [commands.copyConnectionString, target],
        [commands.diagnose, target],
      ]);
      assert.equal(d.s.world.endpoints.length, 1);
    });

    it('nothing when the person says no, or the cloud refuses before they are asked', async () => {
      const page = await aPage();
      await page.send({ type: 'createEndpoint' });
      assert.equal(fakeEditor.asked.length, 1);
      d.s.script.fail('dryRunCreateEndpoint', tidbError('quota', { source: 'Alibaba Cloud' }));
      await page.send({ type: 'createEndpoint' });
      assert.equal(fakeEditor.asked.length, 1);
      assert.match(page.state.endpoint.problem?.message ?? '', /quota/);
      assert.deepEqual(records(), []);
    });

    it('once, however often the button is pressed', async () => {
      const page = await aPage();
      let say: (answer: string) => void = () => undefined;
      fakeEditor.answer = () => new Promise((resolve) => (say = resolve));
      await page.send({ type: 'createEndpoint' });
      await page.send({ type: 'createEndpoint' });
      assert.equal(fakeEditor.asked.length, 1);
      say('Create');
      await pass(minute);
      await page.send({ type: 'createEndpoint' });
      assert.equal(records().length, 1);
      assert.equal(d.s.world.endpoints.length, 1);
    });

    it('what it remembers for the next time', async () => {
      answering('Create');
      await (await aPage()).send({ type: 'createEndpoint' });
      assert.deepEqual(d.s.state.kept.get('last/42/ap-southeast-1'), {
        vpcId: 'vpc-a',
        securityGroupIds: ['sg-open'],
        zones: { 'ap-southeast-1a': 'vsw-vpc-a-large' },
      });
    });

    it('asks this machine for its VPC, but not for the sandbox', async () => {
      await aPage();
      assert.equal(machineAsked, 1);
      sandbox = true;
      await aPage();
      assert.equal(machineAsked, 1);
    });
  });

  describe('where the VPC has an endpoint already', () => {
    beforeEach(() => {
      d.s.world.endpoints.push({ ...anEndpoint, id: 'ep-there001', token: 'theirs', createdAtMs: 0 });
    });

    it('uses it, and creates none', async () => {
      const page = await aPage();
      assert.equal(page.state.endpoint.existing[0]?.id, 'ep-there001');
      answering('Use Endpoint');
      await page.send({ type: 'useEndpoint', endpointId: 'ep-there001' });
      assert.match(asked().detail, /Nothing is created in Alibaba Cloud/);
      await pass(10 * minute);
      assert.equal(page.state.active.status, 'done');
      assert.equal(d.s.world.endpoints.length, 1);
      const [record] = records();
      assert.equal(record?.endpointId, 'ep-there001');
      assert.equal(record.spec, undefined);
    });

    it('says so before it creates another', async () => {
      const page = await aPage();
      await page.send({ type: 'createEndpoint' });
      assert.match(asked().detail, /vpc-a already has an endpoint for this service \(ep-there001\)/);
    });

    it('does not take it away again', async () => {
      const page = await aPage();
      answering('Use Endpoint');
      await page.send({ type: 'useEndpoint', endpointId: 'ep-there001' });
      await pass(minute);
      answering('Remove What Was Made');
      await page.send({ type: 'cancel' });
      assert.match(asked().detail, /private endpoint connection of orders/);
      assert.match(asked().detail, /ep-there001 was there before: it stays/);
      await pass(10 * minute);
      assert.equal(d.s.world.endpoints.length, 1);
      assert.deepEqual(
        page.state.removal?.parts.map(({ status }) => status),
        ['done'],
      );
    });
  });

  describe('asks before it opens anything', () => {
    const rules = (): readonly SecurityGroupRule[] => d.s.world.rules.get('sg-closed') ?? [];

    it('a port: exactly the rule that is shown', async () => {
      d.s.world.rules.clear();
      const page = await aPage();
      assert.deepEqual(page.state.endpoint.portCheck?.rules, [
        'closed: let in TCP 4000/4000 from 10.0.0.0/16',
      ]);
      await page.send({ type: 'addRule' });
      assert.deepEqual(rules(), []);
      answering('Add');
      await page.send({ type: 'addRule' });
      assert.match(asked().message, /Add this rule to the security group closed \(sg-closed\)\?/);
      assert.match(asked().detail, /Let in TCP 4000\/4000 from 10\.0\.0\.0\/16/);
      assert.equal(rules().length, 1);
      assert.equal(page.state.endpoint.portCheck.outcome, 'open');
    });

    it('a port, and adds nothing else when the choice has changed meanwhile', async () => {
      d.s.world.rules.clear();
      const page = await aPage();
      fakeEditor.answer = async () => {
        await page.send({ type: 'chooseVpc', vpcId: 'vpc-b' });
        return 'Add';
      };
      await page.send({ type: 'addRule' });
      assert.equal(d.s.world.rules.size, 0);
    });

    it('PrivateLink, with the words for what it costs', async () => {
      d.around.privateLinkOpen = false;
      const page = await aPage();
      assert.equal(page.state.endpoint.canCreate, false);
      await page.send({ type: 'act', action: 'activatePrivateLink' });
      assert.match(asked().detail, /pay-as-you-go/);
      assert.equal(d.around.privateLinkOpen, false);
      answering('Activate');
      await page.send({ type: 'act', action: 'activatePrivateLink' });
      assert.equal(d.s.script.count('openPrivateLink'), 1);
      assert.equal(page.state.endpoint.canCreate, true);
    });
  });

  describe('cancels', () => {
    const begin = async (): Promise<Page> => {
      const page = await aPage();
      answering('Create');
      await page.send({ type: 'createEndpoint' });
      return page;
    };

    it('by removing what was made, in order, and makes room for the form', async () => {
      const page = await begin();
      await pass(2 * minute);
      answering('Remove What Was Made');
      await page.send({ type: 'cancel' });
      assert.deepEqual(asked().buttons, ['Remove What Was Made', 'Stop and Leave It', 'Go On']);
      assert.match(asked().detail, /connection of orders[^]*endpoint ep-aaaa0001 in vpc-a/);
      assert.equal(page.state.removal?.parts.length, 3);
      await pass(20 * minute);
      assert.equal(page.state.removal.status, 'done');
      assert.deepEqual([...d.s.world.endpoints, ...d.s.world.connections], []);
      await page.send({ type: 'act', action: 'startAgain' });
      assert.equal(page.state.removal, undefined);
      assert.equal(page.state.endpoint.canCreate, true);
    });

    it('by leaving it as it is', async () => {
      const page = await begin();
      await pass(2 * minute);
      answering('Stop and Leave It');
      await page.send({ type: 'cancel' });
      await pass(minute);
      assert.equal(records()[0]?.finished?.outcome, 'abandoned');
      assert.equal(d.s.world.endpoints.length, 1);
      assert.equal(page.state.canCancel, false);
      assert.deepEqual(
        page.state.endpoint.existing.map((endpoint) => endpoint.id),
        ['ep-aaaa0001'],
        'it is there to be used',
      );
      assert.equal(page.state.endpoint.canCreate, true);
    });

    it('not at all when the person goes on, or closes the question', async () => {
      const page = await begin();
      for (const answer of ['Go On', 'nothing']) {
        answering(answer);
        await page.send({ type: 'cancel' });
      }
      await pass(10 * minute);
      assert.equal(page.state.active.status, 'done');
    });

    it('offers to remove nothing before anything was made', async () => {
      d.s.script.fail('createEndpoint', tidbError('notAllowed', { source: 'Alibaba Cloud' }));
      const page = await begin();
      answering('Stop and Leave It');
      await page.send({ type: 'cancel' });
      assert.match(asked().detail, /Nothing was made/);
      assert.deepEqual(asked().buttons, ['Stop and Leave It', 'Go On']);
      assert.deepEqual(d.s.world.endpoints, []);
      assert.equal(page.state.canCancel, false);
    });

    it('what it takes away by then, when it went on while the person thought', async () => {
      const page = await begin();
      fakeEditor.answer = async () => {
        await pass(2 * minute);
        return 'Remove What Was Made';
      };
      await page.send({ type: 'cancel' });
      fakeEditor.answer = () => undefined;
      await pass(20 * minute);
      assert.deepEqual([...d.s.world.endpoints, ...d.s.world.connections], []);
      assert.equal(page.state.removal?.status, 'done');
    });
  });

  describe('a Failed connection', () => {
    it('is deleted and created again', async () => {
      const page = await aPage();
      answering('Create');
      await page.send({ type: 'createEndpoint' });
      await pass(2 * minute);
      const [connection] = d.s.world.connections;
      assert.ok(connection);
      d.s.world.connections.splice(0, 1, { ...connection, state: 'FAILED', message: 'no address' });
      await pass(minute);
      const { problem } = page.state.acceptance;
      assert.match(problem?.message ?? '', /Failed: no address/);
      assert.equal(problem?.actions[0]?.label, 'Delete and Create Again');
      await page.send({ type: 'act', action: 'recreate' });
      await pass(20 * minute);
      assert.equal(page.state.active.status, 'done');
      assert.equal(d.s.world.connections.length, 1);
      assert.equal(d.s.world.endpoints.length, 1);
    });
  });

  it('shows TiDB Cloud’s own words where it does not let this key create the connection', async () => {
    const page = await aPage();
    answering('Create');
    d.s.script.fail('createConnection', tidbError('notAllowed', { reason: 'access denied' }));
    await page.send({ type: 'createEndpoint' });
    await pass(3 * minute);
    assert.equal(page.state.acceptance.way, 'console');
    assert.equal(page.state.acceptance.status, 'waiting');
    assert.match(page.state.acceptance.refusal ?? '', /access denied/);
  });

  describe('with another window', () => {
    it('shows what that one does, and acts on none of it', async () => {
      const first = await aPage();
      answering('Create');
      await first.send({ type: 'createEndpoint' });
      const other = aRunner();
      await other.resumeAll();
      const second = await aPage(id, other);
      assert.equal(second.state.readOnly, true);
      assert.equal(second.state.canCancel, false);
      fakeEditor.asked.length = 0;
      await second.send({ type: 'cancel' });
      await second.send({ type: 'act', action: 'recreate' });
      await second.send({ type: 'act', action: 'startAgain' });
      await second.send({ type: 'createEndpoint' });
      assert.deepEqual(fakeEditor.asked, []);
      await pass(10 * minute);
      assert.equal(second.state.active.status, 'done');
      assert.equal(records().length, 1);
    });
  });

  describe('after a reload', () => {
    it('shows the creation that was under way, though the panel was there first', async () => {
      const before = await aPage();
      answering('Create');
      await before.send({ type: 'createEndpoint' });
      open.splice(0).forEach((each) => each.dispose());
      await pass(0);
      runner = aRunner();
      const restored = await aPage();
      await runner.resumeAll();
      await pass(minute * 2);
      assert.equal(restored.state.canCancel, true);
      await pass(10 * minute);
      assert.equal(restored.state.active.status, 'done');
      assert.equal(d.s.world.endpoints.length, 1);
    });
  });

  describe('a creation whose instance is gone', () => {
    const orphan = {
      ...without(aCreation, 'spec'),
      instanceId: '77',
      instanceName: 'gone',
      endpointId: 'ep-x',
    };

    it('can be given up', async () => {
      d.s.world.journal.put({ creation: orphan });
      await runner.resumeAll();
      await pass(minute);
      const page = await aPage('77');
      assert.match(page.state.problem?.message ?? '', /did not find the instance 77/);
      assert.equal(page.state.lost[0]?.creationId, orphan.id);
      answering('Stop and Leave It');
      await page.send({ type: 'giveUp', creationId: orphan.id });
      assert.deepEqual(page.state.lost, []);
      assert.equal(records()[0]?.finished?.outcome, 'abandoned');
    });
  });

  it('hands what would be created to the export', async () => {
    const page = await aPage();
    await page.send({ type: 'exportAsCode' });
    const [[command, draft] = []] = fakeEditor.executed;
    assert.match(String(command), /exportAsCode$/);
    assert.equal(exportDraftFrom(draft)?.spec.vpcId, 'vpc-a');
  });

  it('copies what is shown', async () => {
    const page = await aPage();
    await page.send({ type: 'copy', what: 'zones' });
    await page.send({ type: 'copy', what: 'regionId' });
    await page.send({ type: 'copy', what: 'host' });
    assert.deepEqual(fakeEditor.copied, ['ap-southeast-1a, ap-southeast-1b', 'ap-southeast-1']);
    assert.match(page.title, new RegExp(anInstance.name));
  });
});
