import path from 'node:path';
import type { ExtensionContext } from 'vscode';
import { AppError } from '../core/errors';
import type { SandboxClouds, SecretStore, StateStore } from '../core/ports';
import { secretKeys, stateKeys } from '../ids';
import { consolesOf, type Consoles } from './consoles';
import { readSettings } from './settings';
import { secretStore, stateStore } from './storage';

/** What differs between the real clouds and the sandbox. All that belongs to one stays out of the other's sight. */
export interface World {
  readonly secrets: SecretStore;
  readonly state: StateStore;
  /** Of this window and its workspace alone. */
  readonly windowState: StateStore;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the journal of the creations is. */
  readonly creationsFolder: string;
  readonly historyFile: string;
  readonly consoles: Consoles;
  /** Waits until the addresses are known. */
  tidbCloudBaseUrl(): Promise<string>;
  alibabaCloudEndpoints(): Promise<Readonly<Record<string, string>>>;
}

export function realWorld(context: ExtensionContext): World {
  return {
    secrets: secretStore(context.secrets),
    state: stateStore(context.globalState),
    windowState: stateStore(context.workspaceState),
    environment: process.env,
    creationsFolder: path.join(context.globalStorageUri.fsPath, 'creations'),
    historyFile: path.join(context.globalStorageUri.fsPath, 'sqlHistory.json'),
    consoles: consolesOf(readSettings),
    tidbCloudBaseUrl: () => Promise.resolve(readSettings.tidbCloudBaseUrl()),
    alibabaCloudEndpoints: () => Promise.resolve(readSettings.alibabaCloudEndpoints()),
  };
}

export interface SandboxSource {
  readonly current: SandboxClouds | undefined;
  running(): Promise<SandboxClouds>;
}

/** Everything that one sandbox keeps. */
export const sandboxFolder = (context: ExtensionContext, id: string): string =>
  path.join(context.globalStorageUri.fsPath, 'sandbox', id);

/** Signed in from the start, with keys that open nothing but the sandbox; they and what is typed stay in memory. */
export function sandboxWorld(context: ExtensionContext, id: string, sandbox: SandboxSource): World {
  const current = (): SandboxClouds => {
    if (sandbox.current === undefined) {
      throw new AppError('conflict', { source: 'Extension', reason: 'the sandbox is still starting' });
    }
    return sandbox.current;
  };
  const consoles = consolesOf({
    tidbCloudBaseUrl: () => current().tidbCloud.baseUrl,
    alibabaCloudEndpoints: () => current().alibabaCloud.endpoints,
  });
  const kept = stateStore(context.workspaceState);
  // As its keys, who is signed in to it stays in memory.
  let accounts: unknown;
  const state: StateStore = {
    get: (key) => (key === stateKeys.accounts ? accounts : kept.get(`sandbox/${key}`)),
    set: (key, value) => {
      if (key === stateKeys.accounts) {
        accounts = value;
        return Promise.resolve();
      }
      return kept.set(`sandbox/${key}`, value);
    },
  };
  return {
    secrets: sandboxSecrets(sandbox),
    state,
    windowState: state,
    environment: {},
    creationsFolder: path.join(sandboxFolder(context, id), 'creations'),
    historyFile: path.join(sandboxFolder(context, id), 'sqlHistory.json'),
    consoles: { ...consoles, isSandbox: () => true },
    tidbCloudBaseUrl: async () => (await sandbox.running()).tidbCloud.baseUrl,
    alibabaCloudEndpoints: async () => (await sandbox.running()).alibabaCloud.endpoints,
  };
}

/** The sandbox's own keys until the person signs out or enters others. */
function sandboxSecrets(sandbox: SandboxSource): SecretStore {
  const kept = new Map<string, string | undefined>();
  const listeners = new Set<(key: string) => void>();
  const change = (key: string, value: string | undefined): Promise<void> => {
    kept.set(key, value);
    for (const listener of listeners) {
      listener(key);
    }
    return Promise.resolve();
  };
  return {
    get: async (key) => {
      if (kept.has(key)) {
        return kept.get(key);
      }
      switch (key) {
        case secretKeys.tidbCloud: {
          const { publicKey, privateKey } = (await sandbox.running()).tidbCloud;
          return JSON.stringify({ publicKey, privateKey });
        }
        case secretKeys.alibabaCloud: {
          const { accessKeyId, accessKeySecret } = (await sandbox.running()).alibabaCloud;
          return JSON.stringify({ kind: 'keys', accessKeyId, accessKeySecret });
        }
        default:
          return undefined;
      }
    },
    set: change,
    delete: (key) => change(key, undefined),
    onDidChange: (listener) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  };
}
