import Module from 'node:module';

interface Loader {
  _load: (request: string, ...rest: unknown[]) => unknown;
}

/**
 * Loads a module of the UI where there is no editor: the `vscode` module is empty while it loads, or holds the little that
 * is given. Good for what is pure in it.
 */
export async function withoutEditor<T>(load: () => Promise<T>, vscode: object = {}): Promise<T> {
  const loader = Module as unknown as Loader;
  const before = loader._load;
  loader._load = (request, ...rest) =>
    request === 'vscode' ? vscode : before.call(Module, request, ...rest);
  try {
    return await load();
  } finally {
    loader._load = before;
  }
}
