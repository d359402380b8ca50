import type { Log, StateStore } from '../../core/ports';
import type { EndpointRef } from '../connections';

/** The database that was in use last on each endpoint. */
export class LastDatabases {
  constructor(
    private readonly state: StateStore,
    private readonly key: (instanceId: string, endpointId: string) => string,
    private readonly log: Log,
  ) {}

  get({ instanceId, endpointId }: EndpointRef): string | undefined {
    const kept = this.state.get(this.key(instanceId, endpointId));
    return typeof kept === 'string' && kept !== '' ? kept : undefined;
  }

  remember(ref: EndpointRef, name: string): void {
    if (this.get(ref) !== name) {
      this.state
        .set(this.key(ref.instanceId, ref.endpointId), name)
        .catch((error: unknown) => this.log.error('Keep the name of the database: failed', error));
    }
  }
}
