/** What is at a path of keys and positions in JSON whose shape the test is about to check. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) {
      return undefined;
    }
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}

/** The same for a text that later calls need. @throws when there is none. */
export function textAt(value: unknown, ...path: (string | number)[]): string {
  const found = at(value, ...path);
  if (typeof found !== 'string' || found === '') {
    throw new Error(`There is no text at ${path.join('.')} in ${JSON.stringify(value)}`);
  }
  return found;
}

export function listAt(value: unknown, ...path: (string | number)[]): unknown[] {
  const found = at(value, ...path);
  if (!Array.isArray(found)) {
    throw new Error(`There is no list at ${path.join('.')} in ${JSON.stringify(value)}`);
  }
  return found;
}

/** Asks again until an answer is as wanted. @throws when that takes more than ten seconds. */
export async function poll<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  const limit = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) {
      return answer;
    }
    if (Date.now() > limit) {
      throw new Error(`The awaited answer did not come; the last one was ${JSON.stringify(answer)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
