import { cli } from './cli';
import { mergeEnv } from './dotenv';
import { uriPart } from './escape';
import { envOrms, general, tidbEnv } from './general';
import { goDrivers, goOrms } from './go';
import { jvmDrivers, jvmOrms } from './jvm';
import {
  methodGroups,
  passwordPlaceholder,
  type ConnectionValues,
  type ConnectMethod,
  type Filled,
} from './method';
import { nativeDrivers } from './native';
import { nodeDrivers, nodeOrms } from './node';
import { pythonDrivers, pythonOrms } from './python';
import { tools } from './tools';

export { clientKinds, clientLaunch, type ClientKind, type ClientLaunch } from './client';
export { methodGroups, passwordPlaceholder } from './method';
export type { ConnectionValues, ConnectMethod, MethodGroup, OperatingSystem } from './method';

const all: readonly ConnectMethod[] = [
  ...general,
  ...cli,
  ...[...nodeDrivers, ...pythonDrivers, ...jvmDrivers, ...goDrivers, ...nativeDrivers],
  ...[...nodeOrms, ...pythonOrms, ...jvmOrms, ...goOrms, ...envOrms],
  ...tools,
];

/** Every way to connect, group by group. */
export const connectMethods: readonly ConnectMethod[] = methodGroups.flatMap((group) =>
  all.filter((method) => method.group === group),
);

/** The method's text with these values filled in; without a password, `<PASSWORD>` stands in its place. */
export const connectText = (method: ConnectMethod, values: ConnectionValues): string =>
  method.text(filled(values));

/**
 * A `.env` file with the method's variables, or with those named TIDB_… where it has none. Without a password, one that
 * is in the file stays.
 */
export function connectEnv(method: ConnectMethod, values: ConnectionValues, existing: string): string {
  const own = filled(values);
  const entries = (method.entries ?? tidbEnv)(own);
  if (values.password !== undefined) {
    return mergeEnv(existing, entries);
  }
  const isPassword = ([, value]: readonly [string, string]): boolean => value === passwordPlaceholder;
  const withoutPassword = entries.map(([name, value]): readonly [string, string] => [
    name,
    value === passwordPlaceholder
      ? ''
      : value.replace(passwordPlaceholder, () => passwordInUrl(existing, name) ?? passwordPlaceholder),
  ]);
  return mergeEnv(
    existing,
    withoutPassword,
    entries.filter(isPassword).map(([name]) => name),
  );
}

/** As it is written in the URL that this variable of the file holds. */
const passwordInUrl = (existing: string, name: string): string | undefined =>
  new RegExp(
    `^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=[ \\t]*['"]?[\\w+]+://[^:@/\\s]*:([^@/\\s]+)@`,
    'm',
  ).exec(existing)?.[1];

const filled = (values: ConnectionValues): Filled => ({
  ...values,
  password: values.password ?? passwordPlaceholder,
  uriPassword: values.password === undefined ? passwordPlaceholder : uriPart(values.password),
});
