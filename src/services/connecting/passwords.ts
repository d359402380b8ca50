import type { Log, SecretStore, StateStore } from '../../core/ports';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Asks the person; undefined when they cancel. `refused` is set when the last answer was not accepted. */
export type AskCredentials = (question: {
  readonly user: string;
  readonly refused: boolean;
}) => Promise<Credentials | undefined>;

export interface PasswordsOptions {
  readonly secrets: SecretStore;
  readonly state: StateStore;
  readonly keys: {
    readonly password: (instanceId: string, user: string) => string;
    readonly user: (instanceId: string) => string;
  };
  readonly log: Log;
}

interface Desk {
  /** A question that the person has before them. */
  open?: Promise<Credentials | undefined>;
  /** An answer that no server has accepted or refused yet, or one that could not be kept. */
  answered?: Credentials;
  /** What the server refused last. */
  refused?: Credentials;
}

const defaultUser = 'root';

/**
 * The database passwords of the instances. Those that worked are kept; whoever needs one while the person is being asked
 * for it gets the same answer.
 */
export class Passwords {
  private readonly desks = new Map<string, Desk>();

  constructor(private readonly options: PasswordsOptions) {}

  /** Undefined when none is known; nobody is asked. */
  async known(instanceId: string): Promise<Credentials | undefined> {
    const user = this.userOf(instanceId);
    const { answered, refused } = this.desk(instanceId);
    if (answered !== undefined) {
      return answered;
    }
    try {
      const password = await this.options.secrets.get(this.options.keys.password(instanceId, user));
      const isUsable = password !== undefined && !(refused?.user === user && refused.password === password);
      return isUsable ? { user, password } : undefined;
    } catch (error) {
      this.options.log.error('Read the database password: failed', error);
      return undefined;
    }
  }

  /** The person's answer, or the answer to the question that is open already. */
  ask(instanceId: string, ask: AskCredentials): Promise<Credentials | undefined> {
    const desk = this.desk(instanceId);
    const user = desk.refused?.user ?? this.userOf(instanceId);
    desk.open ??= ask({ user, refused: desk.refused !== undefined })
      .then((answer) => {
        if (answer === undefined) {
          delete desk.refused;
        } else {
          desk.answered = answer;
        }
        return answer;
      })
      .finally(() => delete desk.open);
    return desk.open;
  }

  /** Forgets a password that the server refused, unless another one has taken its place. */
  async refuse(instanceId: string, refused: Credentials): Promise<void> {
    const { user, password } = refused;
    const desk = this.desk(instanceId);
    const key = this.options.keys.password(instanceId, user);
    desk.refused = refused;
    if (desk.answered?.user === user && desk.answered.password === password) {
      delete desk.answered;
    }
    try {
      if ((await this.options.secrets.get(key)) === password) {
        await this.options.secrets.delete(key);
      }
    } catch (error) {
      this.options.log.error('Forget the database password: failed', error);
    }
  }

  /** What cannot be kept, for example in a locked keyring, serves until the window closes. */
  async accept(instanceId: string, credentials: Credentials): Promise<void> {
    const { user, password } = credentials;
    const desk = this.desk(instanceId);
    delete desk.refused;
    const key = this.options.keys.password(instanceId, user);
    try {
      await this.options.state.set(this.options.keys.user(instanceId), user);
      if ((await this.options.secrets.get(key)) !== password) {
        await this.options.secrets.set(key, password);
      }
      delete desk.answered;
    } catch (error) {
      desk.answered = credentials;
      this.options.log.error('Keep the database password: failed', error);
    }
  }

  /** An answer that came to nothing for another reason is not used again. */
  drop(instanceId: string, credentials: Credentials): void {
    const desk = this.desk(instanceId);
    delete desk.refused;
    if (desk.answered === credentials) {
      delete desk.answered;
    }
  }

  /** Who connected last. */
  userOf(instanceId: string): string {
    const kept = this.options.state.get(this.options.keys.user(instanceId));
    return typeof kept === 'string' ? kept : defaultUser;
  }

  private desk(instanceId: string): Desk {
    const desk = this.desks.get(instanceId) ?? {};
    this.desks.set(instanceId, desk);
    return desk;
  }
}
