import type { Memento, SecretStorage } from 'vscode';
import { AppError } from '../core/errors';
import type { SecretStore, StateStore } from '../core/ports';

/** A keyring that is locked or missing rejects: that has words of its own. */
async function tell<T>(use: () => Thenable<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    const reason = error instanceof Error ? error.message : undefined;
    throw new AppError('secretsUnavailable', {
      source: 'Extension',
      cause: error,
      ...(reason !== undefined && { reason }),
    });
  }
}

export const secretStore = (secrets: SecretStorage): SecretStore => ({
  get: (key) => tell(() => secrets.get(key)),
  set: (key, value) => tell(() => secrets.store(key, value)),
  delete: (key) => tell(() => secrets.delete(key)),
  onDidChange: (listener) => secrets.onDidChange(({ key }) => listener(key)),
});

export const stateStore = (memento: Memento): StateStore => ({
  get: (key) => memento.get(key),
  set: async (key, value) => memento.update(key, value),
});
