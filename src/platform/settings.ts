import * as v from 'valibot';
import { ConfigurationTarget, workspace, type Disposable } from 'vscode';
import { AppError } from '../core/errors';
import { settings } from '../ids';
import type { Notifications } from './notifications';

const bastionKey = v.pipe(
  v.string(),
  v.regex(/^(?:vpc|ep)-[a-z0-9]+$/, ({ input }) => `${input} is not the id of a VPC or an endpoint`),
);

/** Nothing that `ssh` or its configuration could take for something else than a destination. */
const sshDestination = v.pipe(
  v.string(),
  v.trim(),
  v.regex(
    /^[^-\s\p{Cc}'"`$\\;&<>|(){}][^\s\p{Cc}'"`$\\;&<>|(){}]*$/u,
    ({ input }) => `${input} is not an ssh destination`,
  ),
);

/** Where credentials go: a value that is not valid is an error with words, and nothing else is used in its place. */
const strict = {
  tidbCloudBaseUrl: () => read(settings.tidbCloudBaseUrl, v.string()),
  alibabaCloudEndpoints: () => read(settings.alibabaCloudEndpoints, v.record(v.string(), v.string())),
  /** Empty: the chain's own choice. */
  alibabaCloudProfile: () => read(settings.alibabaCloudProfile, v.string()),
  /** VPC or endpoint id → ssh destination. */
  sqlBastions: () => read(settings.sqlBastions, v.record(bastionKey, sshDestination)),
};

const lenient = {
  healthIntervalSeconds: v.pipe(v.number(), v.minValue(10), v.maxValue(86_400)),
  healthShowInStatusBar: v.boolean(),
  sqlMaxRows: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)),
  sqlQueryTimeoutSeconds: v.pipe(v.number(), v.minValue(0)),
};

/**
 * Typed access to the settings. Defaults live in package.json alone; where nothing but a number or a switch is not valid,
 * the default counts. SettingsCheck tells the person of both.
 */
export const readSettings = {
  ...strict,
  healthIntervalSeconds: () => readOrDefault(settings.healthIntervalSeconds, lenient.healthIntervalSeconds),
  healthShowInStatusBar: () => readOrDefault(settings.healthShowInStatusBar, lenient.healthShowInStatusBar),
  sqlMaxRows: () => readOrDefault(settings.sqlMaxRows, lenient.sqlMaxRows),
  sqlQueryTimeoutSeconds: () =>
    readOrDefault(settings.sqlQueryTimeoutSeconds, lenient.sqlQueryTimeoutSeconds),
};

/** Chooses the bastion of a VPC or endpoint; undefined takes it away. */
export async function writeBastion(key: string, destination: string | undefined): Promise<void> {
  const others = Object.entries(readSettings.sqlBastions()).filter(([name]) => name !== key);
  const bastions = Object.fromEntries(destination === undefined ? others : [...others, [key, destination]]);
  await workspace
    .getConfiguration(settings.section)
    .update(settings.sqlBastions, bastions, ConfigurationTarget.Global);
}

export const isSshDestination = (text: string): boolean => v.is(sshDestination, text);

/** What a value means, beyond its type; throws an AppError `invalidInput` when it cannot be used. */
export interface Meanings {
  readonly tidbCloudBaseUrl: (url: string, name: string) => unknown;
  readonly alibabaCloudEndpoints: (urls: Readonly<Record<string, string>>) => unknown;
}

/** Tells of every setting that cannot be used: once, and again when the problem has changed. */
export class SettingsCheck {
  private told = new Set<string>();

  constructor(
    private readonly notifications: Notifications,
    private readonly meanings: Meanings,
  ) {}

  run(): void {
    const problems = new Map(
      this.checks().flatMap((check) => {
        try {
          check();
          return [];
        } catch (error) {
          return [[String(error), error] as const];
        }
      }),
    );
    for (const [text, error] of problems) {
      if (!this.told.has(text)) {
        this.notifications.showError('Check the settings', error);
      }
    }
    this.told = new Set(problems.keys());
  }

  private checks(): readonly (() => unknown)[] {
    const baseUrl = `${settings.section}.${settings.tidbCloudBaseUrl}`;
    return [
      () => this.meanings.tidbCloudBaseUrl(strict.tidbCloudBaseUrl(), baseUrl),
      () => this.meanings.alibabaCloudEndpoints(strict.alibabaCloudEndpoints()),
      strict.alibabaCloudProfile,
      strict.sqlBastions,
      ...Object.entries(lenient).map(
        ([key, schema]) =>
          () =>
            read(settings[key as keyof typeof lenient], schema),
      ),
    ];
  }
}

/** Tells what a change of the settings is about; `any` after the others. */
export function onDidChangeSettings(listeners: {
  readonly tidbCloud: () => void;
  readonly alibabaCloud: () => void;
  readonly health: () => void;
  readonly any: () => void;
}): Disposable {
  const watched = [
    { keys: [settings.tidbCloudBaseUrl], tell: listeners.tidbCloud },
    { keys: [settings.alibabaCloudEndpoints, settings.alibabaCloudProfile], tell: listeners.alibabaCloud },
    { keys: [settings.healthIntervalSeconds, settings.healthShowInStatusBar], tell: listeners.health },
  ].map((group) => ({ ...group, last: textOf(group.keys) }));
  return workspace.onDidChangeConfiguration((change) => {
    for (const group of watched) {
      // The editor also tells of changes that change nothing, for example while a remote window starts.
      const next = textOf(group.keys);
      if (next !== group.last) {
        group.last = next;
        group.tell();
      }
    }
    if (change.affectsConfiguration(settings.section)) {
      listeners.any();
    }
  });
}

const textOf = (keys: readonly string[]): string =>
  JSON.stringify(keys.map((key) => workspace.getConfiguration(settings.section).get<unknown>(key)));

function read<S extends v.GenericSchema>(key: string, schema: S): v.InferOutput<S> {
  const value: unknown = workspace.getConfiguration(settings.section).get(key);
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) {
    const name = `${settings.section}.${key}`;
    throw new AppError('invalidInput', {
      source: 'Extension',
      subject: name,
      reason: `The setting ${name} is not valid: ${parsed.issues[0].message}`,
    });
  }
  return parsed.output;
}

function readOrDefault<S extends v.GenericSchema>(key: string, schema: S): v.InferOutput<S> {
  const configuration = workspace.getConfiguration(settings.section);
  const parsed = v.safeParse(schema, configuration.get<unknown>(key));
  return parsed.success ? parsed.output : v.parse(schema, configuration.inspect(key)?.defaultValue);
}
