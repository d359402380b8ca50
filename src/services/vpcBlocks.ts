import type { AlibabaCloudApi } from '../core/ports';

/** The CIDR blocks of a VPC; none where it is not there. Reads no further than to it. */
export async function blocksOf(
  api: AlibabaCloudApi,
  regionId: string,
  vpcId: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  for await (const vpc of api.listVpcs(regionId, signal)) {
    if (vpc.id === vpcId) {
      return vpc.cidrBlocks;
    }
  }
  return [];
}
