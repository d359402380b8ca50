import assert from 'node:assert/strict';
import { all, appErrorOf, json } from '../support';
import { region, Stage } from './stage';

const zone = { zoneId: 'ap-southeast-1a', vSwitchId: 'vsw-a' };
const target = { RegionId: region, EndpointId: 'ep-1' };
const ok = { RequestId: 'R' };

describe('Changes to an endpoint', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  /** Each change: its operation, what it sends, and the codes that say that all is as wanted. */
  const changes: readonly {
    readonly operation: string;
    readonly run: () => Promise<void>;
    readonly sends: Record<string, string>;
    readonly fine: readonly string[];
  }[] = [
    {
      operation: 'UpdateVpcEndpointAttribute',
      run: () => stage.api.renameEndpoint(region, 'ep-1', 'orders'),
      sends: { EndpointName: 'orders' },
      fine: [],
    },
    {
      operation: 'AttachSecurityGroupToVpcEndpoint',
      run: () => stage.api.attachSecurityGroup(region, 'ep-1', 'sg-2'),
      sends: { SecurityGroupId: 'sg-2' },
      fine: ['SecurityGroupExist'],
    },
    {
      operation: 'DetachSecurityGroupFromVpcEndpoint',
      run: () => stage.api.detachSecurityGroup(region, 'ep-1', 'sg-2'),
      sends: { SecurityGroupId: 'sg-2' },
      fine: ['SecurityGroupNotFound'],
    },
    {
      operation: 'AddZoneToVpcEndpoint',
      run: () => stage.api.addEndpointZone(region, 'ep-1', zone, 'token-1'),
      sends: { ZoneId: zone.zoneId, VSwitchId: zone.vSwitchId },
      fine: [],
    },
    {
      operation: 'RemoveZoneFromVpcEndpoint',
      run: () => stage.api.removeEndpointZone(region, 'ep-1', zone.zoneId),
      sends: { ZoneId: zone.zoneId },
      fine: ['EndpointZoneNotFound', 'EndpointNotFound'],
    },
    {
      operation: 'DeleteVpcEndpoint',
      run: () => stage.api.deleteEndpoint(region, 'ep-1'),
      sends: {},
      fine: ['EndpointNotFound'],
    },
  ];
  const busyCodes = [
    'EndpointLocked',
    'EndpointOperationDenied',
    'EndpointConnectionOperationDenied',
    'ConcurrentCallNotSupported',
  ];

  for (const { operation, run, sends, fine } of changes) {
    describe(operation, () => {
      const givenToken = operation === 'AddZoneToVpcEndpoint';

      it('sends the contract’s parameters in the query, with a client token', async () => {
        stage.answering([200, ok]);
        await run();
        const { ClientToken, ...rest } = stage.query();
        assert.deepEqual(rest, { ...target, ...sends });
        assert.match(ClientToken ?? '', givenToken ? /^token-1$/ : /^[0-9a-f-]{36}$/);
        assert.deepEqual(stage.asked, [operation]);
        assert.equal(stage.received[0]?.body, '');
      });

      for (const code of fine) {
        it(`takes ${code} for done`, async () => {
          stage.answering([400, { Code: code, Message: 'm' }]);
          await run();
          assert.equal(stage.received.length, 1);
        });
      }

      it('fails with every other code', async () => {
        for (const [code, expected] of [
          ['EndpointProtected', 'notAllowed'],
          ['EndpointServiceDeleted', 'notFound'],
          ['EndpointDependenceViolation', 'conflict'],
          ...(fine.includes('EndpointNotFound') ? [] : [['EndpointNotFound', 'notFound'] as const]),
        ] as const) {
          stage.answering([400, { Code: code, Message: 'm' }]);
          assert.equal((await appErrorOf(run())).code, expected);
        }
        assert.deepEqual(stage.clock.slept, []);
      });

      it('waits while the endpoint is busy with another change', async () => {
        stage.answering(...busyCodes.map((Code): [number, object] => [400, { Code, Message: 'm' }]), [
          200,
          ok,
        ]);
        await run();
        assert.equal(stage.received.length, busyCodes.length + 1);
        const [first = 0, second = 0] = stage.clock.slept;
        assert.ok(first >= 1500 && first <= 3000, String(first));
        assert.ok(second >= 3000 && second <= 6000, String(second));
        const tokens = stage.received.map((_, at) => stage.query(at).ClientToken);
        assert.equal(new Set(tokens).size, givenToken ? 1 : tokens.length, tokens.join(' '));
      });

      it('gives up waiting after a while, with the cloud’s reason', async () => {
        stage.answering([400, { Code: 'EndpointOperationDenied', Message: 'being changed' }]);
        const error = await appErrorOf(run());
        assert.deepEqual([error.code, error.details.reason], ['conflict', 'being changed']);
        const waited = stage.clock.slept.reduce((sum, ms) => sum + ms, 0);
        assert.ok(waited > 50_000 && waited <= 120_000, String(waited));
      });

      it('keeps its token when the answer was lost', async () => {
        let lost = 0;
        stage.respond = (_request, response) => {
          if (lost++ < 2) {
            response.destroy();
          } else {
            json(response, 200, ok);
          }
        };
        await run();
        const tokens = stage.received.map((_, at) => stage.query(at).ClientToken);
        assert.equal(tokens.length, 3);
        assert.equal(new Set(tokens).size, 1, tokens.join(' '));
      });

      it('has another token the next time', async () => {
        stage.answering([200, ok]);
        await run();
        await run();
        assert.equal(stage.query(0).ClientToken === stage.query(1).ClientToken, givenToken);
      });
    });
  }

  describe('A zone that is there already', () => {
    const duplicated = { Code: 'EndpointZoneDuplicated', Message: 'the zone is there' };
    const add = (): Promise<void> => stage.api.addEndpointZone(region, 'ep-1', zone, 'token-1');
    const there = (zones: object[]): void =>
      stage.answering([400, duplicated], [200, { ...ok, Zones: zones }]);

    it('counts as added with the same vSwitch', async () => {
      there([
        { ZoneId: 'ap-southeast-1b', VSwitchId: 'vsw-b', ZoneStatus: 'Connected' },
        { ZoneId: zone.zoneId, VSwitchId: zone.vSwitchId, ZoneStatus: 'Wait' },
      ]);
      await add();
      assert.deepEqual(stage.asked, ['AddZoneToVpcEndpoint', 'ListVpcEndpointZones']);
    });

    it('is refused with another vSwitch, or on its way out', async () => {
      for (const raw of [
        { ZoneId: zone.zoneId, VSwitchId: 'vsw-other', ZoneStatus: 'Connected' },
        { ZoneId: zone.zoneId, VSwitchId: zone.vSwitchId, ZoneStatus: 'Deleting' },
      ]) {
        there([raw]);
        const error = await appErrorOf(add());
        assert.equal(error.details.serviceCode, 'EndpointZoneDuplicated');
      }
    });
  });

  it('lists the zones of an endpoint, over pages', async () => {
    stage.answering(
      [
        200,
        {
          Zones: [
            {
              ZoneId: 'ap-southeast-1a',
              VSwitchId: 'vsw-a',
              EniId: 'eni-1',
              EniIp: '10.0.1.20',
              ZoneDomain: 'ep-1-ap-southeast-1a.epsrv-1.ap-southeast-1.privatelink.aliyuncs.com',
              ZoneStatus: 'Wait',
            },
          ],
          NextToken: 'n',
          TotalCount: 2,
        },
      ],
      [200, { Zones: [{ ZoneId: 'ap-southeast-1b', VSwitchId: 'vsw-b', ZoneStatus: 'Thawing' }] }],
    );
    assert.deepEqual(await all(stage.api.listEndpointZones(region, 'ep-1')), [
      {
        zoneId: 'ap-southeast-1a',
        vSwitchId: 'vsw-a',
        networkInterfaceId: 'eni-1',
        ip: '10.0.1.20',
        domain: 'ep-1-ap-southeast-1a.epsrv-1.ap-southeast-1.privatelink.aliyuncs.com',
        status: 'Wait',
      },
      {
        zoneId: 'ap-southeast-1b',
        vSwitchId: 'vsw-b',
        networkInterfaceId: '',
        ip: '',
        domain: '',
        status: 'Unknown',
      },
    ]);
    assert.deepEqual(stage.query(0), { ...target, MaxResults: '50' });
    assert.deepEqual(stage.query(1), { ...target, MaxResults: '50', NextToken: 'n' });
  });

  it('lists the security groups of an endpoint, over pages', async () => {
    stage.answering(
      [
        200,
        { SecurityGroups: [{ SecurityGroupId: 'sg-1', SecurityGroupStatus: 'Attached' }], NextToken: 'n' },
      ],
      [200, { SecurityGroups: [{ SecurityGroupId: 'sg-2', SecurityGroupStatus: 'Odd' }], NextToken: '' }],
    );
    assert.deepEqual(await all(stage.api.listEndpointSecurityGroups(region, 'ep-1')), [
      { id: 'sg-1', status: 'Attached' },
      { id: 'sg-2', status: 'Unknown' },
    ]);
    assert.deepEqual(stage.query(0), { ...target, MaxResults: '50' });
    assert.deepEqual(stage.asked, ['ListVpcEndpointSecurityGroups', 'ListVpcEndpointSecurityGroups']);
    assert.equal(stage.query(1).NextToken, 'n');
  });
});
