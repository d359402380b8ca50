import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What the extension host tells of itself. */
export interface HostState {
  /** After a garbage collection. */
  readonly heapMb: number;
  /** The longest the event loop was kept busy since the last question. */
  readonly blockedMs: number;
}

const manifest = {
  name: 'tree-probe',
  publisher: 'bench',
  version: '0.0.1',
  engines: { vscode: '^1.100.0' },
  main: './main.js',
  activationEvents: ['onStartupFinished'],
  extensionKind: ['workspace'],
  contributes: {
    viewsContainers: { activitybar: [{ id: 'probe', title: 'Trivial Tree', icon: 'icon.svg' }] },
    views: { probe: [{ id: 'probe.tree', name: 'Trivial' }] },
  },
};

/**
 * Runs beside ours in the same extension host: a view that does the least that a view can do, and word of the host's heap
 * and event loop over loopback. A gap between two ticks counts as far as this process has used the processor in it: the
 * machine may do other things.
 */
const main = `
const vscode = require('vscode');
const http = require('node:http');
require('node:v8').setFlagsFromString('--expose-gc');
const gc = require('node:vm').runInNewContext('gc');
const heap = () => { gc(); const { heapUsed, external } = process.memoryUsage(); return (heapUsed + external) / 2 ** 20; };
const tick = 5;
let blocked = 0;
let last = performance.now();
let used = process.cpuUsage();
setInterval(() => {
  const now = performance.now();
  const gap = now - last - tick;
  const { user, system } = process.cpuUsage(used);
  blocked = Math.max(blocked, Math.min(gap, (user + system) / 1000));
  last = now;
  used = process.cpuUsage();
}, tick);
exports.activate = () => {
  const count = Number(process.env.PROBE_COUNT);
  const instances = Array.from({ length: count }, (_, i) => ({ id: String(i), label: 'trivial-' + i, children: [0, 1] }));
  vscode.window.createTreeView('probe.tree', {
    treeDataProvider: {
      getTreeItem: (node) => {
        const item = new vscode.TreeItem(node.label, node.children ? 1 : 0);
        item.id = node.id;
        return item;
      },
      getChildren: (node) =>
        node === undefined ? instances : node.children.map((i) => ({ id: node.id + '/' + i, label: 'endpoint ' + i })),
    },
  });
  http.createServer((request, response) => {
    const blockedMs = Math.round(blocked * 10) / 10;
    const heapMb = heap();
    blocked = 0;
    last = performance.now();
    used = process.cpuUsage();
    response.end(JSON.stringify({ heapMb, blockedMs }));
  }).listen(Number(process.env.PROBE_PORT), '127.0.0.1');
};
`;

/** Writes the probe as an unpacked extension. Returns its folder. */
export function writeProbe(folder: string): string {
  const own = path.join(folder, 'probe');
  mkdirSync(own, { recursive: true });
  writeFileSync(path.join(own, 'package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(own, 'main.js'), main);
  writeFileSync(
    path.join(own, 'icon.svg'),
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M4 4h16v16H4z"/></svg>',
  );
  return own;
}

export async function askProbe(port: number): Promise<HostState> {
  return (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as HostState;
}
