import assert from 'node:assert/strict';
import { reconcile, type Creation, type Decision, type Observed } from '../../../src/core/creation';
import type {
  EndpointConnection,
  EndpointConnectionState,
  PrivateLinkServiceState,
  VpcConnectionStatus,
  VpcEndpoint,
  VpcEndpointStatus,
} from '../../../src/core/model';
import { observeAgainAfterMs } from '../../../src/core/schedule';
import { aConnection, aCreation, anEndpoint, aService, aSpec, without } from '../fakes';

const serviceStates: PrivateLinkServiceState[] = ['CREATING', 'ACTIVE', 'DELETING', 'UNKNOWN'];
const endpointStatuses: VpcEndpointStatus[] = ['Creating', 'Active', 'Pending', 'Deleting', 'Unknown'];
const connectionStatuses: VpcConnectionStatus[] = [
  'Disconnected',
  'Connecting',
  'Connected',
  'Pending',
  'Disconnecting',
  'Deleting',
  'ServiceDeleted',
  'Unknown',
];
const connectionStates: EndpointConnectionState[] = [
  'DISCOVERED',
  'PENDING',
  'ACTIVE',
  'DELETING',
  'FAILED',
  'UNKNOWN',
];

const services: Observed['service'][] = [
  'unknown',
  ...serviceStates.map((state) => ({ ...aService, state })),
];
const endpoints: Observed['endpoint'][] = [
  'unknown',
  'absent',
  ...endpointStatuses.flatMap((status) =>
    connectionStatuses.flatMap((connectionStatus) =>
      ['Normal', 'FinancialLocked'].flatMap((businessStatus) =>
        ['', anEndpoint.domain].map((domain) => ({
          ...anEndpoint,
          ...{ status, connectionStatus, businessStatus, domain },
        })),
      ),
    ),
  ),
];
const withoutAddress = without(aConnection, 'host', 'port');
const connections: Observed['connection'][] = [
  'unknown',
  'absent',
  ...connectionStates.flatMap((state) =>
    serviceStates.flatMap((serviceState) => [
      { ...aConnection, state, serviceState },
      { ...withoutAddress, state, serviceState, message: 'why' },
    ]),
  ),
];
const byHand = without(aCreation, 'spec');
const journals: Creation[] = [aCreation, byHand].flatMap((base) =>
  [
    {},
    { endpointId: anEndpoint.id },
    { endpointId: anEndpoint.id, endpointDomain: anEndpoint.domain },
  ].flatMap((known) =>
    (['api', 'console'] as const).flatMap((acceptance) => [
      { ...base, ...known, acceptance },
      { ...base, ...known, acceptance, registeredAtMs: 5 },
    ]),
  ),
);

const isConnection = (c: Observed['connection']): c is EndpointConnection => typeof c === 'object';
const isEndpoint = (e: Observed['endpoint']): e is VpcEndpoint => typeof e === 'object';
const isRegistered = (c: Observed['connection']): boolean => isConnection(c) && c.state !== 'DISCOVERED';

/** What must never be decided; returns the rule that was broken. */
function violation(wanted: Creation, seen: Observed, decision: Decision): string | undefined {
  const { endpoint, connection, service } = seen;
  switch (decision.kind) {
    case 'createEndpoint':
      return isEndpoint(endpoint)
        ? 'createEndpoint though an endpoint is seen'
        : endpoint === 'unknown'
          ? 'createEndpoint without having looked'
          : wanted.endpointId !== undefined
            ? 'createEndpoint though an endpoint id is known'
            : service === 'unknown' || service.state !== 'ACTIVE'
              ? 'createEndpoint before the service is ACTIVE'
              : decision.spec !== wanted.spec
                ? 'createEndpoint from something that nobody asked for'
                : isRegistered(connection)
                  ? 'createEndpoint though a connection is registered'
                  : undefined;
    case 'createConnection':
      return connection === 'unknown'
        ? 'createConnection without having looked'
        : isRegistered(connection)
          ? 'createConnection though one is registered'
          : isEndpoint(endpoint) && endpoint.status !== 'Active'
            ? 'createConnection before the endpoint is Active'
            : wanted.acceptance === 'console'
              ? 'createConnection where TiDB Cloud does not take it'
              : decision.endpointId === '' || decision.privateDomainName === ''
                ? 'createConnection without its two values'
                : undefined;
    case 'done':
      return !isConnection(connection) || connection.state !== 'ACTIVE'
        ? 'done before the connection is ACTIVE'
        : decision.host !== connection.host || decision.port !== connection.port
          ? 'done with another address'
          : connection.serviceState === 'CREATING' || connection.serviceState === 'DELETING'
            ? 'done though the private link service is not ACTIVE'
            : isEndpoint(endpoint) && ['Deleting'].includes(endpoint.status)
              ? 'done though the endpoint is going'
              : undefined;
    case 'wait':
      return observeAgainAfterMs(decision) > 0 ? undefined : 'a wait without an end';
    case 'ask':
      return decision.forWhat === 'endpointDetails'
        ? wanted.spec !== undefined
          ? 'asks for what the extension makes itself'
          : undefined
        : isRegistered(connection)
          ? 'asks to accept what is registered'
          : undefined;
    case 'blocked':
      return decision.reason === 'connectionFailed' &&
        (!isConnection(connection) || connection.state !== 'FAILED')
        ? 'Failed without a failed connection'
        : undefined;
  }
}

describe('reconcile', () => {
  it('has exactly one outcome for every state, and none that creates twice', () => {
    let visited = 0;
    const broken = new Map<string, string>();
    const kinds = new Map<string, number>();
    for (const wanted of journals) {
      for (const service of services) {
        for (const endpoint of endpoints) {
          for (const connection of connections) {
            const seen = { service, endpoint, connection };
            const decision = reconcile(wanted, seen);
            visited++;
            kinds.set(decision.kind, (kinds.get(decision.kind) ?? 0) + 1);
            const rule = violation(wanted, seen, decision);
            if (rule !== undefined && !broken.has(rule)) {
              broken.set(rule, JSON.stringify({ wanted, seen, decision }));
            }
          }
        }
      }
    }
    console.log(`      states visited: ${visited}, violations: ${broken.size}`);
    assert.deepEqual([...broken], []);
    assert.equal(visited, 24 * 5 * 162 * 50);
    assert.deepEqual([...kinds.keys()].sort(), [
      'ask',
      'blocked',
      'createConnection',
      'createEndpoint',
      'done',
      'wait',
    ]);
  });

  const decide = (wanted: Partial<Creation>, seen: Partial<Observed>): Decision =>
    reconcile(
      { ...aCreation, ...wanted },
      { service: 'unknown', endpoint: anEndpoint, connection: 'absent', ...seen },
    );
  const known = { endpointId: anEndpoint.id, endpointDomain: anEndpoint.domain };

  describe('follows the joined readiness table', () => {
    it('creating: waits for the endpoint', () => {
      for (const connectionStatus of connectionStatuses.filter((status) => status !== 'ServiceDeleted')) {
        const endpoint = { ...anEndpoint, status: 'Creating' as const, connectionStatus };
        assert.deepEqual(decide(known, { endpoint }), { kind: 'wait', until: 'endpointActive' });
      }
    });

    it('Active and nothing registered: registers, whether it is Connected yet or not', () => {
      for (const connectionStatus of ['Disconnected', 'Connecting', 'Connected'] as const) {
        for (const connection of ['absent', { ...aConnection, state: 'DISCOVERED' }] as const) {
          assert.deepEqual(decide(known, { endpoint: { ...anEndpoint, connectionStatus }, connection }), {
            kind: 'createConnection',
            endpointId: anEndpoint.id,
            privateDomainName: anEndpoint.domain,
          });
        }
      }
    });

    it('PENDING: waits, whichever side is first', () => {
      for (const connectionStatus of ['Disconnected', 'Connecting', 'Connected'] as const) {
        assert.deepEqual(
          decide(known, {
            endpoint: { ...anEndpoint, connectionStatus },
            connection: { ...aConnection, state: 'PENDING' },
          }),
          { kind: 'wait', until: 'connectionActive' },
        );
      }
    });

    it('ACTIVE with an address: done; without one yet: waits', () => {
      assert.deepEqual(decide(known, { connection: aConnection }), {
        kind: 'done',
        host: aConnection.host,
        port: 4000,
      });
      assert.deepEqual(decide(known, { connection: withoutAddress }), {
        kind: 'wait',
        until: 'connectionActive',
      });
    });

    it('ACTIVE but the private link service is not: not usable', () => {
      assert.deepEqual(decide(known, { connection: { ...aConnection, serviceState: 'CREATING' } }), {
        kind: 'wait',
        until: 'connectionActive',
      });
      assert.deepEqual(decide(known, { connection: { ...aConnection, serviceState: 'DELETING' } }), {
        kind: 'blocked',
        reason: 'serviceDeleted',
      });
    });

    it('FAILED: blocked with TiDB Cloud’s own text', () => {
      assert.deepEqual(
        decide(known, { connection: { ...aConnection, state: 'FAILED', message: 'quota of links' } }),
        { kind: 'blocked', reason: 'connectionFailed', message: 'quota of links' },
      );
    });

    for (const [what, endpoint, reason] of [
      ['ServiceDeleted', { ...anEndpoint, connectionStatus: 'ServiceDeleted' }, 'serviceDeleted'],
      ['gone', 'absent', 'endpointGone'],
      ['Deleting', { ...anEndpoint, status: 'Deleting' }, 'endpointDeleting'],
      ['locked', { ...anEndpoint, businessStatus: 'FinancialLocked' }, 'financialLocked'],
    ] as const) {
      it(`an endpoint that is ${what}: blocked, whatever TiDB Cloud says`, () => {
        for (const connection of ['absent', 'unknown', aConnection, withoutAddress] as const) {
          assert.deepEqual(decide(known, { endpoint, connection }), { kind: 'blocked', reason });
        }
      });
    }
  });

  it('creates the endpoint once the service is ACTIVE', () => {
    const seen = { endpoint: 'absent' } as const;
    assert.deepEqual(decide({}, { ...seen, service: aService }), { kind: 'createEndpoint', spec: aSpec });
    assert.deepEqual(decide({}, { ...seen, service: { ...aService, state: 'CREATING' } }), {
      kind: 'wait',
      until: 'serviceActive',
    });
    assert.deepEqual(decide({}, { ...seen, service: { ...aService, state: 'DELETING' } }), {
      kind: 'blocked',
      reason: 'serviceDeleted',
    });
    assert.deepEqual(decide({}, seen), { kind: 'wait', until: 'observed' });
  });

  it('by hand without Alibaba Cloud: registers what the person typed, or hands over', () => {
    const seen = { service: 'unknown', endpoint: 'unknown', connection: 'absent' } as const;
    assert.deepEqual(reconcile(byHand, seen), { kind: 'ask', forWhat: 'endpointDetails' });
    assert.deepEqual(reconcile({ ...byHand, ...known }, seen), {
      kind: 'createConnection',
      endpointId: anEndpoint.id,
      privateDomainName: anEndpoint.domain,
    });
    assert.deepEqual(reconcile({ ...byHand, ...known, acceptance: 'console' }, seen), {
      kind: 'ask',
      forWhat: 'acceptInConsole',
    });
  });

  it('uses the typed domain where the cloud shows none', () => {
    const seen = {
      service: 'unknown',
      endpoint: { ...anEndpoint, domain: '' },
      connection: 'absent',
    } as const;
    assert.deepEqual(reconcile({ ...byHand, ...known }, seen), {
      kind: 'createConnection',
      endpointId: anEndpoint.id,
      privateDomainName: anEndpoint.domain,
    });
  });
});
