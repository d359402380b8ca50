import { collect } from '../../core/collect';
import { Emitter, type Disposable } from '../../core/emitter';
import { isCancellation } from '../../core/errors';
import { failed, loaded, notLoaded, startLoading, type Loadable } from '../../core/loadable';
import type { AttachedSecurityGroup, EndpointZone, SecurityGroupRule, VpcEndpoint } from '../../core/model';
import { checkPort, type PortCheck } from '../../core/portCheck';
import type { AlibabaCloudApi, Log } from '../../core/ports';

export interface GroupDetails extends AttachedSecurityGroup {
  /** Those about TCP, in the order in which they are looked at; undefined where they could not be read. */
  readonly rules: readonly SecurityGroupRule[] | undefined;
  /** Whether they let the VPC in on the service port. */
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
  /** Of the private link service. */
  readonly port: number;
  readonly endpoint: () => VpcEndpoint | undefined;
  readonly log: Log;
}

/** Reads an endpoint's zones and security groups while somebody looks at them. */
export class EndpointDetailsReader implements Disposable {
  private current: Loadable<EndpointDetails> = notLoaded;
  private reading: Promise<void> | undefined;
  private readonly ended = new AbortController();
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
    this.reading ??= this.read().finally(() => (this.reading = undefined));
    return this.reading;
  }

  dispose(): void {
    this.ended.abort();
  }

  private async read(): Promise<void> {
    const endpoint = this.options.endpoint();
    if (endpoint === undefined) {
      return;
    }
    this.set(startLoading(this.current));
    try {
      this.set(loaded(await this.readFrom(await this.options.api(), endpoint)));
    } catch (error) {
      if (!isCancellation(error)) {
        this.options.log.error(`Read the details of ${endpoint.id}: failed`, error);
      }
      this.set(failed(this.current, error));
    }
  }

  private async readFrom(
    api: AlibabaCloudApi,
    { id, regionId, vpcId }: VpcEndpoint,
  ): Promise<EndpointDetails> {
    const { signal } = this.ended;
    const [zones, attached, cidrBlocks] = await Promise.all([
      collect(api.listEndpointZones(regionId, id, signal)),
      collect(api.listEndpointSecurityGroups(regionId, id, signal)),
      this.orElse([], async () => blocksOf(api, regionId, vpcId, signal)),
    ]);
    const securityGroups = await Promise.all(
      attached.map(async (group): Promise<GroupDetails> => {
        const rules = await this.orElse(undefined, () =>
          collect(api.listIngressRules(regionId, group.id, signal)),
        );
        return { ...group, ...aboutPort(rules, this.options.port, cidrBlocks) };
      }),
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
    if (!this.ended.signal.aborted) {
      this.changed.fire(next);
    }
  }
}

async function blocksOf(
  api: AlibabaCloudApi,
  regionId: string,
  vpcId: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  for await (const { id, cidrBlocks } of api.listVpcs(regionId, signal)) {
    if (id === vpcId) {
      return cidrBlocks;
    }
  }
  return [];
}

function aboutPort(
  rules: readonly SecurityGroupRule[] | undefined,
  port: number,
  cidrBlocks: readonly string[],
): Pick<GroupDetails, 'rules' | 'check'> {
  if (rules === undefined) {
    return { rules, check: 'unknown' };
  }
  const tcp = rules
    .filter(({ protocol }) => protocol === 'TCP' || protocol === 'ALL')
    .sort((a, b) => a.priority - b.priority);
  return { rules: tcp, check: cidrBlocks.length === 0 ? 'unknown' : checkPort(rules, port, cidrBlocks) };
}
