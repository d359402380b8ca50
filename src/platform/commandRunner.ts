import { commands as vscodeCommands, type Disposable } from 'vscode';
import type { Log } from '../core/ports';
import type { CommandId } from '../ids';
import type { Notifications } from './notifications';

export type CommandHandler = (...args: readonly unknown[]) => Promise<void> | void;

export interface RunnableCommand {
  readonly id: CommandId;
  readonly title: string;
  readonly concurrent?: true;
  readonly handler: CommandHandler;
}

/**
 * Registers commands so that every one of them ends the same way: cancelling is silent, an error is one message with
 * buttons and a full log entry, and a double click does not run it twice on the same row.
 */
export class CommandRunner {
  private readonly running = new Set<string>();

  constructor(
    private readonly notifications: Notifications,
    private readonly log: Log,
  ) {}

  register({ id, title, concurrent, handler }: RunnableCommand): Disposable {
    return vscodeCommands.registerCommand(id, (...args: readonly unknown[]) =>
      concurrent === true
        ? this.perform(id, title, handler, args)
        : this.once(keyOf(id, args[0]), () => this.perform(id, title, handler, args)),
    );
  }

  private async once(key: string, run: () => Promise<void>): Promise<void> {
    if (this.running.has(key)) {
      this.log.debug(`${key} is already running`);
      return;
    }
    this.running.add(key);
    try {
      await run();
    } finally {
      this.running.delete(key);
    }
  }

  private async perform(
    id: CommandId,
    title: string,
    handler: CommandHandler,
    args: readonly unknown[],
  ): Promise<void> {
    try {
      await handler(...args);
    } catch (error) {
      this.notifications.showError(title, error, () => void vscodeCommands.executeCommand(id, ...args));
    }
  }
}

/** The command and what it is run on: an instance, an endpoint or a part of its database, else the row. */
function keyOf(id: CommandId, argument: unknown): string {
  const {
    id: row,
    instanceId,
    endpointId,
    creationId,
    database,
    table,
  } = (argument ?? {}) as Record<string, unknown>;
  const subject =
    typeof instanceId === 'string' ? [instanceId, endpointId, creationId, database, table] : [row];
  return [id, ...subject.map((part) => (typeof part === 'string' ? part : ''))].join(' ').trimEnd();
}
