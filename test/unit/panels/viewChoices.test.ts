import assert from 'node:assert/strict';
import type { Creation, Observed } from '../../../src/core/creation';
import { failed, notLoaded, startLoading } from '../../../src/core/loadable';
import type { Draft } from '../../../src/services/provisioning/draftState';
import { aCreation, anEndpoint, aService, tidbError } from '../fakes';
import { assertProblem, chosen, filled, known, loadView, progressOf, untouched, type Shows } from './shown';

describe('creationState: what there is to choose from', () => {
  let show: Shows['show'];

  before(async () => {
    ({ show } = await loadView());
  });

  describe('the instance', () => {
    it('can be chosen where a private endpoint is possible; the others say why not', () => {
      const { choices } = show(untouched).instance;
      assert.deepEqual(
        choices.map(({ id, unusable }) => [id, unusable]),
        [
          ['1001', undefined],
          ['2', 'hosted on AWS, not on Alibaba Cloud'],
          ['3', 'PAUSED, not ACTIVE'],
        ],
      );
      assert.equal(choices[0]?.detail, 'ap-southeast-1');
    });

    it('shows the service with the zones that Alibaba Cloud lists', () => {
      assert.deepEqual(show(filled).instance.service, {
        name: aService.serviceName,
        state: 'ACTIVE',
        zones: ['ap-southeast-1a', 'ap-southeast-1b', 'ap-southeast-1c'],
        regionId: 'ap-southeast-1',
        port: 4000,
      });
    });

    it('shows that they are loading, and why they could not be loaded', () => {
      assert.equal(show(untouched, undefined, { instances: startLoading(notLoaded) }).instance.loading, true);
      const refused = show(untouched, undefined, {
        instances: failed(undefined, tidbError('notSignedIn')),
      });
      assertProblem(refused.problem, /not signed in to TiDB Cloud/, 'signInTidbCloud');
      assert.equal(show(untouched).problem, undefined);
    });

    it('fails when its service cannot be read', () => {
      const { instance } = show({ ...chosen, serviceError: tidbError('notAllowed') });
      assert.equal(instance.status, 'failed');
      assertProblem(instance.problem, /did not allow/, 'signInTidbCloud', 'openTidbCloud');
    });
  });

  describe('the endpoint', () => {
    it('offers what is there, and says why the rest is not', () => {
      const { vpcs, zones, securityGroups } = show(filled).endpoint;
      assert.deepEqual(
        vpcs.map(({ id, label, detail, unusable }) => [id, label, detail, unusable]),
        [
          ['vpc-a', 'main', '10.0.0.0/16, 10.1.0.0/16 · default', undefined],
          ['vpc-b', 'vpc-b', '10.2.0.0/16', 'Pending'],
        ],
      );
      assert.deepEqual(securityGroups, [{ id: 'sg-a', label: 'web', detail: 'sg-a' }]);
      assert.deepEqual(
        zones.map(({ zoneId, vSwitchId, unusable }) => [zoneId, vSwitchId, unusable]),
        [
          ['ap-southeast-1a', 'vsw-a', undefined],
          ['ap-southeast-1b', undefined, 'no vSwitch here has a free address'],
          ['ap-southeast-1c', undefined, 'the VPC has no vSwitch in this zone'],
          ['ap-southeast-1z', undefined, 'TiDB Cloud does not offer the service in this zone'],
        ],
      );
      assert.equal(zones[0]?.vSwitches[0]?.detail, '10.0.1.0/24 · 7 free');
      assert.equal(zones[1]?.vSwitches[0]?.unusable, 'no free address');
    });

    it('shows no zones before the service is verified', () => {
      assert.deepEqual(show({ ...filled, verification: { outcome: 'checking' } }).endpoint.zones, []);
    });

    for (const [portCheck, outcome, text] of [
      ['open', 'open', /lets the VPC reach TCP 4000/],
      ['closed', 'closed', /does not let the VPC reach TCP 4000/],
      ['partly', 'closed', /only a part/],
      ['unknown', 'unknown', /could not be told/],
    ] as const) {
      it(`says whether the security group lets the VPC in: ${portCheck}`, () => {
        const shown = show({ ...filled, portCheck }).endpoint.portCheck;
        assert.equal(shown?.outcome, outcome);
        assert.match(shown.text, text);
        assert.match(shown.text, /\bweb\b.*\.$/);
      });
    }

    it('shows the tick, or why there is none', () => {
      const text = (verification: Draft['verification']): string | undefined =>
        show({ ...filled, verification }).endpoint.verification.text;
      assert.match(text(filled.verification) ?? '', /3 zones/);
      assert.match(text({ outcome: 'refused', reason: 'notListed' }) ?? '', /has not allowed/);
      assert.match(
        text({ outcome: 'refused', reason: 'failed', error: tidbError('timeout') }) ?? '',
        /did not answer in time/,
      );
      assert.equal(text({ outcome: 'checking' }), undefined);
    });

    it('shows what is wrong with its name, but not while there is none', () => {
      assert.match(show({ ...filled, name: '1x' }).endpoint.nameProblem ?? '', /start with a letter/);
      assert.equal(show({ ...filled, name: '' }).endpoint.nameProblem, undefined);
      assert.equal(show(filled).endpoint.nameProblem, undefined);
    });

    it('says in words that it costs money', () => {
      assert.match(show(filled).endpoint.cost, /pay-as-you-go/);
    });

    it('fails with what the networks or the dry run said', () => {
      const { endpoint } = show({ ...filled, networkError: tidbError('quota', { source: 'Alibaba Cloud' }) });
      assert.equal(endpoint.status, 'failed');
      assertProblem(endpoint.problem, /quota/, 'openAlibabaCloud');
    });

    it('shows what was created, with both of Alibaba Cloud’s words', () => {
      assert.equal(show(filled, { creation: aCreation }).endpoint.created, undefined);
      const creating = { ...anEndpoint, status: 'Creating', connectionStatus: 'Disconnected' } as const;
      assert.deepEqual(
        show(filled, progressOf({ ...aCreation, ...known }, { endpoint: creating })).endpoint.created,
        {
          id: anEndpoint.id,
          domainName: anEndpoint.domain,
          status: 'Creating',
          connectionStatus: 'Disconnected',
        },
      );
    });

    it('says what is going on', () => {
      const activity = (wanted: Creation, seen: Partial<Observed>): string =>
        show(filled, progressOf(wanted, seen)).endpoint.activity ?? '';
      assert.match(activity(aCreation, { endpoint: 'absent', service: aService }), /Creating the endpoint/);
      assert.match(
        activity({ ...aCreation, ...known }, { endpoint: { ...anEndpoint, status: 'Creating' } }),
        /Alibaba Cloud is creating/,
      );
      assert.match(
        activity(aCreation, { endpoint: 'absent', service: { ...aService, state: 'CREATING' } }),
        /Waiting for the private link service/,
      );
      assert.equal(activity({ ...aCreation, ...known }, {}), '');
      assert.match(show({ ...filled, activity: 'network' }).endpoint.activity ?? '', /Loading zones/);
    });
  });
});
