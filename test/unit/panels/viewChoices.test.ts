import assert from 'node:assert/strict';
import type { Creation, Observed } from '../../../src/core/creation';
import { failed, loaded, notLoaded, startLoading } from '../../../src/core/loadable';
import type { InstanceDetails } from '../../../src/services/detailsReader';
import type { Draft } from '../../../src/services/provisioning/draftState';
import { aCreation, anEndpoint, anInstance, aService, tidbError } from '../fakes';
import {
  assertProblem,
  begun,
  chosen,
  filled,
  known,
  loadView,
  progressOf,
  untouched,
  type Shows,
} from './shown';

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

    it('says which may not be seen, and where the service is still being created', () => {
      const details = new Map([
        ['1001', failed<InstanceDetails>(undefined, tidbError('notAllowed'))],
        ['4', loaded<InstanceDetails>({ service: { ...aService, state: 'CREATING' }, endpoints: [] })],
      ]);
      const instances = loaded([anInstance, { ...anInstance, id: '4' }]);
      const { choices } = show(untouched, undefined, { details, instances }).instance;
      assert.match(choices[0]?.unusable ?? '', /API key may not see/);
      assert.equal(choices[1]?.unusable, undefined);
      assert.match(choices[1]?.detail ?? '', /still Creating, usually 3 to 5 minutes/);
    });

    it('counts how long the service is being created, and says when it is on its way out', () => {
      const service = { ...aService, state: 'CREATING' as const };
      const creating = show({ ...chosen, service, serviceCreatingSinceMs: 9 }).instance;
      assert.deepEqual(creating.wait, { startedAtMs: 9, usualMs: 240_000 });
      const { instance } = show({ ...chosen, service: { ...aService, state: 'DELETING' } });
      assert.equal(instance.status, 'failed');
      assertProblem(instance.problem, /deleting the private link service/, 'retry', 'openTidbCloud');
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

    for (const [check, outcome, text] of [
      ['open', 'open', /lets the VPC reach TCP 4000/],
      ['closed', 'closed', /does not let the VPC reach TCP 4000/],
      ['partly', 'closed', /only a part/],
      ['unknown', 'unknown', /could not be told/],
    ] as const) {
      it(`says whether the security group lets the VPC in: ${check}`, () => {
        const shown = show({ ...filled, port: { check, missing: [] } }).endpoint.portCheck;
        assert.equal(shown?.outcome, outcome);
        assert.match(shown.text, text);
        assert.match(shown.text, /\bweb\b.*\.$/);
        assert.equal(shown.rules, undefined);
      });
    }

    it('shows exactly the rules that are missing, and to which group they would be added', () => {
      const missing = ['10.0.0.0/16', '10.1.0.0/16'].map((sourceCidr) => ({
        ...{ protocol: 'TCP' as const, portRange: '4000/4000', sourceCidr, description: 'x' },
      }));
      const { portCheck } = show({ ...filled, port: { check: 'closed', missing } }).endpoint;
      assert.deepEqual(portCheck?.rules, [
        'web: let in TCP 4000/4000 from 10.0.0.0/16',
        'web: let in TCP 4000/4000 from 10.1.0.0/16',
      ]);
      assert.doesNotMatch(portCheck.text, /refuses/);
      const hopeless = show({ ...filled, port: { check: 'closed', missing: [] } }).endpoint.portCheck;
      assert.match(hopeless?.text ?? '', /A rule that refuses it goes before/);
    });

    it('offers the groups that can stand beside the chosen ones, and says why the others cannot', () => {
      const more = (over: Partial<Draft>) =>
        show({ ...filled, securityGroups: groups, ...over }).endpoint.moreSecurityGroups.map(
          ({ id, unusable }) => [id, unusable],
        );
      const [web] = filled.securityGroups;
      assert.ok(web);
      const groups = [
        web,
        { ...web, id: 'sg-b', name: '' },
        { ...web, id: 'sg-e', name: 'shared', type: 'enterprise' as const },
      ];
      assert.deepEqual(more({}), [
        ['sg-b', undefined],
        ['sg-e', 'cannot be combined: web is normal'],
      ]);
      assert.deepEqual(more({ securityGroupIds: [] }), []);
      const both = show({ ...filled, securityGroups: groups, securityGroupIds: ['sg-a', 'sg-b'] }).endpoint;
      assert.deepEqual(both.securityGroupIds, ['sg-a', 'sg-b']);
      assert.match(both.portCheck?.text ?? '', /^web and sg-b let the VPC reach TCP 4000\.$/);
    });

    it('shows the zones of both sides once they are known', () => {
      assert.deepEqual(show(filled).endpoint.zonesOfBoth, {
        service: ['ap-southeast-1a', 'ap-southeast-1b', 'ap-southeast-1c'],
        vpc: ['ap-southeast-1a', 'ap-southeast-1b', 'ap-southeast-1z'],
      });
      assert.equal(show({ ...filled, activity: 'network' }).endpoint.zonesOfBoth, undefined);
      assert.equal(show({ ...filled, verification: { outcome: 'none' } }).endpoint.zonesOfBoth, undefined);
    });

    it('shows the endpoints that are there already', () => {
      assert.deepEqual(
        show({ ...filled, existing: [anEndpoint, { ...anEndpoint, name: '' }] }).endpoint.existing,
        [
          { id: anEndpoint.id, text: `tidb-orders (${anEndpoint.id}): Active, Connected` },
          { id: anEndpoint.id, text: `${anEndpoint.id}: Active, Connected` },
        ],
      );
    });

    it('says that PrivateLink is not activated, and offers to; then that it is being activated', () => {
      const closed = show({ ...filled, privateLink: 'closed' }).endpoint;
      assert.equal(closed.status, 'failed');
      assertProblem(closed.problem, /not activated/, 'activatePrivateLink', 'openAlibabaCloud');
      assert.match(closed.problem?.nextStep ?? '', /pay-as-you-go/);
      const opening = show({ ...filled, privateLink: 'opening' }).endpoint;
      assert.equal(opening.status, 'working');
      assert.match(opening.activity ?? '', /activating PrivateLink/);
    });

    it('says what is wrong with a tag', () => {
      const tags = [
        { id: 't1', key: 'team', value: '' },
        { id: 't2', key: 'team', value: '' },
        { id: 't3', key: 'acs:x', value: '' },
      ];
      const shown = show({ ...filled, tags }).endpoint.tags.map(({ problem }) => problem ?? '');
      assert.match(shown[1] ?? '', /another tag/);
      assert.match(shown[2] ?? '', /must not begin/);
      assert.equal(show({ ...filled, tags: tags.slice(0, 1) }).endpoint.tags[0]?.problem, undefined);
    });

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
      assert.match(text({ outcome: 'refused', reason: 'otherService' }) ?? '', /not the one of the chosen/);
      assert.equal(text({ outcome: 'refused', reason: 'problem', problem: 'so' }), 'so');
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
      assert.equal(show(filled, begun(aCreation)).endpoint.created, undefined);
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
