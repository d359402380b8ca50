import { collect } from '../core/collect';
import { AppError, isCancellation } from '../core/errors';
import type { EndpointConnection, VpcEndpoint } from '../core/model';
import type { Log } from '../core/ports';
import type { Account, Accounts } from './accounts';

export interface Wanted {
  readonly instanceId: string;
  /** Of Alibaba Cloud. */
  readonly regionId: string;
  readonly serviceName: string;
  readonly connections: readonly EndpointConnection[];
  /** Asks every account, as when the person refreshes; else only those that may have something to tell. */
  readonly everyAccount: boolean;
}

export interface Found {
  readonly endpoints: readonly VpcEndpoint[];
  /** Why something may be missing. */
  readonly error?: unknown;
}

/** An account that could not be asked. */
export interface LookupFailure {
  readonly account: Account;
  readonly error: unknown;
}

interface Answer {
  readonly account: Account;
  readonly endpoints: readonly VpcEndpoint[];
  readonly error?: unknown;
}

/**
 * Finds an instance's endpoints among the Alibaba Cloud accounts. The accounts that own some are remembered and asked
 * alone, until TiDB Cloud lists an endpoint that none of them has.
 */
export class EndpointLookup {
  /** Endpoints that no account here owns: not asked for again until an account changes. */
  private readonly foreign = new Set<string>();
  /** Why something may be missing of an instance, where there are several accounts. */
  private readonly failures = new Map<string, readonly LookupFailure[]>();

  constructor(
    private readonly accounts: Accounts,
    private readonly log: Log,
  ) {}

  forget(): void {
    this.foreign.clear();
    this.failures.clear();
  }

  /** The accounts that may have hidden something when this instance's endpoints were last looked for. */
  failuresOf(instanceId: string): readonly LookupFailure[] {
    return this.failures.get(instanceId) ?? [];
  }

  async find(wanted: Wanted): Promise<Found> {
    this.failures.delete(wanted.instanceId);
    const all = await this.accounts.list('Alibaba Cloud');
    if (all.length <= 1) {
      const answers = await this.ask(all, wanted);
      return foundIn(answers, answers);
    }
    const { matches } = this.accounts;
    const owners = matches.alibabaCloudOf(wanted.instanceId);
    const known = wanted.everyAccount ? [] : all.filter(({ id }) => owners.includes(id));
    const first = await this.ask(known.length > 0 ? known : all, wanted);
    const others =
      known.length > 0 && this.missing(wanted, first).length > 0
        ? await this.ask(
            all.filter((account) => !known.includes(account)),
            wanted,
          )
        : [];
    const answers = [...first, ...others];
    const missing = this.missing(wanted, answers);
    if (answers.length === all.length && answers.every(({ error }) => error === undefined)) {
      missing.forEach((endpointId) => this.foreign.add(endpointId));
    }
    await this.remember(wanted.instanceId, answers);
    const nothing = answers.every(({ endpoints }) => endpoints.length === 0);
    // A key that fails is the trouble of its account, unless it may be what hides an endpoint here.
    const failures = answers.filter(
      ({ account }) => nothing || missing.length > 0 || owners.includes(account.id),
    );
    const failed = failures.flatMap(({ account, error }) =>
      error === undefined ? [] : [{ account, error }],
    );
    if (failed.length > 0) {
      this.failures.set(wanted.instanceId, failed);
    }
    return foundIn(answers, failures);
  }

  private missing({ connections }: Wanted, answers: readonly Answer[]): readonly string[] {
    const seen = new Set(answers.flatMap(({ endpoints }) => endpoints.map(({ id }) => id)));
    return connections
      .map(({ endpointId }) => endpointId)
      .filter((endpointId) => !seen.has(endpointId) && !this.foreign.has(endpointId));
  }

  private ask(accounts: readonly Account[], wanted: Wanted): Promise<readonly Answer[]> {
    const { regionId, serviceName } = wanted;
    return Promise.all(
      accounts.map(async (account): Promise<Answer> => {
        try {
          const api = await this.accounts.alibabaCloudOf(account);
          const endpoints = await collect(api.listEndpoints(regionId, { serviceName }));
          this.accounts.noteFailure(account.id, undefined);
          return { account, endpoints };
        } catch (error) {
          // TiDB Cloud's side is shown all the same.
          if (!isCancellation(error) && !(AppError.is(error) && error.code === 'notSignedIn')) {
            this.log.error(`List the endpoints of ${account.name} in ${regionId}: failed`, error);
          }
          this.accounts.noteFailure(account.id, isRefused(error) ? error : undefined);
          return { account, endpoints: [], error };
        }
      }),
    );
  }

  /** An account that could not be asked keeps what it had. */
  private async remember(instanceId: string, answers: readonly Answer[]): Promise<void> {
    const { matches } = this.accounts;
    const asked = new Map(answers.map((answer) => [answer.account.id, answer]));
    for (const { account, endpoints } of answers) {
      endpoints.forEach(({ id }) => matches.noteEndpoint(id, account.id));
    }
    const before = matches.alibabaCloudOf(instanceId);
    const kept = before.filter((id) => {
      const answer = asked.get(id);
      return answer === undefined || answer.error !== undefined || answer.endpoints.length > 0;
    });
    const added = answers.filter(
      ({ account, endpoints }) => endpoints.length > 0 && !kept.includes(account.id),
    );
    await matches.noteOwners(instanceId, [...kept, ...added.map(({ account }) => account.id)]);
  }
}

/** The account itself is the trouble, whatever it is asked for. */
export const isRefused = (error: unknown): boolean =>
  AppError.is(error) &&
  ['credentialsRejected', 'credentialsExpired', 'notSignedIn', 'secretsUnavailable'].includes(error.code);

function foundIn(answers: readonly Answer[], failures: readonly Answer[]): Found {
  const endpoints = new Map(answers.flatMap((answer) => answer.endpoints.map((each) => [each.id, each])));
  const error = failures.map((answer) => answer.error).find((reason) => reason !== undefined);
  return { endpoints: [...endpoints.values()], ...(error !== undefined && { error }) };
}
