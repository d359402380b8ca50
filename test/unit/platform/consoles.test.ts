import assert from 'node:assert/strict';
import { AppError } from '../../../src/core/errors';
import { consolesOf } from '../../../src/platform/consoles';

const withSettings = (baseUrl: string, privatelink?: string): ReturnType<typeof consolesOf> =>
  consolesOf({
    tidbCloudBaseUrl: () => baseUrl,
    alibabaCloudEndpoints: () => (privatelink === undefined ? {} : { privatelink }),
  });

describe('the web consoles', () => {
  it('are the real ones for the real APIs', () => {
    const consoles = withSettings('https://cloud.tidbapi.com');
    assert.equal(consoles.tidbCloud(), 'https://tidbcloud.com');
    assert.equal(consoles.tidbCloud('a/b'), 'https://tidbcloud.com/tidbs/a%2Fb/networking');
    assert.equal(consoles.alibabaCloud(), 'https://vpc.console.aliyun.com/endpoint');
    assert.equal(
      consoles.alibabaCloud('cn-beijing'),
      'https://vpc.console.aliyun.com/endpoint/cn-beijing/endpoints',
    );
    assert.equal(consoles.isSandbox(), false);
  });

  for (const origin of ['http://127.0.0.1:4010', 'http://localhost:4010', 'http://[::1]:4010']) {
    it(`are beside the sandbox at ${origin}`, () => {
      const consoles = withSettings(`${origin}/v1beta2`, origin);
      assert.equal(consoles.tidbCloud('7'), `${origin}/console/instances/7/networking`);
      assert.equal(consoles.alibabaCloud('cn-beijing'), `${origin}/console/endpoint/cn-beijing`);
      assert.equal(consoles.isSandbox(), true);
    });
  }

  it('take no host for this machine that only looks like it', () => {
    for (const url of ['https://127.0.0.1.example.com', 'https://localhost.example.com', 'nonsense']) {
      assert.equal(withSettings(url).isSandbox(), false, url);
      assert.equal(withSettings(url).tidbCloud(), 'https://tidbcloud.com', url);
    }
  });

  it('take a setting that is not valid for no sandbox, and say so where an address is asked for', () => {
    const consoles = consolesOf({
      tidbCloudBaseUrl: () => {
        throw new AppError('invalidInput', { source: 'Extension' });
      },
      alibabaCloudEndpoints: () => ({}),
    });
    assert.equal(consoles.isSandbox(), false);
    assert.throws(() => consoles.tidbCloud(), { name: 'AppError' });
  });
});
