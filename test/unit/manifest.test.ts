import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  authentications,
  commands,
  contexts,
  extensionId,
  panels,
  settings,
  treeTokens,
  views,
} from '../../src/ids';

interface Menu {
  readonly command: string;
  readonly when?: string;
}

interface Manifest {
  readonly name: string;
  readonly publisher: string;
  readonly icon: string;
  readonly main: string;
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly activationEvents: readonly string[];
  readonly extensionKind: readonly string[];
  readonly capabilities?: { readonly untrustedWorkspaces?: { readonly supported: string } };
  readonly contributes: {
    readonly capabilities?: unknown;
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly enablement?: string;
    }[];
    readonly authentication: readonly { readonly id: string; readonly label: string }[];
    readonly keybindings: readonly Menu[];
    readonly viewsContainers: Readonly<
      Record<string, readonly { readonly id: string; readonly icon: string }[]>
    >;
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly {
      readonly view: string;
      readonly when: string;
      readonly contents: string;
    }[];
    readonly menus: Readonly<Record<string, readonly Menu[]>>;
    readonly configuration: {
      readonly properties: Readonly<Record<string, { readonly scope?: string; readonly default: unknown }>>;
    };
  };
}

const root = path.join(__dirname, '..', '..');
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
const { contributes } = manifest;
const menus = Object.values(contributes.menus).flat();
const whenClauses = [
  ...menus.map(({ when }) => when),
  ...contributes.keybindings.map(({ when }) => when),
  ...contributes.viewsWelcome.map(({ when }) => when),
  ...contributes.commands.map(({ enablement }) => enablement),
].filter((when) => when !== undefined);

const sorted = (values: Iterable<string>): readonly string[] => [...new Set(values)].sort();

describe('the manifest and ids.ts', () => {
  it('name the same extension', () => {
    assert.equal(`${manifest.publisher}.${manifest.name}`, extensionId);
  });

  it('have the same commands', () => {
    assert.deepEqual(
      sorted(contributes.commands.map(({ command }) => command)),
      sorted(Object.values(commands)),
    );
  });

  it('have the same views and containers', () => {
    const contributed = Object.values(contributes.views).flat();
    assert.deepEqual(sorted(contributed.map(({ id }) => id)), sorted([views.instances, views.results]));
    assert.deepEqual(
      sorted(Object.keys(contributes.views)),
      sorted([views.container, views.resultsContainer]),
    );
    const containers = Object.values(contributes.viewsContainers).flat();
    assert.deepEqual(
      sorted(containers.map(({ id }) => id)),
      sorted([views.container, views.resultsContainer]),
    );
  });

  it('have the same settings', () => {
    const { section, ...keys } = settings;
    assert.deepEqual(
      sorted(Object.keys(contributes.configuration.properties)),
      sorted(Object.values(keys).map((key) => `${section}.${key}`)),
    );
  });

  it('use the same context keys', () => {
    const used = whenClauses.flatMap((when) => when.match(/tidbPrivateEndpoint\.[A-Za-z.]+/g) ?? []);
    const ours = used.filter((name) => name !== views.instances && name !== views.results);
    assert.deepEqual(sorted(ours), sorted(Object.values(contexts)));
  });

  it('use the same tokens for tree rows', () => {
    const clauses = whenClauses.filter((when) => when.includes('viewItem'));
    for (const when of clauses) {
      const parts = when.split('&&').filter((part) => part.includes('viewItem'));
      for (const part of parts) {
        assert.match(part.trim(), /^viewItem =~ \/\(\^\|;\)[A-Za-z]+\(\$\|;\)\/$/);
      }
    }
    const used = clauses.flatMap((when) =>
      [...when.matchAll(/\(\^\|;\)([A-Za-z]+)\(/g)].map((match) => match[1] ?? ''),
    );
    assert.deepEqual(sorted(used), sorted(Object.values(treeTokens)));
  });

  it('have the same authentication providers', () => {
    assert.deepEqual(
      sorted(contributes.authentication.map(({ id }) => id)),
      sorted(Object.values(authentications)),
    );
  });

  it('restore the same panels', () => {
    for (const viewType of Object.values(panels)) {
      assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${viewType}`));
    }
  });
});

describe('the manifest', () => {
  it('refers to contributed commands and views only', () => {
    const known = new Set(contributes.commands.map(({ command }) => command));
    for (const { command } of [...menus, ...contributes.keybindings]) {
      assert.ok(known.has(command), command);
    }
    for (const { view, contents } of contributes.viewsWelcome) {
      assert.equal(view, views.instances);
      for (const [, command] of contents.matchAll(/\(command:([^)]+)\)/g)) {
        assert.ok(command !== undefined && known.has(command), command);
      }
    }
  });

  it('offers every command in the palette', () => {
    for (const { command, when } of contributes.menus['commandPalette'] ?? []) {
      assert.notEqual(when, 'false', command);
    }
  });

  it('has its capabilities where the editor looks for them', () => {
    assert.equal(contributes.capabilities, undefined);
    assert.equal(manifest.capabilities?.untrustedWorkspaces?.supported, 'limited');
  });

  it('lets no workspace decide where credentials go', () => {
    for (const [name, { scope }] of Object.entries(contributes.configuration.properties)) {
      if (name.includes('Cloud') || name.endsWith('.bastions')) {
        assert.equal(scope, 'machine', name);
      }
    }
  });

  it('runs where the network is, beside the VPC', () => {
    assert.deepEqual(manifest.extensionKind, ['workspace']);
  });

  it('is built against the oldest editor that it supports', () => {
    assert.equal(
      manifest.engines.vscode,
      `^${manifest.devDependencies['@types/vscode']?.replace('^', '') ?? ''}`,
    );
  });

  it('has its icons', () => {
    const icons = Object.values(contributes.viewsContainers)
      .flat()
      .map(({ icon }) => icon);
    for (const icon of [manifest.icon, ...icons]) {
      assert.ok(existsSync(path.join(root, icon)), icon);
    }
  });
});

describe('the source', () => {
  it('writes no id of the extension outside ids.ts', () => {
    const folder = path.join(root, 'src');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && name !== 'ids.ts' && !name.startsWith('sandbox'),
    );
    for (const name of files) {
      const text = readFileSync(path.join(folder, name), 'utf8').replace(
        /setting[^\n]*|Symbol\.for[^\n]*/g,
        '',
      );
      assert.doesNotMatch(text, /['"`]tidbPrivateEndpoint\.[a-z][A-Za-z]+['"`]/, name);
    }
  });
});
