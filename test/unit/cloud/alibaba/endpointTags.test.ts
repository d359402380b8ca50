import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appErrorOf } from '../support';
import { region, Stage } from './stage';

const resource = { RegionId: region, ResourceType: 'vpcendpoint', 'ResourceId.1': 'ep-1' };
const notThere: [number, object] = [400, { Code: 'TagInfoNotExist', Message: 'no such tag' }];

describe('Tags of an endpoint', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  it('are put on in a form body, which is signed', async () => {
    stage.answering([200, {}]);
    await stage.api.tagEndpoint(region, 'ep-1', { 'created-by': 'a b&c=d', empty: '', kë: '數據' });
    const { ClientToken, ...form } = stage.form();
    assert.match(ClientToken ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(form, {
      ...resource,
      'Tag.1.Key': 'created-by',
      'Tag.1.Value': 'a b&c=d',
      'Tag.2.Key': 'empty',
      'Tag.2.Value': '',
      'Tag.3.Key': 'kë',
      'Tag.3.Value': '數據',
    });
    assert.deepEqual(stage.query(), {});
    assert.deepEqual(stage.asked, ['TagResources']);
    assert.equal(stage.header('content-type'), 'application/x-www-form-urlencoded');
    assert.match(stage.header('authorization'), /SignedHeaders=content-type;host;x-acs-action;/);
    const body = stage.received[0]?.body ?? '';
    assert.equal(stage.header('x-acs-content-sha256'), createHash('sha256').update(body).digest('hex'));
  });

  it('are put on with the same token when the answer was lost', async () => {
    stage.answering([503, { Code: 'ServiceUnavailable', Message: 'm' }], [200, {}]);
    await stage.api.tagEndpoint(region, 'ep-1', { a: 'b' });
    assert.deepEqual(stage.form(1), stage.form(0));
  });

  it('are not asked for when there are none to put on or take off', async () => {
    await stage.api.tagEndpoint(region, 'ep-1', {});
    await stage.api.untagEndpoint(region, 'ep-1', []);
    assert.equal(stage.received.length, 0);
  });

  it('are taken off in a form body', async () => {
    stage.answering([200, {}]);
    await stage.api.untagEndpoint(region, 'ep-1', ['a', 'b']);
    assert.deepEqual(stage.form(), { ...resource, 'TagKey.1': 'a', 'TagKey.2': 'b' });
    assert.deepEqual(stage.asked, ['UntagResources']);
    assert.deepEqual(stage.query(), {});
  });

  it('are off when the cloud does not know the one', async () => {
    stage.answering(notThere);
    await stage.api.untagEndpoint(region, 'ep-1', ['a']);
    assert.equal(stage.received.length, 1);
  });

  it('go also where one of several was not there', async () => {
    const row = { ResourceId: 'ep-1', ResourceType: 'vpcendpoint', TagKey: 'b', TagValue: '1' };
    stage.answering(notThere, [200, { TagResources: [row] }], [200, {}]);
    await stage.api.untagEndpoint(region, 'ep-1', ['a', 'b']);
    assert.deepEqual(stage.asked, ['UntagResources', 'ListTagResources', 'UntagResources']);
    assert.deepEqual(stage.form(2), { ...resource, 'TagKey.1': 'b' });
  });

  it('are off when none of several is there', async () => {
    stage.answering(notThere, [200, { TagResources: [] }]);
    await stage.api.untagEndpoint(region, 'ep-1', ['a', 'b']);
    assert.deepEqual(stage.asked, ['UntagResources', 'ListTagResources']);
  });

  it('are listed over pages', async () => {
    stage.answering(
      [200, { TagResources: [{ ResourceId: 'ep-1', TagKey: 'a', TagValue: '1' }], NextToken: 'n' }],
      [200, { TagResources: [{ ResourceId: 'ep-1', TagKey: 'b', TagValue: '' }], NextToken: '' }],
    );
    assert.deepEqual(await stage.api.listEndpointTags(region, 'ep-1'), { a: '1', b: '' });
    assert.deepEqual(stage.query(0), resource);
    assert.deepEqual(stage.query(1), { ...resource, NextToken: 'n' });
    assert.deepEqual(stage.asked, ['ListTagResources', 'ListTagResources']);
  });

  for (const [code, expected] of [
    ['InvalidResourceId.NotFound', 'notFound'],
    ['QuotaExceed.TagsPerResource', 'quota'],
    ['IllegalTagKeyParam', 'invalidInput'],
  ] as const) {
    it(`fail with ${code}`, async () => {
      stage.answering([400, { Code: code, Message: 'm' }]);
      assert.equal((await appErrorOf(stage.api.tagEndpoint(region, 'ep-1', { a: '1' }))).code, expected);
      assert.equal((await appErrorOf(stage.api.untagEndpoint(region, 'ep-1', ['a', 'b']))).code, expected);
      assert.equal((await appErrorOf(stage.api.listEndpointTags(region, 'ep-1'))).code, expected);
    });
  }
});
