import { commands as vscodeCommands, window } from 'vscode';
import type { Disposable } from '../core/emitter';
import { commands, type CommandId } from '../ids';
import type { HealthBook, SettledChange } from '../services/health/book';

export interface HealthNewsOptions {
  readonly book: Pick<HealthBook, 'onDidSettle'>;
  /** In a person's words; undefined for an endpoint that is gone. */
  readonly nameOf: (ref: SettledChange['ref']) => string | undefined;
  /** What is made or removed from here was expected. */
  readonly isUnderWay: (ref: SettledChange['ref']) => boolean;
  /** What changes together is told together. */
  readonly gatheringMs?: number;
}

const usualGatheringMs = 1000;

const isBad = ({ level }: SettledChange['to']): boolean => level === 'failed' || level === 'attention';

/** Tells once of each change for the worse that has settled, and when it is over, with the action that helps. */
export class HealthNews implements Disposable {
  private readonly subscription: Disposable;
  private waiting: SettledChange[] = [];
  private due: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: HealthNewsOptions) {
    this.subscription = options.book.onDidSettle((change) => {
      const isOver = isBad(change.from) && change.to.level === 'healthy';
      if ((isBad(change.to) || isOver) && !options.isUnderWay(change.ref)) {
        this.waiting.push(change);
        this.due ??= setTimeout(() => this.tell(), options.gatheringMs ?? usualGatheringMs);
      }
    });
  }

  dispose(): void {
    clearTimeout(this.due);
    this.subscription.dispose();
  }

  private tell(): void {
    this.due = undefined;
    const changes = this.waiting;
    this.waiting = [];
    const [first] = changes;
    if (first === undefined) {
      return;
    }
    const name = this.options.nameOf(first.ref) ?? first.ref.endpointId;
    if (changes.length > 1) {
      const bad = changes.filter(({ to }) => isBad(to)).length;
      const words =
        bad === 0
          ? `${changes.length} private endpoints are healthy again.`
          : `${bad} private endpoints need your attention, ${name} among them.`;
      offer(bad === 0 ? 'information' : 'warning', words, 'Show Endpoint Health', commands.showHealth);
    } else if (isBad(first.to)) {
      const isFailed = first.to.word === 'Failed';
      offer(
        'warning',
        `${name}: ${first.to.word}. ${first.to.explanation}`,
        isFailed ? 'Open Creation Panel' : 'Diagnose',
        isFailed ? commands.openCreation : commands.diagnose,
        { ...first.ref },
      );
    } else {
      offer('information', `${name} is healthy again.`, 'Open Details', commands.showDetails, {
        ...first.ref,
      });
    }
  }
}

function offer(
  kind: 'information' | 'warning',
  words: string,
  button: string,
  command: CommandId,
  argument?: unknown,
): void {
  const show = kind === 'warning' ? window.showWarningMessage : window.showInformationMessage;
  void show(words, {}, button).then((chosen) => {
    if (chosen === button) {
      void vscodeCommands.executeCommand(command, argument);
    }
  });
}
