import { isCancellation, isTransient } from '../../core/errors';
import type { AlibabaCloudApi, Clock, Log } from '../../core/ports';
import { without, type DraftStore } from './draftState';

/** Activation takes effect within seconds. */
const lookAgainAfterMs = 3_000;

/** Whether PrivateLink is activated on the account, and activating it. */
export class Activation {
  constructor(
    private readonly store: DraftStore,
    private readonly api: () => Promise<AlibabaCloudApi>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Where it cannot be asked, the dry run tells. */
  async read(regionId: string, signal: AbortSignal): Promise<void> {
    try {
      const api = await this.api();
      const open = await api.isPrivateLinkOpen(regionId, signal);
      if (!signal.aborted) {
        this.store.update({ privateLink: open ? 'open' : 'closed' });
      }
    } catch (error) {
      if (!signal.aborted && !isCancellation(error)) {
        this.log.warn(`Whether PrivateLink is activated could not be asked: ${String(error)}`);
      }
    }
  }

  /** Orders PrivateLink, which the person has agreed to, and waits until it is there. False when it cannot be. */
  async open(regionId: string, signal: AbortSignal): Promise<boolean> {
    this.store.set({ ...without(this.store.state, 'networkError'), privateLink: 'opening' });
    await this.store.attempt(signal, async () => {
      try {
        const api = await this.api();
        await api.openPrivateLink(signal);
        while (!(await this.isOpen(api, regionId, signal))) {
          await this.clock.sleep(lookAgainAfterMs, signal);
        }
        signal.throwIfAborted();
        this.store.update({ privateLink: 'open' });
      } catch (error) {
        if (!signal.aborted) {
          this.store.update({ privateLink: 'closed' });
        }
        throw error;
      }
    });
    return this.store.state.privateLink === 'open';
  }

  /** The order is placed: what goes wrong for a moment afterwards does not undo it. */
  private async isOpen(api: AlibabaCloudApi, regionId: string, signal: AbortSignal): Promise<boolean> {
    try {
      return await api.isPrivateLinkOpen(regionId, signal);
    } catch (error) {
      if (isTransient(error)) {
        return false;
      }
      throw error;
    }
  }
}
