import assert from 'node:assert/strict';
import { rosTemplate } from '../../../src/core/export/ros';
import { at, listAt, textAt } from '../support/at';
import { planned, sets } from './samples';
import { parsers, type Check } from './tools';

describe('Endpoints as a ROS template', () => {
  let check: Check;
  before(async function () {
    check = await parsers(this);
  });

  for (const [name, endpoints] of Object.entries(sets)) {
    it(`pass Alibaba Cloud's checker and have the properties that ROS has: ${name}`, async () => {
      const read = await check('ros', rosTemplate('ap-southeast-1', endpoints));
      const told = textAt(read, 'told');
      assert.match(told, /Formatted successfully/);
      assert.doesNotMatch(told, /Invalid|exit/);
      const resources = Object.entries(at(read, 'parsed', 'Resources') as object);
      assert.equal(resources.length, endpoints.length);
      resources.forEach(([, resource], i) => {
        const { spec } = endpoints[i] ?? assert.fail();
        assert.equal(at(resource, 'Type'), 'ALIYUN::PrivateLink::VpcEndpoint');
        const properties = at(resource, 'Properties') as Record<string, unknown>;
        fits(properties, at(read, 'properties'));
        assert.equal(properties['EndpointName'], spec.name === '' ? undefined : spec.name);
        assert.equal(properties['ServiceName'], spec.serviceName);
        assert.deepEqual(properties['SecurityGroupId'], spec.securityGroupIds);
        const zones = listAt(properties, 'Zone');
        zones.forEach((zone) => fits(zone, at(read, 'zone')));
        assert.deepEqual(
          zones.map((zone) => [at(zone, 'ZoneId'), at(zone, 'VSwitchId')]),
          spec.zones.map(({ zoneId, vSwitchId }) => [zoneId, vSwitchId]),
        );
        const tags = (properties['Tags'] ?? []) as unknown[];
        tags.forEach((tag) => fits(tag, at(read, 'tag')));
        assert.deepEqual(
          Object.fromEntries(tags.map((tag) => [at(tag, 'Key'), at(tag, 'Value')])),
          spec.tags,
        );
      });
      const outputs = Object.values(at(read, 'parsed', 'Outputs') as object);
      assert.equal(outputs.length, 2 * endpoints.length);
      for (const output of outputs) {
        const [resource, attribute] = listAt(output, 'Value', 'Fn::GetAtt');
        assert.ok(resources.some(([id]) => id === resource));
        assert.ok(listAt(read, 'attributes').includes(attribute), String(attribute));
      }
    });
  }

  it('would not pass the checker if it were wrong', async () => {
    const text = rosTemplate('ap-southeast-1', [planned]).replaceAll('    Value:\n', '    Worth:\n');
    assert.match(textAt(await check('ros', text), 'told'), /Invalid/);
  });
});

function fits(given: unknown, known: unknown): void {
  const required = known as Record<string, boolean>;
  const names = Object.keys(given as object);
  assert.deepEqual(
    names.filter((name) => required[name] === undefined),
    [],
  );
  assert.deepEqual(
    Object.keys(required).filter((name) => required[name] && !names.includes(name)),
    [],
  );
}
