import path from 'node:path';
import { openWorkbench } from '../support/editor/browser';
import { installEditor } from '../support/editor/install';
import { startEditorServer } from '../support/editor/server';
import { EDITOR_VERSIONS, type EditorVersion } from '../support/editor/versions';
import { Workbench } from '../support/editor/workbench';
import { median, type Row } from './row';

const root = path.join(__dirname, '..', '..');
const times = 5;

/** Loading the bundle and running activate(), as the editor itself measures it in a fresh window. */
export async function measure(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const version of EDITOR_VERSIONS) {
    const ours: number[] = [];
    const peers: number[] = [];
    for (let i = 0; i < times; i++) {
      const [own, peer] = await once(version);
      ours.push(own);
      peers.push(peer);
    }
    rows.push({
      what: `activation, editor ${version}, median of ${times}`,
      ours: median(ours),
      peer: median(peers),
      peerName: 'the built-in extension Merge Conflict',
      limit: 50,
      unit: 'ms',
    });
  }
  return rows;
}

async function once(version: EditorVersion): Promise<readonly [number, number]> {
  const server = await startEditorServer(await installEditor(version), { unpacked: [root] });
  try {
    const window = await openWorkbench(server);
    try {
      const workbench = new Workbench(window.page);
      await workbench.openViewContainer('TiDB Private Endpoint');
      await workbench.runCommand('Developer: Show Running Extensions');
      const timeOf = async (name: string): Promise<number> => {
        const row = window.page
          .locator('.runtime-extensions-editor .monaco-list-row')
          .filter({ hasText: name });
        const text = await row
          .locator('.activation-time')
          .filter({ hasText: /\d+\s*ms/ })
          .first()
          .innerText();
        const match = /(\d+)\s*ms/.exec(text);
        if (match === null) {
          throw new Error(`The editor tells no activation time of ${name}: ${text}`);
        }
        return Number(match[1]);
      };
      return [await timeOf('TiDB Private Endpoint'), await timeOf('Merge Conflict')];
    } finally {
      await window.close();
    }
  } finally {
    await server.stop();
  }
}
