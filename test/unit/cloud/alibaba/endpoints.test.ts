import assert from 'node:assert/strict';
import { Endpoints } from '../../../../src/cloud/alibaba/endpoints';

describe('Alibaba Cloud endpoints', () => {
  const endpoints = new Endpoints({});
  for (const [product, region, host] of [
    ['privatelink', 'ap-southeast-1', 'privatelink.ap-southeast-1.aliyuncs.com'],
    ['privatelink', 'cn-hangzhou', 'privatelink.cn-hangzhou.aliyuncs.com'],
    ['vpc', 'ap-southeast-1', 'vpc.ap-southeast-1.aliyuncs.com'],
    ['vpc', 'cn-hangzhou', 'vpc.aliyuncs.com'],
    ['vpc', 'cn-shanghai-finance-1', 'vpc.aliyuncs.com'],
    ['ecs', 'ap-southeast-1', 'ecs.ap-southeast-1.aliyuncs.com'],
    ['ecs', 'cn-hangzhou', 'ecs-cn-hangzhou.aliyuncs.com'],
    ['sts', 'cn-hangzhou', 'sts.aliyuncs.com'],
  ] as const) {
    it(`${product} in ${region} is at ${host}`, () => {
      assert.equal(endpoints.urlOf(product, region).href, `https://${host}/`);
    });
  }

  it('takes an override for its product alone', () => {
    const some = new Endpoints({ vpc: 'http://127.0.0.1:81' });
    assert.equal(some.urlOf('vpc', 'eu-central-1').href, 'http://127.0.0.1:81/');
    assert.equal(some.urlOf('ecs', 'eu-central-1').host, 'ecs.eu-central-1.aliyuncs.com');
  });

  it('refuses an override without TLS and names the setting', () => {
    assert.throws(
      () => new Endpoints({ ecs: 'http://ecs.example' }),
      (error: Error) => {
        assert.match(error.message, /tidbPrivateEndpoint\.alibabaCloud\.endpoints\.ecs/);
        return true;
      },
    );
  });

  it('refuses an override with a path, which the signature does not know', () => {
    assert.throws(() => new Endpoints({ ecs: 'https://proxy.example/ecs' }), { code: 'invalidInput' });
  });

  it('refuses a product that it does not know, which would else go to the real cloud', () => {
    assert.throws(
      () => new Endpoints({ privateLink: 'https://proxy.example' }),
      (error: Error) => {
        assert.match(error.message, /endpoints\.privateLink is for no product that is used here/);
        return true;
      },
    );
  });

  it('lets nothing but a region id become part of a host name', () => {
    for (const region of ['', 'evil.example/', 'a.b', 'x@evil', 'AP-SOUTHEAST-1', 'nodash', '../..']) {
      assert.throws(() => endpoints.urlOf('vpc', region), { code: 'invalidInput' });
    }
  });
});
