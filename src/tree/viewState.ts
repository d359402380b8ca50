import type { Disposable } from '../core/emitter';
import type { Log } from '../core/ports';
import { contexts } from '../ids';
import type { ContextKeys } from '../platform/contextKeys';
import type { Accounts } from '../services/accounts';
import type { Inventory } from '../services/inventory';

/** Keeps the context keys that choose the view's welcome text. */
export class ViewState implements Disposable {
  private readonly subscriptions: readonly Disposable[];
  private disposed = false;

  constructor(
    private readonly accounts: Accounts,
    private readonly inventory: Inventory,
    private readonly contextKeys: ContextKeys,
    private readonly log: Log,
  ) {
    this.subscriptions = [
      accounts.onDidChange(() => void this.refresh()),
      inventory.onDidChange(() => this.showEmptiness()),
    ];
  }

  async refresh(): Promise<void> {
    let signedIn = false;
    try {
      signedIn = await this.accounts.isSignedIn('TiDB Cloud');
    } catch (error) {
      // A locked or missing keyring: whoever signs in is told so then.
      this.log.error('Read the stored credentials: failed', error);
    }
    if (!this.disposed) {
      this.contextKeys.set(contexts.signedOut, !signedIn);
    }
  }

  dispose(): void {
    this.disposed = true;
    for (const subscription of this.subscriptions) {
      subscription.dispose();
    }
  }

  private showEmptiness(): void {
    const { instances, isWhole, failures } = this.inventory.snapshot;
    const isEmpty = instances.value?.length === 0 && isWhole && failures.length === 0;
    this.contextKeys.set(contexts.noInstances, isEmpty);
  }
}
