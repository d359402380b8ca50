import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { extensionId, settings } from '../../src/ids';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> };
  };
}

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension(extensionId);
  assert.ok(found !== undefined);
  return found;
}

describe('the extension in the editor', () => {
  before(async () => {
    await extension().activate();
  });

  it('is active, in a restricted workspace too', () => {
    assert.equal(extension().isActive, true);
  });

  it('runs where the workspace is', () => {
    assert.equal(extension().extensionKind, vscode.ExtensionKind.Workspace);
  });

  it('has registered exactly the commands that it contributes', async () => {
    const { contributes } = extension().packageJSON as Manifest;
    const all = await vscode.commands.getCommands(true);
    const prefix = `${settings.section}.`;
    // The editor adds commands of its own for each view (`<view>.focus`, …): those have one more part.
    const registered = all.filter((id) => id.startsWith(prefix) && id.split('.').length === 2);
    assert.deepEqual(registered.sort(), contributes.commands.map(({ command }) => command).sort());
  });

  it('has loaded nothing but its own bundle', () => {
    const folder = path.join(extension().extensionPath, 'dist');
    const loaded = Object.keys(require.cache).filter((file) => file.startsWith(folder));
    assert.deepEqual(
      loaded.map((file) => path.relative(folder, file)),
      ['extension.js'],
    );
  });

  it('takes its defaults from the manifest', () => {
    const { contributes } = extension().packageJSON as Manifest;
    for (const [name, { default: expected }] of Object.entries(contributes.configuration.properties)) {
      assert.deepEqual(vscode.workspace.getConfiguration().get(name), expected, name);
    }
  });
});
