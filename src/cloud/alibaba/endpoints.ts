import { AppError } from '../../core/errors';
import { checkBaseUrl } from '../baseUrl';

export type Product = 'privatelink' | 'vpc' | 'ecs' | 'sts';

const products = ['privatelink', 'vpc', 'ecs', 'sts'] as const satisfies readonly Product[];

/** Region ids whose host does not follow the rule, as the official SDK lists them. */
const vpcCentral = new Set([
  'cn-hangzhou',
  'cn-hangzhou-finance',
  'cn-shanghai-finance-1',
  'cn-shenzhen-finance-1',
  'cn-north-2-gov-1',
  'cn-beijing-gov-1',
]);
const ecsHangzhou = new Set(['cn-hangzhou', 'cn-hangzhou-finance']);

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

function hostOf(product: Product, regionId: string): string {
  switch (product) {
    case 'privatelink':
      return `privatelink.${regionId}.aliyuncs.com`;
    case 'vpc':
      return vpcCentral.has(regionId) ? 'vpc.aliyuncs.com' : `vpc.${regionId}.aliyuncs.com`;
    case 'ecs':
      return ecsHangzhou.has(regionId) ? 'ecs-cn-hangzhou.aliyuncs.com' : `ecs.${regionId}.aliyuncs.com`;
    case 'sts':
      return 'sts.aliyuncs.com';
  }
}
