import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.join(__dirname, '..', '..', '..');

/** One change to one file of the client. */
export interface Mutation {
  /** What is broken, for a person. */
  readonly what: string;
  /** Relative to the project. */
  readonly file: string;
  readonly source: string;
}

export const sourceOf = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Bundles a room of `src/cloud`, with one file replaced, and loads it as a module of its own. */
export async function loadCopy<T>(entry: string, mutation?: Mutation): Promise<T> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'silent',
    external: ['@alicloud/credentials'],
    plugins: [
      {
        name: 'mutation',
        setup: (bundler) =>
          bundler.onLoad({ filter: /\.ts$/ }, ({ path: file }) =>
            mutation !== undefined && path.relative(root, file) === mutation.file
              ? { contents: mutation.source, loader: 'ts' }
              : undefined,
          ),
      },
    ],
  });
  const code = result.outputFiles[0]?.text ?? '';
  const module = { exports: {} };
  const require = createRequire(path.join(root, entry));
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the copy is our own code, bundled a moment ago
  const evaluate = new Function('module', 'exports', 'require', code) as (...args: unknown[]) => void;
  evaluate(module, module.exports, require);
  return module.exports as T;
}
