import assert from 'node:assert/strict';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import Vpc from '@alicloud/vpc20160428';
import { Endpoints } from '../../../../src/cloud/alibaba/endpoints';

const privateLinkRegions = `
  cn-beijing cn-zhengzhou-jva cn-heyuan cn-zhangjiakou cn-zhongwei cn-wulanchabu cn-qingdao cn-wuhan-lr cn-shanghai
  cn-hongkong cn-shenzhen cn-nanjing cn-fuzhou cn-chengdu cn-guangzhou cn-huhehaote cn-hangzhou
  ap-northeast-1 ap-northeast-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-5 ap-southeast-6
  ap-southeast-7 ap-southeast-8 ap-south-1 us-east-1 us-west-1 us-southeast-1 eu-central-1 eu-west-1 eu-west-2
  sa-east-1 na-south-1 me-east-1 me-central-1 cn-shenzhen-finance-1 cn-beijing-finance-1 cn-shanghai-finance-1
  cn-wulanchabu-gic-1 cn-heyuan-acdr-1 cn-north-2-gov-1`
  .trim()
  .split(/\s+/);

/** The endpoint map of the official ECS SDK, 7.11. */
const oldEcsHosts: Record<string, string> = {
  'cn-hangzhou': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-shanghai-finance-1': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-shenzhen-finance-1': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-north-2-gov-1': 'ecs.aliyuncs.com',
  'ap-northeast-2-pop': 'ecs.aliyuncs.com',
  'cn-beijing-finance-pop': 'ecs.aliyuncs.com',
  'cn-beijing-gov-1': 'ecs.aliyuncs.com',
  'cn-beijing-nu16-b01': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-edge-1': 'ecs.cn-qingdao-nebula.aliyuncs.com',
  'cn-fujian': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-haidian-cm12-c01': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-hangzhou-bj-b01': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-hangzhou-finance': 'ecs.aliyuncs.com',
  'cn-hangzhou-internal-prod-1': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-hangzhou-internal-test-1': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-hangzhou-internal-test-2': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-hangzhou-internal-test-3': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-hangzhou-test-306': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-hongkong-finance-pop': 'ecs.aliyuncs.com',
  'cn-huhehaote-nebula-1': 'ecs.cn-qingdao-nebula.aliyuncs.com',
  'cn-shanghai-et15-b01': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-shanghai-et2-b01': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-shanghai-inner': 'ecs.aliyuncs.com',
  'cn-shanghai-internal-test-1': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-shenzhen-inner': 'ecs.aliyuncs.com',
  'cn-shenzhen-st4-d01': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-shenzhen-su18-b01': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-wuhan': 'ecs.aliyuncs.com',
  'cn-yushanfang': 'ecs.aliyuncs.com',
  'cn-zhangbei': 'ecs.aliyuncs.com',
  'cn-zhangbei-na61-b01': 'ecs-cn-hangzhou.aliyuncs.com',
  'cn-zhangjiakou-na62-a01': 'ecs.cn-zhangjiakou.aliyuncs.com',
  'cn-zhengzhou-nebula-1': 'ecs.cn-qingdao-nebula.aliyuncs.com',
  'eu-west-1-oxs': 'ecs.cn-shenzhen-cloudstone.aliyuncs.com',
  'rus-west-1-pop': 'ecs.aliyuncs.com',
};

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

  it('finds VPC where the official SDK does, in every region that it knows', function () {
    this.timeout(10_000);
    const sdk = (regionId: string): Vpc =>
      new Vpc(new $OpenApiUtil.Config({ accessKeyId: 'id', accessKeySecret: 'secret', regionId }));
    const exceptions = Object.keys(sdk('cn-hangzhou')._endpointMap);
    assert.ok(exceptions.length > 30, exceptions.join(' '));
    for (const region of [...exceptions, ...privateLinkRegions]) {
      assert.equal(endpoints.urlOf('vpc', region).host, sdk(region)._endpoint, region);
    }
  });

  it('finds PrivateLink under its region’s own name, wherever it is', () => {
    for (const region of privateLinkRegions) {
      assert.equal(endpoints.urlOf('privatelink', region).host, `privatelink.${region}.aliyuncs.com`);
    }
  });

  it('finds ECS where the official SDK does', () => {
    for (const region of privateLinkRegions) {
      const host = oldEcsHosts[region] ?? `ecs.${region}.aliyuncs.com`;
      assert.equal(endpoints.urlOf('ecs', region).host, host);
    }
    for (const [region, host] of Object.entries(oldEcsHosts)) {
      assert.equal(endpoints.urlOf('ecs', region).host, host);
    }
  });

  it('finds STS in one place for all regions', () => {
    for (const region of privateLinkRegions) {
      assert.equal(endpoints.urlOf('sts', region).host, 'sts.aliyuncs.com');
    }
  });

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
