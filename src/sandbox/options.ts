import type { SandboxControl } from './control';
import type { DigestAlgorithm } from './tidbCloud/digest';
import type { AcceptMode } from './world/model';
import type { SandboxSeed } from './world/seed';

export interface SandboxOptions {
  /** The sandbox answers on loopback and nowhere else. */
  readonly host?: '127.0.0.1';
  /** 0 or left out: a free port. */
  readonly tidbCloudPort?: number;
  readonly alibabaCloudPort?: number;
  /** 1 (default): the real clouds' durations; 60: sixty times faster. */
  readonly timeScale?: number;
  /** Default `api`. */
  readonly acceptMode?: AcceptMode;
  /** A MySQL-compatible server on this machine that answers for every private endpoint. */
  readonly sql?: {
    readonly port: number;
    readonly caCertificatePem: string;
    /** Default `premium.tidbcloud.localhost`; the server's certificate must cover `*.<region>.<domainSuffix>`. */
    readonly domainSuffix?: string;
  };
  /** Default `MD5`, as the real API. */
  readonly digestAlgorithm?: DigestAlgorithm;
  /** TiDB Cloud's limit per API key and real minute; default 100. */
  readonly requestsPerMinute?: number;
  readonly seed?: SandboxSeed;
  /** One line per API call: what was asked, the status, and the request id. Never credentials. */
  readonly log?: (line: string) => void;
}

export interface Sandbox {
  readonly tidbCloud: {
    /** `http://127.0.0.1:PORT/v1beta2` */
    readonly baseUrl: string;
    /** An instance's networking page is at `<consoleUrl>/instances/<tidbId>/networking`. */
    readonly consoleUrl: string;
    readonly publicKey: string;
    readonly privateKey: string;
  };
  readonly alibabaCloud: {
    /** One server answers for all products. */
    readonly endpoints: Readonly<Record<'privatelink' | 'vpc' | 'ecs' | 'sts', string>>;
    /** The endpoints of a region are at `<consoleUrl>/endpoint/<region>`. */
    readonly consoleUrl: string;
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly accountId: string;
    /** Temporary credentials that are good as well. */
    readonly temporary: {
      readonly accessKeyId: string;
      readonly accessKeySecret: string;
      readonly securityToken: string;
    };
  };
  readonly control: SandboxControl;
  /** Cancels every timer, drops every connection, and frees both ports. */
  stop(): Promise<void>;
}
