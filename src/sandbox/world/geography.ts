import type { CloudProvider, ServicePlan } from './model';

export interface AlibabaRegion {
  readonly id: string;
  readonly localName: string;
  readonly zones: readonly string[];
}

/** Both spellings of zone ids that exist: with and without a hyphen before the letter. */
export const ALIBABA_REGIONS: readonly AlibabaRegion[] = [
  { id: 'ap-southeast-1', localName: 'Singapore', zones: zones('ap-southeast-1', '') },
  { id: 'eu-central-1', localName: 'Germany (Frankfurt)', zones: zones('eu-central-1', '') },
  { id: 'ap-northeast-1', localName: 'Japan (Tokyo)', zones: zones('ap-northeast-1', '') },
  { id: 'cn-hangzhou', localName: 'China (Hangzhou)', zones: zones('cn-hangzhou', '-') },
];

function zones(region: string, separator: string): string[] {
  return ['a', 'b', 'c'].map((letter) => `${region}${separator}${letter}`);
}

export function alibabaRegion(id: string): AlibabaRegion | undefined {
  return ALIBABA_REGIONS.find((region) => region.id === id);
}

export interface TidbCloudRegion {
  readonly regionId: string;
  readonly cloudProvider: CloudProvider;
  readonly displayName: string;
  readonly servicePlans: readonly ServicePlan[];
}

export const TIDB_CLOUD_REGIONS: readonly TidbCloudRegion[] = [
  tidbRegion('alicloud', 'ap-southeast-1', 'Singapore (ap-southeast-1)', ['Starter', 'Essential', 'Premium']),
  tidbRegion('alicloud', 'eu-central-1', 'Frankfurt (eu-central-1)', ['Premium']),
  tidbRegion('alicloud', 'ap-northeast-1', 'Tokyo (ap-northeast-1)', ['Premium']),
  tidbRegion('aws', 'us-east-1', 'N. Virginia (us-east-1)', ['Starter', 'Essential', 'Premium', 'Dedicated']),
  tidbRegion('aws', 'ap-southeast-1', 'Singapore (ap-southeast-1)', ['Starter', 'Premium']),
];

function tidbRegion(
  cloudProvider: CloudProvider,
  region: string,
  displayName: string,
  servicePlans: readonly ServicePlan[],
): TidbCloudRegion {
  return { regionId: `${cloudProvider}-${region}`, cloudProvider, displayName, servicePlans };
}

export function tidbRegionName(regionId: string): string {
  return TIDB_CLOUD_REGIONS.find((region) => region.regionId === regionId)?.displayName ?? regionId;
}
