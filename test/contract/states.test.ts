import assert from 'node:assert/strict';
import { request } from 'node:http';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { at, textAt } from './support/at';
import { REGION, usualWish } from './support/chosen';
import { officialCaller, refusalOf, type OfficialCall } from './support/officialCaller';

describe('What the state of things does not allow on Alibaba Cloud', () => {
  let sandbox: Sandbox;
  let call: OfficialCall;

  beforeEach(async () => {
    sandbox = await startSandbox({ timeScale: 3000, requestsPerMinute: 10_000 });
    call = officialCaller(sandbox);
  });
  afterEach(() => sandbox.stop());

  async function codeOf(action: string, input: object): Promise<string> {
    return (await refusalOf(call('privatelink', action, input))).code;
  }

  async function active(): Promise<{ RegionId: string; EndpointId: string }> {
    const made = await call('privatelink', 'CreateVpcEndpoint', usualWish(sandbox));
    await sandbox.control.waitFor(({ endpoints }) => endpoints.every(({ status }) => status === 'Active'));
    return { RegionId: REGION, EndpointId: textAt(made, 'EndpointId') };
  }

  /** Every change of an endpoint, as it could be asked for. */
  function changes(): [string, object][] {
    const { vSwitches, securityGroups } = sandbox.control.getState();
    const web = securityGroups.find(({ name }) => name === 'app-web')?.securityGroupId;
    const second = vSwitches.find(({ name }) => name === 'app-b')?.vSwitchId;
    return [
      ['AttachSecurityGroupToVpcEndpoint', { SecurityGroupId: web }],
      ['DetachSecurityGroupFromVpcEndpoint', { SecurityGroupId: web }],
      ['AddZoneToVpcEndpoint', { ZoneId: `${REGION}b`, VSwitchId: second }],
      ['RemoveZoneFromVpcEndpoint', { ZoneId: `${REGION}a` }],
      ['UpdateVpcEndpointAttribute', { EndpointName: 'another' }],
      ['DeleteVpcEndpoint', {}],
    ];
  }

  it('is anything of a service before PrivateLink was opened', async () => {
    sandbox.control.setPrivateLinkOpen(false);
    const wish = usualWish(sandbox);
    assert.equal(await codeOf('CreateVpcEndpoint', wish), 'NeedOpenProduct');
    assert.equal(await codeOf('ListVpcEndpointServicesByEndUser', { RegionId: REGION }), 'NeedOpenProduct');
    await call('privatelink', 'OpenPrivateLinkService');
    await call('privatelink', 'CreateVpcEndpoint', wish);
  });

  it('is an endpoint in a vSwitch that is pending or full', async () => {
    const wish = usualWish(sandbox);
    const vSwitchId =
      sandbox.control.getState().vSwitches.find(({ name }) => name === 'app-a')?.vSwitchId ?? '';
    sandbox.control.setVSwitch(vSwitchId, { status: 'Pending' });
    assert.equal(await codeOf('CreateVpcEndpoint', wish), 'VSwitchStatusNotAllowed');
    sandbox.control.setVSwitch(vSwitchId, { status: 'Available', freeAddresses: 0 });
    assert.equal(await codeOf('CreateVpcEndpoint', wish), 'ResourceNotEnough.VSwitchIp');
  });

  it('is a change while the endpoint is being made, changed or removed', async () => {
    const target = await active();
    for (const status of ['Creating', 'Pending', 'Deleting'] as const) {
      sandbox.control.pauseClock();
      sandbox.control.setEndpoint(target.EndpointId, { status });
      for (const [action, change] of changes()) {
        assert.equal(
          await codeOf(action, { ...target, ...change }),
          'EndpointOperationDenied',
          `${status} ${action}`,
        );
      }
    }
  });

  it('is a change while the connection is on the way from one state to another', async () => {
    const target = await active();
    sandbox.control.pauseClock();
    for (const connectionStatus of ['Pending', 'Connecting', 'Disconnecting'] as const) {
      sandbox.control.setEndpoint(target.EndpointId, { connectionStatus });
      for (const [action, change] of changes().filter(([name]) => name !== 'DeleteVpcEndpoint')) {
        const code = await codeOf(action, { ...target, ...change });
        assert.equal(code, 'EndpointConnectionOperationDenied', `${connectionStatus} ${action}`);
      }
    }
  });

  it('is a change of an endpoint with an overdue payment, save to get rid of it', async () => {
    const target = await active();
    sandbox.control.setEndpoint(target.EndpointId, { businessStatus: 'FinancialLocked' });
    for (const [action, change] of changes()) {
      if (!['RemoveZoneFromVpcEndpoint', 'DeleteVpcEndpoint'].includes(action)) {
        assert.equal(await codeOf(action, { ...target, ...change }), 'EndpointLocked', action);
      }
    }
    await call('privatelink', 'RemoveZoneFromVpcEndpoint', { ...target, ZoneId: `${REGION}a` });
    await sandbox.control.waitFor(({ endpoints: [first] }) => first?.status === 'Active');
    await call('privatelink', 'DeleteVpcEndpoint', target);
  });

  it('is removing what is not there, the last security group, or an endpoint that has zones', async () => {
    const target = await active();
    const [group] = sandbox.control.getState().endpoints[0]?.securityGroups ?? [];
    const cases: [string, string, object][] = [
      ['EndpointZoneNotFound', 'RemoveZoneFromVpcEndpoint', { ZoneId: `${REGION}b` }],
      ['EndpointZoneDuplicated', 'AddZoneToVpcEndpoint', { ZoneId: `${REGION}a`, VSwitchId: 'vsw-none' }],
      [
        'EndpointServiceNotSupportedZone',
        'AddZoneToVpcEndpoint',
        { ZoneId: `${REGION}c`, VSwitchId: 'vsw-none' },
      ],
      ['SecurityGroupNotFound', 'DetachSecurityGroupFromVpcEndpoint', { SecurityGroupId: 'sg-none' }],
      [
        'EndpointMustContainSecurityGroup',
        'DetachSecurityGroupFromVpcEndpoint',
        { SecurityGroupId: group?.securityGroupId },
      ],
      ['SecurityGroupExist', 'AttachSecurityGroupToVpcEndpoint', { SecurityGroupId: group?.securityGroupId }],
      ['EndpointDependenceViolation', 'DeleteVpcEndpoint', {}],
      ['OperationDenied.EndpointPolicyNotSupport', 'UpdateVpcEndpointAttribute', { PolicyDocument: '{}' }],
    ];
    for (const [code, action, change] of cases) {
      assert.equal(await codeOf(action, { ...target, ...change }), code, action);
    }
    const elsewhere = { ...target, RegionId: 'eu-central-1' };
    assert.equal(await codeOf('GetVpcEndpointAttribute', elsewhere), 'EndpointNotFound');
  });

  it('is a change by others of an endpoint that temporary credentials made under protection', async () => {
    const maker = officialCaller(sandbox, sandbox.alibabaCloud.temporary);
    const wish = { ...usualWish(sandbox), ProtectedEnabled: true };
    const target = {
      RegionId: REGION,
      EndpointId: textAt(await maker('privatelink', 'CreateVpcEndpoint', wish), 'EndpointId'),
    };
    await sandbox.control.waitFor(({ endpoints: [first] }) => first?.status === 'Active');
    for (const [action, change] of changes().filter(([name]) => name !== 'DeleteVpcEndpoint')) {
      assert.equal(await codeOf(action, { ...target, ...change }), 'EndpointProtected', action);
    }
    const seen = await call('privatelink', 'GetVpcEndpointAttribute', target);
    assert.equal(at(seen, 'ProtectedEnabled'), true);
    await maker('privatelink', 'UpdateVpcEndpointAttribute', { ...target, EndpointName: 'by-its-maker' });
  });

  it('is calling a product under the host name of another', async () => {
    const { hostname, port } = new URL(sandbox.alibabaCloud.endpoints.sts);
    const answerTo = (host: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const headers = { host, 'x-acs-action': 'DescribeVpcs', 'x-acs-version': '2016-04-28' };
        request({ hostname, port, method: 'POST', path: '/', headers })
          .on('response', (response) => {
            let text = '';
            response.on('data', (chunk: Buffer) => (text += chunk.toString()));
            response.on('end', () => resolve((JSON.parse(text) as { Code: string }).Code));
          })
          .on('error', reject)
          .end();
      });
    assert.equal(await answerTo('privatelink.ap-southeast-1.aliyuncs.com'), 'InvalidVersion');
    assert.equal(await answerTo('ecs-cn-hangzhou.aliyuncs.com'), 'InvalidVersion');
    assert.equal(await answerTo('vpc.aliyuncs.com'), 'IncompleteSignature');
    assert.equal(await answerTo(`${hostname}:${port}`), 'IncompleteSignature');
  });
}).timeout(35_000);
