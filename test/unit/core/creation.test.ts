import assert from 'node:assert/strict';
import {
  reconcile,
  remembering,
  type Creation,
  type Decision,
  type Observed,
} from '../../../src/core/creation';
import { aConnection, aCreation, anEndpoint, aService, aSpec, without } from '../fakes';
import { byHand, connectionStatuses, now } from './creationStates';

const withoutAddress = without(aConnection, 'host', 'port');

const looked = { atMs: now, service: 'unknown', zones: 'unknown' } as const;

describe('reconcile', () => {
  const decide = (wanted: Partial<Creation>, seen: Partial<Observed>): Decision =>
    reconcile(
      { ...aCreation, ...wanted },
      { ...looked, endpoint: anEndpoint, connection: 'absent', ...seen },
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
    const seen = { ...looked, endpoint: 'unknown', connection: 'absent' } as const;
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
    const seen = { ...looked, endpoint: { ...anEndpoint, domain: '' }, connection: 'absent' } as const;
    assert.deepEqual(reconcile({ ...byHand, ...known }, seen), {
      kind: 'createConnection',
      endpointId: anEndpoint.id,
      privateDomainName: anEndpoint.domain,
    });
  });

  it('adopts an endpoint made elsewhere: its domain comes from Alibaba Cloud', () => {
    const adopted = { ...byHand, endpointId: anEndpoint.id };
    const seen = { ...looked, endpoint: anEndpoint, connection: 'absent' } as const;
    assert.deepEqual(reconcile(adopted, seen), {
      kind: 'createConnection',
      endpointId: anEndpoint.id,
      privateDomainName: anEndpoint.domain,
    });
    assert.deepEqual(reconcile(adopted, { ...seen, endpoint: { ...anEndpoint, domain: '' } }), {
      kind: 'wait',
      until: 'endpointActive',
    });
  });

  describe('knows that lists show what was made only after a while', () => {
    const gone = { endpoint: 'absent' } as const;

    it('an endpoint that is not there: waits a minute before it is gone', () => {
      assert.deepEqual(decide({ ...known, endpointSentAtMs: now - 59_000 }, gone), {
        kind: 'wait',
        until: 'endpointActive',
      });
      for (const endpointSentAtMs of [now - 60_000, now + 60_000]) {
        assert.deepEqual(decide({ ...known, endpointSentAtMs }, gone), {
          kind: 'blocked',
          reason: 'endpointGone',
        });
      }
    });

    it('an endpoint whose answer was lost: asks again with the same token at once', () => {
      assert.deepEqual(decide({ endpointSentAtMs: now - 1 }, { ...gone, service: aService }), {
        kind: 'createEndpoint',
        spec: aSpec,
      });
    });

    it('a connection that was sent: is not sent again for a minute', () => {
      assert.deepEqual(decide({ ...known, connectionSentAtMs: now - 59_000 }, {}), {
        kind: 'wait',
        until: 'connectionActive',
      });
      assert.equal(decide({ ...known, connectionSentAtMs: now - 60_000 }, {}).kind, 'createConnection');
    });
  });

  describe('makes a Failed connection again', () => {
    const failed = { ...aConnection, state: 'FAILED' as const };
    const again = { ...known, recreate: failed.id };

    it('deletes that one, waits until it is gone, then creates', () => {
      assert.deepEqual(decide(again, { connection: failed }), {
        kind: 'deleteConnection',
        connectionId: failed.id,
      });
      assert.deepEqual(decide(again, { connection: { ...failed, state: 'DELETING' } }), {
        kind: 'wait',
        until: 'connectionGone',
      });
      assert.equal(decide(again, {}).kind, 'createConnection');
    });

    it('never deletes another one, nor one that works by now', () => {
      const other = { ...failed, id: 'pec-2' };
      assert.deepEqual(decide(again, { connection: other }), {
        kind: 'blocked',
        reason: 'connectionFailed',
      });
      assert.equal(decide(again, { connection: aConnection }).kind, 'done');
    });

    it('leaves the deletion to the person where TiDB Cloud does not take it', () => {
      assert.deepEqual(decide({ ...again, acceptance: 'console' }, { connection: failed }), {
        kind: 'ask',
        forWhat: 'deleteInTidbCloud',
      });
    });
  });
});

describe('what is remembered of a look', () => {
  const seen: Observed = { ...looked, endpoint: anEndpoint, connection: aConnection };

  it('is the endpoint, its domain, and since when it is registered', () => {
    assert.deepEqual(remembering(aCreation, seen), {
      ...aCreation,
      endpointId: anEndpoint.id,
      endpointDomain: anEndpoint.domain,
      registeredAtMs: now,
    });
    const later = { ...seen, atMs: now + 5 };
    const before = remembering(aCreation, seen);
    assert.equal(remembering(before, later), before, 'nothing new: the same object');
  });

  it('a connection that went is forgotten, one that was not looked for is not', () => {
    const before = remembering(aCreation, seen);
    assert.equal(remembering(before, { ...seen, connection: 'unknown' }), before);
    assert.equal(remembering(before, { ...seen, connection: 'absent' }).registeredAtMs, undefined);
  });

  it('a recreation is over once its connection is gone', () => {
    const again: Creation = { ...aCreation, recreate: aConnection.id };
    const failed = { ...aConnection, state: 'FAILED' as const };
    assert.equal(remembering(again, { ...seen, connection: failed }).recreate, aConnection.id);
    assert.equal(remembering(again, { ...seen, connection: 'unknown' }).recreate, aConnection.id);
    for (const connection of ['absent', aConnection, { ...failed, id: 'pec-2' }] as const) {
      assert.equal(remembering(again, { ...seen, connection }).recreate, undefined);
    }
  });
});
