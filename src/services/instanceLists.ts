import type { Instance } from '../core/model';
import { isPremium } from '../core/model';
import type { Account } from './accounts';
import { isRefused } from './endpointLookup';

interface Listing {
  readonly account: Account;
  /** As last read to the end; undefined until then. */
  whole: readonly Instance[] | undefined;
  /** What has come so far of a first reading. */
  arrived: Instance[];
  error: unknown;
}

interface Entry {
  readonly instance: Instance;
  readonly account: Account;
}

/**
 * The instances that each TiDB Cloud account lists, as one list: an instance that several see is the first one's whose key
 * is not refused.
 */
export class InstanceLists {
  private listings: readonly Listing[] = [];
  private readonly byId = new Map<string, Entry>();
  private merged: readonly Instance[] = [];

  /** Undefined until the first page of any account has come. */
  get instances(): readonly Instance[] | undefined {
    return this.listings.some(({ whole, arrived }) => whole !== undefined || arrived.length > 0)
      ? this.merged
      : undefined;
  }

  /** Every account was read to the end once, or cannot be. */
  get isWhole(): boolean {
    return (
      this.count > 0 && this.listings.every(({ whole, error }) => whole !== undefined || error !== undefined)
    );
  }

  /** Every account was listed to its end, without a failure since: what is not there is gone. */
  get isComplete(): boolean {
    return (
      this.count > 0 && this.listings.every(({ whole, error }) => whole !== undefined && error === undefined)
    );
  }

  /** Those that cannot be listed, in order. */
  get failures(): readonly { readonly account: Account; readonly error: unknown }[] {
    return this.listings
      .filter(({ error }) => error !== undefined)
      .map(({ account, error }) => ({ account, error }));
  }

  get(instanceId: string): Instance | undefined {
    return this.byId.get(instanceId)?.instance;
  }

  accountOf(instanceId: string): Account | undefined {
    return this.byId.get(instanceId)?.account;
  }

  get count(): number {
    return this.listings.length;
  }

  /** Those that were not read to the end yet. */
  missing(accounts: readonly Account[]): readonly Account[] {
    return accounts.filter(({ id }) => this.of(id)?.whole === undefined);
  }

  /** The accounts that there are now; what was read with others is forgotten. */
  begin(accounts: readonly Account[]): void {
    this.listings = accounts.map((account) => {
      const { whole, arrived = [], error } = this.of(account.id) ?? {};
      return { account, whole, arrived, error };
    });
    this.merge();
  }

  /** An account is read from the first page on. */
  restart(accountId: string): void {
    const listing = this.of(accountId);
    if (listing !== undefined && listing.arrived.length > 0) {
      listing.arrived = [];
      this.merge();
    }
  }

  /** Takes in one instance as it was read by itself. Returns whether it is another than before. */
  update(instance: Instance): boolean {
    const entry = this.byId.get(instance.id);
    if (entry === undefined || tellsTheSame(entry.instance, instance)) {
      return false;
    }
    const replaced = (list: readonly Instance[]): Instance[] =>
      list.map((each) => (each.id === instance.id ? instance : each));
    const listing = this.of(entry.account.id);
    if (listing !== undefined) {
      listing.whole = listing.whole && replaced(listing.whole);
      listing.arrived = replaced(listing.arrived);
    }
    this.byId.set(instance.id, { ...entry, instance });
    this.merged = replaced(this.merged);
    return true;
  }

  /** Returns whether any has another name than before. */
  rename(accounts: readonly Account[]): boolean {
    const renamed = accounts.filter(({ id, name }) => {
      const listing = this.of(id);
      return listing !== undefined && listing.account.name !== name;
    });
    if (renamed.length > 0) {
      this.listings = this.listings.map((listing) => ({
        ...listing,
        account: renamed.find(({ id }) => id === listing.account.id) ?? listing.account,
      }));
      this.merge();
    }
    return renamed.length > 0;
  }

  forget(accountId: string | undefined): void {
    this.listings =
      accountId === undefined ? [] : this.listings.filter(({ account }) => account.id !== accountId);
    this.merge();
  }

  /** While an account is read again, what it listed before stays in sight. Returns whether there is something new. */
  page(accountId: string, page: readonly Instance[]): boolean {
    const listing = this.of(accountId);
    if (listing === undefined) {
      return false;
    }
    const premium = page.filter(isPremium);
    listing.arrived.push(...premium);
    if (listing.whole !== undefined) {
      return false;
    }
    const added = premium.filter((instance) => {
      const isNew = !this.byId.has(instance.id);
      if (isNew) {
        this.byId.set(instance.id, { instance, account: listing.account });
      }
      return isNew;
    });
    this.merged = [...this.merged, ...added];
    return true;
  }

  end(accountId: string): void {
    const listing = this.of(accountId);
    if (listing !== undefined) {
      // The only account's first list is what has been put together page by page.
      const isMerged = this.count === 1 && listing.whole === undefined && listing.error === undefined;
      listing.whole = listing.arrived;
      listing.arrived = [];
      listing.error = undefined;
      if (!isMerged) {
        this.merge();
      }
    }
  }

  /** What it listed before stays in sight. */
  fail(accountId: string, error: unknown): void {
    const listing = this.of(accountId);
    if (listing !== undefined) {
      listing.error = error;
      listing.whole ??= listing.arrived.length > 0 ? listing.arrived : undefined;
      listing.arrived = [];
      this.merge();
    }
  }

  private of(accountId: string): Listing | undefined {
    return this.listings.find(({ account }) => account.id === accountId);
  }

  private merge(): void {
    this.byId.clear();
    const refused = this.listings.filter(({ error }) => isRefused(error));
    const others = this.listings.filter((listing) => !refused.includes(listing));
    for (const { account, whole, arrived } of [...others, ...refused]) {
      for (const instance of whole ?? arrived) {
        if (!this.byId.has(instance.id)) {
          this.byId.set(instance.id, { instance, account });
        }
      }
    }
    // In the order of the accounts, whoever may be asked.
    const ids = new Set(
      this.listings.flatMap(({ whole, arrived }) => (whole ?? arrived).map(({ id }) => id)),
    );
    this.merged = [...ids].flatMap((id) => this.byId.get(id)?.instance ?? []);
  }
}

/** Both are plain values, decoded in the same way. */
const tellsTheSame = (a: Instance, b: Instance): boolean => JSON.stringify(a) === JSON.stringify(b);
