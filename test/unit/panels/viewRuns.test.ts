import assert from 'node:assert/strict';
import type { Creation, Observed } from '../../../src/core/creation';
import type { CreationProgress } from '../../../src/services/provisioning/progress';
import { aConnection, aCreation, anEndpoint, tidbError } from '../fakes';
import {
  assertProblem,
  begun,
  byHandDraft,
  filled,
  known,
  loadView,
  progressOf,
  registered,
  statuses,
  untouched,
  type Shows,
} from './shown';

describe('creationState: a creation that runs', () => {
  let show: Shows['show'];

  before(async () => {
    ({ show } = await loadView());
  });

  const made: Creation = { ...aCreation, ...registered, endpointSentAtMs: 1, connectionSentAtMs: 2 };
  const pending = { connection: { ...aConnection, state: 'PENDING' as const } };

  it('can be cancelled until it is over', () => {
    assert.equal(show(filled).canCancel, false);
    assert.equal(show(filled, begun(aCreation)).canCancel, true);
    assert.equal(show(filled, progressOf(made, pending)).canCancel, true);
    const finished = { ...made, finished: { atMs: 9, outcome: 'active' as const } };
    assert.equal(show(filled, progressOf(finished, { connection: aConnection })).canCancel, false);
  });

  it('counts how long the endpoint is being created', () => {
    const creating = { endpoint: { ...anEndpoint, status: 'Creating' as const } };
    const { endpoint } = show(filled, progressOf({ ...aCreation, ...known, endpointSentAtMs: 5 }, creating));
    assert.deepEqual(endpoint.wait, { startedAtMs: 5, usualMs: 60_000 });
    assert.equal(show(filled, progressOf(made, pending)).endpoint.wait, undefined);
  });

  describe('in another window', () => {
    const elsewhere = (progress: CreationProgress): CreationProgress => ({ ...progress, readOnly: true });

    it('is shown with nothing to act on', () => {
      const state = show(filled, elsewhere(progressOf(made, pending)));
      assert.equal(state.readOnly, true);
      assert.equal(state.canCancel, false);
      assert.equal(state.active.status, 'working');
    });

    it('keeps of its problems what only opens a console', () => {
      const failed = { connection: { ...aConnection, state: 'FAILED' as const } };
      const state = show(filled, elsewhere(progressOf(made, failed)));
      assertProblem(state.acceptance.problem, /Failed/, 'openTidbCloud');
      const removal = show(filled, elsewhere(begun({ ...made, removal: both }, tidbError('notAllowed'))));
      assertProblem(removal.removal?.problem, /did not allow/, 'openTidbCloud');
    });
  });

  describe('whose connection is made again', () => {
    const again: Creation = { ...made, recreate: 'pec-1' };

    it('shows that the Failed one is deleted first', () => {
      const state = show(filled, progressOf(again, { connection: { ...aConnection, state: 'FAILED' } }));
      assert.deepEqual(statuses(state), ['done', 'done', 'working', 'todo']);
      assert.match(state.acceptance.activity ?? '', /Deleting the Failed connection/);
      const later = show(filled, progressOf(again, { connection: { ...aConnection, state: 'DELETING' } }));
      assert.match(later.acceptance.activity ?? '', /deleting the Failed connection/);
      assert.deepEqual(statuses(later), ['done', 'done', 'working', 'todo']);
    });

    it('asks for it where TiDB Cloud takes that in its console only', () => {
      const console_ = { ...again, acceptance: 'console' as const };
      const { acceptance } = show(
        filled,
        progressOf(console_, { connection: { ...aConnection, state: 'FAILED' } }),
      );
      assert.equal(acceptance.status, 'waiting');
      assertProblem(acceptance.problem, /does not take this deletion/, 'openTidbCloud');
    });

    it('shows why that cannot be done', () => {
      const refused = progressOf(
        again,
        { connection: { ...aConnection, state: 'FAILED' } },
        tidbError('unreachable'),
      );
      const { acceptance } = show(filled, refused);
      assert.equal(acceptance.status, 'failed');
      assertProblem(acceptance.problem, /cannot be reached/, 'retry', 'openNetworkSettings');
    });
  });

  describe('handed over to the console', () => {
    const handedOver: Creation = { ...aCreation, ...known, acceptance: 'console' };

    it('shows the cloud’s own words beside it, and no failure', () => {
      const refused = tidbError('notAllowed', {
        reason: 'access denied',
        missingPermission: 'Organization Owner',
      });
      const { acceptance } = show(filled, progressOf(handedOver, {}, refused));
      assert.equal(acceptance.status, 'waiting');
      assert.equal(acceptance.way, 'console');
      assert.match(acceptance.refusal ?? '', /Organization Owner \(access denied\)/);
      assert.equal(acceptance.problem, undefined);
    });

    it('needs no words where the call is just not offered', () => {
      assert.equal(show(filled, progressOf(handedOver, {})).acceptance.refusal, undefined);
    });

    it('is a problem when the clouds cannot be seen', () => {
      const { acceptance } = show(filled, progressOf(handedOver, {}, tidbError('unreachable')));
      assert.equal(acceptance.status, 'failed');
      assert.equal(acceptance.refusal, undefined);
    });
  });

  it('with an endpoint that was there goes on like any other', () => {
    const using: Creation = { ...begun(aCreation).creation, ...known };
    delete (using as { spec?: unknown }).spec;
    assert.deepEqual(statuses(show(filled, begun(using))), ['done', 'done', 'todo', 'todo']);
    const registering = show(filled, progressOf(using, {}));
    assert.deepEqual(statuses(registering), ['done', 'done', 'working', 'todo']);
    assert.equal(registering.acceptance.way, 'api');
    assert.equal(registering.endpoint.created?.id, anEndpoint.id);
  });

  const both = { connection: true, endpoint: true };

  describe('that is taken away', () => {
    const zone = {
      ...{ zoneId: 'ap-southeast-1a', vSwitchId: 'vsw-a', networkInterfaceId: 'eni-1' },
      ...{ ip: '10.0.0.9', domain: 'x', status: 'Connected' as const },
    };
    const parts = (over: Partial<Creation>, seen: Partial<Observed>): string[] => {
      const { removal } = show(filled, progressOf({ ...made, removal: both, ...over }, seen));
      assert.ok(removal);
      return [removal.status, ...removal.parts.map(({ status }) => status)];
    };

    for (const [what, seen, expected] of [
      ['the connection first', { connection: aConnection }, ['working', 'working', 'todo', 'todo']],
      [
        'until it is gone',
        { connection: { ...aConnection, state: 'DELETING' } },
        ['working', 'working', 'todo', 'todo'],
      ],
      ['then the zones', { zones: [zone] }, ['working', 'done', 'working', 'todo']],
      [
        'until they are gone',
        { zones: [{ ...zone, status: 'Deleting' }] },
        ['working', 'done', 'working', 'todo'],
      ],
      ['then the endpoint', { zones: [] }, ['working', 'done', 'done', 'working']],
      [
        'until it is gone',
        { endpoint: { ...anEndpoint, status: 'Deleting' } },
        ['working', 'done', 'done', 'working'],
      ],
      ['and all of it', { endpoint: 'absent' }, ['done', 'done', 'done', 'done']],
    ] as [string, Partial<Observed>, string[]][]) {
      it(`goes in order: ${what} (${JSON.stringify(Object.keys(seen))})`, () =>
        assert.deepEqual(parts({}, seen), expected));
    }

    it('names what goes, and what is next', () => {
      const { removal } = show(filled, progressOf({ ...made, removal: both }, { zones: [zone] }));
      assert.deepEqual(
        removal?.parts.map(({ detail }) => detail),
        [undefined, 'ap-southeast-1a', anEndpoint.id],
      );
      assert.match(removal.activity ?? '', /zone ap-southeast-1a/);
    });

    it('names nothing that stays', () => {
      const only = { connection: true, endpoint: false };
      assert.deepEqual(parts({ removal: only }, { connection: aConnection }), ['working', 'working']);
      assert.deepEqual(parts({ removal: { connection: false, endpoint: false } }, {}), ['done']);
    });

    it('asks for what only the person can do', () => {
      const inTidb = show(
        filled,
        progressOf({ ...made, removal: both, acceptance: 'console' }, { connection: aConnection }),
      ).removal;
      assert.equal(inTidb?.status, 'waiting');
      assertProblem(inTidb.problem, /deleted in TiDB Cloud/, 'openTidbCloud');
      assert.equal(inTidb.activity, undefined);
      const inAlibaba = show(filled, progressOf({ ...made, removal: both }, { endpoint: 'unknown' })).removal;
      assert.deepEqual(
        inAlibaba?.parts.map(({ status }) => status),
        ['done', 'done', 'waiting'],
      );
      assertProblem(inAlibaba.problem, /cannot be asked from here/, 'signInAlibabaCloud', 'openAlibabaCloud');
      assert.match(inAlibaba.problem?.nextStep ?? '', /without signing in, that is not noticed/);
    });

    it('shows why it cannot go on', () => {
      const error = tidbError('unreachable');
      const { removal } = show(filled, progressOf({ ...made, removal: both }, { zones: [zone] }, error));
      assert.deepEqual(
        removal?.parts.map(({ status }) => status),
        ['done', 'failed', 'todo'],
      );
      assertProblem(removal.problem, /cannot be reached/, 'retry', 'openNetworkSettings');
    });

    it('is not there while something is created', () => {
      assert.equal(show(filled, progressOf(made, pending)).removal, undefined);
    });
  });

  describe('whose instance is gone', () => {
    const orphan = begun({ ...aCreation, instanceId: '9', instanceName: 'gone', ...known });

    it('can be given up, in its own panel and where none is chosen', () => {
      const lost = (wantedInstanceId?: string) =>
        show(untouched, undefined, {}, { unfinished: [orphan, begun(aCreation)], wantedInstanceId }).lost;
      assert.deepEqual(
        lost().map(({ creationId }) => creationId),
        ['c1'],
      );
      assert.match(lost('9')[0]?.text ?? '', /gone is not finished.*\(9\) is gone.*ep-aaaa0001/);
      assert.deepEqual(lost('1001'), []);
    });

    it('is not called gone while the instances cannot be listed, nor given up for another window', () => {
      const unlisted = {
        isWhole: false,
        instances: { loading: false, error: tidbError('unreachable') },
      } as never;
      assert.deepEqual(show(untouched, undefined, unlisted, { unfinished: [orphan] }).lost, []);
      const elsewhere = { ...orphan, readOnly: true };
      assert.deepEqual(show(untouched, undefined, {}, { unfinished: [elsewhere] }).lost, []);
    });
  });

  it('by hand has its own words for each step', () => {
    assert.equal(show(byHandDraft).acceptance.way, 'byHand');
  });
});
