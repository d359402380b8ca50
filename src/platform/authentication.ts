import {
  authentication,
  Disposable,
  EventEmitter,
  type AuthenticationProvider,
  type AuthenticationSession,
} from 'vscode';
import type { Log } from '../core/ports';

/** One account as the editor's Accounts menu shows it. */
export interface SignedIn {
  readonly id: string;
  readonly name: string;
  /** The public half of the key. */
  readonly key: string;
}

/** Where the accounts of one cloud come from. */
export interface AccountSource {
  list(): Promise<readonly SignedIn[]>;
  /** Asks the person. Rejects when they cancel. */
  signIn(): Promise<SignedIn>;
  signOut(accountId: string): Promise<void>;
  onDidChange(listener: () => void): { dispose(): void };
}

/** Shows the accounts of one cloud in the editor's Accounts menu, where they can be signed out of. */
export function registerAuthentication(
  id: string,
  label: string,
  source: AccountSource,
  log: Log,
): Disposable {
  const provider = new AccountsMenu(source, log);
  const registration = authentication.registerAuthenticationProvider(id, label, provider, {
    supportsMultipleAccounts: true,
  });
  return Disposable.from(registration, provider);
}

class AccountsMenu implements AuthenticationProvider {
  private readonly changed = new EventEmitter<{
    added: AuthenticationSession[];
    removed: AuthenticationSession[];
    changed: AuthenticationSession[];
  }>();
  readonly onDidChangeSessions = this.changed.event;
  private readonly subscription: { dispose(): void };
  /** What the editor knows: of the first time that it asked, then of each change that it was told of. */
  private told: readonly AuthenticationSession[] | undefined;
  private telling = Promise.resolve();

  constructor(
    private readonly source: AccountSource,
    private readonly log: Log,
  ) {
    this.subscription = source.onDidChange(() => {
      // One after the other: each tells what has changed since the one before.
      this.telling = this.telling
        .then(() => this.tell())
        .catch((error: unknown) => log.error('Tell the editor of the accounts: failed', error));
    });
  }

  async getSessions(
    _scopes?: readonly string[],
    options?: { readonly account?: { readonly id: string } },
  ): Promise<AuthenticationSession[]> {
    const sessions = await this.sessions();
    this.told ??= sessions;
    const wanted = options?.account?.id;
    return sessions.filter(({ account }) => wanted === undefined || account.id === wanted);
  }

  async createSession(): Promise<AuthenticationSession> {
    return sessionOf(await this.source.signIn());
  }

  removeSession(sessionId: string): Promise<void> {
    return this.source.signOut(sessionId);
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  private async sessions(): Promise<AuthenticationSession[]> {
    try {
      return (await this.source.list()).map(sessionOf);
    } catch (error) {
      // A locked keyring: the menu shows nobody, and whoever needs an account is told.
      this.log.error('Read the accounts for the Accounts menu: failed', error);
      return [];
    }
  }

  private async tell(): Promise<void> {
    const now = await this.sessions();
    const before = new Map((this.told ?? []).map((session) => [session.id, session]));
    this.told = now;
    const after = new Set(now.map(({ id }) => id));
    this.changed.fire({
      added: now.filter(({ id }) => !before.has(id)),
      removed: [...before.values()].filter(({ id }) => !after.has(id)),
      changed: now.filter((session) => {
        const known = before.get(session.id);
        return known !== undefined && known.account.label !== session.account.label;
      }),
    });
  }
}

/**
 * Other extensions can ask the editor for a session, and the person may agree without knowing what that hands over. A
 * private key cannot be narrowed or withdrawn like an OAuth token, so they get its public half: enough to tell accounts
 * apart, and nothing that opens one.
 */
const sessionOf = ({ id, name, key }: SignedIn): AuthenticationSession => ({
  id,
  accessToken: key,
  account: { id, label: name },
  scopes: [],
});
