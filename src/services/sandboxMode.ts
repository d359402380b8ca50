import * as v from 'valibot';
import { Emitter } from '../core/emitter';
import { cancellation } from '../core/errors';
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
type Kept = v.InferOutput<typeof keptSchema>;

/** Whether this window works on a sandbox in place of the real clouds. It survives a reload of the window. */
export class SandboxMode {
  private readonly changed: Emitter<boolean>;
  private launched: Promise<SandboxClouds> | undefined;
  private clouds: SandboxClouds | undefined;
  private turn: Promise<void> = Promise.resolve();

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

  /**
   * The sandbox of this window; starts it again after a reload. Rejects when it cannot start, and with a cancellation when
   * the window leaves it meanwhile.
   */
  async running(): Promise<SandboxClouds> {
    const { kept } = this;
    if (kept === undefined) {
      throw new Error('The sandbox is not on');
    }
    const launched = (this.launched ??= this.options.launch(kept.id, kept));
    try {
      const clouds = await launched;
      if (this.launched !== launched) {
        throw cancellation();
      }
      this.clouds = clouds;
      return clouds;
    } catch (error) {
      this.launched = this.launched === launched ? undefined : this.launched;
      throw error;
    }
  }

  /** Starts a new sandbox and goes over to it. What an earlier one kept is gone. */
  start({ acceptMode }: SandboxChoice): Promise<void> {
    return this.inTurn(async () => {
      const kept = { id: this.options.newId(), acceptMode };
      const clouds = await this.options.launch(kept.id, kept);
      await this.goOver(kept, clouds);
    });
  }

  /** Ends the sandbox, forgets it, and goes back to the real clouds. */
  stop(): Promise<void> {
    return this.inTurn(() => this.goOver(undefined, undefined));
  }

  /** Ends the sandbox with the window; it goes on where it was in the next one. */
  async dispose(): Promise<void> {
    const clouds = this.clouds ?? (await this.launched?.catch(() => undefined));
    await clouds?.stop();
  }

  /**
   * All at once, so that nobody meets half of it; the record can be read as soon as it is being written. Everybody leaves the
   * sandbox that there was before it ends: nobody asks it any more, and nobody writes into its folder.
   */
  private async goOver(kept: Kept | undefined, clouds: SandboxClouds | undefined): Promise<void> {
    const { id: formerId, launched: former } = this;
    const saved = this.options.state.set(this.options.stateKey, kept);
    this.clouds = clouds;
    this.launched = clouds && Promise.resolve(clouds);
    this.changed.fire(clouds !== undefined);
    await Promise.all([saved, this.end(formerId, former)]);
  }

  /** What cannot be ended or removed must not keep a person from the real clouds. */
  private async end(id: string | undefined, launched: Promise<SandboxClouds> | undefined): Promise<void> {
    try {
      await (await launched?.catch(() => undefined))?.stop();
    } catch (error) {
      this.options.log.error('End the sandbox: failed', error);
    }
    try {
      await (id === undefined ? undefined : this.options.forget(id));
    } catch (error) {
      this.options.log.error('Remove what the sandbox kept: failed', error);
    }
  }

  /** One start or stop at a time. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.turn.then(work);
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  private get kept(): Kept | undefined {
    const parsed = v.safeParse(keptSchema, this.options.state.get(this.options.stateKey));
    return parsed.success ? parsed.output : undefined;
  }
}
