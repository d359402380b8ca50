import assert from 'node:assert/strict';
import { Emitter } from '../../../src/core/emitter';
import type { HealthLevel, Verdict } from '../../../src/core/health';
import { commands } from '../../../src/ids';
import type { SettledChange } from '../../../src/services/health/book';
import { HealthHistory } from '../../../src/services/health/history';
import type * as NewsModule from '../../../src/statusBar/healthNews';
import { FakeState, RecordingLog } from '../fakes';
import { fakeEditor, withoutEditor } from '../panels/withoutEditor';

const ref = { instanceId: '1', endpointId: 'ep-1' };
const verdict = (level: HealthLevel, word: string): Verdict => ({
  level,
  word,
  explanation: `It is ${word}.`,
});
const healthy = verdict('healthy', 'Active');
const failed = verdict('failed', 'Failed');

describe('news of health', () => {
  let state: FakeState;
  let windows: Window[];
  let expected: (change: SettledChange) => boolean;
  let nameOf: (ref: SettledChange['ref']) => string | undefined;
  let module: typeof NewsModule;

  /** One that sees what changes, keeps it in the history that all share, and tells of it after so long. */
  class Window {
    readonly settled = new Emitter<SettledChange>((error) => assert.fail(String(error)));
    private readonly history = new HealthHistory(state, 'history', new RecordingLog());
    readonly news: NewsModule.HealthNews;

    constructor(waitMs: number) {
      this.news = new module.HealthNews({
        book: { onDidSettle: this.settled.event },
        history: this.history,
        nameOf: (each) => nameOf(each),
        isExpected: (change) => expected(change),
        waitMs: () => waitMs,
      });
      windows.push(this);
    }

    sees(from: Verdict, to: Verdict, endpointId = ref.endpointId): void {
      const change = { from, to, atMs: Date.now(), ref: { ...ref, endpointId } };
      this.history.add(change.ref, { ...to, atMs: change.atMs });
      this.settled.fire(change);
    }
  }

  const change = (from: Verdict, to: Verdict, endpointId?: string): void =>
    windows[0]?.sees(from, to, endpointId);
  const gathered = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 60));
  const told = (): readonly (readonly [string, readonly string[]])[] =>
    fakeEditor.asked.map(({ message, buttons }) => [message, buttons]);

  before(async () => {
    module = await withoutEditor(() => import('../../../src/statusBar/healthNews'));
  });
  beforeEach(() => {
    fakeEditor.reset();
    expected = () => false;
    nameOf = ({ endpointId }) => `orders · ${endpointId}`;
    state = new FakeState();
    windows = [];
    new Window(1);
  });
  afterEach(() => windows.forEach(({ news }) => news.dispose()));

  it('tell of what went wrong, with the action that helps', async () => {
    fakeEditor.answer = ({ buttons }) => buttons[0];
    change(healthy, verdict('failed', 'Not answering'));
    await gathered();
    assert.deepEqual(told(), [['orders · ep-1: Not answering. It is Not answering.', ['Diagnose']]]);
    assert.deepEqual(fakeEditor.executed, [[commands.diagnose, ref]]);
  });

  const helps = {
    Failed: ['Open Creation Panel', commands.openCreation],
    'Not registered': ['Open Creation Panel', commands.openCreation],
    'Service deleted': ['Delete Endpoint…', commands.deleteEndpoint],
    Locked: ['Open in Alibaba Cloud', commands.openInAlibabaCloud],
    'Zone disconnected': ['Open Details', commands.showDetails],
    Disconnected: ['Open Details', commands.showDetails],
    'Not reachable': ['Diagnose', commands.diagnose],
    'Never heard of': ['Diagnose', commands.diagnose],
  };
  for (const [word, [button, command]] of Object.entries(helps)) {
    it(`offer what helps when it is ${word}`, async () => {
      fakeEditor.answer = ({ buttons }) => buttons[0];
      change(healthy, verdict('failed', word));
      await gathered();
      assert.deepEqual(fakeEditor.asked[0]?.buttons, [button]);
      assert.deepEqual(fakeEditor.executed, [[command, ref]]);
    });
  }

  it('say when it is over', async () => {
    change(healthy, failed);
    await gathered();
    change(failed, healthy);
    await gathered();
    assert.deepEqual(told()[1], ['orders · ep-1 is healthy again.', ['Open Details']]);
  });

  it('are silent about what is expected, and about what is made or removed from here', async () => {
    change(healthy, verdict('changing', 'Deleting'));
    change(verdict('changing', 'Pending'), healthy);
    expected = ({ ref: { endpointId } }) => endpointId === 'ep-2';
    change(healthy, failed, 'ep-2');
    await gathered();
    assert.deepEqual(told(), []);
  });

  it('come together where they happen together', async () => {
    for (const endpointId of ['ep-1', 'ep-2', 'ep-3']) {
      change(healthy, failed, endpointId);
    }
    await gathered();
    assert.deepEqual(told(), [
      ['3 private endpoints need your attention, orders · ep-1 among them.', ['Show Endpoint Health']],
    ]);
  });

  it('name a bad one, the worst, and tell what is over beside it', async () => {
    change(failed, healthy, 'ep-1');
    change(healthy, verdict('attention', 'Not reachable'), 'ep-2');
    change(healthy, failed, 'ep-3');
    await gathered();
    assert.deepEqual(told()[0], [
      '2 private endpoints need your attention, orders · ep-3 among them. orders · ep-1 is healthy again.',
      ['Show Endpoint Health'],
    ]);
  });

  it('tell of one bad one by itself, whatever else is over', async () => {
    change(failed, healthy, 'ep-1');
    change(failed, healthy, 'ep-2');
    change(healthy, failed, 'ep-3');
    await gathered();
    assert.deepEqual(told()[0], [
      'orders · ep-3: Failed. It is Failed. 2 private endpoints are healthy again.',
      ['Open Creation Panel'],
    ]);
  });

  it('count several that are over', async () => {
    change(failed, healthy, 'ep-1');
    change(failed, healthy, 'ep-2');
    await gathered();
    assert.deepEqual(told(), [['2 private endpoints are healthy again.', ['Show Endpoint Health']]]);
  });

  it('count an endpoint once, as it is last', async () => {
    change(healthy, verdict('attention', 'Not reachable'));
    change(verdict('attention', 'Not reachable'), failed);
    change(healthy, failed, 'ep-2');
    change(failed, healthy, 'ep-2');
    await gathered();
    assert.deepEqual(told(), [['orders · ep-1: Failed. It is Failed.', ['Open Creation Panel']]]);
  });

  it('come from one window, whichever has seen it first', async () => {
    const other = new Window(20);
    change(healthy, failed);
    other.sees(healthy, failed);
    await gathered();
    assert.equal(told().length, 1);
    other.sees(failed, healthy);
    await gathered();
    change(failed, healthy);
    await gathered();
    assert.deepEqual(
      told().map(([message]) => message),
      ['orders · ep-1: Failed. It is Failed.', 'orders · ep-1 is healthy again.'],
    );
  });

  it('wait longer where the person does not look', () => {
    const { waitBeforeTelling } = module;
    assert.equal(waitBeforeTelling(true, 0.9), waitBeforeTelling(true, 0));
    assert.ok(waitBeforeTelling(false, 0) > waitBeforeTelling(true, 0));
    assert.ok(waitBeforeTelling(false, 1) <= waitBeforeTelling(false, 0) + 2000);
    assert.ok(waitBeforeTelling(false, 1) > waitBeforeTelling(false, 0.5));
  });

  it('hold no link that comes from a cloud', async () => {
    nameOf = () => 'a [b](command:evil)';
    change(healthy, { ...failed, explanation: 'See\n[this](https://evil.example).' });
    await gathered();
    assert.equal(told()[0]?.[0], 'a [b] (command:evil): Failed. See [this] (https://evil.example).');
  });
});
