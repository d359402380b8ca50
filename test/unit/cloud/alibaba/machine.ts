import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A home folder and an environment of a test's own. */
export interface Machine {
  /** Its home folder; new in every test. */
  readonly home: string;
  write(file: string, text: string): void;
  /** `~/.aliyun/config.json`; the first profile is the current one. */
  writeCliConfig(...profiles: readonly { readonly name: string; readonly [field: string]: unknown }[]): void;
}

/** Gives every test of the suite a machine without any credentials and without a metadata service. */
export function useMachine(): Machine {
  let before: NodeJS.ProcessEnv;
  let home = '';

  beforeEach(() => {
    before = { ...process.env };
    for (const name of Object.keys(process.env).filter((key) => key.startsWith('ALIBABA_CLOUD_'))) {
      Reflect.deleteProperty(process.env, name);
    }
    home = mkdtempSync(path.join(tmpdir(), 'chain-'));
    process.env.HOME = home;
    process.env.USERPROFILE = home;
    process.env.ALIBABA_CLOUD_ECS_METADATA_DISABLED = 'true';
  });

  afterEach(() => {
    for (const name of Object.keys(process.env)) {
      Reflect.deleteProperty(process.env, name);
    }
    Object.assign(process.env, before);
    rmSync(home, { recursive: true });
  });

  const write = (file: string, text: string): void => {
    mkdirSync(path.join(home, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(home, file), text);
  };
  return {
    get home() {
      return home;
    },
    write,
    writeCliConfig: (...profiles) =>
      write('.aliyun/config.json', JSON.stringify({ current: profiles[0]?.name, profiles })),
  };
}
