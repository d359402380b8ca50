import type { ChildProcess } from 'node:child_process';

/** Questions to a child process over its channel, one at a time. */
export interface Channel<Question, Answer> {
  ask(question: Question): Promise<Answer>;
  /** Ends the process; resolves when it has ended. */
  stop(): Promise<void>;
}

/** The child's side: answers every question in the order they come, and ends with the parent. */
export function answerQuestions(answer: (question: never) => Promise<unknown>): void {
  let last: Promise<void> = Promise.resolve();
  process.on('message', (question: unknown) => {
    last = last.then(async () => {
      try {
        process.send?.({ answer: await answer(question as never) });
      } catch (error) {
        process.send?.({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
    });
  });
  process.once('disconnect', () => process.exit());
}

/** @param limitMs of one answer, real milliseconds */
export function channelTo<Question extends object, Answer>(
  child: ChildProcess,
  limitMs: number,
): Channel<Question, Answer> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    ask: (question) =>
      new Promise<Answer>((resolve, reject) => {
        const timer = setTimeout(() => fail(`did not answer within ${limitMs} ms`), limitMs);
        const onExit = (code: number | null): void => fail(`ended with code ${code ?? 'of a signal'}`);
        const onMessage = (message: { answer: Answer } | { failure: string }): void => {
          stop();
          if ('failure' in message) {
            reject(new Error(message.failure));
          } else {
            resolve(message.answer);
          }
        };
        const stop = (): void => {
          clearTimeout(timer);
          child.off('message', onMessage).off('exit', onExit);
        };
        const fail = (what: string): void => {
          stop();
          reject(new Error(`The child process ${what}`));
        };
        child.on('message', onMessage).on('exit', onExit);
        child.send(question, (error) => {
          if (error !== null) {
            fail(`could not be asked: ${error.message}`);
          }
        });
      }),
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
