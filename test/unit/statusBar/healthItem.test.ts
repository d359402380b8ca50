import assert from 'node:assert/strict';
import { Emitter } from '../../../src/core/emitter';
import { verdictOf, type HealthLevel } from '../../../src/core/health';
import type * as ShowHealthModule from '../../../src/commands/showHealth';
import type { CommandServices } from '../../../src/commands/command';
import { commands } from '../../../src/ids';
import type { EndpointHealth } from '../../../src/services/healthMonitor';
import type * as ItemModule from '../../../src/statusBar/healthItem';
import { editor, fakeEditor, withoutEditor } from '../commands/editor';
import { aConnection, anEndpoint, anInstance } from '../fakes';

class ShownItem {
  text = '';
  tooltip: { readonly value: string } | undefined;
  command: string | undefined;
  backgroundColor: { readonly id: string } | undefined;
  accessibilityInformation: { readonly label: string } | undefined;
  shown = false;
  show(): void {
    this.shown = true;
  }
  hide(): void {
    this.shown = false;
  }
  dispose(): void {
    this.hide();
  }
}

interface Change extends Partial<Omit<EndpointHealth, 'instance' | 'endpoint'>> {
  readonly name?: string;
  readonly endpointName?: string;
  readonly state?: 'ACTIVE' | 'FAILED' | 'PENDING';
}

function healthOf({
  name = 'orders-prod',
  endpointName = 'vpc-east',
  state = 'ACTIVE',
  ...rest
}: Change): EndpointHealth {
  const endpoint = {
    instanceId: anInstance.id,
    endpointId: anEndpoint.id,
    connection: { ...aConnection, state },
    endpoint: { ...anEndpoint, name: endpointName },
  };
  return { instance: { ...anInstance, name }, endpoint, verdict: verdictOf(endpoint), ...rest };
}

const hostile = 'a|b\n| [c](command:evil) <img> https://evil.example $(trash)';
const at = (hours: number, minutes: number): number => new Date().setHours(hours, minutes, 0, 0);

describe('the health in the status bar', () => {
  let module: typeof ItemModule;
  let shown: ShownItem;
  let health: readonly EndpointHealth[];
  let asked: number;
  let isWanted: boolean;
  let item: ItemModule.HealthItem;
  const changed = new Emitter<void>((error) => assert.fail(String(error)));

  before(async () => {
    module = await withoutEditor(() => import('../../../src/statusBar/healthItem'));
  });

  beforeEach(() => {
    editor.reset();
    shown = new ShownItem();
    Object.assign(fakeEditor.vscode, { StatusBarAlignment: { Left: 1, Right: 2 } });
    Object.assign(fakeEditor.vscode.window, { createStatusBarItem: () => shown });
    health = [];
    asked = 0;
    isWanted = true;
    const monitor = {
      get health() {
        asked += 1;
        return health;
      },
      onDidChange: changed.event,
    };
    item = new module.HealthItem(monitor, () => isWanted);
  });
  afterEach(() => item.dispose());

  const render = (...all: readonly EndpointHealth[]): ShownItem => {
    health = all;
    item.render();
    return shown;
  };
  /** The cells of the rows below the head. */
  const rows = (): readonly (readonly string[])[] =>
    (shown.tooltip?.value ?? '')
      .split('\n')
      .slice(2)
      .filter((line) => line.startsWith('|'))
      .map((line) =>
        line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim().replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))),
      );

  it('is hidden while no endpoint is known, and when that is so again', () => {
    assert.equal(shown.shown, false);
    assert.equal(render(healthOf({})).shown, true);
    assert.equal(render().shown, false);
  });

  it('is hidden by the setting, which then costs nothing', () => {
    isWanted = false;
    asked = 0;
    assert.equal(render(healthOf({})).shown, false);
    assert.equal(asked, 0, 'the health of everything is not put together for nothing');
    isWanted = true;
    assert.equal(render(healthOf({})).shown, true);
  });

  it('follows what changes, once for all that changes at the same time', async () => {
    health = [healthOf({})];
    asked = 0;
    for (let time = 0; time < 100; time += 1) {
      changed.fire();
    }
    while (!shown.shown) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal(asked, 1);
    assert.equal(shown.command, commands.showHealth);
  });

  it('counts what is healthy', () => {
    assert.equal(render(healthOf({})).text, '$(pass) 1 endpoint healthy');
    assert.equal(render(healthOf({}), healthOf({}), healthOf({})).text, '$(pass) 3 endpoints healthy');
    assert.equal(shown.accessibilityInformation?.label, 'TiDB private endpoints: 3 endpoints healthy');
    assert.equal(shown.backgroundColor, undefined);
  });

  it('names the worst one, in a word and an icon, and is red only where something failed', () => {
    const word = (level: HealthLevel, text: string): Change => ({
      verdict: { level, word: text, explanation: '' },
    });
    const texts = [
      healthOf({ state: 'FAILED' }),
      healthOf({ state: 'PENDING' }),
      healthOf(word('attention', 'Not reachable')),
      healthOf(word('failed', 'Not answering')),
    ].map((worst) => [render(worst, healthOf({})).text, shown.backgroundColor !== undefined]);
    assert.deepEqual(texts, [
      ['$(error) orders-prod: connection Failed', true],
      ['$(sync~spin) orders-prod: connection Pending', false],
      ['$(warning) orders-prod: Not reachable', false],
      ['$(error) orders-prod: Not answering', true],
    ]);
  });

  it('does not call healthy what was not read for long', () => {
    const stale = { isStale: true, readMs: at(10, 42) };
    assert.equal(
      render(healthOf(stale), healthOf({ ...stale, readMs: at(10, 50) })).text,
      '$(debug-disconnect) 2 endpoints, not read since 10:42',
    );
    assert.deepEqual(
      rows().map((cells) => cells[1]),
      ['Active, not read since 10:42', 'Active, not read since 10:50'],
    );
    assert.equal(
      render(healthOf({}), healthOf(stale), healthOf({})).text,
      '$(debug-disconnect) 1 of 3 endpoints not read since 10:42',
    );
    assert.equal(render(healthOf({ isStale: true })).text, '$(debug-disconnect) 1 endpoint, not read yet');
    assert.match(render(healthOf({ state: 'FAILED' }), healthOf(stale)).text, /connection Failed$/);
  });

  it('shows what each cloud says, the latency, and since when', () => {
    const { endpoint } = healthOf({});
    render(
      {
        ...healthOf({ sinceMs: at(9, 5), reach: { kind: 'notFromHere', reason: '' } }),
        endpoint: { ...endpoint, endpoint: { ...anEndpoint, name: '', connectionStatus: 'Disconnected' } },
        verdict: { level: 'failed', word: 'Disconnected', explanation: '' },
      },
      healthOf({
        sinceMs: new Date(2020, 0, 2, 3, 4).getTime(),
        reach: { kind: 'reached', latencyMs: 1.26 },
      }),
      { ...healthOf({ state: 'PENDING' }), endpoint: { instanceId: '1', endpointId: 'ep-x' } },
    );
    assert.match(
      shown.tooltip?.value ?? '',
      /^\| Endpoint \| Health \| TiDB Cloud \| Alibaba Cloud \| From Here \| Since \|\n\| :-- (\| :-- ){5}\|\n/,
    );
    assert.deepEqual(rows(), [
      [
        `orders-prod · ${anEndpoint.id}`,
        ...['Disconnected', 'Active', 'Active, Disconnected', 'not reachable from here', '09:05'],
      ],
      ['orders-prod · vpc-east', 'Active', 'Active', 'Active', '1.3 ms', '2 Jan 03:04'],
      ['orders-prod · ep-x', 'Pending', 'no connection', 'not seen from here', 'not tried', ''],
    ]);
  });

  it('shows the worst 20, and how many more there are', () => {
    render(...Array.from({ length: 1234 }, () => healthOf({})));
    assert.equal(rows().length, 20);
    assert.match(shown.tooltip?.value ?? '', /\|\n\nand 1,214 more$/);
    render(...Array.from({ length: 20 }, () => healthOf({})));
    assert.doesNotMatch(shown.tooltip?.value ?? '', /more/);
  });

  it('makes no row, link or icon of a name', () => {
    render(healthOf({ name: hostile, endpointName: hostile, state: 'FAILED' }), healthOf({}));
    assert.doesNotMatch(shown.text.slice('$(error) '.length), /\$\(|\n/);
    assert.equal(rows().length, 2);
    const oneLine = hostile.replace('\n', ' ');
    assert.deepEqual(rows()[0], [`${oneLine} · ${oneLine}`, 'Failed', 'Failed', 'Active', 'not tried', '']);
    const [, , row = ''] = (shown.tooltip?.value ?? '').split('\n');
    assert.doesNotMatch(row, /[<$:[]/);
  });
});

describe('the list of endpoints that a click on the health shows', () => {
  let showHealth: typeof ShowHealthModule.showHealth;
  interface Row {
    readonly label: string;
    readonly description: string;
    readonly detail: string;
  }

  before(async () => {
    ({ showHealth } = await withoutEditor(() => import('../../../src/commands/showHealth')));
  });

  beforeEach(() => editor.reset());

  async function list(health: readonly EndpointHealth[]): Promise<readonly Row[]> {
    let listed: readonly Row[] = [];
    editor.pick = (items) => {
      listed = items as unknown as readonly Row[];
      return undefined;
    };
    await showHealth.handler({ monitor: { health } } as unknown as CommandServices)();
    return listed;
  }

  it('tells the state and what this machine has found', async () => {
    const rows = await list([
      healthOf({ state: 'FAILED', reach: { kind: 'notFromHere', reason: '' } }),
      healthOf({ reach: { kind: 'reached', latencyMs: 12 }, isStale: true }),
      healthOf({ endpointName: '' }),
    ]);
    assert.deepEqual(
      rows.map(({ label, description }) => [label, description]),
      [
        ['orders-prod', `Failed · not reachable from here · vpc-east · ${anEndpoint.id}`],
        ['orders-prod', `Active · 12 ms · not read lately · vpc-east · ${anEndpoint.id}`],
        ['orders-prod', `Active · ${anEndpoint.id}`],
      ],
    );
  });

  it('makes no icon of a name', async () => {
    const [row] = await list([
      {
        ...healthOf({ name: hostile, endpointName: hostile }),
        verdict: { level: 'failed', word: 'Failed', explanation: hostile },
      },
    ]);
    for (const text of [row?.label, row?.description, row?.detail]) {
      assert.doesNotMatch(text ?? '$(', /\$\(|\n/);
    }
  });

  it('offers actions for the one that is picked', async () => {
    const lists: (readonly { readonly label: string }[])[] = [];
    editor.pick = (items) => {
      lists.push(items);
      return lists.length === 1 ? items[0] : items.find(({ label }) => label === 'Diagnose Connection');
    };
    const health = [healthOf({ state: 'FAILED' })];
    await showHealth.handler({ monitor: { health } } as unknown as CommandServices)();
    assert.deepEqual(fakeEditor.executed, [
      [commands.diagnose, { instanceId: anInstance.id, endpointId: anEndpoint.id }],
    ]);
  });
});
