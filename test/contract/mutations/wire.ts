/** What requests are made of: the words that both sides have to spell alike. */
export interface WireWords {
  /** Parameters, JSON fields, headers and path segments. */
  readonly names: ReadonlySet<string>;
  /** Values that are the same in every run: operations, versions, enums. */
  readonly values: ReadonlySet<string>;
}

/** Values that a person or a clock chose are no words of the protocol. */
const fixedValue = /^[A-Za-z][A-Za-z_-]*$|^\d{4}-\d\d-\d\d$/;

/** Runs something and gathers the words of every request that it sends through `fetch`. */
export async function wireWordsOf(run: () => Promise<void>): Promise<WireWords> {
  const names = new Set<string>();
  const values = new Set<string>();
  const add = (name: string, value: string): void => {
    name.split('.').forEach((part) => names.add(part));
    if (fixedValue.test(value)) {
      values.add(value);
    }
  };
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    url.pathname.split(/[/:]/).forEach((part) => names.add(part));
    url.searchParams.forEach((value, name) => add(name, value));
    new Headers(init?.headers).forEach((value, name) => add(name, value));
    if (typeof init?.body === 'string') {
      addBody(init.body, add);
    }
    return fetch(input, init);
  };
  try {
    await run();
  } finally {
    globalThis.fetch = fetch;
  }
  names.delete('');
  return { names, values };
}

function addBody(body: string, add: (name: string, value: string) => void): void {
  if (!body.startsWith('{')) {
    new URLSearchParams(body).forEach((value, name) => add(name, value));
    return;
  }
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      value.forEach(visit);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        add(name, typeof inner === 'string' ? inner : '');
        visit(inner);
      }
    }
  };
  visit(JSON.parse(body));
}
