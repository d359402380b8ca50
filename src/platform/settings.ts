import * as v from 'valibot';
import { workspace, type Disposable } from 'vscode';
import { AppError } from '../core/errors';
import { settings } from '../ids';

/** Typed access to the settings. Defaults live in package.json alone. A value of the wrong type is an error with words. */
export const readSettings = {
  tidbCloudBaseUrl: () => read(settings.tidbCloudBaseUrl, v.string()),
  alibabaCloudEndpoints: () => read(settings.alibabaCloudEndpoints, v.record(v.string(), v.string())),
  /** Empty: the chain's own choice. */
  alibabaCloudProfile: () => read(settings.alibabaCloudProfile, v.string()),
  healthIntervalSeconds: () =>
    read(settings.healthIntervalSeconds, v.pipe(v.number(), v.minValue(10), v.maxValue(86_400))),
  healthShowInStatusBar: () => read(settings.healthShowInStatusBar, v.boolean()),
  sqlMaxRows: () => read(settings.sqlMaxRows, v.pipe(v.number(), v.integer(), v.minValue(1))),
  sqlQueryTimeoutSeconds: () => read(settings.sqlQueryTimeoutSeconds, v.pipe(v.number(), v.minValue(0))),
};

/** Tells what a change of the settings is about. */
export function onDidChangeSettings(listeners: {
  readonly tidbCloud: () => void;
  readonly alibabaCloud: () => void;
  readonly health: () => void;
}): Disposable {
  const watched = [
    { keys: [settings.tidbCloudBaseUrl], tell: listeners.tidbCloud },
    { keys: [settings.alibabaCloudEndpoints, settings.alibabaCloudProfile], tell: listeners.alibabaCloud },
    { keys: [settings.healthIntervalSeconds, settings.healthShowInStatusBar], tell: listeners.health },
  ].map((group) => ({ ...group, last: textOf(group.keys) }));
  return workspace.onDidChangeConfiguration(() => {
    for (const group of watched) {
      // The editor also tells of changes that change nothing, for example while a remote window starts.
      const next = textOf(group.keys);
      if (next !== group.last) {
        group.last = next;
        group.tell();
      }
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
