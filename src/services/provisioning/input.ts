import type { PrivateLinkService } from '../../core/model';
import { creationTag, createdByTag, instanceTag } from './tags';

/** Checks of what a person types, as the clouds would refuse it. Each returns what is wrong, or undefined. */

/** PrivateLink 2020-04-15, CreateVpcEndpoint: 2–128 characters, starts with a letter or a Chinese character. */
export function endpointNameProblem(name: string): string | undefined {
  if (name.length < 2 || name.length > 128) {
    return 'The name must have 2 to 128 characters';
  }
  if (!/^[A-Za-z\p{Script=Han}]/u.test(name)) {
    return 'The name must start with a letter';
  }
  return /^[A-Za-z0-9\p{Script=Han}_-]+$/u.test(name)
    ? undefined
    : 'The name may contain letters, digits, - and _ only';
}

export function serviceNameProblem(serviceName: string, regionId: string): string | undefined {
  const match = /^com\.aliyuncs\.privatelink\.([a-z0-9-]+)\.epsrv-[a-z0-9]+$/.exec(serviceName);
  if (match === null) {
    return `An endpoint service name looks like com.aliyuncs.privatelink.${regionId}.epsrv-…`;
  }
  return match[1] === regionId
    ? undefined
    : `This service is in ${match[1] ?? 'another region'}, the instance is in ${regionId}`;
}

export function endpointIdProblem(endpointId: string): string | undefined {
  if (/^ep-[a-z0-9]+\../i.test(endpointId)) {
    return 'This is a domain name; the endpoint resource ID is the part before its first dot';
  }
  return /^ep-[a-z0-9]{6,}$/.test(endpointId)
    ? undefined
    : 'An endpoint resource ID looks like ep-t4n8s7k2m1x0c9v4b6n3';
}

/** The domain is `<endpoint id>.<service domain>`, and the service domain starts with the service's id. */
export function domainNameProblem(
  domainName: string,
  endpointId: string,
  service: PrivateLinkService,
): string | undefined {
  if (!/^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(domainName)) {
    return 'This is not a domain name';
  }
  const [first, second] = domainName.toLowerCase().split('.');
  if (endpointId !== '' && first !== endpointId) {
    return `This domain belongs to ${first ?? 'another endpoint'}, not to ${endpointId}`;
  }
  const serviceId = service.serviceName.split('.').at(-1);
  return serviceId !== undefined && serviceId !== '' && second !== serviceId
    ? 'This domain belongs to an endpoint of another service'
    : undefined;
}

/** PrivateLink 2020-04-15, TagResources: 20 tags for each endpoint, of which the extension sets three. */
export const mostTags = 17;

/**
 * PrivateLink 2020-04-15, TagResources: keys of 1–64 characters, values of up to 128, neither starting with `aliyun` or
 * `acs:` nor containing `http://` or `https://`. A row without key and value is no tag.
 *
 * @param others the keys of the other rows
 */
export function tagProblem(key: string, value: string, others: readonly string[]): string | undefined {
  if (key === '') {
    return value === '' ? undefined : 'A tag needs a key';
  }
  if (key.length > 64) {
    return 'The key must have at most 64 characters';
  }
  if (value.length > 128) {
    return 'The value must have at most 128 characters';
  }
  if ([createdByTag, instanceTag, creationTag].includes(key)) {
    return `${key} is set by the extension, to find the endpoint again`;
  }
  if (others.includes(key)) {
    return `There is another tag with the key ${key}`;
  }
  const wrong = [key, value].some((text) => /^(aliyun|acs:)|https?:\/\//i.test(text));
  return wrong
    ? 'Keys and values must not begin with aliyun or acs:, nor contain http:// or https://'
    : undefined;
}

/** `orders-prod` → `tidb-orders-prod`. */
export function suggestedName(instanceName: string): string {
  return `tidb-${instanceName.replace(/[^A-Za-z0-9_-]/g, '-')}`.slice(0, 128).replace(/-$/, '');
}
