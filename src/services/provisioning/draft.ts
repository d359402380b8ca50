import { collect } from '../../core/collect';
import { Emitter, type Disposable } from '../../core/emitter';
import { isCancellation } from '../../core/errors';
import { alibabaRegionOf, type PrivateLinkService, type VpcEndpointSpec } from '../../core/model';
import { checkPort, type PortCheck } from '../../core/portCheck';
import type { Clock, Log } from '../../core/ports';
import type { Accounts } from '../accounts';
import type { Inventory } from '../inventory';
import { emptyDraft, without, type Draft, type Verification } from './draftState';
import { endpointIdProblem, endpointNameProblem, domainNameProblem, suggestedName } from './input';
import { bestVpc, bestVSwitches } from './preselect';
import { endpointTags } from './tags';

const serviceAgainAfterMs = 10_000;

/** Loads what the creation panel offers and preselects the only or best candidate. It creates nothing. */
export class CreationDraft implements Disposable {
  private draft: Draft = emptyDraft;
  /** By hand without credentials, whatever the person wants otherwise. */
  private wantedMode: Draft['mode'] = 'automatic';
  private readonly changed: Emitter<Draft>;
  private readonly disposed = new AbortController();
  /** Aborted when another instance, VPC or security group is chosen. */
  private ofInstance = new AbortController();
  private ofVpc = new AbortController();
  private ofGroup = new AbortController();

  constructor(
    private readonly accounts: Accounts,
    private readonly inventory: Inventory,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.changed = new Emitter((error) => log.error('A listener of the draft failed', error));
  }

  get state(): Draft {
    return this.draft;
  }

  get onDidChange(): Emitter<Draft>['event'] {
    return this.changed.event;
  }

  dispose(): void {
    this.disposed.abort();
    this.ofInstance.abort();
    this.ofVpc.abort();
    this.ofGroup.abort();
  }

  /** Reads the instance's service and, when signed in to Alibaba Cloud, what an endpoint can be made from. */
  async chooseInstance(instanceId: string): Promise<void> {
    const signal = (this.ofInstance = renew(this.ofInstance)).signal;
    this.ofVpc.abort();
    this.ofGroup.abort();
    const instance = this.inventory.instance(instanceId);
    const signedIn = await this.accounts.isSignedIn('Alibaba Cloud');
    if (signal.aborted) {
      return;
    }
    this.set({
      ...emptyDraft,
      mode: signedIn ? this.wantedMode : 'byHand',
      instanceId,
      name: suggestedName(instance?.name ?? ''),
    });
    const service = await this.readService(instanceId, signal);
    if (service === undefined || this.draft.mode === 'byHand') {
      return;
    }
    await Promise.all([this.verify(), this.readVpcs(signal)]);
  }

  async chooseMode(mode: Draft['mode']): Promise<void> {
    this.wantedMode = mode;
    this.set({ ...this.draft, mode });
    if (this.draft.instanceId !== undefined) {
      await this.chooseInstance(this.draft.instanceId);
    }
  }

  typeServiceName(serviceName: string): void {
    // The zones were those of the service before.
    this.set({
      ...this.draft,
      ...{ serviceName: serviceName.trim(), verification: { outcome: 'none' }, zones: new Map() },
    });
  }

  typeName(name: string): void {
    this.set({ ...this.draft, name });
  }

  typeEndpointId(endpointId: string): void {
    this.set({ ...this.draft, endpointId: endpointId.trim() });
  }

  typeDomainName(domainName: string): void {
    this.set({ ...this.draft, domainName: domainName.trim().replace(/\.$/, '') });
  }

  /** Asks Alibaba Cloud whether the service exists in this region and lets this account in, and for its zones. */
  async verify(): Promise<void> {
    const { serviceName } = this.draft;
    const regionId = this.regionId;
    if (serviceName === '' || regionId === undefined) {
      return;
    }
    this.set({ ...this.draft, verification: { outcome: 'checking' } });
    const verification = await this.lookUp(regionId, serviceName);
    if (verification !== undefined && this.draft.serviceName === serviceName) {
      this.set({ ...this.draft, verification });
      this.preselectZones();
    }
  }

  async chooseVpc(vpcId: string): Promise<void> {
    const signal = (this.ofVpc = renew(this.ofVpc)).signal;
    const regionId = this.regionId;
    if (regionId === undefined) {
      return;
    }
    this.ofGroup.abort();
    this.set({
      ...without(this.draft, 'securityGroupId', 'portCheck', 'networkError'),
      vpcId,
      vSwitches: [],
      securityGroups: [],
      zones: new Map(),
      activity: 'network',
    });
    await this.attempt(signal, async () => {
      const api = await this.accounts.alibabaCloud();
      const [vSwitches, groups] = await Promise.all([
        collect(api.listVSwitches(regionId, vpcId, signal)),
        collect(api.listSecurityGroups(regionId, vpcId, signal)),
      ]);
      signal.throwIfAborted();
      this.set({
        ...without(this.draft, 'activity'),
        vSwitches,
        securityGroups: groups.filter((group) => !group.serviceManaged),
      });
      this.preselectZones();
      await this.preselectSecurityGroup(signal);
    });
  }

  async chooseSecurityGroup(securityGroupId: string): Promise<void> {
    const signal = (this.ofGroup = renew(this.ofGroup)).signal;
    this.set({ ...without(this.draft, 'portCheck', 'networkError'), securityGroupId });
    await this.attempt(signal, async () => {
      const portCheck = await this.checkGroup(securityGroupId, signal);
      signal.throwIfAborted();
      this.set({ ...this.draft, portCheck });
    });
  }

  /** An empty vSwitch id leaves the zone out. */
  chooseVSwitch(zoneId: string, vSwitchId: string): void {
    const zones = new Map(this.draft.zones);
    if (vSwitchId === '') {
      zones.delete(zoneId);
    } else {
      zones.set(zoneId, vSwitchId);
    }
    this.set({ ...this.draft, zones });
  }

  /** What would be created, once everything needed is chosen and valid. */
  spec(creationId: string): VpcEndpointSpec | undefined {
    const { mode, instanceId, service, verification, vpcId, securityGroupId, zones, name } = this.draft;
    const regionId = this.regionId;
    if (
      mode !== 'automatic' ||
      instanceId === undefined ||
      regionId === undefined ||
      service?.state !== 'ACTIVE' ||
      verification.outcome !== 'verified' ||
      vpcId === undefined ||
      securityGroupId === undefined ||
      zones.size === 0 ||
      endpointNameProblem(name) !== undefined
    ) {
      return undefined;
    }
    return {
      regionId,
      vpcId,
      serviceName: this.draft.serviceName,
      name,
      securityGroupIds: [securityGroupId],
      zones: [...zones].map(([zoneId, vSwitchId]) => ({ zoneId, vSwitchId })),
      tags: endpointTags(instanceId, creationId),
    };
  }

  /** The two values typed by hand, once both can be right. */
  typedEndpoint(): { readonly endpointId: string; readonly endpointDomain: string } | undefined {
    const { endpointId, domainName, service } = this.draft;
    const valid =
      endpointId !== '' &&
      domainName !== '' &&
      service !== undefined &&
      endpointIdProblem(endpointId) === undefined &&
      domainNameProblem(domainName, endpointId, service) === undefined;
    return valid ? { endpointId, endpointDomain: domainName } : undefined;
  }

  /** Lets Alibaba Cloud check parameters, permissions and quotas. False when it refuses; `networkError` says why. */
  async dryRun(spec: VpcEndpointSpec): Promise<boolean> {
    this.set({ ...without(this.draft, 'networkError'), activity: 'dryRun' });
    const { signal } = this.disposed;
    let accepted = false;
    await this.attempt(signal, async () => {
      const api = await this.accounts.alibabaCloud();
      await api.dryRunCreateEndpoint(spec, signal);
      this.set(without(this.draft, 'activity'));
      accepted = true;
    });
    return accepted;
  }

  private get regionId(): string | undefined {
    const instance = this.draft.instanceId && this.inventory.instance(this.draft.instanceId);
    return instance ? alibabaRegionOf(instance.regionId) : undefined;
  }

  /** Waits for a service that is still being created: it takes 3 to 5 minutes after the instance was. */
  private async readService(
    instanceId: string,
    signal: AbortSignal,
  ): Promise<PrivateLinkService | undefined> {
    for (;;) {
      // Through the inventory, so that the tree and the status bar know what this panel knows.
      await this.inventory.refreshDetails(instanceId);
      if (signal.aborted) {
        return undefined;
      }
      const { value, error } = this.inventory.details(instanceId);
      if (value === undefined || error !== undefined) {
        this.set({ ...this.draft, serviceError: error });
        return undefined;
      }
      const { service } = value;
      this.set({ ...without(this.draft, 'serviceError'), service, serviceName: service.serviceName });
      if (service.state !== 'CREATING') {
        return service;
      }
      try {
        await this.clock.sleep(serviceAgainAfterMs, signal);
      } catch {
        return undefined;
      }
    }
  }

  private async lookUp(regionId: string, serviceName: string): Promise<Verification | undefined> {
    const { signal } = this.ofInstance;
    try {
      const api = await this.accounts.alibabaCloud();
      const service = await api.findEndpointService(regionId, serviceName, signal);
      return service === undefined
        ? { outcome: 'refused', reason: 'notListed' }
        : { outcome: 'verified', service };
    } catch (error) {
      if (isCancellation(error) || signal.aborted) {
        return undefined;
      }
      this.log.error('Verify the endpoint service: failed', error);
      return { outcome: 'refused', reason: 'failed', error };
    }
  }

  private async readVpcs(signal: AbortSignal): Promise<void> {
    const regionId = this.regionId;
    if (regionId === undefined) {
      return;
    }
    this.set({ ...without(this.draft, 'networkError'), activity: 'networks' });
    await this.attempt(signal, async () => {
      const api = await this.accounts.alibabaCloud();
      const vpcs = await collect(api.listVpcs(regionId, signal));
      signal.throwIfAborted();
      this.set({ ...without(this.draft, 'activity'), vpcs });
      const best = bestVpc(vpcs);
      if (best !== undefined) {
        await this.chooseVpc(best.id);
      }
    });
  }

  /** In each zone that the service has, the vSwitch with the most free addresses. */
  private preselectZones(): void {
    const { verification, vSwitches } = this.draft;
    if (verification.outcome !== 'verified' || this.draft.zones.size > 0) {
      return;
    }
    this.set({ ...this.draft, zones: bestVSwitches(verification.service, vSwitches) });
  }

  /** The first group that lets the VPC in; else the first one. Ends when the person chooses before it is found. */
  private async preselectSecurityGroup(signal: AbortSignal): Promise<void> {
    const candidates = this.draft.securityGroups.slice(0, 5);
    for (const group of candidates) {
      const portCheck = await this.checkGroup(group.id, signal);
      signal.throwIfAborted();
      if (this.draft.securityGroupId !== undefined) {
        return;
      }
      if (portCheck === 'open') {
        this.set({ ...this.draft, securityGroupId: group.id, portCheck: 'open' });
        return;
      }
    }
    const [first] = candidates;
    if (first !== undefined) {
      await this.chooseSecurityGroup(first.id);
    }
  }

  private async checkGroup(securityGroupId: string, signal: AbortSignal): Promise<PortCheck> {
    const { service, vpcs, vpcId } = this.draft;
    const regionId = this.regionId;
    const vpc = vpcs.find(({ id }) => id === vpcId);
    if (regionId === undefined || service === undefined || vpc === undefined) {
      return 'unknown';
    }
    const api = await this.accounts.alibabaCloud();
    const rules = await collect(api.listIngressRules(regionId, securityGroupId, signal));
    return checkPort(rules, service.port, vpc.cidrBlocks);
  }

  private async attempt(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.fail(signal, error, (networkError) => ({ ...without(this.draft, 'activity'), networkError }));
    }
  }

  private fail(signal: AbortSignal, error: unknown, next: (error: unknown) => Draft): void {
    if (signal.aborted || isCancellation(error)) {
      return;
    }
    this.log.error('Load the choices for a new endpoint: failed', error);
    this.set(next(error));
  }

  private set(draft: Draft): void {
    this.draft = draft;
    this.changed.fire(draft);
  }
}

function renew(before: AbortController): AbortController {
  before.abort();
  return new AbortController();
}
