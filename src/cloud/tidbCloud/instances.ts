import { AppError } from '../../core/errors';
import type { HostingAccount, Instance, NewInstance } from '../../core/model';
import type { Page } from '../paging';
import type { TidbCloudCaller } from './caller';
import type { ChangeContext } from './changes';
import { removeThenLook, sendThenLook } from './changes';
import * as map from './map';
import { checkRootPassword } from './password';
import { instancePath } from './paths';

const subjectOf = (instanceId: string): string => `instance ${instanceId}`;

/** TidbService of v1beta2. */
export class Instances {
  constructor(
    private readonly caller: TidbCloudCaller,
    private readonly context: ChangeContext,
  ) {}

  list(signal?: AbortSignal): AsyncIterable<Instance> {
    return this.listWhere({}, signal);
  }

  listPages(signal?: AbortSignal): AsyncIterable<readonly Instance[]> {
    return this.caller.listPages(allInstances, pageOfInstances, signal);
  }

  async get(instanceId: string, signal?: AbortSignal): Promise<Instance> {
    return this.caller.read(
      {
        operation: 'GetTidb',
        path: instancePath(instanceId),
        subject: subjectOf(instanceId),
        answer: map.tidb,
      },
      signal,
    );
  }

  /**
   * Names need not be unique, so what there is under this name is listed before as well: an instance that is there only
   * after a lost answer is the one that was asked for.
   */
  async create(request: NewInstance, signal?: AbortSignal): Promise<Instance> {
    const { name, regionId, servicePlan, rootPassword } = request;
    if (rootPassword !== undefined) {
      checkRootPassword(rootPassword);
    }
    const before = new Set((await this.namesakes(request, signal)).map(({ id }) => id));
    return sendThenLook(
      () =>
        this.caller.once(
          {
            operation: 'CreateTidb',
            method: 'POST',
            path: '/tidbs',
            body: {
              displayName: name,
              regionId,
              servicePlan,
              ...(rootPassword === undefined ? {} : { rootPassword }),
            },
            secrets: rootPassword === undefined ? [] : [rootPassword],
            subject: `instance ${name}`,
            role: 'Instance Manager',
            answer: map.tidb,
          },
          signal,
        ),
      async () => {
        const added = (await this.namesakes(request, signal)).filter(({ id }) => !before.has(id));
        return added.length === 1 ? added[0] : undefined;
      },
      { ...this.context, signal },
    );
  }

  async rename(instanceId: string, name: string, signal?: AbortSignal): Promise<Instance> {
    const path = instancePath(instanceId);
    return sendThenLook(
      () =>
        this.caller.once(
          {
            operation: 'UpdateTidb',
            method: 'PATCH',
            path,
            body: { displayName: name },
            subject: subjectOf(instanceId),
            role: 'Instance Manager',
            answer: map.tidb,
          },
          signal,
        ),
      async () => {
        const instance = await this.get(instanceId, signal);
        return instance.name === name ? instance : undefined;
      },
      { ...this.context, signal },
    );
  }

  async delete(instanceId: string, signal?: AbortSignal): Promise<void> {
    const path = instancePath(instanceId);
    await removeThenLook(
      () =>
        this.caller.once(
          {
            operation: 'DeleteTidb',
            method: 'DELETE',
            path,
            subject: subjectOf(instanceId),
            role: 'Instance Manager',
            answer: map.nothing,
          },
          signal,
        ),
      () => this.isGone(instanceId, signal),
      { ...this.context, signal },
    );
  }

  async resume(instanceId: string, signal?: AbortSignal): Promise<void> {
    const path = `${instancePath(instanceId)}:resumeTidb`;
    await sendThenLook<unknown>(
      () =>
        this.caller.once(
          {
            operation: 'ResumeTidb',
            method: 'POST',
            path,
            subject: subjectOf(instanceId),
            role: 'Instance Manager',
            answer: map.nothing,
          },
          signal,
        ),
      async () => {
        const { state } = await this.get(instanceId, signal);
        return state === 'RESUMING' || state === 'ACTIVE' ? state : undefined;
      },
      { ...this.context, signal },
    );
  }

  /** After a lost answer nothing tells which password holds; to send the same one again settles it. */
  async resetRootPassword(instanceId: string, password: string, signal?: AbortSignal): Promise<void> {
    const path = `${instancePath(instanceId)}:resetRootPassword`;
    checkRootPassword(password);
    await this.caller.once(
      {
        operation: 'ResetRootPassword',
        method: 'POST',
        path,
        body: { rootPassword: password },
        secrets: [password],
        subject: `the root password of ${subjectOf(instanceId)}`,
        role: 'Instance Manager',
        answer: map.nothing,
      },
      signal,
    );
  }

  async getHostingAccount(instanceId: string, signal?: AbortSignal): Promise<HostingAccount> {
    return this.caller.read(
      {
        operation: 'GetCloudProviderInfo',
        path: `${instancePath(instanceId)}/cloudProviderInfo`,
        subject: `the cloud account of ${subjectOf(instanceId)}`,
        answer: map.hostingAccount,
      },
      signal,
    );
  }

  async getCaCertificateUrl(instanceId: string, signal?: AbortSignal): Promise<string> {
    const { uri } = await this.caller.read(
      {
        operation: 'GetCaCertificateUrl',
        path: `${instancePath(instanceId)}/caCertificateUrl`,
        subject: `the CA certificate of ${subjectOf(instanceId)}`,
        answer: map.caCertificateUrl,
      },
      signal,
    );
    return uri;
  }

  private async isGone(instanceId: string, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      const { state } = await this.get(instanceId, signal);
      return state === 'DELETING' || state === 'DELETED';
    } catch (error) {
      if (AppError.is(error) && error.code === 'notFound') {
        return true;
      }
      throw error;
    }
  }

  private async namesakes(
    { name, regionId, servicePlan }: NewInstance,
    signal: AbortSignal | undefined,
  ): Promise<readonly Instance[]> {
    const found: Instance[] = [];
    for await (const instance of this.listWhere({ name, regionIds: regionId }, signal)) {
      if (instance.name === name && instance.regionId === regionId && instance.servicePlan === servicePlan) {
        found.push(instance);
      }
    }
    return found;
  }

  private listWhere(
    query: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): AsyncIterable<Instance> {
    return this.caller.list({ ...allInstances, query }, pageOfInstances, signal);
  }
}

const allInstances = {
  operation: 'ListTidbs',
  path: '/tidbs',
  subject: 'the instances',
  answer: map.tidbPage,
} as const;

const pageOfInstances = ({
  tidbs,
  nextPageToken,
}: {
  readonly tidbs: readonly Instance[];
  readonly nextPageToken: string;
}): Page<Instance> => ({ items: tidbs, next: nextPageToken });
