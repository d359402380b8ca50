interface VsCodeApi {
  postMessage(message: unknown): void;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/**
 * The channel to the extension. Every message of the host is `{ type: 'state' }` with the whole state; the host is
 * trusted, so its shape is not checked again here.
 */
export class Host<State, From> {
  private readonly api = acquireVsCodeApi();

  /** `ready` tells the extension that from now on nothing it posts is lost. */
  listen(ready: From, onState: (state: State) => void): void {
    window.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (this.isState(event.data)) {
        onState(event.data.state);
      }
    });
    this.send(ready);
  }

  private isState(data: unknown): data is { readonly state: State } {
    return (
      typeof data === 'object' && data !== null && 'type' in data && data.type === 'state' && 'state' in data
    );
  }

  send(message: From): void {
    this.api.postMessage(message);
  }

  /** Kept by the editor over a reload and given to the panel's serializer: ids only. */
  remember(saved: unknown): void {
    this.api.setState(saved);
  }
}
