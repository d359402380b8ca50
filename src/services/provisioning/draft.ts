import type { Emitter, Disposable } from '../../core/emitter';
import { AppError, isCancellation } from '../../core/errors';
import { alibabaRegionOf, type PrivateLinkService, type VpcEndpointSpec } from '../../core/model';
import type { Clock, Log, MachineNetwork } from '../../core/ports';
import { serviceAgainAfterMs } from '../../core/schedule';
import type { Account, Accounts } from '../accounts';
import type { Inventory } from '../inventory';
import { Activation } from './activation';
import type { LastChoices } from './choices';
import { DraftStore, emptyDraft, renew, without, type Draft, type TagRow } from './draftState';
import {
  domainNameProblem,
  endpointIdProblem,
  endpointNameProblem,
  mostTags,
  suggestedName,
  tagProblem,
} from './input';
import { NetworkChoice } from './networkChoice';
import { endpointTags } from './tags';
import { Verifier } from './verifier';

/** The guide: 3 to 5 minutes after the instance was made. When that was is not known, so it may be over at any time. */
const creatingService = { usualMs: 4 * 60_000, soonestMs: 0 };

export interface DraftOptions {
  readonly accounts: Accounts;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly log: Log;
  readonly lastChoices: LastChoices;
  readonly machine: MachineNetwork;
  readonly newId: () => string;
}

/** Loads what the creation panel offers and preselects the only or best candidate. It creates no endpoint. */
export class CreationDraft implements Disposable {
  readonly network: NetworkChoice;
  private readonly store: DraftStore;
  private readonly verifier: Verifier;
  private readonly activation: Activation;
  /** By hand without credentials, whatever the person wants otherwise. */
  private wantedMode: Draft['mode'] = 'automatic';
  /** By instance. */
  private readonly wantedAccounts = new Map<string, string>();
  private lastWantedAccount: string | undefined;
  /** Aborted when another instance is chosen. */
  private ofInstance = new AbortController();

  constructor(private readonly options: DraftOptions) {
    const { clock, log } = options;
    const store = (this.store = new DraftStore(log));
    const api = (): ReturnType<Accounts['alibabaCloud']> => this.alibabaCloud();
    const regionId = (): string | undefined => this.regionId;
    this.network = new NetworkChoice({ ...options, store, api, regionId });
    this.activation = new Activation(store, api, clock, log);
    this.verifier = new Verifier({
      ...{ store, api, clock, log, regionId },
      onVerified: () => this.network.preselectZones(),
    });
  }

  get state(): Draft {
    return this.store.state;
  }

  get onDidChange(): Emitter<Draft>['event'] {
    return this.store.onDidChange;
  }

  dispose(): void {
    this.ofInstance.abort();
    this.network.forget();
    this.verifier.dispose();
  }

  /** Reads the instance's service and, when signed in to Alibaba Cloud, what an endpoint can be made from. */
  async chooseInstance(instanceId: string, kept: Partial<Draft> = {}): Promise<void> {
    const signal = (this.ofInstance = renew(this.ofInstance)).signal;
    this.network.forget();
    this.verifier.dispose();
    const instance = this.options.inventory.instance(instanceId);
    const accounts = await this.options.accounts.list('Alibaba Cloud');
    if (signal.aborted) {
      return;
    }
    this.store.set({
      ...emptyDraft,
      mode: accounts.length > 0 ? this.wantedMode : 'byHand',
      instanceId,
      ...{ accounts, ...this.accountFor(instanceId, accounts) },
      name: suggestedName(instance?.name ?? ''),
      ...kept,
    });
    const service = await this.readService(instanceId, signal);
    const isStillChosen = (): boolean => !signal.aborted;
    if (isStillChosen()) {
      // Reading the endpoints has told whose they are.
      this.store.update(this.accountFor(instanceId, accounts));
    }
    const regionId = this.regionId;
    if (service?.state !== 'ACTIVE' || regionId === undefined || this.state.mode === 'byHand') {
      return;
    }
    await Promise.all([
      this.verifier.verify(),
      this.activation.read(regionId, signal),
      this.network.read(regionId, signal),
    ]);
  }

  async chooseMode(mode: Draft['mode']): Promise<void> {
    this.wantedMode = mode;
    this.store.update({ mode });
    if (this.state.instanceId !== undefined) {
      await this.chooseInstance(this.state.instanceId);
    }
  }

  /** In which Alibaba Cloud account to make the endpoint. What is typed stays; what there is to choose from is another. */
  async chooseAccount(accountId: string): Promise<void> {
    const { instanceId, accounts, name, tags } = this.state;
    if (instanceId !== undefined && accounts.some(({ id }) => id === accountId)) {
      this.wantedAccounts.set(instanceId, accountId);
      this.lastWantedAccount = accountId;
      await this.chooseInstance(instanceId, { name, tags });
    }
  }

  async typeServiceName(serviceName: string): Promise<void> {
    await this.verifier.type(serviceName.trim());
  }

  async verify(): Promise<void> {
    await this.verifier.verify();
  }

  /**
   * Activates PrivateLink on the account. It costs by use: the person has been asked. Until then Alibaba Cloud refuses to
   * tell of the service too.
   */
  async activatePrivateLink(): Promise<void> {
    const regionId = this.regionId;
    const { signal } = this.ofInstance;
    if (regionId !== undefined && this.state.privateLink === 'closed') {
      const isOpen = await this.activation.open(regionId, signal);
      if (isOpen && !signal.aborted && this.state.verification.outcome === 'refused') {
        await this.verifier.verify();
      }
    }
  }

  typeName(name: string): void {
    this.store.update({ name });
  }

  addTag(): void {
    const { tags } = this.state;
    if (tags.length < mostTags) {
      this.store.update({ tags: [...tags, { id: this.options.newId(), key: '', value: '' }] });
    }
  }

  removeTag(id: string): void {
    this.store.update({ tags: this.state.tags.filter((tag) => tag.id !== id) });
  }

  typeTag(id: string, change: Partial<Pick<TagRow, 'key' | 'value'>>): void {
    this.store.update({ tags: this.state.tags.map((tag) => (tag.id === id ? { ...tag, ...change } : tag)) });
  }

  typeEndpointId(endpointId: string): void {
    this.store.update({ endpointId: endpointId.trim() });
  }

  typeDomainName(domainName: string): void {
    this.store.update({ domainName: domainName.trim().replace(/\.$/, '') });
  }

  /** What would be created, once everything needed is chosen and valid. */
  spec(creationId: string): VpcEndpointSpec | undefined {
    const { mode, instanceId, service, verification, vpcId, securityGroupIds, zones, name, tags } =
      this.state;
    const { privateLink } = this.state;
    const regionId = this.regionId;
    if (
      mode !== 'automatic' ||
      instanceId === undefined ||
      regionId === undefined ||
      service?.state !== 'ACTIVE' ||
      verification.outcome !== 'verified' ||
      privateLink === 'closed' ||
      privateLink === 'opening' ||
      vpcId === undefined ||
      securityGroupIds.length === 0 ||
      zones.size === 0 ||
      endpointNameProblem(name) !== undefined ||
      tags.some((tag) => problemOfTag(tag, tags) !== undefined)
    ) {
      return undefined;
    }
    return {
      regionId,
      vpcId,
      serviceName: this.state.serviceName,
      name,
      securityGroupIds,
      zones: [...zones].map(([zoneId, vSwitchId]) => ({ zoneId, vSwitchId })),
      tags: {
        ...Object.fromEntries(tags.filter(({ key }) => key !== '').map(({ key, value }) => [key, value])),
        ...endpointTags(instanceId, creationId),
      },
    };
  }

  /** The two values typed by hand, once both can be right. */
  typedEndpoint(): { readonly endpointId: string; readonly endpointDomain: string } | undefined {
    const { endpointId, domainName, service } = this.state;
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
    const { store } = this;
    const { signal } = this.ofInstance;
    store.set({ ...without(this.state, 'networkError'), activity: 'dryRun' });
    const answer = { accepted: false };
    await store.attempt(signal, async () => {
      const accepted = await this.isAccepted(spec, signal);
      signal.throwIfAborted();
      store.set({
        ...without(this.state, 'activity'),
        ...(!accepted && { privateLink: 'closed' as const }),
      });
      answer.accepted = accepted;
    });
    return answer.accepted;
  }

  /** False where PrivateLink is not activated; every other refusal is thrown. */
  private async isAccepted(spec: VpcEndpointSpec, signal: AbortSignal): Promise<boolean> {
    const api = await this.alibabaCloud();
    try {
      await api.dryRunCreateEndpoint(spec, signal);
      return true;
    } catch (error) {
      if (AppError.is(error) && error.code === 'notOpen') {
        return false;
      }
      throw error;
    }
  }

  private alibabaCloud(): ReturnType<Accounts['alibabaCloud']> {
    const { accountId } = this.state;
    const { accounts } = this.options;
    return accountId === undefined ? accounts.alibabaCloud() : accounts.alibabaCloudOf({ id: accountId });
  }

  /** What the person chose for it, else the account that owns its endpoints, else what they chose last. */
  private accountFor(instanceId: string, accounts: readonly Account[]): Pick<Draft, 'accountId'> {
    const wanted = [
      this.wantedAccounts.get(instanceId),
      ...this.options.accounts.matches.alibabaCloudOf(instanceId),
      this.lastWantedAccount,
    ];
    const id = wanted.find((candidate) => accounts.some((account) => account.id === candidate));
    const accountId = id ?? accounts[0]?.id;
    return accountId === undefined ? {} : { accountId };
  }

  private get regionId(): string | undefined {
    const { instanceId } = this.store.state;
    const instance = instanceId && this.options.inventory.instance(instanceId);
    return instance ? alibabaRegionOf(instance.regionId) : undefined;
  }

  /** Waits for a service that is still being created: it takes 3 to 5 minutes after the instance was. */
  private async readService(
    instanceId: string,
    signal: AbortSignal,
  ): Promise<PrivateLinkService | undefined> {
    const { inventory } = this.options;
    for (;;) {
      // Through the inventory, so that the tree and the status bar know what this panel knows.
      await inventory.refreshDetails(instanceId);
      if (signal.aborted) {
        return undefined;
      }
      const { value, error } = inventory.details(instanceId);
      if (value === undefined || error !== undefined) {
        this.store.update({ serviceError: error });
        return undefined;
      }
      const { service } = value;
      const before = without(this.state, 'serviceError', 'serviceCreatingSinceMs');
      const { serviceName } = service;
      if (service.state !== 'CREATING') {
        this.store.set({ ...before, service, serviceName });
        return service;
      }
      const serviceCreatingSinceMs = this.state.serviceCreatingSinceMs ?? this.options.clock.now();
      this.store.set({ ...before, service, serviceName, serviceCreatingSinceMs });
      try {
        await this.whileCreating(instanceId, serviceCreatingSinceMs, signal);
      } catch (error) {
        const isWanted = (): boolean => !signal.aborted && !isCancellation(error);
        if (isWanted()) {
          this.store.update({ serviceError: error });
        }
        return undefined;
      }
    }
  }

  /** Asks for the service alone until it is no longer CREATING. */
  private async whileCreating(instanceId: string, sinceMs: number, signal: AbortSignal): Promise<void> {
    const { accounts, clock } = this.options;
    for (;;) {
      await clock.sleep(serviceAgainAfterMs(clock.now() - sinceMs, creatingService), signal);
      const api = await accounts.tidbCloudFor(instanceId);
      const { state } = await api.getPrivateLinkService(instanceId, signal);
      if (state !== 'CREATING') {
        return;
      }
    }
  }
}

/** What is wrong with a tag among the others, if anything. */
export function problemOfTag({ id, key, value }: TagRow, all: readonly TagRow[]): string | undefined {
  const others = all.filter((other) => other.id !== id).map((other) => other.key);
  return tagProblem(key, value, others);
}
