import assert from 'node:assert/strict';
import * as alibaba from '../../../src/cloud/alibaba';
import * as tidbCloud from '../../../src/cloud/tidbCloud';
import { collect } from '../../../src/core/collect';
import { AppError, wordingOf, type ErrorCode } from '../../../src/core/errors';
import type { VpcEndpointSpec } from '../../../src/core/model';
import { startSandbox, type Fault, type Sandbox, type SandboxOptions } from '../../../src/sandbox';
import { clientsOf, hasty, type Clients } from './clients';
import { region, specIn } from './walk';

interface Case {
  readonly what: string;
  readonly code: ErrorCode;
  /** The cloud's own code, where it has one. */
  readonly serviceCode?: string;
  readonly options?: SandboxOptions;
  readonly prepare?: (sandbox: Sandbox, clients: Clients) => unknown;
  readonly run: (clients: Clients, sandbox: Sandbox) => Promise<unknown>;
}

const find = <T>(items: readonly T[], fits: (item: T) => boolean): T => items.find(fits) ?? assert.fail();
const groupId = (sandbox: Sandbox, name: string): string =>
  find(sandbox.control.getState().securityGroups, (group) => group.name === name).securityGroupId;
const vSwitchId = (sandbox: Sandbox, name: string): string =>
  find(sandbox.control.getState().vSwitches, (vSwitch) => vSwitch.name === name).vSwitchId;
const instanceId = (sandbox: Sandbox, name = 'orders-prod'): string =>
  find(sandbox.control.getState().instances, ({ displayName }) => displayName === name).tidbId;

/** A create of something that is not quite right. */
const creating =
  (change: (spec: VpcEndpointSpec, sandbox: Sandbox) => Partial<VpcEndpointSpec>) =>
  ({ alibaba: api }: Clients, sandbox: Sandbox): Promise<unknown> => {
    const spec = specIn(sandbox);
    return api.dryRunCreateEndpoint({ ...spec, ...change(spec, sandbox) });
  };

const created = async (sandbox: Sandbox, { alibaba: api }: Clients, token = 'token'): Promise<string> => {
  const { id } = await api.createEndpoint(specIn(sandbox), token);
  await sandbox.control.waitFor(({ endpoints }) => endpoints.every(({ status }) => status === 'Active'));
  return id;
};

const firstEndpoint = (sandbox: Sandbox): string => sandbox.control.getState().endpoints[0]?.endpointId ?? '';

const registering = ({ tidbCloud: api }: Clients, sandbox: Sandbox): Promise<unknown> => {
  const [endpoint] = sandbox.control.getState().endpoints;
  return api.createConnection({
    instanceId: instanceId(sandbox),
    regionId: `alicloud-${region}`,
    endpointId: endpoint?.endpointId ?? '',
    privateDomainName: endpoint?.domain ?? '',
  });
};

const alibabaCases: readonly Case[] = [
  {
    what: 'PrivateLink was never opened',
    code: 'notOpen',
    serviceCode: 'NeedOpenProduct',
    options: { seed: { privateLinkOpen: false } },
    run: creating(() => ({})),
  },
  {
    what: 'the service does not exist',
    code: 'notFound',
    serviceCode: 'EndpointServiceNotFound',
    run: creating(({ serviceName }) => ({ serviceName: `${serviceName.slice(0, -1)}0` })),
  },
  {
    what: 'the service is in another region',
    code: 'notFound',
    serviceCode: 'EndpointServiceNotFound',
    run: creating((_, sandbox) => ({
      serviceName: find(sandbox.control.getState().services, (one) => one.region === 'eu-central-1')
        .serviceName,
    })),
  },
  {
    what: 'the service is not in this zone',
    code: 'invalidInput',
    serviceCode: 'EndpointServiceNotSupportedZone',
    run: creating((_, sandbox) => ({
      zones: [{ zoneId: 'ap-southeast-1c', vSwitchId: vSwitchId(sandbox, 'app-c') }],
    })),
  },
  {
    what: 'the service was deleted',
    code: 'notFound',
    serviceCode: 'EndpointServiceDeleted',
    prepare: (sandbox) => sandbox.control.setService(instanceId(sandbox), { state: 'DELETING' }),
    run: creating(() => ({})),
  },
  {
    what: 'the VPC does not exist',
    code: 'notFound',
    serviceCode: 'VpcNotFound',
    run: creating(() => ({ vpcId: 'vpc-t4n0000000000000nowhere' })),
  },
  {
    what: 'the security group is of another VPC',
    code: 'notFound',
    serviceCode: 'SecurityGroupNotFound',
    run: creating((_, sandbox) => ({ securityGroupIds: [groupId(sandbox, 'batch')] })),
  },
  {
    what: 'normal and enterprise security groups are mixed',
    code: 'invalidInput',
    serviceCode: 'SecurityGroupTypeOnlySingleTypeSupporteded',
    run: creating(({ securityGroupIds }, sandbox) => ({
      securityGroupIds: [...securityGroupIds, groupId(sandbox, 'app-enterprise')],
    })),
  },
  {
    what: 'the security group is managed by another product',
    code: 'invalidInput',
    serviceCode: 'SecurityGroupTypeNotSupport',
    run: creating((_, sandbox) => ({ securityGroupIds: [groupId(sandbox, 'managed-by-ack')] })),
  },
  {
    what: 'the vSwitch has no free address',
    code: 'invalidInput',
    serviceCode: 'ResourceNotEnough.VSwitchIp',
    run: creating((_, sandbox) => ({
      vpcId: find(sandbox.control.getState().vpcs, ({ name }) => name === 'default-vpc').vpcId,
      securityGroupIds: [groupId(sandbox, 'default-group')],
      zones: [{ zoneId: 'ap-southeast-1a', vSwitchId: vSwitchId(sandbox, 'default-a') }],
    })),
  },
  {
    what: 'a zone is wanted twice',
    code: 'invalidInput',
    serviceCode: 'EndpointZoneDuplicated',
    run: creating(({ zones: [zone = assert.fail()] }) => ({ zones: [zone, zone] })),
  },
  {
    what: 'the VPC has all the endpoints that it may have',
    code: 'quota',
    serviceCode: 'QuotaExceeded.totalEpPerVpc',
    options: { quotas: { endpointsPerVpc: 1 } },
    prepare: (sandbox, clients) => created(sandbox, clients),
    run: creating(() => ({ name: 'one-more' })),
  },
  {
    what: 'a client token is used for something else',
    code: 'conflict',
    serviceCode: 'IdempotenceSignatureMismatch',
    prepare: (sandbox, clients) => created(sandbox, clients, 'used'),
    run: ({ alibaba: api }, sandbox) => api.createEndpoint({ ...specIn(sandbox), name: 'other' }, 'used'),
  },
  {
    what: 'the last security group is to be detached',
    code: 'invalidInput',
    serviceCode: 'EndpointMustContainSecurityGroup',
    prepare: (sandbox, clients) => created(sandbox, clients),
    run: ({ alibaba: api }, sandbox) =>
      api.detachSecurityGroup(region, firstEndpoint(sandbox), groupId(sandbox, 'app-clients')),
  },
  {
    what: 'a permission is missing',
    code: 'notAllowed',
    serviceCode: 'NoPermission',
    prepare: (sandbox) =>
      sandbox.control.fail({
        operation: 'CreateVpcEndpoint',
        fault: {
          kind: 'error',
          status: 400,
          code: 'NoPermission',
          body: {
            AccessDeniedDetail: {
              AuthAction: 'privatelink:CreateVpcEndpoint',
              NoPermissionType: 'ImplicitDeny',
            },
          },
        },
      }),
    run: creating(() => ({})),
  },
  {
    what: 'the region does not exist',
    code: 'invalidInput',
    run: ({ alibaba: api }) => collect(api.listVpcs('xx-nowhere-1')),
  },
];

const tidbCloudCases: readonly Case[] = [
  {
    what: 'the instance does not exist',
    code: 'notFound',
    run: ({ tidbCloud: api }) => api.getInstance('10000000000000000000'),
  },
  {
    what: 'creating a connection is not offered',
    code: 'unsupported',
    options: { acceptMode: 'console' },
    prepare: (sandbox, clients) => created(sandbox, clients),
    run: registering,
  },
  {
    what: 'deleting a connection is not offered',
    code: 'unsupported',
    options: { acceptMode: 'console' },
    run: ({ tidbCloud: api }, sandbox) => api.deleteConnection(instanceId(sandbox), 'pec-1'),
  },
  {
    what: 'the endpoint does not exist',
    code: 'invalidInput',
    run: ({ tidbCloud: api }, sandbox) =>
      api.createConnection({
        instanceId: instanceId(sandbox),
        regionId: `alicloud-${region}`,
        endpointId: 'ep-t4n00000000000nowhere',
        privateDomainName: 'ep-t4n00000000000nowhere.epsrv-x.ap-southeast-1.privatelink.aliyuncs.com',
      }),
  },
  {
    what: 'the role may not',
    code: 'notAllowed',
    serviceCode: '7',
    prepare: async (sandbox, clients) => {
      await created(sandbox, clients);
      sandbox.control.fail({
        operation: 'CreatePrivateEndpointConnection',
        fault: { kind: 'error', status: 403, code: 7, message: 'access denied' },
      });
    },
    run: registering,
  },
  {
    what: 'the password is too short',
    code: 'invalidInput',
    run: ({ tidbCloud: api }, sandbox) => api.resetRootPassword(instanceId(sandbox), 'short'),
  },
];

/** What a cloud or the network may do to any call: by itself it passes, for ever it has its own words. */
const troubles: readonly { readonly what: string; readonly fault: Fault; readonly code: ErrorCode }[] = [
  { what: 'is throttled', fault: { kind: 'throttling', retryAfterMs: 1000 }, code: 'throttled' },
  {
    what: 'meets a fault of the cloud',
    fault: { kind: 'error', status: 503, code: 'ServiceUnavailable' },
    code: 'cloudFault',
  },
  { what: 'loses its connection', fault: { kind: 'reset' }, code: 'unreachable' },
  { what: 'gets half an answer', fault: { kind: 'truncated' }, code: 'unreachable' },
];
/** Nothing that passes by itself. */
const nonsense: readonly { readonly what: string; readonly fault: Fault }[] = [
  { what: 'JSON of another shape', fault: { kind: 'wrongShape' } },
  { what: 'half of the JSON', fault: { kind: 'truncatedJson' } },
  { what: 'a page of a proxy', fault: { kind: 'html', status: 200 } },
];

describe('What the clouds refuse, our clients tell', () => {
  let sandbox: Sandbox;
  let clients: Clients;

  const open = async (options: SandboxOptions = {}): Promise<void> => {
    sandbox = await startSandbox({ timeScale: 1000, requestsPerMinute: 10_000, ...options });
    clients = clientsOf({ alibaba, tidbCloud }, sandbox, hasty());
  };

  const errorOf = async (run: () => Promise<unknown>): Promise<AppError> => {
    const error: unknown = await run().then(
      () => assert.fail('It was not refused'),
      (reason: unknown) => reason,
    );
    return AppError.is(error) ? error : assert.fail(String(error));
  };

  afterEach(async () => {
    await sandbox.stop();
    const said = clients.lines.join('\n');
    for (const secret of [sandbox.tidbCloud.privateKey, sandbox.alibabaCloud.accessKeySecret]) {
      assert.ok(!said.includes(secret), 'a secret is in the log');
    }
  });

  for (const [cloud, cases] of [
    ['Alibaba Cloud', alibabaCases],
    ['TiDB Cloud', tidbCloudCases],
  ] as const) {
    for (const { what, code, serviceCode, options, prepare, run } of cases) {
      it(`${cloud}: ${what}`, async () => {
        await open(options);
        await prepare?.(sandbox, clients);
        const error = await errorOf(() => run(clients, sandbox));
        assert.deepEqual(
          { code: error.code, serviceCode: serviceCode && error.details.serviceCode },
          { code, serviceCode },
          error.message,
        );
        const { message, nextStep } = wordingOf(error);
        assert.ok(message !== '' && nextStep !== '');
        if (error.details.httpStatus !== undefined) {
          assert.ok(error.details.requestId, 'the request id is not told');
        }
      });
    }
  }

  it('names the RAM action that is missing', async () => {
    await open();
    const missing = find(alibabaCases, ({ code }) => code === 'notAllowed');
    await missing.prepare?.(sandbox, clients);
    const error = await errorOf(() => missing.run(clients, sandbox));
    assert.equal(error.details.missingPermission, 'privatelink:CreateVpcEndpoint');
    assert.ok(wordingOf(error).remedies.includes('copyRamPolicy'));
  });

  for (const [cloud, operation, run] of [
    ['Alibaba Cloud', 'DescribeVpcs', ({ alibaba: api }: Clients) => collect(api.listVpcs(region))],
    ['TiDB Cloud', 'ListTidbs', ({ tidbCloud: api }: Clients) => collect(api.listInstances())],
  ] as const) {
    for (const { what, fault, code } of troubles) {
      it(`${cloud}: a read that ${what} is made again, and told of when it goes on`, async () => {
        await open();
        const expected = await run(clients);
        sandbox.control.fail({ operation, times: 2, fault });
        assert.deepEqual(await run(clients), expected);
        sandbox.control.fail({ operation, times: 100, fault });
        const before = sandbox.control.calls(operation);
        assert.equal((await errorOf(() => run(clients))).code, code);
        assert.ok(sandbox.control.calls(operation) - before <= 4, 'the attempts are not bounded');
      });
    }

    for (const { what, fault } of nonsense) {
      it(`${cloud}: ${what} is no answer`, async () => {
        await open();
        sandbox.control.fail({ operation, times: 100, fault });
        assert.equal((await errorOf(() => run(clients))).code, 'badAnswer');
      });
    }
  }

  it('Alibaba Cloud: a create whose answers get lost is one create', async () => {
    await open();
    for (const fault of [{ kind: 'reset' }, { kind: 'truncated' }] as const) {
      sandbox.control.fail({ operation: 'CreateVpcEndpoint', when: 'after', fault });
    }
    await created(sandbox, clients);
    assert.equal(sandbox.control.getState().endpoints.length, 1);
  });

  it('TiDB Cloud: a create whose answer gets lost is looked for, not made again', async () => {
    await open();
    await created(sandbox, clients);
    const operation = 'CreatePrivateEndpointConnection';
    sandbox.control.fail({ operation, when: 'after', fault: { kind: 'reset' } });
    await registering(clients, sandbox);
    assert.equal(sandbox.control.calls(operation), 1);
    assert.equal(sandbox.control.getState().connections.length, 1);
  });

  it('keeps within the clouds’ own rates: nothing is refused while much is asked', async () => {
    await open({ requestsPerMinute: 100 });
    await Promise.all(Array.from({ length: 60 }, () => clients.tidbCloud.getInstance(instanceId(sandbox))));
    await Promise.all(Array.from({ length: 60 }, () => clients.alibaba.getCallerIdentity()));
    assert.equal(clients.lines.filter((line) => /HTTP 429|HTTP 4\d\d Throttling/.test(line)).length, 0);
  });
});
