import type { PrivateLinkService } from '../../core/model';

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

export function endpointIdProblem(endpointId: string): string | undefined {
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

/** `orders-prod` → `tidb-orders-prod`. */
export function suggestedName(instanceName: string): string {
  return `tidb-${instanceName.replace(/[^A-Za-z0-9_-]/g, '-')}`.slice(0, 128).replace(/-$/, '');
}
