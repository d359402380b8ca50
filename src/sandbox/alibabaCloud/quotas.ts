/** What an account may do and have. Calls are counted per region and operation in real time. */
export interface Quotas {
  /** PrivateLink calls that change something. */
  readonly writesPerMinute: number;
  /** PrivateLink calls that look. */
  readonly readsPerMinute: number;
  /** OpenPrivateLinkService. */
  readonly activationsPerSecond: number;
  /** TagResources and UntagResources, each. */
  readonly tagWritesPerMinute: number;
  /** ListTagResources. */
  readonly tagReadsPerSecond: number;
  readonly endpointsPerVpc: number;
  /** 1: a second endpoint for the same service in the same VPC is refused. No limit is published. */
  readonly endpointsPerServiceAndVpc: number;
  readonly zonesPerEndpoint: number;
  readonly securityGroupsPerEndpoint: number;
  readonly tagsPerEndpoint: number;
  readonly rulesPerSecurityGroup: number;
}

/** As published: PrivateLink's quota page, and the documents of its operations and of AuthorizeSecurityGroup. */
export const PUBLISHED_QUOTAS: Quotas = {
  writesPerMinute: 200,
  readsPerMinute: 1000,
  activationsPerSecond: 5,
  tagWritesPerMinute: 500,
  tagReadsPerSecond: 100,
  endpointsPerVpc: 1000,
  endpointsPerServiceAndVpc: Infinity,
  zonesPerEndpoint: 10,
  securityGroupsPerEndpoint: 10,
  tagsPerEndpoint: 20,
  rulesPerSecurityGroup: 200,
};
