import { AppError } from '../../core/errors';
import { checkBaseUrl } from '../baseUrl';

export type Product = 'privatelink' | 'vpc' | 'ecs' | 'sts';

const products = ['privatelink', 'vpc', 'ecs', 'sts'] as const satisfies readonly Product[];

/**
 * Hosts that do not follow the rule, and the regions that are there: the endpoint maps of the official SDKs (VPC 7.3, ECS
 * 7.11). PrivateLink's has no exception.
 */
const exceptions: Readonly<Record<'vpc' | 'ecs', Readonly<Record<string, string>>>> = {
  vpc: {
    'vpc.aliyuncs.com': `
      cn-hangzhou cn-hangzhou-finance cn-shanghai-finance-1 cn-shenzhen-finance-1 cn-north-2-gov-1 cn-beijing-gov-1
      ap-northeast-2-pop cn-beijing-finance-pop cn-beijing-nu16-b01 cn-fujian cn-haidian-cm12-c01 cn-hangzhou-bj-b01
      cn-hangzhou-internal-prod-1 cn-hongkong-finance-pop cn-shanghai-et2-b01 cn-shanghai-inner cn-shenzhen-inner
      cn-shenzhen-st4-d01 cn-shenzhen-su18-b01 cn-wuhan cn-yushanfang cn-zhangbei cn-zhangbei-na61-b01 rus-west-1-pop`,
    'vpc-nebula.cn-qingdao-nebula.aliyuncs.com':
      'cn-edge-1 cn-huhehaote-nebula-1 cn-qingdao-nebula cn-zhengzhou-nebula-1',
    'vpc-pre.cn-hangzhou.aliyuncs.com': `
      cn-hangzhou-internal-test-1 cn-hangzhou-internal-test-3 cn-hangzhou-test-306 cn-shanghai-et15-b01
      cn-shanghai-internal-test-1`,
    'vpc-inner-pre.cn-hangzhou.aliyuncs.com': 'cn-hangzhou-internal-test-2',
    'vpc.cn-zhangjiakou.aliyuncs.com': 'cn-zhangjiakou-na62-a01',
    'vpc-nebula.cn-shenzhen-cloudstone.aliyuncs.com': 'eu-west-1-oxs',
  },
  ecs: {
    'ecs-cn-hangzhou.aliyuncs.com': `
      cn-hangzhou cn-shanghai-finance-1 cn-shenzhen-finance-1 cn-beijing-nu16-b01 cn-fujian cn-haidian-cm12-c01
      cn-hangzhou-bj-b01 cn-hangzhou-internal-prod-1 cn-hangzhou-internal-test-1 cn-hangzhou-internal-test-2
      cn-hangzhou-internal-test-3 cn-hangzhou-test-306 cn-shanghai-et15-b01 cn-shanghai-et2-b01
      cn-shanghai-internal-test-1 cn-shenzhen-st4-d01 cn-shenzhen-su18-b01 cn-zhangbei-na61-b01`,
    'ecs.aliyuncs.com': `
      cn-hangzhou-finance cn-north-2-gov-1 cn-beijing-gov-1 ap-northeast-2-pop cn-beijing-finance-pop
      cn-hongkong-finance-pop cn-shanghai-inner cn-shenzhen-inner cn-wuhan cn-yushanfang cn-zhangbei rus-west-1-pop`,
    'ecs.cn-qingdao-nebula.aliyuncs.com': 'cn-edge-1 cn-huhehaote-nebula-1 cn-zhengzhou-nebula-1',
    'ecs.cn-zhangjiakou.aliyuncs.com': 'cn-zhangjiakou-na62-a01',
    'ecs.cn-shenzhen-cloudstone.aliyuncs.com': 'eu-west-1-oxs',
  },
};

/** The base URLs of the products: overrides first, else where the region's host is. */
export class Endpoints {
  private readonly overrides = new Map<Product, URL>();

  /** @throws AppError `invalidInput` for an override that must not be used, or for a product that is not one of these */
  constructor(overrides: Readonly<Record<string, string>>) {
    for (const [name, url] of Object.entries(overrides)) {
      const setting = `tidbPrivateEndpoint.alibabaCloud.endpoints.${name}`;
      const product = products.find((known) => known === name);
      if (product === undefined) {
        throw refused(setting, `is for no product that is used here (${products.join(', ')})`);
      }
      const checked = checkBaseUrl(url, setting);
      if (checked.pathname !== '/') {
        throw refused(setting, 'must not have a path');
      }
      this.overrides.set(product, checked);
    }
  }

  /** @throws AppError `invalidInput` for text that cannot be a region id */
  urlOf(product: Product, regionId: string): URL {
    if (!/^[a-z]+(-[a-z0-9]+)+$/.test(regionId)) {
      throw new AppError('invalidInput', {
        source: 'Alibaba Cloud',
        subject: 'region',
        reason: 'That is not an Alibaba Cloud region id',
      });
    }
    return new URL(this.overrides.get(product) ?? `https://${hostOf(product, regionId)}`);
  }
}

function refused(setting: string, reason: string): AppError {
  return new AppError('invalidInput', {
    source: 'Extension',
    subject: setting,
    reason: `${setting} ${reason}`,
  });
}

/** STS is asked centrally: who a key belongs to is no matter of a region. */
function hostOf(product: Product, regionId: string): string {
  const regional = `${product}.${regionId}.aliyuncs.com`;
  switch (product) {
    case 'privatelink':
      return regional;
    case 'vpc':
    case 'ecs': {
      const exception = Object.entries(exceptions[product]).find(([, regions]) =>
        regions.trim().split(/\s+/).includes(regionId),
      );
      return exception?.[0] ?? regional;
    }
    case 'sts':
      return 'sts.aliyuncs.com';
  }
}
