import assert from 'node:assert/strict';
import * as v from 'valibot';
import { staticCredentials } from '../../../../src/cloud/alibaba';
import { AlibabaCaller } from '../../../../src/cloud/alibaba/caller';
import { Endpoints } from '../../../../src/cloud/alibaba/endpoints';
import { rates } from '../../../../src/cloud/alibaba/operation';
import type { NewIngressRule } from '../../../../src/core/model';
import { appErrorOf } from '../support';
import { keys, rawEndpoint, region, spec, Stage } from './stage';

const making = {
  product: 'privatelink',
  name: 'CreateVpcEndpoint',
  token: 'given',
  rate: rates.write,
  answer: v.unknown(),
} as const;

describe('Client tokens', () => {
  let stage: Stage;
  let caller: AlibabaCaller;

  beforeEach(async () => {
    stage = await Stage.open();
    const { clock, log } = stage;
    const endpoints = new Endpoints({ privatelink: stage.server.origin });
    caller = new AlibabaCaller({
      credentials: staticCredentials(keys),
      endpoints,
      userAgent: 'x',
      clock,
      log,
    });
  });
  afterEach(() => stage.close());

  const rule: NewIngressRule = {
    protocol: 'TCP',
    portRange: '4000/4000',
    sourceCidr: '10.0.0.0/8',
    description: 'd',
  };

  for (const [what, create] of [
    ['an endpoint', (token: string) => stage.api.createEndpoint(spec, token)],
    [
      'a zone',
      (token: string) => stage.api.addEndpointZone(region, 'ep-1', { zoneId: 'z', vSwitchId: 'v' }, token),
    ],
    ['an ingress rule', (token: string) => stage.api.addIngressRule(region, 'sg-1', rule, token)],
  ] as const) {
    it(`are never left out, empty, too long or not ASCII where ${what} is made`, async () => {
      for (const token of ['', ' ', 'x'.repeat(65), 'töken', 'a\nb']) {
        const error = await appErrorOf(create(token));
        assert.deepEqual([error.code, error.details.source], ['invalidInput', 'Extension']);
      }
      assert.equal(stage.received.length, 0);
      stage.answering([200, rawEndpoint]);
      await create('x'.repeat(64));
      assert.equal(stage.query().ClientToken, 'x'.repeat(64));
    });
  }

  it('can not be forgotten: what makes a thing does not pass as a call without one', async () => {
    stage.answering([200, {}]);
    // @ts-expect-error -- an operation with a given token is `create`'s alone
    await caller.call(making, region, {});
    // @ts-expect-error -- the token is an argument, not a parameter among others
    await caller.create(making, region, { ClientToken: 'mine' }, 'token-1');
    assert.equal(stage.query(1).ClientToken, 'token-1');
  });

  it('belong to no call that only reads', async () => {
    stage.answering([200, { ...rawEndpoint, Success: true }]);
    await stage.api.getEndpoint(region, 'ep-1');
    await stage.api.isPrivateLinkOpen(region);
    assert.ok(!('ClientToken' in stage.query(0)) && !('ClientToken' in stage.query(1)));
  });
});
