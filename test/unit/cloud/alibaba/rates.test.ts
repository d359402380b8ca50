import assert from 'node:assert/strict';
import { staticCredentials } from '../../../../src/cloud/alibaba';
import type { AlibabaCloudApi } from '../../../../src/core/ports';
import { all } from '../support';
import { keys, rawEndpoint, region, secret, spec, Stage } from './stage';

describe('Request rates on Alibaba Cloud', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  const slept = (): number => stage.clock.slept.reduce((sum, ms) => sum + ms, 0);
  const times = async (count: number, work: () => Promise<unknown>): Promise<void> => {
    for (let i = 0; i < count; i++) {
      await work();
    }
  };

  for (const [operation, most, windowMs, answer, work] of [
    ['CreateVpcEndpoint', 160, 60_000, rawEndpoint, (api) => api.createEndpoint(spec, 'token-1')],
    ['DeleteVpcEndpoint', 160, 60_000, {}, (api) => api.deleteEndpoint(region, 'ep-1')],
    ['GetVpcEndpointAttribute', 160, 60_000, rawEndpoint, (api) => api.getEndpoint(region, 'ep-1')],
    ['ListVpcEndpoints', 800, 60_000, { Endpoints: [] }, (api) => all(api.listEndpoints(region, {}))],
    ['DescribeVpcs', 800, 60_000, { Vpcs: { Vpc: [] }, TotalCount: 0 }, (api) => all(api.listVpcs(region))],
    ['TagResources', 400, 60_000, {}, (api) => api.tagEndpoint(region, 'ep-1', { a: '1' })],
    ['ListTagResources', 80, 1_000, {}, (api) => api.listEndpointTags(region, 'ep-1')],
    ['OpenPrivateLinkService', 4, 1_000, {}, (api) => api.openPrivateLink()],
  ] as const satisfies (readonly [
    string,
    number,
    number,
    object,
    (api: AlibabaCloudApi) => Promise<unknown>,
  ])[]) {
    it(`lets ${operation} go out ${most} times in ${windowMs / 1000} s, four fifths of what is published`, async () => {
      stage.answering([200, answer]);
      await times(most, () => work(stage.api));
      assert.equal(slept(), 0);
      await work(stage.api);
      assert.equal(slept(), windowMs);
      assert.deepEqual(new Set(stage.asked), new Set([operation]));
    });
  }

  it('are shared by all clients with one key, however often they are made anew', async () => {
    stage.answering([200, {}]);
    await times(4, () => stage.connect().openPrivateLink());
    assert.equal(slept(), 0);
    await stage.connect(staticCredentials({ ...keys })).openPrivateLink();
    assert.equal(slept(), 1000);
  });

  it('are another key’s own', async () => {
    stage.answering([200, {}]);
    await times(4, () => stage.api.openPrivateLink());
    await stage.connect(staticCredentials({ ...keys, accessKeyId: 'LTAIother' })).openPrivateLink();
    assert.equal(slept(), 0);
  });

  it('are counted for each region and for each operation', async () => {
    stage.answering([200, {}]);
    await times(80, () => stage.api.listEndpointTags(region, 'ep-1'));
    await stage.api.listEndpointTags('eu-central-1', 'ep-1');
    await stage.api.tagEndpoint(region, 'ep-1', { a: '1' });
    assert.equal(slept(), 0);
    await stage.api.listEndpointTags(region, 'ep-1');
    assert.equal(slept(), 1000);
  });

  it('count what is repeated too', async () => {
    const remove = (): Promise<void> => stage.api.deleteEndpoint(region, 'ep-1');
    stage.answering([503, { Code: 'ServiceUnavailable', Message: 'm' }], [200, {}]);
    await times(159, remove);
    assert.deepEqual([stage.received.length, stage.clock.slept.length], [160, 1]);
    await remove();
    assert.equal(stage.clock.slept.length, 2);
    assert.equal(Math.round(slept()), 60_000);
  });

  it('hold back every client of the key while the cloud wants a pause', async () => {
    const refusal = { Code: 'Throttling.User', Message: 'm' };
    stage.answering([429, refusal, { 'x-acs-retry-after': '59000' }], [429, refusal]);
    const controller = new AbortController();
    const sleep = stage.clock.sleep.bind(stage.clock);
    stage.clock.sleep = async (ms, signal) => {
      // The first caller gives up in its pause.
      controller.abort(new Error('closed'));
      await sleep(ms, signal);
    };
    await assert.rejects(stage.api.getEndpoint(region, 'ep-1', controller.signal), /^Error: closed$/);
    stage.clock.sleep = sleep;
    stage.answering([200, rawEndpoint]);
    await stage.connect().getEndpoint(region, 'ep-1');
    assert.equal(slept(), 59_000);
  });

  it('end a wait with the signal’s reason, and nothing is sent', async () => {
    stage.answering([200, {}]);
    await times(4, () => stage.api.openPrivateLink());
    await assert.rejects(
      stage.api.openPrivateLink(AbortSignal.abort(new Error('closed'))),
      /^Error: closed$/,
    );
    assert.equal(stage.received.length, 4);
  });

  it('keep no secret', async () => {
    stage.answering([200, {}]);
    await times(5, () => stage.api.openPrivateLink());
    const said = stage.log.lines.filter((line) => line.includes('waiting'));
    assert.equal(said.length, 1);
    assert.ok(!said.join().includes(secret));
  });
});
