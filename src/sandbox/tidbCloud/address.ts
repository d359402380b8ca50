/** Where the SQL server behind the sandbox answers. Names under `.localhost` lead to this machine. */
export interface SqlAddress {
  readonly port: number;
  readonly domainSuffix: string;
}

const SIGNIFICANT = 12;

/** The DNS name TiDB Cloud makes for a private endpoint, and its port. */
export function addressOf(
  sql: SqlAddress,
  region: string,
  endpointId: string,
): { host: string; port: number } {
  const id = endpointId.replace(/^ep-/, '').slice(0, SIGNIFICANT);
  return { host: `private-${id}.${region}.${sql.domainSuffix}`, port: sql.port };
}

/** Addresses that documents use, from which the public endpoint of an instance would speak. */
export const EGRESS_IPS: readonly string[] = ['203.0.113.10', '203.0.113.11'];
