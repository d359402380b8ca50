import type { Disposable } from '../core/emitter';
import { Emitter } from '../core/emitter';
import type { Log, StateStore } from '../core/ports';
import { isGrouping, type Grouping } from '../core/arrangement';

/** How many rows a group shows before the person asks for more. */
export const pageSize = 200;

/** What the person has made of the view: how it is grouped, what it is filtered by, how much of a group is shown. */
export class TreeShape {
  private text = '';
  private readonly pages = new Map<string, number>();
  private readonly changed: Emitter<void>;

  constructor(
    private readonly state: StateStore,
    private readonly groupingKey: string,
    log: Log,
  ) {
    this.changed = new Emitter((error) => log.error('A listener of the view failed', error));
  }

  onDidChange(listener: () => void): Disposable {
    return this.changed.event(listener);
  }

  get grouping(): Grouping {
    const kept = this.state.get(this.groupingKey);
    return isGrouping(kept) ? kept : 'automatic';
  }

  async groupBy(grouping: Grouping): Promise<void> {
    await this.state.set(this.groupingKey, grouping);
    this.pages.clear();
    this.changed.fire();
  }

  /** Empty: everything is shown. */
  get filter(): string {
    return this.text;
  }

  filterBy(text: string): void {
    if (text !== this.text) {
      this.text = text;
      this.pages.clear();
      this.changed.fire();
    }
  }

  /** How many rows of the group (undefined: of the view itself) are shown. */
  limitOf(groupId: string | undefined): number {
    return (this.pages.get(groupId ?? '') ?? 1) * pageSize;
  }

  /** One page more of this group; without an id, of the view itself. */
  showMore(groupId: string | undefined): void {
    this.pages.set(groupId ?? '', (this.pages.get(groupId ?? '') ?? 1) + 1);
    this.changed.fire();
  }
}
