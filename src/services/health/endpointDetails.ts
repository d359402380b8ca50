import { collect } from '../../core/collect';
import { Emitter, type Disposable } from '../../core/emitter';
import { isCancellation } from '../../core/errors';
import { failed, loaded, notLoaded, startLoading, type Loadable } from '../../core/loadable';
import type { AttachedSecurityGroup, EndpointZone, SecurityGroupRule, VpcEndpoint } from '../../core/model';
import { checkPort, coversPort, type PortCheck } from '../../core/portCheck';
import type { AlibabaCloudApi, Log } from '../../core/ports';
import { blocksOf } from '../vpcBlocks';

export interface GroupDetails extends AttachedSecurityGroup {
  /** All for what comes in; undefined where they could not be read. */
  readonly rules: readonly SecurityGroupRule[] | undefined;
}

/** What a security group's rules say about one port. */
export interface PortRules {
  /** Those about TCP on it, in the order in which they are looked at; undefined where they could not be read. */
  readonly rules: readonly SecurityGroupRule[] | undefined;
  /** How many are about something else. */
  readonly others: number;
  /** Whether they let the VPC in. */
  readonly check: PortCheck;
}

/** What Alibaba Cloud tells of one endpoint beyond the lists. */
export interface EndpointDetails {
  readonly zones: readonly EndpointZone[];
  readonly securityGroups: readonly GroupDetails[];
  /** Blocks of the endpoint's VPC; empty where they could not be read. */
  readonly cidrBlocks: readonly string[];
}

export interface EndpointDetailsOptions {
  readonly api: () => Promise<AlibabaCloudApi>;
  readonly endpoint: () => VpcEndpoint | undefined;
  readonly log: Log;
}

/** Reads an endpoint's zones and security groups while somebody looks at them. */
export class EndpointDetailsReader implements Disposable {
  private current: Loadable<EndpointDetails> = notLoaded;
  private reading: Promise<void> | undefined;
  private ended = false;
  /** Aborted when what is being read is not wanted any more. */
  private abort = new AbortController();
  private readonly changed: Emitter<Loadable<EndpointDetails>>;

  constructor(private readonly options: EndpointDetailsOptions) {
    this.changed = new Emitter((error) =>
      options.log.error('A listener of the endpoint’s details failed', error),
    );
  }

  get details(): Loadable<EndpointDetails> {
    return this.current;
  }

  get onDidChange(): Emitter<Loadable<EndpointDetails>>['event'] {
    return this.changed.event;
  }

  /** Without an endpoint that Alibaba Cloud shows there is nothing to read. Concurrent calls become one. */
  refresh(): Promise<void> {
    if (this.reading === undefined) {
      const reading: Promise<void> = this.read(this.abort.signal).finally(() => {
        if (this.reading === reading) {
          this.reading = undefined;
        }
      });
      this.reading = reading;
    }
    return this.reading;
  }

  /** Forgets what was read, and what is on its way: the accounts it was read with are others now. */
  reset(): void {
    this.abort.abort();
    this.abort = new AbortController();
    this.reading = undefined;
    this.set(notLoaded);
  }

  dispose(): void {
    this.ended = true;
    this.abort.abort();
  }

  private async read(signal: AbortSignal): Promise<void> {
    const endpoint = this.options.endpoint();
    if (endpoint === undefined) {
      return;
    }
    const set = (next: Loadable<EndpointDetails>): void => {
      if (!signal.aborted) {
        this.set(next);
      }
    };
    set(startLoading(this.current));
    try {
      set(loaded(await this.readFrom(await this.options.api(), endpoint, signal)));
    } catch (error) {
      if (!isCancellation(error)) {
        this.options.log.error(`Read the details of ${endpoint.id}: failed`, error);
      }
      set(failed(this.current, error));
    }
  }

  private async readFrom(
    api: AlibabaCloudApi,
    { id, regionId, vpcId }: VpcEndpoint,
    signal: AbortSignal,
  ): Promise<EndpointDetails> {
    const [zones, attached, cidrBlocks] = await Promise.all([
      collect(api.listEndpointZones(regionId, id, signal)),
      collect(api.listEndpointSecurityGroups(regionId, id, signal)),
      this.orElse([], async () => blocksOf(api, regionId, vpcId, signal)),
    ]);
    const securityGroups = await Promise.all(
      attached.map(async (group): Promise<GroupDetails> => ({
        ...group,
        rules: await this.orElse(undefined, () => collect(api.listIngressRules(regionId, group.id, signal))),
      })),
    );
    return { zones, securityGroups, cidrBlocks };
  }

  /** What may not be read with these credentials leaves a gap; everything else is shown all the same. */
  private async orElse<T>(otherwise: T, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (isCancellation(error)) {
        throw error;
      }
      this.options.log.warn(`Details of an endpoint: ${String(error)}`);
      return otherwise;
    }
  }

  private set(next: Loadable<EndpointDetails>): void {
    this.current = next;
    if (!this.ended) {
      this.changed.fire(next);
    }
  }
}

/** @param cidrBlocks of the VPC; empty where they are not known */
export function rulesAbout(
  rules: readonly SecurityGroupRule[] | undefined,
  port: number,
  cidrBlocks: readonly string[],
): PortRules {
  if (rules === undefined) {
    return { rules, others: 0, check: 'unknown' };
  }
  const about = rules
    .filter(
      ({ protocol, portRange }) =>
        (protocol === 'TCP' || protocol === 'ALL') && coversPort(portRange, port) !== false,
    )
    .sort((a, b) => a.priority - b.priority || rank(a) - rank(b));
  return {
    rules: about,
    others: rules.length - about.length,
    check: cidrBlocks.length === 0 ? 'unknown' : checkPort(rules, port, cidrBlocks),
  };
}

/** At equal priority, what refuses is looked at first. */
const rank = ({ policy }: SecurityGroupRule): number => (policy === 'Drop' ? 0 : 1);
