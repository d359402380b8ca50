import * as v from 'valibot';
import type { StateStore } from '../core/ports';

const matchSchema = v.array(v.string());

/** Which account sees an instance in TiDB Cloud, and which ones own its endpoints in Alibaba Cloud. By account id. */
export class AccountMatches {
  private readonly instances = new Map<string, string>();
  private readonly endpoints = new Map<string, string>();

  constructor(
    private readonly state: StateStore,
    /** Under which the owners of an instance's endpoints are kept for the next window. */
    private readonly keyOf: (instanceId: string) => string,
  ) {}

  tidbCloudOf(instanceId: string): string | undefined {
    return this.instances.get(instanceId);
  }

  noteInstance(instanceId: string, accountId: string): void {
    this.instances.set(instanceId, accountId);
  }

  /** Those that owned an endpoint of this instance when they were last asked. */
  alibabaCloudOf(instanceId: string): readonly string[] {
    const parsed = v.safeParse(matchSchema, this.state.get(this.keyOf(instanceId)));
    return parsed.success ? parsed.output : [];
  }

  ownerOfEndpoint(endpointId: string): string | undefined {
    return this.endpoints.get(endpointId);
  }

  noteEndpoint(endpointId: string, accountId: string): void {
    this.endpoints.set(endpointId, accountId);
  }

  async noteOwners(instanceId: string, accountIds: readonly string[]): Promise<void> {
    if (accountIds.join('\n') !== this.alibabaCloudOf(instanceId).join('\n')) {
      await this.state.set(this.keyOf(instanceId), accountIds.length === 0 ? undefined : accountIds);
    }
  }
}
