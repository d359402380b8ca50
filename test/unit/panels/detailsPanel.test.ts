import assert from 'node:assert/strict';
import * as v from 'valibot';
import { Emitter } from '../../../src/core/emitter';
import { cancellation } from '../../../src/core/errors';
import { commands } from '../../../src/ids';
import type { DetailsPanelServices } from '../../../src/panels/details/detailsPanel';
import type * as PanelsModule from '../../../src/panels/details/detailsPanels';
import type * as NotificationsModule from '../../../src/platform/notifications';
import {
  copyIds,
  fromDetailsSchema,
  type DetailsState,
  type FromDetails,
} from '../../../src/protocol/details';
import { HealthBook } from '../../../src/services/health/book';
import { HealthHistory } from '../../../src/services/health/history';
import { ProductionMarks } from '../../../src/services/productionMarks';
import type { CreationProgress } from '../../../src/services/provisioning/progress';
import { aConnection, anEndpoint, anInstance, aService, aZone, FakeState, settle, tidbError } from '../fakes';
import { aliKeys, stage, type Stage } from '../services/stage';
import { fakeEditor, withoutEditor } from './withoutEditor';

const ref = { instanceId: anInstance.id, endpointId: anEndpoint.id };
const gatheringMs = 50;

/** What the editor gives a panel, and what the panel's page does and is told. */
class DetailsPage {
  readonly states: DetailsState[] = [];
  readonly answers: unknown[] = [];
  visible = true;
  title = '';
  iconPath: unknown;
  private receive: (message: unknown) => void = () => undefined;
  private readonly viewState = new Emitter<void>((error) => assert.fail(String(error)));
  private readonly ended = new Emitter<void>((error) => assert.fail(String(error)));
  readonly onDidChangeViewState = this.viewState.event;
  readonly onDidDispose = this.ended.event;
  readonly webview = {
    options: {},
    html: '',
    cspSource: 'self',
    asWebviewUri: (uri: unknown) => uri,
    onDidReceiveMessage: (listener: (message: unknown) => void) => {
      this.receive = listener;
      return { dispose: () => undefined };
    },
    postMessage: (message: { readonly type: string; readonly state: DetailsState }) => {
      if (message.type === 'state') {
        this.states.push(message.state);
      } else {
        this.answers.push(message);
      }
      return Promise.resolve(true);
    },
  };
  reveal(): void {
    this.turn(true);
  }
  dispose(): void {
    this.ended.fire();
  }
  turn(visible: boolean): void {
    this.visible = visible;
    this.viewState.fire();
  }
  send(message: FromDetails): void {
    this.receive(v.parse(fromDetailsSchema, message));
  }
  get state(): DetailsState {
    return this.states.at(-1) ?? assert.fail('nothing was shown');
  }
}

describe('DetailsPanel', () => {
  let module: typeof PanelsModule;
  let notifications: typeof NotificationsModule;
  let s: Stage;
  let book: HealthBook;
  let history: HealthHistory;
  let production: ProductionMarks;
  let monitor: Emitter<void>;
  let unfinished: CreationProgress[];
  let runner: Emitter<CreationProgress>;
  let panels: PanelsModule.DetailsPanels;
  /** How often a state was made. */
  let rendered: number;

  before(async () => {
    module = await withoutEditor(() => import('../../../src/panels/details/detailsPanels'));
    notifications = await withoutEditor(() => import('../../../src/platform/notifications'));
  });

  function begin(signedIn: Parameters<typeof stage>[0] = {}): void {
    fakeEditor.reset();
    s = stage(signedIn);
    s.world.endpoints.push({ ...anEndpoint, token: 't', createdAtMs: 0 });
    s.world.connections.push({ ...aConnection, postedAtMs: 0 });
    s.world.endpointZones.set(anEndpoint.id, [aZone]);
    s.world.endpointGroups.set(anEndpoint.id, ['sg-a']);
    s.world.vpcs.push({ id: 'vpc-a', name: 'a', cidrBlocks: ['10.0.0.0/8'] } as never);
    s.world.rules.set('sg-a', [
      { protocol: 'TCP', portRange: '4000/4000', sourceCidr: '10.0.0.0/8', policy: 'Accept', priority: 1 },
    ]);
    const onError = (error: unknown): void => assert.fail(String(error));
    history = new HealthHistory(new FakeState(), 'history', s.log);
    book = new HealthBook(history, s.log);
    production = new ProductionMarks(new FakeState(), (id) => id, s.log);
    monitor = new Emitter(onError);
    runner = new Emitter(onError);
    unfinished = [];
    rendered = 0;
    panels = new module.DetailsPanels({
      extensionUri: 'extension' as never,
      ...{ accounts: s.accounts, inventory: s.inventory, clock: s.clock, log: s.log },
      ...{ book, history, production },
      monitor: { onDidChange: monitor.event, noteZones: () => undefined, probe: () => Promise.resolve() },
      runner: { onDidChange: runner.event, unfinished: () => unfinished },
      notifications: new notifications.Notifications(s.log),
      isSandbox: () => (rendered++, false),
    } satisfies DetailsPanelServices);
  }

  beforeEach(() => begin());
  afterEach(() => {
    panels.dispose();
    assert.deepEqual(fakeEditor.errors, []);
  });

  /** Everything that follows, with what is gathered. */
  async function rest(): Promise<void> {
    for (let i = 0; i < 8; i++) {
      await s.clock.pass(gatheringMs);
      for (let at = 0; at < 10; at++) {
        await settle();
      }
    }
  }
  async function open(its = ref): Promise<DetailsPage> {
    const page = new DetailsPage();
    await panels.deserializeWebviewPanel(page as never, its);
    page.send({ type: 'ready' });
    await rest();
    return page;
  }
  async function refresh(): Promise<void> {
    await s.inventory.refreshDetails(ref.instanceId);
    await rest();
  }
  const accountOf = async (cloud: 'TiDB Cloud' | 'Alibaba Cloud') =>
    (await s.accounts.list(cloud))[0] ?? assert.fail(`nobody is signed in to ${cloud}`);
  const problems = (page: DetailsPage): readonly string[] =>
    page.state.problems.map(({ message }) => message);
  const groupAnswers = (page: DetailsPage): readonly string[] | undefined =>
    page.state.endpoint?.securityGroups?.map(({ answer }) => answer);
  const actions = (page: DetailsPage): readonly string[] => page.state.actions.map(({ id }) => id);

  it('shows everything after a reload, when nothing is known yet', async () => {
    const page = await open();
    assert.deepEqual(
      [page.title, page.state.title, page.state.loading],
      ['tidb-orders', 'tidb-orders', false],
    );
    assert.deepEqual(
      page.state.endpoint?.zones?.map(({ ip }) => ip),
      ['10.0.0.5'],
    );
    assert.deepEqual(groupAnswers(page), ['lets the VPC in on port 4000']);
    assert.deepEqual(problems(page), []);
  });

  describe('never shows what is not there any more', () => {
    it('says that an endpoint is gone that was deleted, keeps its past, and takes its buttons away', async () => {
      const page = await open();
      assert.ok(actions(page).includes(commands.connect));
      history.add(ref, { atMs: 1, level: 'healthy', word: 'Active', explanation: '', isFirst: true });
      s.world.endpoints.length = 0;
      s.world.connections.length = 0;
      await refresh();
      assert.match(page.state.health?.explanation ?? '', /^This endpoint is gone/);
      assert.deepEqual([page.state.endpoint, page.title], [undefined, 'tidb-orders']);
      assert.deepEqual(
        page.state.timeline.map(({ word, isFirst }) => [word, isFirst]),
        [['Active', true]],
      );
      assert.ok(!actions(page).includes(commands.connect));
    });

    it('says so of one that was deleted before it was picked from the history', async () => {
      const page = await open({ ...ref, endpointId: 'ep-gone' });
      assert.match(page.state.health?.explanation ?? '', /^This endpoint is gone/);
      assert.equal(page.state.loading, false);
    });

    it('asks to sign in once nobody is signed in to TiDB Cloud, and goes on when somebody is', async () => {
      const page = await open();
      await s.accounts.signOut(await accountOf('TiDB Cloud'));
      await rest();
      assert.deepEqual([page.state.endpoint, page.state.health], [undefined, undefined]);
      assert.deepEqual(problems(page), ['You are not signed in to TiDB Cloud.']);
      page.send({ type: 'act', action: 'signInTidbCloud' });
      await rest();
      assert.deepEqual(fakeEditor.executed, [[commands.signInTidbCloud]]);
      await s.accounts.signInTidbCloud({ publicKey: 'p', privateKey: 'q' });
      await rest();
      assert.equal(page.state.health?.word, 'Active');
      assert.deepEqual(problems(page), []);
    });

    it('takes away what Alibaba Cloud told once its account is signed out', async () => {
      const page = await open();
      await s.accounts.signOut(await accountOf('Alibaba Cloud'));
      await rest();
      const { endpoint, health } = page.state;
      assert.equal(health?.word, 'Active');
      assert.deepEqual([endpoint?.zones, endpoint?.securityGroups], [undefined, undefined]);
      assert.ok(!actions(page).includes(commands.deleteEndpoint));
      assert.deepEqual(
        page.state.problems.flatMap((problem) => problem.actions.map(({ id }) => id)),
        ['signInAlibabaCloud'],
      );
    });

    it('reads with the account that is there now', async () => {
      const page = await open();
      s.world.endpointGroups.set(anEndpoint.id, []);
      await s.accounts.signOut(await accountOf('Alibaba Cloud'));
      await s.accounts.signInAlibabaCloud(aliKeys);
      await rest();
      assert.deepEqual(groupAnswers(page), []);
    });

    it('drops what is still being read for an account that was signed out', async () => {
      const release = s.script.hold('listEndpointZones', 'after');
      const page = await open();
      await s.accounts.signOut(await accountOf('Alibaba Cloud'));
      await rest();
      release();
      await rest();
      assert.equal(page.state.endpoint?.zones, undefined);
      assert.equal(page.state.loading, false);
    });
  });

  describe('says why there is nothing to show', () => {
    it('after a reload while nobody is signed in', async () => {
      begin({ tidb: false });
      const page = await open();
      assert.deepEqual(problems(page), ['You are not signed in to TiDB Cloud.']);
      assert.equal(page.state.loading, false);
    });

    it('while TiDB Cloud is down, and reads again when asked', async () => {
      s.script.fail('listInstances', tidbError('cloudFault', { httpStatus: 503 }));
      const page = await open();
      assert.deepEqual(problems(page), ['TiDB Cloud has a problem of its own (HTTP 503).']);
      page.send({ type: 'act', action: 'retry' });
      await rest();
      assert.deepEqual([problems(page), page.state.health?.word], [[], 'Active']);
    });

    it('when a refresh fails on TiDB Cloud’s side, beside what was read before', async () => {
      const page = await open();
      s.script.fail('listConnections', tidbError('timeout'));
      page.send({ type: 'refresh' });
      await rest();
      assert.equal(problems(page).length, 1);
      assert.match(problems(page)[0] ?? '', /^TiDB Cloud did not answer in time/);
      assert.equal(page.state.health?.word, 'Active');
    });
  });

  it('follows the port of the service once it is known', async () => {
    s.world.services.set(anInstance.id, { ...aService, port: 3306 });
    const page = await open();
    assert.deepEqual(groupAnswers(page), ['lets nothing of the VPC in on port 3306']);
    s.world.services.set(anInstance.id, { ...aService, port: 4000 });
    await refresh();
    assert.deepEqual(groupAnswers(page), ['lets the VPC in on port 4000']);
  });

  describe('copies', () => {
    it('each value by its name, and answers once it is in the clipboard', async () => {
      const page = await open();
      const id = copyIds.rule('sg-a', 'Accept TCP, ports 4000/4000, from 10.0.0.0/8 (priority 1)');
      page.send({ type: 'copy', requestId: 1, id });
      page.send({ type: 'copy', requestId: 2, id: copyIds.zone(aZone.zoneId, 'status') });
      await rest();
      assert.deepEqual(fakeEditor.copied, [id.slice('rule/sg-a/'.length), 'Connected']);
      assert.deepEqual(page.answers, [
        { type: 'answer', requestId: 1, value: true },
        { type: 'answer', requestId: 2, value: true },
      ]);
    });

    it('values of any length', async () => {
      const tags = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`key-${i}`, 'v'.repeat(40)]));
      s.world.endpoints[0] = { ...anEndpoint, tags, token: 't', createdAtMs: 0 };
      const page = await open();
      page.send({ type: 'copy', requestId: 1, id: copyIds.fact('Alibaba Cloud', 'Tags') });
      await rest();
      assert.ok((fakeEditor.copied[0] ?? '').length > 1000);
    });

    it('nothing that is not shown, and says so', async () => {
      const page = await open();
      page.send({ type: 'copy', requestId: 3, id: 'fact/TiDB Cloud/Password' });
      await rest();
      assert.deepEqual(fakeEditor.copied, []);
      assert.deepEqual(page.answers, [{ type: 'answer', requestId: 3, failure: 'It has changed meanwhile' }]);
    });
  });

  describe('tells its page', () => {
    it('nothing about other instances, and nothing that is as it was', async () => {
      s.world.instances.set('1002', { ...anInstance, id: '1002' });
      s.world.services.set('1002', { ...aService, instanceId: '1002' });
      const page = await open();
      const { length } = page.states;
      const before = rendered;
      await s.inventory.refreshDetails('1002');
      await rest();
      assert.equal(rendered, before);
      monitor.fire();
      await rest();
      assert.equal(page.states.length, length);
    });

    it('once of all that changes at the same time', async () => {
      const page = await open();
      const { length } = page.states;
      s.world.connections[0] = { ...aConnection, state: 'FAILED', postedAtMs: 0 };
      await s.inventory.refreshDetails(ref.instanceId);
      monitor.fire();
      await production.set(ref.endpointId, true);
      assert.equal(page.states.length, length);
      await rest();
      assert.equal(page.states.length, length + 1);
      assert.ok(actions(page).includes(commands.unmarkProduction));
    });

    it('nothing while it is hidden, and everything when it is shown again', async () => {
      const page = await open();
      const { length } = page.states;
      const before = rendered;
      page.turn(false);
      s.world.connections[0] = { ...aConnection, state: 'FAILED', postedAtMs: 0 };
      await refresh();
      assert.deepEqual([page.states.length, rendered], [length, before]);
      page.turn(true);
      assert.equal(page.state.health?.word, 'Failed');
    });

    it('when the endpoint is being taken away', async () => {
      const page = await open();
      const progress = { creation: { id: 'c', endpointId: ref.endpointId, removal: {} } };
      unfinished = [progress as unknown as CreationProgress];
      runner.fire(progress as unknown as CreationProgress);
      await rest();
      assert.ok(!actions(page).includes(commands.connect));
    });
  });

  it('reads nothing while it is hidden', async () => {
    const page = await open();
    page.turn(false);
    await s.accounts.signInAlibabaCloud({ kind: 'keys', accessKeyId: 'b', accessKeySecret: 'c' });
    await rest();
    const { length } = s.script.calls;
    await rest();
    assert.equal(s.script.calls.length, length);
    assert.deepEqual(s.inventory.details(ref.instanceId).value, undefined);
    page.turn(true);
    await rest();
    assert.equal(page.state.endpoint?.zones?.length, 1);
  });

  it('shows no error when a question is closed', async () => {
    const page = await open();
    const { executeCommand } = fakeEditor.vscode.commands;
    fakeEditor.vscode.commands.executeCommand = () => Promise.reject(cancellation());
    page.send({ type: 'act', action: commands.connect });
    await rest();
    fakeEditor.vscode.commands.executeCommand = executeCommand;
    assert.deepEqual(fakeEditor.errors, []);
  });

  it('tells which instances are in sight', async () => {
    let fired = 0;
    panels.onDidChangeVisible(() => (fired += 1));
    const page = await open();
    const other = await open({ instanceId: '1002', endpointId: 'ep-2' });
    assert.deepEqual([panels.visibleInstances(), fired], [['1001', '1002'], 2]);
    page.turn(false);
    page.turn(false);
    assert.deepEqual([panels.visibleInstances(), fired], [['1002'], 3]);
    page.turn(true);
    other.dispose();
    assert.deepEqual([panels.visibleInstances(), fired], [['1001'], 5]);
  });

  it('has one panel for each endpoint', async () => {
    const page = await open();
    page.turn(false);
    panels.show(ref);
    assert.equal(page.visible, true);
  });
});
