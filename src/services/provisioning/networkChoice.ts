import { collect } from '../../core/collect';
import { isCancellation } from '../../core/errors';
import type { SecurityGroupRule, VpcEndpoint } from '../../core/model';
import type { AlibabaCloudApi, Log, MachineNetwork } from '../../core/ports';
import type { LastChoice, LastChoices } from './choices';
import { renew, without, type DraftStore, type PortState } from './draftState';
import { portState } from './portRule';
import { bestVpc, bestVSwitches, together } from './preselect';

/** How many groups are looked into for one that lets the VPC in. */
const groupsTried = 5;

export interface NetworkChoiceOptions {
  readonly store: DraftStore;
  readonly api: () => Promise<AlibabaCloudApi>;
  readonly lastChoices: LastChoices;
  readonly machine: MachineNetwork;
  readonly newId: () => string;
  readonly log: Log;
  /** Alibaba Cloud's id of the instance's region. */
  readonly regionId: () => string | undefined;
}

/** The VPC, vSwitches and security groups of the draft: what there is, what is best, what the person chooses. */
export class NetworkChoice {
  /** Aborted when another VPC or other security groups are chosen. */
  private ofVpc = new AbortController();
  private ofGroups = new AbortController();
  private account: string | undefined;
  /** What was chosen last in the VPC that is chosen now. */
  private last: LastChoice | undefined;
  /** Of the rules that were sent and not answered: the same one is not added twice. */
  private readonly ruleTokens = new Map<string, string>();

  constructor(private readonly options: NetworkChoiceOptions) {}

  /** The Alibaba Cloud account in which there is what is chosen, where it could be told. */
  get accountId(): string | undefined {
    return this.account;
  }

  /** Loads the VPCs and preselects: the last choice, the VPC of this machine, the only or best one. */
  async read(regionId: string, signal: AbortSignal): Promise<void> {
    const { store, lastChoices, machine } = this.options;
    store.set({ ...without(store.state, 'networkError'), activity: 'networks' });
    await store.attempt(signal, async () => {
      const api = await this.options.api();
      const [vpcs, accountId] = await Promise.all([
        collect(api.listVpcs(regionId, signal)),
        this.accountOf(api, signal),
      ]);
      signal.throwIfAborted();
      store.set({ ...without(store.state, 'activity'), vpcs });
      this.account = accountId;
      const last = accountId === undefined ? undefined : lastChoices.get(accountId, regionId);
      const isThere = vpcs.some(({ id, status }) => id === last?.vpcId && status === 'Available');
      const best = bestVpc(vpcs, last?.vpcId, isThere ? undefined : await machine.vpcId());
      signal.throwIfAborted();
      if (best !== undefined && store.state.vpcId === undefined) {
        await this.load(best.id, best.id === last?.vpcId ? last : undefined);
      }
    });
  }

  async chooseVpc(vpcId: string): Promise<void> {
    await this.load(vpcId, undefined);
    await this.remember();
  }

  /** An empty vSwitch id leaves the zone out. */
  async chooseVSwitch(zoneId: string, vSwitchId: string): Promise<void> {
    const { store } = this.options;
    const zones = new Map(store.state.zones);
    if (vSwitchId === '') {
      zones.delete(zoneId);
    } else {
      zones.set(zoneId, vSwitchId);
    }
    store.update({ zones });
    await this.remember();
  }

  /** Puts a group at a place of the list; an empty id takes away the one that is there. */
  async chooseSecurityGroup(index: number, securityGroupId: string): Promise<void> {
    const { securityGroups, securityGroupIds } = this.options.store.state;
    const ids = securityGroupIds.toSpliced(index, 1, ...(securityGroupId === '' ? [] : [securityGroupId]));
    await this.setGroups(together(securityGroups, ids));
    await this.remember();
  }

  /** Adds the missing rules, which the person has agreed to, to the first chosen group, and looks again. */
  async addRules(): Promise<void> {
    const { store } = this.options;
    const { port, securityGroupIds } = store.state;
    const [groupId] = securityGroupIds;
    const regionId = this.options.regionId();
    if (port === undefined || groupId === undefined || regionId === undefined) {
      return;
    }
    const { signal } = this.ofGroups;
    store.set({ ...without(store.state, 'networkError'), activity: 'rule' });
    await store.attempt(signal, async () => {
      const api = await this.options.api();
      for (const rule of port.missing) {
        const key = `${groupId} ${rule.portRange} ${rule.sourceCidr}`;
        const token = this.ruleTokens.get(key) ?? this.options.newId();
        this.ruleTokens.set(key, token);
        await api.addIngressRule(regionId, groupId, rule, token, signal);
        this.ruleTokens.delete(key);
      }
      const after = await this.check(securityGroupIds, signal);
      signal.throwIfAborted();
      store.set(withPort(without(store.state, 'activity'), after));
    });
  }

  /** In each zone that the service has: what was chosen last, else the vSwitch with the most free addresses. */
  preselectZones(): void {
    const { store } = this.options;
    const { verification, vSwitches, zones } = store.state;
    if (verification.outcome === 'verified' && zones.size === 0) {
      store.update({ zones: bestVSwitches(verification.service, vSwitches, this.last?.zones) });
    }
  }

  /** What is chosen now is what the next draft begins with. */
  async remember(): Promise<void> {
    const { store, lastChoices, regionId, log } = this.options;
    const { vpcId, securityGroupIds, zones } = store.state;
    const region = regionId();
    if (this.account === undefined || region === undefined || vpcId === undefined) {
      return;
    }
    this.last = { vpcId, securityGroupIds: [...securityGroupIds], zones: Object.fromEntries(zones) };
    try {
      await lastChoices.set(this.account, region, this.last);
    } catch (error) {
      log.error('Remember the last choice: failed', error);
    }
  }

  /** What was being loaded for the choices so far does not count any more. */
  forget(): void {
    this.ofVpc.abort();
    this.ofGroups.abort();
    this.last = undefined;
  }

  private async load(vpcId: string, last: LastChoice | undefined): Promise<void> {
    const { store, regionId } = this.options;
    const { signal } = (this.ofVpc = renew(this.ofVpc));
    const region = regionId();
    if (region === undefined) {
      return;
    }
    this.ofGroups.abort();
    this.last = last;
    store.set({
      ...without(store.state, 'port', 'networkError'),
      ...{ vpcId, vSwitches: [], securityGroups: [], securityGroupIds: [], existing: [] },
      zones: new Map(),
      activity: 'network',
    });
    await store.attempt(signal, async () => {
      const api = await this.options.api();
      const [vSwitches, groups, existing] = await Promise.all([
        collect(api.listVSwitches(region, vpcId, signal)),
        collect(api.listSecurityGroups(region, vpcId, signal)),
        this.existing(api, region, vpcId, signal),
      ]);
      signal.throwIfAborted();
      store.set({
        ...without(store.state, 'activity'),
        ...{ vSwitches, existing },
        securityGroups: groups.filter((group) => !group.serviceManaged),
      });
      this.preselectZones();
      await this.preselectGroups(signal);
    });
  }

  /** The groups chosen last; else the first that lets the VPC in; else the first. Ends when the person chooses. */
  private async preselectGroups(signal: AbortSignal): Promise<void> {
    const { store } = this.options;
    const { securityGroups } = store.state;
    const again = together(securityGroups, this.last?.securityGroupIds ?? []);
    if (again.length > 0) {
      await this.setGroups(again);
      return;
    }
    const candidates = securityGroups.slice(0, groupsTried);
    for (const { id } of candidates) {
      const port = await this.check([id], signal);
      signal.throwIfAborted();
      if (store.state.securityGroupIds.length > 0) {
        return;
      }
      if (port?.check === 'open') {
        store.update({ securityGroupIds: [id], port });
        return;
      }
    }
    const [first] = candidates;
    if (first !== undefined) {
      await this.setGroups([first.id]);
    }
  }

  private async setGroups(securityGroupIds: readonly string[]): Promise<void> {
    const { store } = this.options;
    const { signal } = (this.ofGroups = renew(this.ofGroups));
    store.set({ ...without(store.state, 'port', 'networkError', 'activity'), securityGroupIds });
    await store.attempt(signal, async () => {
      const port = await this.check(securityGroupIds, signal);
      signal.throwIfAborted();
      store.set(withPort(store.state, port));
    });
  }

  /** All rules of all chosen groups count together. */
  private async check(
    securityGroupIds: readonly string[],
    signal: AbortSignal,
  ): Promise<PortState | undefined> {
    const { service, vpcs, vpcId } = this.options.store.state;
    const regionId = this.options.regionId();
    const vpc = vpcs.find(({ id }) => id === vpcId);
    if (securityGroupIds.length === 0 || regionId === undefined || service === undefined || !vpc) {
      return undefined;
    }
    const api = await this.options.api();
    const rules: readonly (readonly SecurityGroupRule[])[] = await Promise.all(
      securityGroupIds.map((id) => collect(api.listIngressRules(regionId, id, signal))),
    );
    return portState(rules.flat(), service.port, vpc.cidrBlocks);
  }

  /** That they cannot be listed keeps nobody from creating one. */
  private async existing(
    api: AlibabaCloudApi,
    regionId: string,
    vpcId: string,
    signal: AbortSignal,
  ): Promise<readonly VpcEndpoint[]> {
    const serviceName = this.options.store.state.service?.serviceName;
    if (serviceName === undefined || serviceName === '') {
      return [];
    }
    try {
      const endpoints = await collect(api.listEndpoints(regionId, { serviceName, vpcId }, signal));
      return endpoints.filter(
        ({ status, connectionStatus }) => status !== 'Deleting' && connectionStatus !== 'ServiceDeleted',
      );
    } catch (error) {
      if (!isCancellation(error) && !signal.aborted) {
        this.options.log.warn(`The endpoints that ${vpcId} has already cannot be listed: ${String(error)}`);
      }
      return [];
    }
  }

  /** Without it nothing is remembered, and nothing else is lost. */
  private async accountOf(api: AlibabaCloudApi, signal: AbortSignal): Promise<string | undefined> {
    try {
      return (await api.getCallerIdentity(signal)).accountId;
    } catch (error) {
      if (!isCancellation(error) && !signal.aborted) {
        this.options.log.warn(`The Alibaba Cloud account cannot be told: ${String(error)}`);
      }
      return undefined;
    }
  }
}

const withPort = <D extends object>(draft: D, port: PortState | undefined): D =>
  port === undefined ? draft : { ...draft, port };
