import type { ServerCertificate } from '../../support/certificates';

/** Which versions of its protocol the metadata service speaks. */
export type MetadataVersions = 'v1' | 'v2' | 'both';

export type LabQuestion =
  | { readonly do: 'start'; readonly certificate: ServerCertificate }
  | { readonly do: 'speak'; readonly versions: MetadataVersions }
  /** What was asked since the last report. */
  | { readonly do: 'report' };

export interface LabStart {
  readonly accountId: string;
  readonly keys: LabKeys;
  readonly temporary: LabKeys & { readonly securityToken: string };
  readonly credentialsUri: string;
}

interface LabKeys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

export interface LabReport {
  /** `METHOD path`, with the status. */
  readonly metadata: readonly string[];
  /** `host action`, as they came over TLS. */
  readonly sts: readonly string[];
  readonly uri: number;
  /** When the metadata service's last credentials expire, milliseconds since the epoch. */
  readonly expiresMs: number;
}

export const metadataRole = 'sandbox-deploy-role';
export const metadataAddress = '100.100.100.200';
