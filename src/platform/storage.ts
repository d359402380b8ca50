import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { Memento, SecretStorage } from 'vscode';
import type { Creation } from '../core/creation';
import { AppError } from '../core/errors';
import type { CreationJournal, Log, SecretStore, StateStore } from '../core/ports';

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

const text = v.pipe(v.string(), v.minLength(1));
const creationSchema = v.object({
  id: text,
  instanceId: text,
  instanceName: v.string(),
  regionId: text,
  startedAtMs: v.number(),
  spec: v.exactOptional(
    v.object({
      regionId: text,
      vpcId: text,
      serviceName: text,
      name: text,
      securityGroupIds: v.array(text),
      zones: v.array(v.object({ zoneId: text, vSwitchId: text })),
      tags: v.record(v.string(), v.string()),
    }),
  ),
  clientToken: text,
  endpointId: v.exactOptional(text),
  endpointDomain: v.exactOptional(text),
  acceptance: v.picklist(['api', 'console']),
  registeredAtMs: v.exactOptional(v.number()),
  finished: v.exactOptional(v.object({ atMs: v.number(), outcome: v.picklist(['active', 'abandoned']) })),
});

/** One file for each creation in global storage, so that every window sees the same ones. */
export class FileJournal implements CreationJournal {
  constructor(
    private readonly folder: string,
    private readonly log: Log,
  ) {}

  async list(): Promise<readonly Creation[]> {
    let names: string[];
    try {
      names = await readdir(this.folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return [];
      }
      throw error;
    }
    const creations = await Promise.all(
      names.filter((name) => name.endsWith('.json')).map((name) => this.read(name)),
    );
    return creations.filter((creation) => creation !== undefined);
  }

  /** Written beside and renamed, so that a crash leaves the old record or the new one, never half of one. */
  async write(creation: Creation): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const file = path.join(this.folder, `${creation.id}.json`);
    const beside = `${file}.${process.pid}.tmp`;
    await writeFile(beside, JSON.stringify(creation, undefined, 2), { mode: 0o600, flush: true });
    await rename(beside, file);
  }

  private async read(name: string): Promise<Creation | undefined> {
    let content: string;
    try {
      content = await readFile(path.join(this.folder, name), 'utf8');
    } catch (error) {
      this.log.error(`The creation record ${name} cannot be read`, error);
      return undefined;
    }
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), creationSchema), content);
    if (!parsed.success) {
      this.log.warn(`The creation record ${name} cannot be read and is left alone.`);
      return undefined;
    }
    return parsed.output;
  }
}
