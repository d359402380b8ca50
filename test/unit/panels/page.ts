import assert from 'node:assert/strict';
import * as v from 'valibot';
import { fromCreationSchema, type CreationState, type FromCreation } from '../../../src/protocol/creation';
import { settle } from '../fakes';

/** What the editor gives a panel, and what the panel's page does. */
export class Page {
  readonly states: CreationState[] = [];
  title = '';
  private receive: (message: unknown) => void = () => undefined;
  readonly webview = {
    options: {},
    html: '',
    cspSource: 'self',
    asWebviewUri: (uri: unknown) => uri,
    onDidReceiveMessage: (listener: (message: unknown) => void) => {
      this.receive = listener;
      return { dispose: () => undefined };
    },
    postMessage: ({ state }: { state: CreationState }) => {
      this.states.push(state);
      return Promise.resolve(true);
    },
  };
  reveal(): void {
    // In sight already.
  }

  get state(): CreationState {
    return this.states.at(-1) ?? assert.fail('nothing was shown');
  }

  /** A message of the page, and what follows from it without time passing. */
  async send(intent: FromCreation): Promise<void> {
    this.receive(v.parse(fromCreationSchema, intent));
    for (let i = 0; i < 20; i++) {
      await settle();
    }
  }
}
