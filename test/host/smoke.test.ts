import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { TRUST_VARIABLE } from '../support/editor/suiteProtocol';

describe('the editor under test', () => {
  it('is a VS Code that the extension supports', () => {
    const [major, minor] = vscode.version.split('.').map(Number);
    assert.equal(major, 1);
    assert.ok((minor ?? 0) >= 100, vscode.version);
  });

  it('has opened one folder', () => {
    assert.equal(vscode.workspace.workspaceFolders?.length, 1);
  });

  it('trusts the folder exactly when it was told to', () => {
    assert.equal(vscode.workspace.isTrusted, process.env[TRUST_VARIABLE] === 'trusted');
  });
});
