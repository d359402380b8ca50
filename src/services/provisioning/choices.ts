import * as v from 'valibot';
import type { StateStore } from '../../core/ports';

const schema = v.object({
  vpcId: v.string(),
  securityGroupIds: v.array(v.string()),
  /** Zone id → vSwitch id. */
  zones: v.record(v.string(), v.string()),
});

/** Where an endpoint was last wanted. Ids only. */
export type LastChoice = v.InferOutput<typeof schema>;

/** The last choice for each Alibaba Cloud account and region. */
export class LastChoices {
  constructor(
    private readonly state: StateStore,
    private readonly keyOf: (accountId: string, regionId: string) => string,
  ) {}

  /** Undefined when there is none, or one of an unknown form. */
  get(accountId: string, regionId: string): LastChoice | undefined {
    const parsed = v.safeParse(schema, this.state.get(this.keyOf(accountId, regionId)));
    return parsed.success ? parsed.output : undefined;
  }

  async set(accountId: string, regionId: string, choice: LastChoice): Promise<void> {
    await this.state.set(this.keyOf(accountId, regionId), choice);
  }
}
