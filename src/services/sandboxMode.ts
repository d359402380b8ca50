import * as v from 'valibot';
import { Emitter } from '../core/emitter';
import type { Log, SandboxChoice, SandboxClouds, StateStore } from '../core/ports';

export interface SandboxModeOptions {
  /** This window's own, so that each window has the clouds that it had. */
  readonly state: StateStore;
  readonly stateKey: string;
  readonly newId: () => string;
  /** Starts the sandbox that keeps its state under this id; one that was there before goes on where it was. */
  readonly launch: (id: string, choice: SandboxChoice) => Promise<SandboxClouds>;
  /** Removes what the sandbox of this id has kept. */
  readonly forget: (id: string) => Promise<void>;
  readonly log: Log;
}

const keptSchema = v.object({ id: v.string(), acceptMode: v.picklist(['api', 'console']) });

/** Whether this window works on a sandbox in place of the real clouds. It survives a reload of the window. */
export class SandboxMode {
  private readonly changed: Emitter<boolean>;
  private launched: Promise<SandboxClouds> | undefined;
  private clouds: SandboxClouds | undefined;

  constructor(private readonly options: SandboxModeOptions) {
    this.changed = new Emitter((error) => options.log.error('A listener of the sandbox failed', error));
  }

  /** Fires when the window goes over to the sandbox (true) or back to the real clouds. */
  get onDidChange(): Emitter<boolean>['event'] {
    return this.changed.event;
  }

  /** The id of this window's sandbox; undefined while the window works on the real clouds. */
  get id(): string | undefined {
    return this.kept?.id;
  }

  /** The sandbox, once it runs. */
  get current(): SandboxClouds | undefined {
    return this.clouds;
  }

  /** The sandbox of this window; starts it again after a reload. Rejects when it cannot start. */
  async running(): Promise<SandboxClouds> {
    const { kept } = this;
    if (kept === undefined) {
      throw new Error('The sandbox is not on');
    }
    this.launched ??= this.options.launch(kept.id, kept).catch((error: unknown) => {
      this.launched = undefined;
      throw error;
    });
    this.clouds = await this.launched;
    return this.clouds;
  }

  /** Starts a new sandbox and goes over to it. What an earlier one kept is gone. */
  async start({ acceptMode }: SandboxChoice): Promise<void> {
    const kept = { id: this.options.newId(), acceptMode };
    const clouds = await this.options.launch(kept.id, kept);
    await this.end();
    this.clouds = clouds;
    this.launched = Promise.resolve(clouds);
    await this.options.state.set(this.options.stateKey, kept);
    this.changed.fire(true);
  }

  /** Ends the sandbox, forgets it, and goes back to the real clouds. */
  async stop(): Promise<void> {
    await this.end();
    this.changed.fire(false);
  }

  /** Ends the sandbox with the window; it goes on where it was in the next one. */
  async dispose(): Promise<void> {
    await this.clouds?.stop();
  }

  private async end(): Promise<void> {
    const { kept, clouds } = this;
    this.launched = undefined;
    this.clouds = undefined;
    await this.options.state.set(this.options.stateKey, undefined);
    await clouds?.stop();
    if (kept !== undefined) {
      await this.options.forget(kept.id);
    }
  }

  private get kept(): v.InferOutput<typeof keptSchema> | undefined {
    const parsed = v.safeParse(keptSchema, this.options.state.get(this.options.stateKey));
    return parsed.success ? parsed.output : undefined;
  }
}
