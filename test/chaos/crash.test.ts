import assert from 'node:assert/strict';
import type { Creation } from '../../src/core/creation';
import { Stage, type Window } from './stage';
import type { Phase } from './toll';

const phases: readonly Phase[] = ['before', 'sent', 'answered'];
/** Processes of different crash points run side by side. */
const atOnce = 4;

interface Scenario {
  readonly what: string;
  readonly acceptance: 'api' | 'console';
  /** Resolves with what the window is to start. */
  readonly begin: (stage: Stage) => Promise<Creation>;
  /** Ends it in the middle: the person cancels, so to say. */
  readonly end: string;
  readonly outcome: 'active' | 'removed';
}

const created = '1 endpoint(s), 1 connection(s) ACTIVE';
const nothing = '0 endpoint(s), 0 connection(s)';
const scenarios: readonly Scenario[] = (['api', 'console'] as const).flatMap((acceptance) => [
  {
    what: `a creation, accepted by ${acceptance}`,
    acceptance,
    begin: (stage: Stage) => Promise.resolve(stage.creation('c1')),
    end: created,
    outcome: 'active' as const,
  },
  {
    what: `a removal, connection deleted by ${acceptance}`,
    acceptance,
    begin: async (stage: Stage) => ({
      ...(await stage.madeByHand()),
      id: 'd1',
      removal: { connection: true, endpoint: true },
    }),
    end: nothing,
    outcome: 'removed' as const,
  },
]);

interface Ending {
  readonly call: string | undefined;
  readonly failure?: string;
}

/** Kills the window at the nth call's phase and lets the next one finish. `call` is undefined when it had no nth call. */
async function crash(scenario: Scenario, nth: number, phase: Phase): Promise<Ending> {
  const stage = await Stage.open(scenario.acceptance);
  try {
    const creation = await scenario.begin(stage);
    const first = await stage.openWindow();
    const call = await killAt(stage, first, creation, nth, phase);
    if (call !== undefined) {
      stage.passing = () => true;
      const next = await stage.openWindow();
      next.say({});
      await next.finished();
    }
    return { call, ...(await failureOf(stage, scenario)) };
  } catch (error) {
    return { call: 'unknown', failure: String(error) };
  } finally {
    await stage.close();
  }
}

async function killAt(
  stage: Stage,
  window: Window,
  creation: Creation,
  nth: number,
  phase: Phase,
): Promise<string | undefined> {
  let seen = 0;
  let met: string | undefined;
  stage.passing = async (call, at) => {
    if (met === undefined && at === phase && ++seen === nth) {
      met = call;
      await window.kill();
    }
    return met === undefined;
  };
  window.say({ start: creation });
  await window.finished();
  if (met !== undefined) {
    await window.kill();
  }
  return met;
}

async function failureOf(stage: Stage, { end, outcome }: Scenario): Promise<{ failure?: string }> {
  const [record = '', ...more] = await stage.journal();
  const isFinished = record.includes(`"outcome": "${outcome}"`) && more.length === 0;
  const count = stage.count();
  return count === end && isFinished ? {} : { failure: `${count}\n${record}` };
}

describe('A window that is killed', () => {
  let points = 0;
  let failures = 0;
  after(() => console.log(`      crash points: ${points}, failures: ${failures}`));

  for (const scenario of scenarios) {
    it(`at any call of ${scenario.what}: the next one ends it as wished`, async () => {
      const failed: string[] = [];
      const calls = new Set<string>();
      let next = 1;
      let isOver = false;
      const work = async (): Promise<void> => {
        while (!isOver) {
          const nth = next++;
          for (const phase of phases) {
            const { call, failure } = await crash(scenario, nth, phase);
            if (call === undefined) {
              isOver = true;
            } else {
              points++;
              calls.add(call);
            }
            if (failure !== undefined) {
              failed.push(`call ${nth} (${call ?? 'none'}), ${phase}: ${failure}`);
            }
          }
        }
      };
      await Promise.all(Array.from({ length: atOnce }, work));
      failures += failed.length;
      console.log(`        ${[...calls].join(', ')}`);
      assert.deepEqual(failed, []);
      assert.ok(calls.size >= 5, [...calls].join());
    });
  }
});
