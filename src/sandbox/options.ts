import type { Quotas } from './alibabaCloud/quotas';
import type { SandboxControl } from './control';
import type { FaultRule } from './faults';
import type { DigestAlgorithm } from './tidbCloud/digest';
import type { TimesUsual } from './world/lifecycle';
import type { AcceptMode } from './world/model';
import type { SandboxSeed } from './world/seed';

export interface SandboxOptions {
  /** The sandbox answers on loopback and nowhere else. */
  readonly host?: '127.0.0.1';
  /** 0 or left out: the port in the state file, else a free one. */
  readonly tidbCloudPort?: number;
  readonly alibabaCloudPort?: number;
  /** 1 (default): the real clouds' durations; 60: sixty times faster. */
  readonly timeScale?: number;
  /** Lets durations vary; left out: each takes exactly its usual time. */
  readonly timesUsual?: TimesUsual;
  /** Default: what the state file says, else `api`. */
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
  /**
   * Whose organization and account it is; default `sandbox`. Two sandboxes of different customers have other keys, ids of
   * organization and account, and, with other names in their seeds, other instances.
   */
  readonly customer?: string;
  /** Limits of the Alibaba Cloud account that are not as published, for example lower ones. */
  readonly quotas?: Partial<Quotas>;
  /** What goes wrong from the start; `control.fail` adds more. */
  readonly faults?: readonly FaultRule[];
  /** Default 1. The same seed gives the same outcomes to rules with a probability. */
  readonly faultSeed?: number;
  /**
   * Where both clouds keep everything they know: the world, client tokens and their answers, temporary keys, steps that
   * are due, the accept mode and the ports. An answered call is in the file before its answer leaves, so it survives the
   * end of the process at any moment. What is in the file goes on at the next start, `seed` is then not looked at, and
   * the ports stay the same unless others are given. Time that passes while no sandbox runs does not count; after an end
   * without `stop()` the clock goes on from the last change.
   */
  readonly stateFile?: string;
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
  /**
   * Drops every connection, frees both ports, writes the state file where there is one, and cancels every timer.
   * @throws when the state file cannot be written; everything else has been stopped then.
   */
  stop(): Promise<void>;
}
