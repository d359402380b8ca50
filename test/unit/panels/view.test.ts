import assert from 'node:assert/strict';
import type { BlockedReason, Observed } from '../../../src/core/creation';
import type { StepStatus } from '../../../src/protocol/creation';
import type { Draft } from '../../../src/services/provisioning/draftState';
import type { CreationProgress } from '../../../src/services/provisioning/progress';
import { aConnection, aCreation, anEndpoint, aService, tidbError, without } from '../fakes';
import {
  assertProblem,
  begun,
  byHand,
  byHandDraft,
  chosen,
  filled,
  known,
  loadView,
  progressOf,
  registered,
  served,
  statuses,
  untouched,
  type Shows,
} from './shown';

describe('creationState', () => {
  let show: Shows['show'];
  let problems: Shows['problems'];

  before(async () => {
    ({ show, problems } = await loadView());
  });

  describe('the steps, one after the other', () => {
    for (const [what, draft, progress, expected] of [
      ['nothing chosen', untouched, undefined, ['current', 'todo', 'todo', 'todo']],
      ['instance chosen', chosen, undefined, ['working', 'todo', 'todo', 'todo']],
      [
        'service still Creating',
        { ...chosen, service: { ...aService, state: 'CREATING' } },
        undefined,
        ['waiting', 'todo', 'todo', 'todo'],
      ],
      [
        'networks loading',
        { ...served, activity: 'networks' },
        undefined,
        ['done', 'working', 'todo', 'todo'],
      ],
      ['ready to create', filled, undefined, ['done', 'current', 'todo', 'todo']],
      ['dry run', { ...filled, activity: 'dryRun' }, undefined, ['done', 'working', 'todo', 'todo']],
      ['begun', filled, begun(aCreation), ['done', 'working', 'todo', 'todo']],
      [
        'creating the endpoint',
        filled,
        progressOf(aCreation, { endpoint: 'absent', service: aService }),
        ['done', 'working', 'todo', 'todo'],
      ],
      [
        'endpoint Creating',
        filled,
        progressOf({ ...aCreation, ...known }, { endpoint: { ...anEndpoint, status: 'Creating' } }),
        ['done', 'working', 'todo', 'todo'],
      ],
      [
        'registering',
        filled,
        progressOf({ ...aCreation, ...known }, {}),
        ['done', 'done', 'working', 'todo'],
      ],
      [
        'waiting for the console',
        filled,
        progressOf({ ...aCreation, ...known, acceptance: 'console' }, {}),
        ['done', 'done', 'waiting', 'todo'],
      ],
      [
        'Pending',
        filled,
        progressOf({ ...aCreation, ...registered }, { connection: { ...aConnection, state: 'PENDING' } }),
        ['done', 'done', 'done', 'working'],
      ],
      [
        'Active without an address yet',
        filled,
        progressOf({ ...aCreation, ...registered }, { connection: without(aConnection, 'host') }),
        ['done', 'done', 'done', 'working'],
      ],
      [
        'done',
        filled,
        progressOf(
          { ...aCreation, ...registered, finished: { atMs: 9, outcome: 'active' } },
          { connection: aConnection },
        ),
        ['done', 'done', 'done', 'done'],
      ],
      [
        'after a reload, registered',
        filled,
        begun({ ...aCreation, ...registered }),
        ['done', 'done', 'done', 'todo'],
      ],
    ] as [string, Draft, CreationProgress | undefined, StepStatus[]][]) {
      it(what, () => assert.deepEqual(statuses(show(draft, progress)), expected));
    }
  });

  describe('by hand', () => {
    it('asks for the two values as soon as the service is there', () => {
      assert.equal(show({ ...chosen, mode: 'byHand' }).acceptance.status, 'todo');
      const state = show(byHandDraft);
      assert.equal(state.mode, 'byHand');
      assert.equal(state.acceptance.status, 'current');
      assert.equal(state.acceptance.way, 'byHand');
      assert.equal(state.acceptance.canCreate, false);
      assert.equal(state.acceptance.endpointIdProblem, undefined);
      assert.equal(state.acceptance.domainNameProblem, undefined);
    });

    it('says what is wrong with each value as it is typed', () => {
      const wrong = show({ ...byHandDraft, endpointId: 'vpc-1', domainName: 'x' }).acceptance;
      assert.ok(wrong.endpointIdProblem);
      assert.ok(wrong.domainNameProblem);
      assert.equal(wrong.canCreate, false);
      const right = { ...byHandDraft, endpointId: anEndpoint.id, domainName: anEndpoint.domain };
      assert.equal(show(right).acceptance.canCreate, true);
      assert.equal(show({ ...right, mode: 'automatic' }).acceptance.canCreate, false);
      assert.equal(
        show({ ...right, service: { ...aService, state: 'CREATING' } }).acceptance.canCreate,
        false,
      );
      assert.equal(show({ ...right, endpointId: '' }).acceptance.canCreate, false);
    });

    it('goes on like any other creation', () => {
      const seen = { endpoint: 'unknown' } as const;
      const registering = show(byHandDraft, progressOf(byHand, seen));
      assert.equal(registering.mode, 'byHand');
      assert.deepEqual(statuses(registering), ['done', 'done', 'working', 'todo']);
      const handedOver = show(byHandDraft, progressOf({ ...byHand, acceptance: 'console' }, seen));
      assert.deepEqual(statuses(handedOver), ['done', 'done', 'waiting', 'todo']);
      assert.equal(handedOver.acceptance.way, 'console');
      assert.equal(handedOver.acceptance.endpointId, anEndpoint.id);
      assert.equal(handedOver.acceptance.domainName, anEndpoint.domain);
    });
  });

  describe('what stops a creation', () => {
    for (const [reason, step, seen, actions] of [
      [
        'serviceDeleted',
        1,
        { endpoint: { ...anEndpoint, connectionStatus: 'ServiceDeleted' } },
        ['remove', 'openTidbCloud'],
      ],
      ['endpointGone', 1, { endpoint: 'absent' }, ['startAgain', 'openAlibabaCloud']],
      [
        'endpointDeleting',
        1,
        { endpoint: { ...anEndpoint, status: 'Deleting' } },
        ['startAgain', 'openAlibabaCloud'],
      ],
      [
        'financialLocked',
        1,
        { endpoint: { ...anEndpoint, businessStatus: 'FinancialLocked' } },
        ['retry', 'openAlibabaCloud'],
      ],
      [
        'connectionFailed',
        2,
        { connection: { ...aConnection, state: 'FAILED', message: 'no address' } },
        ['recreate', 'openTidbCloud'],
      ],
      [
        'connectionDeleting',
        2,
        { connection: { ...aConnection, state: 'DELETING' } },
        ['retry', 'openTidbCloud'],
      ],
    ] as [BlockedReason, 1 | 2, Partial<Observed>, string[]][]) {
      it(`${reason} is shown at step ${step + 1}, with what helps`, () => {
        const state = show(filled, progressOf({ ...aCreation, ...registered }, seen));
        const steps = [state.instance, state.endpoint, state.acceptance, state.active];
        assert.deepEqual(
          steps.map(({ status, problem }) => [status === 'failed', problem !== undefined]),
          [0, 1, 2, 3].map((i) => [i === step, i === step]),
        );
        assertProblem(steps[step]?.problem, /./, ...actions);
      });
    }

    it('gives TiDB Cloud’s own reason', () => {
      assert.match(
        problems.blockedProblem('connectionFailed', 'no address').message,
        /Failed: no address\.?$/,
      );
    });

    it('words every error with its remedies', () => {
      assertProblem(
        problems.problemOf(new Error('secret')),
        /^Something went wrong inside the extension\.$/,
        'retry',
      );
    });
  });

  describe('an error', () => {
    const down = tidbError('unreachable');

    it('before the endpoint exists is step 2’s', () => {
      const state = show(filled, begun(aCreation, down));
      assert.deepEqual(statuses(state), ['done', 'failed', 'todo', 'todo']);
      assertProblem(state.endpoint.problem, /cannot be reached/, 'retry', 'openNetworkSettings');
      assert.equal(state.acceptance.problem, undefined);
    });

    it('after that is step 3’s', () => {
      const state = show(filled, progressOf({ ...aCreation, ...known }, {}, down));
      assert.deepEqual(statuses(state), ['done', 'done', 'failed', 'todo']);
      assertProblem(state.acceptance.problem, /cannot be reached/, 'retry', 'openNetworkSettings');
      assert.equal(state.acceptance.activity, undefined);
    });

    it('by hand is step 3’s from the beginning', () => {
      assert.deepEqual(statuses(show(byHandDraft, begun(byHand, down))), ['done', 'done', 'failed', 'todo']);
    });
  });

  describe('the end', () => {
    it('counts from when the connection was registered, with the usual duration', () => {
      const { active } = show(
        filled,
        progressOf({ ...aCreation, ...registered }, { connection: { ...aConnection, state: 'PENDING' } }),
      );
      assert.deepEqual(active.wait, { startedAtMs: 7, usualMs: 300_000 });
      assert.equal(active.connectionState, 'Pending');
      assert.ok(active.explanation);
      assert.equal(active.host, undefined);
    });

    it('has the address to connect to', () => {
      const { active } = show(
        filled,
        progressOf({ ...aCreation, ...registered }, { connection: aConnection }),
      );
      assert.equal(active.connectionState, 'Active');
      assert.equal(active.host, aConnection.host);
      assert.equal(active.port, 4000);
    });
  });

  it('passes on what the panel knows', () => {
    const state = show(filled, undefined, {}, { sandbox: true, canCreate: true });
    assert.equal(state.sandbox, true);
    assert.equal(state.endpoint.canCreate, true);
    assert.equal(state.endpoint.regionId, 'ap-southeast-1');
    assert.equal(state.endpoint.serviceName, aService.serviceName);
  });
});
