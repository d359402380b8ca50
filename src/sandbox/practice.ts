import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { SandboxChoice, SandboxClouds } from '../core/ports';
import { startPracticeDatabase } from './database';
import { startSandbox } from './startSandbox';

/** Four minutes for a service become twelve seconds, five for a connection fifteen. */
const TIME_SCALE = 20;

export interface PracticeSandboxOptions extends SandboxChoice {
  /** Where the clouds keep their state; what is there goes on. The database begins anew each time. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

/** Everything that a person needs to practise: both clouds, and a database behind every private endpoint. */
export async function startPracticeSandbox(options: PracticeSandboxOptions): Promise<SandboxClouds> {
  const { folder, acceptMode, log } = options;
  await mkdir(folder, { recursive: true });
  const database = await startPracticeDatabase();
  try {
    const clouds = await startSandbox({
      timeScale: TIME_SCALE,
      acceptMode,
      stateFile: path.join(folder, 'clouds.json'),
      sql: { port: database.port, caCertificatePem: database.caCertificatePem },
      log,
    });
    return {
      tidbCloud: clouds.tidbCloud,
      alibabaCloud: clouds.alibabaCloud,
      databasePassword: database.password,
      stop: async () => {
        await Promise.all([clouds.stop(), database.stop()]);
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}
