import { AppError } from '../core/errors';
import type { Log, SqlConnector, SqlProbe, SqlValue } from '../core/ports';
import { attempt } from './attempt';
import type { Attempt } from './attempt';
import { dialTcp } from './dial';
import type { Dial } from './dial';
import { openLink, tlsTrusting } from './link';
import type { Door, Link } from './link';
import { createSqlProbe } from './probe';
import { Session } from './session';
import { decodeRow } from './rows/rowBytes';
import { SshDialer } from './ssh/dialSsh';
import type { SshOptions } from './ssh/dialSsh';
import { ignoreAnswers } from './statement';
import { decoderOf } from './values';

export type { Address, Dial } from './dial';
export type { SshOptions } from './ssh/dialSsh';

export interface SqlConnectorOptions {
  readonly log: Log;
  /** For all of it: name, TCP, greeting, TLS and login. */
  readonly connectTimeoutMs?: number;
  /** How the byte stream to the server is opened where no bastion is named; TCP unless told otherwise. */
  readonly dial?: Dial;
  /** For targets behind a bastion. */
  readonly ssh?: Omit<SshOptions, 'log'>;
}

const defaultConnectTimeoutMs = 15_000;
/** A person waits for it, and a server that was there a moment ago answers quickly or not at all. */
const killTimeoutMs = 5000;
/** `ssh` has to log in first, on each host of the way. */
const killThroughBastionMs = 10_000;

/** Sessions and probes; what a person has answered to `ssh` for one of them serves the other. */
export function createSql(options: SqlConnectorOptions): {
  readonly connector: SqlConnector;
  readonly probe: SqlProbe;
} {
  const dialer = new SshDialer({ ...options.ssh, log: options.log });
  return {
    connector: connectorThrough(dialer, options),
    probe: createSqlProbe({
      ...(options.dial && { dial: options.dial }),
      dialThrough: (route) => dialer.through(route),
    }),
  };
}

/** Opens SQL sessions over verified TLS. Opening fails in `connectTimeoutMs` at the latest, with a `sql…` AppError. */
export const createSqlConnector = (options: SqlConnectorOptions): SqlConnector =>
  createSql(options).connector;

function connectorThrough(dialer: SshDialer, options: SqlConnectorOptions): SqlConnector {
  const { log, connectTimeoutMs = defaultConnectTimeoutMs, dial = dialTcp } = options;
  const trust = new Map<string | undefined, Door['tls']>();
  const tlsFor = (pem: string | undefined): Door['tls'] => {
    const tls = trust.get(pem) ?? tlsTrusting(pem);
    trust.set(pem, tls);
    return tls;
  };
  return {
    async open(target, signal) {
      const { route } = target;
      const door: Door = {
        target,
        dial: route?.kind === 'bastion' ? dialer.through(route) : dial,
        tls: tlsFor(target.caCertificatePem),
      };
      const started = performance.now();
      const { link, id, version } = await attempt(target.host, connectTimeoutMs, signal, (to) =>
        enter(door, to),
      );
      const took = String(Math.round(performance.now() - started));
      log.debug(`SQL: connected to ${target.host}:${String(target.port)} (${version}) in ${took} ms`);
      return new Session({
        link,
        serverVersion: version,
        database: target.database === '' ? undefined : target.database,
        killQuery: () => killQuery(door, id),
        host: target.host,
        log,
      });
    },
  };
}

/** Opens the connection and asks who answers. */
async function enter(door: Door, to: Attempt): Promise<{ link: Link; id: string; version: string }> {
  const link = await openLink(door, to);
  to.enter('no answer to the first statement');
  return orDestroy(link, to, async () => {
    const row: SqlValue[] = [];
    await link.execute('SELECT CONNECTION_ID(), VERSION()', {
      begin: (columns) => {
        const decoders = columns.map(decoderOf);
        return {
          row: (bytes, start, end) => row.push(...decodeRow(bytes, start, end, decoders)),
          end: () => undefined,
        };
      },
      done: () => undefined,
    });
    const [id, version] = row;
    // The id goes into KILL as the text it came as: TiDB's have 64 bits, more than a number holds.
    if (typeof id !== 'string' || !/^\d{1,20}$/.test(id) || typeof version !== 'string') {
      throw new AppError('sqlProtocol', {
        source: 'SQL',
        subject: door.target.host,
        reason: 'it has no connection id',
      });
    }
    return { link, id, version };
  });
}

/** The database of the session may be gone or forbidden by now, and is not needed. */
async function killQuery(door: Door, id: string): Promise<void> {
  const target = { ...door.target, database: '' };
  const withinMs = target.route?.kind === 'bastion' ? killThroughBastionMs : killTimeoutMs;
  await attempt(target.host, withinMs, undefined, async (to) => {
    const link = await openLink({ ...door, target }, to);
    to.enter('no answer to KILL QUERY');
    await orDestroy(link, to, () => link.execute(`KILL QUERY ${id}`, ignoreAnswers));
    void link.close();
  });
}

/** Runs `work` on the link, and ends the link when that fails or the attempt is over. */
async function orDestroy<T>(link: Link, to: Attempt, work: () => Promise<T>): Promise<T> {
  const end = (): void => link.destroy('it was given up');
  to.signal.addEventListener('abort', end, { once: true });
  try {
    return await work();
  } catch (error) {
    end();
    throw error;
  } finally {
    to.signal.removeEventListener('abort', end);
  }
}
