import assert from 'node:assert/strict';
import { reconcile, type Creation, type Decision, type Observed } from '../../../src/core/creation';
import { mayYetShow } from '../../../src/core/lag';
import type { EndpointConnection, VpcEndpoint } from '../../../src/core/model';
import { isRegistered } from '../../../src/core/removal';
import { nextLook } from '../../../src/core/schedule';
import { connections, endpoints, journals, now, services, zones } from './creationStates';

const isConnection = (c: Observed['connection']): c is EndpointConnection => typeof c === 'object';
const isEndpoint = (e: Observed['endpoint']): e is VpcEndpoint => typeof e === 'object';

type Rule = readonly [what: string, isBroken: boolean];
const mayShowConnection = (wanted: Creation): boolean => mayYetShow(wanted.connectionSentAtMs, now);

/** What must never be decided. */
function rules(wanted: Creation, seen: Observed, decision: Decision): readonly Rule[] {
  const { endpoint, connection, service } = seen;
  const { removal } = wanted;
  const endpointId = isEndpoint(endpoint) ? endpoint.id : undefined;
  const registered = isRegistered(connection);
  switch (decision.kind) {
    case 'createEndpoint':
      return [
        ['createEndpoint in a removal', removal !== undefined],
        ['createEndpoint though an endpoint is seen', isEndpoint(endpoint)],
        ['createEndpoint without having looked', endpoint === 'unknown'],
        ['createEndpoint though an endpoint id is known', wanted.endpointId !== undefined],
        ['createEndpoint before the service is ACTIVE', service === 'unknown' || service.state !== 'ACTIVE'],
        ['createEndpoint from something that nobody asked for', decision.spec !== wanted.spec],
        ['createEndpoint though a connection is registered', registered],
      ];
    case 'createConnection':
      return [
        ['createConnection in a removal', removal !== undefined],
        ['createConnection without having looked', connection === 'unknown'],
        ['createConnection though one is registered', registered],
        ['createConnection though one may have been made', mayShowConnection(wanted)],
        [
          'createConnection before the endpoint is Active',
          isEndpoint(endpoint) && endpoint.status !== 'Active',
        ],
        ['createConnection where TiDB Cloud does not take it', wanted.acceptance === 'console'],
        [
          'createConnection without its two values',
          decision.endpointId === '' || decision.privateDomainName === '',
        ],
      ];
    case 'deleteConnection':
      return [
        ['deleteConnection of none', !registered || connection.id !== decision.connectionId],
        ['deleteConnection of one that goes', registered && connection.state === 'DELETING'],
        ['deleteConnection where TiDB Cloud does not take it', wanted.acceptance === 'console'],
        [
          'deleteConnection that nobody asked for',
          removal === undefined
            ? decision.connectionId !== wanted.recreate || (registered && connection.state !== 'FAILED')
            : !removal.connection,
        ],
      ];
    case 'removeZone':
    case 'deleteEndpoint':
      return [
        [`${decision.kind} that nobody asked for`, removal?.endpoint !== true],
        [`${decision.kind} of another endpoint`, decision.endpointId !== endpointId],
        [`${decision.kind} with a connection`, registered || connection === 'unknown'],
        [
          `${decision.kind} though its connection may have been made`,
          removal?.connection === true && mayShowConnection(wanted),
        ],
        [
          `${decision.kind} while a change goes on`,
          isEndpoint(endpoint) && !['Active', 'Unknown'].includes(endpoint.status),
        ],
        decision.kind === 'deleteEndpoint'
          ? ['deleteEndpoint with zones', seen.zones === 'unknown' || seen.zones.length > 0]
          : [
              'removeZone of none, or of two at once',
              seen.zones === 'unknown' ||
                !seen.zones.some(({ zoneId }) => zoneId === decision.zoneId) ||
                seen.zones.some(({ status }) => status === 'Deleting'),
            ],
      ];
    case 'removed':
      return [
        ['removed without a removal', removal === undefined],
        [
          'removed though the connection is there',
          removal?.connection === true &&
            (registered || connection === 'unknown' || mayShowConnection(wanted)),
        ],
        [
          'removed though the endpoint is there',
          removal?.endpoint === true &&
            (endpoint !== 'absent' || mayYetShow(wanted.endpointSentAtMs, now) || registered),
        ],
      ];
    case 'done':
      return [
        ['done in a removal', removal !== undefined],
        ['done before the connection is ACTIVE', !isConnection(connection) || connection.state !== 'ACTIVE'],
        [
          'done with another address',
          isConnection(connection) &&
            (decision.host !== connection.host || decision.port !== connection.port),
        ],
        [
          'done though the private link service is not ACTIVE',
          isConnection(connection) && ['CREATING', 'DELETING'].includes(connection.serviceState),
        ],
        ['done though the endpoint is going', isEndpoint(endpoint) && endpoint.status === 'Deleting'],
      ];
    case 'wait':
      return [['a wait without an end', !looksAgain(wanted, seen, decision)]];
    case 'ask':
      return [asks(wanted, seen, decision.forWhat)];
    case 'blocked':
      return [
        ['blocked in a removal', removal !== undefined],
        [
          'Failed without a failed connection',
          decision.reason === 'connectionFailed' &&
            (!isConnection(connection) || connection.state !== 'FAILED'),
        ],
      ];
  }
}

const usual = { usualMs: 60_000, soonestMs: 40_000 };

function looksAgain(
  creation: Creation,
  seen: Observed,
  decision: Extract<Decision, { kind: 'wait' }>,
): boolean {
  const waiting = { creation, seen, decision, decidedAtMs: now, nowMs: now, alibabaCloudAtMs: now };
  const { afterMs } = nextLook(waiting, () => usual);
  return afterMs > 0 && afterMs <= 600_000;
}

function asks(
  wanted: Creation,
  { endpoint, connection }: Observed,
  forWhat: Extract<Decision, { kind: 'ask' }>['forWhat'],
): Rule {
  switch (forWhat) {
    case 'endpointDetails':
      return [
        'asks for what the extension makes or knows itself',
        wanted.spec !== undefined || wanted.removal !== undefined || isEndpoint(endpoint),
      ];
    case 'acceptInConsole':
      return ['asks to accept what is registered', isRegistered(connection) || wanted.removal !== undefined];
    case 'deleteInTidbCloud':
      return ['asks to delete a connection that is not there', !isRegistered(connection)];
    case 'deleteInAlibabaCloud':
      return [
        'asks to delete an endpoint that could be deleted from here',
        endpoint !== 'unknown' || wanted.removal?.endpoint !== true,
      ];
  }
}

describe('reconcile, every state', () => {
  it('has exactly one outcome, and none that creates twice or removes what it should not', () => {
    let visited = 0;
    const broken = new Map<string, string>();
    const kinds = new Map<string, number>();
    const visit = (wanted: Creation, seen: Observed): void => {
      const decision = reconcile(wanted, seen);
      visited++;
      kinds.set(decision.kind, (kinds.get(decision.kind) ?? 0) + 1);
      for (const [rule, isBroken] of rules(wanted, seen, decision)) {
        if (isBroken && !broken.has(rule)) {
          broken.set(rule, JSON.stringify({ wanted, seen, decision }));
        }
      }
    };
    for (const wanted of journals([undefined])) {
      for (const service of services) {
        for (const endpoint of endpoints) {
          for (const connection of connections) {
            visit(wanted, { atMs: now, service, endpoint, connection, zones: 'unknown' });
          }
        }
      }
    }
    const removals = [
      { connection: false, endpoint: false },
      { connection: true, endpoint: false },
      { connection: false, endpoint: true },
      { connection: true, endpoint: true },
    ];
    // What TiDB Cloud says of its service has no part in a removal.
    const toRemove = connections.filter((c) => !isConnection(c) || c.serviceState === 'ACTIVE');
    for (const wanted of journals(removals)) {
      for (const endpoint of endpoints) {
        for (const connection of toRemove) {
          for (const left of zones) {
            visit(wanted, { atMs: now, service: 'unknown', endpoint, connection, zones: left });
          }
        }
      }
    }
    console.log(`      states visited: ${visited}, violations: ${broken.size}`);
    assert.deepEqual([...broken], []);
    assert.equal(visited, 324 * 5 * 92 * 50 + 324 * 4 * 92 * 14 * 6);
    assert.deepEqual([...kinds.keys()].sort(), [
      'ask',
      'blocked',
      'createConnection',
      'createEndpoint',
      'deleteConnection',
      'deleteEndpoint',
      'done',
      'removeZone',
      'removed',
      'wait',
    ]);
  }).timeout(120_000);
});
