interface VsCodeApi {
  postMessage(message: unknown): void;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

type Answer = { readonly type: 'answer'; readonly requestId: number } & (
  { readonly value: unknown } | { readonly failure: string }
);

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The channel to the extension. The host sends `{ type: 'state' }` with the whole state, and `{ type: 'answer' }` to a
 * request; it is trusted, so their shapes are not checked again here.
 */
export class Host<State, From> {
  private readonly api = acquireVsCodeApi();
  private readonly pending = new Map<number, Pending>();
  private lastRequest = 0;

  /** `ready` tells the extension that from now on nothing it posts is lost. */
  listen(ready: From, onState: (state: State) => void): void {
    window.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (this.isState(event.data)) {
        onState(event.data.state);
      } else if (this.isAnswer(event.data)) {
        this.settle(event.data);
      }
    });
    this.send(ready);
  }

  private isState(data: unknown): data is { readonly state: State } {
    return (
      typeof data === 'object' && data !== null && 'type' in data && data.type === 'state' && 'state' in data
    );
  }

  private isAnswer(data: unknown): data is Answer {
    return typeof data === 'object' && data !== null && 'type' in data && data.type === 'answer';
  }

  private settle(answer: Answer): void {
    const waiting = this.pending.get(answer.requestId);
    this.pending.delete(answer.requestId);
    if ('failure' in answer) {
      waiting?.reject(new Error(answer.failure));
    } else {
      waiting?.resolve(answer.value);
    }
  }

  /** Sends what `request` makes of a new request id, and waits for its answer. */
  ask(request: (requestId: number) => From): Promise<unknown> {
    this.lastRequest += 1;
    const id = this.lastRequest;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.send(request(id));
    });
  }

  send(message: From): void {
    this.api.postMessage(message);
  }

  /** Kept by the editor over a reload and given to the panel's serializer: ids only. */
  remember(saved: unknown): void {
    this.api.setState(saved);
  }
}
