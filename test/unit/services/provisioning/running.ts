import assert from 'node:assert/strict';
import type { Creation } from '../../../../src/core/creation';
import { Durations } from '../../../../src/services/provisioning/durations';
import { CreationRunner, type CreationProgress } from '../../../../src/services/provisioning/runner';
import { aCreation, anEndpoint, without, type FakeWindow } from '../../fakes';
import { stage } from '../stage';

export const minute = 60_000;
export const byHand: Creation = {
  ...without(aCreation, 'spec'),
  endpointId: anEndpoint.id,
  endpointDomain: anEndpoint.domain,
};

/** A runner on fakes, and what it told. */
export class Running {
  private readonly stage;
  readonly progress: CreationProgress[] = [];
  readonly completed: CreationProgress[] = [];
  readonly removed: CreationProgress[] = [];
  private readonly windows: { readonly window: FakeWindow; readonly runner: CreationRunner }[] = [];
  runner: CreationRunner;

  constructor(signedIn: Parameters<typeof stage>[0] = {}) {
    this.stage = stage(signedIn);
    this.runner = this.aRunner();
  }

  get world() {
    return this.stage.world;
  }
  get script() {
    return this.stage.script;
  }
  get clock() {
    return this.stage.clock;
  }
  get secrets() {
    return this.stage.secrets;
  }
  get state() {
    return this.stage.state;
  }
  get accounts() {
    return this.stage.accounts;
  }
  get log() {
    return this.stage.log;
  }
  get inventory() {
    return this.stage.inventory;
  }

  /** As in another window, or after a reload. */
  aRunner(): CreationRunner {
    return this.aWindow().runner;
  }

  /** A window with its runner; what it tells is told here as well. */
  aWindow(): { readonly window: FakeWindow; readonly runner: CreationRunner } {
    const { world, accounts, inventory, clock, log, state } = this.stage;
    const window = world.journal.window();
    const runner = new CreationRunner({
      ...{ journal: window, accounts, inventory, clock, log, random: () => 0 },
      durations: new Durations(state, 'durations'),
    });
    runner.onDidChange((now) => this.progress.push(now));
    runner.onDidComplete((now) => this.completed.push(now));
    runner.onDidRemove((now) => this.removed.push(now));
    this.windows.push({ window, runner });
    return { window, runner };
  }

  /** The window ends without a word, as when its process was killed; its leases run out. */
  kill(runner: CreationRunner): void {
    runner.dispose();
    this.loseLeases(runner);
  }

  /** As after a sleep of the machine that was longer than they last. */
  loseLeases(runner: CreationRunner): void {
    const { window } = this.windows.find((each) => each.runner === runner) ?? assert.fail('no such window');
    this.world.journal.expire(window);
  }

  dispose(): void {
    this.windows.forEach(({ runner }) => runner.dispose());
  }

  latest(): CreationProgress {
    return this.progress.at(-1) ?? assert.fail('no progress');
  }

  record(): Creation {
    return this.world.journal.records.get('c1') ?? assert.fail('no record');
  }

  /** What it is at, in one word. */
  decision(): string {
    const { decision } = this.latest();
    switch (decision?.kind) {
      case 'wait':
        return decision.until;
      case 'ask':
        return decision.forWhat;
      case 'blocked':
        return decision.reason;
      default:
        return decision?.kind ?? 'none';
    }
  }

  /** The code of the error that is shown. */
  code(): unknown {
    return (this.latest().error as { code?: string } | undefined)?.code;
  }

  /** Ended as wished: one endpoint, one connection, told once, and nothing is left to wait for. */
  assertDone(): void {
    assert.equal(this.world.endpoints.length, 1);
    assert.equal(this.world.connections.length, 1);
    assert.equal(this.record().finished?.outcome, 'active');
    assert.equal(this.completed.length, 1);
    assert.equal(this.latest().decision?.kind, 'done');
    assert.equal(this.latest().error, undefined);
    assert.deepEqual(this.clock.waits, []);
  }
}
