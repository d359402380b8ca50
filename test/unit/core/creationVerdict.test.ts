import assert from 'node:assert/strict';
import { creationVerdict } from '../../../src/core/creationVerdict';
import type { Decision } from '../../../src/core/creation';
import { AppError } from '../../../src/core/errors';
import { aCreation, tidbError } from '../fakes';

const removing = { removal: { connection: true, endpoint: true } };
const summary = (
  creation: Parameters<typeof creationVerdict>[0],
  decision?: Decision,
  error?: unknown,
): readonly string[] => {
  const { level, word } = creationVerdict(creation, decision, error);
  return [level, word];
};

describe('what is said of a creation or removal', () => {
  it('names what goes on', () => {
    assert.deepEqual(summary({}), ['changing', 'Creating']);
    assert.deepEqual(summary(removing), ['changing', 'Deleting']);
    const wait = creationVerdict(removing, { kind: 'wait', until: 'zoneGone' }, undefined);
    assert.equal(wait.explanation, 'Alibaba Cloud is removing a zone from the endpoint.');
  });

  it('names what waits for the person, also where an API has refused', () => {
    const accept: Decision = { kind: 'ask', forWhat: 'acceptInConsole' };
    assert.deepEqual(summary({}, accept), ['attention', 'Accept in TiDB Cloud']);
    assert.deepEqual(summary({}, accept, tidbError('notAllowed')), ['attention', 'Accept in TiDB Cloud']);
    assert.deepEqual(summary(removing, { kind: 'ask', forWhat: 'deleteInTidbCloud' }), [
      'attention',
      'Delete in TiDB Cloud',
    ]);
  });

  it('tells an error that passes from one that does not', () => {
    assert.deepEqual(summary({}, undefined, tidbError('unreachable')), ['attention', 'Creating']);
    assert.deepEqual(summary(removing, undefined, tidbError('notSignedIn')), ['failed', 'Deleting failed']);
    const busy = new AppError('conflict', { source: 'Alibaba Cloud' });
    const zone: Decision = { kind: 'removeZone', endpointId: 'ep-a', zoneId: 'a' };
    assert.deepEqual(summary(removing, zone, busy), ['attention', 'Deleting']);
    const { spec } = aCreation;
    assert.ok(spec);
    assert.deepEqual(summary({}, { kind: 'createEndpoint', spec }, busy), ['failed', 'Creating failed']);
    // A later look failed: what was asked before is not what stands in the way now.
    assert.deepEqual(
      summary(removing, { kind: 'ask', forWhat: 'deleteInTidbCloud' }, tidbError('credentialsRejected')),
      ['failed', 'Deleting failed'],
    );
  });

  it('gives the reason where it cannot go on', () => {
    const { level, explanation } = creationVerdict(
      {},
      { kind: 'blocked', reason: 'connectionFailed', message: 'quota is used up.' },
      undefined,
    );
    assert.equal(level, 'failed');
    assert.equal(explanation, 'TiDB Cloud could not accept the endpoint (quota is used up).');
    assert.ok(
      creationVerdict({}, undefined, new AppError('quota', { source: 'Alibaba Cloud' })).explanation !== '',
    );
  });
});
