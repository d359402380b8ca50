import assert from 'node:assert/strict';
import type { Command, CommandServices } from '../../../src/commands/command';
import type { Creation } from '../../../src/core/creation';
import type { VpcEndpointSpec } from '../../../src/core/model';
import type { EndpointRef } from '../../../src/services/connections';
import { SqlDocuments } from '../../../src/services/sqlDocuments';
import { aSpec, FakeState, RecordingLog, settle } from '../fakes';
import { Running } from '../services/provisioning/running';
import { editor, fakeEditor } from './editor';

export interface ToldError {
  readonly doing: string;
  readonly error: unknown;
  readonly retry?: () => void;
}

/** Commands on fakes: an instance with one endpoint, Active on both clouds, made by the extension. */
export class Deleting {
  readonly running: Running;
  readonly errors: ToldError[] = [];
  readonly closing = new AbortController();
  readonly open = new Set<string>();
  readonly disconnected: EndpointRef[] = [];
  readonly documents = new SqlDocuments({
    state: new FakeState(),
    key: 'documents',
    log: new RecordingLog(),
  });
  private ids = 0;

  constructor(signedIn: ConstructorParameters<typeof Running>[0] = {}) {
    editor.reset();
    this.running = new Running(signedIn);
  }

  /** What of the services the commands under test use. */
  get services(): CommandServices {
    const { accounts, inventory, clock, log, runner } = this.running;
    const services: Partial<CommandServices> = {
      ...{ accounts, inventory, clock, log, runner },
      ...{ documents: this.documents, closed: this.closing.signal },
      newId: () => `id-${++this.ids}`,
      connections: {
        isOpen: ({ endpointId }: EndpointRef) => this.open.has(endpointId),
        disconnect: (ref: EndpointRef) => {
          this.disconnected.push(ref);
          this.open.delete(ref.endpointId);
          return Promise.resolve();
        },
      } as unknown as CommandServices['connections'],
      notifications: {
        showError: (doing: string, error: unknown, retry?: () => void) =>
          this.errors.push({ doing, error, ...(retry && { retry }) }),
      } as unknown as CommandServices['notifications'],
    };
    return services as CommandServices;
  }

  async endpoint(spec: Partial<VpcEndpointSpec> = {}, registered = true): Promise<string> {
    const { world, clock } = this.running;
    const wanted = { ...aSpec, ...spec };
    const { id, domain } = await world.alibabaCloud.createEndpoint(wanted, `token-${Math.random()}`);
    if (registered) {
      world.register({ instanceId: '1001', endpointId: id, privateDomainName: domain });
    }
    await clock.pass(10 * 60_000);
    world.script.calls.length = 0;
    return id;
  }

  /** Runs it as the editor does, and lets what it begins go as far as it can without time. */
  async run(command: Command, ...args: readonly unknown[]): Promise<void> {
    await command.handler(this.services)(...args);
    await settle();
  }

  /** What was changed in the clouds, in order. */
  get changes(): readonly string[] {
    return this.running.script.calls.filter((call) => /^(create|delete|remove)/.test(call));
  }

  get records(): readonly Creation[] {
    return [...this.running.world.journal.records.values()];
  }

  agree(...buttons: readonly string[]): void {
    const left = [...buttons];
    fakeEditor.answer = () => left.shift();
  }

  async pass(minutes: number): Promise<void> {
    await this.running.clock.pass(minutes * 60_000);
    await settle();
  }

  dispose(): void {
    this.closing.abort();
    this.running.dispose();
  }

  /** The one notification with progress of the deletion. */
  get watching() {
    const all = editor.progress.filter(({ title }) => title.startsWith('Deleting'));
    return all.at(-1) ?? assert.fail('nothing is shown');
  }
}

export const isCancellation = (error: unknown): boolean => (error as Error).name === 'AbortError';
