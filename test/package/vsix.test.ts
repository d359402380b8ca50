import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { openWorkbench } from '../support/editor/browser';
import { installEditor } from '../support/editor/install';
import { startEditorServer } from '../support/editor/server';
import { EDITOR_VERSIONS } from '../support/editor/versions';
import { Workbench } from '../support/editor/workbench';

const root = path.join(__dirname, '..', '..');
const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
};
const vsix = path.join(root, `${name}-${version}.vsix`);

describe('the package', () => {
  before(() => {
    execFileSync(process.execPath, ['scripts/package.mjs'], { cwd: root, stdio: 'pipe' });
  });

  it('holds what runs and what a person reads, and nothing else', () => {
    const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
    const files = execFileSync(process.execPath, [vsce, 'ls', '--no-dependencies'], {
      cwd: root,
      encoding: 'utf8',
    });
    const unexpected = files
      .trim()
      .split('\n')
      .filter(
        (file) =>
          !/^(package\.json|README\.md|CHANGELOG\.md|LICENSE|media\/[\w-]+\.(svg|png)|media\/ram-policy\.json|dist\/[\w/-]+\.(js|css|wasm))$/.test(
            file,
          ),
      );
    assert.deepEqual(unexpected, []);
    for (const needed of [
      'README.md',
      'LICENSE',
      'dist/extension.js',
      'dist/sql.js',
      'dist/sandboxDatabase.js',
      'dist/sql-wasm.wasm',
      'media/ram-policy.json',
      'dist/webview/creation.js',
    ]) {
      assert.ok(files.split('\n').includes(needed), needed);
    }
    assert.ok(statSync(vsix).size < 1_500_000);
  });

  for (const editor of EDITOR_VERSIONS) {
    it(`installs into a clean editor ${editor} and activates`, async () => {
      const server = await startEditorServer(await installEditor(editor), { vsix: [vsix] });
      try {
        const window = await openWorkbench(server, { workspace: null });
        try {
          const workbench = new Workbench(window.page);
          await workbench.openViewContainer('TiDB Private Endpoint');
          await window.page.getByRole('button', { name: 'Sign In to TiDB Cloud' }).waitFor();
          await workbench.runCommand('TiDB Private Endpoint: Show Log');
          await window.page.locator('.output-view').getByText(`TiDB Private Endpoint ${version},`).waitFor();
        } finally {
          await window.close();
        }
      } finally {
        await server.stop();
      }
    });
  }
});
