import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
// The parser with which the package itself reads the credentials file: no profile may be listed that it does not find.
import { loadIni } from '@alicloud/credentials/dist/src/util/utils';
import * as v from 'valibot';
import { AppError } from '../../core/errors';
import type { Profile } from './credentials';

/** What each mode of config.json must say. Without a key in the profile the package would take one of the environment. */
const cliFields: Readonly<Record<string, readonly string[]>> = {
  AK: ['access_key_id', 'access_key_secret'],
  StsToken: ['access_key_id', 'access_key_secret', 'sts_token'],
  RamRoleArn: ['access_key_id', 'access_key_secret', 'ram_role_arn'],
  EcsRamRole: [],
  OIDC: ['oidc_provider_arn', 'oidc_token_file', 'ram_role_arn'],
  ChainableRamRoleArn: ['source_profile', 'ram_role_arn'],
  External: ['process_command'],
  CloudSSO: [],
  OAuth: [],
};

/** The same for each type of the credentials file. */
const fileFields: Readonly<Record<string, readonly string[]>> = {
  access_key: ['access_key_id', 'access_key_secret'],
  ecs_ram_role: [],
  ram_role_arn: ['access_key_id', 'access_key_secret', 'role_arn'],
};

const text = v.nullish(v.string(), '');
const cliProfileSchema = v.looseObject({
  name: text,
  mode: text,
  region_id: text,
  source_profile: text,
  process_command: text,
  ram_role_arn: text,
  ram_session_name: text,
  sts_region: text,
});
const cliConfigSchema = v.object({
  current: text,
  profiles: v.nullish(v.array(cliProfileSchema), []),
});
export type CliProfile = v.InferOutput<typeof cliProfileSchema>;
type CliConfig = v.InferOutput<typeof cliConfigSchema>;
type Section = Readonly<Record<string, unknown>>;

/** Why a file gives no credentials, in words that hold nothing of what is in it but the names of fields. */
export class Unusable extends Error {}

export const cliConfigName = '~/.aliyun/config.json';

/** The credentials file as a person writes its path. */
export function credentialsFileName(): string {
  return process.env.ALIBABA_CLOUD_CREDENTIALS_FILE || '~/.alibabacloud/credentials';
}

/**
 * The profiles of the aliyun CLI's config.json and of the credentials file, in the order of the files. A name that both have
 * is listed with config.json, from which the chain takes it. At most one is the current one.
 * @throws AppError `invalidInput` for a file that is there and cannot be read; it names the file and nothing of its content
 */
export async function listProfiles(): Promise<Profile[]> {
  const fromCli = await cliProfiles();
  const fromFile = await fileProfiles();
  const all = [
    ...fromCli,
    ...fromFile.filter(({ name }) => fromCli.every((profile) => profile.name !== name)),
  ];
  const current = all.find(({ isCurrent }) => isCurrent);
  return all.map((profile) => ({ ...profile, isCurrent: profile === current }));
}

/**
 * The profile that is to be taken from config.json, followed by the one it takes its role from, and so on. Each has what its
 * mode needs.
 * @param chosen undefined or empty: the one of ALIBABA_CLOUD_PROFILE, else the file's current one
 * @throws Unusable
 */
export async function cliProfileWithSources(
  chosen: string | undefined,
): Promise<readonly [CliProfile, ...CliProfile[]]> {
  const config = await readCliConfig();
  if (config === undefined) {
    throw new Unusable('not there');
  }
  if (config.profiles.length === 0) {
    throw new Unusable('has no profiles');
  }
  const checked = (name: string, ifMissing: string): CliProfile => {
    const profile = config.profiles.find((candidate) => candidate.name === name);
    if (profile === undefined) {
      throw new Unusable(ifMissing);
    }
    checkFields(profile, profile.mode, cliFields, 'mode');
    return profile;
  };
  let last = checked(chosen || currentOf(config), 'has no such profile');
  const found: [CliProfile, ...CliProfile[]] = [last];
  while (last.mode === 'ChainableRamRoleArn') {
    last = checked(last.source_profile, 'has no such source_profile');
    if (found.includes(last)) {
      throw new Unusable('its source_profile leads back to itself');
    }
    found.push(last);
  }
  return found;
}

/**
 * Checks what the package would take from the credentials file.
 * @param chosen undefined or empty: the one of ALIBABA_CLOUD_PROFILE, else `default`
 * @throws Unusable
 */
export async function checkFileProfile(chosen: string | undefined): Promise<void> {
  const sections = await readCredentialsFile();
  if (sections === undefined) {
    throw new Unusable('not there');
  }
  const section = sections.get(chosen || currentInFile());
  if (section === undefined) {
    throw new Unusable('has no such profile');
  }
  checkFields(section, section.type, fileFields, 'type');
}

async function cliProfiles(): Promise<Profile[]> {
  if (process.env.ALIBABA_CLOUD_CLI_PROFILE_DISABLED?.toLowerCase() === 'true') {
    return [];
  }
  const config = await orInvalidInput(cliConfigName, readCliConfig);
  return (config?.profiles ?? [])
    .filter(({ name }) => name !== '')
    .map(({ name, mode, region_id: regionId }) => ({
      name,
      file: cliConfigName,
      mode: known(mode, cliFields),
      ...(regionId === '' ? {} : { regionId }),
      isCurrent: config !== undefined && name === currentOf(config),
    }));
}

async function fileProfiles(): Promise<Profile[]> {
  const file = credentialsFileName();
  const sections = await orInvalidInput(file, readCredentialsFile);
  return [...(sections ?? [])].map(([name, { type, region_id: regionId }]) => ({
    name,
    file,
    mode: known(type, fileFields),
    ...(typeof regionId === 'string' && regionId !== '' ? { regionId } : {}),
    isCurrent: name === currentInFile(),
  }));
}

const currentOf = (config: CliConfig): string => process.env.ALIBABA_CLOUD_PROFILE || config.current;
const currentInFile = (): string => process.env.ALIBABA_CLOUD_PROFILE || 'default';

/** Not the text itself: what stands in a wrong place may be a secret. */
const known = (mode: unknown, modes: typeof cliFields): string =>
  typeof mode === 'string' && Object.hasOwn(modes, mode) ? mode : 'unknown';

function checkFields(section: Section, mode: unknown, modes: typeof cliFields, what: string): void {
  const fields = modes[known(mode, modes)];
  if (fields === undefined) {
    throw new Unusable(`its ${what} is not one of ${Object.keys(modes).join(', ')}`);
  }
  const missing = fields.filter((field) => typeof section[field] !== 'string' || section[field] === '');
  if (missing.length > 0) {
    throw new Unusable(`is incomplete (${missing.join(', ')})`);
  }
}

/** Undefined where there is none. @throws Unusable */
async function readCliConfig(): Promise<CliConfig | undefined> {
  const content = await unlessMissing(() => readFile(path.join(homedir(), '.aliyun', 'config.json'), 'utf8'));
  if (content === undefined) {
    return undefined;
  }
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    throw new Unusable('is not valid JSON');
  }
  const parsed = v.safeParse(cliConfigSchema, json);
  if (!parsed.success) {
    throw new Unusable('has an unknown form');
  }
  return parsed.output;
}

/** Sections that have a type, by name. Undefined where there is no file. @throws Unusable */
async function readCredentialsFile(): Promise<ReadonlyMap<string, Section> | undefined> {
  const file =
    process.env.ALIBABA_CLOUD_CREDENTIALS_FILE || path.join(homedir(), '.alibabacloud', 'credentials');
  const sections = await unlessMissing(async () => (await loadIni(file)) as Section);
  return (
    sections &&
    new Map(
      Object.entries(sections).filter(
        (entry): entry is [string, Section] =>
          typeof entry[1] === 'object' && entry[1] !== null && 'type' in entry[1],
      ),
    )
  );
}

async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return undefined;
    }
    throw new Unusable(code === undefined ? 'is not readable' : `is not readable (${code})`);
  }
}

async function orInvalidInput<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Unusable) {
      throw new AppError('invalidInput', {
        source: 'Alibaba Cloud',
        subject: file,
        reason: `${file} ${error.message}`,
      });
    }
    throw error;
  }
}
