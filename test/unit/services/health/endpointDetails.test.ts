import assert from 'node:assert/strict';
import { AppError } from '../../../../src/core/errors';
import type { SecurityGroupRule } from '../../../../src/core/model';
import { EndpointDetailsReader, rulesAbout } from '../../../../src/services/health/endpointDetails';
import { anEndpoint, aZone, settle } from '../../fakes';
import { stage, type Stage } from '../stage';

const rule: SecurityGroupRule = {
  ...{ protocol: 'TCP', portRange: '4000/4000', sourceCidr: '10.0.0.0/8', policy: 'Accept', priority: 1 },
};

describe('the reader of an endpoint’s details', () => {
  let s: Stage;
  let reader: EndpointDetailsReader;

  beforeEach(() => {
    s = stage();
    s.world.endpoints.push({ ...anEndpoint, token: 't', createdAtMs: 0 });
    s.world.endpointZones.set(anEndpoint.id, [aZone]);
    s.world.endpointGroups.set(anEndpoint.id, ['sg-a']);
    s.world.rules.set('sg-a', [rule]);
    reader = new EndpointDetailsReader({
      api: () => Promise.resolve(s.world.alibabaCloud),
      endpoint: () => anEndpoint,
      log: s.log,
    });
  });
  afterEach(() => reader.dispose());

  it('reads zones and groups with all their rules, once for all who ask at the same time', async () => {
    await Promise.all([reader.refresh(), reader.refresh()]);
    assert.deepEqual(reader.details.value?.zones, [aZone]);
    assert.deepEqual(reader.details.value.securityGroups, [
      { id: 'sg-a', status: 'Attached', rules: [rule] },
    ]);
    assert.equal(s.script.count('listEndpointZones'), 1);
  });

  it('leaves a gap where rules may not be read', async () => {
    s.script.fail('listIngressRules sg-a', new AppError('notAllowed', { source: 'Alibaba Cloud' }));
    await reader.refresh();
    assert.equal(reader.details.error, undefined);
    assert.equal(reader.details.value?.securityGroups[0]?.rules, undefined);
  });

  it('forgets what it knows and what is on its way, and reads anew when asked', async () => {
    await reader.refresh();
    const release = s.script.hold('listEndpointZones', 'after');
    const before = reader.refresh();
    await settle();
    reader.reset();
    assert.deepEqual(reader.details, { loading: false });
    s.world.endpointZones.set(anEndpoint.id, []);
    await reader.refresh();
    release();
    await before;
    assert.deepEqual(reader.details.value?.zones, []);
    assert.equal(reader.details.error, undefined);
  });
});

describe('what rules say about a port', () => {
  it('takes those about TCP on it, in their order, and counts the others', () => {
    const rules: readonly SecurityGroupRule[] = [
      { ...rule, priority: 2 },
      { ...rule, policy: 'Drop', priority: 2 },
      { ...rule, portRange: '22/22' },
      { ...rule, protocol: 'ALL', portRange: '-1/-1' },
      { ...rule, protocol: 'UDP' },
      { ...rule, portRange: 'a list of ports', priority: 3 },
    ];
    const { rules: about, others } = rulesAbout(rules, 4000, []);
    assert.deepEqual(about, [rules[3], rules[1], rules[0], rules[5]]);
    assert.equal(others, 2);
  });

  it('answers for the port that is asked about', () => {
    assert.equal(rulesAbout([rule], 4000, ['10.0.0.0/8']).check, 'open');
    assert.equal(rulesAbout([rule], 3306, ['10.0.0.0/8']).check, 'closed');
    assert.equal(rulesAbout([rule], 4000, []).check, 'unknown');
    assert.equal(rulesAbout(undefined, 4000, ['10.0.0.0/8']).check, 'unknown');
  });
});
