import { Emitter } from '../core/emitter';
import type { Log, StateStore } from '../core/ports';

/** Which private endpoints a person has marked as production. Every window of the editor sees the same marks. */
export class ProductionMarks {
  private readonly changed: Emitter<string>;

  constructor(
    private readonly state: StateStore,
    private readonly key: (endpointId: string) => string,
    log: Log,
  ) {
    this.changed = new Emitter((error) => log.error('A listener of the production marks failed', error));
  }

  /** Fires with the endpoint's id when this window marks it or takes its mark away. */
  get onDidChange(): Emitter<string>['event'] {
    return this.changed.event;
  }

  has(endpointId: string): boolean {
    return this.state.get(this.key(endpointId)) === true;
  }

  async set(endpointId: string, marked: boolean): Promise<void> {
    await this.state.set(this.key(endpointId), marked ? true : undefined);
    this.changed.fire(endpointId);
  }
}
