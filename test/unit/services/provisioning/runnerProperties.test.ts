import assert from 'node:assert/strict';
import fc from 'fast-check';
import { removalOf } from '../../../../src/core/creation';
import { AppError, isTransient } from '../../../../src/core/errors';
import type { CreationRunner } from '../../../../src/services/provisioning/runner';
import { aCreation, aService, anInstance, tidbError } from '../../fakes';
import { RoughClouds } from './roughClouds';
import { minute, Running } from './running';

const calls = [
  'createEndpoint',
  'createConnection',
  'deleteConnection',
  'removeEndpointZone',
  'deleteEndpoint',
  'listEndpoints',
  'getEndpoint',
  'listConnections',
  'journal.write',
] as const;

type Event =
  | { readonly kind: 'lose'; readonly call: (typeof calls)[number]; readonly phase: 'before' | 'after' }
  | { readonly kind: 'person'; readonly asks: 'retry' | 'cancel' | 'recreate' | 'abandon' }
  | { readonly kind: 'lag' | 'offers' | 'service'; readonly on: boolean }
  | {
      readonly kind: 'kill' | 'sleep' | 'register' | 'deleteConnection' | 'deleteEndpoint' | 'fail';
    };

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('lose' as const),
      call: fc.constantFrom(...calls),
      phase: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('person' as const),
      asks: fc.constantFrom('retry' as const, 'cancel' as const, 'recreate' as const, 'abandon' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('lag' as const, 'offers' as const, 'service' as const),
      on: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'kill' as const,
        'sleep' as const,
        'register' as const,
        'deleteConnection' as const,
        'deleteEndpoint' as const,
        'fail' as const,
      ),
    }),
  },
);
/** How long until the event, in ms: often while a call is about to leave, sometimes much later. */
const gap = fc.oneof(fc.constantFrom(0, 1, 2_000), fc.nat(20_000), fc.nat(4 * minute));
const story = fc.array(fc.tuple(gap, event), { maxLength: 14 });

/** One creation in two windows while the story happens, and then half an hour of peace. */
class Told {
  readonly r = new Running();
  readonly clouds = new RoughClouds(this.r);
  readonly violations = this.clouds.violations;
  private windows: CreationRunner[] = [];
  states = new Set<string>();

  async tell(events: readonly (readonly [number, Event])[]): Promise<void> {
    const { r } = this;
    this.windows = [this.listenTo(r.runner), this.listenTo(r.aRunner())];
    await this.windows[1]?.resumeAll();
    void r.runner.start(aCreation).catch(() => undefined);
    for (const [ms, next] of events) {
      await this.pass(ms);
      await this.happen(next);
    }
    this.clouds.lagging = false;
    r.world.services.set(anInstance.id, aService);
    await this.pass(30 * minute);
    this.clouds.assertForeignUntouched();
    this.assertEnd();
    r.dispose();
  }

  private async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= minute) {
      // The fakes stop answering what calls without an end.
      this.r.script.calls.length = 0;
      await this.r.clock.pass(Math.min(left, minute));
    }
    await this.r.clock.pass(0);
  }

  private listenTo(runner: CreationRunner): CreationRunner {
    runner.onDidChange(({ decision, error }) =>
      this.states.add(`${JSON.stringify(decision)} ${AppError.is(error) ? error.code : String(error)}`),
    );
    runner.onDidComplete(() => {
      const [connection] = this.clouds.connections;
      this.expect('Active with one endpoint', this.clouds.endpoints.length === 1);
      this.expect('Active with one connection', this.clouds.connections.length === 1);
      this.expect('Active with a connection that is not going', connection !== undefined);
    });
    runner.onDidRemove(() => {
      this.expect('removed with nothing left', this.clouds.endpoints.length === 0);
    });
    return runner;
  }

  private expect(what: string, isSo: boolean): void {
    if (!isSo) {
      this.violations.push(`not ${what}`);
    }
  }

  private async happen(next: Event): Promise<void> {
    const { r, clouds } = this;
    switch (next.kind) {
      case 'lose':
        r.script.fail(next.call, tidbError('timeout'), next.phase);
        return;
      case 'person':
        this.ask(next.asks);
        return;
      case 'lag':
        clouds.lagging = next.on;
        return;
      case 'offers':
        r.world.offersCreateConnection = next.on;
        return;
      case 'service':
        r.world.services.set(anInstance.id, { ...aService, state: next.on ? 'ACTIVE' : 'CREATING' });
        return;
      case 'kill': {
        const dead = this.worker();
        r.kill(dead);
        this.windows = this.windows.filter((window) => window !== dead);
        const fresh = this.listenTo(r.aRunner());
        this.windows.push(fresh);
        await fresh.resumeAll();
        return;
      }
      case 'sleep':
        r.loseLeases(this.worker());
        return;
      case 'register':
        clouds.registerByHand();
        return;
      case 'deleteConnection':
        clouds.deleteConnectionByHand();
        return;
      case 'deleteEndpoint':
        clouds.deleteEndpointByHand();
        return;
      case 'fail':
        clouds.failConnection();
    }
  }

  private ask(asks: 'retry' | 'cancel' | 'recreate' | 'abandon'): void {
    const window = this.worker();
    const progress = window.progressOf(anInstance.id);
    if (progress === undefined || progress.readOnly || progress.creation.finished !== undefined) {
      return;
    }
    const { id } = progress.creation;
    // That another window works on it, or that nothing is Failed, is told to the person.
    const told = (error: unknown): void => this.expect(`an answer: ${String(error)}`, AppError.is(error));
    switch (asks) {
      case 'retry':
        window.retry(id);
        return;
      case 'cancel':
        window.remove(id, removalOf(progress.creation)).catch(told);
        return;
      case 'recreate':
        window.recreate(id).catch(told);
        return;
      case 'abandon':
        window.abandon(id).catch(told);
    }
  }

  /** The window that works on it, or the first that could. */
  private worker(): CreationRunner {
    const works = (window: CreationRunner): boolean => window.progressOf(anInstance.id)?.readOnly === false;
    return this.windows.find(works) ?? this.windows[0] ?? assert.fail('no window');
  }

  private assertEnd(): void {
    const record = this.r.world.journal.records.get('c1');
    if (record === undefined || record.finished !== undefined) {
      return;
    }
    const progress = this.worker().progressOf(anInstance.id);
    const { decision, error } = progress ?? {};
    const hasReason =
      decision?.kind === 'ask' ||
      decision?.kind === 'blocked' ||
      (error !== undefined && !isTransient(error));
    this.expect(`an end or a reason: ${JSON.stringify(decision)} ${String(error)}`, hasReason);
  }
}

describe('CreationRunner, whatever happens', () => {
  it('never makes two, never removes what it did not make, and ends or waits for the person', async () => {
    const states = new Set<string>();
    let stories = 0;
    let violations = 0;
    await fc.assert(
      fc.asyncProperty(story, async (events) => {
        const told = new Told();
        await told.tell(events);
        stories++;
        violations += told.violations.length;
        told.states.forEach((state) => states.add(state));
        assert.deepEqual(told.violations, []);
      }),
      { numRuns: Number(process.env['STORIES'] ?? 100) },
    );
    console.log(`      stories: ${stories}, states visited: ${states.size}, violations: ${violations}`);
  }).timeout(180_000);
});
