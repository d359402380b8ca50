import { Emitter } from '../core/emitter';
import type { EndpointRef } from './connections';

/** Which SQL document runs on which private endpoint. Documents are named by their URI. */
export class SqlDocuments {
  private readonly bound = new Map<string, EndpointRef>();
  private readonly changed: Emitter<readonly string[]>;

  constructor(onListenerError: (error: unknown) => void) {
    this.changed = new Emitter(onListenerError);
  }

  /** Fires with the URIs of all bound documents. */
  get onDidChange(): Emitter<readonly string[]>['event'] {
    return this.changed.event;
  }

  bind(uri: string, { instanceId, endpointId }: EndpointRef): void {
    this.bound.set(uri, { instanceId, endpointId });
    this.changed.fire([...this.bound.keys()]);
  }

  unbind(uri: string): void {
    if (this.bound.delete(uri)) {
      this.changed.fire([...this.bound.keys()]);
    }
  }

  endpointOf(uri: string): EndpointRef | undefined {
    return this.bound.get(uri);
  }
}
