import { setTimeout as pause } from 'node:timers/promises';
import type * as AlibabaRoom from '../../../src/cloud/alibaba';
import type * as TidbCloudRoom from '../../../src/cloud/tidbCloud';
import type { AlibabaCloudApi, Clock, Log, TidbCloudApi } from '../../../src/core/ports';
import type { Sandbox } from '../../../src/sandbox';

/** The two rooms of `src/cloud`, or copies of them. */
export interface Rooms {
  readonly alibaba: Pick<typeof AlibabaRoom, 'createAlibabaCloudApi' | 'staticCredentials'>;
  readonly tidbCloud: Pick<typeof TidbCloudRoom, 'createTidbCloudApi'>;
}

export interface Clients {
  readonly alibaba: AlibabaCloudApi;
  readonly tidbCloud: TidbCloudApi;
  /** Everything that they wrote to the log. */
  readonly lines: string[];
}

export const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => pause(ms, undefined, { signal }),
};

/** Sleeps take no time: the clock goes ahead by as much. */
export function hasty(): Clock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      ahead += ms;
      await pause(0, undefined, { signal });
    },
  };
}

export function clientsOf(rooms: Rooms, sandbox: Sandbox, time: Clock = clock): Clients {
  const lines: string[] = [];
  const write = (message: string): void => void lines.push(message);
  const log: Log = {
    debug: write,
    info: write,
    warn: write,
    error: (message, error) => write(`${message} ${String(error)}`),
  };
  const common = { userAgent: 'tidb-private-endpoint/0.0.0-test', clock: time, log };
  return {
    lines,
    tidbCloud: rooms.tidbCloud.createTidbCloudApi({ ...sandbox.tidbCloud, ...common }),
    alibaba: rooms.alibaba.createAlibabaCloudApi({
      credentials: rooms.alibaba.staticCredentials(sandbox.alibabaCloud),
      endpoints: sandbox.alibabaCloud.endpoints,
      ...common,
    }),
  };
}
