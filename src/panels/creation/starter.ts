import { removalOf, type Creation } from '../../core/creation';
import type { Instance, VpcEndpointSpec } from '../../core/model';
import type { Clock } from '../../core/ports';
import type { CreationDraft } from '../../services/provisioning/draft';
import type { CreationRunner } from '../../services/provisioning/runner';
import { askCancel, confirmCreate, confirmUse } from './ask';

type Wanted =
  | Pick<Creation, 'spec' | 'accountId' | 'alibabaCloudAccount'>
  | Pick<Creation, 'endpointId' | 'endpointDomain' | 'accountId' | 'alibabaCloudAccount'>;

export interface StarterOptions {
  readonly draft: CreationDraft;
  readonly runner: CreationRunner;
  readonly clock: Clock;
  readonly newId: () => string;
  /** The one that the form is filled in for. */
  readonly instance: () => Instance | undefined;
  /** True while a creation is under way, which begins no second one. */
  readonly isUnderWay: () => boolean;
  readonly onDidChange: () => void;
}

/** Begins what the form asks for, once: a second click begins nothing. */
export class Starter {
  private creationId: string;
  private starting = false;

  constructor(private readonly options: StarterOptions) {
    this.creationId = options.newId();
  }

  /** What would be created now. */
  get spec(): VpcEndpointSpec | undefined {
    return this.options.draft.spec(this.creationId);
  }

  get canCreate(): boolean {
    return !this.options.isUnderWay() && !this.starting && this.spec !== undefined;
  }

  /** Checks with Alibaba Cloud, asks once, writes the journal, begins. */
  async createEndpoint(): Promise<void> {
    const { draft } = this.options;
    const { spec } = this;
    if (spec !== undefined) {
      await this.start({ spec, ...this.account }, async (instance) => {
        const accepted = await draft.dryRun(spec);
        // Another instance may have been chosen meanwhile.
        const wanted =
          accepted && this.isStill(instance) && (await confirmCreate(spec, instance, draft.state.existing));
        if (wanted) {
          await draft.network.remember();
        }
        return wanted;
      });
    }
  }

  /** One that the VPC has already. */
  async useEndpoint(endpointId: string): Promise<void> {
    const endpoint = this.options.draft.state.existing.find(({ id }) => id === endpointId);
    if (endpoint !== undefined) {
      const { id, domain } = endpoint;
      await this.start(
        { endpointId: id, ...(domain !== '' && { endpointDomain: domain }), ...this.account },
        async (instance) => (await confirmUse(endpoint, instance)) && this.isStill(instance),
      );
    }
  }

  /** One that the person made, from its id and domain name. */
  async createConnection(): Promise<void> {
    const typed = this.options.draft.typedEndpoint();
    if (typed !== undefined) {
      await this.start(typed, () => Promise.resolve(true));
    }
  }

  private get account(): Pick<Creation, 'accountId' | 'alibabaCloudAccount'> {
    const { network, state } = this.options.draft;
    return {
      ...(network.accountId !== undefined && { accountId: network.accountId }),
      ...(state.accountId !== undefined && { alibabaCloudAccount: state.accountId }),
    };
  }

  private isStill(instance: Instance): boolean {
    return this.options.instance()?.id === instance.id;
  }

  private async start(wanted: Wanted, isWanted: (instance: Instance) => Promise<boolean>): Promise<void> {
    const { runner, clock, newId, isUnderWay, onDidChange } = this.options;
    const instance = this.options.instance();
    if (instance === undefined || this.starting || isUnderWay()) {
      return;
    }
    this.starting = true;
    onDidChange();
    try {
      if ((await isWanted(instance)) && !isUnderWay()) {
        const id = this.creationId;
        this.creationId = newId();
        await runner.start({
          id,
          instanceId: instance.id,
          instanceName: instance.name,
          regionId: instance.regionId,
          startedAtMs: clock.now(),
          clientToken: newId(),
          acceptance: 'api',
          ...wanted,
        });
      }
    } finally {
      this.starting = false;
      onDidChange();
    }
  }
}

/** Asks what is to become of a creation that is not finished, and does it. */
export async function cancelCreation(runner: CreationRunner, creationId: string): Promise<void> {
  const latest = (): Creation | undefined =>
    runner.unfinished().find(({ creation }) => creation.id === creationId)?.creation;
  const asked = latest();
  if (asked === undefined) {
    return;
  }
  const chosen = await askCancel(asked);
  // It went on while the person thought.
  const creation = latest();
  if (creation === undefined || chosen === 'goOn') {
    return;
  }
  await (chosen === 'remove' ? runner.remove(creationId, removalOf(creation)) : runner.abandon(creationId));
}
