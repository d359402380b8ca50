import { commands as vscodeCommands, window } from 'vscode';
import { counted } from '../core/counted';
import type { Disposable } from '../core/emitter';
import { healthLevels } from '../core/health';
import { isBad, isSame } from '../core/settling';
import { commands, type CommandId } from '../ids';
import { plainText } from '../platform/plainText';
import { endpointKey } from '../services/connections';
import type { HealthBook, SettledChange } from '../services/health/book';
import type { HealthHistory } from '../services/health/history';

export interface HealthNewsOptions {
  readonly book: Pick<HealthBook, 'onDidSettle'>;
  readonly history: Pick<HealthHistory, 'claim'>;
  /** In a person's words; undefined for an endpoint that is gone. */
  readonly nameOf: (ref: SettledChange['ref']) => string | undefined;
  /** It comes from what is made or removed from here. */
  readonly isExpected: (change: SettledChange) => boolean;
  /** What changes meanwhile is told together. */
  readonly waitMs?: () => number;
}

/** The window that the person looks at comes first; the others follow one by one, and find that it is told. */
export const waitBeforeTelling = (isFocused: boolean, random: number): number =>
  1000 + (isFocused ? 0 : 500 + 2000 * random);

interface Help {
  readonly button: string;
  readonly command: CommandId;
}

const openCreation: Help = { button: 'Open Creation Panel', command: commands.openCreation };
const openDetails: Help = { button: 'Open Details', command: commands.showDetails };
const diagnose: Help = { button: 'Diagnose', command: commands.diagnose };

/** What helps, by the word for what is wrong. */
const helps: ReadonlyMap<string, Help> = new Map<string, Help>([
  ['Failed', openCreation],
  ['Not registered', openCreation],
  ['Service deleted', { button: 'Delete Endpoint…', command: commands.deleteEndpoint }],
  ['Locked', { button: 'Open in Alibaba Cloud', command: commands.openInAlibabaCloud }],
  ['Zone disconnected', openDetails],
  ['Disconnected', openDetails],
  ['Service not Active', openDetails],
  ['Not answering', diagnose],
  ['Not reachable', diagnose],
]);

/** Tells once of each change for the worse that has settled, and when it is over, with the action that helps. */
export class HealthNews implements Disposable {
  private readonly subscription: Disposable;
  /** The last change of each endpoint, from where it was before the first. */
  private readonly waiting = new Map<string, SettledChange>();
  private due: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: HealthNewsOptions) {
    const { book, waitMs = () => waitBeforeTelling(window.state.focused, Math.random()) } = options;
    this.subscription = book.onDidSettle((change) => {
      const key = endpointKey(change.ref);
      const { from } = this.waiting.get(key) ?? change;
      this.waiting.set(key, { ...change, from });
      this.due ??= setTimeout(() => this.tell(), waitMs());
    });
  }

  dispose(): void {
    clearTimeout(this.due);
    this.subscription.dispose();
  }

  private tell(): void {
    this.due = undefined;
    const { history, isExpected } = this.options;
    const changes = [...this.waiting.values()].filter(
      (change) => isWorthTelling(change) && !isExpected(change) && history.claim(change.ref, change.to),
    );
    this.waiting.clear();
    const bad = changes
      .filter(({ to }) => isBad(to))
      .sort((a, b) => healthLevels.indexOf(b.to.level) - healthLevels.indexOf(a.to.level));
    const over = changes.filter(({ to }) => !isBad(to));
    const [worst] = bad;
    const [first] = over;
    if (worst !== undefined) {
      this.tellBad(worst, bad.length, over);
    } else if (first !== undefined && over.length === 1) {
      offer('information', this.overWords(over), openDetails, { ...first.ref });
    } else if (first !== undefined) {
      offer('information', this.overWords(over), showAll);
    }
  }

  private tellBad(worst: SettledChange, count: number, over: readonly SettledChange[]): void {
    const { ref, to } = worst;
    const words =
      count === 1
        ? `${this.name(ref)}: ${to.word}. ${to.explanation}`
        : `${counted(count, 'private endpoint')} need your attention, ${this.name(ref)} among them.`;
    const all = over.length === 0 ? words : `${words} ${this.overWords(over)}`;
    if (count === 1) {
      offer('warning', all, helps.get(to.word) ?? diagnose, { ...ref });
    } else {
      offer('warning', all, showAll);
    }
  }

  private overWords(over: readonly SettledChange[]): string {
    const [first] = over;
    return first !== undefined && over.length === 1
      ? `${this.name(first.ref)} is healthy again.`
      : `${counted(over.length, 'private endpoint')} are healthy again.`;
  }

  private name(ref: SettledChange['ref']): string {
    return this.options.nameOf(ref) ?? ref.endpointId;
  }
}

const showAll: Help = { button: 'Show Endpoint Health', command: commands.showHealth };

/** For the worse, or over; not what has come back to where it was meanwhile. */
const isWorthTelling = ({ from, to }: SettledChange): boolean =>
  isBad(to) ? !isSame(from, to) : isBad(from) && to.level === 'healthy';

function offer(
  kind: 'information' | 'warning',
  words: string,
  { button, command }: Help,
  argument?: unknown,
): void {
  const show = kind === 'warning' ? window.showWarningMessage : window.showInformationMessage;
  void show(plainText(words), {}, button).then((chosen) => {
    if (chosen === button) {
      void vscodeCommands.executeCommand(command, argument);
    }
  });
}
