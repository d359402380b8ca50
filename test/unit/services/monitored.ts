import type { PrivateEndpoint } from '../../../src/core/health';
import type { Reach } from '../../../src/core/reach';
import { HealthBook, type SettledChange } from '../../../src/services/health/book';
import { HealthHistory } from '../../../src/services/health/history';
import { HealthMonitor } from '../../../src/services/healthMonitor';
import { Scheduler } from '../../../src/services/scheduler';
import { stage, type Stage } from './stage';

export const minuteMs = 60_000;

/** Monitors on fakes, and what they find and do. */
export class Monitored {
  readonly s: Stage = stage();
  /** Somebody looks at the view or the status bar. */
  looking = true;
  inView: readonly string[] = [];
  /** What a probe finds. */
  reach: Reach | null | undefined;
  network = 'home';
  readonly tried: PrivateEndpoint[] = [];
  readonly settled: SettledChange[] = [];
  /** How often probes were told to forget. */
  forgotten = 0;

  /** One more window. */
  monitor(): HealthMonitor {
    return this.watched().monitor;
  }

  watched(): { readonly monitor: HealthMonitor; readonly wake: () => void } {
    const { s } = this;
    const scheduler = new Scheduler(s.clock, s.log, () => 0);
    const book = new HealthBook(new HealthHistory(s.state, 'history', s.log), s.log);
    book.onDidSettle((change) => this.settled.push(change));
    const monitor = new HealthMonitor({
      ...{ book, scheduler },
      inventory: s.inventory,
      probes: {
        of: (endpoint) => {
          this.tried.push(endpoint);
          return Promise.resolve(this.reach);
        },
        forget: () => (this.forgotten += 1),
      },
      network: () => this.network,
      alibabaCloudOf: () => Promise.resolve(s.world.alibabaCloud),
      clock: s.clock,
      state: s.state,
      followedKey: 'followed',
      log: s.log,
      intervalMs: () => (this.looking ? minuteMs : undefined),
      inView: () => this.inView,
    });
    return { monitor, wake: () => scheduler.wake() };
  }

  get followed(): unknown {
    return this.s.state.get('followed');
  }
}
