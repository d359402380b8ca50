import type { AskSsh, SshQuestion } from '../../core/ports';

/** Prompts whose answer stays the same; codes of one use, and PINs that a device counts, are asked for each time. */
const lasting = /^enter passphrase for |'s password:\s*$|^\(?\S+@\S+\)? password:\s*$/i;

interface Open {
  readonly answer: Promise<string | undefined>;
  readonly asker: AbortSignal;
}

/**
 * What the person has answered to `ssh`, in memory until the window closes, so that a second connection on the same way
 * asks nothing. Who asks what is being asked already gets the same answer.
 */
export class SshAnswers {
  private readonly known = new Map<string, string>();
  /** Answers that `ssh` is trying just now. */
  private readonly tried = new Map<string, string>();
  private readonly open = new Map<string, Open>();

  constructor(
    private readonly ask: AskSsh,
    private readonly learnSecret: (secret: string) => void,
  ) {}

  /** The answers of one run of `ssh`; `unattended`: only those that are known. */
  begin(destination: string, unattended: boolean): SshConversation {
    const given = new Map<string, string>();
    return {
      answer: async (kind, text, signal) => {
        const key = `${destination}\n${text}`;
        const again = given.has(key);
        if (again) {
          this.known.delete(key);
          this.tried.delete(key);
        }
        const known = this.known.get(key) ?? this.tried.get(key);
        const question = { destination, kind, text, ...(again && { again: true as const }) };
        const answer = known ?? (unattended ? undefined : await this.shared(key, question, signal));
        if (answer !== undefined && kind === 'secret') {
          this.learnSecret(answer);
          given.set(key, answer);
          if (lasting.test(text)) {
            this.tried.set(key, answer);
          }
        }
        return answer;
      },
      end: (succeeded) => {
        for (const [key, answer] of given) {
          if (this.tried.get(key) === answer) {
            this.tried.delete(key);
          }
          if (succeeded && lasting.test(key.slice(destination.length + 1))) {
            this.known.set(key, answer);
          }
        }
      },
    };
  }

  private async shared(key: string, question: SshQuestion, signal: AbortSignal): Promise<string | undefined> {
    const before = this.open.get(key);
    if (before !== undefined && question.again !== true) {
      const answer = await before.answer;
      // The other one may have ended without the person's doing.
      return answer === undefined && before.asker.aborted && !signal.aborted
        ? this.shared(key, question, signal)
        : answer;
    }
    const answer = this.ask(question, signal).finally(() => {
      if (this.open.get(key)?.answer === answer) {
        this.open.delete(key);
      }
    });
    this.open.set(key, { answer, asker: signal });
    return answer;
  }
}

export interface SshConversation {
  /** Undefined: cancelled. */
  answer(kind: SshQuestion['kind'], text: string, signal: AbortSignal): Promise<string | undefined>;
  /** `succeeded`: the way is open, and what was answered was right. */
  end(succeeded: boolean): void;
}
