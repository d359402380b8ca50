import type { VpcEndpointSpec } from '../model';

/** A private endpoint to be written as code: one that exists, or one that is only planned. */
export interface ExportedEndpoint {
  readonly instanceId: string;
  readonly instanceName: string;
  /** TiDB Cloud region id (`alicloud-…`). */
  readonly instanceRegionId: string;
  /** The name may be empty for an endpoint that was made without one. */
  readonly spec: VpcEndpointSpec;
  /** Present for one that exists. */
  readonly endpointId?: string;
}

/** One file. */
export interface CodeFile {
  /** Alibaba Cloud's region that it is for: a stack, a provider block and an API endpoint each have one. */
  readonly regionId: string;
  readonly fileName: string;
  readonly text: string;
}

export type CodeWriter = (regionId: string, endpoints: readonly ExportedEndpoint[]) => string;

/** The endpoints of each region, in the order given. */
export function byRegion(
  endpoints: readonly ExportedEndpoint[],
): ReadonlyMap<string, readonly ExportedEndpoint[]> {
  const regions = new Map<string, ExportedEndpoint[]>();
  for (const endpoint of endpoints) {
    const { regionId } = endpoint.spec;
    regions.set(regionId, [...(regions.get(regionId) ?? []), endpoint]);
  }
  return regions;
}

/** A key of letters, digits and hyphens for each endpoint, which no two share. */
export function keysOf(endpoints: readonly ExportedEndpoint[]): readonly string[] {
  const taken = new Set<string>();
  return endpoints.map(({ instanceName, instanceId, endpointId, spec }) => {
    const words = [instanceName, spec.name === '' ? (endpointId ?? instanceId) : spec.name];
    const base = words.map(slug).filter(Boolean).join('-') || 'endpoint';
    let key = base;
    for (let i = 2; taken.has(key.toLowerCase()); i++) {
      key = `${base}-${i}`;
    }
    taken.add(key.toLowerCase());
    return key;
  });
}

const slug = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
