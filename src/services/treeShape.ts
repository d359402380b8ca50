import type { Disposable } from '../core/emitter';
import { Emitter } from '../core/emitter';
import type { Log, StateStore } from '../core/ports';
import { isGrouping, type Grouping } from '../core/arrangement';

/** How many rows a group shows before the person asks for more. */
export const pageSize = 200;

/** No group has this id. */
const everywhere = '';

/** What the person has made of the view: how it is grouped, what it is filtered by, how much of a group is shown. */
export class TreeShape {
  private text = '';
  /** How many pages of a group are shown beyond the first. */
  private readonly pages = new Map<string, number>();
  /** The same of what is found: it is another list with each filter. */
  private readonly pagesOfFound = new Map<string, number>();
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
    this.pagesOfFound.clear();
    this.changed.fire();
  }

  /** Empty: everything is shown. */
  get filter(): string {
    return this.text;
  }

  filterBy(text: string): void {
    if (text !== this.text) {
      this.text = text;
      this.pagesOfFound.clear();
      this.changed.fire();
    }
  }

  /** How many rows of the group (undefined: of the view itself) are shown. */
  limitOf(groupId: string | undefined): number {
    const { shownPages } = this;
    const ofAll = shownPages.get(everywhere) ?? 0;
    const ofGroup = groupId === undefined ? 0 : (shownPages.get(groupId) ?? 0);
    return (1 + ofAll + ofGroup) * pageSize;
  }

  /** One page more of this group; without an id, of every list. */
  showMore(groupId: string | undefined): void {
    const key = groupId ?? everywhere;
    this.shownPages.set(key, (this.shownPages.get(key) ?? 0) + 1);
    this.changed.fire();
  }

  private get shownPages(): Map<string, number> {
    return this.text === '' ? this.pages : this.pagesOfFound;
  }
}
